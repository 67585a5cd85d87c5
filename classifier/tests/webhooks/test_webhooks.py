import io
import json
import tempfile
from datetime import timedelta
from unittest import mock

from django.contrib.auth.models import User
from django.test import SimpleTestCase, TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from classifier import history, uploads
from classifier.exceptions import HistoryUnavailable
from classifier.spool import records
from classifier.spool.models import Lease
from classifier.webhooks import sending
from classifier.webhooks.checks import check_settings
from classifier.webhooks.models import DELAYS_S, Message
from classifier.webhooks.sending import LEASE, post, send_due
from classifier.webhooks.signing import InvalidSecret, check_secret, headers

from ..api.test_service import examples
from ..fixtures.pictures import make_garment
from ..fixtures.receiver import SECRET, Receiver
from ..fixtures.uploads import make_upload


class SigningTests(SimpleTestCase):
    def test_signs_as_the_specification_does(self):
        """The example of github.com/standard-webhooks, spec, "Webhook signature"."""
        signed = headers(
            SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
        )

        self.assertEqual(
            signed["webhook-signature"],
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        )

    def test_refuses_a_secret_that_is_none(self):
        for secret in ["", "secret", "whsec_", "whsec_!", "whsec_c2hvcnQ="]:
            with self.subTest(secret=secret), self.assertRaises(InvalidSecret):
                check_secret(secret)


