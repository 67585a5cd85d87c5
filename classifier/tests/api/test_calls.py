import gzip
import hashlib
import tempfile
import uuid
from datetime import timedelta
from pathlib import Path
from unittest import mock

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.test import TestCase, override_settings, tag
from django.utils import timezone

from classifier import history, pictures, uploads
from classifier.api.models import RememberedCall, Scope, Token
from classifier.exceptions import (
    HistoryUnavailable,
    NetworkUnavailable,
    Overloaded,
    StorageUnavailable,
)
from classifier.labels import CLASS_NAMES

from ..fixtures.pictures import make_garment, make_picture
from ..fixtures.uploads import NOON, make_upload

CLASSIFY = "/api/v1/classify"


@tag("cassandra")
class CallTestCase(TestCase):
    databases = {"default", "cassandra"}

    def setUp(self):
        self.media = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(MEDIA_ROOT=self.media))

    def bearer(self, *scopes):
        """Return the headers of a superuser's token."""
        owner = User.objects.filter(username="boss").first()
        owner = owner or User.objects.create_superuser("boss")
        _, secret = Token.objects.issue(owner=owner, name="Test", scopes=scopes)
        return {"Authorization": f"Bearer {secret}"}

    def send(self, *files, **headers):
        """Send files as parts named `file`: bytes, or (name, bytes)."""
        named = [each if isinstance(each, tuple) else ("x.png", each) for each in files]
        parts = [SimpleUploadedFile(*each) for each in named]
        return self.client.post(CLASSIFY, {"file": parts}, headers=headers)

    def kept_files(self):
        return [path for path in self.media.rglob("*") if path.is_file()]


class ClassifyTests(CallTestCase):
    def test_answers_one_picture_with_its_class(self):
        response = self.send(("trousers.png", make_garment((28, 28))))

        answer = response.json()
        self.assertEqual(response.status_code, 201)
        self.assertEqual(answer["class_name"], "Trouser")
        self.assertEqual(answer["label"], CLASS_NAMES.index("Trouser"))
        self.assertEqual(answer["probability"], answer["probabilities"]["Trouser"])
        self.assertEqual(tuple(answer["probabilities"]), CLASS_NAMES)
        self.assertAlmostEqual(sum(answer["probabilities"].values()), 1, places=4)
        self.assertIs(answer["sure"], True)
        self.assertEqual(answer["file_name"], "trousers.png")

    def test_says_whether_the_file_was_cut_short(self):
        whole = make_garment(format="BMP")

        answers = [self.send(whole), self.send(whole[:-50])]

        self.assertEqual([each.json()["cut_short"] for each in answers], [False, True])

    def test_links_lead_to_the_upload(self):
        response = self.send(make_garment())

        links = response.json()["links"]
        self.assertEqual(response["Location"], links["self"])
        for link in links.values():
            with self.subTest(link=link):
                self.assertEqual(self.client.get(link).status_code, 200)

    def test_takes_a_picture_as_the_body(self):
        content = make_garment(format="JPEG")

        for content_type in ["image/jpeg", "image/png", "application/octet-stream"]:
            with self.subTest(content_type=content_type):
                response = self.client.post(CLASSIFY, content, content_type)

                self.assertEqual(response.status_code, 201)
                self.assertEqual(response.json()["media_type"], "image/jpeg")
                self.assertEqual(
                    response.json()["sha256"], hashlib.sha256(content).hexdigest()
                )

    def test_records_that_it_came_through_the_api(self):
        id = uuid.UUID(self.send(make_garment()).json()["id"])

        self.assertEqual(history.get(id).source, "api")

    def test_answers_several_pictures_each_on_its_own(self):
        response = self.send(
            ("a.png", make_garment((28, 28))),
            ("b.txt", b"none"),
            ("c.png", make_picture()),
        )

        self.assertEqual(response.status_code, 200)
        first, second, third = response.json()["outcomes"]
        self.assertEqual(first["upload"]["class_name"], "Trouser")
        self.assertEqual(second["file_name"], "b.txt")
        self.assertEqual(second["problem"]["code"], "not_a_picture")
        self.assertEqual(third["upload"]["file_name"], "c.png")

    def test_an_error_with_one_picture_is_its_outcome_alone(self):
        outcomes = [mock.DEFAULT, OverflowError, mock.DEFAULT]
        with (
            mock.patch.object(
                pictures, "store", wraps=pictures.store, side_effect=outcomes
            ),
            self.assertLogs("classifier.api", "ERROR"),
        ):
            response = self.send(*[make_garment()] * 3)

        first, second, third = response.json()["outcomes"]
        self.assertEqual(second["problem"]["code"], "unreadable")
        self.assertIn("upload", first)
        self.assertIn("upload", third)

    @override_settings(API_CALLS_PER_MINUTE=4)
    def test_several_pictures_cost_several_calls(self):
        self.send(make_picture(), make_picture(), make_picture())

        statuses = [self.client.get("/api/v1/network").status_code for _ in range(2)]
        self.assertEqual(statuses, [200, 429])

    @override_settings(API_OPEN=False)
    def test_asks_for_a_token_where_it_is_not_open(self):
        self.assertEqual(self.send(make_garment()).status_code, 401)

        bearer = self.bearer(Scope.CLASSIFY)
        self.assertEqual(self.send(make_garment(), **bearer).status_code, 201)

    def test_keeps_nothing_of_an_unreadable_file(self):
        response = self.send(make_garment()[:500])

        self.assertEqual(response.status_code, 422)
        self.assertEqual(response.json()["code"], "damaged")
        self.assertEqual(self.kept_files(), [])
        self.assertEqual(history.page().rows, [])

    def test_says_that_a_body_came_compressed(self):
        response = self.client.post(
            CLASSIFY,
            gzip.compress(make_garment()),
            content_type="image/png",
            headers={"Content-Encoding": "gzip"},
        )

        self.assertEqual(response.status_code, 415)
        self.assertIn("Send it uncompressed", response.json()["detail"])

    def test_says_which_part_is_away(self):
        for error, name in [
            (NetworkUnavailable, "network-unavailable"),
            (HistoryUnavailable, "history-unavailable"),
            (StorageUnavailable, "storage-unavailable"),
        ]:
            with (
                self.subTest(name=name),
                mock.patch("classifier.uploads.receive", side_effect=error("secret")),
                self.assertLogs("classifier.api.errors", "WARNING"),
            ):
                response = self.send(make_garment())

                self.assertEqual(response.status_code, 503)
                self.assertEqual(response.json()["type"], f"/api/v1/docs#{name}")
                self.assertEqual(response["Retry-After"], "5")
                self.assertNotIn("secret", response.text)


