"""The error pages; each tells visitors the next step."""

import logging
import math
import re
from datetime import timedelta
from functools import cache

from corsheaders.middleware import CorsMiddleware
from csp.constants import HEADER as CSP_HEADER
from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.http import HttpRequest
from django.shortcuts import render
from django.utils import translation

from .exceptions import (
    ExportUnderWay,
    HistoryUnavailable,
    NetworkUnavailable,
    Overloaded,
    QuotaUsedUp,
    StorageFull,
    StorageUnavailable,
    TooManyUploads,
)

RETRY_AFTER_S = 10
API_CALL = re.compile(
    rb"[A-Z]+ (?:%b)?/api/" % re.escape((settings.FORCE_SCRIPT_NAME or "").encode())
)
ACCEPT_LANGUAGE = re.compile(rb"\r\naccept-language:([^\r]*)", re.IGNORECASE)
ORIGIN = re.compile(rb"\r\norigin:([^\r]*)", re.IGNORECASE)
ENCODED_BODIES = {
    "Transfer-Encoding": ("is_chunked", 411),
    "Content-Encoding": ("is_compressed", 415),
}
PARTS = {
    ExportUnderWay: "export",  # before its base class
    HistoryUnavailable: "history",
    NetworkUnavailable: "network",
    Overloaded: "busy",
    StorageUnavailable: "storage",
}
REFUSED_HEADS = {
    400: "bad-request",
    411: "length-needed",
    413: "too-large",
    415: "media-type-not-supported",
}

logger = logging.getLogger(__name__)


class UnavailableMiddleware:
    """Answers 503 and names the part when a view cannot reach one that it needs."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, QuotaUsedUp | StorageFull):
            return no_more(request, exception)
        if isinstance(exception, TooManyUploads):
            return too_many_requests(request, exception.wait_s)
        part = part_of(exception)
        if part is None:
            return None
        if part in ("busy", "export"):  # expected under load, and frequent
            logger.info("Refused: %s", exception)
        else:
            logger.error("The %s is away: %s", part, exception, exc_info=exception)
        return unavailable(request, part)


def part_of(exception):
    """Return the name of the part that is away, from an exception, or None."""
    parts = (part for kind, part in PARTS.items() if isinstance(exception, kind))
    return next(parts, None)


def unavailable(request, part):
    """Return the page for a part that is away: history, network or storage; or busy."""
    response = render(request, "503.html", {"part": part}, status=503)
    response["Retry-After"] = str(RETRY_AFTER_S)
    return response


def no_more(request, exception):
    """Refuse pictures over a quota: one sender's with 429, all senders' with 507."""
    if isinstance(exception, QuotaUsedUp):
        context = {
            "limit_bytes": exception.limit_bytes,
            "minutes": math.ceil(exception.wait_s / 60),
        }
        response = render(request, "429_quota.html", context, status=429)
    else:
        logger.error("Uploads are refused: %s", exception)
        response = render(request, "507.html", status=507)
    response["Retry-After"] = str(exception.wait_s)
    return response


def refusal(head, error=Overloaded, wait_s=None):
    """Return the bytes of a refusal, without handling the request.

    Args:
        head: the request's head; it tells whether a browser or a program asks, in which
            language, and from a script of which site.
        error: the error class behind the refusal, one of `PARTS`, or the status for a
            refused head.
        wait_s: after how many seconds to try again, if that is known.
    """
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = _field(ACCEPT_LANGUAGE, head)
    language = translation.get_language_from_request(request)
    origin = _field(ORIGIN, head).strip()
    if origin not in settings.CORS_ALLOWED_ORIGINS:
        origin = ""  # so that an attacker cannot fill the cache
    return _refusal(language, bool(API_CALL.match(head)), error, origin, wait_s)


def _field(pattern, head):
    found = pattern.search(head)
    return found[1].decode("latin-1") if found else ""


@cache
def _refusal(language, is_call, error, origin, wait_s):
    with translation.override(language):
        if is_call:
            answer = _problem(error).as_response()
            _let_read(answer, origin)
        else:
            answer = _page(error)
    if wait_s:
        answer["Retry-After"] = str(wait_s)
    answer["Content-Length"] = len(answer.content)
    answer[CSP_HEADER] = build_policy()
    answer["Connection"] = "close"
    return b"HTTP/1.1 %d %b\r\n%b\r\n\r\n%b" % (
        answer.status_code,
        answer.reason_phrase.encode(),
        answer.serialize_headers(),
        answer.content,
    )


def _problem(error):
    from .api.errors import problem_of  # needs the applications
    from .api.problems import Problem

    if error in REFUSED_HEADS:
        return Problem(REFUSED_HEADS[error])
    return problem_of(error("Refused before it was read."))


def _page(error):
    request = HttpRequest()
    if error not in REFUSED_HEADS:
        return unavailable(request, PARTS[error])
    template = "413.html" if error == 413 else "400.html"
    context = {"is_chunked": error == 411}
    return render(request, template, context, status=error)


def _let_read(answer, origin):
    """Let a script of another site read the answer to a call, if CORS allows it."""
    request = HttpRequest()
    request.path_info = "/api/"
    request.META["HTTP_ORIGIN"] = origin
    CorsMiddleware(lambda request: answer)(request)


def too_many_requests(request, wait_s):
    """Ask the visitor to wait some seconds."""
    response = render(request, "429.html", {"seconds": wait_s}, status=429)
    response["Retry-After"] = str(wait_s)
    return response


def bad_request(request, exception):
    if isinstance(exception, RequestDataTooBig):
        return render(request, "413.html", status=413)
    # The log names the requested host, and this page names the setting.
    context = {"is_other_host": isinstance(exception, DisallowedHost)}
    return render(request, "400.html", context, status=400)


def encoded_body(request):
    """Refuse a chunked or compressed form, which was not read; else return None."""
    for header, (kind, status) in ENCODED_BODIES.items():
        if request.headers.get(header, "identity") != "identity":
            return render(request, "400.html", {kind: True}, status=status)
    return None


def csrf_failure(request, reason=""):
    """Refuse a form; name the other address if it was sent from one."""
    if response := encoded_body(request):  # its token could not be read
        return response
    logger.warning("Forbidden (%s): %s", reason, request.path)
    origin = request.headers.get("Origin", "null")
    context = {"public_url": settings.PUBLIC_URL, "origin": origin}
    context["is_other_origin"] = origin not in (
        "null",
        *settings.CSRF_TRUSTED_ORIGINS,
        f"{request.scheme}://{request.get_host()}",
    )
    return render(request, "403_csrf.html", context, status=403)


def locked_out(request, response, credentials):
    """Ask the user to pause after too many failed sign-ins."""
    minutes = settings.AXES_COOLOFF_TIME // timedelta(minutes=1)
    context = {"minutes": minutes}
    response = render(request, "429_sign_in.html", context, status=429)
    response["Retry-After"] = str(minutes * 60)
    return response
