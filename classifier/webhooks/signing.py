"""Signatures by the Standard Webhooks specification, https://www.standardwebhooks.com."""

import base64
import binascii
from datetime import UTC, datetime

from standardwebhooks import Webhook

SECRET_START = "whsec_"
MIN_SECRET_BYTES = 24


class InvalidSecret(ValueError):
    """WEBHOOK_SECRET cannot sign; `hint` tells how to make one that can."""

    hint = (
        'Make one: python -c "import base64, secrets; '
        "print('whsec_' + base64.b64encode(secrets.token_bytes(32)).decode())\""
    )


def check_secret(secret):
    """Refuse a secret that is not `whsec_` and base64, or short: the library signs
    with any, an empty one aside.

    Raises:
        InvalidSecret
    """
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_START), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidSecret("WEBHOOK_SECRET is not whsec_ and base64.") from error
    if not secret.startswith(SECRET_START) or len(key) < MIN_SECRET_BYTES:
        raise InvalidSecret(
            f"WEBHOOK_SECRET must be whsec_ and base64 of {MIN_SECRET_BYTES} bytes."
        )


def headers(secret, id, timestamp, body):
    """Return the headers with which the receiver verifies a message.

    Args:
        secret: in the form of the setting.
        id: of the message; the same at each attempt.
        timestamp: of the attempt, in whole seconds since 1970.
        body: UTF-8 bytes.
    """
    check_secret(secret)
    time = datetime.fromtimestamp(timestamp, UTC)
    return {
        "webhook-id": str(id),
        "webhook-timestamp": str(timestamp),
        "webhook-signature": Webhook(secret).sign(str(id), time, body.decode()),
    }
