"""The page behind the footer: accuracy, stored data and sources."""

from django.conf import settings
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..exceptions import NetworkUnavailable
from ..networks import checkpoints
from ..visitors import KEPT_FOR


@require_safe
def about(request):
    """Show the accuracy of the served network, and the handling of pictures."""
    context = {
        "kept_days": settings.UPLOAD_TTL_DAYS,
        "own_days": KEPT_FOR.days,
        **_figures(),
    }
    return render(request, "about.html", context)


def _figures():
    """Return the figures for photographs in the served checkpoint's card."""
    try:
        checkpoint = checkpoints.served(is_verified=False)
    except NetworkUnavailable:
        return {}
    part = checkpoint.card.get("photograph", {})
    return {
        "version": checkpoint.version,
        "class_names": checkpoint.class_names,
        "descriptions": checkpoint.class_descriptions,
        "measured": part.get("cross_validation"),
        "pictures": sum(part.get("pictures", {}).values()),
    }
