"""Liveness, and the readiness of each part that the service needs."""

from django.db import DatabaseError
from django.http import JsonResponse
from django.views.decorators.cache import never_cache

from classifier import prediction
from classifier.exceptions import NetworkUnavailable
from classifier.spool import records
from classifier.spool.models import WaitingUpload


@never_cache
def alive(request):
    """Answer without asking any other part: a restart would not repair those."""
    return JsonResponse({"status": "ok"})


@never_cache
def ready(request):
    """Report each part, 503 when one does not answer, and the length of the spool.

    Uploads are accepted while only Cassandra is away, so a load balancer that should
    keep sending them asks `alive`.
    """
    waiting = _waiting_uploads()
    parts = {
        "network": _network_is_loaded(),
        "default": waiting is not None,
        "cassandra": records.is_available(),
    }
    is_ready = all(parts.values())
    return JsonResponse(
        {
            "status": "ok" if is_ready else "unavailable",
            **{name: "ok" if part else "unavailable" for name, part in parts.items()},
            "network_version": prediction.loaded_version(),
            "waiting_uploads": waiting,
        },
        status=200 if is_ready else 503,
    )


def _network_is_loaded():
    try:
        prediction.served()
    except NetworkUnavailable:
        return False
    return True


def _waiting_uploads():
    """Return the number of records in the spool, None when it cannot be read."""
    try:
        return WaitingUpload.objects.count()
    except DatabaseError:
        return None
