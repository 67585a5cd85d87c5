"""The visitor's pages: parse, call one function, render."""

from django.conf import settings
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from . import answers, pictures, uploads
from .exceptions import UnreadablePicture
from .forms import UploadForm
from .spool import records
from .upload_handlers import refused_bytes

# A picture never changes under its address; whatever its bytes are, nothing runs.
PICTURE_HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request):
    """Show the form; take a picture and go to its answer."""
    if request.method != "POST":
        return _form_page(request, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    try:
        pictures.check_size_bytes(refused_bytes(request) or 0)
        if form.is_valid():
            file = form.cleaned_data["file"]
            upload = uploads.receive(file, file_name=file.name, source="form")
            response = redirect("classifier:upload-detail", upload.id)
            response.status_code = 303
            return response
    except UnreadablePicture as error:
        form.errors["file"] = form.error_class([str(error)])
        return _form_page(request, form, 413 if error.code == "too_large" else 400)
    return _form_page(request, form, 400)


@require_safe
def upload_detail(request, id):
    """Show what the network said of a picture."""
    upload = _upload_or_404(id)
    context = {
        "upload": upload,
        "ranking": answers.ranking(upload),
        "candidates": answers.candidates(upload),
    }
    response = render(request, "upload_ok.html", context)
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
def picture(request, id):
    """Send the file as it came; what not every browser shows, as a download."""
    upload = _upload_or_404(id)
    is_shown = upload.media_type in pictures.SHOWN_MEDIA_TYPES
    return _picture(upload, upload.media_type, as_attachment=not is_shown)


@require_safe
def derived_picture(request, id, derived):
    """Send a preview, a thumbnail, or what the network saw."""
    return _picture(_upload_or_404(id), pictures.DERIVED[derived], derived)


def _form_page(request, form, status=200):
    context = {
        "form": form,
        "formats": pictures.FORMAT_NAMES,
        "max_upload_bytes": settings.MAX_UPLOAD_BYTES,
    }
    return render(request, "upload.html", context, status=status)


def _upload_or_404(id):
    upload = records.find(id)
    if upload is None:
        raise Http404(_("There is no such picture."))
    return upload


def _picture(upload, media_type, derived=None, as_attachment=False):
    path = pictures.path(upload.stored_name, derived)
    try:
        file = path.open("rb")
    except FileNotFoundError as error:
        raise Http404(_("There is no such picture.")) from error
    return FileResponse(
        file,
        as_attachment=as_attachment,
        filename=path.name,
        content_type=media_type,
        headers=PICTURE_HEADERS,
    )
