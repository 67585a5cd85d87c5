"""Security headers of every page, and the settings derived from `PUBLIC_URL`."""

import io
import json
import os
import subprocess
import sys
import time
from types import SimpleNamespace
from unittest import mock

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client, SimpleTestCase, TestCase, override_settings

from classifier.error_pages import refusal

POLICY = (
    "base-uri 'none'; connect-src 'self'; default-src 'none'; form-action 'self'; "
    "frame-ancestors 'none'; img-src 'self' blob:; script-src 'self'; style-src 'self'"
)


class PolicyTests(TestCase):
    def assertPolicy(self, response):
        directives = response["Content-Security-Policy"].split("; ")
        self.assertEqual("; ".join(sorted(directives)), POLICY)

    def test_pages_for_visitors_run_nothing_inline(self):
        for address in ("/upload", "/nowhere", "/api/v1/docs", "/receipts/x"):
            with self.subTest(address):
                self.assertPolicy(self.client.get(address))

    def test_pages_for_staff_run_nothing_inline(self):
        self.client.force_login(User.objects.create_superuser("root"))
        for address in ("/admin/password_change/", "/admin/auth/user/add/"):
            with self.subTest(address):
                response = self.client.get(address)

                self.assertPolicy(response)
                self.assertNotContains(response, " style=")
                self.assertNotContains(response, "<style")
                self.assertNotRegex(response.content.decode(), r"<script(?![^>]* src=)")

    def test_only_our_own_pages_may_ask_for_a_camera(self):
        for address in ("/upload", "/admin/login/"):
            policy = self.client.get(address)["Permissions-Policy"]

            self.assertIn("camera=(self), microphone=()", policy)

    def test_the_page_that_needs_no_thread_has_the_policy_too(self):
        self.assertIn(b"default-src 'none'", refusal(b""))


class OtherAddressTests(SimpleTestCase):
    def test_a_form_of_another_address_names_the_setting(self):
        response = Client(enforce_csrf_checks=True).post(
            "/language/setlang/", headers={"origin": "https://shop.example"}
        )

        self.assertContains(
            response, "PUBLIC_URL=https://shop.example", status_code=403
        )

    def test_a_form_without_a_token_does_not(self):
        response = Client(enforce_csrf_checks=True).post("/language/setlang/")

        self.assertNotContains(response, "PUBLIC_URL", status_code=403)

    def test_a_form_of_the_public_address_passes_behind_a_silent_proxy(self):
        client = Client(enforce_csrf_checks=True)
        token = client.get("/upload").cookies["csrftoken"].value
        with override_settings(CSRF_TRUSTED_ORIGINS=["https://shop.example"]):
            response = client.post(
                "/language/setlang/",
                {"csrfmiddlewaretoken": token, "language": "en"},
                headers={"origin": "https://shop.example"},
            )

        self.assertEqual(response.status_code, 302)

    def test_another_host_name_is_not_answered(self):
        with self.assertLogs("django.security.DisallowedHost", "ERROR"):
            response = self.client.get("/upload", headers={"host": "evil.example"})

        self.assertContains(response, "should set PUBLIC_URL", status_code=400)


class SignInLimitTests(TestCase):
    def sign_in(self, password):
        form = {"username": "root", "password": password}
        return self.client.post("/admin/login/", form).status_code

    def test_five_wrong_ones_lock_out_and_four_do_not(self):
        User.objects.create_superuser("root", password="secret")

        four = [self.sign_in("wrong") for _ in range(4)]
        self.assertEqual([*four, self.sign_in("secret")], [200] * 4 + [302])

        self.client.logout()
        five = [self.sign_in("wrong") for _ in range(5)]
        self.assertEqual([*five, self.sign_in("secret")], [200] * 4 + [429] * 2)


@override_settings(AXES_FAILURE_LIMIT=2)
class SignInTests(TestCase):
    def setUp(self):
        User.objects.create_superuser("root", password="secret")

    def sign_in(self, password, **extra):
        form = {"username": "root", "password": password}
        return self.client.post("/admin/login/", form, **extra)

    def test_guessing_is_slowed_down(self):
        self.sign_in("wrong")

        response = self.sign_in("wrong")

        self.assertContains(response, "for 15 minutes", status_code=429)
        self.assertEqual(response["Retry-After"], "900")
        self.assertEqual(self.sign_in("secret").status_code, 429)

    def test_staff_at_the_machine_end_a_lockout(self):
        self.sign_in("wrong")
        self.sign_in("wrong")

        call_command("axes_reset", stdout=io.StringIO())

        self.assertEqual(self.sign_in("secret").status_code, 302)

    def test_others_can_sign_in_meanwhile(self):
        self.sign_in("wrong")
        self.sign_in("wrong")

        response = self.sign_in("secret", REMOTE_ADDR="192.0.2.7")

        self.assertEqual(response.status_code, 302)

    def test_no_name_and_no_address_get_into_the_log(self):
        with self.assertLogs("axes", "WARNING") as logs:
            self.sign_in("wrong", REMOTE_ADDR="192.0.2.7")
            self.sign_in("wrong", REMOTE_ADDR="192.0.2.7")

        said = "\n".join(logs.output)
        self.assertNotIn("192.0.2.7", said)
        self.assertNotIn("root", said)


