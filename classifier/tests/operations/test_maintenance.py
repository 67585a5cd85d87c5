import datetime
import io
import json
import tempfile
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

from django.core.management import CommandError, call_command
from django.db import connections
from django.test import TestCase, override_settings, tag

from classifier import history, pictures
from classifier.exceptions import HistoryUnavailable
from classifier.history import Filters, counts, days, maintenance, suggestions
from classifier.labels import CLASS_NAMES
from classifier.tests.pages.test_pages import DAY, SECOND, record_at
from deewhy.cassandra import migrations
from deewhy.cassandra import session as cassandra_session
from deewhy.cassandra.migrations import Schema
from deewhy.cassandra.routers import CASSANDRA

from ..fixtures.uploads import NOON, make_upload

TODAY = datetime.datetime.now(datetime.UTC)
# A purged day takes no older record any more, so no other test may use it.
LONG_AGO = datetime.datetime(2010, 2, 28, 12, tzinfo=datetime.UTC)
NO_UPLOADS = history.Page([], None, None, None)


def call(*args, **options):
    output = io.StringIO()
    call_command(*args, stdout=output, **options)
    return output.getvalue()


@tag("cassandra")
class PurgeTests(TestCase):
    databases = {"default", "cassandra"}

    def setUp(self):
        # A test before this one may have purged today: older records stay hidden.
        self.now = datetime.datetime.now(datetime.UTC)
        patch = mock.patch.object(pictures, "remove")
        self.remove = patch.start()
        self.addCleanup(patch.stop)

    def test_deletes_days_that_are_old_enough_and_no_others(self):
        kept = record_at(self.now, self.now - 89 * DAY, self.now - 90 * DAY)
        gone = record_at(self.now - 91 * DAY, self.now - 400 * DAY)

        output = call("purge", "--older-than=90d")

        self.assertEqual(
            [one.id for one in history.everything()], [one.id for one in kept]
        )
        self.assertEqual(
            {call.args[0] for call in self.remove.call_args_list},
            {one.stored_name for one in gone},
        )
        self.assertIn("2 days until", output)
        self.assertIn("2 uploads deleted.", output)

    @override_settings(HISTORY_SHARDS=4)
    def test_leaves_nothing_in_any_table(self):
        for upload in record_at(*[LONG_AGO] * 9):
            suggestions.keep(upload.id, "Bag")
        call("purge", "--older-than=90d")

        session, keyspace = cassandra_session.session(), cassandra_session.keyspace()
        for table in migrations.tables(session, keyspace):
            if table.startswith("upload") and table != "upload_count":
                with self.subTest(table):
                    rows = session.execute(f"SELECT * FROM {keyspace}.{table} LIMIT 1")
                    self.assertIsNone(rows.one())
        self.assertEqual(history.uploads_per_day(LONG_AGO.date(), LONG_AGO.date()), {})

    def test_dry_run_tells_and_deletes_nothing(self):
        record_at(LONG_AGO, LONG_AGO + SECOND)

        output = call("purge", "--older-than=90d", "--dry-run")

        self.assertIn("2010-02-28: 2 uploads\n", output)
        self.assertIn("2 uploads would go.", output)
        self.assertEqual(len(history.page().rows), 2)
        self.remove.assert_not_called()

    def test_cut_short_at_any_step_it_can_be_done_again(self):
        record_at(LONG_AGO, LONG_AGO + SECOND, LONG_AGO + DAY)
        for step in (1, 2, 3):
            self.remove.side_effect = [None] * (step - 1) + [KeyboardInterrupt]
            with self.subTest(step=step), self.assertRaises(KeyboardInterrupt):
                call("purge", "--older-than=90d")
        self.remove.side_effect = None
        call("purge", "--older-than=90d")

        self.assertEqual(history.page(), NO_UPLOADS)
        self.assertEqual(history.uploads_per_day(LONG_AGO.date(), TODAY.date()), {})

    def test_refuses_an_age_that_it_does_not_know(self):
        for text in ("90", "d", "-3d", "3 weeks"):
            with self.subTest(text), self.assertRaisesMessage(CommandError, "like 90d"):
                call("purge", f"--older-than={text}")

    def test_says_that_cassandra_is_away(self):
        with (
            mock.patch.object(
                history, "days_between", side_effect=HistoryUnavailable("Away.")
            ),
            self.assertRaisesMessage(CommandError, "Away."),
        ):
            call("purge", "--older-than=90d")


