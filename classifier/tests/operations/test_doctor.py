import io
import os
import resource
import tempfile
from pathlib import Path
from unittest import mock
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import TestCase, override_settings, tag

from classifier import history
from classifier.exceptions import HistoryUnavailable, NetworkUnavailable
from classifier.networks import checkpoints
from classifier.operations.doctor import Finding, machine, services, site
from classifier.spool.models import ClockWatch, Lease, WaitingUpload
from classifier.timeuuid import created_at

from ..fixtures.pictures import make_garment
from ..fixtures.uploads import make_upload

WELL = Finding("Cassandra", "answers")
LOAD = checkpoints.served
HEALTHY = b'{"status": "ok"}'


@tag("cassandra")
class DoctorTests(TestCase):
    databases = {"default", "cassandra"}

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.enterContext(
            override_settings(MEDIA_ROOT=self.folder, VAR_DIR=self.folder)
        )
        self.urlopen = self.enterContext(mock.patch("urllib.request.urlopen"))
        self.urlopen.side_effect = lambda *args, **options: io.BytesIO(HEALTHY)
        card = mock.Mock(version="v1")
        self.served = self.enterContext(
            mock.patch.object(checkpoints, "served", return_value=card)
        )

    def doctor(self, *options):
        """Return the exit status and the output."""
        output = io.StringIO()
        try:
            call_command("doctor", *options, stdout=output, no_color=True)
        except SystemExit as stop:
            return stop.code, output.getvalue()
        return 0, output.getvalue()

    def assertIll(self, sentence, cure):
        status, output = self.doctor()
        self.assertEqual(status, 1)
        self.assertIn(sentence, output)
        self.assertIn(f"→ {cure}", output)

    def test_all_is_well(self):
        status, output = self.doctor()

        self.assertEqual(status, 0, output)
        self.assertNotIn("ill ", output)

    def test_names_a_public_address_where_nobody_answers(self):
        self.urlopen.side_effect = OSError("Connection refused")

        self.assertIll("refused", "Start the service, or correct PUBLIC_URL.")

    def test_names_a_public_address_where_another_service_answers(self):
        self.urlopen.side_effect = None
        self.urlopen.return_value = io.BytesIO(b'{"status": "up"}')

        self.assertIll("another service", "Start the service, or correct PUBLIC_URL.")

    def test_names_a_folder_that_cannot_be_written(self):
        with override_settings(MEDIA_ROOT=Path(self.folder, "nowhere")):
            self.assertIll("does not exist", "Create the folder")

    def test_names_a_disk_that_is_nearly_full(self):
        with mock.patch.object(machine, "ENOUGH_DISK_BYTES", 1 << 60):
            self.assertIll("free", "Free disk space")

    def test_warns_of_a_disk_that_fills_up_and_calls_nothing_ill(self):
        with mock.patch.object(machine, "LOW_DISK_SHARE", 1):
            status, output = self.doctor()

        self.assertEqual(status, 0, output)
        self.assertIn("Free some space before it is full", output)

    def test_names_a_broken_checkpoint(self):
        self.served.side_effect = NetworkUnavailable("It is broken.")

        self.assertIll("It is broken.", "Run manage.py networks rollback")

    def test_counts_waiting_records(self):
        WaitingUpload.objects.add(make_upload())

        self.assertIll("1 records wait", "Start Cassandra, then run manage.py drain.")

    def test_names_rejected_records(self):
        WaitingUpload.objects.add(make_upload())
        WaitingUpload.objects.get().reject("Key length of 70000")

        self.assertIll("set aside, as Cassandra rejects them: Key length", "None is")
        self.assertNotIn("records wait", self.doctor()[1])

    def test_names_missing_static_files(self):
        with override_settings(PRODUCTION=True, STATIC_ROOT=self.folder):
            self.assertIll(
                "staticfiles.json is missing", "Run manage.py collectstatic."
            )

    def test_names_a_limit_on_files(self):
        with mock.patch.object(machine, "ENOUGH_FILES", 1 << 40):
            self.assertIll("open files", "ulimit -n")

    def test_names_a_limit_on_the_size_of_files(self):
        below = settings.MAX_UPLOAD_BYTES - 1
        limits = {resource.RLIMIT_NOFILE: 4096, resource.RLIMIT_FSIZE: below}
        with mock.patch.object(
            machine.resource, "getrlimit", lambda which: (limits[which], below)
        ):
            self.assertIll("files of at most", "ulimit -f unlimited")

    def test_names_missing_migrations_of_the_default_database(self):
        recorder, migration = (
            MigrationRecorder(connection),
            ("webhooks", "0001_initial"),
        )
        recorder.record_unapplied(*migration)
        self.addCleanup(recorder.record_applied, *migration)

        self.assertIll("migrations are missing", "Run manage.py migrate.")

    def test_names_a_clock_that_is_wrong(self):
        tomorrow = services.timezone.now() + services.datetime.timedelta(1)
        with mock.patch.object(services.timezone, "now", return_value=tomorrow):
            self.assertIn("NTP", self.doctor()[1])

    @override_settings(UPLOAD_TTL_DAYS=30)
    def test_says_until_when_a_clock_that_went_ahead_can_be_mended(self):
        ClockWatch.may_be_believed(services.timezone.now())

        status, output = self.doctor()

        self.assertEqual(status, 0, output)
        self.assertIn("from then on old uploads are deleted", output)

    def test_names_a_default_database_that_is_away(self):
        with mock.patch.object(
            services, "MigrationExecutor", side_effect=DatabaseError("no such host")
        ):
            self.assertIll("no such host", "Start it, or correct DATABASE_URL.")

    def test_advises_a_second_factor_in_production_and_calls_nothing_ill(self):
        with (
            override_settings(PRODUCTION=True, STATIC_ROOT=self.folder),
            mock.patch.object(site, "static_files", return_value=WELL),
        ):
            status, output = self.doctor()

        self.assertEqual(status, 0, output)
        self.assertIn("→ Set ADMIN_TWO_FACTOR=true", output)

    def test_advises_none_where_there_is_one(self):
        with override_settings(ADMIN_TWO_FACTOR=True):
            self.assertNotIn("→", self.doctor()[1])

    def page(self, **extra):
        with mock.patch.object(services, "cassandra", return_value=WELL):
            return self.client.get("/admin/doctor/", **extra)

    def test_says_the_same_in_the_admin_against_the_address_asked_for(self):
        self.client.force_login(User.objects.create_superuser("root"))
        with override_settings(PUBLIC_URLS=[urlsplit("http://testserver")]):
            self.assertContains(self.page(), "is the address of this page")
        self.assertContains(self.page(), "Set PUBLIC_URL=http://testserver")

    def test_shows_nothing_to_others(self):
        self.client.force_login(User.objects.create_user("ada", is_staff=True))

        self.assertEqual(self.page().status_code, 403)

    def fix(self, *contents):
        """Mend pictures that have no record; return the status and the output."""
        ids = [history.new_id() for _ in contents]
        for id, content in zip(ids, contents, strict=True):
            path = Path(self.folder, f"{created_at(id):%Y/%m/%d}", f"{id}.png")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            os.utime(path, (0, 0))
        return ids, *self.doctor("--fix")

    def test_repairs_the_traces_of_a_crash_and_reports_the_rest(self):
        loading = mock.patch.object(checkpoints, "served", LOAD)
        with loading, override_settings(MAX_UPLOAD_PIXELS=10_000):
            (whole, large, none), status, output = self.fix(
                make_garment((90, 90)), make_garment((200, 200)), b"no picture"
            )

        self.assertIn("1 pictures recorded, 1 moved into quarantine, 1 left", output)
        self.assertIsNotNone(history.get(whole))
        self.assertIn(f"{large}: It is above today's limits", output)
        self.assertIn(f"/{none}: This file of 10\xa0bytes is not a readable", output)
        self.assertEqual(status, 1)  # one has no record still

    def test_is_well_once_none_is_left_without_a_record(self):
        ids, status, output = self.fix(b"no picture")

        self.assertEqual(status, 0, output)


