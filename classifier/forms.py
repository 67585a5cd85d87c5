"""The visitor's forms; `pictures` decides about the pictures themselves."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .examples import EXAMPLES
from .labels import spoken

MAX_PICTURES = 20


class PicturesInput(forms.FileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """One file or several; each is checked when it is received."""

    widget = PicturesInput(attrs={"accept": "image/*,.heic,.heif,.avif"})

    def clean(self, data, initial=None):
        files = data if isinstance(data, list) else [data] if data else []
        if len(files) > MAX_PICTURES:
            raise ValidationError(
                _("These are %(sent)d pictures; the limit is %(limit)d at once."),
                "too_many",
                {"sent": len(files), "limit": MAX_PICTURES},
            )
        return files


class UploadForm(forms.Form):
    """Pictures from any browser, or the name of an example."""

    file = PicturesField(label=_("Picture"), required=False)
    example = forms.ChoiceField(
        choices=[(name, name) for name in EXAMPLES], required=False
    )

    def clean(self):
        if not self.errors and not any(self.cleaned_data.values()):
            self.add_error(
                "file",
                ValidationError(
                    _("No file arrived. Choose a picture first."), code="required"
                ),
            )

    def pictures(self):
        """Return (file, file name) of every picture in the form."""
        sent = [(file, file.name) for file in self.cleaned_data["file"]]
        if name := self.cleaned_data["example"]:
            sent.append((EXAMPLES[name].open(), f"example-{name}.webp"))
        return sent


class SuggestionForm(forms.Form):
    """The right class in the words of the visitor."""

    NONE = "-"

    class_name = forms.ChoiceField()

    def __init__(self, upload, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["class_name"].choices = [
            *((name, spoken(name).title) for name in upload.class_names),
            (self.NONE, gettext("None of these")),
        ]

    def clean_class_name(self):
        name = self.cleaned_data["class_name"]
        return "" if name == self.NONE else name
