"""Jobs in the admin: their progress, their stop and their outcome.

Whoever may view networks sees them; "Can learn networks" stops them and asks again.
"""

from uuid import UUID

from django import forms
from django.contrib import admin
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from .. import history
from ..exceptions import HistoryUnavailable
from ..jobs import queue
from ..jobs.models import Job
from ..learning import comparison, overview, promotion
from .display import thumbnail_address
from .network_rights import NetworkRights

PAGE = "admin:jobs_job_change"
MOST = 10_000_000


class LearnForm(forms.Form):
    """The uploads to learn from."""

    since = forms.DateField(
        label=_("Uploads since"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("All, if empty."),
    )
    only_confirmed = forms.BooleanField(
        label=_("Only those whose answer was confirmed"), required=False
    )
    most = forms.IntegerField(
        label=_("At most per class"),
        required=False,
        min_value=1,
        max_value=MOST,
        help_text=_("The newest; all, if empty."),
    )

    def parameters(self):
        """Return the parameters of the job."""
        values = dict(self.cleaned_data)
        if since := values["since"]:
            midnight = timezone.datetime(since.year, since.month, since.day)
            values["since"] = timezone.make_aware(midnight).isoformat()
        return values


@admin.register(Job)
class JobAdmin(NetworkRights, admin.ModelAdmin):
    """The list is Django's; the page of one follows its progress."""

    list_display = (
        "__str__",
        "state",
        "asked_by",
        "asked_at",
        "finished_at",
        "version",
    )
    list_filter = ("state", "kind")
    templates = "admin/jobs"

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:job_id>/change/", view(self.page), name="jobs_job_change"),
            path("<int:job_id>/state/", view(self.state), name="jobs_job_state"),
            path("<int:job_id>/stop/", view(self.stop), name="jobs_job_stop"),
            path("<int:job_id>/again/", view(self.again), name="jobs_job_again"),
            *super().get_urls(),
        ]

    def page(self, request, job_id):
        """Show a job: its progress, or its network beside the served one."""
        job = self.job(request, job_id, is_change=False)
        context = {"job": job, "title": str(job)}
        if entry := job.version and overview.entry(job.version):
            context |= {"entry": entry, **made(entry)}
        return self.render(request, "page", **context)

    def state(self, request, job_id):
        """Answer with the changing part of the page alone, for its script."""
        job = self.job(request, job_id, is_change=False)
        return render(request, "admin/jobs/state.html", {"job": job})

    @method_decorator(require_POST)
    def stop(self, request, job_id):
        job = self.job(request, job_id)
        queue.stop(job, by=str(request.user))
        return redirect(PAGE, job.pk)

    @method_decorator(require_POST)
    def again(self, request, job_id):
        job = self.job(request, job_id)
        return redirect(PAGE, queue.again(job, by=str(request.user)).pk)

    def job(self, request, job_id, is_change=True):
        """Return a job, if the user may see or change it."""
        self.check_may(request, is_change)
        return get_object_or_404(Job, pk=job_id)


def made(entry):
    """Return the context of a new checkpoint beside the served one."""
    served = overview.entry(promotion.served_version())
    if served is None or served.version == entry.version:
        return {"served": served, "rows": []}
    return {
        "served": served,
        "rows": comparison.of_entries(served, entry),
        "changes": changes(entry),
    }


def changes(entry):
    """Return the uploads of the frozen part whose answer has changed."""
    reviewed = (entry.card.get("photograph") or {}).get("reviewed") or {}
    listed = reviewed.get("changes") or []
    try:
        found = history.of_ids([UUID(each["id"]) for each in listed])
    except HistoryUnavailable:  # the rest of the page does not need it
        return []
    there = {str(upload.id) for upload in found}
    return [
        {
            **each,
            "page": reverse("admin:classifier_upload_change", args=[each["id"]]),
            "thumbnail": thumbnail_address(each["id"]),
        }
        for each in listed
        if each["id"] in there
    ]