class DrainCommandTests(TestCase):
    def setUp(self):
        self.upload = make_upload()
        WaitingUpload.objects.add(self.upload)

    def drain(self):
        output = io.StringIO()
        call_command("drain", stdout=output)
        return output.getvalue().splitlines()

    def test_reports_progress_and_the_written_records(self):
        with mock.patch.object(history, "record"):
            lines = self.drain()

        self.assertEqual(lines, ["1 of 1", "Records written: 1, waiting: 0."])

    def test_retries_rejected_records_and_names_those_rejected_again(self):
        WaitingUpload.objects.get().reject("Key length of 70000")
        with (
            mock.patch.object(history, "record", side_effect=ValueError("Too long")),
            self.assertRaisesMessage(CommandError, f"{self.upload.id}: Too long"),
        ):
            self.drain()

        with mock.patch.object(history, "record"):
            self.assertEqual(self.drain()[-1], "Records written: 1, waiting: 0.")

    def test_says_that_cassandra_is_away(self):
        with (
            mock.patch.object(history, "record", side_effect=HistoryUnavailable),
            self.assertRaisesMessage(CommandError, "Records waiting: 1; none is lost."),
        ):
            self.drain()

    def test_leaves_it_to_the_process_that_drains(self):
        Lease.take("drain", "another")

        with self.assertRaisesMessage(CommandError, "Another process"):
            self.drain()
