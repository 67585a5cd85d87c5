"""Rows without a class, which a correction leaves behind for a deleted record."""

import time
from unittest import mock

from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import tag
from django.utils import timezone

from classifier import history, pictures, timeuuid, uploads
from classifier.api.models import Scope
from classifier.history import maintenance
from classifier.operations import exports
from deewhy.cassandra import session

from ..api.test_calls import CallTestCase
from ..fixtures.pictures import make_picture
from ..fixtures.uploads import make_upload
from ..operations.test_maintenance import LONG_AGO

BEHIND_NS = 5_000_000_000


def behind():
    """Set the clock of this process back by seconds, behind Cassandra's."""
    real = time.time_ns
    return mock.patch.object(timeuuid.time, "time_ns", lambda: real() - BEHIND_NS)


def rows():
    return session.execute("SELECT id, class_name FROM upload").all()


@tag("cassandra")
class DeletionTests(CallTestCase):
    def test_a_correction_of_a_clock_ahead_does_not_survive_the_deletion(self):
        upload = make_upload()
        history.record(upload)
        history.correct(history.get(upload.id), "Coat", by="ada")

        with behind():
            history.delete(upload)

        self.assertEqual(rows(), [])

    def test_nor_does_it_survive_a_purge(self):
        upload = make_upload(LONG_AGO)
        history.record(upload)
        history.correct(history.get(upload.id), "Coat", by="ada")
        execute = session.execute

        def clock_behind(cql, parameters=()):
            if cql == maintenance.DELETE_PARTITION:
                at = time.time_ns() // 1000 - BEHIND_NS // 1000
                cql = cql.replace("WHERE", f"USING TIMESTAMP {at} WHERE")
            return execute(cql, parameters)

        with mock.patch.object(session, "execute", clock_behind):
            call_command("purge", "--older-than", "1d", verbosity=0)

        self.assertEqual(rows(), [])


@tag("cassandra")
class ReaderTests(CallTestCase):
    """Uploads of today, with partial rows between their records."""

    def setUp(self):
        super().setUp()
        self.whole = [self.upload() for _ in range(2)]
        self.partial = [self.leave_partial() for _ in range(2)]
        self.whole.append(self.upload())
        self.newest_first = sorted(self.whole, key=timeuuid.order, reverse=True)
        boss = User.objects.create_superuser("chief")
        self.client.force_login(boss)

    def upload(self):
        upload = make_upload(timezone.now())
        history.record(upload)
        path = pictures.path(upload.stored_name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make_picture())
        return upload.id

    def leave_partial(self):
        """Record and correct an upload; all but the correction goes by its time."""
        id = self.upload()
        upload = history.get(id)
        history.correct(upload, "Coat", by="ada")
        session.execute(
            "DELETE FROM upload USING TIMESTAMP ? WHERE day = ? AND shard = ? "
            "AND id = ?",
            (timeuuid.microseconds(id) + 1, upload.day, upload.shard, id),
        )
        return id

    def test_pages_of_any_size_show_the_uploads_alone(self):
        for size in (1, 2, 50):
            for filters in (history.Filters(), history.Filters(is_corrected=False)):
                with self.subTest(size=size, filters=filters):
                    found, page = [], history.page(filters, size=size)
                    while True:
                        found += [upload.id for upload in page.rows]
                        if page.next_cursor is None:
                            break
                        page = history.page(filters, size=size, cursor=page.next_cursor)
                    self.assertEqual(found, self.newest_first)

    def test_the_page_before_shows_the_uploads_alone(self):
        first = history.page(size=1)
        second = history.page(size=1, cursor=first.next_cursor)

        back = history.page(size=1, cursor=second.previous_cursor)

        self.assertEqual([upload.id for upload in back.rows], self.newest_first[:1])

    def test_neighbours_are_uploads(self):
        newer, older = history.neighbours(history.get(self.newest_first[1]))

        self.assertEqual(newer.id, self.newest_first[0])
        self.assertEqual(older.id, self.newest_first[2])

    def test_a_search_finds_none(self):
        sha256 = history.get(self.whole[0]).sha256
        for filters in (
            history.Filters(sha256=sha256),
            history.Filters(corrected_class_name="Coat"),
        ):
            with self.subTest(filters):
                found = {upload.id for upload in history.page(filters).rows}
                self.assertEqual(found & set(self.partial), set())

    def test_every_page_and_call_answers(self):
        id, admin = self.partial[0], "/admin/classifier/upload/"
        headers = self.bearer(Scope.READ)
        for address, status in (
            (f"/uploads/{id}", 404),
            (f"/uploads/{id}/picture", 404),
            (f"/api/v1/uploads/{id}", 404),
            ("/api/v1/uploads", 200),
            ("/api/v1/uploads?corrected=true", 200),
            (admin, 200),
            (f"{admin}?review=any", 200),
            (f"{admin}?q={id}", 200),
            (f"{admin}{id}/change/", 302),
            (f"{admin}{self.whole[0]}/change/", 200),
        ):
            with self.subTest(address):
                response = self.client.get(address, headers=headers)
                self.assertEqual(response.status_code, status)

    def test_exports_leave_them_out(self):
        for name, export in exports.FORMATS.items():
            with self.subTest(name):
                read = b"".join(
                    each if isinstance(each, bytes) else each.encode()
                    for each in export(history.everything(size=2))
                )
                for id in self.partial:
                    self.assertNotIn(str(id).encode(), read)
                for id in self.whole:
                    self.assertIn(str(id).encode(), read)

    def test_recount_counts_the_uploads_and_ends_the_deletions(self):
        call_command("recount", verbosity=0)

        today = timezone.now().date()
        self.assertEqual(history.uploads_per_day(today, today), {today: 3})
        self.assertEqual({row["id"] for row in rows()}, set(self.whole))

    def test_deleting_one_again_removes_the_rest(self):
        self.assertIs(uploads.delete_by_id(self.partial[0]), True)

        self.assertNotIn(self.partial[0], {row["id"] for row in rows()})
        self.assertEqual(list(self.media.rglob(f"*{self.partial[0]}*")), [])
