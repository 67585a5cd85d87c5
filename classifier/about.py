"""The page behind the footer: how accurate, what is kept, whose work."""

from django.conf import settings
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .exceptions import NetworkUnavailable
from .networks import checkpoints
from .visitors import KEPT_FOR


@require_safe
def about(request):
    """Say how accurate the served network is, and what becomes of a picture."""
    context = {
        "kept_days": settings.UPLOAD_TTL_DAYS,
        "own_days": KEPT_FOR.days,
        **_figures(),
    }
    return render(request, "about.html", context)


def _figures():
    """Return what the served checkpoint's card says of its photographs."""
    try:
        checkpoint = checkpoints.served(is_verified=False)
    except NetworkUnavailable:
        return {}
    part = checkpoint.card.get("photograph", {})
    return {
        "version": checkpoint.version,
        "class_names": checkpoint.class_names,
        "measured": part.get("cross_validation"),
        "pictures": sum(part.get("pictures", {}).values()),
    }
