"""Whether the process is alive, and whether each part that it needs is there."""

from django.db import DatabaseError
from django.http import JsonResponse
from django.views.decorators.cache import never_cache

from classifier import prediction
from classifier.exceptions import NetworkUnavailable
from classifier.spool import records
from classifier.spool.models import WaitingUpload


@never_cache
def alive(request):
    """Answer without asking anything else: restarting would not mend another part."""
    return JsonResponse({"status": "ok"})


@never_cache
def ready(request):
    """Name each part and whether it answers, 503 when one does not; what waits.

    Uploads are answered while Cassandra alone is away: a load balancer that shall go
    on sending them asks `alive`.
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
    """Return how many records wait for Cassandra, None where nothing can say."""
    try:
        return WaitingUpload.objects.count()
    except DatabaseError:
        return None
