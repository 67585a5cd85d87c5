"""Fill the lookups and the counts for the uploads that were there before them."""

import datetime

from classifier.history import maintenance


def migrate():
    """Go through all uploads, and yield after each day."""
    for day, shards in maintenance.days_between(datetime.date.min, datetime.date.max):
        maintenance.rebuild(day, shards)
        yield
