"""The pictures of an upload: as stored, smaller, with a heat map, on a card."""

from django.http import FileResponse, HttpResponse
from django.views.decorators.http import require_safe

from deewhy.cross_origin import embeddable

from .. import cards, explanation, pictures
from ..derived import previews
from ..limits import uploads as upload_limit
from .responses import picture_or_404, upload_or_404

# A picture never changes under its address, and its bytes are never executed.
PICTURE_HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


@require_safe
@embeddable
def picture(request, id):
    """Send the stored picture; as a download if not every browser can show it."""
    upload = upload_or_404(id)
    is_shown = upload.media_type in pictures.SHOWN_MEDIA_TYPES
    return _picture(upload, upload.media_type, as_attachment=not is_shown)


@require_safe
@embeddable
def derived_picture(request, id, derived):
    """Send a preview or a thumbnail."""
    upload = upload_or_404(id)
    with picture_or_404():
        content = previews.content(upload, derived)
    return HttpResponse(
        content, content_type=previews.MEDIA_TYPE, headers=PICTURE_HEADERS
    )


@require_safe
@embeddable
def heat_map(request, id):
    """Send the heat map of the answer, or of another class."""
    upload, class_name = upload_or_404(id), request.GET.get("class")
    with picture_or_404():
        if not explanation.is_kept(upload, class_name):
            upload_limit.check(request)
        content = explanation.heat_map(upload, class_name)
    return HttpResponse(content, content_type="image/webp", headers=PICTURE_HEADERS)


@require_safe
def card(request, id):
    """Send the card of a shared link."""
    upload = upload_or_404(id)
    if not cards.is_kept(upload):
        upload_limit.check(request)
    with picture_or_404():
        content = cards.card(upload)
    return HttpResponse(content, content_type="image/jpeg", headers=PICTURE_HEADERS)


def _picture(upload, media_type, as_attachment=False):
    path = pictures.path(upload.stored_name)
    with picture_or_404():
        file = path.open("rb")
    return FileResponse(
        file,
        as_attachment=as_attachment,
        filename=path.name,
        content_type=media_type,
        headers=PICTURE_HEADERS,
    )
