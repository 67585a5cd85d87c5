"""Log lines with the request's id, without noise.

The answer carries the id as X-Request-ID, so that a report leads to its lines.
"""

import logging

from django.core.exceptions import BadRequest, PermissionDenied
from django.http.multipartparser import MultiPartParserError
from django_guid import get_guid

REFUSALS = (BadRequest, MultiPartParserError, PermissionDenied)

LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s%(request)s"
JSON_FIELDS = "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s"


class RequestFilter(logging.Filter):
    """Adds the id of the request behind a record, if there is one."""

    def filter(self, record):
        record.request_id = get_guid()
        record.request = f" [{record.request_id}]" if record.request_id else ""
        return True


class RefusalFilter(logging.Filter):
    """Keeps the reason of a refusal without its traceback: nothing is broken."""

    def filter(self, record):
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, REFUSALS):
            record.exc_info = record.exc_text = None
            if str(error):
                record.msg, record.args = f"{record.getMessage()}: {error}", ()
        return True


def configuration(level, is_json):
    """Return the LOGGING setting: one line per event on standard error."""
    formatters = {
        "line": {"format": LINE},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": JSON_FIELDS,
            "rename_fields": {"asctime": "time", "levelname": "level"},
        },
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "request": {"()": RequestFilter},
            "refusal": {"()": RefusalFilter},
        },
        "formatters": formatters,
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "json" if is_json else "line",
                "filters": ["request", "refusal"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "gunicorn.error": {
                "handlers": ["console"],
                "level": "WARNING",
                "propagate": False,
            },
            # Otherwise nearly every request would log a line about its missing id.
            "django_guid": {"level": "WARNING"},
            # A traceback for each failed attempt; the history logs one line instead.
            "cassandra": {"level": "CRITICAL"},
            # Lines for each successful sign-in, and for each exported table.
            "axes": {"level": "WARNING"},
            "tensorflow": {"level": "WARNING"},
            # Lines for each start of the queue's worker, and for each task.
            "django_tasks": {"level": "WARNING"},
            "django_tasks_db": {"level": "WARNING"},
            # Warnings about damaged files; refusals have their own messages.
            "PIL": {"level": "CRITICAL"},
        },
    }
