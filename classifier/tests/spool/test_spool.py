import os
import tempfile
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from unittest import mock

from django.db import DatabaseError
from django.test import SimpleTestCase, TestCase, override_settings, tag
from django.utils import timezone

from classifier import history, pictures
from classifier.exceptions import HistoryUnavailable
from classifier.limits import locks
from classifier.spool import doubtful, draining, records
from classifier.spool.breaker import Breaker, NotTried
from classifier.spool.models import RETRY_REJECTED, Lease, WaitingUpload

from ..fixtures.uploads import make_upload

AWAY = HistoryUnavailable("away")


class SpoolTestCase(TestCase):
    """Cassandra is replaced by a dictionary that can be away."""

    def setUp(self):
        self.written = []
        self.is_away = False
        for name in ("record", "get", "is_available"):
            patcher = mock.patch.object(history, name, getattr(self, name))
            patcher.start()
            self.addCleanup(patcher.stop)
        patcher = mock.patch.object(records.breaker, "retry_at", None)
        patcher.start()
        self.addCleanup(patcher.stop)
        self.media = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(MEDIA_ROOT=self.media))

    def record(self, upload, acknowledged=lambda: None):
        if self.is_away:
            raise AWAY
        self.written.append(upload)
        acknowledged()

    def get(self, id):
        if self.is_away:
            raise AWAY
        return next((each for each in self.written if each.id == id), None)

    def is_available(self):
        return not self.is_away

    def spool(self, count):
        uploads = [make_upload() for _ in range(count)]
        for upload in uploads:
            WaitingUpload.objects.add(upload)
        return [upload.id for upload in uploads]

    def written_ids(self):
        return [upload.id for upload in self.written]


class KeepTests(SpoolTestCase):
    def test_a_record_that_cassandra_takes_does_not_wait(self):
        records.keep(make_upload())

        self.assertEqual(len(self.written), 1)
        self.assertEqual(WaitingUpload.objects.count(), 0)

    def test_a_record_waits_while_cassandra_is_away(self):
        self.is_away = True
        upload = make_upload()

        records.keep(upload)

        self.assertEqual(WaitingUpload.objects.get().id, upload.id)

    @override_settings(HISTORY_DEADLINE_S=0.05)
    def test_a_record_waits_when_the_deadline_has_passed(self):
        answers = threading.Event()
        self.addCleanup(answers.set)

        with mock.patch.object(history, "record", lambda *args: answers.wait(5)):
            records.keep(make_upload())

        self.assertEqual(WaitingUpload.objects.count(), 1)

    @override_settings(HISTORY_DEADLINE_S=0.05)
    def test_a_record_that_is_only_not_counted_yet_does_not_wait(self):
        counted = threading.Event()
        self.addCleanup(counted.set)

        def record(upload, acknowledged):
            acknowledged()
            counted.wait(5)

        with mock.patch.object(history, "record", record):
            records.keep(make_upload())

        self.assertEqual(WaitingUpload.objects.count(), 0)

    def test_a_record_waits_when_the_process_is_ending(self):
        ended = ThreadPoolExecutor()
        ended.shutdown()

        with mock.patch.object(records, "_writers", ended):
            records.keep(make_upload())

        self.assertEqual(WaitingUpload.objects.count(), 1)

    def test_the_next_ones_do_not_wait_for_cassandra(self):
        self.is_away = True
        records.keep(make_upload())
        self.is_away = False  # nobody has found out yet

        records.keep(make_upload())

        self.assertEqual(self.written, [])
        self.assertEqual(WaitingUpload.objects.count(), 2)

    def test_a_record_that_comes_again_waits_once(self):
        self.is_away = True
        upload = make_upload()

        records.keep(upload)
        records.keep(upload)

        self.assertEqual(WaitingUpload.objects.count(), 1)

    def test_is_refused_when_the_default_database_is_away_too(self):
        self.is_away = True

        with (
            mock.patch.object(
                WaitingUpload.objects, "add", side_effect=DatabaseError("read-only")
            ),
            self.assertRaisesMessage(HistoryUnavailable, "either: read-only."),
        ):
            records.keep(make_upload())


