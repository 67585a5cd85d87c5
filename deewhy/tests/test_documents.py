"""What the documents tell people to type exists, and their links lead somewhere.

Their calls of the API are run against a service in `classifier`'s test_api_service.py.
"""

import re

from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.test import SimpleTestCase

ROOT = settings.BASE_DIR
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?://)([^)#]+)")


def typed(program):
    """Return the arguments of each call of a program, with the document's name."""
    for document in DOCUMENTS:
        for language, block in BLOCK.findall(document.read_text()):
            lines = block.splitlines() if language in ("", "console") else []
            for words in map(str.split, lines):
                words = words[: words.index("#")] if "#" in words else words
                if program in words[:2]:
                    yield document.name, words[words.index(program) + 1 :]


class DocumentTests(SimpleTestCase):
    def test_every_target_of_make_exists(self):
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M)
        calls = list(typed("make"))

        self.assertGreater(len(calls), 5)
        for document, [target, *_] in calls:
            with self.subTest(document=document, target=target):
                self.assertIn(target, targets)

    def test_every_command_takes_the_arguments(self):
        calls = list(typed("manage.py"))

        self.assertGreater(len(calls), 3)
        for document, [name, *arguments] in calls:
            with self.subTest(document=document, command=name):
                command = load_command_class(get_commands()[name], name)
                command.create_parser("manage.py", name).parse_args(arguments)

    def test_every_benchmark_exists(self):
        for document, [script, *_] in typed("python"):
            with self.subTest(document=document, script=script):
                self.assertTrue((ROOT / script).is_file())

    def test_every_link_leads_to_a_file(self):
        for document in DOCUMENTS:
            for link in LINK.findall(document.read_text()):
                with self.subTest(document=document.name, link=link):
                    self.assertTrue((document.parent / link).exists())

    def test_the_readme_is_read_in_one_go(self):
        lines = (ROOT / "README.md").read_text().splitlines()

        self.assertLess(len(lines), 200)
