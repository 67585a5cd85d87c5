"""A real Chromium for tests, and the small things that every such test does."""

import os
import shutil
import tempfile
from unittest import mock

from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.contrib.staticfiles.testing import StaticLiveServerTestCase
from django.test import override_settings
from django.urls import reverse
from playwright.sync_api import expect, sync_playwright

# The first draws pages in half the time, as it has no windows to draw them in.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",  # containers have no user namespaces
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE_MS = 60_000  # on a busy machine; where all is well nothing takes as long
SETTLED = "Promise.all(document.getAnimations().map((each) => each.finished))"

expect.set_options(PATIENCE_MS)


def chromium():
    """Return the path of a Chromium, that of CHROMIUM or the system's, or None."""
    names = (os.environ.get("CHROMIUM", ""), *NAMES)
    return next(filter(None, map(shutil.which, names)), None)


class BrowserTestCase(StaticLiveServerTestCase):
    """Serve the site to a Chromium; `self.page` is a fresh window of it."""

    databases = {"default", "cassandra"}
    host = "localhost"

    @classmethod
    def setUpClass(cls):
        # Playwright runs an event loop in this thread, which Django takes for a
        # coroutine that must not reach the database.
        environment = mock.patch.dict(os.environ, DJANGO_ALLOW_ASYNC_UNSAFE="true")
        cls.enterClassContext(environment)
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.enterClassContext(override_settings(MEDIA_ROOT=folder))
        super().setUpClass()
        playwright = cls.enterClassContext(sync_playwright())
        cls.chromium = playwright.chromium.launch(
            executable_path=chromium(), args=ARGUMENTS
        )
        cls.addClassCleanup(cls.chromium.close)

    def setUp(self):
        self.complaints = []
        self.addCleanup(self.assertPolicyKept)
        self.new_window()

    def new_window(self, **options):
        """Let `self.page` be a window of another kind, which knows nothing yet."""
        context = self.chromium.new_context(**options)
        context.set_default_timeout(PATIENCE_MS)
        self.addCleanup(context.close)
        self.page = context.new_page()
        self.page.on("console", lambda message: self.complaints.append(message.text))

    def assertPolicyKept(self):
        """No script or file on the visited pages was stopped by the policy.

        Axe tries to add styles of its own, so `test_policy` looks for inline styles.
        """
        stopped = [each for each in self.complaints if "Security Policy" in each]
        self.assertEqual([each for each in stopped if "inline style" not in each], [])

    def assertAccessible(self, **options):
        """Axe finds nothing on the page in the light, nor in the dark.

        Args:
            options: for axe in the light; in the dark it need only look at contrast.
        """
        contrast = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
        for scheme, rules in (("light", options), ("dark", contrast)):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            self.page.evaluate(SETTLED)  # Django's admin fades from light to dark
            with self.subTest(url=self.page.url, scheme=scheme):
                found = Axe().run(self.page, options=rules)
                self.assertEqual(found.violations_count, 0, found.generate_report())

    def open(self, view, *args, query=""):
        """Go to the page of a view."""
        self.page.goto(self.live_server_url + reverse(view, args=args) + query)

    def follow(self, selector):
        """Click what leads to another page, and wait until all of that is there.

        A click returns with the first bytes of that page, and whatever then asks for
        what is there, without waiting for it, may find half a document or none.
        """
        with self.page.expect_navigation():
            self.page.click(selector)

    def width_of(self, image):
        """Return how wide an image's file is, once it has come."""
        return image.evaluate("image => image.decode().then(() => image.naturalWidth)")

    def sign_in(self):
        """Become an administrator, through the form as anybody does."""
        User.objects.create_superuser("root", password="secret")
        self.open("admin:login")
        self.page.fill("[name=username]", "root")
        self.page.fill("[name=password]", "secret")
        self.follow("[type=submit]")
