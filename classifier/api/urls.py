"""The API itself, with its addresses under /api/v1/."""

from django.utils.translation import gettext_noop as _

from .endpoints import router
from .errors import handle_with
from .openapi import DocumentedAPI
from .reference import Reference
from .similar import router as similar_router

api = DocumentedAPI(
    title="deewhy",
    version="1.0.0",
    description=_(
        "Send the picture of a garment, get its class with a calibrated "
        "probability. Errors are problem details (RFC 9457)."
    ),
    urls_namespace="api",
    docs=Reference(),
    default_router=router,
)
api.add_router("", similar_router)
handle_with(api)
