"""Large JPEGs: decoded as small as is enough, damaged or not."""

import io

import numpy as np
from django.test import SimpleTestCase
from PIL import Image

from classifier import pictures
from classifier.pictures.decoding import ANSWERED_SIZE

from ..fixtures.pictures import encode

SIZE = (2405, 1803)  # at no scale of a JPEG a whole number of pixels


def photograph(**options):
    """Return a JPEG of soft light with fine noise, grey, so that it is quick."""
    light = np.linspace(60, 190, SIZE[0])[np.newaxis]
    noise = np.random.default_rng(0).normal(0, 12, SIZE[::-1])
    pixels = np.clip(light + noise, 0, 255).astype(np.uint8)
    return encode(Image.fromarray(pixels), "JPEG", **options)


class DraftTests(SimpleTestCase):
    def test_an_answer_has_no_fewer_pixels_than_its_network_takes(self):
        for size in ((4000, 3000), (1200, 900), (580, 4000), (300, 200)):
            with self.subTest(size):
                picture = pictures.open_picture(
                    io.BytesIO(encode(Image.new("L", size), "JPEG"))
                )

                least = min(min(ANSWERED_SIZE), min(size))
                self.assertGreaterEqual(min(picture.size), least)
                self.assertLess(min(picture.size), max(2 * least, least + 1))

    def test_missing_passes_are_noticed_beyond_the_draft_scale(self):
        content = photograph(progressive=True)

        picture = pictures.open_picture(io.BytesIO(content[: len(content) * 7 // 10]))

        self.assertIs(pictures.is_cut_short(picture), True)
        self.assertEqual(pictures.part(picture), 1.0)

    def test_of_a_file_cut_short_the_rows_are_kept_that_came(self):
        content = photograph()
        file = io.BytesIO(content[: len(content) * 3 // 4])

        picture = pictures.open_picture(file)
        kept, _ = pictures.without_metadata(file, picture)

        self.assertAlmostEqual(pictures.part(picture), 0.75, delta=0.02)
        self.assertGreater(min(Image.open(kept).size), 600)

    def test_a_re_encoded_picture_keeps_more_than_an_answer_needs(self):
        file = io.BytesIO(photograph(icc_profile=b"of somebody"))

        kept, _ = pictures.without_metadata(file, pictures.open_picture(file))

        self.assertGreaterEqual(min(Image.open(kept).size), 900)
