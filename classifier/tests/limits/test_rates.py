from django.db import connection
from django.test import TestCase

from classifier.limits.models import unsynced


class UnsyncedTests(TestCase):
    def synchronous(self, other):
        with other.cursor() as cursor:
            return cursor.execute("PRAGMA synchronous").fetchone()[0]

    def test_only_the_counts_are_committed_without_a_sync(self):
        other = connection.copy()
        self.addCleanup(other.close)

        with unsynced(other) as cursor:
            during = cursor.execute("PRAGMA synchronous").fetchone()[0]

        self.assertEqual((during, self.synchronous(other)), (1, 2))  # NORMAL, FULL

    def test_a_failure_leaves_no_unsynced_commits_behind(self):
        other = connection.copy()
        self.addCleanup(other.close)

        with self.assertRaises(ZeroDivisionError), unsynced(other):
            raise ZeroDivisionError

        self.assertEqual(self.synchronous(other), 2)
