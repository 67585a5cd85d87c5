"""The help of manage.py."""

from django.test import SimpleTestCase

from deewhy.command_line import CommandLine


class HelpTests(SimpleTestCase):
    def test_begins_with_the_products_commands_and_their_purpose(self):
        text = CommandLine(["manage.py", "help"]).main_help_text()

        self.assertLess(text.index("Examine every part"), text.index("[auth]"))

    def test_lists_the_bare_names_for_completion(self):
        text = CommandLine(["manage.py", "help"]).main_help_text(commands_only=True)

        self.assertNotIn("Examine every part", text)
