"""What schemathesis cannot draw by itself: pictures, and keys that are all different.

Loaded by schemathesis from the variable SCHEMATHESIS_HOOKS.
"""

import uuid

import schemathesis
from hypothesis import strategies

from classifier.tests.pictures import make_garment, make_picture

PICTURES = strategies.sampled_from(
    [make_garment(), make_garment(format="JPEG"), make_picture(format="GIF")]
)

for media_type in ("application/octet-stream", "image/*"):
    schemathesis.openapi.media_type(media_type, PICTURES)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Draw each key anew: one that came before with other pictures is refused."""
    if case.headers and 1 <= len(case.headers.get("Idempotency-Key", "")) <= 255:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())


@schemathesis.hook
def map_query(context, query):
    """Leave out cursors, which are signed: no text that is drawn can be one."""
    if query:
        query.pop("cursor", None)
    return query
