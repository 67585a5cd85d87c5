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


def migrate():
    """Go through all uploads, and yield after each day."""
    session.session().execute(COLUMNS)
    for day, shards in maintenance.days_between(datetime.date.min, datetime.date.max):
        maintenance.rebuild(day, shards)
        yield
