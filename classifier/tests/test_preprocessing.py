import io

import numpy as np
from django.test import SimpleTestCase
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from classifier.preprocessing import (
    Preprocessing,
    split_views,
    to_batch,
    to_grey,
)

MODES = ("1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK",
         "YCbCr", "LAB", "HSV", "I", "F", "I;16")  # fmt: skip


def bar(size=(100, 100), ground=0, garment=255, box=(40, 10, 59, 89)):
    """Return a grey picture with a bar four times as high as it is wide."""
    picture = Image.new("L", size, ground)
    ImageDraw.Draw(picture).rectangle(box, fill=garment)
    return picture


def to_image(picture):
    """The first view: of a photograph the cut-out."""
    return Preprocessing().view(picture).image[:, :28]


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


class PhotographTests(SimpleTestCase):
    def test_garment_fills_the_height_and_keeps_its_shape(self):
        image = to_image(bar()) > 100

        self.assertAlmostEqual(np.flatnonzero(image.any(axis=1)).size, 26, delta=1)
        self.assertAlmostEqual(np.flatnonzero(image.any(axis=0)).size, 7, delta=1)

    def test_garment_is_light_on_dark_whatever_the_ground(self):
        for ground, garment in ((30, 230), (230, 30)):
            with self.subTest(ground=ground):
                image = to_image(bar(ground=ground, garment=garment))

                self.assertEqual(image[0, 0], 0)
                self.assertGreaterEqual(image[14, 14], 60)

    def test_the_whole_is_seen_beside_the_cut_out(self):
        image = Preprocessing().view(bar(ground=230, garment=30)).image

        self.assertEqual(image.shape, (28, 56))
        self.assertEqual(image[0, 28], 255)
        self.assertEqual(image[14, 28 + 14], 0)

    def test_transparency_shows_the_ground(self):
        picture = bar(ground=255, garment=0).convert("RGBA")
        picture.putalpha(bar())

        np.testing.assert_array_equal(
            to_image(picture), to_image(bar(ground=255, garment=0))
        )

    def test_large_pictures_look_like_small_ones(self):
        small, large = bar(), bar().resize((2000, 2000))

        is_garment = to_image(large) > 100

        differs = is_garment != (to_image(small) > 100)
        self.assertLess(differs.mean(), 0.08)

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

    def test_nothing_but_ground_is_black(self):
        for colour in ("black", "white", "red"):
            with self.subTest(colour):
                image = to_image(Image.new("RGB", (50, 80), colour))

                self.assertEqual(image.max(), 0)

    def test_first_frame_of_an_animation_counts(self):
        file = io.BytesIO()
        first, second = bar(), bar(box=(0, 0, 10, 10))
        first.save(file, "GIF", save_all=True, append_images=[second])

        np.testing.assert_array_equal(to_image(Image.open(file)), to_image(first))

    def test_extreme_shapes(self):
        for size in ((1, 1), (1, 4000), (4000, 1), (28, 1), (27, 28)):
            with self.subTest(size):
                view = Preprocessing().view(Image.new("RGB", size, "red"))

                self.assertEqual(view.image.shape, (28, 56))

    def test_every_mode_is_accepted(self):
        for mode in MODES:
            with self.subTest(mode):
                image = to_image(Image.new(mode, (40, 30)))

                self.assertEqual((image.shape, image.dtype), ((28, 28), np.uint8))


class BatchTests(SimpleTestCase):
    def test_scales_to_one(self):
        batch = to_batch(np.full((2, 28, 28), 255, np.uint8))

        self.assertEqual((batch.shape, batch.dtype), ((2, 28, 28, 1), np.float32))
        self.assertEqual(batch.max(), 1.0)


class ViewsTests(SimpleTestCase):
    def setUp(self):
        self.images = np.random.default_rng(0).integers(0, 256, (3, 4, 8), np.uint8)

    def test_stand_side_by_side_in_an_image(self):
        views = split_views(self.images)

        self.assertEqual(views.shape, (3, 2, 4, 4))
        np.testing.assert_array_equal(views[1, 0], self.images[1, :, :4])
        np.testing.assert_array_equal(views[1, 1], self.images[1, :, 4:])


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
        image, is_photograph = Preprocessing().view(picture)

        shape = (28, 56) if is_photograph else (28, 28)
        self.assertEqual((image.shape, image.dtype), (shape, np.uint8))

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
