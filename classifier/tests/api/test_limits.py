import os
import subprocess
import sys
import tempfile
from types import SimpleNamespace
from unittest import mock

from django.conf import settings
from django.db import DatabaseError
from django.test import RequestFactory, SimpleTestCase, TestCase, override_settings
from django.urls import reverse

from classifier.api.models import Token
from classifier.limits import rates
from classifier.limits.callers import caller, client_network
from classifier.limits.models import Usage
from classifier.limits.rates import charge
from classifier.tests.api.test_tokens import issue

# Run by a Python of its own, because a test's database is seen by no other process.
CALLS_OF_THREE_PROCESSES = """\
import multiprocessing
import django
from django.core.management import call_command
from django.db import connections

django.setup()
from classifier.limits.rates import charge

def ten_calls(_):
    return sum(charge("shop", 20) == 0 for _ in range(10))

call_command("migrate", database="default", verbosity=0)
connections.close_all()
with multiprocessing.get_context("fork").Pool(3) as pool:
    print(sum(pool.map(ten_calls, range(3), chunksize=1)))
"""


class ChargeTests(TestCase):
    def setUp(self):
        self.now = 1_000_000.0
        clock = mock.patch.object(rates, "time", SimpleNamespace(time=lambda: self.now))
        clock.start()
        self.addCleanup(clock.stop)

    def allowed(self, calls, caller="shop"):
        return [charge(caller, rate=6) == 0 for _ in range(calls)]

    def test_allows_a_minute_of_calls_at_once(self):
        self.assertEqual(self.allowed(8), [True] * 6 + [False] * 2)

    def test_says_how_long_to_wait(self):
        self.allowed(6)

        self.assertAlmostEqual(charge("shop", 6), 10)

    def test_allows_the_next_call_after_that_wait(self):
        self.allowed(6)

        self.now += 10

        self.assertEqual(self.allowed(2), [True, False])

    def test_allows_everything_again_after_a_minute(self):
        self.allowed(6)

        self.now += 60

        self.assertEqual(self.allowed(7), [True] * 6 + [False])

    def test_a_refused_call_costs_nothing(self):
        self.allowed(100)

        self.now += 10

        self.assertEqual(self.allowed(1), [True])

    def test_a_clock_that_was_set_back_keeps_nobody_out(self):
        self.allowed(6)

        self.now -= 3600

        self.assertEqual(self.allowed(7), [True] * 6 + [False])

    def test_counts_each_caller_alone(self):
        self.allowed(6)

        self.assertEqual(self.allowed(1, "another shop"), [True])

    def test_forgets_callers_with_a_restored_rate_limit(self):
        self.allowed(1)
        self.now += 11

        self.allowed(1, "another shop")

        self.assertEqual(Usage.objects.get().caller, "another shop")


class ProcessTests(SimpleTestCase):
    def test_counts_over_all_processes(self):
        with tempfile.TemporaryDirectory() as folder:
            environment = {
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "deewhy.settings",
                "DATABASE_URL": f"sqlite:///{folder}/limits.sqlite3",
            }
            allowed = subprocess.check_output(
                [sys.executable, "-c", CALLS_OF_THREE_PROCESSES],
                env=environment,
                cwd=settings.BASE_DIR,
            )

        self.assertEqual(int(allowed), 20)


