"""Files of own classes: as they come from a form or in parts, and as thumbnails."""

import re
import shutil
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from .. import pictures
from ..own_classes import archives
from ..own_classes.archives import Added
from ..own_classes.models import FOLDER
from ..own_classes.names import Refused
from ..pictures.upload_handlers import check_room, refused_bytes

MOST_ZIP_BYTES = 1 << 30
ZIP = b"PK"
TOKEN = re.compile(r"[0-9a-f]{32}")


def received(request, class_set):
    """Add the files of a request to a set.

    Returns:
        Added, None for a part of a zip before its last.

    Raises:
        Refused, StorageUnavailable
    """
    check_room(request)
    own_class = None
    if chosen := request.POST.get("own_class", ""):
        own_class = get_object_or_404(class_set.classes, pk=chosen)
    files = request.FILES.getlist("pictures")
    if token := request.POST.get("token"):
        return _part(request, class_set, token, files, own_class)
    if not files:
        too_large = _("A file is over the limit of one request, or none was chosen.")
        raise Refused(too_large if refused_bytes(request) else _("Choose pictures."))
    paths = request.POST.getlist("paths")
    paths = paths if len(paths) == len(files) else [each.name for each in files]
    added = Added()
    for file, name in zip(files, paths, strict=True):
        is_zip = file.read(len(ZIP)) == ZIP
        file.seek(0)
        if is_zip:
            added.join(archives.add(class_set, file, own_class))
        elif target := added.class_for(class_set, own_class, name):
            added.add(target, file, name)
    return added


def thumbnail(picture):
    """Answer with a picture's thumbnail; that of an upload has an address already."""
    if picture.upload_id:
        return redirect("classifier:thumbnail", picture.upload_id)
    try:
        file = pictures.path(picture.stored_name, pictures.THUMBNAIL).open("rb")
    except OSError as error:
        raise Http404 from error
    response = FileResponse(file, content_type="image/webp")
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response


def _part(request, class_set, token, files, own_class):
    """Append a part of a zip; add its pictures after the last one."""
    offset = request.POST.get("offset", "")
    if not TOKEN.fullmatch(token) or not offset.isdecimal() or len(files) != 1:
        raise Refused(_("This zip is damaged, it cannot be read."))
    path = Path(settings.MEDIA_ROOT, FOLDER, str(class_set.pk), f".{token}.zip")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        _append(path, int(offset), files[0])
        if "last" not in request.POST:
            return None
        with path.open("rb") as file:
            added = archives.add(class_set, file, own_class)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    path.unlink(missing_ok=True)
    return added


def _append(path, offset, file):
    if offset + file.size > MOST_ZIP_BYTES:
        raise Refused(_("A zip has at most 1 GB. Pack it in several."))
    with path.open("r+b" if offset else "wb") as whole:
        if whole.seek(0, 2) != offset:
            raise Refused(_("A part of the zip is missing. Send it again."))
        shutil.copyfileobj(file, whole)
