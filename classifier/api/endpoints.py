"""The endpoints: each reads its request, calls one function of the app, and answers."""

from functools import partial
from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.utils.translation import gettext_noop as _
from ninja import Header, Query, Router, Status

from .. import explanation, prediction, uploads
from ..limits.callers import caller
from ..limits.rates import charge_more
from ..operations import audit
from ..spool import records
from .authentication import BearerToken, anyone, anyone_if_open
from .bodies import received_pictures
from .classification import answer
from .idempotency import answer_once
from .limits import calls_per_minute, limited
from .listing import Listing
from .models import Scope
from .openapi import BINARY, PICTURES, documented
from .schemas import (
    EXAMPLE_HOST,
    EXAMPLE_ID,
    Network,
    Outcomes,
    Upload,
    UploadPage,
)

READ = ["GET", "HEAD"]
API = f"{EXAMPLE_HOST}/api/v1"
BEARER = "Authorization: Bearer deewhy_…"

router = Router()
router.add_decorator(limited)


@router.post(
    "/classify",
    auth=[BearerToken(Scope.CLASSIFY), anyone_if_open],
    response={201: Upload, 200: Outcomes},
    summary=_("Classify pictures"),
    description=_(
        "One picture, as the body or in a part named “file”, gets its class; "
        "several parts named “file” get an outcome each."
    ),
    openapi_extra=documented(
        "bad-request",
        "call-in-progress",
        "upload-deleted",
        "length-needed",
        "too-large",
        "media-type-not-supported",
        "unreadable-picture",
        "no-picture",
        "invalid-parameter",
        "key-reused",
        "quota-used-up",
        "storage-full",
        "network-unavailable",
        "history-unavailable",
        "overloaded",
        "storage-unavailable",
        is_open=True,
        sample=f"curl -F file=@shoe.jpg {API}/classify",
        requestBody=PICTURES,
    ),
)
def classify(
    request,
    key: str | None = Header(
        None,
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description=_(
            "A new random key for each call. A repetition within 24 hours gets "
            "the same answer and makes no second upload."
        ),
        examples=["8e03978e-40d5-43dd-bc93-6894a57f9324"],
    ),
):
    files = received_pictures(request)
    if len(files) > 1:
        charge_more(caller(request), calls_per_minute(request), len(files) - 1)
    if key:
        work = partial(answer, request, files)
        return _as_response(answer_once(key, caller(request), files, work))
    return _as_response(answer(request, files, [None] * len(files))[0])


@router.api_operation(
    READ,
    "/uploads",
    auth=BearerToken(Scope.READ),
    response=UploadPage,
    summary=_("List uploads"),
    description=_("Newest first, for staff. Every page costs the same."),
    openapi_extra=documented(
        "not-allowed",
        "invalid-parameter",
        "history-unavailable",
        sample=f"curl -H '{BEARER}' '{API}/uploads?sure=false&limit=10'",
    ),
)
def list_uploads(request, listing: Query[Listing]):
    page = listing.page()
    return UploadPage(
        uploads=[Upload.of(upload, request.build_absolute_uri) for upload in page.rows],
        next_cursor=page.next_cursor,
        previous_cursor=page.previous_cursor,
        looked_back_to=page.looked_back_to,
    )


@router.api_operation(
    READ,
    "/uploads/{id}",
    auth=[BearerToken(), anyone],
    response=Upload,
    url_name="upload",
    summary=_("Read an upload"),
    description=_("Anyone with the id may read the upload; ids cannot be guessed."),
    openapi_extra=documented(
        "not-found",
        "invalid-parameter",
        "history-unavailable",
        is_open=True,
        sample=f"curl {API}/uploads/{EXAMPLE_ID}",
    ),
)
def read_upload(request, id: UUID):
    return Upload.of(upload_or_404(id), request.build_absolute_uri)


@router.api_operation(
    READ,
    "/uploads/{id}/heat-map",
    auth=[BearerToken(), anyone],
    summary=_("Explain an answer"),
    description=_(
        "The heat map of the picture: orange parts speak for the class, blue "
        "parts against it. It is made at the first request and stored, unless "
        "another network is served by then."
    ),
    openapi_extra=documented(
        "not-found",
        "invalid-parameter",
        "network-unavailable",
        "history-unavailable",
        "overloaded",
        is_open=True,
        sample=f"curl -o why.webp {API}/uploads/{EXAMPLE_ID}/heat-map",
        responses={
            200: {
                "description": "OK",
                "content": {"image/webp": {"schema": BINARY}},
            }
        },
    ),
)
def read_heat_map(request, id: UUID):
    try:
        content = explanation.heat_map(upload_or_404(id))
    except FileNotFoundError as error:
        raise Http404 from error
    headers = {"X-Robots-Tag": "noindex"}
    return HttpResponse(content, content_type="image/webp", headers=headers)


@router.delete(
    "/uploads/{id}",
    auth=BearerToken(Scope.DELETE),
    response={204: None},
    summary=_("Delete an upload"),
    description=_("Deletes the picture, everything made from it, and its record."),
    openapi_extra=documented(
        "not-allowed",
        "not-found",
        "invalid-parameter",
        "history-unavailable",
        sample=f"curl -X DELETE -H '{BEARER}' {API}/uploads/{EXAMPLE_ID}",
    ),
)
def delete_upload(request, id: UUID):
    if not uploads.delete_by_id(id):
        raise Http404
    audit.deleted(id, audit.who(request))
    return Status(204, None)


@router.api_operation(
    READ,
    "/network",
    auth=[BearerToken(), anyone],
    response=Network,
    summary=_("Read the network's card"),
    description=_("The served network and its figures."),
    openapi_extra=documented(
        "network-unavailable", is_open=True, sample=f"curl {API}/network"
    ),
)
def read_network(request):
    served = prediction.served()
    return Network(
        version=served.version,
        class_names=list(served.class_names),
        class_descriptions=served.card.get("class_descriptions", {}),
        card=served.card,
    )


def _as_response(answered):
    """Answer 201 with the address of one upload, or an outcome for each of several."""
    response = JsonResponse(answered)
    if "links" in answered:
        response.status_code = 201
        response["Location"] = answered["links"]["self"]
    return response


def upload_or_404(id):
    upload = records.find(id)
    if upload is None:
        raise Http404
    return upload
