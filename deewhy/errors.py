"""The pages for what went wrong; each says what a visitor can do about it."""

import logging

from django.core.exceptions import RequestDataTooBig
from django.shortcuts import render

from classifier.exceptions import (
    HistoryUnavailable,
    NetworkUnavailable,
    StorageUnavailable,
)

RETRY_AFTER_S = 10
PARTS = {
    HistoryUnavailable: "history",
    NetworkUnavailable: "network",
    StorageUnavailable: "storage",
}

logger = logging.getLogger(__name__)


class UnavailableMiddleware:
    """Answer 503 and name the part when a view cannot reach one that it needs."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        part = PARTS.get(type(exception))
        if part is None:
            return None
        logger.error("The %s is away: %s", part, exception, exc_info=exception)
        return unavailable(request, part)


def unavailable(request, part):
    """Say which part is away: history, network or storage."""
    response = render(request, "503.html", {"part": part}, status=503)
    response["Retry-After"] = str(RETRY_AFTER_S)
    return response


def bad_request(request, exception):
    if isinstance(exception, RequestDataTooBig):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def csrf_failure(request, reason=""):
    logger.warning("Forbidden (%s): %s", reason, request.path)
    return render(request, "403_csrf.html", status=403)
