"""Errors as problem details (RFC 9457): their kinds and their responses."""

import json
from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem, with one title and one advice for all its cases."""

    status: int
    title: Promise
    advice: Promise


KINDS = {
    "bad-request": Kind(
        400,
        _("The request cannot be read"),
        _("Its headers or its parts violate HTTP."),
    ),
    "token-needed": Kind(
        401,
        _("A valid token is needed"),
        _("Send a token made in the admin, as “Authorization: Bearer …”."),
    ),
    "not-allowed": Kind(
        403,
        _("The token does not allow this"),
        _("Use a token with the right scope; its owner needs the permission, too."),
    ),
    "not-found": Kind(
        404,
        _("There is nothing here"),
        _("There is nothing at this address, or it was deleted."),
    ),
    "method-not-allowed": Kind(
        405,
        _("This address has no such method"),
        _("The header Allow lists the allowed methods."),
    ),
    "call-in-progress": Kind(
        409,
        _("The same call is still being answered"),
        _(
            "The first call with this Idempotency-Key is not finished. Send yours "
            "again later."
        ),
    ),
    "upload-deleted": Kind(
        410,
        _("The upload was deleted"),
        _(
            "The upload of this Idempotency-Key was deleted. Draw a new key to "
            "classify the picture again."
        ),
    ),
    "length-needed": Kind(
        411,
        _("The length of the body is missing"),
        _("Send the header Content-Length; chunked bodies are not accepted."),
    ),
    "too-large": Kind(
        413,
        _("The body is too large"),
        _("Choose a smaller picture, or make this one smaller first."),
    ),
    "media-type-not-supported": Kind(
        415,
        _("The type of the body is not accepted"),
        _(
            "Send the picture as a part named “file” of multipart/form-data, or as the "
            "body with the header “Content-Type: application/octet-stream”."
        ),
    ),
    "unreadable-picture": Kind(
        422,
        _("The picture cannot be read"),
        _("“code” names the reason for programs, “detail” for people."),
    ),
    "no-picture": Kind(
        422,
        _("No picture came"),
        _("Send at least one file in a part named “file”."),
    ),
    "invalid-parameter": Kind(
        422,
        _("A parameter is invalid"),
        _("“errors” lists each invalid parameter with the expected value."),
    ),
    "key-reused": Kind(
        422,
        _("The Idempotency-Key belongs to another call"),
        _("The key was used with other pictures before. Draw a new key for each call."),
    ),
    "too-many-calls": Kind(
        429,
        _("Too many calls"),
        _(
            "The header Retry-After gives the seconds to wait, RateLimit the calls "
            "that are left. A token has a higher limit."
        ),
    ),
    "quota-used-up": Kind(
        429,
        _("The daily quota is used up"),
        _("The header Retry-After gives the seconds to wait."),
    ),
    "server-error": Kind(
        500,
        _("Something went wrong on our side"),
        _("The error was logged. Send the call again later."),
    ),
    "network-unavailable": Kind(
        503,
        _("The network is not ready"),
        _(
            "Pictures cannot be classified now, and nothing was stored. Try again "
            "later."
        ),
    ),
    "history-unavailable": Kind(
        503,
        _("The history does not answer"),
        _(
            "Uploads cannot be stored, read or deleted now; nothing was changed. "
            "Try again soon."
        ),
    ),
    "database-unavailable": Kind(
        503,
        _("The database does not answer"),
        _("Tokens and keys cannot be looked up now, and nothing was stored."),
    ),
    "overloaded": Kind(
        503,
        _("Too many pictures at once"),
        _("More pictures arrive than can be classified. Send the call again soon."),
    ),
    "storage-unavailable": Kind(
        503,
        _("Pictures cannot be stored"),
        _("The picture could not be written, and nothing was stored. Try again later."),
    ),
    "storage-full": Kind(
        507,
        _("The storage is full"),
        _("Nothing was stored. The operator has to free disk space; try again later."),
    ),
}


class Problem(Exception):
    """The failure of one call, as its caller reads it.

    Args:
        name: of its kind, from `KINDS`.
        detail: a sentence about this case; default: the advice of its kind.
        headers: HTTP headers of the response.
        members: further data for programs, by name.
    """

    def __init__(self, name, detail=None, headers=None, **members):
        self.name = name
        self.kind = KINDS[name]
        self.detail = str(detail or self.kind.advice)
        self.headers = headers or {}
        self.members = members
        super().__init__(self.detail)

    def as_dict(self):
        """Return the members of the problem, in the caller's language.

        `type` is a path without a host, because the host itself may be the problem.
        """
        return {
            "type": f"{reverse('api:openapi-view')}#{self.name}",
            "title": str(self.kind.title),
            "status": self.kind.status,
            "detail": self.detail,
            **self.members,
        }

    def as_response(self):
        """Return the problem as an HTTP response."""
        return HttpResponse(
            json.dumps(self.as_dict(), ensure_ascii=False),
            status=self.kind.status,
            content_type=MEDIA_TYPE,
            headers=self.headers,
        )
