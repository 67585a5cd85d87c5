import io

import numpy as np
from django.test import SimpleTestCase
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from classifier.networks.preprocessing import Preprocessing, to_batch
from classifier.pictures.modes import in_colour, to_grey

MODES = ("1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK",
         "YCbCr", "LAB", "HSV", "I", "F", "I;16")  # fmt: skip


def bar(size=(100, 100), ground=0, garment=255, box=(40, 10, 59, 89)):
    """Return a grey picture with a bar four times as high as it is wide."""
    picture = Image.new("L", size, ground)
    ImageDraw.Draw(picture).rectangle(box, fill=garment)
    return picture


def to_image(picture):
    return Preprocessing().image(picture)


class DatasetPictureTests(SimpleTestCase):
    def setUp(self):
        random = np.random.default_rng(0)
        self.image = random.integers(0, 256, (28, 28), np.uint8)

    def test_passes_bit_for_bit(self):
        for mode in ("L", "RGB", "RGBA"):
            with self.subTest(mode):
                picture = Image.fromarray(self.image).convert(mode)

                np.testing.assert_array_equal(to_image(picture), self.image)

    def test_passes_bit_for_bit_through_a_png(self):
        file = io.BytesIO()
        Image.fromarray(self.image).save(file, "PNG")

        np.testing.assert_array_equal(to_image(Image.open(file)), self.image)


class OtherPictureTests(SimpleTestCase):
    """What a checkpoint without a network for photographs sees of them."""

    def test_are_squeezed_into_the_image(self):
        image = to_image(bar(box=(50, 0, 99, 99)))

        self.assertEqual((image[:, :14].max(), image[:, 14:].min()), (0, 255))

    def test_first_frame_of_an_animation_counts(self):
        file = io.BytesIO()
        first, second = bar(), bar(box=(0, 0, 10, 10))
        first.save(file, "GIF", save_all=True, append_images=[second])

        np.testing.assert_array_equal(to_image(Image.open(file)), to_image(first))

    def test_extreme_shapes(self):
        for size in ((1, 1), (1, 4000), (4000, 1), (28, 1), (27, 28)):
            with self.subTest(size):
                image = to_image(Image.new("RGB", size, "red"))

                self.assertEqual(image.shape, (28, 28))

    def test_every_mode_is_accepted(self):
        for mode in MODES:
            with self.subTest(mode):
                image = to_image(Image.new(mode, (40, 30)))

                self.assertEqual((image.shape, image.dtype), ((28, 28), np.uint8))


class ColourTests(SimpleTestCase):
    def test_every_mode_becomes_rgb(self):
        for mode in MODES:
            with self.subTest(mode):
                picture = in_colour(Image.new(mode, (40, 30)))

                self.assertEqual((picture.mode, picture.size), ("RGB", (40, 30)))

    def test_transparent_parts_lie_on_white(self):
        picture = Image.new("RGBA", (4, 4), (200, 0, 0, 0))

        self.assertEqual(in_colour(picture).getpixel((0, 0)), (255, 255, 255))

    def test_16_bit_pictures_keep_their_levels(self):
        levels = np.asarray(bar(), np.uint16) * 257
        picture = Image.fromarray(levels)

        self.assertEqual(picture.mode, "I;16")
        np.testing.assert_array_equal(to_grey(picture), bar())

    def test_32_bit_and_real_pictures_are_scaled_not_clipped(self):
        for dtype, white in ((np.int32, 70000), (np.float32, 1.0)):
            with self.subTest(dtype.__name__):
                levels = (np.asarray(bar()) // 255).astype(dtype) * dtype(white)

                np.testing.assert_array_equal(to_grey(Image.fromarray(levels)), bar())


class BatchTests(SimpleTestCase):
    def test_scales_to_one(self):
        batch = to_batch(np.full((2, 28, 28), 255, np.uint8))

        self.assertEqual((batch.shape, batch.dtype), ((2, 28, 28, 1), np.float32))
        self.assertEqual(batch.max(), 1.0)


@st.composite
def pictures(draw):
    width, height = draw(st.integers(1, 60)), draw(st.integers(1, 60))
    seed = draw(st.integers(0, 2**32 - 1))
    mode = draw(st.sampled_from(("1", "L", "P", "RGB", "RGBA", "CMYK", "LA")))
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 4), np.uint8)
    return Image.fromarray(noise).convert(mode)


class PropertyTests(SimpleTestCase):
    @settings(deadline=None, max_examples=40)
    @given(pictures())
    def test_any_picture_becomes_an_image(self, picture):
        image = to_image(picture)

        self.assertEqual((image.shape, image.dtype), ((28, 28), np.uint8))

    @settings(deadline=None, max_examples=20)
    @given(pictures())
    def test_lossless_encoding_changes_nothing(self, picture):
        picture = picture.convert("RGB")
        for format in ("PNG", "BMP", "TIFF"):
            file = io.BytesIO()
            picture.save(file, format)

            np.testing.assert_array_equal(to_image(Image.open(file)), to_image(picture))

    @settings(deadline=None, max_examples=20)
    @given(pictures())
    def test_the_picture_itself_is_left_alone(self, picture):
        before = picture.tobytes()

        to_image(picture)

        self.assertEqual(picture.tobytes(), before)