@tag("cassandra")
class RecountTests(TestCase):
    databases = {"cassandra"}

    def test_mends_counts_that_are_off(self):
        record_at(NOON, NOON, is_sure=False)
        counts.add(NOON.date(), {counts.UPLOADS: 5, counts.of_class("Bag"): 3})

        output = call("recount")

        summary = history.summarize(NOON.date(), NOON.date(), CLASS_NAMES)
        self.assertEqual((summary.uploads, summary.unsure), (2, 2))
        self.assertEqual(summary.per_class["Bag"], 0)
        self.assertEqual(output, "2 uploads counted.\n")

    def test_reads_days_of_many_batches(self):
        with mock.patch.object(maintenance, "BATCH", 2):
            record_at(*[NOON] * 5)
            output = call("recount")

        self.assertEqual(output, "5 uploads counted.\n")


LATER = (
    "is_cut_short boolean, suggested_class_name text, is_disputed boolean, "
    "is_right boolean, earlier_reviews frozen<list<text>>"
)
NAME_START = (
    "name_start text, year int, id timeuuid, shard int, "
    "PRIMARY KEY ((name_start, year), id)"
)
HAS_ALL_COLUMNS = 3  # migrations; the third adds all missing columns


@tag("cassandra", "slow")
class OlderSchemaTests(TestCase):
    databases = {"cassandra"}

    def setUp(self):
        self.session = cassandra_session.session()
        self.config = connections[CASSANDRA].settings_dict
        self.addCleanup(self.config.update, NAME=self.config["NAME"])

    def begin(self):
        """Go to a keyspace of its own, without tables."""
        keyspace = self.config["NAME"] = f"older_{uuid.uuid4().hex[:8]}"
        self.addCleanup(
            self.session.execute, f"DROP KEYSPACE IF EXISTS {keyspace}", timeout=60
        )
        days.forget()
        self.addCleanup(days.forget)

    def migrate(self, until=None):
        known = migrations.migrations()[:until]
        replication = self.config["OPTIONS"]["replication"]
        Schema(self.session, self.config["NAME"], replication, known).migrate()

    def record(self, upload, version):
        """Record an upload as the application did that went with a schema."""
        table = f"{self.config['NAME']}.upload"
        if version >= HAS_ALL_COLUMNS:
            history.record(upload)
            return
        if version > 1:
            self.session.execute(f"ALTER TABLE {table} ADD ({LATER})")
            name_starts = f"{self.config['NAME']}.upload_by_name_start"
            self.session.execute(f"CREATE TABLE {name_starts} ({NAME_START})")
            history.record(upload)
            self.session.execute(f"DROP TABLE {name_starts}", timeout=60)
            names = ", ".join(each.split()[0] for each in LATER.split(", "))
            self.session.execute(f"ALTER TABLE {table} DROP ({names})")
            return
        days.ensure(NOON.date())
        self.session.execute(
            f"INSERT INTO {table} "
            "(day, shard, id, file_name, class_name, is_sure, is_corrected) "
            "VALUES (%s, 0, %s, %s, %s, true, false)",
            (NOON.date(), upload.id, upload.file_name, upload.class_name),
        )

    def test_two_replicas_at_once_bring_every_earlier_one_up_to_date(self):
        for version in range(1, len(migrations.migrations())):
            self.begin()
            self.migrate(until=version)
            upload = make_upload(file_name="Old.png", class_name="Bag")
            self.record(upload, version)

            with ThreadPoolExecutor(2) as replicas:
                list(replicas.map(lambda _: self.migrate(), range(2)))

            for filters in (
                Filters(),
                Filters(file_name="old.PNG"),
                Filters(name_start="OLD."),
                Filters(class_name="Bag"),
            ):
                with self.subTest(version=version, filters=filters):
                    [found] = history.page(filters).rows
                    self.assertEqual(found.id, upload.id)
                    self.assertEqual(found.correction_log, [])
            with self.subTest(version=version):
                summary = history.summarize(NOON.date(), NOON.date(), CLASS_NAMES)
                self.assertEqual((summary.uploads, summary.per_class["Bag"]), (1, 1))


