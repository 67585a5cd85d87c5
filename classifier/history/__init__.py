"""Every read and write of the uploads in Cassandra.

Every public function raises HistoryUnavailable within seconds when Cassandra is away.
"""

from ..timeuuid import new_id
from .corrections import NONE_OF_THESE, correct, earlier_reviews, undo_correction
from .days import begun_at as day_begun_at
from .deletions import delete, finish_deletion
from .embeddings import levels_of, similar
from .embeddings import of as embedding_of
from .embeddings import replace as replace_embedding
from .embeddings import without as without_embedding
from .filters import Filters
from .lookups import START as NAME_START
from .maintenance import batches_of_day, days_between
from .maintenance import count as count_day
from .maintenance import purge as purge_day
from .maintenance import rebuild as rebuild_day
from .owners import delete as disown
from .owners import owns
from .pages import PAGE_SIZE, Page, everything, neighbours, page
from .records import get, of_ids, of_owners, record
from .rescores import embedded
from .rescores import of as rescore_of
from .rescores import write as write_rescores
from .reviews import Batch, newest_reviewed
from .reviews import batch as review_batch
from .service import is_available, now
from .summaries import Summary, reviews_per_day, summarize, uploads_per_day

REVIEW_QUEUE = Filters(is_sure=False, is_corrected=False)
"""The uploads that a person should look at first."""

__all__ = [
    "NAME_START",
    "NONE_OF_THESE",
    "PAGE_SIZE",
    "Batch",
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
    "earlier_reviews",
    "embedding_of",
    "embedded",
    "everything",
    "finish_deletion",
    "get",
    "is_available",
    "levels_of",
    "neighbours",
    "newest_reviewed",
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
    "rescore_of",
    "review_batch",
    "reviews_per_day",
    "similar",
    "summarize",
    "undo_correction",
    "uploads_per_day",
    "without_embedding",
    "write_rescores",
]
