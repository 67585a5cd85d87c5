"""The rate limit of the form: uploads per minute and address (`UPLOADS_PER_MINUTE`)."""

import functools

from django.conf import settings

from ..exceptions import TooManyUploads
from .callers import caller
from .rates import charge_more, count


def limited(view):
    """Count each POST to a view; see `check` for its errors."""

    @functools.wraps(view)
    def limiting(request, *args, **kwargs):
        if request.method == "POST":
            check(request)
        return view(request, *args, **kwargs)

    return limiting


def check(request):
    """Count one upload, or equally long work.

    Raises:
        TooManyUploads: the sender is over the limit.
    """
    if wait_s := count(_sender(request), settings.UPLOADS_PER_MINUTE):
        raise TooManyUploads(wait_s)


def count_further(request, pictures):
    """Count the pictures of a form after its first; the next form waits for them."""
    if settings.UPLOADS_PER_MINUTE and pictures:
        charge_more(_sender(request), settings.UPLOADS_PER_MINUTE, pictures)


def _sender(request):
    return f"form-{caller(request)}"
