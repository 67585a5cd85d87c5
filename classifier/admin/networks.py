"""Networks in the admin: listed, compared, promoted, taken back, moved aside.

Each is a checkpoint, a folder; `learning` reads and changes them.
"""

import json

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..exceptions import NetworkUnavailable
from ..jobs import queue
from ..jobs.models import Job
from ..learning import comparison, overview, promotion
from ..learning.models import Network
from ..networks import checkpoints, promotions
from .jobs import PAGE as JOB_PAGE
from .jobs import LearnForm
from .network_rights import NetworkPages
from .report import report_page

LIST = "admin:learning_network_changelist"
PAGE = "admin:learning_network_change"
LATEST_JOBS = 5


@admin.register(Network)
class NetworkAdmin(NetworkPages, admin.ModelAdmin):
    """Pages of its own, with the admin's permissions and its log."""

    templates = "admin/networks"

    def get_urls(self):
        view = self.admin_site.admin_view
        name = "learning_network"
        return [
            path("", view(self.changelist_view), name=f"{name}_changelist"),
            path("learn/", view(self.learn), name=f"{name}_learn"),
            path("rollback/", view(self.rollback), name=f"{name}_rollback"),
            path("<str:version>/", view(self.page), name=f"{name}_change"),
            path("<str:version>/report/", view(self.report), name=f"{name}_report"),
            path("<str:version>/promote/", view(self.promote), name=f"{name}_promote"),
            path("<str:version>/archive/", view(self.archive), name=f"{name}_archive"),
        ]

    def changelist_view(self, request, extra_context=None):
        return self.list(request, LearnForm())

    def list(self, request, form):
        self.check_may(request, is_change=False)
        return self.render(
            request,
            "list",
            title=_("Networks"),
            entries=overview.entries(),
            previous=next(iter(promotions.previous()), None),
            log=promotions.log()[::-1],
            form=form,
            jobs=Job.objects.all()[:LATEST_JOBS],
        )

    @method_decorator(require_POST)
    def learn(self, request):
        """Ask for a job that learns from the history."""
        self.check_may(request)
        form = LearnForm(request.POST)
        if not form.is_valid():
            return self.list(request, form)
        job = queue.ask(Job.Kind.FROM_HISTORY, str(request.user), **form.parameters())
        return redirect(JOB_PAGE, job.pk)

    def page(self, request, version):
        """Show one: figures, origin, card, and how it compares with the served one."""
        self.check_may(request, is_change=False)
        found = self.entry(version)
        served = overview.entry(promotion.served_version())
        rows = []
        if served and not found.is_served:
            rows = comparison.of_entries(served, found)
        return self.render(
            request,
            "page",
            title=version,
            entry=found,
            served=served,
            rows=rows,
            card=json.dumps(found.card, indent=2, ensure_ascii=False),
        )

    def report(self, request, version):
        """Show the report that a checkpoint was released with."""
        self.check_may(request, is_change=False)
        self.entry(version)
        try:
            checkpoint = checkpoints.open_checkpoint(version, is_verified=False)
        except NetworkUnavailable as error:
            raise Http404 from error
        return report_page(request, checkpoint)

    @method_decorator(require_POST)
    def promote(self, request, version):
        def work(reason):
            done = promotion.promote(version, by=str(request.user), reason=reason)
            return _("%(version)s answers within seconds.") % {"version": done.version}

        return self.change(request, version, work, reverse(PAGE, args=[version]))

    @method_decorator(require_POST)
    def rollback(self, request):
        def work(reason):
            done = promotion.rollback(by=str(request.user), reason=reason)
            return _("%(version)s answers within seconds.") % {"version": done.version}

        before = next(iter(promotions.previous()), "")
        return self.change(request, before, work, reverse(LIST))

    @method_decorator(require_POST)
    def archive(self, request, version):
        def work(reason):
            place = promotion.archive(version)
            return _("Moved to %(path)s.") % {"path": place}

        return self.change(request, version, work, reverse(LIST))

    def change(self, request, version, work, address):
        """Apply the requested change, report it, and record it in the admin log."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        reason = request.POST.get("reason", "")
        try:
            said = work(reason)
        except promotion.Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, said)
            self.log_change(request, Network(version=version), f"{said} {reason}")
        return redirect(address)

    def entry(self, version):
        found = overview.entry(version)
        if found is None:
            raise Http404
        return found
