"""Setting the second step of a sign-in up, changing it and turning it off."""

import logging

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import Client, TestCase
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from classifier.two_factor import devices

from ..fixtures.two_factor import (
    KEY,
    PAGE,
    SET_UP,
    give_phone,
    make_person,
    shown,
    sign_in,
    wrong,
)

OVERVIEW = reverse("two_factor:overview")
CODES = reverse("two_factor:recovery-codes")
TURN_OFF = reverse("two_factor:turn-off")


class SetUpTests(TestCase):
    """Ann is signed in and has no phone yet."""

    def setUp(self):
        self.ann = make_person()
        self.client.force_login(self.ann)

    def key(self):
        """Open the page; return the key that it shows."""
        self.client.get(SET_UP)
        return self.client.session["two_factor_key"]

    def test_every_page_of_the_admin_leads_there(self):
        self.assertContains(self.client.get(PAGE), "Change password")
        page = self.client.get(reverse("admin:auth_user_changelist"))

        self.assertContains(page, f'href="{OVERVIEW}">Two-step sign-in</a>')
        self.assertRedirects(self.client.get(OVERVIEW), SET_UP)

    def test_shows_the_key_as_a_picture_and_as_text(self):
        page = self.client.get(SET_UP)

        self.assertContains(page, "<svg")
        self.assertContains(page, page.context["key"])
        self.assertRegex(page.context["key"], r"^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$")
        self.assertNotContains(page, "style=")

    def test_the_first_code_turns_it_on_and_shows_ten_recovery_codes(self):
        page = self.client.post(SET_UP, {"code": shown(self.key())})

        self.assertEqual(page.content.decode().count("<li><code>"), 10)
        self.assertIs(devices.is_on(self.ann), True)
        self.assertEqual(self.client.get(PAGE).status_code, 200)

    def test_a_wrong_code_does_not(self):
        page = self.client.post(SET_UP, {"code": wrong(self.key())})

        self.assertContains(page, "This code is wrong")
        self.assertIs(TOTPDevice.objects.exists(), False)

    def test_ends_the_persons_other_sessions(self):
        other = Client()
        other.force_login(self.ann)

        self.client.post(SET_UP, {"code": shown(self.key())})

        self.assertEqual(other.get(PAGE).status_code, 302)

    def test_the_code_that_turned_it_on_does_not_sign_in(self):
        code = shown(self.key())
        self.client.post(SET_UP, {"code": code})
        other = Client()
        sign_in(other)

        page = other.post(reverse("two_factor:code"), {"code": code})

        self.assertContains(page, "was used before")

    def test_no_page_shows_a_secret_again(self):
        key = self.key()
        typed = self.client.get(SET_UP).context["key"]
        page = self.client.post(SET_UP, {"code": shown(key)})
        secrets = {key, typed, typed.replace(" ", ""), *page.context["codes"]}

        for address in (
            OVERVIEW,
            reverse("admin:auth_user_change", args=[self.ann.pk]),
            reverse("admin:auth_user_history", args=[self.ann.pk]),
            reverse("admin:auth_user_delete", args=[self.ann.pk]),
        ):
            with self.subTest(address):
                shown_now = self.client.get(address).content.decode()

                self.assertEqual([each for each in secrets if each in shown_now], [])

    def test_keeps_no_page_of_the_secrets(self):
        self.assertIn("no-store", self.client.get(SET_UP)["Cache-Control"])


class ChangeTests(TestCase):
    """Ann is signed in by password and code."""

    def setUp(self):
        self.ann = make_person()
        self.codes = give_phone(self.ann)
        sign_in(self.client)
        self.used = shown()
        self.client.post(reverse("two_factor:code"), {"code": self.used})

    def test_says_that_it_is_on_and_how_many_codes_are_left(self):
        self.assertContains(self.client.get(OVERVIEW), "10 recovery codes are left")

    def test_new_recovery_codes_replace_the_old_ones(self):
        page = self.client.post(CODES, {"code": self.codes[0]})

        self.assertIs(set(self.codes).isdisjoint(page.context["codes"]), True)
        left = StaticToken.objects.values_list("token", flat=True)
        self.assertEqual(set(left), set(page.context["codes"]))

    def test_a_session_by_an_old_one_stays(self):
        self.client.logout()
        sign_in(self.client)
        self.client.post(reverse("two_factor:code"), {"code": self.codes[0]})

        self.client.post(CODES, {"code": self.codes[1]})

        self.assertEqual(self.client.get(PAGE).status_code, 200)

    def test_makes_none_without_a_code(self):
        page = self.client.post(CODES, {"code": wrong()})

        self.assertContains(page, "This code is wrong")
        self.assertEqual(devices.recovery_codes_left(self.ann), 10)

    def test_turns_off_by_a_code(self):
        self.client.post(TURN_OFF, {"code": self.codes[0]})

        self.assertIs(devices.is_on(self.ann), False)
        self.assertEqual(self.client.get(PAGE).status_code, 200)

    def test_does_not_turn_off_without_one(self):
        self.client.post(TURN_OFF, {"code": wrong()})

        self.assertIs(devices.is_on(self.ann), True)

    def test_does_not_turn_off_by_a_code_that_was_used(self):
        self.client.post(TURN_OFF, {"code": self.used})

        self.assertIs(devices.is_on(self.ann), True)


class SecretTests(TestCase):
    """Ann has a phone and recovery codes, and is not signed in."""

    def setUp(self):
        self.ann = make_person()
        self.codes = give_phone(self.ann)

    def test_nothing_that_is_printed_holds_one(self):
        kept = [*TOTPDevice.objects.all(), *StaticDevice.objects.all()]
        printed = f"{kept} {list(StaticToken.objects.all())} {list(map(str, kept))}"

        self.assertNotIn(KEY, printed)
        self.assertEqual([code for code in self.codes if code in printed], [])

    def test_none_gets_into_the_log(self):
        code = reverse("two_factor:code")
        with self.assertLogs("", "DEBUG") as logs:
            logging.debug("There is no log without a line.")
            sign_in(self.client)
            for typed in (wrong(), self.codes[0], shown()):
                TOTPDevice.objects.update(throttling_failure_timestamp=None)
                self.client.post(code, {"code": typed})
            self.client.get(OVERVIEW)

        said = "\n".join(logs.output)
        secrets = [KEY, shown(), *self.codes]
        self.assertEqual([each for each in secrets if each in said], [])

    def test_the_history_records_the_events_only(self):
        devices.turn_off(self.ann)

        said = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
        self.assertEqual(
            list(said),
            [
                "Two-step sign-in was turned on.",
                "Recovery codes were made.",
                "Two-step sign-in was turned off.",
            ],
        )

    def test_the_admin_has_no_pages_for_them(self):
        for model in (StaticDevice, TOTPDevice):
            with self.subTest(model):
                self.assertIs(admin.site.is_registered(model), False)
