"""The fields of an upload in words, for the list and its page."""

from functools import cache, lru_cache
from uuid import UUID

from django.contrib import admin
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format, time_format
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from ..answers import percent
from .choices import SOURCES
from .corrections import corrected_class, seen_at

NO_ID = UUID(int=0)


class UploadDisplay:
    """The columns and fields of `UploadAdmin` that need formatting."""

    @admin.display(description=gettext_lazy("picture"))
    def thumbnail(self, upload):
        return format_html(
            '<img class="upload-thumbnail" src="{}" alt="{}" width="48" height="48" '
            'loading="lazy" decoding="async">',
            thumbnail_address(upload.id),
            _("Picture of %(class)s") % {"class": _(upload.class_name)},
        )

    @admin.display(description=gettext_lazy("class"))
    def predicted_class(self, upload):
        return _(upload.class_name)

    @admin.display(description=gettext_lazy("probability"))
    def probable(self, upload):
        return format_html(
            '<span class="upload-percent">{}</span><svg class="upload-bar" '
            'viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">'
            '<rect width="{}" height="1"/></svg><span class="upload-unsure">{}</span>',
            percent(upload.probability),
            round(upload.probability * 100),
            "" if upload.is_sure else _("not sure"),
        )

    @admin.display(description=gettext_lazy("visitor"), empty_value="")
    def visitor(self, upload):
        said = upload.suggested_class_name
        if said is None:
            return ""
        return format_html(
            '<span class="upload-chip upload-chip-{}">{}</span>',
            "disputed" if upload.is_disputed else "agreed",
            _(said) if said else _("none of these"),
        )

    @admin.display(description=gettext_lazy("review"))
    def corrected(self, upload):
        return format_html(
            '<span class="upload-corrected upload-review-{}">{}</span>'
            '<input type="hidden" name="seen-{}" value="{}">',
            upload.review,
            corrected_class(upload),
            upload.id,
            seen_at(upload),
        )

    @admin.display(description=gettext_lazy("time"))
    def time(self, upload):
        created_at = timezone.localtime(upload.created_at)
        return format_html(
            '<time class="nowrap" datetime="{}">{}<br>{}</time>',
            created_at.isoformat(timespec="milliseconds"),
            date_text(created_at.date(), get_language()),
            time_format(created_at),
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
        return format_html(
            '<bdi>{}</bdi><br><span class="quiet">{}</span>',
            upload.file_name,
            self.source_name(upload),
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


@lru_cache(maxsize=512)
def date_text(day, language):
    """Return a localised day, cached, since the rows of a list share a few."""
    return date_format(day)
