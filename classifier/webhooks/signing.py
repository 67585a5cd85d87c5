"""Signatures as the Standard Webhooks specification has them, which others can check.

https://www.standardwebhooks.com: HMAC-SHA256 over id, time and body.
"""

import base64
import binascii
import hmac

SECRET_START = "whsec_"
MIN_SECRET_BYTES = 24


class InvalidSecret(ValueError):
    """WEBHOOK_SECRET is not what it should be; `hint` says how to make one."""

    hint = (
        'Make one: python -c "import base64, secrets; '
        "print('whsec_' + base64.b64encode(secrets.token_bytes(32)).decode())\""
    )


def secret_key(secret):
    """Return the bytes of a secret as it is written, `whsec_` and base64."""
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_START), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidSecret("WEBHOOK_SECRET is not whsec_ and base64.") from error
    if not secret.startswith(SECRET_START) or len(key) < MIN_SECRET_BYTES:
        raise InvalidSecret(
            f"WEBHOOK_SECRET must be whsec_ and base64 of {MIN_SECRET_BYTES} bytes."
        )
    return key


def headers(secret, id, timestamp, body):
    """Return the headers that let the other side tell whose message it is.

    Args:
        secret: as it is written.
        id: of the message; the same at each attempt.
        timestamp: of the attempt, in whole seconds since 1970.
        body: bytes.
    """
    signed = f"{id}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.digest(secret_key(secret), signed, "sha256"))
    return {
        "webhook-id": str(id),
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{signature.decode()}",
    }
