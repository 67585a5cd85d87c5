import hashlib
import io
import zlib
from unittest import mock

import numpy as np
from django.test import SimpleTestCase
from PIL import Image, ImageCms

from classifier import pictures
from classifier.pictures import metadata
from classifier.pictures.metadata import profiles

from ..fixtures.colours import OWNER, cmyk_profile, png_with, rgb_profile
from ..fixtures.pictures import encode

SECRET = OWNER
IN_PROFILE = SECRET.decode().encode("utf-16-be")
WITH_EXIF = ("JPEG", "MPO", "PNG", "WEBP", "TIFF", "HEIF", "AVIF")
MAKER, GPS, ORIENTATION = 0x010F, 0x8825, 0x0112


def noise():
    return Image.effect_noise((60, 40), 60).convert("RGB")


def with_metadata(format, orientation=1):
    """Return a picture taken at 52° 31' N by a camera with a name."""
    exif = Image.Exif()
    exif[MAKER] = SECRET.decode()
    exif[ORIENTATION] = orientation
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (52.0, 31.0, 0.0)
    return encode(noise(), format, exif=exif)


def named_srgb():
    """Return an sRGB profile with a name as long as that of littlecms's own."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace("sRGB built-in".encode("utf-16-be"), IN_PROFILE)


def kept(content):
    picture = pictures.open_picture(io.BytesIO(content))
    return picture, pictures.without_metadata(io.BytesIO(content), picture)[0]


class StrippingTests(SimpleTestCase):
    def test_leaves_a_file_without_metadata_as_it_is(self):
        for format in ("JPEG", "MPO", "PNG", "WEBP", "GIF", "HEIF", "AVIF"):
            with self.subTest(format):
                content = encode(noise(), format)

                self.assertEqual(kept(content)[1].getvalue(), content)

    def test_removes_the_place_and_the_camera(self):
        for format in WITH_EXIF:
            with self.subTest(format):
                content = with_metadata(format)
                self.assertIn(SECRET, content)

                picture, stripped = kept(content)

                self.assertNotIn(SECRET, stripped.getvalue())
                exif = Image.open(stripped).getexif()
                self.assertEqual(dict(exif.get_ifd(GPS)), {})
                np.testing.assert_array_equal(
                    np.asarray(pictures.open_picture(stripped)), np.asarray(picture)
                )

    def test_keeps_a_picture_upright(self):
        for format in ("JPEG", "PNG", "WEBP", "AVIF"):
            with self.subTest(format):
                picture, stripped = kept(with_metadata(format, orientation=6))

                self.assertEqual(picture.size, (40, 60))
                self.assertEqual(pictures.open_picture(stripped).size, (40, 60))

    def test_takes_out_comments(self):
        for format in ("JPEG", "GIF"):
            with self.subTest(format):
                content = encode(noise(), format, comment=SECRET)
                self.assertIn(SECRET, content)

                self.assertNotIn(SECRET, kept(content)[1].getvalue())

    def test_removes_data_after_the_picture(self):
        for format in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF"):
            with self.subTest(format):
                content = encode(noise(), format) + SECRET

                self.assertNotIn(SECRET, kept(content)[1].getvalue())

    def test_takes_out_the_thumbnail_of_a_jpeg(self):
        jpeg = encode(noise(), "JPEG")
        jfif = b"\xff\xe0\0\x1cJFIF\0\1\1\0\0\1\0\1\2\2" + SECRET[:12]

        content = kept(jpeg[:2] + jfif + jpeg[20:])[1].getvalue()

        self.assertEqual(content, jpeg)

    def test_takes_out_a_named_profile_that_changes_no_colour(self):
        profile = named_srgb()
        for format in ("JPEG", "PNG", "WEBP", "HEIF", "AVIF"):
            with self.subTest(format):
                content = encode(noise(), format, icc_profile=profile)

                picture, stripped = kept(content)

                found = Image.open(stripped)
                self.assertEqual(found.format, format)
                self.assertNotIn(IN_PROFILE, found.info.get("icc_profile", b""))
                np.testing.assert_array_equal(np.asarray(found), np.asarray(picture))

    def test_keeps_a_known_profile(self):
        profile = rgb_profile()
        known = {hashlib.sha256(profile).hexdigest()}
        for format in ("JPEG", "PNG", "WEBP", "HEIF", "AVIF"):
            content = encode(noise(), format, icc_profile=profile)
            with self.subTest(format), mock.patch.object(profiles, "KNOWN", known):
                self.assertEqual(kept(content)[1].getvalue(), content)

    def test_takes_out_a_name_beside_a_known_profile(self):
        profile = rgb_profile()
        known = {hashlib.sha256(profile).hexdigest()}
        content = png_with(noise(), iCCP=SECRET + b"\0\0" + zlib.compress(profile))

        with mock.patch.object(profiles, "KNOWN", known):
            stripped = kept(content)[1]

        self.assertNotIn(SECRET, stripped.getvalue())
        self.assertEqual(Image.open(stripped).info["icc_profile"], profile)

    def test_joins_a_profile_in_several_segments(self):
        profile = cmyk_profile() + bytes(70_000)
        content = encode(noise().convert("CMYK"), "JPEG", icc_profile=profile)
        self.assertEqual(content.count(b"ICC_PROFILE"), 2)

        stripped = kept(content)[1]

        self.assertEqual(Image.open(stripped).mode, "RGB")

    def test_takes_out_the_names_of_a_sequence(self):
        frames = [noise(), noise()]
        content = encode(
            noise(),
            "AVIF",
            save_all=True,
            append_images=frames,
            icc_profile=named_srgb(),
        )
        self.assertEqual(content.count(IN_PROFILE), 2)

        self.assertNotIn(IN_PROFILE, kept(content)[1].getvalue())

    def test_announces_no_profile_that_it_took_out(self):
        content = encode(noise(), "WEBP", icc_profile=named_srgb())
        self.assertEqual(content[12:16], b"VP8X")
        self.assertTrue(content[20] & 0x20)

        self.assertFalse(kept(content)[1].getvalue()[20] & 0x20)

    def test_keeps_transparency_in_a_palette(self):
        content = encode(noise().quantize(50), "GIF", transparency=7)

        picture, stripped = kept(content[:-1])  # without its end it is not taken apart

        np.testing.assert_array_equal(
            np.asarray(pictures.open_picture(stripped).convert("RGBA")),
            np.asarray(picture.convert("RGBA")),
        )

    def test_keeps_an_animation_moving(self):
        frames = [noise().convert("P") for _ in range(3)]
        content = encode(frames[0], "GIF", save_all=True, append_images=frames, loop=0)

        self.assertEqual(kept(content)[1].getvalue(), content)

    def test_says_when_it_cannot_follow(self):
        heif = bytearray(encode(noise(), "HEIF"))
        at = heif.index(b"iinf") - 4
        heif[at : at + 4] = b"\xff\xff\xff\xff"

        with self.assertRaises(metadata.NotStripped):
            metadata.strip(io.BytesIO(heif), "HEIF")

    def test_keeps_files_that_need_blanked_parts_as_png(self):
        for format in ("HEIF", "AVIF"):
            with self.subTest(format):
                content = encode(noise(), format).replace(b"mdat", b"tadm")

                picture, stripped = kept(content)

                np.testing.assert_array_equal(
                    np.asarray(pictures.open_picture(stripped)), np.asarray(picture)
                )

    def test_keeps_files_with_pixels_as_metadata_as_png(self):
        content = bytearray(with_metadata("AVIF"))
        at = content.index(b"iloc") + 36  # how long the EXIF is, which comes first
        content[at : at + 4] = (500).to_bytes(4, "big")

        picture, stripped = kept(bytes(content))

        self.assertNotIn(SECRET, stripped.getvalue())
        np.testing.assert_array_equal(
            np.asarray(pictures.open_picture(stripped)), np.asarray(picture)
        )

    def test_keeps_unparsed_files_as_png(self):
        content = encode(Image.new("I;16", (30, 30), 40_000), "TIFF")

        picture = Image.open(kept(content)[1])

        self.assertEqual((picture.format, picture.getpixel((0, 0))), ("PNG", 40_000))

    def test_keeps_a_large_one_of_these_smaller(self):
        picture = Image.open(kept(encode(Image.new("L", (5_000, 10)), "BMP"))[1])

        self.assertEqual(picture.size, (2_048, 4))
