"""Every read and write of the uploads in Cassandra.

Every public function raises HistoryUnavailable within seconds when Cassandra is away.
"""

from ..timeuuid import new_id
from . import (
    corrections,
    days,
    embeddings,
    maintenance,
    owners,
    pages,
    records,
    summaries,
)
from .corrections import NONE_OF_THESE
from .filters import Filters
from .pages import PAGE_SIZE, Page
from .service import answering, answering_all, is_available
from .summaries import Summary

REVIEW_QUEUE = Filters(is_sure=False, is_corrected=False)
"""The uploads that a person should look at first."""

record = answering(records.record)
get = answering(records.get)
of_ids = answering(records.of_ids)
of_owners = answering(records.of_owners)
owns = answering(owners.owns)
disown = answering(owners.delete)
delete = answering(records.delete)
finish_deletion = answering(records.finish_deletion)
embedding_of = answering(embeddings.of)
similar = answering(embeddings.similar)
without_embedding = answering(embeddings.without)
replace_embedding = answering(embeddings.replace)
page = answering(pages.page)
neighbours = answering(pages.neighbours)
everything = answering_all(pages.everything)
correct = answering(corrections.correct)
undo_correction = answering(corrections.undo_correction)
summarize = answering(summaries.summarize)
uploads_per_day = answering(summaries.uploads_per_day)
now = answering(maintenance.now)
day_begun_at = answering(days.begun_at)
days_between = answering_all(maintenance.days_between)
count_day = answering(maintenance.count)
purge_day = answering(maintenance.purge)
rebuild_day = answering(maintenance.rebuild)
batches_of_day = answering_all(maintenance.batches_of_day)

__all__ = [
    "NONE_OF_THESE",
    "PAGE_SIZE",
    "REVIEW_QUEUE",
    "Filters",
    "Page",
    "Summary",
    "batches_of_day",
    "correct",
    "count_day",
    "day_begun_at",
    "days_between",
    "delete",
    "disown",
    "embedding_of",
    "everything",
    "finish_deletion",
    "get",
    "is_available",
    "neighbours",
    "new_id",
    "now",
    "of_ids",
    "of_owners",
    "owns",
    "page",
    "purge_day",
    "rebuild_day",
    "record",
    "replace_embedding",
    "similar",
    "summarize",
    "undo_correction",
    "uploads_per_day",
    "without_embedding",
]
