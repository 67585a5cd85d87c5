import datetime
import re
from operator import attrgetter
from unittest import mock

from django.core import signing
from django.test import SimpleTestCase, TestCase, override_settings, tag

from classifier import history, timeuuid
from classifier.exceptions import InvalidCursor
from classifier.history import Filters, cursors, days, scans
from classifier.history.cursors import NEXT, Cursor
from classifier.labels import CLASS_NAMES

from ..fixtures.uploads import NOON, make_upload, statements_sent

MICROSECOND = datetime.timedelta(microseconds=1)
SECOND = datetime.timedelta(seconds=1)
DAY = datetime.timedelta(days=1)
MIDNIGHT = datetime.datetime(2024, 3, 1, tzinfo=datetime.UTC)


def record_at(*moments, **values):
    """Record an upload of each moment; return all, newest first."""
    uploads = [make_upload(moment, **values) for moment in moments]
    for upload in uploads:
        history.record(upload)
    return newest_first(uploads)


def newest_first(uploads):
    return sorted(uploads, key=lambda one: timeuuid.order(one.id), reverse=True)


def every_page(filters=None, **options):
    """Return the pages from the newest on by their next cursors."""
    pages = [history.page(filters, **options)]
    while pages[-1].next_cursor:
        cursor = pages[-1].next_cursor
        pages.append(history.page(filters, cursor=cursor, size=options["size"]))
    return pages


def walk_back(page, filters=None, *, size):
    """Return the pages before a page by their previous cursors, newest first."""
    pages = []
    while page.previous_cursor:
        page = history.page(filters, cursor=page.previous_cursor, size=size)
        pages.insert(0, page)
    return pages


def ids(pages):
    return [[upload.id for upload in page.rows] for page in pages]


@tag("cassandra")
class PageTestCase(TestCase):
    databases = {"cassandra"}

    def assert_pages(self, pages, *expected):
        self.assertEqual(ids(pages), [[one.id for one in rows] for rows in expected])


class OrderTests(PageTestCase):
    def test_an_empty_history_is_one_empty_page(self):
        page = history.page()

        self.assertEqual(page, history.Page([], None, None, None))

    def test_one_upload_is_one_page(self):
        uploads = record_at(NOON)

        self.assert_pages(every_page(size=5), uploads)

    def test_is_newest_first_over_days(self):
        uploads = record_at(NOON - DAY, NOON, NOON + SECOND, NOON - 400 * DAY)

        self.assert_pages(every_page(size=10), uploads)

    def test_goes_on_where_the_page_before_ended(self):
        uploads = record_at(*(NOON - number * 6 * 3600 * SECOND for number in range(7)))

        self.assert_pages(every_page(size=3), uploads[:3], uploads[3:6], uploads[6:])

    def test_a_full_last_page_has_no_next(self):
        uploads = record_at(NOON, NOON + SECOND)

        self.assert_pages(every_page(size=2), uploads)

    def test_previous_goes_back_the_same_way(self):
        record_at(*(NOON - number * 6 * 3600 * SECOND for number in range(7)))
        pages = every_page(size=3)

        self.assertEqual(ids(walk_back(pages[-1], size=3)), ids(pages[:-1]))

    def test_the_first_page_has_no_previous(self):
        record_at(NOON, NOON + SECOND)

        self.assertIsNone(history.page(size=1).previous_cursor)

    def test_previous_shows_new_uploads_on_a_full_first_page(self):
        uploads = record_at(NOON, NOON + SECOND)
        second = every_page(size=1)[1]
        [late] = record_at(NOON + 2 * SECOND)

        back = walk_back(second, size=2)

        self.assert_pages(back, [late, uploads[0]])

    def test_keeps_equal_timestamps_in_the_order_of_cassandra(self):
        uploads = record_at(*[NOON] * 5)
        pages = every_page(size=2)

        self.assert_pages(pages, uploads[:2], uploads[2:4], uploads[4:])
        self.assertEqual(ids(walk_back(pages[-1], size=2)), ids(pages[:-1]))


