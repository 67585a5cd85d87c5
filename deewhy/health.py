"""Whether the process is alive, and whether each part that it needs is there."""

from django.db import DatabaseError, connections
from django.http import JsonResponse
from django.views.decorators.cache import never_cache

from classifier import history, prediction
from classifier.exceptions import NetworkUnavailable


@never_cache
def alive(request):
    """Answer without asking anything else: restarting would not mend another part."""
    return JsonResponse({"status": "ok"})


@never_cache
def ready(request):
    """Name each part and whether it answers; 503 when one does not."""
    parts = {
        "network": _network_is_loaded(),
        "default": _default_is_available(),
        "cassandra": history.is_available(),
    }
    is_ready = all(parts.values())
    return JsonResponse(
        {
            "status": "ok" if is_ready else "unavailable",
            **{name: "ok" if part else "unavailable" for name, part in parts.items()},
        },
        status=200 if is_ready else 503,
    )


def _network_is_loaded():
    try:
        prediction.served()
    except NetworkUnavailable:
        return False
    return True


def _default_is_available():
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
