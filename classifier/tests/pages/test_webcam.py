"""The webcam of a desktop, by Chromium's fake device."""

import pytest
from playwright.sync_api import expect

from .test_browser import AXE_TAGS, DESKTOP, PHONE, VisitorTestCase

pytestmark = pytest.mark.browser

# Note the tracks that the page is given, to see them stopped.
NOTE_TRACKS = """() => {
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    window.tracks = [];
    navigator.mediaDevices.getUserMedia = async (...asked) => {
        const stream = await open(...asked);
        window.tracks.push(...stream.getTracks());
        return stream;
    };
}"""
# Ask for more than any device has, which the browser refuses.
ASK_TOO_MUCH = """() => {
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia =
        () => open({ video: { width: { exact: 100_000 } } });
}"""
STATES = "window.tracks.map((each) => each.readyState)"


class WebcamTests(VisitorTestCase):
    def look(self, prepare=NOTE_TRACKS, **options):
        self.browse(**DESKTOP | options)
        self.page.evaluate(prepare)
        self.page.click(".webcam")

    def wait_for_guess(self):
        said = self.page.locator(".looking [role=status]")
        expect(said).not_to_contain_text("…")

    def test_a_picture_is_kept_only_once_it_is_taken(self):
        self.look()
        self.wait_for_guess()
        self.assertEqual(self.kept_files(), [])

        with self.page.expect_navigation():
            self.page.click("[value=take]")

        expect(self.page.locator("#class-name")).to_be_visible()
        self.assertEqual(self.page.inner_text(".picture bdi"), "webcam.jpg")
        self.assertEqual(self.page.evaluate(STATES), ["ended"])

    def test_escape_stops_the_camera_and_nothing_is_kept(self):
        self.look()
        self.wait_for_guess()

        self.page.keyboard.press("Escape")

        expect(self.page.locator(".looking")).to_have_count(0)
        expect(self.page.locator(".webcam")).to_be_focused()
        self.assertEqual(self.page.evaluate(STATES), ["ended"])
        self.assertEqual(self.kept_files(), [])

    def test_axe_finds_nothing_while_it_looks(self):
        for locale in ("en", "zh-CN"):
            self.look(locale=locale)
            self.wait_for_guess()

            self.assertAccessible(runOnly=AXE_TAGS)

    def test_says_so_where_the_browser_refuses_it(self):
        self.look(ASK_TOO_MUCH)

        said = self.page.locator(".looking [role=status]")
        expect(said).to_contain_text("gives no picture")
        expect(self.page.locator("[value=take]")).to_be_disabled()

    def test_a_phone_has_its_own_camera(self):
        self.browse(**PHONE)

        expect(self.page.locator(".camera")).to_be_visible()
        expect(self.page.locator(".webcam")).to_be_hidden()
