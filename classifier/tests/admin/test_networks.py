"""The pages of networks in the admin."""

import json
import tempfile
from pathlib import Path

import numpy as np
from django.contrib.admin.models import LogEntry
from django.test import override_settings, tag
from django.urls import reverse

from classifier.evaluation import reports
from classifier.evaluation.metrics import Evaluation
from classifier.jobs import queue
from classifier.jobs.models import Job
from classifier.networks import checkpoints, promotions

from ..fixtures.networks import make_checkpoint
from ..learning.test_promotion import right
from .test_admin import SignedInTestCase

NETWORKS = reverse("admin:learning_network_changelist")
LEARN = reverse("admin:learning_network_learn")


def make_evaluation():
    """Return answers to a coat and a pair of trousers, "trousers" at 70 % each."""
    return Evaluation(
        probabilities=np.array([[0.3, 0.7], [0.3, 0.7]]),
        labels=np.array([0, 1]),
        is_sure=np.array([True, True]),
        class_names=("Coat", "Trouser"),
        images=np.zeros((2, 4, 4), np.uint8),
    )


def address(action, version):
    return reverse(f"admin:learning_network_{action}", args=[version])


@tag("cassandra")
class NetworksTests(SignedInTestCase):
    def setUp(self):
        super().setUp()
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(CHECKPOINTS_DIR=folder))
        for version, accuracy in (("better", 0.9), ("worse", 0.8), ("first", 0.85)):
            make_checkpoint(version, **right(accuracy))

    def test_the_first_page_of_the_admin_leads_to_them(self):
        self.assertContains(self.client.get(reverse("admin:index")), NETWORKS)

    def test_lists_each_with_its_figures(self):
        page = self.client.get(NETWORKS)

        for version in ("better", "worse", "first"):
            self.assertContains(page, address("change", version))
        self.assertContains(page, "80.00 %")

    def test_shows_one_beside_the_served_one(self):
        page = self.client.get(address("change", "worse"))

        self.assertContains(page, "-5.00 %")
        self.assertContains(page, address("report", "worse"))

    def test_promotes_and_keeps_who_did_it_and_why(self):
        self.client.post(address("promote", "worse"), {"reason": "To try it."})

        done = promotions.of_served()
        self.assertEqual((done.version, done.by), ("worse", "root"))
        self.assertEqual(done.reason, "To try it.")
        self.assertEqual(LogEntry.objects.get().object_id, "worse")

    def test_a_worse_one_is_not_promoted_without_a_reason(self):
        page = self.client.post(address("promote", "worse"), follow=True)

        self.assertContains(page, "80.00 % right")
        self.assertEqual(checkpoints.served_version(), "first")

    def test_goes_back(self):
        self.client.post(address("promote", "better"))
        self.assertContains(self.client.get(NETWORKS), "Go back to first")

        self.client.post(reverse("admin:learning_network_rollback"))

        self.assertEqual(checkpoints.served_version(), "first")

    def test_moves_one_aside(self):
        self.client.post(address("archive", "worse"))

        self.assertNotIn("worse", checkpoints.versions())

    def report(self, language="en"):
        headers = {"accept-language": language}
        return self.client.get(address("report", "worse"), headers=headers)

    def keep_sections(self):
        title = "Images, the test split"
        sections = {"image": [reports.section(make_evaluation(), title)]}
        path = checkpoints.open_checkpoint("worse").path / checkpoints.SECTIONS
        path.write_text(json.dumps(sections))

    def test_shows_a_report_in_the_frame_of_the_admin(self):
        self.keep_sections()

        page = self.report()

        self.assertContains(page, '<ul class="mistakes">')
        self.assertContains(page, address("change", "worse"))
        self.assertContains(page, '<div class="breadcrumbs">')
        self.assertIn("img-src 'self' blob: data:", page["Content-Security-Policy"])

    def test_shows_a_report_in_chinese(self):
        self.keep_sections()

        page = self.report("zh-hans")

        self.assertContains(page, "图像，测试集")
        self.assertContains(page, "外套，回答为裤子，概率 70.0 %")
        self.assertNotContains(page, "Accuracy")

    def test_says_that_a_network_was_released_without_a_report(self):
        self.assertContains(self.report(), "released without a report")

    def test_a_button_asks_for_a_job_that_learns_from_the_history(self):
        self.sign_in("view_network", "learn_network")

        page = self.client.post(
            LEARN, {"since": "2026-01-31", "only_confirmed": "on", "most": "50"}
        )

        job = Job.objects.get()
        self.assertRedirects(page, reverse("admin:jobs_job_change", args=[job.pk]))
        self.assertEqual((job.kind, job.asked_by), (Job.Kind.FROM_HISTORY, "staff"))
        self.assertEqual(
            job.parameters,
            {
                "since": "2026-01-31T00:00:00+00:00",
                "only_confirmed": True,
                "most": 50,
            },
        )

    def test_a_limit_that_is_no_number_is_explained(self):
        page = self.client.post(LEARN, {"most": "many"})

        self.assertContains(page, "Enter a whole number.")
        self.assertFalse(Job.objects.exists())

    def test_the_page_of_a_finished_job_shows_gains_and_promotes(self):
        job = queue.ask(Job.Kind.FROM_HISTORY, "ann")
        job.finish(Job.State.DONE, "Learned.", "worse")

        page = self.client.get(reverse("admin:jobs_job_change", args=[job.pk]))

        self.assertContains(page, "-5.00 %")
        self.assertContains(page, address("promote", "worse"))

    def test_a_job_is_stopped_and_asked_for_again(self):
        job = queue.ask(Job.Kind.FROM_HISTORY, "ann")

        self.client.post(reverse("admin:jobs_job_stop", args=[job.pk]))
        page = self.client.post(
            reverse("admin:jobs_job_again", args=[job.pk]), follow=True
        )

        states = [job.state for job in Job.objects.order_by("pk")]
        self.assertEqual(states, [Job.State.STOPPED, Job.State.WAITING])
        self.assertContains(page, "It begins when")

    def test_who_may_view_jobs_neither_asks_for_one_nor_stops_it(self):
        job = queue.ask(Job.Kind.FROM_HISTORY, "ann")
        self.sign_in("view_network")

        self.assertEqual(self.client.post(LEARN).status_code, 403)
        for action, status in (("change", 200), ("stop", 403), ("again", 403)):
            page = reverse(f"admin:jobs_job_{action}", args=[job.pk])
            response = (
                self.client.get(page) if status == 200 else self.client.post(page)
            )
            self.assertEqual(response.status_code, status)

    def test_who_may_view_changes_nothing(self):
        self.sign_in("view_network")

        self.assertEqual(self.client.get(NETWORKS).status_code, 200)
        self.assertNotContains(self.client.get(address("change", "worse")), "Promote")
        for action in ("promote", "archive"):
            response = self.client.post(address(action, "better"))
            self.assertEqual(response.status_code, 403)
        self.assertEqual(checkpoints.served_version(), "first")

    def test_others_see_nothing(self):
        self.sign_in("view_upload", "change_upload")

        for page in (NETWORKS, address("change", "first"), address("report", "first")):
            self.assertEqual(self.client.get(page).status_code, 403)

    def test_nothing_changes_by_a_link(self):
        for action in ("promote", "archive"):
            response = self.client.get(address(action, "better"))
            self.assertEqual(response.status_code, 405)

    def test_answers_404_for_one_that_is_not_there(self):
        for version in ("missing", "..", "archived"):
            response = self.client.get(f"{NETWORKS}{version}/")
            self.assertEqual(response.status_code, 404)
