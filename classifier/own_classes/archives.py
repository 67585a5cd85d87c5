"""Zip files of pictures: nothing is unpacked to a path that they name."""

import io
import logging
import lzma
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from ..exceptions import StorageUnavailable
from . import adding
from .models import OwnPicture, remove
from .names import Refused

MOST_BYTES = 2 << 30  # of all files, unpacked
MOST_REFUSALS = 50  # that are listed
ENCRYPTED = 0x1
# What `zipfile` raises on broken or unknown archives.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    ArithmeticError,
    EOFError,
    LookupError,
    RuntimeError,
    ValueError,
)
OTHER_REASONS = (Refused, StorageUnavailable)  # they are of those types, too

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Added:
    """What became of several files."""

    known: int = 0
    made: list[OwnPicture] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)  # name, sentence

    def class_for(self, class_set, own_class, path):
        """Return the class of a picture, None after a note why it is refused.

        Args:
            class_set: the ClassSet.
            own_class: the class; by default the folder in the path names it.
            path: the name of the picture, with folders.
        """
        try:
            return own_class or class_of(class_set, path)
        except Refused as refusal:
            self.refused.append((path, str(refusal)))
            return None

    def add(self, own_class, file, path):
        """Add a picture, or note why it is refused."""
        try:
            made = adding.add_picture(own_class, file, path)
        except Refused as refusal:
            self.refused.append((path, str(refusal)))
            return
        if made:
            self.made.append(made)
        else:
            self.known += 1

    def join(self, other):
        """Add the outcome of other files."""
        self.known += other.known
        self.made += other.made
        self.refused += other.refused

    def as_dict(self):
        """Return the outcome for the page's script."""
        return {
            "new": len(self.made),
            "known": self.known,
            "refused": self.refused[:MOST_REFUSALS],
            "refused_count": len(self.refused),
        }


def add(class_set, file, own_class=None):
    """Add the pictures of a zip; if it is refused, the set stays as it was.

    Args:
        class_set: the ClassSet.
        file: binary file.
        own_class: the class of all pictures; by default each folder is a class.

    Returns:
        Added

    Raises:
        Refused: the archive as a whole is not taken.
        StorageUnavailable
    """
    added, classes = Added(), {each.pk for each in class_set.classes.all()}
    try:
        with zipfile.ZipFile(file) as archive:
            for entry in _entries(archive):
                if target := added.class_for(class_set, own_class, entry.filename):
                    added.add(target, _content(archive, entry), entry.filename)
    except Exception as error:
        _undo(class_set, added, classes)
        if isinstance(error, DAMAGED) and not isinstance(error, OTHER_REASONS):
            logger.info("A zip is damaged: %r", error)
            raise Refused(_("This zip is damaged, it cannot be read.")) from error
        raise
    return added


def folder_of(path):
    """Return the folder that names a picture's class, None without one.

    Of `pictures/cat/1.jpg` and `cat/1.jpg` it is "cat".
    """
    parents = PurePosixPath(path).parts[:-1]
    return parents[-1] if parents else None


def _undo(class_set, added, classes):
    """Remove the pictures and the classes that a refused zip has brought."""
    remove(class_set.pictures.filter(pk__in=[each.pk for each in added.made]))
    class_set.classes.exclude(pk__in=classes).filter(pictures=None).delete()


def _content(archive, entry):
    with archive.open(entry) as file:
        return io.BytesIO(file.read(settings.MAX_UPLOAD_BYTES + 1))  # a header may lie


def class_of(class_set, path):
    """Return the class that a path in a zip or a folder names; raise Refused."""
    if name := folder_of(path):
        return adding.class_of(class_set, name)
    raise Refused(_("It is in no folder, which would name its class."))


def _entries(archive):
    """Return the files of an archive, if all of it can be taken."""
    named = [each for each in archive.infolist() if PurePosixPath(each.filename).parts]
    entries = [each for each in named if not each.is_dir()]
    entries = [each for each in entries if not _is_hidden(each.filename)]
    if not entries:
        raise Refused(_("This zip has no files."))
    if len(entries) > adding.MOST_PICTURES:
        raise Refused(too_many(len(entries)))
    for entry in entries:
        _check(entry)
    size = sum(entry.file_size for entry in entries)
    if size > MOST_BYTES:
        message = _("Unpacked, this zip has %(size)s; the limit is %(most)s.")
        raise Refused(
            message % {"size": filesizeformat(size), "most": filesizeformat(MOST_BYTES)}
        )
    return entries


def too_many(count):
    """Return the sentence about too many files."""
    message = _("These are %(count)d files; a set has at most %(most)d pictures.")
    return message % {"count": count, "most": adding.MOST_PICTURES}


def _check(entry):
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        message = _("This zip has a path out of its folder, “%(path)s”.")
        raise Refused(message % {"path": entry.filename[:80]})
    if entry.flag_bits & ENCRYPTED:
        raise Refused(_("This zip has a password. Pack it without one."))


def _is_hidden(path):
    parts = PurePosixPath(path).parts
    return "__MACOSX" in parts or parts[-1].startswith(".")
