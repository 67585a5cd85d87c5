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
        _("Its headers or its parts are not what HTTP asks for."),
    ),
    "token-needed": Kind(
        401,
        _("A valid token is needed"),
        _("Send a token made in the admin, as “Authorization: Bearer …”."),
    ),
    "not-allowed": Kind(
        403,
        _("The token does not allow this"),
        _("Use a token with the scope for it, whose owner is allowed to do it, too."),
    ),
    "not-found": Kind(
        404,
        _("There is nothing here"),
        _("Nothing has this address, or what had it was deleted."),
    ),
    "method-not-allowed": Kind(
        405,
        _("This address has no such method"),
        _("The header Allow names the methods that it has."),
    ),
    "call-in-progress": Kind(
        409,
        _("The same call is still being answered"),
        _("A call with this Idempotency-Key has not ended. Send yours again later."),
    ),
    "upload-deleted": Kind(
        410,
        _("The upload was deleted"),
        _(
            "A call with this Idempotency-Key kept it, and it was deleted since. Draw "
            "a new key to classify the picture anew."
        ),
    ),
    "length-needed": Kind(
        411,
        _("The length of the body is needed"),
        _("Send the header Content-Length; a body in chunks is not accepted."),
    ),
    "too-large": Kind(
        413,
        _("The body is too large"),
        _("Choose a smaller picture, or make this one smaller first."),
    ),
    "media-type-not-supported": Kind(
        415,
        _("The body is of no accepted type"),
        _(
            "Send the picture as a part named “file” of multipart/form-data, or as the "
            "body with the header “Content-Type: application/octet-stream”."
        ),
    ),
    "unreadable-picture": Kind(
        422,
        _("The picture cannot be read"),
        _("The member “code” says why to programs, “detail” to people."),
    ),
    "no-picture": Kind(
        422,
        _("No picture came"),
        _("Send at least one file in a part named “file”."),
    ),
    "invalid-parameter": Kind(
        422,
        _("A parameter has no accepted value"),
        _("The member “errors” names each one and says what is expected."),
    ),
    "key-reused": Kind(
        422,
        _("The Idempotency-Key belongs to another call"),
        _("It came before with other pictures. Draw a new key for each call."),
    ),
    "too-many-calls": Kind(
        429,
        _("Too many calls"),
        _("The header Retry-After says how many seconds to wait."),
    ),
    "quota-used-up": Kind(
        429,
        _("Too many bytes for a day"),
        _("The header Retry-After says how many seconds to wait."),
    ),
    "server-error": Kind(
        500,
        _("Something broke on our side"),
        _("It was written to the log. Send the call again later."),
    ),
    "network-unavailable": Kind(
        503,
        _("The network is not ready"),
        _("No picture can be classified now, and none was kept. Try again later."),
    ),
    "history-unavailable": Kind(
        503,
        _("The history does not answer"),
        _(
            "No upload can be kept, read or deleted now; nothing changed. Try again "
            "soon."
        ),
    ),
    "database-unavailable": Kind(
        503,
        _("The database does not answer"),
        _("Tokens and keys cannot be looked up now, and nothing was kept."),
    ),
    "overloaded": Kind(
        503,
        _("Too many pictures at once"),
        _("More are coming in than can be classified. Send the call again soon."),
    ),
    "storage-unavailable": Kind(
        503,
        _("Pictures cannot be kept"),
        _("The picture could not be written, so nothing was kept. Try again later."),
    ),
    "storage-full": Kind(
        507,
        _("There is no room for more pictures"),
        _("Nothing was kept. Whoever runs the service can make room; try again later."),
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
