from unittest import mock

from django.contrib.auth import get_user_model
from django.db import DatabaseError
from django.test import TestCase, tag
from django.urls import reverse

from classifier import history
from classifier.exceptions import HistoryUnavailable
from classifier.spool.models import WaitingUpload

from ..fixtures.uploads import make_upload

LIST = reverse("admin:classifier_upload_changelist")
WAITING = reverse("admin:spool_waitingupload_changelist")


class WaitingUploadAdminTests(TestCase):
    def setUp(self):
        user = get_user_model().objects.create_superuser("curator")
        self.client.force_login(user)
        self.upload = make_upload()
        WaitingUpload.objects.add(self.upload)

    def list_while_away(self):
        away = mock.Mock(side_effect=HistoryUnavailable("away"))
        with mock.patch.object(history, "page", away):
            return self.client.get(LIST)

    def test_says_how_many_wait_while_cassandra_is_away(self):
        self.assertContains(
            self.list_while_away(), "1 answered upload waits", status_code=503
        )

    def test_says_nothing_when_none_waits(self):
        WaitingUpload.objects.all().delete()

        self.assertNotContains(self.list_while_away(), "answered", status_code=503)

    def test_says_nothing_when_nobody_knows(self):
        with mock.patch.object(
            WaitingUpload.objects, "count", side_effect=DatabaseError
        ):
            response = self.list_while_away()

        self.assertNotContains(response, "answered", status_code=503)

    def test_lists_waiting_uploads(self):
        self.assertContains(self.client.get(WAITING), str(self.upload.id))

    def test_nothing_can_be_changed_there(self):
        waiting = WaitingUpload.objects.get()
        page = reverse("admin:spool_waitingupload_change", args=[waiting.pk])

        self.assertEqual(self.client.post(page, {}).status_code, 403)
        self.assertNotContains(self.client.get(page), "Delete")


@tag("cassandra")
class NoticeTests(TestCase):
    databases = {"default", "cassandra"}

    def test_says_above_the_list_how_many_wait(self):
        user = get_user_model().objects.create_superuser("curator")
        self.client.force_login(user)
        WaitingUpload.objects.add(make_upload())
        WaitingUpload.objects.add(make_upload())

        self.assertContains(self.client.get(LIST), "2 answered uploads wait")
