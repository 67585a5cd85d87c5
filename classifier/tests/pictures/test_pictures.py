import io
import tempfile
from pathlib import Path

import numpy as np
from django.test import SimpleTestCase, override_settings
from PIL import Image

from classifier import pictures
from classifier.exceptions import StorageUnavailable, UnreadablePicture

from ..fixtures.pictures import encode, make_garment, make_picture

PIXELS = np.arange(28 * 28, dtype=np.uint8).reshape(28, 28)


def opened(content):
    return pictures.open_picture(io.BytesIO(content))


class FormatTests(SimpleTestCase):
    def test_accepts_every_format(self):
        for format in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF"):
            with self.subTest(format):
                picture = opened(make_picture((40, 30), "red", format))

                self.assertEqual(picture.size, (40, 30))
                self.assertEqual(picture.format, format)

    def test_keeps_a_small_png_bit_for_bit(self):
        picture = opened(encode(Image.fromarray(PIXELS), "PNG"))

        np.testing.assert_array_equal(np.asarray(picture), PIXELS)

    def test_reads_the_first_frame_of_an_animation(self):
        frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
        content = encode(frames[0], "GIF", save_all=True, append_images=frames[1:])

        picture = opened(content)

        self.assertEqual(picture.convert("RGB").getpixel((4, 4)), (255, 0, 0))

    def test_turns_a_picture_upright(self):
        exif = Image.Exif()
        exif[0x0112] = 6  # turn by 90 degrees

        picture = opened(make_picture((40, 30), format="JPEG", exif=exif))

        self.assertEqual(picture.size, (30, 40))

    def test_every_exif_orientation_is_turned_upright(self):
        shape = Image.fromarray(PIXELS)
        # How each orientation is stored: EXIF 2.32, tag 0x0112.
        stored = {
            1: shape,
            2: shape.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
            3: shape.transpose(Image.Transpose.ROTATE_180),
            4: shape.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
            5: shape.transpose(Image.Transpose.TRANSPOSE),
            6: shape.transpose(Image.Transpose.ROTATE_90),
            7: shape.transpose(Image.Transpose.TRANSVERSE),
            8: shape.transpose(Image.Transpose.ROTATE_270),
        }
        for orientation, picture in stored.items():
            with self.subTest(orientation):
                exif = Image.Exif()
                exif[0x0112] = orientation

                found = opened(encode(picture, "PNG", exif=exif))

                np.testing.assert_array_equal(np.asarray(found), PIXELS)

    def test_reads_a_picture_with_broken_exif(self):
        content = make_picture((40, 30), format="JPEG", exif=b"Exif\0\0broken")

        self.assertEqual(opened(content).size, (40, 30))

    def test_decodes_a_large_jpeg_smaller(self):
        picture = opened(make_picture((4000, 3000), format="JPEG"))

        self.assertEqual(picture.size, (500, 375))

    def test_opens_a_path(self):
        with tempfile.NamedTemporaryFile(suffix=".txt") as file:
            file.write(make_picture())
            file.flush()

            self.assertEqual(pictures.open_picture(file.name).size, (28, 28))

    def test_says_that_a_path_is_missing(self):
        with self.assertRaises(FileNotFoundError):
            pictures.open_picture("/nowhere/picture.png")


