from unittest import mock

from django.test import TestCase, tag

from classifier import history
from classifier.history import counts

from ..fixtures.uploads import NOON, make_upload, statements_sent


@tag("cassandra")
class CountsOfAServingProcessTests(TestCase):
    databases = {"default", "cassandra"}

    def setUp(self):
        pending = counts._Pending()
        pending.is_on = True
        self.enterContext(mock.patch.object(counts, "_pending", pending))
        with statements_sent() as self.sent:
            for _ in range(3):
                history.record(make_upload())

    def total(self):
        per_day = history.uploads_per_day(NOON.date(), NOON.date())
        return per_day.get(NOON.date(), 0)

    def test_an_upload_changes_no_counter_by_itself(self):
        self.assertNotIn(counts.ADD, self.sent)

    def test_the_counts_of_several_uploads_are_added_together(self):
        with statements_sent() as sent:
            counts.flush()

        self.assertEqual(sent.count(counts.ADD), 2)  # of the uploads and of their class
        self.assertEqual(self.total(), 3)

    def test_they_are_added_once(self):
        counts.flush()
        counts.flush()

        self.assertEqual(self.total(), 3)
