"""Heat maps take a second each: kept once made, one at a time, beside the uploads."""

import io
from contextlib import ExitStack
from unittest import mock

from django.conf import settings
from django.test import override_settings, tag
from PIL import Image

from classifier import cards, explanation, history, pictures, prediction, uploads
from classifier.derived import keeping, previews
from classifier.limits.concurrency import concurrency_limited

from ..fixtures.pictures import make_garment
from ..fixtures.uploads import make_upload
from .test_views import PageTestCase

HOST = "http://testserver"


@tag("cassandra")
class HeatMapTests(PageTestCase):
    def setUp(self):
        super().setUp()
        self.post(make_garment())
        [self.upload] = self.uploads()

    def ask(self, upload=None, api="", **query):
        id = (upload or self.upload).id
        return self.client.get(f"{api}/uploads/{id}/heat-map", query)

    def kept(self):
        return [path.name for path in self.media.rglob("*.heat-map.webp")]

    def test_is_made_once_and_kept(self):
        first = self.ask()
        with mock.patch.object(explanation, "paint") as paint:
            second = self.ask()

        self.assertEqual(first.status_code, 200)
        self.assertEqual(second.content, first.content)
        paint.assert_not_called()

    def test_each_class_has_one_of_its_own_made_once_and_kept(self):
        answered = self.upload.class_name
        other = {"class": next(n for n in self.upload.class_names if n != answered)}
        first, of_other = self.ask(), self.ask(**other)
        with mock.patch.object(explanation, "paint") as paint:
            again = self.ask(**other)
            by_name = self.ask(**{"class": answered})

        paint.assert_not_called()
        self.assertEqual(again.content, of_other.content)
        self.assertNotEqual(of_other.content, first.content)
        self.assertEqual(by_name.content, first.content)
        uploads.delete_by_id(self.upload.id)
        self.assertNothingKept()

    def test_there_is_none_for_a_class_that_the_upload_has_not(self):
        for name in ("Spoon", ""):
            self.assertEqual(self.ask(**{"class": name}).status_code, 404)

    @override_settings(UPLOADS_PER_MINUTE=1)
    def test_one_for_another_class_counts_against_the_limit(self):
        other = next(n for n in self.upload.class_names if n != self.upload.class_name)
        self.ask()

        self.assertEqual(self.ask(**{"class": other}).status_code, 429)

    def test_another_one_that_is_being_made_is_not_waited_for(self):
        with explanation._turn:
            responses = [self.ask(), self.ask(api="/api/v1")]

        for response in responses:
            self.assertEqual(response.status_code, 503)
            self.assertIn("Retry-After", response)
        self.assertEqual(self.ask().status_code, 200)

    def test_one_that_is_kept_is_shown_while_another_is_made(self):
        self.ask()
        with explanation._turn:
            self.assertEqual(self.ask().status_code, 200)

    def test_does_not_wait_for_the_preview_that_the_same_page_requests(self):
        answers = []

        def ask_meanwhile(picture, size):
            answers.append(self.ask())
            return b"preview"

        with mock.patch.object(previews, "_encoded", side_effect=ask_meanwhile):
            self.client.get(f"/uploads/{self.upload.id}/preview")

        self.assertEqual([each.status_code for each in answers], [200])

    def test_takes_no_place_of_an_upload(self):
        with ExitStack() as places:
            for _ in range(settings.UPLOADS_AT_ONCE):
                places.enter_context(concurrency_limited())

            self.assertEqual(self.ask().status_code, 200)

    @override_settings(UPLOADS_PER_MINUTE=1)
    def test_counts_against_the_limit_of_an_address_when_it_is_made(self):
        self.ask()
        again = self.ask()
        pictures.path(self.upload.stored_name, pictures.HEAT_MAP).unlink()
        anew = self.ask()

        self.assertEqual(again.status_code, 200)
        self.assertEqual(anew.status_code, 429)
        self.assertIn("Retry-After", anew)

    def test_stays_when_another_network_is_served(self):
        first = self.ask()
        with mock.patch.object(prediction.served(), "version", "another"):
            second = self.ask()

        self.assertEqual(second.content, first.content)

    def test_goes_with_its_upload(self):
        self.ask()
        self.assertEqual(len(self.kept()), 1)

        uploads.delete_by_id(self.upload.id)

        self.assertEqual(self.kept(), [])

    def test_a_deletion_while_it_is_made_leaves_nothing(self):
        paint = explanation.paint

        def deleted_meanwhile(*args):
            uploads.delete_by_id(self.upload.id)
            return paint(*args)

        with mock.patch.object(explanation, "paint", deleted_meanwhile):
            self.ask()

        self.assertNothingKept()

    def test_without_room_it_is_shown_and_not_kept(self):
        full = OSError("No space left on device")
        with mock.patch.object(keeping.durable_files, "put", side_effect=full):
            response = self.ask()

        self.assertEqual(response.status_code, 200)
        self.assertEqual(self.kept(), [])


@tag("cassandra")
class CardTests(PageTestCase):
    """The picture of a shared link is bounded and kept as maps are."""

    def setUp(self):
        super().setUp()
        self.post(make_garment((300, 400)))
        [self.upload] = self.uploads()
        self.address = f"/uploads/{self.upload.id}/card"

    def test_the_page_names_it_and_its_size(self):
        page = self.client.get(f"/uploads/{self.upload.id}")

        self.assertContains(
            page, f'<meta property="og:image" content="{HOST}{self.address}">'
        )
        with Image.open(io.BytesIO(self.client.get(self.address).content)) as card:
            self.assertEqual((card.format, card.size), ("JPEG", cards.SIZE))

    def test_no_search_engine_keeps_it_and_it_goes_with_its_upload(self):
        self.assertEqual(self.client.get(self.address)["X-Robots-Tag"], "noindex")

        uploads.delete_by_id(self.upload.id)

        self.assertNothingKept()
        self.assertEqual(self.client.get(self.address).status_code, 404)

    @override_settings(UPLOADS_PER_MINUTE=1)
    def test_is_made_once_and_counted_then(self):
        first = self.client.get(self.address)
        again = self.client.get(self.address)
        pictures.path(self.upload.stored_name, pictures.CARD).unlink()

        self.assertEqual(again.content, first.content)
        self.assertEqual(self.client.get(self.address).status_code, 429)

    def test_another_one_that_is_being_made_is_not_waited_for(self):
        with cards._turn:
            self.assertEqual(self.client.get(self.address).status_code, 503)

    def test_words_that_its_font_has_not_are_left_out(self):
        with mock.patch.object(cards, "draw", wraps=cards.draw) as draw:
            for name, words in (("Coat", "Almost certainly a coat"), ("外衣", "")):
                upload = make_upload(
                    stored_name=self.upload.stored_name,
                    class_name=name,
                    class_names=[name] * 10,
                    probability=0.99,
                )
                cards._drawn(upload)

                self.assertEqual(draw.call_args.args[1], words)

    def test_a_corrected_answer_has_none(self):
        history.correct(history.get(self.upload.id), "Bag", by="ann")

        page = self.client.get(f"/uploads/{self.upload.id}")

        self.assertNotContains(page, "og:image")
        self.assertContains(page, '<meta property="og:title" content="It is a bag">')
