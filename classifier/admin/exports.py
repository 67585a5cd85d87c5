"""Downloads of the selected or of all matching uploads, in the formats of `exports`."""

from itertools import chain

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..cassandra_admin.exceptions import InvalidLookup
from ..cassandra_admin.options import explained
from ..operations import audit, exports
from .export_turn import Turn

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
    "zip": "application/zip",
}


class ExportAdmin:
    """The exports of `UploadAdmin`, streamed as they are made."""

    actions = ("export_csv", "export_jsonl", "export_zip")

    def get_urls(self):
        view = self.admin_site.admin_view(self.export_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export.<str:format>", view, name=name), *super().get_urls()]

    @explained
    def export_view(self, request, format):
        """Send every upload that passes the filters in the address."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if format not in MEDIA_TYPES:
            raise InvalidLookup(
                _("There is no export in the format “%(format)s”.") % {"format": format}
            )
        return download(request, self.get_filtered_query(request, request.GET), format)

    @admin.action(
        permissions=["view"],
        description=gettext_lazy("Export selected %(verbose_name_plural)s as CSV"),
    )
    def export_csv(self, request, selection):
        return download(request, selection, "csv")

    @admin.action(
        permissions=["view"],
        description=gettext_lazy("Export selected %(verbose_name_plural)s as JSON"),
    )
    def export_jsonl(self, request, selection):
        return download(request, selection, "jsonl")

    @admin.action(
        permissions=["view"],
        description=gettext_lazy("Export selected %(verbose_name_plural)s as pictures"),
    )
    def export_zip(self, request, selection):
        return download(request, selection, "zip")


def download(request, query, format):
    """Return the response with a query's uploads; the first one is read at once.

    Therefore an outage of the store still gives a page; later it only ends the
    download.
    """
    turn = Turn()
    uploads = iter(query)
    uploads = chain([*filter(None, [next(uploads, None)])], uploads)
    uploads = audit.exported(uploads, format, audit.who(request))
    if socket := request.META.get("gunicorn.socket"):
        socket.is_paced = True  # as fast as the client reads
    name = f"uploads-{timezone.localdate().isoformat()}.{format}"
    return StreamingHttpResponse(
        turn.of(exports.FORMATS[format](uploads)),
        content_type=MEDIA_TYPES[format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
