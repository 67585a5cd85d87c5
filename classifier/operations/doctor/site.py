"""The site: its address, its network, its files, its sign-in."""

import http.client
import json
import urllib.request
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from ...exceptions import NetworkUnavailable
from ...networks import checkpoints, promotions
from .finding import Finding


def public_url(request):
    part = f"PUBLIC_URL ({settings.PUBLIC_URL})"
    if request:
        host = getattr(request, "asked_host", request.get_host())
        seen = f"{request.scheme}://{host}{settings.FORCE_SCRIPT_NAME or ''}"
        if seen not in (url.geturl() for url in settings.PUBLIC_URLS):
            said = _("this page was requested at %(address)s") % {"address": seen}
            cure = _("Set PUBLIC_URL=%(address)s, if people use that address.")
            return Finding(part, said, cure % {"address": seen})
        return Finding(part, _("is the address of this page"))
    try:
        with urllib.request.urlopen(
            f"{settings.PUBLIC_URL}/healthz", timeout=5
        ) as said:
            if json.load(said) == {"status": "ok"}:
                return Finding(part, _("answers"))
            error = _("another service answers")
    except (OSError, ValueError, http.client.HTTPException) as failure:
        error = str(failure)
    return Finding(part, error, _("Start the service, or correct PUBLIC_URL."))


def checkpoint():
    part = _("checkpoint")
    try:
        return Finding(part, _served_since(checkpoints.served().version))
    except NetworkUnavailable as error:
        cure = _("Run manage.py networks rollback, or manage.py train.")
        return Finding(part, str(error), cure)


def _served_since(version):
    """Return the name of the served checkpoint, and the start of its service."""
    promotion = promotions.of_served()
    if promotion is None:
        return version
    return _("%(version)s, since %(time)s, by %(by)s") % {
        "version": version,
        "time": f"{promotion.at:%Y-%m-%d %H:%M} UTC",
        "by": promotion.by,
    }


def static_files():
    part = _("static files")
    manifest = Path(settings.STATIC_ROOT, "staticfiles.json")
    if not settings.PRODUCTION:
        return Finding(part, _("served from their sources"))
    if not manifest.exists():
        said = _("%(path)s is missing") % {"path": manifest}
        return Finding(part, said, _("Run manage.py collectstatic."))
    return Finding(part, _("collected"))


def two_factor():
    part = _("two-step sign-in")
    if settings.ADMIN_TWO_FACTOR:
        return Finding(part, _("required for staff"))
    said = _("optional for staff")
    if not settings.PRODUCTION:
        return Finding(part, said)
    advice = _("Set ADMIN_TWO_FACTOR=true, so that a stolen password is not enough.")
    return Finding(part, said, advice=advice)