class IdempotencyTests(CallTestCase):
    def send_once(self, *files, key="8e03978e"):
        return self.send(*files, **{"Idempotency-Key": key})

    def test_the_same_call_again_is_answered_the_same_by_one_upload(self):
        first, second = (self.send_once(make_garment()) for _ in range(2))

        self.assertEqual(second.status_code, 201)
        self.assertEqual(first.json(), second.json())
        self.assertEqual(first["Location"], second["Location"])
        self.assertEqual(len(history.page().rows), 1)

    def test_the_same_key_with_another_picture_is_refused(self):
        self.send_once(make_garment())

        response = self.send_once(make_picture())

        self.assertEqual(response.status_code, 422)
        self.assertEqual(response.json()["type"], "/api/v1/docs#key-reused")

    def test_a_picture_as_the_body_is_told_apart_too(self):
        key = {"Idempotency-Key": "8e03978e"}
        self.client.post(CLASSIFY, make_garment(), "image/png", headers=key)

        response = self.client.post(CLASSIFY, make_picture(), "image/png", headers=key)

        self.assertEqual(response.status_code, 422)

    def test_the_same_key_of_another_caller_is_another_call(self):
        first = self.send_once(make_garment())

        bearer = self.bearer(Scope.CLASSIFY)
        second = self.send(make_garment(), **bearer, **{"Idempotency-Key": "8e03978e"})

        self.assertNotEqual(first.json()["id"], second.json()["id"])

    def test_a_call_that_failed_can_be_sent_again(self):
        away = mock.patch(
            "classifier.uploads.receive", side_effect=HistoryUnavailable("away")
        )
        with away:
            self.assertEqual(self.send_once(make_garment()).status_code, 503)

        self.assertEqual(self.send_once(make_garment()).status_code, 201)

    def test_a_call_that_was_refused_does_not_keep_its_key(self):
        busy = mock.patch("classifier.uploads.receive", side_effect=Overloaded("busy"))
        with busy:
            response = self.send_once(make_garment())
        self.assertEqual(response.status_code, 503)
        self.assertEqual(response["Retry-After"], "5")

        self.assertEqual(self.send_once(make_picture()).status_code, 201)

    def test_a_call_cut_short_after_its_record_makes_no_second_upload(self):
        first = self.send_once(make_garment()).json()
        RememberedCall.objects.update(answer=None)  # as if killed before it was kept

        second = self.send_once(make_garment()).json()

        self.assertEqual(first, second)
        self.assertEqual(len(history.page().rows), 1)

    def test_of_several_pictures_only_the_missing_ones_are_sent_again(self):
        files = ("kept.png", make_garment()), ("late.png", make_picture())
        receive = uploads.receive

        def away_for_late(file, **given):
            if file.name == "late.png":
                raise HistoryUnavailable("away")
            return receive(file, **given)

        with mock.patch("classifier.uploads.receive", away_for_late):
            first = self.send_once(*files).json()["outcomes"]
        second = self.send_once(*files).json()["outcomes"]

        self.assertEqual(first[0], second[0])
        self.assertEqual(first[1]["problem"]["status"], 503)
        self.assertIn("upload", second[1])
        self.assertEqual(len(history.page().rows), 2)

    def test_a_key_is_free_again_after_a_day(self):
        first = self.send_once(make_garment()).json()
        RememberedCall.objects.update(created_at=F("created_at") - timedelta(hours=25))

        second = self.send_once(make_garment()).json()

        self.assertNotEqual(first["id"], second["id"])

    def test_a_call_that_takes_too_long_to_end_is_not_waited_for_for_ever(self):
        self.send_once(make_garment())
        RememberedCall.objects.update(
            answer=None, leased_until=timezone.now() + timedelta(minutes=1)
        )

        with mock.patch("classifier.api.idempotency.WAIT_S", 0.1):
            response = self.send_once(make_garment())

        self.assertEqual(response.status_code, 409)
        self.assertEqual(response["Retry-After"], "1")

    def test_a_lease_taken_before_the_clock_was_set_back_blocks_nobody(self):
        first = self.send_once(make_garment()).json()
        RememberedCall.objects.update(
            answer=None, leased_until=timezone.now() + timedelta(hours=1)
        )

        with mock.patch("classifier.api.idempotency.WAIT_S", 0.1):
            response = self.send_once(make_garment())

        self.assertEqual(response.status_code, 201)
        self.assertEqual(response.json(), first)


