"""The charts of reviewed uploads."""

import datetime

from django.contrib.auth.models import User
from django.test import tag
from django.urls import reverse
from django.utils import timezone

from classifier import history

from ..fixtures.uploads import make_upload, statements_sent
from .test_admin import BOUNDED, SignedInTestCase

FIGURES = reverse("admin:classifier_upload_figures")


@tag("cassandra")
class FiguresTests(SignedInTestCase):
    def review(self, said, truth, **values):
        [upload] = self.record(make_upload(timezone.now(), class_name=said, **values))
        history.correct(upload, truth, by="ann")
        return upload

    def context(self):
        return self.client.get(FIGURES).context

    def test_the_share_of_right_ones_has_its_interval_by_week(self):
        for truth in ("Coat", "Coat", "Coat", "Bag"):
            self.review("Coat", truth)
        self.record(make_upload(timezone.now()))

        week = self.context()["weeks"][-1]

        self.assertEqual((week.uploads, week.open, week.share), (5, 1, 0.75))
        low, high = week.interval
        self.assertAlmostEqual(low, 0.3006, 4)
        self.assertAlmostEqual(high, 0.9544, 4)
        self.assertLessEqual(week.monday, datetime.datetime.now(datetime.UTC).date())

    def test_each_cell_of_the_confusion_leads_to_its_uploads(self):
        self.review("Coat", "Coat")
        wrong = self.review("Coat", history.NONE_OF_THESE)

        context = self.context()

        [(said, total, cells)] = context["rows"]
        self.assertEqual((said, total), ("Coat", 2))
        self.assertEqual(context["columns"], ["Coat", history.NONE_OF_THESE])
        self.assertEqual([cell.is_right for cell in cells], [True, False])
        self.assertEqual(self.ids(self.client.get(cells[1].link)), [wrong.id])

    def test_confidence_stands_against_truth(self):
        self.review("Coat", "Coat", probability=0.92)
        self.review("Coat", "Bag", probability=0.98)
        self.review("Coat", "Bag", probability=0.31)

        low, high = self.context()["bins"]

        self.assertEqual((low.low, low.share), (30, 0))
        self.assertEqual((high.low, high.share), (90, 0.5))
        self.assertAlmostEqual(high.confidence, 0.95)

    def test_costs_the_same_for_many_and_reads_nothing_without_bounds(self):
        self.review("Coat", "Coat")
        self.context()
        with statements_sent() as for_one:
            self.context()
        for _ in range(5):
            self.review("Coat", "Bag")
        with statements_sent() as for_many:
            self.context()

        self.assertEqual(len(for_many), len(for_one))
        for statement in set(for_many):
            self.assertRegex(statement, BOUNDED)

    def test_is_there_without_reviews_and_with_nothing_inline(self):
        response = self.client.get(FIGURES)

        self.assertContains(response, "Nothing is reviewed yet.")
        for inline in (" style=", "<style", "<script>", " onclick="):
            self.assertNotContains(response, inline)

    def test_needs_the_permission_to_view(self):
        self.client.force_login(User.objects.create_user("staff", is_staff=True))

        self.assertEqual(self.client.get(FIGURES).status_code, 403)
