from django.test import SimpleTestCase

from classifier.answers import percent, shown_size

from ..fixtures.uploads import make_upload


class PercentTests(SimpleTestCase):
    def test_rounds_to_one_decimal(self):
        self.assertEqual(percent(0.99898), "99.9%")
        self.assertEqual(percent(0.68774), "68.8%")

    def test_claims_neither_certainty_nor_impossibility(self):
        self.assertEqual(percent(1.0), ">99.9%")
        self.assertEqual(percent(0.0), "<0.1%")


class ShownSizeTests(SimpleTestCase):
    def test_fits_the_page_and_keeps_the_proportions(self):
        for sent, shown in (
            ((28, 28), (28, 28)),
            ((4000, 2000), (576, 288)),
            ((2000, 4000), (288, 576)),
            ((60_000, 2), (576, 1)),
        ):
            with self.subTest(sent):
                upload = make_upload(width=sent[0], height=sent[1])

                self.assertEqual(shown_size(upload), shown)
