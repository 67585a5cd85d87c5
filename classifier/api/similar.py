"""The call that lists uploads which look like one."""

from uuid import UUID

from django.utils.translation import gettext_noop as _
from ninja import Query, Router

from ..learning import similar
from .authentication import BearerToken
from .endpoints import API, BEARER, READ, upload_or_404
from .limits import limited
from .models import Scope
from .openapi import documented
from .schemas import EXAMPLE_ID, SimilarUpload, SimilarUploads, Upload

router = Router()
router.add_decorator(limited)


@router.api_operation(
    READ,
    "/uploads/{id}/similar",
    auth=BearerToken(Scope.READ),
    response=SimilarUploads,
    summary=_("List similar uploads"),
    description=_(
        "Photographs that look like this one, the most similar first, by the search "
        "over embeddings; near-duplicates are marked. There are none for an image of "
        "28x28 pixels."
    ),
    openapi_extra=documented(
        "not-allowed",
        "not-found",
        "invalid-parameter",
        "network-unavailable",
        "history-unavailable",
        sample=f"curl -H '{BEARER}' {API}/uploads/{EXAMPLE_ID}/similar",
    ),
)
def list_similar_uploads(
    request,
    id: UUID,
    limit: int = Query(10, ge=1, le=50, description=_("How many at most.")),
):
    found = similar.similar_to(upload_or_404(id), limit)
    return SimilarUploads(
        similar=[
            SimilarUpload(
                upload=Upload.of(each.upload, request.build_absolute_uri),
                similarity=round(each.cosine, 4),
                near_duplicate=each.is_near_duplicate,
            )
            for each in found
        ]
    )
