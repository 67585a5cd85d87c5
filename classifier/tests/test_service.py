from unittest import mock

from cassandra import OperationTimedOut, Unavailable
from cassandra.cluster import NoHostAvailable
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase, TestCase, tag

from classifier import history
from classifier.exceptions import HistoryUnavailable
from classifier.history import Filters
from classifier.tests.pages.test_pages import record_at
from deewhy.cassandra import session

from .fixtures.uploads import NOON, make_upload

FAILURES = (
    NoHostAvailable("none", {"127.0.0.1:9042": ConnectionRefusedError()}),
    OperationTimedOut(),
    Unavailable("summary", required_replicas=2, alive_replicas=1),
    session.SchemaMissing("Run manage.py migrate."),
)


class AnsweringTests(SimpleTestCase):
    def test_every_failure_of_cassandra_is_one_error(self):
        for failure in FAILURES:
            with (
                self.subTest(type(failure).__name__),
                mock.patch.object(session, "session", side_effect=failure),
            ):
                self.assertIs(history.is_available(), False)
                for function, argument in (
                    (history.get, history.new_id()),
                    (history.record, make_upload()),
                    (history.page, Filters(is_sure=True)),
                    (lambda filters: list(history.everything(filters)), None),
                ):
                    with self.assertLogs("classifier.history", "WARNING") as logs:
                        self.assertRaises(HistoryUnavailable, function, argument)
                    self.assertEqual(len(logs.output), 1)

    def test_a_mistake_of_ours_is_not_hidden(self):
        with (
            mock.patch.object(session, "session", side_effect=KeyError),
            self.assertRaises(KeyError),
        ):
            history.page()


@tag("cassandra")
class FlushTests(TestCase):
    databases = {"cassandra"}

    def test_is_available(self):
        self.assertIs(history.is_available(), True)

    def test_asks_before_it_empties_cassandra(self):
        record_at(NOON)
        with (
            mock.patch("builtins.input", return_value="no"),
            self.assertRaisesMessage(CommandError, "Nothing was deleted."),
        ):
            call_command("flush", database="cassandra")

        self.assertEqual(len(history.page().rows), 1)

    def test_empties_every_table_once_told_so(self):
        record_at(NOON)
        with mock.patch("builtins.input", return_value="yes"):
            call_command("flush", database="cassandra")

        self.assertEqual(history.page().rows, [])
        self.assertEqual(history.page(Filters(file_name="shirt.png")).rows, [])
        self.assertEqual(history.uploads_per_day(NOON.date(), NOON.date()), {})
