"""The order of the review queue, and the visitors' own corrections in it."""

import datetime
import runpy

from django.test import TestCase, tag

from classifier import history
from classifier.exceptions import InvalidCursor
from classifier.history import suggestions
from deewhy.cassandra import session

from ..fixtures.uploads import NOON, make_upload

SECOND = datetime.timedelta(seconds=1)
MIGRATION = "classifier/cql/0009_review.py"


def record(number, **values):
    upload = make_upload(NOON - number * SECOND, **values)
    history.record(upload)
    return history.get(upload.id)


def everything(size, **conditions):
    """Return all that a queue holds, batch by batch."""
    found, place = [], None
    while True:
        batch = history.review_batch(
            history.Filters(**conditions), place=place, size=size
        )
        found += batch.rows
        place = batch.next_place
        if place is None:
            return [upload.id for upload in found]


@tag("cassandra")
class QueueTests(TestCase):
    databases = {"cassandra"}

    def test_disagreements_come_first_then_the_unsure_then_the_rest(self):
        sure, unsure, agreed, disputed, reviewed = (
            record(0),
            record(1, is_sure=False),
            record(2),
            record(3, is_sure=False),
            record(4, is_sure=False),
        )
        suggestions.keep(agreed.id, agreed.class_name)
        suggestions.keep(disputed.id, "Bag")
        history.correct(reviewed, "Bag", by="ada")

        for size in (1, 50):
            with self.subTest(size=size):
                self.assertEqual(
                    everything(size), [disputed.id, unsure.id, sure.id, agreed.id]
                )

    def test_filters_narrow_it(self):
        record(0, class_name="Bag")
        coat = record(1, class_name="Coat", is_sure=False)

        self.assertEqual(everything(50, class_name="Coat"), [coat.id])
        self.assertEqual(everything(50, is_sure=True, class_name="Coat"), [])

    def test_a_forged_place_is_refused(self):
        for place in ("rest.forged", "nowhere."):
            with self.subTest(place), self.assertRaises(InvalidCursor):
                history.review_batch(place=place)

    def test_counts_show_the_rest(self):
        disputed, unsure = record(0), record(1, is_sure=False)
        suggestions.keep(disputed.id, "Bag")
        suggestions.keep(disputed.id, "Coat")

        def left():
            summary = history.summarize(NOON.date(), NOON.date(), [])
            return summary.open, summary.open_unsure, summary.open_disputed

        before = left()
        history.correct(history.get(disputed.id), "Coat", by="ada")
        history.correct(unsure, "Coat", by="ada")

        self.assertEqual((before, left()), ((2, 1, 1), (0, 0, 0)))


@tag("cassandra")
class SuggestionTests(TestCase):
    databases = {"cassandra"}

    def test_a_deleted_upload_is_not_made_again_by_one(self):
        upload = record(0)
        history.delete(upload)

        suggestions.mark(upload, "Bag")

        self.assertEqual(session.execute("SELECT id FROM upload").all(), [])

    def test_those_of_before_are_filled_in_with_the_reviews(self):
        disputed, right = record(0), record(1, is_sure=False)
        suggestions.keep(disputed.id, "Bag")
        history.correct(right, right.class_name, by="ada")
        for upload in (disputed, right):
            session.execute(
                "UPDATE upload SET is_right = null, is_disputed = null "
                "WHERE day = ? AND shard = ? AND id = ?",
                (upload.day, upload.shard, upload.id),
            )

        for _step in runpy.run_path(MIGRATION)["migrate"]():
            pass

        self.assertIs(history.get(disputed.id).is_disputed, True)
        self.assertIs(history.get(right.id).is_right, True)
