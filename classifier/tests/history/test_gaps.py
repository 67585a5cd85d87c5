"""Days with so many deleted uploads that a read through them fails."""

import datetime
from contextlib import contextmanager
from unittest import mock

from cassandra.query import BatchStatement, BatchType
from django.core.management import call_command
from django.test import override_settings, tag
from django.utils import timezone

from classifier import history, timeuuid
from classifier.history import Filters, days, deletions, gaps, lookups
from deewhy.cassandra import migrations, session

from ..fixtures.uploads import NOON, id_at, make_upload
from ..operations.test_maintenance import LONG_AGO
from ..pages.test_pages import PageTestCase, ids, newest_first, walk_back

DELETED = 1100  # the node of the tests fails at 1,000 in one read, others warn of it
SECOND = datetime.timedelta(seconds=1)
FIRST = NOON + SECOND
LAST = NOON + 3 * SECOND


def leave_deleted(count=DELETED, first=FIRST, last=LAST):
    """Leave behind what the deletion of many uploads leaves, quickly."""
    shards = days.ensure(first.date())
    statement = session.prepare(deletions.DELETE)
    moments = [first + (last - first) * number / count for number in range(count)]
    for start in range(0, count, 300):
        batch = BatchStatement(BatchType.UNLOGGED)
        for id in map(id_at, moments[start : start + 300]):
            key = (timeuuid.day_of(id), days.shard_of(id, shards), id)
            batch.add(statement, (timeuuid.microseconds_after(id), *key))
        session.session().execute(batch, timeout=60)


def delete_entries(file_name, count):
    """Leave behind the deleted entries of a file name in its look-up table."""
    statement = session.prepare(lookups.DELETE.format("file_name"))
    batch = BatchStatement(BatchType.UNLOGGED)
    for id in (id_at(FIRST) for _ in range(count)):
        batch.add(
            statement, (timeuuid.microseconds_after(id), file_name, NOON.year, id)
        )
    session.session().execute(batch, timeout=60)


def all_pages(filters, size):
    pages = [history.page(filters, size=size)]
    while pages[-1].next_cursor:
        cursor = pages[-1].next_cursor
        pages.append(history.page(filters, cursor=cursor, size=size))
    return pages


@contextmanager
def reads():
    """Collect the futures of the statements that are sent meanwhile."""
    sent = []
    live = session.session()
    live.add_request_init_listener(sent.append)
    try:
        yield sent
    finally:
        live.remove_request_init_listener(sent.append)


@tag("cassandra")
class GapTestCase(PageTestCase):
    def setUp(self):
        super().setUp()
        gaps.forget_listed()
        self.addCleanup(gaps.forget_listed)
        self.older = self.record(NOON)
        self.newer = self.record(LAST + SECOND)

    def record(self, at, **values):
        upload = make_upload(at, **values)
        history.record(upload)
        return upload

    def assert_lists(self, *uploads):
        self.assertEqual(ids([history.page()]), [[one.id for one in uploads]])


class ListTests(GapTestCase):
    def setUp(self):
        super().setUp()
        leave_deleted()

    def test_a_list_reads_through_them(self):
        self.assert_lists(self.newer, self.older)

    @override_settings(HISTORY_SHARDS=3)
    def test_a_list_reads_through_them_in_several_shards(self):
        day = datetime.timedelta(1)
        new, old = self.record(FIRST + day + 3 * SECOND), self.record(NOON + day)
        leave_deleted(3 * DELETED, FIRST + day, LAST + day)

        self.assert_lists(new, old, self.newer, self.older)

    def test_the_next_list_leaves_them_out(self):
        first = history.page(size=1)
        history.page()
        second = history.page(size=1, cursor=first.next_cursor)
        with reads() as sent:
            self.assert_lists(self.newer, self.older)
            history.page(size=1, cursor=second.previous_cursor)
            history.neighbours(self.newer)

        self.assertEqual([each.warnings for each in sent if each.warnings], [])

    def test_a_recount_reads_through_them(self):
        call_command("recount", verbosity=0)

        self.assertEqual(
            history.uploads_per_day(NOON.date(), NOON.date()), {NOON.date(): 2}
        )

    def test_a_search_reads_through_them(self):
        for _ in range(3):
            delete_entries("shirt.png", 400)

        found = history.page(Filters(file_name="Shirt.png"))

        self.assertEqual(ids([found]), [[self.newer.id, self.older.id]])

    def test_a_flush_ends_them(self):
        migrations.empty(session.session(), session.keyspace())

        self.assert_lists()

    def test_many_deletions_leave_them_out_before_the_first_list(self):
        upload = self.record(LAST)
        with mock.patch.object(deletions, "LOOK_AFTER", 1):
            history.delete(upload)
        with reads() as sent:
            self.assert_lists(self.newer, self.older)

        self.assertEqual([each.warnings for each in sent if each.warnings], [])


