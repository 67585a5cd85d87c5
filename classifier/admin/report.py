"""The report of the served network, for curators."""

from csp.constants import NONE, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from ..networks import checkpoints


# The page is one file that asks for no other; nothing in it is executed.
@csp_replace(
    {"default-src": [NONE], "style-src": [UNSAFE_INLINE], "img-src": ["data:"]}
)
def report(request):
    """Show the report that the served checkpoint was released with."""
    try:
        return HttpResponse(checkpoints.served().report)
    except FileNotFoundError as error:
        raise Http404(_("This network was released without a report.")) from error
