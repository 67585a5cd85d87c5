"""The counts of the rate limits, in the default database."""

from contextlib import contextmanager

from django.db import connections, models, router, transaction

# One statement, so that neither a transaction nor a lock outlives it. A time that only
# a wrong clock could have stored counts as now.
FROM = """\
CASE WHEN used_until BETWEEN %(now)s AND %(latest)s THEN used_until ELSE %(now)s END"""
ADVANCE = f"""\
UPDATE limits_usage SET used_until = {FROM} + %(cost_s)s
WHERE caller = %(caller)s AND {FROM} + %(cost_s)s <= %(now)s + %(window_s)s
RETURNING used_until"""
BEGIN = """\
INSERT INTO limits_usage (caller, used_until) VALUES (%(caller)s, %(now)s + %(cost_s)s)
ON CONFLICT (caller) DO NOTHING RETURNING used_until"""


class UsageManager(models.Manager["Usage"]):
    """Moves the times of callers, atomically over all processes."""

    def advance(self, caller, cost_s, *, now, window_s, latest):
        """Move a caller's time; return it, or None if it would be over the window.

        Args:
            caller: the name of the caller.
            cost_s: the seconds to add.
            now: the time, in seconds since 1970.
            window_s: how far ahead of `now` the time may be.
            latest: no right clock has stored a later time.
        """
        values = {
            "caller": caller,
            "cost_s": cost_s,
            "now": now,
            "window_s": window_s,
            "latest": latest,
        }
        with unsynced(connections[router.db_for_write(self.model)]) as cursor:
            if moved := _one(cursor, ADVANCE, values):
                return moved
            if cost_s <= window_s and (begun := _one(cursor, BEGIN, values)):
                self.filter(used_until__lt=now).delete()
                return begun
            return _one(cursor, ADVANCE, values)  # two first calls at one time


class Usage(models.Model):
    """The time, in seconds since 1970, until which a caller's rate limit is used up."""

    caller = models.CharField(max_length=80, primary_key=True)
    used_until = models.FloatField(db_index=True)

    objects = UsageManager()

    def __str__(self):
        return self.caller


@contextmanager
def unsynced(connection):
    """Commit without waiting for the disk: a power cut may forget a count.

    Later commits that are synced include these. Within a transaction, its own commit
    decides.
    """
    with connection.cursor() as cursor:
        if connection.in_atomic_block:
            yield cursor
        elif connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous=NORMAL")
            try:
                yield cursor
            finally:
                cursor.execute("PRAGMA synchronous=FULL")
        else:
            with transaction.atomic(using=connection.alias):
                cursor.execute("SET LOCAL synchronous_commit = off")
                yield cursor


def _one(cursor, statement, values):
    cursor.execute(statement, values)
    rows = cursor.fetchall()  # all, or SQLite would not end the statement
    return rows[0][0] if rows else None
