"""Maps exceptions to the problems that callers receive."""

import logging
from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError
from django.http import Http404
from django.http.multipartparser import MultiPartParserError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError, ValidationError

from ..exceptions import (
    HistoryUnavailable,
    InvalidCursor,
    NetworkUnavailable,
    Overloaded,
    QuotaUsedUp,
    StorageFull,
    StorageUnavailable,
    UnreadablePicture,
)
from .problems import Problem

logger = logging.getLogger(__name__)

RETRY_AFTER_S = 5


def handle_with(api):
    """Register problem responses for the errors of a django-ninja API.

    All other exceptions are bugs: Django logs them and answers 500.
    """
    for error in PROBLEMS:
        api.add_exception_handler(
            error, lambda request, error: problem_of(error).as_response()
        )


def problem_of(error):
    """Return the problem for one of the errors in `PROBLEMS`."""
    return next(
        to_problem(error)
        for kind, to_problem in PROBLEMS.items()
        if isinstance(error, kind)
    )


def token_needed(detail=None, error=None):
    """Return the problem of a call without a token, or with an unusable one."""
    challenge = f'Bearer error="{error}"' if error else "Bearer"
    return Problem("token-needed", detail, {"WWW-Authenticate": challenge})


def refused_picture(error):
    """Return the problem of a refused picture, in the words of the form."""
    name = "too-large" if error.code == "too_large" else "unreadable-picture"
    return Problem(name, error, code=error.code)


def invalid_parameters(error):
    """Return the problem of invalid parameters."""
    errors = [
        {"parameter": str(each["loc"][-1]), "detail": each["msg"]}
        for each in error.errors
    ]
    names = ", ".join(each["parameter"] for each in errors)
    detail = _("Not accepted: %(names)s.") % {"names": names}
    return Problem("invalid-parameter", detail, errors=errors)


def invalid_cursor(error):
    """Return the problem of a cursor that is forged, old or from another list."""
    errors = [{"parameter": "cursor", "detail": str(error)}]
    return Problem("invalid-parameter", error, errors=errors)


def unavailable(name):
    """Return a function that turns our error into a problem; details go to the log."""

    def to_problem(error):
        logger.warning("%s", error)
        return Problem(name, headers={"Retry-After": str(RETRY_AFTER_S)})

    return to_problem


def quota_used_up(error):
    """Return the problem of a sender over the daily quota."""
    detail = _("The limit is %(limit)s of pictures a day. Wait %(wait)d s.")
    detail %= {"limit": filesizeformat(error.limit_bytes), "wait": error.wait_s}
    return Problem("quota-used-up", detail, {"Retry-After": str(error.wait_s)})


def storage_full(error):
    """Return the problem of a full disk; the log has the details."""
    logger.error("Uploads are refused: %s", error)
    return Problem("storage-full", headers={"Retry-After": str(error.wait_s)})


PROBLEMS: dict[type[Exception], Callable[..., Problem]] = {
    Problem: lambda error: error,
    UnreadablePicture: refused_picture,
    QuotaUsedUp: quota_used_up,
    StorageFull: storage_full,
    InvalidCursor: invalid_cursor,
    NetworkUnavailable: unavailable("network-unavailable"),
    HistoryUnavailable: unavailable("history-unavailable"),
    DatabaseError: unavailable("database-unavailable"),
    Overloaded: unavailable("overloaded"),
    StorageUnavailable: unavailable("storage-unavailable"),
    AuthenticationError: lambda error: token_needed(),
    ValidationError: invalid_parameters,
    Http404: lambda error: Problem("not-found"),
    MultiPartParserError: lambda error: Problem("bad-request", error),
    SuspiciousOperation: lambda error: Problem("bad-request"),
}
