"""Who deleted or exported which uploads: one line each in the log, ids and no names."""

import logging

from ..limits.callers import token_of

logger = logging.getLogger(__name__)

VISITOR = "the visitor who sent it"


def deleted(id, who):
    """Write down that an upload is deleted."""
    logger.info("Upload %s was deleted by %s.", id, who)


def exported(uploads, format, who):
    """Yield uploads while they are exported; write down how many, and which.

    From the newest to the oldest that was sent: a list of all could be endless.
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
    """Name the token or the person behind a request, on one line whatever the name."""
    if token := token_of(request):
        name, owner = ascii(token.name), ascii(token.owner.get_username())
        return f"the token {name} (deewhy_{token.prefix}...) of {owner}"
    return f"the user {ascii(request.user.get_username())}"
