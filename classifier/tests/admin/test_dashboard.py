"""The dashboard on the admin's first page, and the bars above the list."""

import datetime
from unittest import mock

from django.contrib.auth.models import User
from django.test import tag
from django.urls import reverse
from django.utils import timezone

from classifier import history
from classifier.admin.choices import class_names
from classifier.exceptions import HistoryUnavailable
from classifier.networks import checkpoints
from classifier.spool.models import WaitingUpload

from ..fixtures.uploads import make_upload, statements_sent
from .test_admin import LIST, SignedInTestCase

INDEX = reverse("admin:index")


@tag("cassandra")
class DashboardTests(SignedInTestCase):
    def dashboard(self):
        return self.client.get(INDEX).context["dashboard"]

    def test_adds_up_the_past_days(self):
        now = timezone.now()
        sure, unsure = self.record(
            make_upload(now, class_name=class_names()[0]),
            make_upload(now, class_name=class_names()[1], is_sure=False),
        )
        history.correct(sure, sure.class_name, by="ann")

        dashboard = self.dashboard()

        self.assertEqual(dashboard.summary.uploads, 2)
        self.assertEqual(dashboard.summary.unsure_share, 0.5)
        self.assertEqual(dashboard.summary.corrected_share, 0.5)
        self.assertEqual(dashboard.summary.accuracy, 1)
        self.assertEqual({share for _, count, share in dashboard.classes[:2]}, {1})

    def test_has_a_bar_for_each_day_that_leads_there(self):
        [upload] = self.record(make_upload(timezone.now()))

        bars = self.dashboard().bars

        self.assertEqual([bar.count for bar in bars], [0] * 29 + [1])
        self.assertEqual(self.ids(self.client.get(bars[-1].link)), [upload.id])

    def test_works_with_none(self):
        self.assertContains(self.client.get(INDEX), "Uploads in 30 days")

    def test_says_how_many_wait_while_cassandra_is_away(self):
        WaitingUpload.objects.add(make_upload())

        with mock.patch.object(history, "summarize", side_effect=HistoryUnavailable):
            response = self.client.get(INDEX)

        self.assertContains(
            response, "Apache Cassandra does not answer. 1 record waits for it."
        )

    def test_sends_as_many_statements_for_many_uploads_as_for_one(self):
        self.record(make_upload(timezone.now()))
        self.dashboard()
        with statements_sent() as for_one:
            self.dashboard()
        self.record(*(make_upload(timezone.now()) for _ in range(10)))
        with statements_sent() as for_many:
            self.dashboard()

        self.assertEqual(len(for_many), len(for_one))

    def test_leads_to_the_report_of_the_served_network(self):
        self.assertContains(self.client.get(INDEX), reverse("report"))

        report = self.client.get(reverse("report"))

        self.assertContains(report, checkpoints.served_version())
        self.assertContains(report, 'class="breadcrumbs"')

    def test_is_for_users_with_the_view_permission(self):
        self.client.force_login(User.objects.create_user("staff", is_staff=True))

        self.assertNotContains(self.client.get(INDEX), "Uploads in 30 days")


@tag("cassandra")
class HistogramTests(SignedInTestCase):
    def bars(self, **query):
        return self.client.get(LIST, query).context["cl"].histogram

    def test_has_a_bar_for_each_day_up_to_today(self):
        now = timezone.now()
        self.record(*(make_upload(now) for _ in range(4)))
        self.record(make_upload(now - datetime.timedelta(1)))

        before, today = self.bars()[-2:]

        self.assertEqual((before.count, before.height), (1, "0.250"))
        self.assertEqual((today.count, today.height), (4, "1.000"))

    def test_a_bar_leads_to_its_day(self):
        [upload] = self.record(make_upload())
        [bar] = [bar for bar in self.bars(day="2024-02-29") if bar.count]

        self.assertEqual(bar.day, datetime.date(2024, 2, 29))
        self.assertEqual(self.ids(self.client.get(LIST + bar.link)), [upload.id])