@override_settings(SIGN_IN_FAILURES_PER_HOUR=3)
class NameTests(TestCase):
    """Guessing one name's password from many addresses."""

    def setUp(self):
        User.objects.create_superuser("root", password="secret")

    def sign_in(self, password, address, name="root", client=None):
        form = {"username": name, "password": password}
        return (client or Client()).post("/admin/login/", form, REMOTE_ADDR=address)

    def guess(self, count, client=None):
        for number in range(count):
            last = self.sign_in("wrong", f"192.0.2.{number}", client=client)
        return last

    def test_ends_after_so_many_in_an_hour(self):
        self.assertEqual(self.guess(3).status_code, 200)
        self.assertEqual(self.guess(4).status_code, 429)

        self.assertEqual(self.sign_in("secret", "198.51.100.7").status_code, 429)

    def test_does_not_keep_out_a_browser_that_has_signed_in(self):
        self.sign_in("secret", "198.51.100.7", client=self.client)
        self.guess(4)

        response = self.sign_in("secret", "198.51.100.8", client=self.client)

        self.assertEqual(response.status_code, 302)

    def test_that_browser_may_not_guess_without_end_either(self):
        self.sign_in("secret", "198.51.100.7", client=self.client)

        self.assertEqual(self.guess(4, self.client).status_code, 429)

    def test_a_cookie_that_was_made_up_is_no_help(self):
        self.client.cookies["known-browser"] = "made:up"
        self.guess(4)

        response = self.sign_in("secret", "198.51.100.7", client=self.client)

        self.assertEqual(response.status_code, 429)

    def test_leaves_other_names_alone(self):
        User.objects.create_superuser("ada", password="secret")
        self.guess(4)

        response = self.sign_in("secret", "198.51.100.7", name="ada")

        self.assertEqual(response.status_code, 302)

    def test_some_come_back_while_the_hour_passes(self):
        self.guess(4)
        later = time.time() + 1200
        # The module's alone: Cassandra's driver would keep the later time.
        clock = SimpleNamespace(time=lambda: later)
        with mock.patch("classifier.limits.rates.time", clock):
            response = self.sign_in("secret", "198.51.100.7")

        self.assertEqual(response.status_code, 302)

    def test_staff_at_the_machine_end_a_lockout(self):
        self.guess(4)

        call_command("axes_reset", stdout=io.StringIO())

        self.assertEqual(self.sign_in("secret", "198.51.100.7").status_code, 302)


class PublicUrlTests(SimpleTestCase):
    def settings_of(self, **environment):
        """Return some settings and the output of `check --deploy`."""
        code = (
            "import io, json, django; django.setup()\n"
            "from django.conf import settings as s\n"
            "from django.core.management import call_command\n"
            "said = io.StringIO()\n"
            "call_command('check', deploy=True, stdout=said, stderr=said)\n"
            "print(json.dumps([s.ALLOWED_HOSTS[0], s.CSRF_TRUSTED_ORIGINS,"
            " s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, said.getvalue()]))"
        )
        result = subprocess.run(
            [sys.executable, "-c", code],
            cwd=settings.BASE_DIR,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "deewhy.settings",
                "CASSANDRA_HOSTS": "127.0.0.1",
                **environment,
            },
            capture_output=True,
            text=True,
        )
        return json.loads(result.stdout) if result.returncode == 0 else result.stderr

    def test_tls_follows_from_its_scheme_and_the_deployment_check_is_clean(self):
        found = self.settings_of(
            PRODUCTION="true",
            SECRET_KEY="abcdefghij" * 6,
            PUBLIC_URL="https://shop.example/",
        )

        *found, said = found
        self.assertEqual(found, ["shop.example", ["https://shop.example"], True, True])
        self.assertEqual(said, "System check identified no issues (0 silenced).\n")

    def test_a_wrong_one_is_named(self):
        self.assertIn("got 'shop.example'", self.settings_of(PUBLIC_URL="shop.example"))
