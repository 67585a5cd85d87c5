"""Idempotency: a call with an Idempotency-Key is answered once, however often it comes.

Follows draft-ietf-httpapi-idempotency-key-header. The first call leases the key. A
repetition during the lease waits for the answer; a repetition after a crash takes the
lease over and writes the same uploads under the ids drawn for them. For a deleted
upload only the deletion is remembered, as long as the call itself.
"""

import hashlib
import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from .. import history, timeuuid
from ..exceptions import Overloaded
from ..limits.leases import has_ended
from ..spool.doubtful import is_withdrawn
from .classification import DELETED
from .models import RememberedCall
from .problems import Problem

KEPT_FOR = timedelta(hours=24)
LEASE = timedelta(minutes=1)
WAIT_S = 30
POLL_S = 0.05
RETRY_AFTER_S = 1
DRAWN_WITHIN = timedelta(minutes=1)  # ids are drawn within this time after a call began


@dataclass(frozen=True, slots=True)
class Claim:
    """A remembered call, and the task of this attempt."""

    call: RememberedCall
    is_mine: bool  # this attempt answers
    is_new: bool  # the first attempt


def answer_once(key, caller, files, answer):
    """Return the answer to a call: the earlier one, or that of `answer`.

    Args:
        key: drawn by the client; the same key of another caller is another call.
        caller: the name of the caller.
        files: the pictures of the call.
        answer: takes an id for each picture; returns a JSON value and whether it is
            final. It runs once at a time.
    """
    claim = _claim(_hash(caller, key), _fingerprint(files), len(files))
    call = claim.call
    if not claim.is_mine:
        return call.answer
    try:
        given, is_final = answer(_ids(call))
    except BaseException as error:
        # An earlier attempt that was cut short may have kept an upload.
        if claim.is_new and isinstance(error, Overloaded):
            _forget(call)
        else:
            _give_back(call)
        raise
    _give_back(call, given if is_final else None)
    return given


def forget_uploads(sender, ids, **kwargs):
    """Remove deleted uploads from remembered calls, together with the answers.

    A call of several pictures is answered anew from the records of the others.
    """
    times = [timeuuid.created_at(id) for id in ids]
    around = min(times) - DRAWN_WITHIN, max(times) + DRAWN_WITHIN
    deleted = set(map(str, ids))
    for call in RememberedCall.objects.filter(created_at__range=around):
        if deleted.intersection(call.upload_ids):
            _forget_uploads(call, deleted)


def forget_aged(sender, until, **kwargs):
    """Forget the calls whose uploads were removed by retention."""
    RememberedCall.objects.filter(created_at__lt=until).delete()


def _forget_uploads(call, deleted):
    call.upload_ids = [str(DELETED) if id in deleted else id for id in call.upload_ids]
    if set(call.upload_ids) == {str(DELETED)}:
        call.fingerprint = ""  # a digest of the pictures and their names
    call.answer = None
    call.save(update_fields=["upload_ids", "fingerprint", "answer"])


def _claim(key, fingerprint, count):
    """Remember a call or find it remembered; wait while another attempt answers it."""
    _forget_old()
    deadline = time.monotonic() + WAIT_S
    while True:
        call, is_new = _remember(key, fingerprint, count)
        if call.fingerprint not in (fingerprint, ""):
            raise Problem("key-reused")
        if is_new or call.answer:
            return Claim(call, is_mine=is_new, is_new=is_new)
        if _take_over(call):
            return Claim(call, is_mine=True, is_new=False)
        if time.monotonic() > deadline:
            raise Problem(
                "call-in-progress", headers={"Retry-After": str(RETRY_AFTER_S)}
            )
        time.sleep(POLL_S)


def _remember(key, fingerprint, count):
    return RememberedCall.objects.get_or_create(
        key=key,
        defaults={
            "fingerprint": fingerprint,
            "upload_ids": [str(history.new_id()) for _ in range(count)],
            "leased_until": timezone.now() + LEASE,
        },
    )


def _take_over(call):
    """Lease a call whose lease ended without an answer; only one attempt succeeds."""
    is_free = has_ended("leased_until", LEASE)
    waiting = RememberedCall.objects.filter(is_free, pk=call.pk, answer__isnull=True)
    return bool(waiting.update(leased_until=timezone.now() + LEASE))


def _ids(call):
    """Return the ids of a call's uploads; a withdrawn id is drawn anew."""
    ids = [UUID(id) for id in call.upload_ids]
    if any(map(is_withdrawn, ids)):
        ids = [history.new_id() if is_withdrawn(id) else id for id in ids]
        call.upload_ids = list(map(str, ids))
        call.created_at = timezone.now()  # a deletion finds the ids by this time
        call.save(update_fields=["upload_ids", "created_at"])
    return ids


def _give_back(call, answer=None):
    """Release the lease with an answer, or without one for the next attempt.

    An answer about an upload that was deleted meanwhile is not kept.
    """
    with transaction.atomic():
        kept = RememberedCall.objects.select_for_update().filter(pk=call.pk).first()
        if kept:
            kept.answer = answer if kept.upload_ids == call.upload_ids else None
            kept.leased_until = timezone.now()
            kept.save(update_fields=["answer", "leased_until"])


def _forget(call):
    RememberedCall.objects.filter(pk=call.pk).delete()


def _forget_old():
    RememberedCall.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()


def _fingerprint(files):
    """Return a digest of the content; the parts' boundary differs from call to call."""
    digests = []
    for file in files:
        digests += [file.name or "", hashlib.file_digest(file, "sha256").hexdigest()]
        file.seek(0)
    return _hash(*digests)


def _hash(*texts):
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()
