"""The form field for a code of the app, or a recovery code."""

import math

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import devices


class CodeForm(forms.Form):
    """Takes a code of a user; afterwards `device` is the one that accepted it."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=64,
        help_text=gettext_lazy(
            "Six digits from the authenticator app, or a recovery code."
        ),
        widget=forms.TextInput(
            attrs={
                "autocapitalize": "none",
                "autocomplete": "one-time-code",
                "autofocus": True,
                "spellcheck": "false",
            }
        ),
    )
    device = None

    def __init__(self, user, data=None):
        super().__init__(data)
        self.user = user

    def clean_code(self):
        code = "".join(filter(str.isalnum, self.cleaned_data["code"])).lower()
        try:
            self.device = self.take(code)
        except devices.Throttled as refusal:
            raise forms.ValidationError(waiting(refusal.wait_s), "throttled") from None
        if self.device is None:
            raise forms.ValidationError(
                _("This code is wrong, or was used before. Wait for the next one."),
                "wrong",
            )
        return code

    def take(self, code):
        return devices.verify(self.user, code)


class SetUpForm(CodeForm):
    """Takes the first code of a phone, which proves that it has the key."""

    def __init__(self, user, key, data=None):
        super().__init__(user, data)
        self.key = key
        field = self.fields["code"]
        field.help_text = ""
        field.widget.attrs["inputmode"] = "numeric"
        del field.widget.attrs["autofocus"]  # the picture comes first

    def take(self, code):
        return devices.turn_on(self.user, self.key, code)


def waiting(seconds):
    """Say for how long codes are ignored."""
    if seconds < 120:
        said = _("Too many wrong codes. Wait %(count)d s, then enter a new one.")
        return said % {"count": math.ceil(seconds)}
    said = _("Too many wrong codes. Wait %(count)d minutes, then enter a new one.")
    return said % {"count": math.ceil(seconds / 60)}
