"""The upload form; what a picture may be is decided in `pictures`."""

from django import forms
from django.utils.translation import gettext_lazy as _


class UploadForm(forms.Form):
    """One picture, as any browser sends it."""

    file = forms.FileField(
        label=_("Picture"),
        error_messages={
            "required": _("No file came. Choose a picture first."),
            "empty": _("The file is empty (0 bytes). Choose a picture."),
        },
        widget=forms.FileInput(attrs={"accept": "image/*,.heic,.heif,.avif"}),
    )
