from django.test import TestCase, tag

from classifier import history
from classifier.admin.choices import REVIEWS
from classifier.exceptions import CorrectionConflict
from classifier.labels import CLASS_NAMES
from classifier.models import Review
from deewhy.cassandra import session

from ..fixtures.uploads import NOON, make_upload

SHIRT, TROUSER, PULLOVER = CLASS_NAMES[:3]


@tag("cassandra")
class CorrectionTests(TestCase):
    databases = {"cassandra"}

    def setUp(self):
        upload = make_upload(class_name=SHIRT)
        history.record(upload)
        self.upload = history.get(upload.id)

    def read(self):
        return history.get(self.upload.id)

    def test_names_the_change_the_person_and_the_time(self):
        corrected = history.correct(self.upload, TROUSER, by="ada")

        read = self.read()
        self.assertEqual(
            (read.is_corrected, read.corrected_class_name, read.corrected_by),
            (True, TROUSER, "ada"),
        )
        self.assertEqual(read.corrected_at, corrected.corrected_at)
        self.assertEqual(read.class_name, SHIRT)

    def test_the_log_holds_every_change_newest_first(self):
        corrected = history.correct(self.upload, TROUSER, by="ada")
        history.correct(corrected, history.NONE_OF_THESE, by="bob")

        log = self.read().correction_log

        self.assertEqual(
            [(entry.by, entry.previous, entry.chosen) for entry in log],
            [("bob", TROUSER, history.NONE_OF_THESE), ("ada", None, TROUSER)],
        )
        self.assertGreater(log[0].at, log[1].at)
        self.assertIsNotNone(log[0].at.tzinfo)

    def test_the_second_of_two_is_told_and_changes_nothing(self):
        history.correct(self.upload, TROUSER, by="ada")

        with self.assertRaises(CorrectionConflict) as caught:
            history.correct(self.upload, PULLOVER, by="bob")

        self.assertEqual(caught.exception.current.corrected_by, "ada")
        self.assertEqual(self.read().corrected_class_name, TROUSER)
        self.assertEqual(len(self.read().corrections), 1)

    def test_a_deleted_upload_is_not_made_again(self):
        history.delete(self.upload)

        with self.assertRaises(CorrectionConflict) as caught:
            history.correct(self.upload, TROUSER, by="ada")

        self.assertIsNone(caught.exception.current)
        self.assertIsNone(self.read())

    def test_refuses_a_class_that_the_network_does_not_know(self):
        with self.assertRaisesMessage(ValueError, "got 'Kimono'"):
            history.correct(self.upload, "Kimono", by="ada")

    def test_undoing_restores_the_previous_review(self):
        first = history.correct(self.upload, TROUSER, by="ada")
        second = history.correct(first, PULLOVER, by="ada")
        undone = history.undo_correction(second, by="bob")

        self.assertEqual(undone.corrected_class_name, TROUSER)
        self.assertEqual(self.read().corrected_by, "bob")

    def test_undoing_the_first_leaves_it_uncorrected(self):
        corrected = history.correct(self.upload, TROUSER, by="ada")
        history.undo_correction(corrected, by="ada")

        self.assertIs(self.read().is_corrected, False)
        self.assertIsNone(self.read().corrected_class_name)
        self.assertEqual(len(self.read().corrections), 2)

    def test_undo_is_a_stack_down_to_not_reviewed(self):
        upload = self.upload
        for chosen in (TROUSER, PULLOVER, TROUSER):
            upload = history.correct(upload, chosen, by="ada")

        found = []
        for _ in range(4):
            history.undo_correction(self.read(), by="ada")
            found.append(self.read().corrected_class_name)

        self.assertEqual(found, [PULLOVER, TROUSER, None, None])
        self.assertEqual(len(self.read().corrections), 6)

    def test_a_review_of_before_the_stack_is_undone_by_its_log(self):
        session.execute(
            "UPDATE upload SET is_corrected = true, corrected_class_name = 'Bag', "
            "corrections = [(1, 'ada', null, 'Coat'), (2, 'bob', 'Coat', 'Bag')] "
            "WHERE day = ? AND shard = ? AND id = ?",
            (self.upload.day, self.upload.shard, self.upload.id),
        )

        history.undo_correction(self.read(), by="ada")
        self.assertEqual(self.read().corrected_class_name, "Coat")
        history.undo_correction(self.read(), by="ada")
        self.assertIsNone(self.read().corrected_class_name)

    def test_confirmed_corrected_and_not_reviewed_are_three_states(self):
        states = []
        for chosen in (SHIRT, TROUSER, history.NONE_OF_THESE, None):
            history.correct(self.read(), chosen, by="ada")
            read = self.read()
            [*found] = (
                history.page(history.Filters(**REVIEWS[name])).rows
                for name in ("none", "confirmed", "corrected")
            )
            states.append((read.review, [len(rows) for rows in found]))

        self.assertEqual(
            states,
            [
                (Review.CONFIRMED, [0, 1, 0]),
                (Review.CORRECTED, [0, 0, 1]),
                (Review.CORRECTED, [0, 0, 1]),
                (Review.NONE, [1, 0, 0]),
            ],
        )

    def test_undoing_nothing_is_no_change(self):
        self.assertIs(history.undo_correction(self.upload, by="ada"), self.upload)

    def test_survives_that_the_record_comes_again(self):
        history.correct(self.upload, TROUSER, by="ada")
        history.record(make_upload(id=self.upload.id))

        self.assertEqual(self.read().corrected_class_name, TROUSER)
        self.assertEqual(len(self.read().corrections), 1)

    def test_is_found_by_the_filters(self):
        history.correct(self.upload, TROUSER, by="ada")

        for values, expected in (
            ({"is_corrected": True}, 1),
            ({"is_corrected": False}, 0),
            ({"corrected_class_name": TROUSER}, 1),
            ({"corrected_class_name": SHIRT}, 0),
        ):
            with self.subTest(values):
                page = history.page(history.Filters(**values))
                self.assertEqual(len(page.rows), expected)

    def test_takes_an_upload_off_the_review_queue(self):
        unsure = make_upload(NOON, is_sure=False)
        history.record(unsure)
        self.assertEqual(len(history.page(history.REVIEW_QUEUE).rows), 1)
        history.correct(history.get(unsure.id), SHIRT, by="ada")

        self.assertEqual(history.page(history.REVIEW_QUEUE).rows, [])
