"""Previews and thumbnails: made when first asked for, kept, gone with their upload."""

import io
from contextlib import ExitStack
from unittest import mock

from django.conf import settings
from django.test import tag
from PIL import Image

from classifier import pictures, uploads
from classifier.derived import keeping, previews
from classifier.exceptions import StorageUnavailable
from classifier.limits import locks
from classifier.limits.concurrency import concurrency_limited

from ..fixtures.pictures import make_garment, make_picture
from .test_views import PageTestCase

MODES = (*"1LPIF", "LA", "RGB", "RGBA", "CMYK", "LAB", "YCbCr", "I;16")


@tag("cassandra")
class PreviewTests(PageTestCase):
    def sent(self, content):
        self.post(content)
        [self.upload] = self.uploads()
        return self.upload

    def ask(self, name="preview"):
        return self.client.get(f"/uploads/{self.upload.id}/{name}")

    def shown(self, name):
        return Image.open(io.BytesIO(self.ask(name).content))

    def files(self):
        return sorted(
            path.name.partition(".")[2]
            for path in self.media.rglob("*")
            if path.is_file() and locks.FOLDER not in path.parts
        )

    def test_an_upload_alone_makes_none(self):
        self.sent(make_garment())

        self.assertEqual(self.files(), ["png"])

    def test_each_has_its_size(self):
        self.sent(make_picture((2000, 1000), "red", "JPEG"))

        self.assertEqual(self.shown("thumbnail").size, (160, 80))
        self.assertEqual(self.shown("preview").size, (800, 400))

    def test_is_made_once_and_kept(self):
        self.sent(make_garment())
        first = self.ask()
        with mock.patch.object(keeping, "original") as original:
            second = self.ask()

        self.assertEqual(second.content, first.content)
        self.assertEqual(self.files(), ["png", "preview.webp"])
        original.assert_not_called()

    def test_a_thumbnail_comes_from_the_preview_that_is_there(self):
        self.sent(make_garment(size=(300, 200)))
        self.ask()
        with mock.patch.object(keeping, "original") as original:
            size = self.shown("thumbnail").size

        self.assertEqual(size, (160, 107))
        original.assert_not_called()

    def test_one_that_a_power_cut_left_empty_is_made_again(self):
        self.sent(make_garment())
        pictures.path(self.upload.stored_name, pictures.PREVIEW).touch()

        self.assertEqual(self.shown("preview").format, "WEBP")
        self.assertTrue(keeping.kept(self.upload, pictures.PREVIEW))

    def test_every_mode_has_one(self):
        for mode in MODES:
            with self.subTest(mode):
                self.sent(make_picture((40, 30), None, "TIFF", mode))

                self.assertEqual(self.shown("thumbnail").size, (40, 30))
                uploads.delete_by_id(self.upload.id)

    def test_holds_no_metadata(self):
        exif = Image.Exif()
        exif[0x010E] = "taken at home"
        self.sent(make_picture(format="JPEG", exif=exif))

        for name in ("thumbnail", "preview"):
            self.assertEqual(len(self.shown(name).getexif()), 0)

    def test_takes_no_place_of_an_upload(self):
        self.sent(make_garment())
        with ExitStack() as places:
            for _ in range(settings.UPLOADS_AT_ONCE):
                places.enter_context(concurrency_limited())

            self.assertEqual(self.ask().status_code, 200)

    def test_beyond_those_that_wait_it_can_be_asked_for_later(self):
        self.sent(make_garment())
        with ExitStack() as waiting:
            for _ in range(previews.MOST_WAITING):
                waiting.enter_context(previews._waiting)
            response = self.ask("thumbnail")

        self.assertEqual(response.status_code, 503)
        self.assertIn("Retry-After", response)
        self.assertEqual(self.ask("thumbnail").status_code, 200)

    def test_a_full_disk_shows_it_and_keeps_nothing(self):
        self.sent(make_garment())
        full = OSError("No space left on device")
        for part, error in (
            (mock.patch.object(keeping.durable_files, "put", side_effect=full), full),
            (mock.patch.object(locks, "exclusive", side_effect=NO_LOCK), NO_LOCK),
        ):
            with self.subTest(str(error)), part:
                self.assertEqual(self.ask().status_code, 200)
                self.assertEqual(self.files(), ["png"])

    def test_a_deletion_while_it_is_made_leaves_nothing(self):
        self.sent(make_garment())
        draw = previews._drawn

        def deleted_meanwhile(*args):
            content = draw(*args)
            uploads.delete_by_id(self.upload.id)
            return content

        with mock.patch.object(previews, "_drawn", deleted_meanwhile):
            self.ask()

        self.assertNothingKept()

    def test_goes_with_its_upload(self):
        self.sent(make_garment())
        self.ask("thumbnail")
        self.ask("preview")

        uploads.delete_by_id(self.upload.id)

        self.assertEqual(self.files(), [])

    def test_of_a_picture_that_is_gone_there_is_none(self):
        self.sent(make_garment())
        pictures.path(self.upload.stored_name).unlink()

        self.assertEqual(self.ask().status_code, 404)


NO_LOCK = StorageUnavailable("Expected to lock, got no space left.")
