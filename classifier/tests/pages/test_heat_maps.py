"""Heat maps take a second each: kept once made, one at a time, beside the uploads."""

from contextlib import ExitStack
from unittest import mock

from django.conf import settings
from django.test import override_settings, tag

from classifier import explanation, pictures, prediction, uploads
from classifier.derived import keeping
from classifier.limits.concurrency import concurrency_limited

from ..fixtures.pictures import make_garment
from .test_views import PageTestCase


@tag("cassandra")
class HeatMapTests(PageTestCase):
    def setUp(self):
        super().setUp()
        self.post(make_garment())
        [self.upload] = self.uploads()

    def ask(self, upload=None, api=""):
        id = (upload or self.upload).id
        return self.client.get(f"{api}/uploads/{id}/heat-map")

    def kept(self):
        return [path.name for path in self.media.rglob("*.heat-map.webp")]

    def test_is_made_once_and_kept(self):
        first = self.ask()
        with mock.patch.object(explanation, "paint") as paint:
            second = self.ask()

        self.assertEqual(first.status_code, 200)
        self.assertEqual(second.content, first.content)
        paint.assert_not_called()

    def test_another_one_that_is_being_made_is_not_waited_for(self):
        with explanation._one_at_a_time():
            responses = [self.ask(), self.ask(api="/api/v1")]

        for response in responses:
            self.assertEqual(response.status_code, 503)
            self.assertIn("Retry-After", response)
        self.assertEqual(self.ask().status_code, 200)

    def test_one_that_is_kept_is_shown_while_another_is_made(self):
        self.ask()
        with explanation._one_at_a_time():
            self.assertEqual(self.ask().status_code, 200)

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