class UploadTests(CallTestCase):
    def test_returns_the_uploads_answer(self):
        answer = self.send(make_garment()).json()

        self.assertEqual(self.client.get(answer["links"]["self"]).json(), answer)

    def test_answers_404_for_an_id_that_nothing_has(self):
        for id in [uuid.uuid1(), uuid.uuid4()]:
            with self.subTest(id=id):
                response = self.client.get(f"/api/v1/uploads/{id}")

                self.assertEqual(response.status_code, 404)
                self.assertEqual(response["Content-Type"], "application/problem+json")

    def test_shows_why(self):
        answer = self.send(make_garment()).json()

        response = self.client.get(f"{answer['links']['self']}/heat-map")

        self.assertEqual(response["Content-Type"], "image/webp")
        self.assertEqual(response.content[8:12], b"WEBP")

    def test_cannot_show_why_another_network_answered_so(self):
        upload = make_upload(network_version="another")
        history.record(upload)

        response = self.client.get(f"/api/v1/uploads/{upload.id}/heat-map")

        self.assertEqual(response.status_code, 404)
        self.assertEqual(response["Content-Type"], "application/problem+json")

    def test_tells_the_correction(self):
        upload = make_upload(corrected_class_name="Bag", is_corrected=True)
        history.record(upload)

        answer = self.client.get(f"/api/v1/uploads/{upload.id}").json()

        self.assertEqual(answer["corrected_class_name"], "Bag")

    def test_deletes_the_record_with_all_its_pictures(self):
        address = self.send(make_garment()).json()["links"]["self"]
        self.assertTrue(self.kept_files())

        response = self.client.delete(address, headers=self.bearer(Scope.DELETE))

        self.assertEqual(response.status_code, 204)
        self.assertEqual(self.client.get(address).status_code, 404)
        self.assertEqual(self.kept_files(), [])

    def test_logs_the_token_and_the_deleted_id(self):
        answer = self.send(make_garment()).json()
        bearer = self.bearer(Scope.DELETE)
        Token.objects.update(name="A program\nUpload 1 was deleted")

        with self.assertLogs("classifier.operations.audit", "INFO") as logs:
            self.client.delete(answer["links"]["self"], headers=bearer)

        [record] = logs.records
        self.assertRegex(
            record.getMessage(),
            rf"\AUpload {answer['id']} was deleted by the token "
            r"'A program\\nUpload 1 was deleted' \(deewhy_\w+...\) of '\w+'\.\Z",
        )

    def test_deletes_nothing_without_the_scope(self):
        address = self.send(make_garment()).json()["links"]["self"]

        for headers, status in [({}, 401), (self.bearer(Scope.READ), 403)]:
            with self.subTest(status=status):
                response = self.client.delete(address, headers=headers)

                self.assertEqual(response.status_code, status)
                self.assertEqual(self.client.get(address).status_code, 200)