class RefusalTests(SimpleTestCase):
    def assertRefused(self, content, code, message):
        with self.assertRaisesMessage(UnreadablePicture, message) as caught:
            opened(content)
        self.assertEqual(caught.exception.code, code)

    def test_refuses_an_empty_file(self):
        self.assertRefused(b"", "empty", "0 bytes")

    def test_refuses_files_that_are_no_pictures(self):
        for content in (b"\0" * 900, b"garment" * 100, b"GIF89a"):
            with self.subTest(content[:8]):
                self.assertRefused(content, "not_a_picture", "JPEG, PNG, WebP")

    def test_names_the_size_of_a_file_that_is_no_picture(self):
        self.assertRefused(b"\0" * 3072, "not_a_picture", "3.0\xa0KB")

    def test_refuses_a_truncated_picture(self):
        for format in ("JPEG", "PNG", "BMP", "TIFF", "WEBP", "HEIF", "AVIF"):
            noise = Image.effect_noise((200, 200), 90).convert("RGB")
            content = encode(noise, format)
            with self.subTest(format), self.assertRaises(UnreadablePicture) as caught:
                opened(content[: len(content) // 2])

                self.assertIn(caught.exception.code, ("damaged", "not_a_picture"))

    def test_names_format_and_size_of_a_truncated_picture(self):
        content = make_garment((280, 280), "PNG")

        self.assertRefused(content[:300], "damaged", "PNG picture of 280 × 280 pixels")

    def test_refuses_a_picture_without_pixels(self):
        content = bytearray(make_picture(format="GIF"))
        content[6:10] = bytes(4)  # width and height of the screen
        frame = content.index(b",")
        content[frame + 5 : frame + 9] = bytes(4)  # and of its only frame

        self.assertRefused(bytes(content), "not_a_picture", "JPEG, PNG, WebP")

    @override_settings(MAX_UPLOAD_PIXELS=1_000_000)
    def test_refuses_too_many_pixels_before_decoding(self):
        content = make_picture((1001, 1000))

        self.assertRefused(
            content[:200],
            "too_many_pixels",
            "1001 × 1000 pixels; the limit is 1 million",
        )

    def test_takes_as_many_pixels_and_bytes_as_the_limits_say(self):
        content = make_picture((1000, 1000))
        limits = {"MAX_UPLOAD_PIXELS": 1_000_000, "MAX_UPLOAD_BYTES": len(content)}

        with override_settings(**limits):
            self.assertEqual(opened(content).size, (1000, 1000))

    def test_refuses_a_bomb(self):
        content = bytearray(make_picture(format="BMP"))
        content[18:26] = (60_000).to_bytes(4, "little") * 2

        self.assertRefused(bytes(content), "too_many_pixels", "64 million")

    @override_settings(MAX_UPLOAD_BYTES=100)
    def test_refuses_too_many_bytes(self):
        self.assertRefused(make_garment(), "too_large", "the limit is 100\xa0bytes")


class StoreTests(SimpleTestCase):
    stored_name = "2026/11/23/picture.png"

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.media = Path(folder.name)
        self.enterContext(override_settings(MEDIA_ROOT=self.media))

    def store(self, content):
        file = io.BytesIO(content)
        pictures.store(self.stored_name, file)

    def files(self):
        return sorted(path.name for path in self.media.rglob("*") if path.is_file())

    def test_keeps_the_bytes_as_sent(self):
        self.store(make_garment())

        self.assertEqual(pictures.path(self.stored_name).read_bytes(), make_garment())

    def test_leaves_no_other_file(self):
        self.store(make_garment())

        self.assertEqual(self.files(), ["picture.png"])

    def test_removes_everything(self):
        self.store(make_garment())
        for derived in pictures.DERIVED:
            pictures.path(self.stored_name, derived).write_bytes(b"made later")

        pictures.remove(self.stored_name)

        self.assertEqual(self.files(), [])

    def test_keeps_nothing_where_the_folder_cannot_be_made(self):
        (self.media / "2026").write_text("a file where a folder should be")

        with self.assertRaisesMessage(StorageUnavailable, "Free disk space"):
            self.store(make_garment())

        self.assertEqual(self.files(), ["2026"])

    def test_keeps_nothing_when_the_disk_is_full(self):
        import resource

        content = encode(Image.effect_noise((300, 300), 90), "PNG")
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(content) // 2, limits[1]))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_FSIZE, limits)

        with self.assertRaises(StorageUnavailable):
            self.store(content)

        self.assertEqual(self.files(), [])
