import contextlib
import errno
import os
import shutil
import uuid
from io import BytesIO
from unittest import mock

from cassandra.cluster import NoHostAvailable
from django.db import DatabaseError

from classifier import durable_files, history, pictures, uploads
from classifier.api.models import RememberedCall
from classifier.exceptions import HistoryUnavailable, Overloaded
from classifier.limits import locks
from classifier.spool import draining, records
from classifier.spool.models import WaitingUpload
from deewhy.cassandra import session

from ..api.test_calls import CallTestCase
from ..fixtures.pictures import make_garment


class AttemptTestCase(CallTestCase):
    """Calls with a key, and failures between one attempt and the next."""

    def setUp(self):
        super().setUp()
        self.enterContext(mock.patch.object(records.breaker, "retry_at", None))

    def send_once(self, *files):
        files = files or [make_garment()]
        return self.send(*files, **{"Idempotency-Key": "8e03978e"})

    def id(self, response):
        return uuid.UUID(response.json()["id"])

    @contextlib.contextmanager
    def cassandra_away(self):
        away = NoHostAvailable("away", {})
        with mock.patch.object(session, "session", side_effect=away):
            yield
        records.breaker.retry_at = None

    def cassandra_late(self, arrives=True):
        """Acknowledge no record, though it arrives, or not."""
        record = history.record

        def late(upload, acknowledged=lambda: None):
            if arrives:
                record(upload)
            raise HistoryUnavailable("timed out")

        return mock.patch.object(history, "record", late)

    def spool_full(self):
        return mock.patch.object(
            WaitingUpload.objects, "add", side_effect=DatabaseError("disk is full")
        )

    def refuse(self, arrives=True):
        """Send a picture while no database takes its record; return its id."""
        with self.cassandra_late(arrives), self.spool_full():
            self.assertEqual(self.send_once().status_code, 503)
        records.breaker.retry_at = None
        return uuid.UUID(RememberedCall.objects.get().upload_ids[0])

    def assertKept(self, id):
        """Expect one upload, as anybody may see it, now and after the drain."""
        for _ in range(2):
            self.assertEqual(self.client.get(f"/uploads/{id}/picture").status_code, 200)
            self.assertIsNotNone(records.find(id))
            draining.look()
        self.assertEqual([row.id for row in history.page().rows], [id])


class DoubtTests(AttemptTestCase):
    def test_a_refused_record_that_arrived_is_retracted(self):
        id = self.refuse()
        self.assertIsNotNone(history.get(id))

        draining.look()

        self.assertIsNone(history.get(id))
        self.assertEqual(history.page().rows, [])
        self.assertEqual(self.client.get(f"/uploads/{id}/picture").status_code, 404)

    def test_an_upload_answered_at_the_second_try_stays(self):
        for arrives in (True, False):
            with self.subTest(arrives=arrives):
                self.refuse(arrives)

                response = self.send_once()

                self.assertEqual(response.status_code, 201)
                self.assertKept(self.id(response))
                uploads.delete_by_id(self.id(response))
                RememberedCall.objects.all().delete()

    def test_a_record_spooled_at_the_second_try_stays(self):
        self.refuse()
        with self.cassandra_away():
            response = self.send_once()

        self.assertEqual(response.status_code, 201)
        draining.look()
        self.assertKept(self.id(response))

    def test_the_try_after_it_was_taken_back_gets_another_id_and_stays(self):
        id = self.refuse()
        draining.look()

        response = self.send_once()

        self.assertNotEqual(self.id(response), id)
        self.assertEqual(self.send_once().json(), response.json())
        self.assertKept(self.id(response))

    def test_the_same_where_cassandra_is_away_again(self):
        self.refuse()
        draining.look()

        with self.cassandra_away():
            response = self.send_once()

        draining.look()
        self.assertKept(self.id(response))

    def test_an_id_that_was_given_up_is_refused_rather_than_lost(self):
        id = self.refuse()
        draining.look()

        with self.assertRaises(uploads.Withdrawn):
            uploads.receive(
                BytesIO(make_garment()), file_name="a.png", source="api", id=id
            )

        self.assertEqual(history.page().rows, [])

    def test_a_picture_stays_with_its_record_where_the_doubt_cannot_be_noted(self):
        with mock.patch.object(
            durable_files, "make_folder", wraps=durable_files.make_folder
        ) as make_folder:
            make_folder.side_effect = [mock.DEFAULT, OSError(errno.ENOSPC, "No room")]
            id = self.refuse()

        self.assertKept(id)