class RefusedTests(SpoolTestCase):
    """A refused upload with a record in doubt, and the note about it."""

    def refuse(self, error=HistoryUnavailable):
        refusing = mock.patch.object(
            WaitingUpload.objects, "add", side_effect=DatabaseError
        )
        with refusing, self.assertRaises(error):
            records.keep(make_upload())

    def note(self, **values):
        upload = make_upload(**values)
        self.assertIs(doubtful.note(upload), True)
        return upload

    def look(self, **options):
        with mock.patch.object(history, "delete", **options) as delete:
            draining.look()
        return [call.args[0] for call in delete.call_args_list]

    def test_says_where_cassandra_was_not_asked(self):
        self.is_away = True
        self.refuse()
        self.refuse(NotTried)

    def test_a_write_that_may_have_arrived_is_deleted_when_cassandra_is_back(self):
        upload = self.note()

        [deleted] = self.look()

        self.assertEqual(deleted.id, upload.id)
        self.assertEqual(deleted.sha256, upload.sha256)  # or an entry would stay
        self.assertEqual(self.look(), [])

    def test_it_stays_to_be_deleted_while_cassandra_is_away(self):
        upload = self.note()

        with self.assertRaises(HistoryUnavailable):
            self.look(side_effect=AWAY)

        self.assertEqual([each.id for each in self.look()], [upload.id])

    def test_nothing_is_said_of_it_once_it_is_deleted(self):
        self.note(file_name="ann.png")

        self.look()

        [path] = self.media.rglob("*.withdrawn")
        self.assertEqual(path.read_bytes(), b"")

    def test_an_upload_with_a_picture_or_in_the_spool_is_not_deleted(self):
        pictured, spooled = self.note(), self.note()
        path = pictures.path(pictured.stored_name)
        path.parent.mkdir(parents=True)
        path.touch()
        WaitingUpload.objects.add(spooled)

        self.assertEqual(self.look(), [])

    def test_an_upload_under_a_new_attempt_is_not_deleted(self):
        upload = self.note()

        with locks.exclusive(upload.id):
            self.assertEqual(self.look(), [])

    def test_an_id_that_was_given_up_is_forgotten_after_the_calls_that_may_name_it(
        self,
    ):
        upload = self.note()
        self.look()
        self.assertIs(doubtful.is_withdrawn(upload.id), True)

        [path] = self.media.rglob("*.withdrawn")
        os.utime(path, (0, 0))
        self.look()

        self.assertIs(doubtful.is_withdrawn(upload.id), False)


class FindTests(SpoolTestCase):
    def test_finds_cassandras_record(self):
        upload = make_upload()
        records.keep(upload)

        self.assertEqual(records.find(upload.id).id, upload.id)

    def test_finds_every_value_of_a_waiting_record(self):
        self.is_away = True
        upload = make_upload()
        records.keep(upload)

        found = records.find(upload.id)

        for name in ("id", "file_name", "sha256", "probabilities", "is_sure"):
            with self.subTest(name):
                self.assertEqual(getattr(found, name), getattr(upload, name))

    def test_finds_spooled_records_before_cassandra_has_them(self):
        [id] = self.spool(1)

        self.assertEqual(records.find(id).id, id)

    def test_an_unknown_id_is_none(self):
        self.assertIsNone(records.find(uuid.uuid4()))

    def test_says_that_cassandra_is_away_rather_than_that_there_is_none(self):
        self.is_away = True

        with self.assertRaises(HistoryUnavailable):
            records.find(uuid.uuid4())


class DrainTests(SpoolTestCase):
    def test_writes_oldest_first_and_empties_the_spool(self):
        ids = self.spool(5)

        with mock.patch.object(draining, "BATCH_SIZE", 2):
            written = draining.drain()

        self.assertEqual(written, 5)
        self.assertEqual(self.written_ids(), ids)
        self.assertEqual(WaitingUpload.objects.count(), 0)

    def test_unacknowledged_records_keep_waiting(self):
        ids = self.spool(3)

        def third_fails(upload):
            self.is_away = len(self.written) == 2
            self.record(upload)

        with (
            mock.patch.object(history, "record", third_fails),
            self.assertRaises(HistoryUnavailable),
        ):
            draining.drain()

        self.assertEqual([each.id for each in WaitingUpload.objects.all()], ids[2:])

    def test_a_record_that_cassandra_rejects_does_not_hold_up_the_others(self):
        rejected, *others = self.spool(3)

        def reject_one(upload):
            if upload.id == rejected:
                raise ValueError("bad record")
            self.record(upload)

        with (
            mock.patch.object(history, "record", reject_one),
            self.assertLogs("classifier.spool.draining", "ERROR"),
        ):
            draining.drain()

        self.assertEqual(self.written_ids(), others)
        self.assertEqual(WaitingUpload.objects.get().id, rejected)

    def test_one_process_at_a_time(self):
        self.spool(1)
        Lease.take(draining.LEASE, "another")

        with self.assertRaises(draining.AlreadyDraining):
            draining.drain()

        self.assertEqual(self.written, [])

    def test_reports_after_each_batch(self):
        self.spool(3)
        reports = []

        with mock.patch.object(draining, "BATCH_SIZE", 2):
            draining.drain(report=reports.append)

        self.assertEqual(reports, [2, 3])

    def test_a_look_finds_that_cassandra_is_back(self):
        self.is_away = True
        records.keep(make_upload())
        self.is_away = False

        draining.look()

        self.assertIs(records.breaker.is_open, False)
        self.assertEqual(WaitingUpload.objects.count(), 0)

    def test_a_look_leaves_it_all_while_cassandra_is_away(self):
        self.is_away = True
        records.keep(make_upload())

        with self.assertRaises(HistoryUnavailable):
            draining.look()

        self.assertEqual(WaitingUpload.objects.count(), 1)