class DayTests(PageTestCase):
    def test_keeps_the_last_and_the_first_microsecond_of_two_days_apart(self):
        uploads = record_at(MIDNIGHT - MICROSECOND, MIDNIGHT)

        self.assertEqual([one.day.day for one in uploads], [1, 29])
        self.assert_pages(every_page(size=1), uploads[:1], uploads[1:])

    def test_a_page_that_ends_with_its_day_is_followed_by_the_day_before(self):
        uploads = record_at(MIDNIGHT - SECOND, MIDNIGHT, MIDNIGHT + SECOND)
        pages = every_page(size=2)

        self.assert_pages(pages, uploads[:2], uploads[2:])
        self.assertEqual(ids(walk_back(pages[-1], size=2)), ids(pages[:1]))

    def test_a_year_without_uploads_costs_nothing(self):
        uploads = record_at(NOON, NOON - 366 * DAY)
        with statements_sent() as sent:
            self.assert_pages([history.page(size=2)], uploads)

        self.assertEqual(len(sent), 3)

    def test_an_emptied_day_is_skipped(self):
        uploads = record_at(NOON, NOON - DAY, NOON - 2 * DAY)
        history.delete(uploads[1])

        self.assert_pages(every_page(size=1), uploads[:1], uploads[2:])

    def test_a_row_that_arrives_late_takes_its_place(self):
        uploads = record_at(NOON, NOON - 2 * DAY)
        first = history.page(size=1)
        [late] = record_at(NOON - DAY)

        page = history.page(size=2, cursor=first.next_cursor)

        self.assert_pages([page], [late, uploads[1]])

    def test_a_row_deleted_between_two_pages_moves_no_other(self):
        uploads = record_at(*(NOON - number * SECOND for number in range(4)))
        first = history.page(size=2)
        history.delete(uploads[1])
        history.delete(uploads[2])

        page = history.page(size=2, cursor=first.next_cursor)

        self.assert_pages([page], uploads[3:])

    def test_jumps_to_a_day(self):
        uploads = record_at(*(NOON - number * DAY for number in range(4)))
        pages = every_page(before=NOON - DAY, size=1)

        self.assert_pages(pages, uploads[2:3], uploads[3:])
        self.assertEqual(
            ids(walk_back(pages[0], size=1)), [[uploads[0].id], [uploads[1].id]]
        )

    def test_a_jump_to_the_newest_has_no_previous(self):
        record_at(NOON)

        self.assertIsNone(history.page(before=NOON + DAY).previous_cursor)

    def test_since_is_inclusive_and_until_exclusive(self):
        uploads = record_at(NOON - SECOND, NOON, NOON + SECOND)
        filters = Filters(since=NOON - SECOND, until=NOON + SECOND)

        self.assert_pages(every_page(filters, size=1), uploads[1:2], uploads[2:])

    def test_a_day_begins_where_the_reader_lives(self):
        shanghai = datetime.timezone(datetime.timedelta(hours=8))
        begin = datetime.datetime(2024, 3, 1, tzinfo=shanghai)
        uploads = record_at(begin - SECOND, begin, begin + DAY - SECOND, begin + DAY)

        page = history.page(Filters(since=begin, until=begin + DAY))

        self.assert_pages([page], uploads[1:3])


class FilterTests(PageTestCase):
    def setUp(self):
        self.uploads = newest_first(
            make_upload(
                NOON - number * datetime.timedelta(hours=5),
                class_name=CLASS_NAMES[number % 3],
                is_sure=number % 4 != 0,
                network_version=f"v{number % 2}",
                source="api" if number % 5 == 0 else "form",
            )
            for number in range(18)
        )
        for upload in self.uploads:
            history.record(upload)

    def test_every_filter_and_two_together_find_the_same_back_and_forth(self):
        for values in (
            {"class_name": CLASS_NAMES[1]},
            {"is_sure": False},
            {"is_sure": True},
            {"is_corrected": False},
            {"network_version": "v1"},
            {"source": "api"},
            {"class_name": CLASS_NAMES[0], "is_sure": False},
            {"class_name": CLASS_NAMES[0], "network_version": "v0", "source": "form"},
            {"is_sure": False, "since": NOON - 2 * DAY, "until": NOON - DAY},
        ):
            with self.subTest(values):
                filters = Filters(**values)
                expected = [one.id for one in self.uploads if self.matches(one, values)]

                pages = every_page(filters, size=2)
                back = walk_back(pages[-1], filters, size=2)

                self.assertEqual(sum(ids(pages), []), expected)
                self.assertEqual(ids(back), ids(pages[:-1]))

    def matches(self, upload, values):
        since, until = values.get("since"), values.get("until")
        return (
            all(
                getattr(upload, name) == value
                for name, value in values.items()
                if name not in ("since", "until")
            )
            and (since is None or upload.created_at >= since)
            and (until is None or upload.created_at < until)
        )

    def test_no_match_is_an_empty_page_and_the_end(self):
        page = history.page(Filters(class_name="Kimono"))

        self.assertEqual(page, history.Page([], None, None, None))

    def test_finds_the_oldest_of_many_with_one_time(self):
        uploads = record_at(*[NOON + DAY] * 15, class_name="Kimono")
        filters = Filters(class_name="Kimono")
        pages = every_page(filters, size=3)

        self.assertEqual(sum(ids(pages), []), [one.id for one in uploads])
        self.assertEqual(ids(walk_back(pages[-1], filters, size=3)), ids(pages[:-1]))


