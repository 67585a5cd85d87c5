"""Signing in to the admin by a password and a code."""

import re
import time
from types import SimpleNamespace
from unittest import mock

from django.contrib.auth.models import User
from django.test import TestCase, override_settings
from django.urls import get_resolver, reverse
from django.urls.resolvers import RoutePattern
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from classifier.two_factor import devices

from ..fixtures.two_factor import (
    PAGE,
    SET_UP,
    give_phone,
    make_person,
    shown,
    sign_in,
    wrong,
)

CODE = reverse("two_factor:code")
LOGIN = reverse("admin:login")


class PhoneTestCase(TestCase):
    """Ann has a phone."""

    @classmethod
    def setUpTestData(cls):
        cls.ann = make_person()
        cls.recovery_codes = give_phone(cls.ann)

    def assertSignedIn(self):
        self.assertEqual(self.client.get(PAGE).status_code, 200)

    def assertNobody(self):
        self.assertRedirects(self.client.get(PAGE), f"{LOGIN}?next={PAGE}")

    def type(self, code, **extra):
        """Send the second step's form."""
        return self.client.post(CODE, {"code": code}, **extra)


class TwoStepTests(PhoneTestCase):
    def test_asks_for_a_code_after_the_password(self):
        response = sign_in(self.client)

        self.assertRedirects(response, f"{CODE}?next=/admin/")
        self.assertNobody()

    def test_a_code_lets_in(self):
        sign_in(self.client)

        self.type(shown())

        self.assertSignedIn()

    def test_a_person_without_a_phone_needs_none(self):
        make_person("bob")

        sign_in(self.client, "bob")

        self.assertSignedIn()

    def test_leads_to_the_page_that_was_asked_for(self):
        response = sign_in(self.client, query=f"?next={PAGE}")
        response = self.client.post(response.url, {"code": shown()})

        self.assertRedirects(response, PAGE)

    def test_leads_to_no_other_site(self):
        elsewhere = "?next=https://evil.example/"
        self.assertNotIn("evil", sign_in(self.client, query=elsewhere).url)

        response = self.client.post(CODE + elsewhere, {"code": shown()})

        self.assertEqual(response.url, "/admin/")

    def test_a_wrong_code_does_not(self):
        sign_in(self.client)

        response = self.type(wrong())

        self.assertContains(response, "This code is wrong")
        self.assertNobody()

    def test_a_code_is_taken_once(self):
        code = shown()
        sign_in(self.client)
        self.type(code)
        self.client.logout()
        sign_in(self.client)

        response = self.type(code)

        self.assertContains(response, "was used before")
        self.assertNobody()

    def test_guessing_codes_is_slowed_down(self):
        sign_in(self.client)
        for _guess in range(6):
            TOTPDevice.objects.update(throttling_failure_timestamp=None)
            self.type(wrong())

        response = self.type(shown())

        self.assertRegex(response.content.decode(), r"Wait (32|31|30|2\d) s")
        self.assertNobody()

    def test_a_long_wait_is_said_in_minutes(self):
        TOTPDevice.objects.update(
            throttling_failure_count=9, throttling_failure_timestamp=timezone.now()
        )
        sign_in(self.client)

        self.assertContains(self.type(shown()), "Wait 5 minutes")

    @override_settings(AXES_FAILURE_LIMIT=2)
    def test_guessing_the_password_is_slowed_down(self):
        sign_in(self.client, password="wrong")

        response = sign_in(self.client, password="wrong")

        self.assertContains(response, "for 15 minutes", status_code=429)

    def test_the_password_is_remembered_for_ten_minutes(self):
        sign_in(self.client)
        later = time.time() + 601

        clock = SimpleNamespace(time=lambda: later)
        with mock.patch("classifier.two_factor.signing_in.time", clock):
            response = self.type(shown(), query_params={"next": PAGE})

        self.assertRedirects(response, f"{LOGIN}?next={PAGE}")

    def test_a_new_password_ends_sign_ins_by_the_old_one(self):
        sign_in(self.client)
        self.ann.set_password("changed")
        self.ann.save()

        self.type(shown())

        self.assertNobody()

    def test_no_session_outlives_either_step(self):
        self.client.get(LOGIN)
        keys = [self.client.session.session_key]
        sign_in(self.client)
        keys.append(self.client.session.session_key)
        self.type(shown())
        keys.append(self.client.session.session_key)

        self.assertEqual(len(set(keys)), 3)

    def test_another_person_can_sign_in_instead(self):
        sign_in(self.client)

        self.client.post(reverse("two_factor:cancel"))

        self.assertRedirects(self.client.get(CODE), f"{LOGIN}?next=/admin/", 302, 200)


