"""Corrections in the admin: of one upload, or of all selected ones; logged.

The form carries the time of the last change that the user saw. If another change came
first, nothing is written.
"""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponseRedirect, JsonResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from .. import history
from ..cassandra_admin.options import SelectedForm, explained
from ..exceptions import CorrectionConflict
from ..models import Review
from .choices import class_names, corrected_classes, with_keys


class CorrectionActionForm(SelectedForm):
    """Chooses an action, and the class of a correction."""

    class_name = forms.ChoiceField(label=gettext_lazy("Class:"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["class_name"].choices = [("", "---------"), *corrected_classes()]


class CorrectionAdmin:
    """The corrections of `UploadAdmin`, and the messages about them."""

    action_form = CorrectionActionForm
    actions = ("correct_selected", "undo_selected")

    def get_urls(self):
        view = self.admin_site.admin_view(require_POST(self.correct_view))
        name = f"{self.opts.app_label}_{self.opts.model_name}_correct"
        return [path("<path:object_id>/correct/", view, name=name), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        extra_context = extra_context or {}
        if self.has_change_permission(request):
            extra_context["choices"] = with_keys(class_names())
        return super().changelist_view(request, extra_context)

    @explained
    def correct_view(self, request, object_id):
        """Correct one upload from its page, or from the list by a key."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        upload = self.get_object(request, object_id)
        if upload is None:
            raise BadRequest(_("There is no such upload."))
        seen = request.POST.get("seen", "")
        try:
            if "undo" in request.POST:
                changed = self.undo(request, upload, seen)
            else:
                changed = self.correct(request, upload, seen)
        except CorrectionConflict as conflict:
            return self.answer(
                request, conflict.current, 409, conflict_message(conflict.current)
            )
        return self.answer(request, changed, 200)

    def correct(self, request, upload, seen):
        """Set an upload's class from the form, unless it was changed meanwhile."""
        check_unchanged(upload, seen)
        chosen = request.POST.get("class_name") or None
        try:
            changed = history.correct(upload, chosen, by=request.user.get_username())
        except ValueError as error:
            raise BadRequest(_("This upload cannot be of that class.")) from error
        self.log_change(request, changed, summary(changed))
        return changed

    def undo(self, request, upload, seen):
        """Undo the last change of an upload, unless it was changed meanwhile."""
        check_unchanged(upload, seen)
        changed = history.undo_correction(upload, by=request.user.get_username())
        if changed is not upload:  # there was a change to undo
            self.log_change(request, changed, summary(changed))
        return changed

    def answer(self, request, upload, status, problem=""):
        """Answer with JSON for the list's script, or a redirect to the form's page."""
        if request.headers.get("Accept") == "application/json":
            answer = {"problem": problem}
            if upload:
                answer |= {
                    "seen": seen_at(upload),
                    "class_name": corrected_class(upload),
                    "review": upload.review,
                }
            return JsonResponse(answer, status=status)
        if problem:
            self.message_user(request, problem, messages.WARNING)
        next_page = request.POST.get("next", "")
        if not url_has_allowed_host_and_scheme(next_page, request.get_host()):
            next_page = reverse("admin:classifier_upload_changelist")
        return HttpResponseRedirect(next_page)

    @admin.action(
        permissions=["change"],
        description=gettext_lazy("Correct selected %(verbose_name_plural)s"),
    )
    def correct_selected(self, request, selection):
        if not request.POST.get("class_name"):
            self.message_user(request, _("Choose a class, too."), messages.WARNING)
            return
        self.change_selected(request, selection, self.correct)

    @admin.action(
        permissions=["change"],
        description=gettext_lazy(
            "Undo last change of selected %(verbose_name_plural)s"
        ),
    )
    def undo_selected(self, request, selection):
        self.change_selected(request, selection, self.undo)

    def change_selected(self, request, selection, change):
        """Change the selected uploads; name the unchanged ones with the reason."""
        done = 0
        for upload in selection:
            seen = request.POST.get(f"seen-{upload.id}", "")
            try:
                done += change(request, upload, seen) is not upload
            except CorrectionConflict as conflict:
                self.message_user(
                    request, conflict_message(conflict.current), messages.WARNING
                )
            except BadRequest as refusal:
                self.message_user(request, f"{upload}: {refusal}", messages.WARNING)
        message = ngettext("%d upload was changed.", "%d uploads were changed.", done)
        self.message_user(request, message % done, messages.SUCCESS)


def check_unchanged(upload, seen):
    """Raise CorrectionConflict if an upload was changed since the user saw it."""
    if seen != seen_at(upload):
        raise CorrectionConflict(upload)


def seen_at(upload):
    """Return the time of the last change as text; empty before the first one."""
    return upload.corrected_at.isoformat() if upload.corrected_at else ""


def corrected_class(upload):
    """Return the corrected class in words, empty without one."""
    return _(upload.corrected_class_name) if upload.corrected_class_name else ""


def summary(upload):
    """Return the description of a change for the admin log."""
    name = {"name": upload.corrected_class_name}
    if upload.review == Review.CONFIRMED:
        return _("Confirmed “%(name)s”.") % name
    if upload.review == Review.CORRECTED:
        return _("Corrected to “%(name)s”.") % name
    return _("Set back to “not reviewed”.")


def conflict_message(upload):
    """Return the message for the second of two concurrent reviewers."""
    if upload is None or upload.corrected_at is None:
        return _("This upload was deleted or changed meanwhile.")
    return _(
        "%(upload)s was changed by %(by)s at %(time)s, to “%(name)s”. Your change was "
        "not saved: look at it again."
    ) % {
        "by": upload.corrected_by,
        "upload": upload,
        "time": date_format(localtime(upload.corrected_at), "TIME_FORMAT"),
        "name": corrected_class(upload) or _(upload.class_name),
    }
