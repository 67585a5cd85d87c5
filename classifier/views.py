"""The visitor's pages: parse the request, call one function, render."""

import logging
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from deewhy.cross_origin import embeddable

from . import (
    answers,
    cards,
    examples,
    explanation,
    pictures,
    prediction,
    receipts,
    uploads,
    visitors,
)
from .derived import previews
from .error_pages import PARTS, encoded_body
from .exceptions import HistoryUnavailable, NetworkUnavailable, UnreadablePicture
from .forms import SuggestionForm, UploadForm
from .history import suggestions
from .limits import quota
from .limits import uploads as upload_limit
from .networks import checkpoints
from .operations import audit
from .pictures import refusals
from .pictures.limits import size_text
from .pictures.upload_handlers import check_room, refused_bytes
from .spool import records

# A picture never changes under its address, and its bytes are never executed.
PICTURE_HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
TRY_AGAIN = "try_again"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The reason why a file was refused, with its name if several were sent."""

    sentence: str
    code: str = ""
    file_name: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@upload_limit.limited
def upload(request):
    """Show the form; receive pictures and redirect to their answers."""
    visitor = visitors.visitor_of(request)
    if request.method != "POST":
        return visitor.remembered_by(_form_page(request, visitor))
    if response := encoded_body(request):
        return response
    form = UploadForm(request.POST, request.FILES)
    check_room(request)
    kept, refused = [], _refused_while_sent(request)
    if form.is_valid():
        sent = form.pictures()
        upload_limit.count_further(request, len(sent) - 1)
        quota.take(request, [file for file, _name in sent])
        _receive(visitor, sent, kept, refused)
    elif not refused:
        refused = [Refusal(error) for error in form.errors["file"]]
    return visitor.remembered_by(_answer(request, visitor, kept, refused), anew=kept)


@require_safe
def upload_detail(request, id):
    """Show the network's answer for a picture."""
    upload = _upload_or_404(id)
    context = {
        "upload": upload,
        "ranking": answers.ranking(upload),
        "candidates": answers.candidates(upload),
        "is_likely_none": answers.is_likely_none(upload),
        "correction": answers.correction(upload),
        "shown_size": answers.shown_size(upload),
        "address": request.build_absolute_uri(request.path),
        "card": request.build_absolute_uri(reverse("classifier:card", args=[id])),
        "can_explain": explanation.can_explain(upload),
        "is_image": _is_image(upload),
    }
    if visitors.visitor_of(request).owns(id):
        context |= {
            "is_own": True,
            **_choices(upload, _suggestion(id)),
        }
    return _for_this_visitor(render(request, "upload_ok.html", context))


@require_POST
def suggest(request, id):
    """Keep the class that the visitor chose as right."""
    _check_own(request, id)
    form = SuggestionForm(_upload_or_404(id), request.POST)
    if form.is_valid():
        records.breaker.call(suggestions.keep, id, form.cleaned_data["class_name"])
        if records.find(id) is None:  # deleted meanwhile
            records.breaker.call(suggestions.delete, id)
    return _see("classifier:upload-detail", id, part="said")


@require_POST
def delete(request, id):
    """Delete the visitor's own picture and give a receipt."""
    _check_own(request, id)
    if uploads.delete_by_id(id):
        audit.deleted(id, audit.VISITOR)
    response = _see("classifier:receipt", receipts.issue(id))
    return visitors.visitor_of(request).without(id).remembered_by(response, anew=True)


@require_safe
def receipt(request, text):
    """Show a receipt to anyone with its address."""
    receipt = receipts.read(text)
    if receipt is None:
        raise Http404(_("There is no such receipt."))
    return _for_this_visitor(render(request, "deleted.html", {"receipt": receipt}))


@require_safe
@embeddable
def picture(request, id):
    """Send the stored picture; as a download if not every browser can show it."""
    upload = _upload_or_404(id)
    is_shown = upload.media_type in pictures.SHOWN_MEDIA_TYPES
    return _picture(upload, upload.media_type, as_attachment=not is_shown)


@require_safe
@embeddable
def derived_picture(request, id, derived):
    """Send a preview or a thumbnail."""
    upload = _upload_or_404(id)
    try:
        content = previews.content(upload, derived)
    except FileNotFoundError as error:
        raise Http404(_("There is no such picture.")) from error
    return HttpResponse(
        content, content_type=previews.MEDIA_TYPE, headers=PICTURE_HEADERS
    )


