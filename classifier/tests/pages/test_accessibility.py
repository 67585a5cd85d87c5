"""Axe looks at every page that people see, in both languages, light and dark."""

from unittest import mock

import pytest
from cassandra.cluster import NoHostAvailable
from django.contrib.auth.models import Group, User
from django.core.exceptions import (
    DisallowedHost,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.http import Http404
from django.test import override_settings, tag
from django.urls import include, path, reverse
from django.views import defaults

from classifier import error_pages, history, prediction
from classifier.api.models import Scope, Token
from classifier.history import suggestions
from classifier.networks import checkpoints
from classifier.spool.models import WaitingUpload
from classifier.webhooks.models import Message
from deewhy.cassandra import session

from ..admin.test_browser import keep_pictures
from ..fixtures.browser import BrowserTestCase
from ..fixtures.uploads import NOON, make_upload
from .test_browser import AXE_TAGS

pytestmark = pytest.mark.browser

# It would read the admin's style sheets into inline ones, which the policy forbids.
STAFF_OPTIONS = {"preload": False}
LANGUAGES = {"en": "en", "zh-CN": "zh-hans"}
OTHER_ORIGIN = {"HTTP_ORIGIN": "https://other.example"}


def csrf_failure_of_another_site(request):
    request.META |= OTHER_ORIGIN
    return error_pages.csrf_failure(request)


# The view for each error, as at the place where the error happens.
ERRORS = {
    "400": lambda request: error_pages.bad_request(request, SuspiciousOperation()),
    "400-host": lambda request: error_pages.bad_request(request, DisallowedHost()),
    "403": lambda request: defaults.permission_denied(request, PermissionDenied()),
    "403-csrf": error_pages.csrf_failure,
    "403-origin": csrf_failure_of_another_site,
    "404": lambda request: defaults.page_not_found(request, Http404()),
    "413": lambda request: error_pages.bad_request(request, RequestDataTooBig()),
    "429": lambda request: error_pages.too_many_requests(request, 30),
    "429-sign-in": lambda request: error_pages.locked_out(request, None, {}),
    "500": defaults.server_error,
    **{
        f"503-{part}": lambda request, part=part: error_pages.unavailable(request, part)
        for part in error_pages.PARTS.values()
    },
}
urlpatterns = [
    path("", include("deewhy.urls")),
    *(path(f"error/{name}", view, name=name) for name, view in ERRORS.items()),
]


@override_settings(ROOT_URLCONF=__name__)
@tag("slow")
class ErrorPageTests(BrowserTestCase):
    def test_axe_finds_nothing_on_the_pages_of_errors(self):
        for locale, language in LANGUAGES.items():
            self.new_window(locale=locale)
            for name in ERRORS:
                with self.subTest(page=name, locale=locale):
                    self.open(name)

                    self.assertEqual(
                        self.page.locator("html").get_attribute("lang"), language
                    )
                    self.assertAccessible(runOnly=AXE_TAGS)

    def test_axe_finds_nothing_on_the_page_that_is_made_without_a_request(self):
        for locale in LANGUAGES:
            self.new_window(locale=locale)
            self.page.route("**/busy", lambda route: route.fulfill(**busy(route)))
            with self.subTest(locale=locale):
                self.page.goto(f"{self.live_server_url}/busy")

                self.assertAccessible(runOnly=AXE_TAGS)


def busy(route):
    """Return a busy server's bytes to a browser, without handling its request."""
    language = route.request.headers["accept-language"]
    asked = f"GET /upload HTTP/1.1\r\nAccept-Language: {language}\r\n\r\n"
    head, _, body = error_pages.refusal(asked.encode()).partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    return {"status": 503, "headers": headers, "body": body}


@tag("slow")
class StaffTestCase(BrowserTestCase):
    """Each page of the admin, with something of everything on it."""

    def setUp(self):
        super().setUp()
        self.upload = make_upload(is_sure=False, probability=0.4)
        for upload in (self.upload, make_upload(NOON, file_name="same.png")):
            history.record(upload)
        keep_pictures(self.upload)
        suggestions.keep(self.upload.id, "Bag")
        history.correct(history.get(self.upload.id), "Coat", by="ann")
        WaitingUpload.objects.add(make_upload())
        prediction.served()  # the doctor looks at it
        self.sign_in()
        boss = User.objects.get()
        Token.objects.issue(owner=boss, name="Shop", scopes=[Scope.CLASSIFY])
        Message.objects.create(upload_id=self.upload.id, body="{}", reason="refused")

    def speak(self, language):
        cookie = {"name": "django_language", "value": language}
        self.page.context.add_cookies([{**cookie, "url": self.live_server_url}])

    def each_language(self):
        for language in LANGUAGES.values():
            self.speak(language)
            with self.subTest(language):
                yield language

    def look(self, *addresses):
        """Go to each address in each language, and let axe look at it."""
        for language in self.each_language():
            for address in addresses:
                self.page.goto(self.live_server_url + address)
                self.assertClean(language)

    def assertClean(self, language):
        spoken = self.page.locator("html").get_attribute("lang")
        self.assertEqual(spoken, language, self.page.url)
        self.assertAccessible(**STAFF_OPTIONS)

    def list_page(self, query=""):
        return reverse("admin:classifier_upload_changelist") + query


class UploadPageTests(StaffTestCase):
    def test_axe_finds_nothing_on_the_pages_of_uploads(self):
        self.look(
            self.list_page(),
            self.list_page("?class_name=Bag"),  # there is none
            self.list_page("?cursor=forged"),
            self.list_page("?view=grid"),
            reverse("admin:classifier_upload_figures"),
            *pages_of("classifier_upload", self.upload.id, "change delete history"),
        )

    def test_axe_finds_nothing_while_cassandra_is_away(self):
        away = NoHostAvailable("away", {})
        with mock.patch.object(session, "session", side_effect=away):
            self.look(self.list_page(), reverse("admin:index"))

    def test_axe_finds_nothing_on_answers_to_actions(self):
        for language in self.each_language():
            for action in ("correct_selected", "delete_selected"):
                self.page.goto(self.live_server_url + self.list_page())
                self.page.locator("#result_list .action-select").first.check()
                self.page.select_option("[name=action]", action)
                self.page.select_option("[name=class_name]", "Bag")
                self.follow(".actions button")
                self.assertClean(language)


class OtherPageTests(StaffTestCase):
    def test_axe_finds_nothing_on_waiting_records_and_messages(self):
        waiting, message = WaitingUpload.objects.get(), Message.objects.get()
        self.look(
            reverse("admin:spool_waitingupload_changelist"),
            *pages_of("spool_waitingupload", waiting.pk, "change"),
            reverse("admin:webhooks_message_changelist"),
            *pages_of("webhooks_message", message.pk, "change"),
        )

    def test_axe_finds_nothing_on_the_pages_of_tokens(self):
        self.look(
            reverse("admin:api_token_changelist"),
            reverse("admin:api_token_add"),
            *pages_of("api_token", Token.objects.get().pk, "change delete"),
        )
        for language in self.each_language():
            self.open("admin:api_token_add")
            self.page.fill("[name=name]", "Shop")
            self.follow("[name=_save]")
            self.page.wait_for_selector("#secret")
            self.assertClean(language)

    def test_axe_finds_nothing_on_the_pages_of_users_and_groups(self):
        self.look(
            reverse("admin:auth_user_changelist"),
            reverse("admin:auth_user_add"),
            *pages_of("auth_user", User.objects.get().pk, "change history"),
            reverse("admin:auth_group_changelist"),
            *pages_of("auth_group", Group.objects.first().pk, "change delete"),
        )

    def test_axe_finds_nothing_on_the_dashboard_and_the_pages_of_no_list(self):
        served = checkpoints.served_version()
        self.look(
            reverse("admin:index"),
            reverse("doctor"),
            reverse("admin:learning_network_changelist"),
            reverse("admin:learning_network_change", args=[served]),
            reverse("admin:password_change"),
            reverse("admin:password_change_done"),
            reverse("report"),
        )

    def test_axe_finds_nothing_before_and_after_a_visit(self):
        for language in self.each_language():
            self.open("admin:index")
            self.follow("#logout-form button")
            self.assertClean(language)
            self.open("admin:login")
            self.assertClean(language)
            self.page.fill("[name=username]", "root")
            self.page.fill("[name=password]", "wrong")
            self.follow("[type=submit]")
            self.assertClean(language)
            self.page.fill("[name=username]", "root")
            self.page.fill("[name=password]", "secret")
            self.follow("[type=submit]")


def pages_of(name, pk, views):
    """Return the addresses of the pages of one object in the admin."""
    return [reverse(f"admin:{name}_{view}", args=[pk]) for view in views.split()]
