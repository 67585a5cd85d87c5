"""The report of a network, in the frame and the language of the admin."""

from itertools import chain

from csp.decorators import csp_update
from django.contrib import admin
from django.shortcuts import render
from django.utils.translation import gettext as _

from ..evaluation import reports
from ..networks import checkpoints


def report(request):
    """Show the report of the served network."""
    return report_page(request, checkpoints.served(is_verified=False))


# The report holds small pictures of the surest mistakes.
@csp_update({"img-src": ["data:"]})
def report_page(request, checkpoint):
    """Draw the evaluations that a checkpoint was released with."""
    context = {
        **admin.site.each_context(request),
        "title": _("Report of %(version)s") % {"version": checkpoint.version},
        "version": checkpoint.version,
        "command": checkpoint.card.get("training", {}).get("command"),
        "sections": reports.drawn(chain(*checkpoint.sections.values())),
    }
    return render(request, "admin/networks/report.html", context)
