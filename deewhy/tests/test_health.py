from unittest import mock

from django.db import connections
from django.db.utils import OperationalError
from django.test import SimpleTestCase, TestCase, tag

from classifier import history, prediction
from classifier.exceptions import NetworkUnavailable
from classifier.spool import records
from classifier.spool.models import WaitingUpload
from classifier.tests.fixtures.uploads import make_upload


class AliveTests(SimpleTestCase):
    def test_answers_without_asking_any_part(self):
        response = self.client.get("/healthz")

        self.assertEqual(response.json(), {"status": "ok"})

    def test_answers_whatever_host_is_asked_for(self):
        for host in ("10.1.2.3", "10.1.2.3:8987", "web", "[fd00::1]:8987", "a_b", ""):
            with self.subTest(host=host):
                response = self.client.get("/healthz", headers={"host": host})

                self.assertEqual(response.status_code, 200)

    def test_answers_a_request_without_a_host(self):
        response = self.client.get("/healthz", SERVER_NAME="0.0.0.0")

        self.assertEqual(response.status_code, 200)


@tag("cassandra")
class ReadyTests(TestCase):
    databases = {"default", "cassandra"}

    def test_names_every_part(self):
        response = self.client.get("/readyz")

        self.assertEqual(response.status_code, 200)
        self.assertEqual(
            response.json(),
            {
                "status": "ok",
                "network": "ok",
                "default": "ok",
                "cassandra": "ok",
                "network_version": prediction.served().version,
                "waiting_uploads": 0,
            },
        )

    def test_answers_whatever_host_is_asked_for(self):
        response = self.client.get("/readyz", headers={"host": "10.1.2.3"})

        self.assertEqual(response.status_code, 200)

    def test_is_not_to_be_cached(self):
        self.assertIn("no-store", self.client.get("/readyz")["Cache-Control"])

    def assertUnavailable(self, part):
        response = self.client.get("/readyz")

        self.assertEqual(response.status_code, 503)
        self.assertEqual(response.json()["status"], "unavailable")
        self.assertEqual(
            [name for name, said in response.json().items() if said == "unavailable"],
            ["status", part],
        )

    def test_names_the_network_when_it_is_not_loaded(self):
        with mock.patch.object(prediction, "served", side_effect=NetworkUnavailable):
            self.assertUnavailable("network")

    def test_names_the_default_database_when_it_is_away(self):
        with mock.patch.object(
            connections["default"], "cursor", side_effect=OperationalError
        ):
            self.assertUnavailable("default")

    def test_names_cassandra_when_it_is_away(self):
        with (
            mock.patch.object(history, "is_available", return_value=False),
            mock.patch.object(records.breaker, "retry_at", None),
        ):
            self.assertUnavailable("cassandra")

    def test_does_not_wait_for_a_cassandra_that_did_not_answer_a_moment_ago(self):
        soon = records.breaker.clock() + 1
        with (
            mock.patch.object(history, "is_available") as asked,
            mock.patch.object(records.breaker, "retry_at", soon),
        ):
            self.assertUnavailable("cassandra")

        asked.assert_not_called()

    def test_counts_records_waiting_for_cassandra(self):
        WaitingUpload.objects.add(make_upload())

        self.assertEqual(self.client.get("/readyz").json()["waiting_uploads"], 1)
