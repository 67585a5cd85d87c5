"""The page of an upload in the admin."""

import datetime
from unittest import mock

from django.test import tag
from django.urls import reverse

from classifier import history
from classifier.exceptions import HistoryUnavailable
from classifier.history import suggestions

from ..fixtures.uploads import NOON, make_upload
from ..history.test_embeddings import embedding
from .test_admin import LIST, SignedInTestCase, page_of


@tag("cassandra")
class UploadPageTests(SignedInTestCase):
    def test_everything_is_there_in_human_form(self):
        [upload] = self.record(
            make_upload(
                file_name="<b>shirt</b>.png",
                size_bytes=2048,
                source="api",
                latency_ms=1.5,
                network_version="20261123-223048",
            )
        )

        response = self.client.get(page_of(upload))

        for text in (
            "&lt;b&gt;shirt&lt;/b&gt;.png",
            "28 × 28 pixels, 2.0\xa0KB",
            "Feb. 29, 2024 12:00:00.000000 UTC",
            "API",
            "1.5 ms",
            "20261123-223048",
            upload.sha256,
            str(upload.id),
            reverse("classifier:picture", args=[upload.id]),
        ):
            with self.subTest(text=text):
                self.assertContains(response, text)

    def test_speaks_chinese_in_whole_sentences(self):
        [upload] = self.record(make_upload(class_name="Bag", is_sure=False))

        response = self.client.get(
            page_of(upload), headers={"accept-language": "zh-hans"}
        )

        self.assertContains(response, "模型的回答是包，但不确定。")
        self.assertContains(response, "包 (shirt.png)")

    def test_probabilities_fall(self):
        [upload] = self.record(
            make_upload(
                class_names=["Coat", "Bag", "Shirt"], probabilities=[0.2, 0.7, 0.1]
            )
        )

        response = self.client.get(page_of(upload))

        names = [name for name, probability in response.context["ranking"]]
        self.assertEqual(names, ["Bag", "Coat", "Shirt"])

    def test_shows_the_visitors_answer(self):
        [upload] = self.record(make_upload())

        for class_name, sentence in (
            ("Bag", "The visitor says that it is: Bag."),
            ("", "The visitor says that it is none of the classes."),
        ):
            with self.subTest(class_name=class_name):
                suggestions.keep(upload.id, class_name)

                self.assertContains(self.client.get(page_of(upload)), sentence)

    def test_nothing_is_inline(self):
        [upload] = self.record(make_upload())

        for address in (LIST, page_of(upload), reverse("admin:index")):
            with self.subTest(address=address):
                response = self.client.get(address)

                for inline in (" style=", "<style", "<script>", " onclick="):
                    self.assertNotContains(response, inline)

    def test_unknown_ids_lead_home(self):
        for id in (history.new_id(), "no-id"):
            with self.subTest(id=id):
                response = self.client.get(f"{LIST}{id}/change/")

                self.assertRedirects(response, reverse("admin:index"))


@tag("cassandra")
class NeighbourTests(SignedInTestCase):
    def neighbours(self, upload, **query):
        response = self.client.get(page_of(upload), query)
        return response.context["neighbours"]

    def test_lead_to_the_uploads_beside_it_in_time(self):
        newest, middle, oldest = self.record_many(3)

        self.assertEqual(
            self.neighbours(middle),
            {"newer": page_of(newest), "older": page_of(oldest)},
        )

    def test_there_are_none_at_the_ends(self):
        [only] = self.record_many(1)

        self.assertEqual(self.neighbours(only), {"newer": None, "older": None})

    def test_stay_in_the_list_that_led_there(self):
        second = datetime.timedelta(seconds=1)
        bag, coat, other_bag = self.record(
            make_upload(NOON, class_name="Bag"),
            make_upload(NOON - second, class_name="Coat"),
            make_upload(NOON - 2 * second, class_name="Bag"),
        )

        found = self.neighbours(bag, _changelist_filters="class_name=Bag")

        self.assertEqual(
            found["older"],
            f"{page_of(other_bag)}?_changelist_filters=class_name%3DBag",
        )


@tag("cassandra")
class TwinTests(SignedInTestCase):
    def test_the_same_picture_sent_before_is_shown(self):
        second = datetime.timedelta(seconds=1)
        upload, twin, other = self.record(
            make_upload(NOON, sha256="a" * 64),
            make_upload(NOON - second, sha256="a" * 64),
            make_upload(NOON - 2 * second, sha256="b" * 64),
        )

        response = self.client.get(page_of(upload))

        self.assertEqual([u.id for u in response.context["twins"]], [twin.id])
        self.assertContains(response, f"{LIST}?q={'a' * 64}")

    def test_a_picture_sent_once_has_none(self):
        [upload] = self.record(make_upload())

        self.assertNotContains(self.client.get(page_of(upload)), "The same picture")


@tag("cassandra")
class SimilarTests(SignedInTestCase):
    def setUp(self):
        super().setUp()
        self.upload, *_ = self.many = [
            make_upload(NOON, sha256=digit * 64) for digit in "aabcdefg0"
        ]
        for number, upload in enumerate(self.many):
            upload.embedding = embedding(float(number))
        self.record(*self.many)

    def similar(self):
        response = self.client.get(page_of(self.upload))
        return response, [one.id for one in response.context["similar"]]

    def test_six_others_are_shown_the_most_similar_first(self):
        response, ids = self.similar()

        self.assertEqual(ids, [one.id for one in self.many[2:8]])
        self.assertContains(response, "Similar pictures")
        self.assertContains(response, f'<a href="{page_of(self.many[2])}"')

    def test_none_are_shown_of_an_upload_without_an_embedding(self):
        [self.upload] = self.record(make_upload())

        self.assertNotContains(self.similar()[0], "Similar pictures")

    def test_the_page_is_there_where_the_search_fails(self):
        with mock.patch.object(
            history, "similar", side_effect=HistoryUnavailable("no index")
        ):
            response, ids = self.similar()

        self.assertEqual((response.status_code, ids), (200, []))
