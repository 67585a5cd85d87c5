"""A visitor's own picture while Cassandra is away: all of a change, or none of it."""

from contextlib import contextmanager
from unittest import mock

from cassandra.cluster import NoHostAvailable
from django.contrib.auth.models import User
from django.urls import reverse

from classifier import history
from classifier.api.models import RememberedCall, Scope
from classifier.exceptions import HistoryUnavailable
from classifier.history import suggestions
from classifier.spool import draining, records
from classifier.spool.models import WaitingUpload
from deewhy.cassandra import session

from ..api.test_tokens import issue
from ..fixtures.pictures import make_garment
from ..pages.test_views import PageTestCase


@contextmanager
def cassandra_away():
    away = NoHostAvailable("away", {})
    with mock.patch.object(session, "session", side_effect=away):
        yield


class AwayTestCase(PageTestCase):
    def setUp(self):
        super().setUp()
        self.enterContext(mock.patch.object(records.breaker, "retry_at", None))

    def send(self):
        """Send a picture as a browser does; remember its id and its files."""
        self.id = self.post(make_garment())["Location"].rpartition("/")[2]
        self.kept = self.files()

    def files(self):
        return sorted(path for path in self.media.rglob("*") if path.is_file())

    def click(self, view, **fields):
        return self.client.post(reverse(f"classifier:{view}", args=[self.id]), fields)

    def assertNothingChanged(self, response):
        self.assertContains(response, "Nothing was kept or changed", status_code=503)
        self.assertContains(response, "Try again in a moment", status_code=503)
        self.assertEqual(response["Retry-After"], "10")
        self.assertEqual(self.files(), self.kept)

    def assertGone(self):
        self.assertNothingKept()
        self.assertIs(WaitingUpload.objects.exists(), False)


class RecordedTests(AwayTestCase):
    def setUp(self):
        super().setUp()
        self.send()

    def test_nothing_is_deleted_at_the_first_click_nor_at_the_next(self):
        with cassandra_away():
            responses = [self.click("delete") for _ in range(2)]

        for response in responses:
            self.assertNothingChanged(response)
        self.assertEqual(len(self.uploads()), 1)

    def test_the_same_click_deletes_it_when_cassandra_is_back(self):
        with cassandra_away():
            self.click("delete")
        draining.look()

        self.assertEqual(self.click("delete").status_code, 303)
        self.assertGone()

    def test_nothing_is_said_of_it_until_cassandra_is_back(self):
        with cassandra_away():
            responses = [self.click("suggest", class_name="Coat") for _ in range(2)]
        draining.look()

        for response in responses:
            self.assertNothingChanged(response)
        self.assertIsNone(suggestions.of(self.uploads()[0].id))
        self.assertEqual(self.click("suggest", class_name="Coat").status_code, 303)
        self.assertEqual(suggestions.of(self.uploads()[0].id).class_name, "Coat")

    def test_its_page_says_each_time_that_cassandra_is_away(self):
        with cassandra_away():
            responses = [self.client.get(f"/uploads/{self.id}") for _ in range(2)]

        self.assertEqual([each.status_code for each in responses], [503, 503])

    def test_its_picture_comes_back_where_cassandra_goes_away_meanwhile(self):
        with mock.patch.object(history, "delete", side_effect=HistoryUnavailable):
            response = self.click("delete")

        self.assertNothingChanged(response)
        draining.look()
        self.assertEqual(self.click("delete").status_code, 303)
        self.assertGone()

    def test_the_same_click_ends_a_deletion_with_a_lost_answer(self):
        delete = history.delete

        def lose_the_answer(upload):
            delete(upload)
            raise HistoryUnavailable("It took too long.")

        with mock.patch.object(history, "delete", lose_the_answer):
            self.click("delete")
        draining.look()

        response = self.client.get(self.click("delete")["Location"])

        self.assertContains(response, self.id)
        self.assertGone()


class SpooledTests(AwayTestCase):
    """Its record waits in the spool: it was sent while Cassandra was away."""

    def setUp(self):
        super().setUp()
        with cassandra_away():
            self.send()

    def test_nothing_is_deleted(self):
        with cassandra_away():
            self.assertNothingChanged(self.click("delete"))

        self.assertIs(WaitingUpload.objects.exists(), True)

    def test_nothing_is_said_of_it(self):
        with cassandra_away():
            self.assertNothingChanged(self.click("suggest", class_name="Coat"))

    def test_the_same_clicks_work_when_cassandra_is_back(self):
        for view in ("suggest", "delete"):
            with cassandra_away():
                self.click(view, class_name="Coat")
        draining.look()

        self.assertEqual(self.click("suggest", class_name="Coat").status_code, 303)
        self.assertEqual(self.click("delete").status_code, 303)
        self.assertGone()

    def test_it_is_deleted_before_its_record_has_left_the_spool(self):
        records.breaker.retry_at = None

        self.click("delete")

        self.assertGone()


class IdempotencyTests(AwayTestCase):
    """Calls with a key, which are answered while Cassandra is away as others are."""

    def classify(self, content=None, key="8e03978e"):
        return self.client.post(
            "/api/v1/classify",
            content or make_garment(),
            "image/png",
            headers={"Idempotency-Key": key},
        )

    def test_the_same_call_again_is_answered_the_same_by_one_upload(self):
        with cassandra_away():
            first, second = self.classify(), self.classify()
        draining.look()

        self.assertEqual((first.status_code, second.status_code), (201, 201))
        self.assertEqual(first.json(), second.json())
        self.assertEqual(first.json(), self.classify().json())
        [upload] = self.uploads()
        self.assertEqual(first.json()["id"], str(upload.id))

    def test_the_same_key_with_another_picture_is_refused(self):
        with cassandra_away():
            self.classify()
            response = self.classify(make_garment((60, 60)))

        self.assertEqual(response.status_code, 422)
        self.assertEqual(response.json()["type"], "/api/v1/docs#key-reused")

    def test_a_call_cut_short_before_its_answer_makes_no_second_upload(self):
        first = self.classify().json()
        RememberedCall.objects.update(answer=None)  # as if killed before it was kept

        with cassandra_away():
            second = self.classify()
        draining.look()

        self.assertEqual(second.json()["id"], first["id"])
        self.assertEqual(len(self.uploads()), 1)


class ProgramTests(AwayTestCase):
    """A program with the permission to delete."""

    def setUp(self):
        super().setUp()
        boss = User.objects.create_superuser("boss")
        _, secret = issue(boss, scopes=[Scope.DELETE])
        self.headers = {"Authorization": f"Bearer {secret}"}

    def delete(self):
        return self.client.delete(f"/api/v1/uploads/{self.id}", headers=self.headers)

    def test_is_told_that_nothing_was_deleted(self):
        with cassandra_away():
            self.send()
            response = self.delete()

        self.assertEqual(response.json()["type"], "/api/v1/docs#history-unavailable")
        self.assertEqual(response["Retry-After"], "5")
        self.assertEqual(self.files(), self.kept)

    def test_the_same_call_deletes_it_when_cassandra_is_back(self):
        with cassandra_away():
            self.send()
            self.delete()
        draining.look()

        self.assertEqual(self.delete().status_code, 204)
        self.assertGone()
        self.assertEqual(self.delete().status_code, 404)
