"""The tables of own classes, in the default database."""

import shutil

from django.db import models
from django.utils.translation import gettext_lazy as _

from .. import pictures

LONGEST_NAME = 80
LONGEST_DESCRIPTION = 200
FOLDER = "own-classes"


class ClassSet(models.Model):
    """Classes of one's own, which a network can be learned from."""

    name = models.CharField(_("name"), max_length=LONGEST_NAME, unique=True)
    made_by = models.CharField(_("made by"), max_length=150, editable=False)
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        default_permissions = ()  # those of networks decide
        ordering = ["-id"]
        verbose_name = _("set of own classes")
        verbose_name_plural = _("own classes")

    def __str__(self):
        return self.name

    def delete(self, *args, **kwargs):
        folder = pictures.path(f"{FOLDER}/{self.pk}")
        done = super().delete(*args, **kwargs)
        shutil.rmtree(folder, ignore_errors=True)
        return done


class OwnClass(models.Model):
    """A class by its name, and what it is in one line."""

    class_set = models.ForeignKey(ClassSet, models.CASCADE, related_name="classes")
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    # The name without case and punctuation, which tells classes apart.
    plain_name = models.CharField(max_length=2 * LONGEST_NAME, editable=False)
    description = models.CharField(
        _("description"), max_length=LONGEST_DESCRIPTION, blank=True
    )

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["class_set", "plain_name"], name="own_class_once"
            )
        ]

    def __str__(self):
        return self.name


class OwnPicture(models.Model):
    """A picture of a class; the same one is in one class of a set only."""

    class_set = models.ForeignKey(ClassSet, models.CASCADE, related_name="pictures")
    own_class = models.ForeignKey(OwnClass, models.CASCADE, related_name="pictures")
    sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=255)
    stored_name = models.CharField(max_length=255)
    upload_id = models.UUIDField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["class_set", "sha256"], name="own_picture_once"
            )
        ]

    def __str__(self):
        return self.file_name


def forget_uploads(ids, **signal):
    """Take deleted uploads out of every class."""
    OwnPicture.objects.filter(upload_id__in=list(ids)).delete()


def remove(found):
    """Remove pictures with their files; those of uploads stay with the uploads."""
    stored = list(found.filter(upload_id=None).values_list("stored_name", flat=True))
    found.delete()
    for name in stored:
        pictures.remove(name)