class ListTests(CallTestCase):
    def list(self, **query):
        response = self.client.get(
            "/api/v1/uploads", query, headers=self.bearer(Scope.READ)
        )
        self.assertEqual(response.status_code, 200, response.text)
        return response.json()

    def record(self, count, **values):
        """Record uploads a second apart; return their ids, newest first."""
        made = [
            make_upload(NOON + timedelta(seconds=second), **values)
            for second in range(count)
        ]
        for upload in made:
            history.record(upload)
        return [str(upload.id) for upload in reversed(made)]

    def test_lists_newest_first(self):
        ids = self.record(3)

        self.assertEqual([each["id"] for each in self.list()["uploads"]], ids)

    def test_goes_on_and_back_by_cursors(self):
        ids = self.record(5)

        first = self.list(limit=2)
        second = self.list(limit=2, cursor=first["next_cursor"])
        back = self.list(limit=2, cursor=second["previous_cursor"])

        self.assertEqual([each["id"] for each in second["uploads"]], ids[2:4])
        self.assertEqual(back["uploads"], first["uploads"])
        self.assertIsNone(first["previous_cursor"])

    def test_ends_without_a_cursor(self):
        self.record(2)

        self.assertIsNone(self.list(limit=2)["next_cursor"])

    def test_narrows_the_list(self):
        bags = self.record(
            1,
            class_name="Bag",
            is_sure=False,
            source="api",
            sha256="b" * 64,
            file_name="bag.PNG",
        )
        self.record(1, class_name="Dress")

        for query in [
            {"class_name": "Bag"},
            {"sure": "false"},
            {"source": "api"},
            {"sha256": "b" * 64},
            {"file_name": "BAG.png"},
            {"sure": "false", "class_name": "Bag", "network_version": "v1"},
            {"sure": "false", "since": NOON.isoformat()},
            {"source": "api", "until": (NOON + timedelta(days=1)).isoformat()},
        ]:
            with self.subTest(query=query):
                found = [each["id"] for each in self.list(**query)["uploads"]]
                self.assertEqual(found, bags)
        self.assertEqual(self.list(corrected="true")["uploads"], [])

    def test_takes_times_before_and_after_all_uploads(self):
        self.record(1)

        query = {"since": "0001-01-01T00:00:00Z", "until": "9999-12-31T23:59:59Z"}

        self.assertEqual(len(self.list(**query)["uploads"]), 1)

    def test_refuses_parameters_that_are_none(self):
        for query in [
            {"limit": 0},
            {"limit": 201},
            {"sure": "perhaps"},
            {"source": "mail"},
            {"since": "2024-02-29"},
            {"cursor": "forged"},
        ]:
            with self.subTest(query=query):
                response = self.client.get(
                    "/api/v1/uploads", query, headers=self.bearer(Scope.READ)
                )

                self.assertEqual(response.status_code, 422)
                [error] = response.json()["errors"]
                self.assertEqual([error["parameter"]], list(query))


class NetworkTests(CallTestCase):
    def test_shows_the_card_of_the_served_network(self):
        answer = self.client.get("/api/v1/network").json()

        self.assertEqual(answer["class_names"], list(CLASS_NAMES))
        self.assertEqual(answer["card"]["class_names"], list(CLASS_NAMES))
        self.assertIn("threshold", answer["card"]["calibration"]["photograph"])

    def test_answers_head_too(self):
        self.assertEqual(self.client.head("/api/v1/network").status_code, 200)