class LeaseTests(TestCase):
    def test_is_for_one_owner(self):
        self.assertIs(Lease.take("x", "first"), True)
        self.assertIs(Lease.take("x", "second"), False)
        self.assertIs(Lease.take("x", "first"), True)

    def test_is_free_when_given_back(self):
        Lease.take("x", "first")
        Lease.give_back("x", "first")

        self.assertIs(Lease.take("x", "second"), True)

    def test_is_free_when_its_owner_was_killed(self):
        Lease.take("x", "first")
        Lease.objects.update(until=timezone.now())

        self.assertIs(Lease.take("x", "second"), True)

    def test_is_free_when_a_wrong_clock_took_it(self):
        Lease.take("x", "first")
        Lease.objects.update(until=timezone.now() + timedelta(days=1))

        self.assertIs(Lease.take("x", "second"), True)


class BreakerTests(SimpleTestCase):
    def setUp(self):
        self.now = 0.0
        self.calls = 0
        self.fails = True
        self.breaker = Breaker(retry_after_s=5, clock=lambda: self.now)

    def function(self):
        self.calls += 1
        if self.fails:
            raise AWAY

    def call(self):
        with self.assertRaises(HistoryUnavailable):
            self.breaker.call(self.function)

    def test_refuses_without_calling_after_a_failure(self):
        self.call()
        self.call()

        self.assertEqual(self.calls, 1)

    def test_lets_one_through_when_the_time_has_come(self):
        self.call()
        self.now = 5.0
        self.call()
        self.call()

        self.assertEqual(self.calls, 2)

    def test_closes_with_the_first_success(self):
        self.call()
        self.now, self.fails = 5.0, False
        self.breaker.call(self.function)
        self.breaker.call(self.function)

        self.assertIs(self.breaker.is_open, False)
        self.assertEqual(self.calls, 3)

    def test_another_error_is_no_sign_that_the_service_is_away(self):
        with self.assertRaises(ZeroDivisionError):
            self.breaker.call(lambda: 1 / 0)

        self.assertIs(self.breaker.is_open, False)


@tag("cassandra")
class RejectedTests(TestCase):
    """A record that a real Cassandra refuses: its key has more than 64 KiB."""

    databases = {"default", "cassandra"}

    def setUp(self):
        self.enterContext(mock.patch.object(records.breaker, "retry_at", None))
        self.rejected = make_upload(file_name="x" * 65_530)
        self.others = [make_upload(), make_upload()]
        for upload in (self.rejected, *self.others):
            WaitingUpload.objects.add(upload)

    def look(self):
        with self.assertLogs("classifier.spool", "ERROR") as logs:
            draining.look()
        return logs.output

    def test_is_set_aside_with_its_reason_and_the_others_are_written(self):
        self.look()

        for upload in self.others:
            self.assertIsNotNone(history.get(upload.id))
        kept = WaitingUpload.objects.get()
        self.assertEqual(kept.id, self.rejected.id)
        self.assertIn("longer than maximum of 65535", kept.rejection)

    def test_is_told_once_in_one_line(self):
        [line] = self.look()

        self.assertIn(str(self.rejected.id), line)
        self.assertIn("manage.py drain", line)
        self.assertNotIn("Traceback", line)
        with self.assertNoLogs("classifier.spool"):
            draining.look()

    def test_is_tried_again_after_an_hour(self):
        self.look()
        WaitingUpload.objects.update(
            record=WaitingUpload.objects.get().record | {"file_name": "mended"},
            rejected_at=timezone.now() - RETRY_REJECTED,
        )

        draining.look()

        self.assertIsNotNone(history.get(self.rejected.id))
        self.assertIs(WaitingUpload.objects.exists(), False)

    def test_does_not_keep_the_breaker_open(self):
        records.breaker.retry_at = 0.0

        self.look()

        self.assertIs(records.breaker.is_open, False)
        self.assertEqual(WaitingUpload.objects.count(), 1)


@tag("cassandra")
class RealCassandraTests(TestCase):
    databases = {"default", "cassandra"}

    def test_drains_a_spool_into_the_history(self):
        upload = make_upload()
        WaitingUpload.objects.add(upload)

        draining.drain()

        self.assertEqual(history.get(upload.id).sha256, upload.sha256)
        self.assertEqual(history.get(upload.id).class_names, upload.class_names)
