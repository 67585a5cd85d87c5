"""The page that takes pictures."""

import logging
from dataclasses import dataclass

from django.conf import settings
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from .. import examples, pictures, uploads, visitors
from ..error_pages import PARTS, encoded_body
from ..exceptions import NetworkUnavailable, UnreadablePicture
from ..forms import UploadForm
from ..labels import CLASS_NAMES
from ..limits import quota
from ..limits import uploads as upload_limit
from ..networks import checkpoints
from ..pictures import refusals
from ..pictures.limits import size_text
from ..pictures.upload_handlers import check_room, refused_bytes
from .responses import see

TRY_AGAIN = "try_again"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The reason why a file was refused, with its name if several were sent."""

    sentence: str
    code: str = ""
    file_name: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@upload_limit.limited
def upload(request):
    """Show the form; receive pictures and redirect to their answers."""
    visitor = visitors.visitor_of(request)
    if request.method != "POST":
        return visitor.remembered_by(_form_page(request, visitor))
    if response := encoded_body(request):
        return response
    form = UploadForm(request.POST, request.FILES)
    check_room(request)
    kept, refused = [], _refused_while_sent(request)
    if form.is_valid():
        sent = form.pictures()
        upload_limit.count_further(request, len(sent) - 1)
        quota.take(request, [file for file, _name in sent])
        _receive(visitor, sent, kept, refused)
    elif not refused:
        refused = [Refusal(error) for error in form.errors["file"]]
    return visitor.remembered_by(_answer(request, visitor, kept, refused), anew=kept)


def _refused_while_sent(request):
    try:
        pictures.check_size_bytes(refused_bytes(request) or 0)
    except UnreadablePicture as error:
        return [Refusal(str(error), error.code)]
    return []


def _receive(visitor, sent, kept, refused):
    """Receive each picture, and add it to the kept or the refused ones."""
    for file, name in sent:
        with file:
            try:
                upload = uploads.receive(
                    file, file_name=name, source="form", owner_of=visitor.owner_of
                )
                kept.append(upload)
            except UnreadablePicture as error:
                file_name = name if len(sent) > 1 else ""
                refused.append(Refusal(str(error), error.code, file_name))
            except tuple(PARTS):
                if not kept:
                    raise  # the page names the part that is away
                sentence = _("It could not be kept just now. Send it again.")
                refused.append(Refusal(sentence, TRY_AGAIN, name))
            except Exception:  # the others are kept, and their sender must see them
                if len(sent) == 1:
                    raise
                logger.exception("One of %s pictures was not kept.", len(sent))
                sentence = _(
                    "It could not be read or stored. Save it again in "
                    "another program first."
                )
                refused.append(Refusal(sentence, "unreadable", name))


def _answer(request, visitor, kept, refused):
    if refused:
        codes = {refusal.code for refusal in refused}
        status = 503 if TRY_AGAIN in codes else 413 if "too_large" in codes else 400
        return _form_page(request, visitor, kept, refused, status)
    if len(kept) == 1:
        return see("classifier:upload-detail", kept[0].id)
    return see("classifier:upload")


def _form_page(request, visitor, kept=(), refused=(), status=200):
    class_names, descriptions = _classes()
    context = {
        "form": UploadForm(),
        "refused": refused,
        "class_names": class_names,
        "descriptions": descriptions,
        "is_clothing": not class_names or set(CLASS_NAMES) <= set(class_names),
        "examples": examples.known_to(class_names),
        "own_uploads": visitor.uploads(kept),
        "formats": pictures.FORMAT_NAMES,
        "max_size": size_text(settings.MAX_UPLOAD_BYTES),
        "refusals": refusals.before_sending(),
    }
    response = render(request, "upload.html", context, status=status)
    response["Cache-Control"] = "private, no-cache"  # it names this browser's uploads
    return response


def _classes():
    """Return the names of the served network's classes, and their descriptions."""
    try:
        checkpoint = checkpoints.served(is_verified=False)
    except NetworkUnavailable:
        return (), {}
    return checkpoint.class_names, checkpoint.class_descriptions