class CallerTests(TestCase):
    def network(self, address, **headers):
        return client_network(
            RequestFactory().get("/", headers=headers, REMOTE_ADDR=address)
        )

    def test_keeps_no_address(self):
        request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.7")

        self.assertRegex(caller(request), r"\Aaddress-[0-9a-f]{64}\Z")

    def test_tells_addresses_apart(self):
        one, other = (
            caller(RequestFactory().get("/", REMOTE_ADDR=address))
            for address in ("192.0.2.7", "192.0.2.8")
        )

        self.assertNotEqual(one, other)

    def test_takes_a_household_of_ipv6_for_one(self):
        self.assertEqual(
            self.network("2001:db8:1:2::1"), self.network("2001:db8:1:2:ffff::9")
        )
        self.assertNotEqual(
            self.network("2001:db8:1:2::1"), self.network("2001:db8:1:3::1")
        )

    def test_takes_ipv4_in_ipv6_for_ipv4(self):
        self.assertEqual(self.network("::ffff:192.0.2.7"), "192.0.2.7")

    def test_believes_no_header_where_there_is_no_proxy(self):
        forwarded = {"X-Forwarded-For": "203.0.113.9"}

        self.assertEqual(self.network("192.0.2.7", **forwarded), "192.0.2.7")

    @override_settings(PROXIES=2)
    def test_believes_the_entries_of_its_own_proxies(self):
        forwarded = {"X-Forwarded-For": "forged, 203.0.113.9, 192.0.2.1"}

        self.assertEqual(self.network("192.0.2.7", **forwarded), "203.0.113.9")

    @override_settings(PROXIES=1)
    def test_does_without_the_header_of_a_proxy(self):
        self.assertEqual(self.network("192.0.2.7"), "192.0.2.7")

    @override_settings(PROXIES=1)
    def test_a_port_makes_no_other_caller(self):
        for forwarded, address in (
            ("203.0.113.9:50001", "203.0.113.9"),
            ("203.0.113.9:50002", "203.0.113.9"),
            ("[2001:db8:1:2::1]:443", "2001:db8:1:2::/64"),
            ("[2001:db8:1:2::1]", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::1%eth0", "2001:db8:1:2::/64"),
            (" 203.0.113.9 ", "203.0.113.9"),
        ):
            with self.subTest(forwarded):
                headers = {"X-Forwarded-For": forwarded}
                self.assertEqual(self.network("192.0.2.7", **headers), address)

    @override_settings(PROXIES=1)
    def test_an_invalid_address_counts_as_the_proxy(self):
        for forwarded in ("unknown", "_hidden", "", "a, ", "1.2.3", "x:1", "[::1", ","):
            with self.subTest(forwarded):
                headers = {"X-Forwarded-For": forwarded}
                self.assertEqual(self.network("192.0.2.7", **headers), "192.0.2.7")

    @override_settings(PROXIES=2)
    def test_fewer_entries_than_proxies_count_as_the_proxy(self):
        headers = {"X-Forwarded-For": "203.0.113.9"}

        self.assertEqual(self.network("192.0.2.7", **headers), "192.0.2.7")

    @override_settings(PROXIES=1)
    def test_reads_the_standard_header_where_the_usual_one_is_missing(self):
        for forwarded, address in (
            ("for=203.0.113.9;proto=https;by=192.0.2.1", "203.0.113.9"),
            ('for=forged, proto=https;For="[2001:db8::1]:443"', "2001:db8::/64"),
            ("for=203.0.113.9, for=unknown", "192.0.2.7"),
            ("proto=https", "192.0.2.7"),
        ):
            with self.subTest(forwarded):
                headers = {"Forwarded": forwarded}
                self.assertEqual(self.network("192.0.2.7", **headers), address)

    @override_settings(PROXIES=1)
    def test_the_usual_header_counts_where_both_are_there(self):
        headers = {"Forwarded": "for=198.51.100.1", "X-Forwarded-For": "203.0.113.9"}

        self.assertEqual(self.network("192.0.2.7", **headers), "203.0.113.9")

    def test_names_no_address_on_a_unix_socket(self):
        self.assertEqual(self.network(""), "")


@override_settings(API_CALLS_PER_MINUTE=2, API_TOKEN_CALLS_PER_MINUTE=3)
class LimitTests(TestCase):
    """Called with a body that is refused: the limit comes first."""

    def statuses(self, calls, **headers):
        return [
            self.client.post(reverse("api:classify"), headers=headers).status_code
            for _ in range(calls)
        ]

    def bearer(self, **fields):
        _, secret = issue(scopes=["classify"], **fields)
        return {"Authorization": f"Bearer {secret}"}

    def test_answers_429_beyond_an_addresss_limit(self):
        self.assertEqual(self.statuses(3), [422, 422, 429])

    def test_says_when_to_come_again(self):
        self.statuses(2)

        response = self.client.post(reverse("api:classify"))

        self.assertEqual(response["Retry-After"], "30")
        self.assertEqual(
            response.json()["detail"],
            "The limit is 2 calls a minute. Wait 30 s.",
        )

    def test_states_the_limit_and_what_is_left(self):
        response = self.client.post(reverse("api:classify"))

        self.assertEqual(response["RateLimit-Policy"], '"address";q=2;w=60')
        self.assertEqual(response["RateLimit"], '"address";r=1;t=30')

    def test_states_when_all_calls_are_restored(self):
        self.statuses(2)

        response = self.client.post(reverse("api:classify"))

        self.assertEqual(response.status_code, 429)
        self.assertEqual(response["RateLimit"], '"address";r=0;t=60')

    def test_states_the_limit_of_a_token(self):
        response = self.client.post(reverse("api:classify"), headers=self.bearer())

        self.assertEqual(response["RateLimit-Policy"], '"token";q=3;w=60')
        self.assertEqual(response["RateLimit"], '"token";r=2;t=20')

    def test_states_no_limit_where_none_is_counted(self):
        self.assertNotIn("RateLimit", self.client.get("/healthz"))

    def test_gives_a_token_its_own_limit(self):
        self.statuses(3)

        self.assertEqual(self.statuses(4, **self.bearer()), [422, 422, 422, 429])

    def test_a_token_may_have_a_rate_of_its_own(self):
        bearer = self.bearer(calls_per_minute=1)

        self.assertEqual(self.statuses(2, **bearer), [422, 429])

    def test_answers_without_a_count_while_the_database_is_away(self):
        away = mock.patch("classifier.api.limits.charged", side_effect=DatabaseError)
        with away, self.assertLogs("classifier.limits.rates", "WARNING"):
            self.assertEqual(self.statuses(4), [422] * 4)

    def test_looks_up_no_token_while_the_database_is_away(self):
        with (
            mock.patch.object(Token.objects, "authenticate", side_effect=DatabaseError),
            self.assertLogs("classifier.api.errors", "WARNING"),
        ):
            self.assertEqual(self.statuses(1, Authorization="Bearer x"), [503])
