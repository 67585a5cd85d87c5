"""The page of an answer, and what its sender can do there."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from .. import answers, explanation, prediction, receipts, uploads, visitors
from ..exceptions import HistoryUnavailable, NetworkUnavailable
from ..forms import SuggestionForm
from ..history import suggestions
from ..networks import checkpoints
from ..operations import audit
from ..spool import records
from .responses import for_this_visitor, see, upload_or_404


@require_safe
def upload_detail(request, id):
    """Show the network's answer for a picture."""
    upload = upload_or_404(id)
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
        "description": _description(upload),
    }
    if visitors.visitor_of(request).owns(id):
        context |= {
            "is_own": True,
            "is_taken_up": answers.is_taken_up(upload),
            **_choices(upload, _suggestion(id)),
        }
    return for_this_visitor(render(request, "upload_ok.html", context))


@require_POST
def suggest(request, id):
    """Keep the class that the visitor chose as right."""
    _check_own(request, id)
    form = SuggestionForm(upload_or_404(id), request.POST)
    if form.is_valid():
        records.breaker.call(suggestions.keep, id, form.cleaned_data["class_name"])
        if records.find(id) is None:  # deleted meanwhile
            records.breaker.call(suggestions.delete, id)
    return see("classifier:upload-detail", id, part="said")


@require_POST
def delete(request, id):
    """Delete the visitor's own picture and give a receipt."""
    _check_own(request, id)
    if uploads.delete_by_id(id):
        audit.deleted(id, audit.VISITOR)
    response = see("classifier:receipt", receipts.issue(id))
    return visitors.visitor_of(request).without(id).remembered_by(response, anew=True)


@require_safe
def receipt(request, text):
    """Show a receipt to anyone with its address."""
    receipt = receipts.read(text)
    if receipt is None:
        raise Http404(_("There is no such receipt."))
    return for_this_visitor(render(request, "deleted.html", {"receipt": receipt}))


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


def _description(upload):
    """Return what the answered class is in one line, "" if it has no description."""
    try:
        network = checkpoints.open_checkpoint(upload.network_version, is_verified=False)
    except NetworkUnavailable:  # it was moved aside
        return ""
    return network.class_descriptions.get(upload.class_name, "")


def _suggestion(id):
    """Return the visitor's suggestion for an upload, None while Cassandra is away."""
    try:
        return records.breaker.call(suggestions.of, id)
    except HistoryUnavailable:
        return None
