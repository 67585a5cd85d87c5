"""Answers and refusals that several pages share."""

from contextlib import contextmanager

from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from ..spool import records


def for_this_visitor(response):
    """Keep a page out of caches and search engines; a browser may go back to it."""
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response


def see(view, *args, part=""):
    """Redirect, so that a reload of the next page sends nothing again.

    Args:
        part: the id of an element to scroll to.
    """
    address = reverse(view, args=args)
    return HttpResponseRedirect(f"{address}#{part}" if part else address, status=303)


def upload_or_404(id):
    upload = records.find(id)
    if upload is None:
        raise Http404(_("There is no such picture."))
    return upload


@contextmanager
def picture_or_404():
    try:
        yield
    except FileNotFoundError as error:
        raise Http404(_("There is no such picture.")) from error