class SendingTests(TestCase):
    def setUp(self):
        self.receiver = self.enterContext(Receiver())
        self.enterContext(
            override_settings(WEBHOOK_URL=self.receiver.url, WEBHOOK_SECRET=SECRET)
        )

    def announce(self):
        upload = make_upload()
        uploads.received.send(sender=None, upload=upload)
        return upload

    def send_failing(self):
        with self.assertLogs("classifier.webhooks.sending", "WARNING"):
            self.assertEqual(send_due(), 0)

    def test_sends_the_upload_as_the_api_shows_it(self):
        upload = self.announce()

        self.assertEqual(send_due(), 1)

        [(path, received, body)] = self.receiver.received
        message = json.loads(body)
        self.assertEqual(path, "/deewhy")
        self.assertEqual(received["Content-Type"], "application/json")
        self.assertEqual(message["type"], "upload.created")
        self.assertEqual(message["data"]["id"], str(upload.id))
        self.assertEqual(message["data"]["class_name"], upload.class_name)
        self.assertEqual(
            message["data"]["links"]["self"], f"/api/v1/uploads/{upload.id}"
        )

    def test_sends_no_message_deleted_in_the_meantime(self):
        first, second = self.announce(), self.announce()

        def deletes_the_second(message):
            uploads.deleted.send(sender=None, ids=[second.id])
            return post(message)

        with mock.patch.object(sending, "post", deletes_the_second):
            self.assertEqual(send_due(), 1)

        [(_, _, body)] = self.receiver.received
        self.assertEqual(json.loads(body)["data"]["id"], str(first.id))

    def test_a_message_that_fails_while_its_upload_is_deleted_stays_away(self):
        upload = self.announce()

        def deletes_it(message):
            uploads.deleted.send(sender=None, ids=[upload.id])
            raise OSError("Nobody listens.")

        with mock.patch.object(sending, "post", deletes_it):
            self.send_failing()

        self.assertEqual(Message.objects.count(), 0)

    def test_sends_in_the_order_in_which_uploads_came(self):
        uploads = [self.announce() for _ in range(3)]

        send_due()

        told = [json.loads(body)["data"]["id"] for *_, body in self.receiver.received]
        self.assertEqual(told, [str(upload.id) for upload in uploads])

    def test_sends_refused_messages_once_the_receiver_is_back(self):
        upload = self.announce()
        with override_settings(WEBHOOK_URL="http://127.0.0.1:9/"):
            self.send_failing()
        Message.objects.update(next_attempt_at=timezone.now())

        self.assertEqual((send_due(), send_due()), (1, 0))

        [(_, _, body)] = self.receiver.received
        self.assertEqual(json.loads(body)["data"]["id"], str(upload.id))

    def test_an_upload_is_announced_while_cassandra_is_away(self):
        away = mock.patch.object(history, "record", side_effect=HistoryUnavailable)
        breaker = mock.patch.object(records.breaker, "retry_at", None)
        with tempfile.TemporaryDirectory() as folder:
            media = override_settings(MEDIA_ROOT=folder)
            with media, away, breaker:
                file = io.BytesIO(make_garment())
                upload = uploads.receive(file, file_name="a.png", source="api")

        self.assertEqual(Message.objects.get().upload_id, upload.id)

    def test_the_guides_code_tells_genuine_messages(self):
        guide = {}
        exec(examples("python")[-1], guide)
        self.announce()

        send_due()

        [(_, received, body)] = self.receiver.received
        self.assertIs(guide["is_genuine"](SECRET, received, body), True)
        self.assertIs(guide["is_genuine"](SECRET, received, body + b" "), False)

    def test_forgets_a_message_that_was_taken(self):
        self.announce()

        send_due()

        self.assertFalse(Message.objects.exists())

    def test_keeps_a_message_that_was_not_taken(self):
        for status in [302, 404, 500]:
            with self.subTest(status=status):
                self.receiver.statuses = [status]
                self.announce()

                self.send_failing()

                message = Message.objects.get()
                self.assertEqual(message.attempts, 1)
                self.assertIn(str(status), message.reason)
                message.delete()

    def test_follows_no_redirect(self):
        self.receiver.statuses = [307]
        self.announce()

        self.send_failing()

        self.assertEqual([path for path, *_ in self.receiver.received], ["/deewhy"])

    def test_waits_longer_after_each_attempt(self):
        self.receiver.statuses = [500] * len(DELAYS_S)
        self.announce()
        for delay_s in DELAYS_S:
            before = timezone.now()
            self.send_failing()
            message = Message.objects.get()
            self.assertAlmostEqual(
                message.next_attempt_at,
                before + timedelta(seconds=delay_s),
                delta=timedelta(seconds=5),
            )
            Message.objects.update(next_attempt_at=timezone.now())

    def test_sends_nothing_before_its_time(self):
        self.announce()
        Message.objects.update(next_attempt_at=timezone.now() + timedelta(seconds=5))

        self.assertEqual(send_due(), 0)

    def test_gives_up_in_the_end_and_keeps_the_message(self):
        self.receiver.statuses = [500]
        self.announce()
        Message.objects.update(attempts=len(DELAYS_S))

        self.send_failing()

        self.assertIsNone(Message.objects.get().next_attempt_at)
        self.assertEqual(send_due(), 0)

    def test_sends_the_same_id_at_each_attempt(self):
        self.receiver.statuses = [500]
        self.announce()

        self.send_failing()
        Message.objects.update(next_attempt_at=timezone.now())
        send_due()

        self.assertEqual(
            len({each["webhook-id"] for _, each, _ in self.receiver.received}), 1
        )

    def test_keeps_the_message_where_nobody_listens(self):
        self.announce()

        with override_settings(WEBHOOK_URL="http://127.0.0.1:9/"):
            self.send_failing()

        self.assertEqual(Message.objects.get().attempts, 1)

    def test_lets_one_process_send_at_a_time(self):
        self.announce()
        Lease.take(LEASE, "another process")

        self.assertEqual(send_due(), 0)
        self.assertEqual(self.receiver.received, [])

    def test_a_message_is_sent_again_from_the_admin(self):
        self.announce()
        Message.objects.update(attempts=10, next_attempt_at=None)
        self.client.force_login(User.objects.create_superuser("boss"))

        self.client.post(
            reverse("admin:webhooks_message_changelist"),
            {"action": "send_again", "_selected_action": [Message.objects.get().pk]},
        )

        self.assertEqual(send_due(), 1)


class SettingTests(TestCase):
    def test_keeps_no_message_where_none_is_wanted(self):
        uploads.received.send(sender=None, upload=make_upload())

        self.assertFalse(Message.objects.exists())

    def test_finds_nothing_wrong_with_the_defaults(self):
        self.assertEqual(check_settings(None), [])

    def test_names_the_error(self):
        for settings, id in [
            ({"WEBHOOK_URL": "ftp://a", "WEBHOOK_SECRET": SECRET}, "webhooks.E001"),
            ({"WEBHOOK_URL": "https://a", "WEBHOOK_SECRET": ""}, "webhooks.E002"),
        ]:
            with self.subTest(id=id), override_settings(**settings):
                self.assertEqual([error.id for error in check_settings(None)], [id])
