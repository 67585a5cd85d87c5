import datetime
import tempfile
from pathlib import Path
from unittest import mock

from django.core.management import call_command
from django.test import SimpleTestCase, TestCase, override_settings, tag

from classifier import expiry, history
from classifier.exceptions import HistoryUnavailable
from deewhy import cassandra_session

TODAY = datetime.datetime.now(datetime.UTC).date()


@override_settings(UPLOAD_TTL_DAYS=30)
class ExpiryTests(SimpleTestCase):
    def setUp(self):
        self.media = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(MEDIA_ROOT=self.media))
        days = mock.patch.object(history, "days_between", return_value=[])
        self.days_between = self.enterContext(days)

    def make_picture_of(self, days_ago):
        day = TODAY - datetime.timedelta(days_ago)
        path = self.media / f"{day:%Y/%m/%d}" / "picture.png"
        path.parent.mkdir(parents=True)
        path.touch()
        return path

    def test_removes_pictures_of_days_that_are_old_enough(self):
        kept, gone = self.make_picture_of(30), self.make_picture_of(31)

        expiry.expire()

        self.assertIs(kept.exists(), True)
        self.assertIs(gone.parent.exists(), False)

    def test_deletes_the_records_of_these_days(self):
        last = TODAY - datetime.timedelta(31)
        self.days_between.return_value = [(last, 2)]
        with mock.patch.object(history, "purge_day", return_value=7) as purge_day:
            deleted = expiry.expire()

        self.assertEqual(deleted, 7)
        self.days_between.assert_called_once_with(datetime.date.min, last)
        self.assertEqual(purge_day.call_args.args[:2], (last, 2))

    def test_leaves_the_pictures_while_cassandra_is_away(self):
        picture = self.make_picture_of(99)
        self.days_between.side_effect = HistoryUnavailable
        with self.assertRaises(HistoryUnavailable):
            expiry.expire()

        self.assertIs(picture.exists(), True)

    def test_does_nothing_where_uploads_stay(self):
        with (
            override_settings(UPLOAD_TTL_DAYS=0),
            mock.patch.object(expiry.threading, "Thread") as thread,
        ):
            expiry.start()

        thread.assert_not_called()
        self.assertEqual(expiry.time_to_live_s(), 38 * 24 * 3600)


@tag("cassandra")
class TimeToLiveTests(TestCase):
    databases = {"default", "cassandra"}

    def times_to_live(self):
        rows = cassandra_session.session().execute(
            "SELECT table_name, default_time_to_live FROM system_schema.tables "
            "WHERE keyspace_name = %s",
            (cassandra_session.session().keyspace,),
        )
        found = {row["table_name"]: row["default_time_to_live"] for row in rows}
        return {found[table] for table in expiry.TABLES}

    def test_migrate_tells_cassandra_how_long_a_record_stays(self):
        self.addCleanup(call_command, "migrate", database="cassandra", verbosity=0)
        with override_settings(UPLOAD_TTL_DAYS=1):
            call_command("migrate", database="cassandra", verbosity=0)

        self.assertEqual(self.times_to_live(), {9 * 24 * 3600})
