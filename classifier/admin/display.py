"""The fields of an upload in words, for the list and its page."""

from functools import cache, lru_cache
from html import escape
from uuid import UUID

from django.contrib import admin
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format, time_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, gettext_noop
from django.utils.translation import gettext as _

from ..answers import percent
from ..history import NONE_OF_THESE
from .choices import SOURCES
from .corrections import seen_at

NO_ID = UUID(int=0)
NOT_SURE = gettext_noop("not sure")


class UploadDisplay:
    """The columns and fields of `UploadAdmin` that need formatting."""

    @admin.display(description=gettext_lazy("picture"))
    def thumbnail(self, upload):
        return SafeString(
            f'<img class="upload-thumbnail" src="{thumbnail_address(upload.id)}" '
            f'alt="{picture_of(upload.class_name, get_language())}" '
            'width="48" height="48" loading="lazy" decoding="async">'
        )

    @admin.display(description=gettext_lazy("class"))
    def predicted_class(self, upload):
        return word(upload.class_name, get_language())

    @admin.display(description=gettext_lazy("probability"))
    def probable(self, upload):
        unsure = "" if upload.is_sure else word(NOT_SURE, get_language())
        return SafeString(
            f"{bar(thousandths(upload.probability), get_language())}"
            f'<span class="upload-unsure">{unsure}</span>'
        )

    @admin.display(description=gettext_lazy("visitor"), empty_value="")
    def visitor(self, upload):
        said = upload.suggested_class_name
        if said is None:
            return ""
        name = "disputed" if upload.is_disputed else "agreed"
        text = word(said or NONE_OF_THESE, get_language())
        return SafeString(f'<span class="upload-chip upload-chip-{name}">{text}</span>')

    @admin.display(description=gettext_lazy("review"))
    def corrected(self, upload):
        name = upload.corrected_class_name
        text = word(name, get_language()) if name else ""
        return SafeString(
            f'<span class="upload-corrected upload-review-{upload.review}">'
            f"{text}</span>"
            f'<input type="hidden" name="seen-{upload.id}" value="{seen_at(upload)}">'
        )

    @admin.display(description=gettext_lazy("time"))
    def time(self, upload):
        created_at = timezone.localtime(upload.created_at)
        language = get_language()
        minute = created_at.time().replace(second=0, microsecond=0)
        return SafeString(
            f'<time class="nowrap" '
            f'datetime="{created_at.isoformat(timespec="milliseconds")}">'
            f"{date_text(created_at.date(), language)}<br>"
            f"{time_text(minute, language)}</time>"
        )

    @admin.display(description=gettext_lazy("time"))
    def exact_time(self, upload):
        created_at = timezone.localtime(upload.created_at)
        return f"{date_format(created_at)} {created_at:%H:%M:%S.%f %Z}"

    @admin.display(description=gettext_lazy("size"))
    def size(self, upload):
        return _("%(width)d × %(height)d pixels, %(size)s") % {
            "width": upload.width,
            "height": upload.height,
            "size": filesizeformat(upload.size_bytes),
        }

    @admin.display(description=gettext_lazy("file, source"))
    def file(self, upload):
        return SafeString(
            f"<bdi>{escape(upload.file_name)}</bdi><br>"
            f'<span class="quiet">{escape(self.source_name(upload))}</span>'
        )

    @admin.display(description=gettext_lazy("source"))
    def source_name(self, upload):
        return SOURCES.get(upload.source, upload.source)

    @admin.display(description=gettext_lazy("time taken"))
    def latency(self, upload):
        return _("%(number)s ms") % {"number": number_format(upload.latency_ms, 1)}

    @admin.display(description="SHA-256")
    def digest(self, upload):
        return format_html("<code>{}</code>", upload.sha256)

    @admin.display(description=gettext_lazy("id"))
    def key(self, upload):
        return format_html("<code>{}</code>", upload.id)


def thumbnail_address(id):
    """Return the address of a thumbnail; a list needs a hundred at once."""
    return _thumbnail_pattern().replace(str(NO_ID), str(id))


@cache
def _thumbnail_pattern():
    return reverse("classifier:thumbnail", args=[NO_ID])


# Django's `escape` and `mark_safe` look for lazy values first, which takes longer.
# The rows of a list share a few values, and escaping one takes longer than finding it.


@lru_cache(maxsize=512)
def word(text, language):
    """Return a translated word, escaped."""
    return SafeString(escape(_(text)))


@lru_cache(maxsize=512)
def picture_of(class_name, language):
    """Return the alternative text of a picture, escaped."""
    return escape(_("Picture of %(class)s") % {"class": _(class_name)})


def thousandths(probability):
    """Return a probability as precisely as `percent` shows it."""
    if 0.001 <= probability <= 0.999:
        return round(probability * 1000)
    return round(probability) * 1000


@lru_cache(maxsize=2048)
def bar(thousandths, language):
    """Return a probability as text and as a bar."""
    return format_html(
        '<span class="upload-percent">{}</span><svg class="upload-bar" '
        'viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{}" height="1"/></svg>',
        percent(thousandths / 1000),
        round(thousandths / 10),
    )


@lru_cache(maxsize=512)
def date_text(day, language):
    """Return a localised day, escaped."""
    return escape(date_format(day))


@lru_cache(maxsize=2048)
def time_text(minute, language):
    """Return a localised time of the day, escaped."""
    return escape(time_format(minute))
