"""The admin log of uploads: users and actions stay, names of deleted files go."""

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import F

from ..models import Upload


def forget_names(sender, ids, **kwargs):
    """Reduce the entries about deleted uploads to their ids."""
    _entries().filter(object_id__in=map(str, ids)).update(object_repr=F("object_id"))


def forget_aged_names(sender, until, **kwargs):
    """Do the same for uploads removed by retention."""
    _entries().filter(action_time__lt=until).update(object_repr=F("object_id"))


def _entries():
    content_type = ContentType.objects.get_for_model(Upload, for_concrete_model=False)
    return LogEntry.objects.filter(content_type=content_type)
