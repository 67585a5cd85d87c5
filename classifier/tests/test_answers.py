from django.test import SimpleTestCase

from ..templatetags.answers import percent


class PercentTests(SimpleTestCase):
    def test_rounds_to_one_decimal(self):
        self.assertEqual(percent(0.99898), "99.9%")
        self.assertEqual(percent(0.68774), "68.8%")

    def test_claims_neither_certainty_nor_impossibility(self):
        self.assertEqual(percent(1.0), ">99.9%")
        self.assertEqual(percent(0.0), "<0.1%")
