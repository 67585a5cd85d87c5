"""Fill the lookups and the counts for the uploads that were there before them."""

import datetime

from classifier.history import maintenance
from deewhy.cassandra import session

# The uploads are read with all columns of today, of which later migrations add some.
COLUMNS = """\
ALTER TABLE upload ADD IF NOT EXISTS (
    is_cut_short boolean,
    suggested_class_name text,
    is_disputed boolean,
    is_right boolean,
    earlier_reviews frozen<list<text>>
)"""

# Rebuilding writes it, though a later migration introduces it.
NAME_START = """\
CREATE TABLE IF NOT EXISTS upload_by_name_start (
    name_start text,
    year int,
    id timeuuid,
    shard int,
    PRIMARY KEY ((name_start, year), id)
) WITH CLUSTERING ORDER BY (id DESC)"""


def migrate():
    """Go through all uploads, and yield after each day."""
    session.session().execute(COLUMNS)
    session.session().execute(NAME_START)
    for day, shards in maintenance.days_between(datetime.date.min, datetime.date.max):
        maintenance.rebuild(day, shards)
        yield
