"""Pictures on the pages of other sites, as `CORS_ALLOWED_ORIGINS` allows."""

import functools
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.cache import patch_vary_headers

POLICY = "Cross-Origin-Resource-Policy"


def embeddable(view):
    """Let only pages of the allowed sites embed the pictures of a view."""

    @functools.wraps(view)
    def embedding(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response[POLICY] = "cross-origin" if _may_show(request) else "same-origin"
        patch_vary_headers(response, ["Origin"])
        return response

    return embedding


def _may_show(request):
    """Allow the named sites, and requests without an origin: an <img> sends none."""
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
