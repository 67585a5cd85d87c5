"""Colours outside sRGB: rendered as in a browser, and preserved in stored pictures."""

import base64
import io

import numpy as np
import pillow_heif
import pytest
from django.test import SimpleTestCase
from PIL import Image, ImageCms

from classifier import pictures
from classifier.pictures.colours import convert
from classifier.pictures.modes import opaque

from ..fixtures import colours
from ..fixtures.browser import lent_to
from ..fixtures.colours import FINE, OWNER, chart
from ..fixtures.pictures import encode

CLOSE = 2  # of 255, on average
# What a canvas, which is in sRGB, shows of a picture on white.
SEE = """async (url) => {
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
  const context = canvas.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
  const text = Array.from(pixels, (value) => String.fromCharCode(value)).join("");
  return [canvas.width, canvas.height, btoa(text)];
}"""


def browser_cases():
    """Yield (title, media type, file) of pictures that browsers show."""
    picture, grey, cmyk = chart(), chart().convert("L"), chart().convert("CMYK")
    palette, clear = picture.quantize(200), bytes(range(200))
    with_alpha = picture.copy()
    with_alpha.putalpha(Image.linear_gradient("L").resize(picture.size))
    wide, grey_of, press = (
        colours.rgb_profile(),
        colours.grey_profile(),
        colours.cmyk_profile(),
    )
    grey16 = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    for title, picture_, format, options in (
        ("RGB, wide", picture, "JPEG", FINE | {"icc_profile": wide}),
        ("RGB, wide", picture, "PNG", {"icc_profile": wide}),
        ("RGB, wide", picture, "WEBP", {"icc_profile": wide, "lossless": True}),
        ("RGB, wide", picture, "AVIF", {"icc_profile": wide, "quality": 98}),
        ("alpha, wide", with_alpha, "PNG", {"icc_profile": wide}),
        ("palette, wide", palette, "PNG", {"icc_profile": wide}),
        ("clear palette", palette, "PNG", {"transparency": clear}),
        (
            "clear palette, wide",
            palette,
            "PNG",
            {"transparency": clear, "icc_profile": wide},
        ),
        ("grey, linear", grey, "JPEG", FINE | {"icc_profile": grey_of}),
        ("grey, wide", grey, "JPEG", FINE | {"icc_profile": wide}),
        ("RGB, of greys", picture, "JPEG", FINE | {"icc_profile": grey_of}),
        ("RGB, broken", picture, "JPEG", FINE | {"icc_profile": wide[:300]}),
        ("CMYK", cmyk, "JPEG", FINE),
        ("CMYK, a press", cmyk, "JPEG", FINE | {"icc_profile": press}),
        ("16 bits", grey16, "PNG", {}),
    ):
        content = encode(picture_, format, **options)
        yield title, f"image/{format.lower()}", content
    for title, chunks in {
        "linear": colours.gamma_chunks(1),
        "sRGB's gamma": colours.gamma_chunks(0.45455),
        "gamma and P3": colours.gamma_chunks(0.45455, colours.P3_POINTS),
        "P3 alone": {"cHRM": colours.gamma_chunks(1, colours.P3_POINTS)["cHRM"]},
        "sRGB counts": {"sRGB": b"\0"} | colours.gamma_chunks(1),
        "P3 by code": {"cICP": bytes([12, 13, 0, 1])},
        "PQ by code": {"cICP": bytes([9, 16, 0, 1])},
    }.items():
        yield title, "image/png", colours.png_with(picture, **chunks)
    for title, codes in {
        "P3": (12, 13),
        "PQ": (9, 16),
        "PQ in P3": (12, 16),
        "HLG": (9, 18),
        "Rec. 2020": (9, 14),
        "linear": (1, 8),
        "unspecified": (2, 2),
    }.items():
        yield title, "image/avif", colours.avif_with(picture, *codes)


def opened(content):
    return pictures.open_picture(io.BytesIO(content))


def kept(content):
    file = io.BytesIO(content)
    return pictures.without_metadata(file, pictures.open_picture(file))[0].getvalue()


def as_array(picture):
    return np.asarray(opaque(picture).convert("RGB"), float)


class CloseTestCase(SimpleTestCase):
    def assertClose(self, first, second):
        self.assertEqual(first.shape, second.shape)
        self.assertLess(abs(first - second).mean(), CLOSE)