class RetryTests(AttemptTestCase):
    def no_room(self):
        full = OSError(errno.ENOSPC, "No space left on device")
        return mock.patch.object(shutil, "copyfileobj", side_effect=full)

    def cut_short(self):
        """Keep an upload as a worker does that is killed before it can answer."""
        id = self.id(self.send_once())
        RememberedCall.objects.update(answer=None)
        return id

    def test_without_room_keeps_the_answer_of_an_earlier_attempt(self):
        files = ("a.png", make_garment()), ("b.png", make_garment((70, 70)))
        with mock.patch.object(pictures, "store", wraps=pictures.store) as store:
            store.side_effect = [mock.DEFAULT, OSError]
            self.client.raise_request_exception = False
            self.send_once(*files)
        [row] = history.page().rows

        with self.cassandra_away(), self.no_room():
            self.send_once(*files)

        self.assertKept(row.id)

    def test_that_is_refused_leaves_the_files_of_an_earlier_one(self):
        id = self.cut_short()

        for is_asked in (False, True):  # then its record may have arrived, too
            breaker = mock.patch.object(
                records.breaker, "_admits", return_value=is_asked
            )
            with breaker, self.cassandra_away(), self.spool_full():
                self.assertEqual(self.send_once().status_code, 503)

        self.assertEqual(list(locks.folder().glob("*.doubtful")), [])
        self.assertKept(id)

    def test_overwrites_nothing_that_an_earlier_one_has_kept(self):
        id = self.cut_short()
        before = {path: path.stat().st_ino for path in self.kept_files()}

        with self.cassandra_away():
            self.assertEqual(self.id(self.send_once()), id)

        after = {path: path.stat().st_ino for path in self.kept_files()}
        self.assertEqual(after, before)

    def test_completes_a_migration_interrupted_at_any_step(self):
        for step in range(2):
            with self.subTest(step=step):
                self.die_at(step)

                response = self.send_once()

                self.assertEqual(len(self.kept_files()), 1)
                self.assertKept(self.id(response))
                uploads.delete_by_id(self.id(response))
                self.assertEqual(self.kept_files(), [])
                RememberedCall.objects.all().delete()

    def die_at(self, step):
        """Die in the midst of the file, or once it is there."""
        create, made = durable_files.create, []

        def dying(path, write):
            if len(made) == step:
                durable_files.part(path).write_bytes(b"half")
                raise SystemExit
            made.append(create(path, write))
            return True

        keep = mock.patch.object(records, "keep", side_effect=SystemExit)
        with (
            keep,
            mock.patch.object(durable_files, "create", dying),
            self.assertRaises(SystemExit),
        ):
            self.send_once()

    def test_waits_for_one_that_is_under_way(self):
        id = self.cut_short()

        with (
            locks.exclusive(id),
            mock.patch.object(locks, "WAIT_S", 0.1),
            self.assertRaises(Overloaded),
        ):
            uploads.receive(
                BytesIO(make_garment()), file_name="a.png", source="api", id=id
            )

    def test_does_not_wait_for_one_that_was_killed(self):
        id = self.cut_short()
        if not (child := os.fork()):
            lock = locks.exclusive(id)
            lock.__enter__()
            os._exit(0)
        os.waitpid(child, 0)
        self.assertTrue(locks.folder().joinpath(f"{id}.lock").exists())

        self.assertEqual(self.id(self.send_once()), id)
