import datetime

from django.test import TestCase, tag

from classifier import history
from classifier.labels import CLASS_NAMES
from classifier.tests.pages.test_pages import DAY, record_at

from ..fixtures.uploads import NOON, make_upload, statements_sent

SHIRT, TROUSER = CLASS_NAMES[:2]
TODAY = NOON.date()


def summarize(first=TODAY - DAY, last=TODAY):
    return history.summarize(first, last, CLASS_NAMES)


@tag("cassandra")
class SummaryTests(TestCase):
    databases = {"cassandra"}

    def test_nothing_adds_up_to_nothing(self):
        summary = summarize()

        self.assertEqual((summary.per_day, summary.uploads), ({}, 0))
        self.assertEqual((summary.accuracy, summary.unsure_share), (None, None))

    def test_counts_days_and_classes(self):
        record_at(NOON, NOON, NOON - DAY, class_name=SHIRT)
        record_at(NOON, class_name=TROUSER, is_sure=False)
        record_at(NOON - 2 * DAY)

        summary = summarize()

        self.assertEqual(summary.per_day, {TODAY: 3, TODAY - DAY: 1})
        self.assertEqual(summary.per_class[SHIRT], 3)
        self.assertEqual(summary.per_class[TROUSER], 1)
        self.assertEqual(summary.unsure_share, 0.25)

    def test_counts_corrections_and_how_often_the_network_was_right(self):
        [first, second, third] = record_at(NOON, NOON, NOON, class_name=SHIRT)
        history.correct(first, SHIRT, by="ada")
        wrong = history.correct(second, TROUSER, by="ada")
        history.undo_correction(history.correct(third, SHIRT, by="ada"), by="ada")

        summary = summarize()

        self.assertEqual((summary.corrected, summary.right), (2, 1))
        self.assertEqual(summary.accuracy, 0.5)
        history.delete(wrong)
        self.assertEqual(summarize().accuracy, 1)

    def test_counts_a_record_that_comes_twice_once(self):
        upload = make_upload()
        history.record(upload)
        history.record(upload)

        self.assertEqual(summarize().uploads, 1)

    def test_takes_a_deleted_upload_away_once(self):
        [upload, _] = record_at(NOON, NOON)
        history.delete(upload)
        history.delete(upload)

        self.assertEqual(summarize().uploads, 1)

    def test_spans_years(self):
        new_year = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
        record_at(new_year, new_year - DAY)

        self.assertEqual(
            history.uploads_per_day(datetime.date(2023, 12, 1), TODAY),
            {datetime.date(2024, 1, 1): 1, datetime.date(2023, 12, 31): 1},
        )

    def test_costs_a_read_for_each_measure_and_year(self):
        record_at(*[NOON] * 9)
        with statements_sent() as sent:
            summarize()

        self.assertEqual(len(sent), 6 + len(CLASS_NAMES))
