"""Review mode: one picture after another, each answered by one key.

The page shows the first picture and works as a form. A script loads the next ones in
batches and sends the answers to the address of all corrections.
"""

import datetime

from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import explanation, history
from ..answers import percent
from ..cassandra_admin.exceptions import InvalidLookup
from ..cassandra_admin.options import explained
from ..exceptions import InvalidCursor
from . import choices
from .corrections import seen_at

BATCH = 20
BATCHES = 8  # read in a row for one answer; a rarer filter goes on by a link
COUNTED_DAYS = 366
PLACE = "place"


class ReviewAdmin:
    """The review queue of `UploadAdmin`."""

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_review"
        wrap = self.admin_site.admin_view
        return [
            path("review/", wrap(self.review_view), name=name),
            path("review/batch/", wrap(self.batch_view), name=f"{name}_batch"),
            *super().get_urls(),
        ]

    @explained
    def review_view(self, request):
        """Show the first upload to review, with a form that leads to the next."""
        batch = self.next_batch(request, 1)
        filters = self.filters_in(request)
        upload = next(iter(batch.rows), None)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Review"),
            "opts": self.opts,
            "item": upload and item(upload),
            "left": None if filters.as_text() else left(),
            "skip": batch.next_place and self.address(request, batch.next_place),
            "batch": f"{reverse('admin:classifier_upload_review_batch')}"
            f"?{request.GET.urlencode()}",
        }
        return render(request, "admin/classifier/upload/review.html", context)

    @explained
    def batch_view(self, request):
        """Send the next uploads to review as JSON, with the following place."""
        batch = self.next_batch(request, BATCH)
        following = batch.next_place and self.address(
            request, batch.next_place, "review_batch"
        )
        items = [item(upload) for upload in batch.rows]
        return JsonResponse({"items": items, "next": following})

    def next_batch(self, request, size):
        if not self.has_change_permission(request):
            raise PermissionDenied
        filters, place = self.filters_in(request), request.GET.get(PLACE)
        rows = []
        try:
            for _attempt in range(BATCHES):
                batch = history.review_batch(filters, place=place, size=size)
                rows += batch.rows
                place = batch.next_place
                if len(rows) >= size or not place:
                    break
        except InvalidCursor as error:
            raise InvalidLookup(error) from error
        return history.Batch(rows, place)

    def filters_in(self, request):
        return self.get_filtered_query(request, request.GET).filters

    def address(self, request, place, view="review"):
        """Return the address of the queue from a place on, with the same filters."""
        query = request.GET.copy()
        query[PLACE] = place
        return f"{reverse(f'admin:classifier_upload_{view}')}?{query.urlencode()}"


def left():
    """Return the approximate counts of open reviews: a summary of the past year."""
    today = datetime.datetime.now(datetime.UTC).date()
    return history.summarize(today - datetime.timedelta(COUNTED_DAYS), today, ())


def item(upload):
    """Return the fields of an upload for the page, as values for JSON."""
    id = upload.id
    said = upload.suggested_class_name
    can_explain = explanation.can_explain(upload)
    return {
        "id": str(id),
        "seen": seen_at(upload),
        "class_name": upload.class_name,
        "name": _(upload.class_name),
        "percent": percent(upload.probability),
        "is_sure": upload.is_sure,
        "is_disputed": bool(upload.is_disputed),
        "suggestion": said and _(said) if said != "" else _("none of these"),
        "file_name": upload.file_name,
        "time": timezone.localtime(upload.created_at).isoformat(timespec="seconds"),
        "choices": [
            {"key": key, "class_name": name, "name": _(name)}
            for key, name in choices.with_keys(upload.class_names)
        ],
        "preview": reverse("classifier:preview", args=[id]),
        "picture": reverse("classifier:picture", args=[id]),
        "thumbnail": reverse("classifier:thumbnail", args=[id]),
        "map": reverse("classifier:heat-map", args=[id]) if can_explain else "",
        "page": reverse("admin:classifier_upload_change", args=[id]),
        "correct": reverse("admin:classifier_upload_correct", args=[id]),
    }
