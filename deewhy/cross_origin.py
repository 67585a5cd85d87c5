"""Pictures on pages of other sites, those that `CORS_ALLOWED_ORIGINS` names."""

import functools
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.cache import patch_vary_headers

POLICY = "Cross-Origin-Resource-Policy"


def embeddable(view):
    """Let the pages of named sites show what a view sends, and no other site's."""

    @functools.wraps(view)
    def embedding(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response[POLICY] = "cross-origin" if _may_show(request) else "same-origin"
        patch_vary_headers(response, ["Origin"])
        return response

    return embedding


def _may_show(request):
    """Whether a named site asks, or nobody says who: an <img> names no origin."""
    origin = request.headers.get("Origin") or _origin(request.headers.get("Referer"))
    named = settings.CORS_ALLOWED_ORIGINS
    return bool(named) and (not origin or origin in named)


def _origin(address):
    if not address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return "null"
    return f"{parts.scheme}://{parts.netloc}"
