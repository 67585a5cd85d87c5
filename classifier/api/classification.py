"""Classifies the pictures of a call: one gets one answer, several an outcome each."""

import logging
from uuid import UUID

from django.utils.translation import gettext as _

from .. import uploads
from ..limits import quota
from ..pictures.file_names import printable
from .errors import PROBLEMS, problem_of
from .problems import Problem
from .schemas import Upload

logger = logging.getLogger(__name__)

DELETED = UUID(int=0)
"""In place of the id of an upload that an earlier call kept, and that was deleted."""


def answer(request, files, ids):
    """Return the answer to a call, and whether it is final.

    Args:
        request: the call.
        files: its pictures.
        ids: the id of each upload, None for a new id, or DELETED.
    """
    quota.take(request, files)
    if len(files) == 1:
        return _upload(request, files[0], ids[0]), True
    outcomes = [_outcome(request, *each) for each in zip(files, ids, strict=True)]
    statuses = [each["problem"]["status"] for each in outcomes if "problem" in each]
    is_final = max(statuses, default=0) < 500 and DELETED not in ids
    return {"outcomes": outcomes}, is_final


def _upload(request, file, id):
    if id == DELETED:
        raise Problem("upload-deleted")
    upload = uploads.receive(file, file_name=file.name or "", source="api", id=id)
    return Upload.of(upload, request.build_absolute_uri).model_dump()


def _outcome(request, file, id):
    outcome = {"file_name": printable(file.name)}
    try:
        return {**outcome, "upload": _upload(request, file, id)}
    except tuple(PROBLEMS) as error:
        return {**outcome, "problem": problem_of(error).as_dict()}
    except Exception:  # the other pictures have their outcomes
        logger.exception("One of several pictures was not kept.")
        detail = _(
            "It could not be read or stored. Save it again in another program first."
        )
        problem = Problem("unreadable-picture", detail, code="unreadable")
        return {**outcome, "problem": problem.as_dict()}
