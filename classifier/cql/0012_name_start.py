"""Find uploads by the beginning of a file name: its first three characters, folded.

Longer beginnings are compared with the names of the uploads found.
"""

import datetime

from classifier.history import lookups, maintenance
from deewhy.cassandra import session

TABLE = """\
CREATE TABLE IF NOT EXISTS upload_by_name_start (
    name_start text,
    year int,
    id timeuuid,
    shard int,
    PRIMARY KEY ((name_start, year), id)
) WITH CLUSTERING ORDER BY (id DESC)"""


def migrate():
    """Write the look-ups of all uploads again, and yield after each day."""
    session.session().execute(TABLE)
    for day, shards in maintenance.days_between(datetime.date.min, datetime.date.max):
        for batch in maintenance.batches_of_day(day, shards):
            for upload in batch:
                lookups.write(upload)
        yield
