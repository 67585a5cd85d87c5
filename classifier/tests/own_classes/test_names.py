"""Names of own classes: every script, and what is too long, empty or the same."""

from types import SimpleNamespace

from django.test import SimpleTestCase

from classifier.labels import plain
from classifier.own_classes import names
from classifier.own_classes.names import Refused


class NameTests(SimpleTestCase):
    def refused(self, name, *others):
        known = [SimpleNamespace(name=one, plain_name=plain(one)) for one in others]
        with self.assertRaises(Refused) as refusal:
            names.check(name, known)
        return str(refusal.exception)

    def test_takes_names_in_any_script(self):
        for name in ("Äpfel", "苹果", "яблоко", "แอปเปิล", "सेब", "تفاح", "Type 2"):
            with self.subTest(name):
                self.assertEqual(names.check(f"  {name} ", []), name)

    def test_marks_tell_classes_apart_where_they_belong_to_letters(self):
        known = [SimpleNamespace(name="กา", plain_name=plain("กา"))]

        self.assertEqual(names.check("กี", known), "กี")

    def test_refuses_names_that_differ_in_case_and_punctuation_alone(self):
        for name in ("CATS", "cats!", "ca-ts", "ｃａｔｓ"):
            with self.subTest(name):
                self.assertIn("“Cats”", self.refused(name, "Dogs", "Cats"))

    def test_refuses_empty_and_long_names_and_those_without_letters(self):
        self.assertIn("Give the class a name", self.refused(" \u200b "))
        self.assertIn("has 200", self.refused("x" * 200))
        self.assertIn("no letter", self.refused("?!"))
        self.assertIn("“none”", self.refused("none/hats"))