@tag("cassandra")
class HistoryCommandTests(TestCase):
    databases = {"cassandra"}

    def test_lists_newest_first_up_to_a_limit(self):
        record_at(NOON, file_name="a.png")
        record_at(NOON + SECOND, file_name="b.png", is_sure=False)

        lines = call("history", limit=2).splitlines()

        self.assertTrue(lines[0].startswith("2024-02-29 12:00:01  "))
        self.assertTrue(lines[0].endswith("  T-shirt/top     91.0%  b.png; not sure"))
        self.assertEqual(len(call("history", limit=1).splitlines()), 1)

    @override_settings(TIME_ZONE="Asia/Shanghai")
    def test_days_and_times_are_those_of_the_site(self):
        record_at(NOON, NOON + datetime.timedelta(hours=4))

        lines = call("history", "--since", "2024-03-01").splitlines()

        self.assertEqual(len(lines), 1)
        self.assertTrue(lines[0].startswith("2024-03-01 00:00:00  "))

    def test_filters_as_the_admin_does(self):
        record_at(NOON, class_name="Bag")
        record_at(NOON, is_sure=False)

        for arguments, expected in (
            (["--class", "Bag"], 1),
            (["--no-sure"], 1),
            (["--sure"], 1),
            (["--corrected"], 0),
            (["--no-corrected", "--source", "form"], 2),
            (["--file-name", "SHIRT.PNG"], 2),
            (["--file-name-start", "SHI"], 2),
            (["--file-name-start", "skirt"], 0),
            (["--until", "2024-02-29T12:00"], 0),
        ):
            with self.subTest(arguments):
                self.assertEqual(call("history", *arguments).count("\n"), expected)

    def test_json_is_one_object_a_line(self):
        record_at(NOON, class_name="Bag")

        [line] = call("history", json=True).splitlines()

        self.assertEqual(json.loads(line)["class_name"], "Bag")

    def test_refuses_a_beginning_that_is_too_short(self):
        with self.assertRaisesMessage(CommandError, "Expected 3 characters"):
            call("history", "--file-name-start", "ab")

    def test_refuses_an_invalid_time(self):
        for text in ("tomorrow", "2024-13-01"):
            with self.subTest(text), self.assertRaisesMessage(CommandError, "--since"):
                call("history", "--since", text)


@tag("cassandra")
class ExportCommandTests(TestCase):
    databases = {"cassandra"}

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_follows_the_suffix(self):
        record_at(NOON, NOON, class_name="Bag")
        for name, lines in (("a.csv", 3), ("a.jsonl", 2)):
            with self.subTest(name):
                file = self.folder / name
                output = call("export", str(file))

                self.assertEqual(len(file.read_text().splitlines()), lines)
                self.assertEqual(output, f"2 uploads written to {file}.\n")

    def test_leaves_no_file_when_cut_short(self):
        def cut_short(filters):
            yield make_upload()
            raise HistoryUnavailable("Away.")

        with (
            mock.patch.object(history, "everything", cut_short),
            self.assertRaisesMessage(CommandError, "Away."),
        ):
            call("export", str(self.folder / "a.csv"))

        self.assertEqual(list(self.folder.iterdir()), [])

    def test_says_that_a_folder_is_missing(self):
        with self.assertRaisesMessage(CommandError, "No such file or directory"):
            call("export", str(self.folder / "none" / "a.csv"))
