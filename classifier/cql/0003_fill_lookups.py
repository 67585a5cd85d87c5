"""Fill the lookups and the counts for the uploads that were there before them."""

import datetime

from classifier.history import maintenance
from deewhy.cassandra import session

# The uploads are read with all columns of today, of which a later migration adds one.
COLUMN = "ALTER TABLE upload ADD IF NOT EXISTS is_cut_short boolean"


def migrate():
    """Go through all uploads, and yield after each day."""
    session.session().execute(COLUMN)
    for day, shards in maintenance.days_between(datetime.date.min, datetime.date.max):
        maintenance.rebuild(day, shards)
        yield