class LateTests(GapTestCase):
    def setUp(self):
        super().setUp()
        leave_deleted()
        self.middle = FIRST + SECOND

    def test_an_upload_that_arrives_in_a_gap_is_listed(self):
        history.page()

        late = self.record(self.middle)

        self.assert_lists(self.newer, late, self.older)

    def test_so_is_one_that_arrives_while_the_gap_is_made(self):
        begin, late = gaps._begin, []

        def arrive_first(*args):
            late[:] = late or [self.record(self.middle)]
            return begin(*args)

        with mock.patch.object(gaps, "_begin", arrive_first):
            history.page()

        self.assert_lists(self.newer, *late, self.older)

    def test_a_gap_does_not_reach_the_uploads_of_the_present(self):
        now = timezone.now()
        leave_deleted(DELETED, now - 3 * SECOND, now)
        history.page()

        fresh = self.record(now - SECOND)

        self.assert_lists(fresh, self.newer, self.older)


class ManyGapsTests(GapTestCase):
    """Uploads and deleted ones in turns; some uploads go after the gaps are made."""

    def setUp(self):
        super().setUp()
        leave_deleted()
        moments = (FIRST + SECOND * number / 7 for number in range(14))
        self.between = [
            self.record(at, class_name=("Bag", "Coat")[number % 2])
            for number, at in enumerate(moments)
        ]
        history.page()
        for upload in self.between[3:11:2]:
            history.delete(upload)
        self.left = [self.newer, *self.between[:3], *self.between[4:11:2]]
        self.left = newest_first([*self.left, *self.between[11:], self.older])

    def test_all_pages_show_what_is_left(self):
        for filters in (Filters(), Filters(class_name="Bag"), Filters(is_sure=True)):
            expected = [
                one.id
                for one in self.left
                if filters.class_name in (None, one.class_name)
            ]
            for size in (1, 4, 50):
                with self.subTest(filters=filters, size=size):
                    pages = all_pages(filters, size)
                    self.assertEqual(sum(ids(pages), []), expected)
                    back = walk_back(pages[-1], filters, size=size)
                    self.assertEqual(ids(back), ids(pages[:-1]))

    def test_an_export_has_what_is_left(self):
        exported = [upload.id for upload in history.everything(size=3)]

        self.assertEqual(exported, [upload.id for upload in self.left])

    def test_lost_uploads_between_gaps_become_part_of_one(self):
        for upload in self.left[1:-1]:
            history.delete(upload)
        history.page()

        top, bottom = (timeuuid.order(one.id) for one in (self.newer, self.older))
        stretches = gaps.stretches(NOON.date(), top, bottom)
        self.assertEqual(list(stretches), [(top, top), (bottom, bottom)])


class PurgeTests(GapTestCase):
    def test_leaves_no_gap(self):
        upload = self.record(LONG_AGO)
        leave_deleted(DELETED, LONG_AGO + SECOND, LONG_AGO + 2 * SECOND)
        history.page(before=LONG_AGO + 3 * SECOND)
        self.assertTrue(gaps.has_any(upload.day))

        history.purge_day(upload.day, 1, lambda uploads: None)

        self.assertEqual(session.execute("SELECT * FROM upload_gap").all(), [])
        self.assertFalse(gaps.has_any(upload.day))
