"""Past uploads are sorted into own classes, from the list or its grid."""

from django import forms
from django.contrib import admin, messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..own_classes import adding
from ..own_classes.models import OwnClass
from ..own_classes.names import Refused
from .corrections import CorrectionActionForm


class SortingActionForm(CorrectionActionForm):
    """Chooses an own class, too, where there are any."""

    own_class = forms.ChoiceField(label=gettext_lazy("Own class:"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        known = OwnClass.objects.select_related("class_set").order_by(
            "-class_set_id", "id"
        )
        choices = [(each.pk, f"{each.class_set} › {each}") for each in known]
        if choices:
            self.fields["own_class"].choices = [("", "---------"), *choices]
        else:
            del self.fields["own_class"]


class SortingAdmin:
    """The action of `UploadAdmin` that puts uploads into a class."""

    action_form = SortingActionForm
    actions = ("sort_selected",)

    def get_actions(self, request):
        actions = super().get_actions(request)
        may_sort = request.user.has_perm("learning.learn_network")
        if not may_sort or not OwnClass.objects.exists():
            actions.pop("sort_selected", None)
        return actions

    @admin.action(description=gettext_lazy("Put selected into an own class"))
    def sort_selected(self, request, selection):
        chosen = request.POST.get("own_class", "")
        own_class = chosen.isdecimal() and OwnClass.objects.filter(pk=chosen).first()
        if not own_class:
            self.message_user(request, _("Choose an own class, too."), messages.WARNING)
            return
        new = 0
        for upload in selection:
            try:
                new += adding.add_upload(own_class, upload) is not None
            except Refused as refusal:
                self.message_user(request, f"{upload}: {refusal}", messages.WARNING)
        said = ngettext("%d picture was added.", "%d pictures were added.", new)
        self.message_user(request, said % new, messages.SUCCESS)
