"""Every read and write of the uploads in Cassandra.

Every public function raises HistoryUnavailable within seconds when Cassandra is away.
"""

from ..timeuuid import new_id
from . import pages, records
from .filters import Filters
from .pages import PAGE_SIZE, Page
from .service import answering, is_available

record = answering(records.record)
get = answering(records.get)
delete = answering(records.delete)
page = answering(pages.page)

__all__ = [
    "PAGE_SIZE",
    "Filters",
    "Page",
    "delete",
    "get",
    "is_available",
    "new_id",
    "page",
    "record",
]
