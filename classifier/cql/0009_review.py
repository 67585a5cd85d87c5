"""The state of a review, and the earlier reviews that undo restores.

The upload also holds the visitor's own answer, so that an index finds disagreements.
"""

import datetime

from classifier.history import maintenance, records, reviews, suggestions
from deewhy.cassandra import session
from deewhy.cassandra.migrations import INDEX_WAIT_S

STATEMENTS = (
    """\
    ALTER TABLE upload ADD IF NOT EXISTS (
        suggested_class_name text,
        is_disputed boolean,
        is_right boolean,
        earlier_reviews frozen<list<text>>
    )""",
    "CREATE INDEX IF NOT EXISTS upload_is_right ON upload (is_right) USING 'sai'",
    "CREATE INDEX IF NOT EXISTS upload_is_disputed ON upload (is_disputed) USING 'sai'",
)


def migrate():
    """Add the columns and fill them for existing rows; yield after each step."""
    for statement in STATEMENTS:
        session.session().execute(statement, timeout=INDEX_WAIT_S)
        yield
    for day, shards in maintenance.days_between(datetime.date.min, datetime.date.max):
        reviews.fill(day, shards)
        yield
    for id, class_name in suggestions.everything():
        if (upload := records.get(id)) is not None:
            suggestions.mark(upload, class_name)
        yield