class RecoveryCodeTests(PhoneTestCase):
    def test_lets_in_and_says_how_many_are_left(self):
        sign_in(self.client)

        self.type(self.recovery_codes[0])

        self.assertContains(self.client.get(PAGE), "9 are left")

    def test_is_taken_once(self):
        for _time in range(2):
            sign_in(self.client)
            self.type(self.recovery_codes[0])
            self.client.logout()

        self.assertNobody()

    def test_may_be_written_in_groups_and_capitals(self):
        code = self.recovery_codes[0].upper()
        sign_in(self.client)

        self.type(f" {code[:4]}-{code[4:]} ")

        self.assertSignedIn()

    def test_guessing_recovery_codes_is_slowed_down(self):
        StaticDevice.objects.update(throttling_failure_count=5)
        sign_in(self.client)
        self.type("aaaaaaaa")

        response = self.type(self.recovery_codes[0])

        self.assertContains(response, "Too many wrong codes")
        self.assertNobody()


class UnverifiedSessionTests(PhoneTestCase):
    """A session after the right password and before the code."""

    def test_reaches_no_page_of_the_admin(self):
        tried = list(addresses(get_resolver().url_patterns))

        self.assertGreater(len(tried), 50)
        for address in tried:
            self.client.force_login(self.ann)
            with self.subTest(address):
                self.assertLeadsTo(LOGIN, self.client.get(address, follow=True))

    def test_reaches_none_between_the_steps_either(self):
        sign_in(self.client)
        for address in set(addresses(get_resolver().url_patterns)) - {SET_UP}:
            with self.subTest(address):
                response = self.client.get(address, follow=True)
                self.assertLeadsTo(CODE if address == CODE else LOGIN, response)

    def test_sets_up_no_other_phone_between_the_steps(self):
        sign_in(self.client)

        self.assertLeadsTo(CODE, self.client.get(SET_UP, follow=True))

    def assertLeadsTo(self, address, response):
        self.assertEqual(response.request["PATH_INFO"], address)
        self.assertEqual(response.status_code, 200)

    def test_changes_nothing_either(self):
        self.client.force_login(self.ann)

        response = self.client.post(
            reverse("admin:auth_user_add"),
            {"username": "eve", "password1": "a Long one", "password2": "a Long one"},
        )

        self.assertEqual(response.status_code, 302)
        self.assertIs(User.objects.filter(username="eve").exists(), False)

    def test_is_nobodys_outside_the_admin_too(self):
        self.client.force_login(self.ann)

        response = self.client.get("/nowhere")

        self.assertIs(response.context["user"].is_anonymous, True)

    def test_a_device_of_another_person_verifies_none(self):
        bob = make_person("bob")
        give_phone(bob)
        self.client.force_login(bob)
        session = self.client.session
        session["otp_device_id"] = TOTPDevice.objects.get(user=self.ann).persistent_id
        session.save()

        self.assertNobody()

    def test_a_session_ends_with_the_device_that_opened_it(self):
        sign_in(self.client)
        self.type(shown())

        devices.turn_off(self.ann)

        self.assertNobody()
        self.assertIs(StaticDevice.objects.exists(), False)


# The addresses that are open without signing in.
OPEN = {LOGIN, reverse("two_factor:cancel")}


def addresses(patterns, prefix="/"):
    """Yield an address for each route under `/admin/`, with some word in its gaps."""
    for each in patterns:
        if not isinstance(each.pattern, RoutePattern):
            continue
        address = prefix + re.sub(r"<.+?>", "1", str(each.pattern))
        if hasattr(each, "url_patterns"):
            yield from addresses(each.url_patterns, address)
        elif address.startswith("/admin/") and address not in OPEN:
            yield address


@override_settings(ADMIN_TWO_FACTOR=True)
class RequiredTests(TestCase):
    def setUp(self):
        self.ann = make_person()

    def assertNobody(self):
        self.assertRedirects(self.client.get(PAGE), f"{LOGIN}?next={PAGE}")

    def set_up(self, address=SET_UP):
        self.client.get(address)
        key = self.client.session["two_factor_key"]
        return self.client.post(address, {"code": shown(key)})

    def test_leads_to_the_set_up_and_to_nothing_else(self):
        response = sign_in(self.client)

        self.assertRedirects(response, f"{SET_UP}?next=/admin/")
        self.assertNobody()

    def test_signs_in_and_continues_to_the_requested_page(self):
        response = sign_in(self.client, query=f"?next={PAGE}")

        response = self.set_up(response.url)

        self.assertContains(response, f'href="{PAGE}"')
        self.assertEqual(self.client.get(PAGE).status_code, 200)

    def test_ends_sessions_that_are_older_than_the_setting(self):
        self.client.force_login(self.ann)

        self.assertNobody()

    def test_visitors_are_asked_for_a_password_first(self):
        self.assertRedirects(self.client.get(SET_UP), f"{LOGIN}?next=/admin/")

    def test_after_turning_it_off_it_is_set_up_anew(self):
        sign_in(self.client)
        self.set_up()
        code = devices.renew_recovery_codes(self.ann)[0]

        self.client.post(reverse("two_factor:turn-off"), {"code": code})

        self.assertNobody()
        self.assertIn(SET_UP, sign_in(self.client).url)
