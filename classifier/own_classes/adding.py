"""Classes and pictures are added to a set; what is refused has a sentence."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from .. import durable_files, pictures
from ..exceptions import UnreadablePicture
from ..labels import plain
from ..pictures.file_names import base_name
from ..pictures.previews import as_shown
from . import names
from .models import FOLDER, OwnClass, OwnPicture
from .names import Refused

MOST_PICTURES = 20_000  # of a set
THUMBNAIL_SIZE = (160, 160)


def add_class(class_set, name, description=""):
    """Add a class to a set.

    Raises:
        Refused
    """
    known = list(class_set.classes.all())
    if len(known) >= names.MOST_CLASSES:
        message = _("A set has at most %(most)d classes.")
        raise Refused(message % {"most": names.MOST_CLASSES})
    name = names.check(name, known)
    description = names.check_description(description)
    try:
        with transaction.atomic():
            return OwnClass.objects.create(
                class_set=class_set,
                name=name,
                plain_name=plain(name),
                description=description,
            )
    except IntegrityError as error:  # somebody else was faster
        raise Refused(_("There is “%(name)s” already.") % {"name": name}) from error


def change_class(own_class, name, description):
    """Give a class another name and description; raise Refused."""
    others = own_class.class_set.classes.exclude(pk=own_class.pk)
    own_class.name = names.check(name, others)
    own_class.plain_name = plain(own_class.name)
    own_class.description = names.check_description(description)
    own_class.save()


def class_of(class_set, name):
    """Return the class of a folder's name, a new one if there is none.

    Raises:
        Refused
    """
    known = class_set.classes.filter(plain_name=plain(names.cleaned(name))).first()
    return known or add_class(class_set, name)


def add_picture(own_class, file, file_name):
    """Keep a picture, without its metadata, in a class.

    Args:
        own_class: the OwnClass.
        file: binary file.
        file_name: its name, perhaps with folders.

    Returns:
        The OwnPicture, None if the class had it already.

    Raises:
        Refused: it is no picture within the limits, or in another class of the set.
        StorageUnavailable
    """
    try:
        with pictures.PictureFile(file) as picture:
            picture.decode()
            stored, format = picture.without_metadata()
            digest = picture.sha256
            stored_name = f"{FOLDER}/{own_class.class_set_id}/{digest}.{format.suffix}"
            if not _is_new(own_class, digest):
                return None
            pictures.store(stored_name, stored)
            _keep_thumbnail(picture.picture, stored_name)
    except UnreadablePicture as error:
        raise Refused(str(error)) from error
    return _keep(own_class, digest, base_name(file_name), stored_name)


def add_upload(own_class, upload):
    """Put an upload's picture into a class, too; see `add_picture`.

    Raises:
        Refused: it is in another class of the set.
    """
    if not _is_new(own_class, upload.sha256):
        return None
    name, stored = upload.file_name, upload.stored_name
    return _keep(own_class, upload.sha256, name, stored, upload.id)


def _is_new(own_class, digest):
    """Tell whether a set lacks a picture; raise Refused if it cannot be added."""
    held = own_class.class_set.pictures
    if known := held.filter(sha256=digest).select_related("own_class").first():
        if known.own_class_id == own_class.pk:
            return False
        message = _("The same picture is in “%(name)s” already.")
        raise Refused(message % {"name": known.own_class.name})
    if held.count() >= MOST_PICTURES:
        raise Refused(
            _("A set has at most %(most)d pictures.") % {"most": MOST_PICTURES}
        )
    return True


def _keep(own_class, digest, file_name, stored_name, upload_id=None):
    try:
        with transaction.atomic():
            return OwnPicture.objects.create(
                class_set_id=own_class.class_set_id,
                own_class=own_class,
                sha256=digest,
                file_name=file_name[:255],
                stored_name=stored_name,
                upload_id=upload_id,
            )
    except IntegrityError:  # another request was faster, or the class is gone
        return None


def _keep_thumbnail(picture, stored_name):
    path = pictures.path(stored_name, pictures.THUMBNAIL)
    with durable_files.replacing(path) as file:
        as_shown(picture, THUMBNAIL_SIZE).save(file, "WEBP", quality=75)