@pytest.mark.browser
class BrowserTests(CloseTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.page = lent_to(cls).new_page()
        cls.addClassCleanup(cls.page.close)

    def seen(self, content, media_type):
        """Return the browser's rendering, float (h, w, 3)."""
        data = base64.b64encode(content).decode()
        width, height, pixels = self.page.evaluate(
            SEE, f"data:{media_type};base64,{data}"
        )
        values = np.frombuffer(base64.b64decode(pixels), np.uint8).astype(float)
        return values.reshape(height, width, 4)[..., :3]

    def test_shows_and_keeps_the_colours_of_a_browser(self):
        for title, media_type, content in browser_cases():
            with self.subTest(title, media_type=media_type):
                seen = self.seen(content, media_type)

                self.assertClose(as_array(opened(content)), seen)
                stripped = kept(content)
                self.assertNotIn(OWNER, stripped)
                self.assertClose(as_array(opened(stripped)), seen)
                of_kept = Image.MIME[Image.open(io.BytesIO(stripped)).format]
                self.assertClose(self.seen(stripped, of_kept), seen)

    def test_turns_a_picture_as_a_browser_does(self):
        xmp = b'<x:xmpmeta><a tiff:Orientation="6"/></x:xmpmeta>'
        camera, turned = Image.Exif(), Image.Exif()
        camera[0x010F], turned[0x0112] = "Karla", 6
        for title, format, options in (
            ("XMP", "JPEG", {"xmp": xmp}),
            ("XMP beside EXIF", "JPEG", {"xmp": xmp, "exif": camera}),
            ("XMP", "WEBP", {"xmp": xmp}),
            ("XMP", "AVIF", {"xmp": xmp}),
            ("XMP beside EXIF", "AVIF", {"xmp": xmp, "exif": camera}),
            ("XMP against EXIF", "AVIF", {"xmp": xmp, "exif": turned}),
            ("EXIF", "JPEG", {"exif": turned}),
            ("EXIF", "PNG", {"exif": turned}),
        ):
            with self.subTest(title, format=format):
                content = encode(chart(), format, **options)
                seen = self.seen(content, Image.MIME[format])

                self.assertClose(as_array(opened(content)), seen)
                stripped = kept(content)
                self.assertClose(as_array(opened(stripped)), seen)
                self.assertClose(self.seen(stripped, Image.MIME[format]), seen)

    def test_turns_an_avif_once_however_it_is_turned(self):
        for orientation in range(1, 9):
            exif = Image.Exif()
            exif[0x0112] = orientation
            content = encode(chart(), "AVIF", exif=exif, quality=98)
            with self.subTest(orientation):
                seen = self.seen(content, "image/avif")

                self.assertClose(as_array(opened(content)), seen)
                self.assertClose(self.seen(kept(content), "image/avif"), seen)


class ConvertingTests(CloseTestCase):
    """Files that browsers do not show, compared with a format that they do."""

    def test_converts_tiffs(self):
        picture, cmyk = chart(), chart().convert("CMYK")
        lab = ImageCms.applyTransform(
            picture,
            ImageCms.buildTransform(
                ImageCms.createProfile("sRGB"),
                ImageCms.createProfile("LAB"),
                "RGB",
                "LAB",
            ),
        )
        wide, press = colours.rgb_profile(), colours.cmyk_profile()
        for title, content, same in (
            ("LAB", encode(lab, "TIFF"), encode(picture, "PNG")),
            (
                "CMYK, a press",
                encode(cmyk, "TIFF", icc_profile=press),
                encode(cmyk, "JPEG", icc_profile=press, **FINE),
            ),
            (
                "RGB, wide",
                encode(picture, "TIFF", icc_profile=wide),
                encode(picture, "PNG", icc_profile=wide),
            ),
        ):
            with self.subTest(title):
                expected = as_array(opened(same))

                self.assertClose(as_array(opened(content)), expected)
                self.assertNotIn(OWNER, kept(content))
                self.assertClose(as_array(opened(kept(content))), expected)

    def test_converts_heics(self):
        buffer = io.BytesIO()
        pillow_heif.from_pillow(chart()).save(
            buffer,
            quality=98,
            chroma=444,
            color_primaries=9,
            transfer_characteristics=16,
        )
        wide = colours.rgb_profile()
        for title, content, same in (
            ("PQ", buffer.getvalue(), colours.avif_with(chart(), 9, 16)),
            (
                "wide",
                encode(chart(), "HEIF", quality=98, chroma=444, icc_profile=wide),
                encode(chart(), "PNG", icc_profile=wide),
            ),
        ):
            with self.subTest(title):
                expected = as_array(opened(same))

                self.assertClose(as_array(opened(content)), expected)
                self.assertNotIn(OWNER, kept(content))
                self.assertClose(as_array(opened(kept(content))), expected)

    def test_a_large_picture_in_other_colours_comes_smaller(self):
        content = encode(
            chart().resize((3_000, 2_000)), "PNG", icc_profile=colours.rgb_profile()
        )

        self.assertEqual(opened(content).size, (1_500, 1_000))

    def test_a_picture_in_srgb_stays_bit_for_bit(self):
        for profile in (
            colours.rgb_profile(colours.SRGB)[:300],
            ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
            b"",
            b"\0" * 200,
            None,
        ):
            picture = chart()
            picture.info["icc_profile"] = profile

            self.assertIs(convert(picture), False)
            self.assertEqual(picture, chart())
