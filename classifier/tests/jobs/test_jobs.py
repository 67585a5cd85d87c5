"""Jobs: asked for, run, stopped, and said to be over where their process was killed."""

import tempfile
from pathlib import Path

from django.core.management import call_command
from django.test import override_settings, tag
from django_tasks_db.models import DBTaskResult

from classifier.jobs import queue
from classifier.jobs.models import Job
from classifier.jobs.worker_name import worker_name
from classifier.networks import checkpoints

from ..learning.test_from_history import HistoryTestCase


@tag("cassandra")
class JobTests(HistoryTestCase):
    def setUp(self):
        super().setUp()
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(VAR_DIR=folder))

    def ask(self):
        return queue.ask(
            Job.Kind.FROM_HISTORY, "ann", since=None, only_confirmed=False, most=None
        )

    def run_jobs(self):
        call_command("jobs", batch=True)

    def test_learns_as_the_command_does_and_says_how_far_it_is(self):
        self.review_some()
        job = self.ask()

        self.run_jobs()

        job.refresh_from_db()
        self.assertEqual(job.state, Job.State.DONE)
        self.assertEqual(job.version, self.learnt().version)
        self.assertIn("Reading the reviewed uploads", job.log)
        training = self.learnt().card["training"]
        self.assertEqual(training["command"], "manage.py train --from-history")
        self.assertEqual(training["by"], "ann")

    def test_says_why_it_failed_and_leaves_nothing_behind(self):
        job = self.ask()

        self.run_jobs()

        job.refresh_from_db()
        self.assertEqual(job.state, Job.State.FAILED)
        self.assertIn("got 0, none of them", job.message)
        self.assertEqual(checkpoints.versions(), ["before"])

    def test_speaks_the_language_of_who_asked(self):
        with self.settings(LANGUAGE_CODE="en"):
            job = self.ask()
            Job.objects.update(language="zh-hans")

            self.run_jobs()

        job.refresh_from_db()
        self.assertIn("审核", job.message)

    def test_one_that_waits_is_stopped_at_once_and_never_runs(self):
        self.review_some()
        job = self.ask()

        queue.stop(job, by="ben")
        self.run_jobs()

        job.refresh_from_db()
        self.assertEqual((job.state, job.log), (Job.State.STOPPED, ""))
        self.assertEqual(job.message, "Stopped by ben.")

    def test_one_whose_process_was_killed_is_said_to_be_over(self):
        job = self.ask()
        result = DBTaskResult.objects.get(id=job.task_id)
        result.claim("a worker")
        job.begin(worker_name())

        self.run_jobs()

        job.refresh_from_db()
        self.assertEqual(job.state, Job.State.STOPPED)
        self.assertIn("killed", job.message)
        result.refresh_from_db()
        self.assertEqual(result.status, "FAILED")

    def test_one_of_another_host_is_left_alone_while_it_gives_signs_of_life(self):
        job = self.ask()
        DBTaskResult.objects.get(id=job.task_id).claim("a worker")
        job.begin("another host")

        self.run_jobs()

        job.refresh_from_db()
        self.assertEqual(job.state, Job.State.RUNNING)

    def test_the_same_is_asked_for_again(self):
        self.review_some()
        first = self.ask()
        queue.stop(first, by="ann")

        job = queue.again(first, by="ben")
        self.run_jobs()

        job.refresh_from_db()
        self.assertEqual((job.state, job.asked_by), (Job.State.DONE, "ben"))
