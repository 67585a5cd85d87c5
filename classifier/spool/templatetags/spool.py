"""What the admin says of records that wait."""

from django import template
from django.db import DatabaseError

from ..models import WaitingUpload

register = template.Library()


@register.inclusion_tag("spool/notice.html")
def waiting_notice():
    """Say how many uploads wait for Cassandra; nothing when none does."""
    try:
        return {"count": WaitingUpload.objects.count()}
    except DatabaseError:
        return {"count": 0}
