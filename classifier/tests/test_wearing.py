import numpy as np
from django.test import SimpleTestCase

from classifier.finding import views
from classifier.showing import whole
from classifier.wearing import worn_garment

WHITE, NAVY, SKIN, GREY = (245, 245, 245), (20, 30, 80), (214, 160, 130), (90, 90, 95)
GREEN = (70, 160, 90)
TRUNK = np.s_[30:70, 20:52]
HEAD = np.s_[6:26, 28:44]


def person(garment=NAVY, skin=SKIN):
    """Draw somebody in a T-shirt and trousers before white: a picture and the person.

    Returns:
        uint8 (96, 72, 3) and bool (96, 72).
    """
    rgb = np.full((96, 72, 3), WHITE, np.float32)
    rgb[HEAD] = rgb[26:30, 32:40] = skin
    rgb[30:44, 12:60] = rgb[TRUNK] = garment
    rgb[44:72, 12:18] = rgb[44:72, 54:60] = skin
    rgb[70:, 22:50] = GREY
    mask = (rgb != WHITE).any(axis=2)
    rgb += np.random.default_rng(0).normal(0, 3, rgb.shape)
    return np.clip(rgb, 0, 255).astype(np.uint8), mask


class WearingTests(SimpleTestCase):
    def test_leaves_out_face_arms_and_trousers(self):
        rgb, mask = person()

        garment = worn_garment(rgb, mask)

        self.assertGreater(garment[TRUNK].mean(), 0.95)
        for part in (HEAD, np.s_[48:70, 12:18], np.s_[74:, 22:50]):
            self.assertLess(garment[part].mean(), 0.05)

    def test_does_so_whatever_the_skin(self):
        for skin in ((240, 200, 175), (160, 110, 85), (95, 60, 45)):
            with self.subTest(skin=skin):
                garment = worn_garment(*person(skin=skin))

                self.assertLess(garment[HEAD].mean(), 0.05)

    def test_keeps_the_stripes_of_what_is_worn(self):
        rgb, mask = person()
        for top in range(30, 70, 12):
            rgb[top : top + 6, 12:60] = GREEN

        garment = worn_garment(rgb, mask)

        self.assertGreater(garment[TRUNK].mean(), 0.95)
        self.assertLess(garment[74:, 22:50].mean(), 0.05)

    def test_nobody_wears_what_is_wider_than_high(self):
        shoe = np.full((60, 96, 3), WHITE, np.uint8)
        shoe[20:50, 10:90] = NAVY
        shoe[20:26, 10:90] = SKIN

        self.assertIsNone(worn_garment(shoe, (shoe != WHITE).any(axis=2)))

    def test_keeps_a_print_and_leaves_out_hair_of_its_colour(self):
        rgb, mask = person()
        rgb[6:12, 28:44] = rgb[40:60, 28:44] = GREEN

        garment = worn_garment(rgb, mask)

        self.assertGreater(garment[TRUNK].mean(), 0.95)
        self.assertLess(garment[6:12].mean(), 0.05)

    def test_a_garment_of_the_colour_of_skin_is_not_worn(self):
        rgb, mask = person(garment=SKIN)
        mask[:30] = False

        self.assertIsNone(worn_garment(rgb, mask))

    def test_keeps_a_ground_like_skin_that_was_found_below_a_garment(self):
        rgb, mask = person()
        mask[:30] = False  # nobody: arms and trousers are things that lie about

        self.assertIsNone(worn_garment(rgb, mask))

    def test_keeps_stripes_of_the_colour_of_skin(self):
        rgb, mask = person()
        mask[:30] = mask[72:] = False
        for top in range(40, 70, 8):
            rgb[top : top + 4, 12:60] = SKIN

        self.assertIsNone(worn_garment(rgb, mask))

    def test_nobody_is_seen_where_all_is_skin(self):
        rgb, mask = person(garment=SKIN)

        self.assertIsNone(worn_garment(rgb, mask))

    def test_the_second_view_of_a_worn_garment_shows_what_is_around_it(self):
        rgb, _ = person()

        _, second = views(rgb, 28)

        around = whole(rgb[30:70, 12:60], 28)
        self.assertLess(np.abs(second.astype(int) - around).mean(), 12)
        self.assertGreater(np.abs(whole(rgb, 28).astype(int) - around).mean(), 40)
