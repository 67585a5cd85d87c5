"""No English is left on a page in Chinese, whether gettext knows of it or not."""

import re
from html.parser import HTMLParser

from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.test import Client, TestCase, tag
from django.urls import reverse
from django.utils.translation import override

from classifier import history, receipts
from classifier.history import suggestions
from classifier.spool.models import WaitingUpload

from ..fixtures.two_factor import (
    SET_UP,
    make_person,
    shown,
    sign_in,
    wrong,
)
from ..fixtures.uploads import make_upload

CHINESE = {"accept-language": "zh-CN"}
# Not a part of a path, an address, an id or a variable's name.
WORD = re.compile(r"(?<![\w./-])[A-Za-z][a-z]{2,}(?![\w./:-])", re.ASCII)
# Names that stay as they are in Chinese, and words for typing.
NAMES = {"deewhy", "Apache", "Cassandra", "Cookie", "Webhook", "doctor", "drain"}
# Written in English into a template of Django's own admin.
NAMES |= {"Search"}
NAMES |= {"Alexey", "Clothing", "Dataset", "Django", "Grigorev"}
# What is nobody's prose: names of files, code, the other languages' names.
FOREIGN = {"bdi", "code", "kbd", "pre", "script", "style"}
VOID = {"base", "br", "col", "hr", "img", "input", "link", "meta"}
SPOKEN = {"alt", "aria-label", "placeholder", "title"}


class Prose(HTMLParser):
    """Collects the text of a page for people, including that of some attributes."""

    def __init__(self, page):
        super().__init__()
        self.open, self.said = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        is_foreign = tag in FOREIGN or (tag != "html" and "lang" in dict(attrs))
        if not self.is_foreign:
            self.said += [value for name, value in attrs if name in SPOKEN]
        if tag not in VOID:
            self.open.append((tag, is_foreign))

    def handle_endtag(self, tag):
        while tag not in VOID and self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not self.is_foreign:
            self.said.append(data)

    @property
    def is_foreign(self):
        return any(foreign for _, foreign in self.open)

    def english(self):
        return {
            " ".join(text.split())
            for text in self.said
            if text and set(WORD.findall(text)) - NAMES
        }


@tag("cassandra")
class UntranslatedTests(TestCase):
    databases = {"default", "cassandra"}

    def assertChinese(self, page):
        self.assertIn('lang="zh-hans"', page)
        self.assertEqual(Prose(page).english(), set())

    def assertAllChinese(self, *addresses):
        for address in addresses:
            with self.subTest(address):
                response = self.client.get(address, headers=CHINESE)
                self.assertChinese(response.content.decode())

    def test_of_the_pages_for_visitors(self):
        unsure = make_upload(class_name="Coat", is_sure=False, probability=0.4)
        history.record(unsure)

        self.assertAllChinese(
            reverse("classifier:upload"),
            reverse("classifier:upload-detail", args=[unsure.id]),
            reverse("classifier:receipt", args=[receipts.issue(unsure.id)]),
            reverse("classifier:about"),
            "/nowhere",
        )

    def test_of_the_pages_for_the_sender(self):
        form = {"example": "5"}
        response = self.client.post("/upload", form, follow=True, headers=CHINESE)
        suggestions.keep(response.context["upload"].id, "Bag")

        self.assertAllChinese(
            response.request["PATH_INFO"], reverse("classifier:upload")
        )

    def test_of_refusals(self):
        for client, form in ((self.client, {}), (Client(enforce_csrf_checks=True), {})):
            response = client.post("/upload", form, headers=CHINESE)
            with self.subTest(response.status_code):
                self.assertChinese(response.content.decode())

    def test_of_error_pages(self):
        for name in ("400", "403", "413", "429", "429_sign_in", "500", "503"):
            with self.subTest(name), override("zh-hans"):
                self.assertChinese(render_to_string(f"{name}.html"))

    def test_of_the_admin(self):
        self.client.force_login(User.objects.create_superuser("管理员"))
        upload = make_upload(class_name="Coat")
        history.record(upload)
        WaitingUpload.objects.add(upload)

        self.assertAllChinese(
            reverse("admin:index"),
            reverse("admin:classifier_upload_changelist"),
            reverse("admin:classifier_upload_changelist") + "?view=grid",
            reverse("admin:classifier_upload_review"),
            reverse("admin:classifier_upload_figures"),
            *(
                reverse(f"admin:classifier_upload_{view}", args=[upload.id])
                for view in ("change", "delete", "history")
            ),
            reverse("admin:spool_waitingupload_changelist"),
            reverse("admin:webhooks_message_changelist"),
            reverse("admin:api_token_changelist"),
            reverse("admin:api_token_add"),
            reverse("doctor"),
        )

    def test_of_the_two_steps_of_a_sign_in(self):
        ann = make_person("管理员")
        self.client.force_login(ann)
        self.assertAllChinese(SET_UP)
        self.client.get(SET_UP)
        key = self.client.session["two_factor_key"]
        for code in (wrong(key), shown(key)):
            response = self.client.post(SET_UP, {"code": code}, headers=CHINESE)
            self.assertChinese(response.content.decode())

        self.assertAllChinese(
            *(
                reverse(f"two_factor:{view}")
                for view in ("overview", "recovery-codes", "turn-off")
            )
        )
        self.client.logout()
        sign_in(self.client, "管理员")
        self.assertAllChinese(reverse("two_factor:code"))
