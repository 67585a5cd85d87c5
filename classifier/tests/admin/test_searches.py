from django.test import TestCase, override_settings, tag

from classifier import history
from classifier.history import Filters, lookups, records, searches
from classifier.labels import CLASS_NAMES
from classifier.tests.pages.test_pages import (
    DAY,
    SECOND,
    every_page,
    ids,
    record_at,
    walk_back,
)

from ..fixtures.uploads import NOON, make_upload, statements_sent

SHA256 = "a" * 64


@tag("cassandra")
class SearchTests(TestCase):
    databases = {"cassandra"}

    def test_finds_every_upload_of_a_picture_newest_first(self):
        uploads = record_at(NOON, NOON - DAY, NOON - 800 * DAY, sha256=SHA256)
        record_at(NOON)
        filters = Filters(sha256=SHA256)
        pages = every_page(filters, size=2)

        self.assertEqual(sum(ids(pages), []), [one.id for one in uploads])
        self.assertEqual(ids(walk_back(pages[-1], filters, size=2)), ids(pages[:-1]))

    def test_finds_a_file_name_whatever_its_case(self):
        [upload] = record_at(NOON, file_name="STRAßE.png")
        record_at(NOON, file_name="strasse.jpg")

        page = history.page(Filters(file_name="Strasse.PNG"))

        self.assertEqual(ids([page]), [[upload.id]])

    def test_finds_a_file_name_however_it_is_composed(self):
        [upload] = record_at(NOON, file_name="Blu\u0308mchen.png")

        page = history.page(Filters(file_name="blümchen.png"))

        self.assertEqual(ids([page]), [[upload.id]])

    def test_finds_names_by_their_beginning_newest_first(self):
        [newer] = record_at(NOON, file_name="Blümchen-2.png")
        [older] = record_at(NOON - 400 * DAY, file_name="BLU\u0308MCHEN.png")
        for name in ("Blüte.png", "Blumen.png", "b.png", "a blümchen.png"):
            record_at(NOON - DAY, file_name=name)
        filters = Filters(name_start="blümch")
        pages = every_page(filters, size=1)

        self.assertEqual(ids(pages), [[newer.id], [older.id]])
        self.assertEqual(ids(walk_back(pages[-1], filters, size=1)), ids(pages[:-1]))

    def test_other_filters_narrow_a_search(self):
        record_at(NOON, NOON - DAY)
        [upload] = record_at(NOON - SECOND, class_name=CLASS_NAMES[3])

        for filters in (
            Filters(file_name="shirt.png", class_name=CLASS_NAMES[3]),
            Filters(
                sha256="0" * 64, file_name="shirt.png", since=NOON - SECOND, until=NOON
            ),
        ):
            with self.subTest(filters):
                self.assertEqual(ids([history.page(filters)]), [[upload.id]])

    def test_an_unknown_picture_is_an_empty_page(self):
        record_at(NOON)

        self.assertEqual(
            history.page(Filters(sha256=SHA256)), history.Page([], None, None, None)
        )

    def test_an_entry_that_leads_nowhere_is_skipped(self):
        gone = make_upload(sha256=SHA256, shard=0)
        lookups.write(gone)
        [upload] = record_at(NOON, sha256=SHA256)

        self.assertEqual(ids([history.page(Filters(sha256=SHA256))]), [[upload.id]])

    @override_settings(HISTORY_SHARDS=4)
    def test_costs_a_read_for_each_upload_shown_and_a_few(self):
        record_at(*(NOON - number * DAY for number in range(12)))
        with statements_sent() as sent:
            history.page(Filters(sha256="0" * 64), size=5)

        self.assertEqual(sent.count(records.SELECT), 6)
        self.assertLessEqual(len(sent), 6 + 3)

    def test_stops_after_so_many_that_other_filters_refuse(self):
        record_at(*(NOON - number * SECOND for number in range(9)))
        filters = Filters(file_name="shirt.png", is_sure=False)
        limit, searches.MAX_EXAMINED = searches.MAX_EXAMINED, 6
        self.addCleanup(setattr, searches, "MAX_EXAMINED", limit)

        page = history.page(filters, size=2)

        self.assertEqual(page.looked_back_to, NOON.date())
        self.assertIsNotNone(page.next_cursor)

    def test_every_statement_names_its_partition_and_has_a_limit(self):
        record_at(NOON, NOON - DAY)
        with statements_sent() as sent:
            every_page(Filters(file_name="shirt.png"), size=1)

            every_page(Filters(name_start="shir"), size=1)

        keys = r"WHERE ((file_name|name_start) = \? AND year|scope) = \? "
        for cql in set(sent) - {records.SELECT}:
            with self.subTest(cql):
                self.assertRegex(cql, keys)
                self.assertTrue(cql.endswith(" LIMIT ?"))

    def test_a_deleted_upload_leaves_no_entry(self):
        [upload] = record_at(NOON, sha256=SHA256)
        history.delete(upload)

        keys = searches._keys(
            "DESC", NOON.year, Filters().low, Filters().high, Filters(sha256=SHA256), 9
        )
        self.assertEqual(keys, [])


@tag("cassandra")
class NeighbourTests(TestCase):
    databases = {"cassandra"}

    def neighbours(self, *args):
        return [one and one.id for one in history.neighbours(*args)]

    def test_are_the_next_newer_and_the_next_older(self):
        newest, middle, oldest = record_at(NOON + DAY, NOON, NOON - 40 * DAY)

        self.assertEqual(self.neighbours(middle), [newest.id, oldest.id])
        self.assertEqual(self.neighbours(newest), [None, middle.id])
        self.assertEqual(self.neighbours(oldest), [middle.id, None])

    def test_are_those_of_a_filtered_list(self):
        newest, _, middle, oldest = record_at(
            NOON + DAY, NOON + SECOND, NOON, NOON - SECOND
        )
        filters = Filters(since=NOON - SECOND, until=NOON + SECOND, is_sure=True)

        self.assertEqual(self.neighbours(middle, filters), [None, oldest.id])


@tag("cassandra")
class EverythingTests(TestCase):
    databases = {"cassandra"}

    def test_yields_all_that_match_over_many_pages(self):
        uploads = record_at(*(NOON - number * 7 * 3600 * SECOND for number in range(9)))
        found = history.everything(Filters(is_sure=True), size=2)

        self.assertEqual([one.id for one in found], [one.id for one in uploads])
