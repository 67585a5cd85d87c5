"""The audit log of deletions and exports: one line each, ids without names."""

import logging

from ..limits.callers import token_of

logger = logging.getLogger(__name__)

VISITOR = "the visitor who sent it"


def deleted(id, who):
    """Log the deletion of an upload."""
    logger.info("Upload %s was deleted by %s.", id, who)


def exported(uploads, format, who):
    """Yield uploads during their export; log their number and range.

    The range is given by the newest and the oldest id, since a list could be endless.
    """
    logger.info("An export as %s was begun by %s.", format, who)
    count, first, last = 0, None, None
    try:
        for upload in uploads:
            count, first, last = count + 1, first or upload.id, upload.id
            yield upload
    finally:
        logger.info(
            "An export as %s by %s had %d uploads, from %s to %s.",
            *(format, who, count, first, last),
        )


def who(request):
    """Return the token or the user behind a request, always on one line."""
    if token := token_of(request):
        name, owner = ascii(token.name), ascii(token.owner.get_username())
        return f"the token {name} (deewhy_{token.prefix}...) of {owner}"
    return f"the user {ascii(request.user.get_username())}"
