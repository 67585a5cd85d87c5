import re
import tomllib

from django.conf import settings
from django.test import SimpleTestCase


class HouseTests(SimpleTestCase):
    def test_contributing_draws_the_layers_that_are_linted(self):
        project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())
        contract = project["tool"]["importlinter"]["contracts"][0]
        document = (settings.BASE_DIR / "CONTRIBUTING.md").read_text()
        [drawn] = re.findall(r"```text\n(.*?)```", document, re.DOTALL)

        rows = [
            [name.strip().removeprefix("classifier.") for name in layer.split("|")]
            for layer in contract["layers"]
        ]
        self.assertEqual([line.split() for line in drawn.splitlines()], rows)