class ShardTests(PageTestCase):
    def test_any_number_of_shards_gives_the_same_pages(self):
        uploads = [
            make_upload(NOON - number * datetime.timedelta(hours=3), is_sure=odd)
            for number, odd in enumerate([False, True] * 5)
        ]
        expected = [one.id for one in newest_first(uploads)]
        for shards in (1, 4, 16):
            with self.subTest(shards=shards), override_settings(HISTORY_SHARDS=shards):
                for upload in uploads:
                    history.record(upload)
                pages = every_page(size=3)
                unsure = Filters(is_sure=False)
                unsure_pages = every_page(unsure, size=3)

                self.assertEqual(sum(ids(pages), []), expected)
                self.assertEqual(ids(walk_back(pages[-1], size=3)), ids(pages[:-1]))
                self.assertEqual(
                    ids(walk_back(unsure_pages[-1], unsure, size=3)),
                    ids(unsure_pages[:-1]),
                )
            self._fixture_teardown()

    def test_raising_the_number_keeps_old_rows_readable(self):
        old = record_at(NOON - DAY, NOON)
        days.forget()
        with override_settings(HISTORY_SHARDS=4):
            new = record_at(NOON + SECOND, NOON + DAY)

            self.assert_pages(every_page(size=2), [new[0], new[1]], old)
            for upload in [*old, *new]:
                self.assertEqual(history.get(upload.id).id, upload.id)
        self.assertEqual(list(map(attrgetter("shard"), [*old, new[1]])), [0, 0, 0])


@mock.patch.object(scans, "MAX_PARTITIONS", 8)
class CostTests(PageTestCase):
    def record_days(self, number, **values):
        return record_at(*(NOON - day * DAY for day in range(number)), **values)

    def test_a_rare_filter_reads_a_bounded_number_of_partitions(self):
        self.record_days(11)
        rare = Filters(is_sure=False)
        with statements_sent() as sent:
            page = history.page(rare)

        self.assertEqual(len(sent), 1 + 8)
        self.assertEqual(page.looked_back_to, (NOON - 7 * DAY).date())

    def test_a_rare_filter_goes_on_from_where_it_looked(self):
        self.record_days(11)
        [match] = record_at(NOON - 9 * DAY, is_sure=False)
        rare = Filters(is_sure=False)

        first, second = every_page(rare, size=5)

        self.assert_pages([first, second], [], [match])
        self.assertIsNone(second.looked_back_to)
        back = walk_back(second, rare, size=5)
        self.assertEqual(back[0].looked_back_to, first.looked_back_to)

    @override_settings(HISTORY_SHARDS=4)
    def test_shards_count_among_the_partitions(self):
        self.record_days(4)
        with statements_sent() as sent:
            page = history.page(Filters(is_sure=False))

        self.assertEqual(len(sent), 1 + 8)
        self.assertEqual(page.looked_back_to, (NOON - 1 * DAY).date())

    def test_a_page_of_one_day_is_two_reads(self):
        record_at(*(NOON + number * SECOND for number in range(9)))
        with statements_sent() as sent:
            history.page(size=4)

        self.assertEqual(len(sent), 2)

    def test_previous_of_a_filter_takes_few_reads(self):
        record_at(*(NOON + number * SECOND for number in range(30)))
        filters = Filters(is_sure=True)
        third = every_page(filters, size=4)[2]
        with statements_sent() as sent:
            history.page(filters, cursor=third.previous_cursor, size=4)

        self.assertLessEqual(len(sent), 16)

    def test_every_statement_names_its_partition_and_has_a_limit(self):
        self.record_days(5)
        with statements_sent() as sent:
            for filters in (None, Filters(is_sure=True, class_name=CLASS_NAMES[0])):
                for page in (all_pages := every_page(filters, size=2)):
                    self.assertLessEqual(len(page.rows), 2)
                walk_back(all_pages[-1], filters, size=2)
            history.page(before=NOON)

        for cql in set(sent):
            with self.subTest(cql):
                self.assertRegex(cql, r"WHERE (day = \? AND shard = \?|scope = \?) ")
                self.assertTrue(cql.endswith(" LIMIT ?"))
                self.assertIsNone(re.search(r"ALLOW FILTERING|COUNT|OFFSET", cql))


class CursorTests(SimpleTestCase):
    filters = Filters(class_name="Bag", since=NOON)
    cursor = Cursor(NEXT, history.new_id())

    def test_is_read_back_with_the_same_filters(self):
        token = self.cursor.token(self.filters)

        self.assertEqual(cursors.read(token, self.filters), self.cursor)

    def test_fits_in_an_address(self):
        self.assertRegex(self.cursor.token(self.filters), r"\A[\w:.-]{1,250}\Z")

    def test_refuses_the_cursor_of_other_filters(self):
        token = self.cursor.token(self.filters)

        with self.assertRaisesMessage(InvalidCursor, "other filters"):
            cursors.read(token, Filters())

    def test_refuses_a_forged_cursor(self):
        token = self.cursor.token(self.filters)
        place = ["next", history.new_id().hex, {}]
        for forged in ("", "x", token[:-1], signing.dumps(place, salt="another")):
            with self.subTest(forged), self.assertRaisesMessage(InvalidCursor, "damag"):
                cursors.read(forged, self.filters)

    def test_refuses_an_expired_cursor(self):
        token = self.cursor.token(self.filters)

        with (
            mock.patch.object(cursors, "MAX_AGE", -SECOND),
            self.assertRaisesMessage(InvalidCursor, "too old"),
        ):
            cursors.read(token, self.filters)
