"""Setting the second step up, and signing in by it, in a real browser."""

from base64 import b32decode
from urllib.parse import parse_qs, urlsplit

import cv2
import numpy as np
import pytest
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from classifier.two_factor import devices

from ..fixtures.browser import BrowserTestCase
from ..fixtures.two_factor import PASSWORD, make_person, shown, wrong
from ..pages.test_accessibility import STAFF_OPTIONS

pytestmark = pytest.mark.browser

SMALL = {"viewport": {"width": 360, "height": 740}}


class TwoFactorInTheBrowserTests(BrowserTestCase):
    """Ann and her phone."""

    databases = {"default"}

    def setUp(self):
        super().setUp()
        self.ann = make_person()

    def give_password(self):
        self.open("admin:password_change")
        self.page.fill("[name=username]", "ann")
        self.page.fill("[name=password]", PASSWORD)
        self.follow("[type=submit]")

    def give_code(self, code):
        self.page.fill("[name=code]", code)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def key(self):
        """Return the key that the page shows, as the phone keeps it."""
        return b32decode(self.page.locator("#key").inner_text().replace(" ", "")).hex()

    def scanned_key(self):
        """Return the key in the picture, as a phone reads it."""
        drawn = self.page.locator(".two-factor-picture").screenshot()
        image = cv2.imdecode(np.frombuffer(drawn, np.uint8), cv2.IMREAD_COLOR)
        # OpenCV's other detector misses one key in a hundred.
        address, *_corners = cv2.QRCodeDetectorAruco().detectAndDecode(image)
        return b32decode(parse_qs(urlsplit(address).query)["secret"][0]).hex()

    def codes(self):
        return self.page.locator(".two-factor-codes li").all_inner_texts()

    def test_sets_up_signs_in_and_uses_a_recovery_code(self):
        self.give_password()
        self.follow("text=Two-step sign-in")
        key = self.scanned_key()
        self.give_code(shown(key))
        codes = self.codes()
        expect(self.page.locator("text=I have saved them")).to_be_visible()

        TOTPDevice.objects.update(last_t=-1)  # as if 30 s had passed
        self.new_window()
        self.give_password()
        self.give_code(shown(key))
        expect(self.page.locator("h1")).to_have_text("Password change")

        self.new_window()
        self.give_password()
        self.give_code(codes[0])
        expect(self.page.locator(".messagelist")).to_contain_text("9 are left")
        expect(self.page.locator("h1")).to_have_text("Password change")

    def test_axe_finds_nothing(self):
        self.look_at_all(locale="en")
        devices.turn_off(self.ann)
        self.look_at_all(locale="zh-CN", **SMALL)

    def look_at_all(self, **window):
        self.new_window(**window)
        with self.settings(ADMIN_TWO_FACTOR=True):
            self.give_password()
            self.give_code(wrong(self.key()))
            self.assertAccessible(**STAFF_OPTIONS)
            key = self.key()
            self.give_code(shown(key))
        self.assertAccessible(**STAFF_OPTIONS)
        self.page.context.clear_cookies()
        self.give_password()
        self.give_code(wrong(key))
        self.assertAccessible(**STAFF_OPTIONS)
