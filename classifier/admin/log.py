"""The admin's log of uploads: who did what stays, the name of a deleted file goes."""

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import F

from ..models import Upload


def forget_names(sender, ids, **kwargs):
    """Let entries about deleted uploads name their ids alone."""
    _entries().filter(object_id__in=map(str, ids)).update(object_repr=F("object_id"))


def forget_aged_names(sender, until, **kwargs):
    """Do the same for uploads that are gone by their age."""
    _entries().filter(action_time__lt=until).update(object_repr=F("object_id"))


def _entries():
    content_type = ContentType.objects.get_for_model(Upload, for_concrete_model=False)
    return LogEntry.objects.filter(content_type=content_type)
