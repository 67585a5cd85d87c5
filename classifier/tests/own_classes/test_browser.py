"""Own classes by clicks alone, in a real browser: from an empty set to serving."""

import re
import shutil
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import expect

from classifier.jobs.models import Job
from classifier.networks import checkpoints

from ..fixtures.browser import BrowserTestCase
from .test_archives import make_colour, make_zip

pytestmark = pytest.mark.browser

PICTURES = 5  # of each class


def make_files(start):
    """Return pictures of one hue for a file input, each with a name."""
    return [
        {
            "name": f"{n}.png",
            "mimeType": "image/png",
            "buffer": make_colour(start + n),
        }
        for n in range(PICTURES)
    ]


class OwnClassesInTheBrowserTests(BrowserTestCase):
    def setUp(self):
        super().setUp()
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        shutil.copytree(settings.BASE_DIR / "checkpoints", folder / "checkpoints")
        own = {"CHECKPOINTS_DIR": folder / "checkpoints", "VAR_DIR": folder}
        self.enterContext(override_settings(**own))
        self.sign_in()

    def add_class(self, name, description):
        self.page.fill("[name=name]", name)
        self.page.fill("[name=description]", description)
        self.follow("button:text-is('Add class')")

    def give(self, label, files):
        with self.page.expect_navigation():
            self.page.get_by_label(label).set_input_files(files)

    def test_three_classes_from_nothing_to_serving(self):
        self.open("admin:own_classes_classset_add")
        self.page.fill("[name=name]", "Colours")
        self.follow("[name=_save]")
        self.add_class("Blau", "The colour of the sky.")
        self.add_class("红", "The colour of luck.")
        self.give("Pictures or a zip Blau", make_files(0))
        self.give("Pictures or a zip 红", make_files(9))
        expect(self.page.get_by_role("button", name="Learn")).to_be_enabled()
        third = make_zip({f"green/{n}.png": make_colour(20 + n) for n in range(5)})
        file = {"name": "x.zip", "mimeType": "application/zip"}
        self.give("Choose a zip", [{**file, "buffer": third.getvalue()}])
        counts = self.page.locator(".own-count")
        expect(counts).to_have_text(["5", "5", "5"])
        self.assertAccessible()

        self.follow("button.default")
        expect(self.page.locator(".job-state")).to_contain_text("It begins when")
        Job.objects.get().say("Halfway there")
        expect(self.page.locator(".job-state")).to_contain_text("Halfway there")
        self.assertAccessible()
        page = self.page.url
        self.page.goto("about:blank")  # it asks while the job has the connection
        call_command("jobs", batch=True)

        self.page.goto(page)
        expect(self.page.locator("#content")).to_contain_text("Learned 3 classes")
        self.assertAccessible()
        self.follow("button:text-is('Promote')")
        expect(self.page.locator(".messagelist")).to_contain_text("within seconds")
        self.assertEqual(checkpoints.served_version(), Job.objects.get().version)

        self.open("classifier:upload")
        expect(self.page.locator("h1")).to_have_text("What is this?")
        expect(self.page.locator("form.upload")).to_contain_text(re.compile("红"))
        expect(self.page.locator("form.upload")).to_contain_text("The colour of luck.")
        self.assertAccessible()

    def test_what_is_refused_is_named_and_the_rest_is_taken(self):
        self.open("admin:own_classes_classset_add")
        self.page.fill("[name=name]", "Colours")
        self.follow("[name=_save]")
        self.add_class("blue", "")
        text = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"hello"}

        self.page.get_by_label("Pictures or a zip blue").set_input_files(
            [text, *make_files(0)]
        )

        expect(self.page.locator(".own-refused")).to_contain_text("notes.txt: ")
        self.follow("text=Show what was added")
        expect(self.page.locator(".own-count")).to_have_text("5")