@require_safe
@embeddable
def heat_map(request, id):
    """Send the heat map of the answer, or of another class."""
    upload, class_name = _upload_or_404(id), request.GET.get("class")
    with _picture_or_404():
        if not explanation.is_kept(upload, class_name):
            upload_limit.check(request)
        content = explanation.heat_map(upload, class_name)
    return HttpResponse(content, content_type="image/webp", headers=PICTURE_HEADERS)


@require_safe
def card(request, id):
    """Send the card of a shared link."""
    upload = _upload_or_404(id)
    if not cards.is_kept(upload):
        upload_limit.check(request)
    with _picture_or_404():
        content = cards.card(upload)
    return HttpResponse(content, content_type="image/jpeg", headers=PICTURE_HEADERS)


@contextmanager
def _picture_or_404():
    try:
        yield
    except FileNotFoundError as error:
        raise Http404(_("There is no such picture.")) from error


def _refused_while_sent(request):
    try:
        pictures.check_size_bytes(refused_bytes(request) or 0)
    except UnreadablePicture as error:
        return [Refusal(str(error), error.code)]
    return []


def _receive(visitor, sent, kept, refused):
    """Receive each picture, and add it to the kept or the refused ones."""
    for file, name in sent:
        with file:
            try:
                upload = uploads.receive(
                    file, file_name=name, source="form", owner_of=visitor.owner_of
                )
                kept.append(upload)
            except UnreadablePicture as error:
                file_name = name if len(sent) > 1 else ""
                refused.append(Refusal(str(error), error.code, file_name))
            except tuple(PARTS):
                if not kept:
                    raise  # the page names the part that is away
                sentence = _("It could not be kept just now. Send it again.")
                refused.append(Refusal(sentence, TRY_AGAIN, name))
            except Exception:  # the others are kept, and their sender must see them
                if len(sent) == 1:
                    raise
                logger.exception("One of %s pictures was not kept.", len(sent))
                sentence = _(
                    "It could not be read or stored. Save it again in "
                    "another program first."
                )
                refused.append(Refusal(sentence, "unreadable", name))


def _answer(request, visitor, kept, refused):
    if refused:
        codes = {refusal.code for refusal in refused}
        status = 503 if TRY_AGAIN in codes else 413 if "too_large" in codes else 400
        return _form_page(request, visitor, kept, refused, status)
    if len(kept) == 1:
        return _see("classifier:upload-detail", kept[0].id)
    return _see("classifier:upload")


def _form_page(request, visitor, kept=(), refused=(), status=200):
    class_names = _class_names()
    context = {
        "form": UploadForm(),
        "refused": refused,
        "class_names": class_names,
        "examples": examples.known_to(class_names),
        "own_uploads": visitor.uploads(kept),
        "formats": pictures.FORMAT_NAMES,
        "max_size": size_text(settings.MAX_UPLOAD_BYTES),
        "refusals": refusals.before_sending(),
    }
    response = render(request, "upload.html", context, status=status)
    response["Cache-Control"] = "private, no-cache"  # it names this browser's uploads
    return response


def _class_names():
    try:
        return checkpoints.served(is_verified=False).class_names
    except NetworkUnavailable:
        return ()


def _for_this_visitor(response):
    """Keep a page out of caches and search engines; a browser may go back to it."""
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response


def _see(view, *args, part=""):
    """Redirect, so that a reload of the next page sends nothing again.

    Args:
        part: the id of an element to scroll to.
    """
    address = reverse(view, args=args)
    return HttpResponseRedirect(f"{address}#{part}" if part else address, status=303)


def _upload_or_404(id):
    upload = records.find(id)
    if upload is None:
        raise Http404(_("There is no such picture."))
    return upload


def _check_own(request, id):
    if not visitors.visitor_of(request).owns(id):
        raise PermissionDenied


def _choices(upload, suggestion):
    """Return the classes that a visitor can choose as right, and the chosen one."""
    candidates = [] if upload.is_sure else answers.candidates(upload)
    offered = {name for name, _probability in candidates} or {upload.class_name}
    return {
        "others": [(name, 0) for name in upload.class_names if name not in offered],
        "none": SuggestionForm.NONE,
        "suggestion": suggestion,
        "is_said_of_candidate": suggestion
        and suggestion.class_name in dict(candidates),
    }


def _is_image(upload):
    """Tell whether an upload is an image of the data set's size."""
    try:
        return prediction.served().is_image((upload.width, upload.height))
    except NetworkUnavailable:
        return False


def _suggestion(id):
    """Return the visitor's suggestion for an upload, None while Cassandra is away."""
    try:
        return records.breaker.call(suggestions.of, id)
    except HistoryUnavailable:
        return None


def _picture(upload, media_type, as_attachment=False):
    path = pictures.path(upload.stored_name)
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
