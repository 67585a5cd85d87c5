"""The API's page in a real Chromium, and the documents' examples for one."""

import base64

import pytest
from django.test import SimpleTestCase

from classifier.api.problems import KINDS
from classifier.api.urls import api

from ..fixtures.browser import BrowserTestCase
from ..fixtures.pictures import make_garment
from .test_service import examples

STRICT = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'"


class DocumentTests(SimpleTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = api.get_openapi_schema()
        cls.operations = [
            operation
            for methods in cls.document["paths"].values()
            for operation in methods.values()
        ]

    def test_is_openapi_3_1(self):
        self.assertEqual(self.document["openapi"], "3.1.0")

    def test_names_every_call(self):
        self.assertEqual(
            {each["operationId"] for each in self.operations},
            {
                "classify",
                "list_uploads",
                "read_upload",
                "read_heat_map",
                "list_similar_uploads",
                "delete_upload",
                "read_network",
            },
        )

    def test_gives_an_example_of_every_problem_of_a_call(self):
        for operation in self.operations:
            for status, response in operation["responses"].items():
                content = response.get("content", {}).get("application/problem+json")
                if content is None:
                    continue
                with self.subTest(call=operation["operationId"], status=status):
                    self.assertTrue(content["examples"])
                    for name, example in content["examples"].items():
                        self.assertEqual(KINDS[name].status, status)
                        self.assertEqual(example["value"]["status"], status)

    def test_says_which_calls_need_a_token(self):
        needing = {
            each["operationId"]
            for each in self.operations
            if {} not in each["security"]
        }

        self.assertEqual(
            needing, {"list_uploads", "list_similar_uploads", "delete_upload"}
        )

    def test_keeps_none_of_its_own_marks(self):
        for operation in self.operations:
            self.assertNotIn("x-problems", operation)
            self.assertNotIn("x-open", operation)


def fulfill_with(policy, route):
    response = route.fetch()
    headers = {**response.headers, "content-security-policy": policy}
    route.fulfill(response=response, headers=headers)


@pytest.mark.browser
class ReferenceTests(BrowserTestCase):
    def browse(self, fragment="", policy=None, **options):
        """Open the page in another kind of window; record its requests."""
        self.new_window(**options)
        self.requested = []
        self.page.on("request", lambda request: self.requested.append(request.url))
        if policy:
            self.page.route("**/docs", lambda route: fulfill_with(policy, route))
        self.page.goto(f"{self.live_server_url}/api/v1/docs{fragment}")

    def test_is_accessible_in_both_languages_and_themes(self):
        for locale in ("en", "zh-CN"):
            with self.subTest(locale=locale):
                self.browse(locale=locale)

                self.assertAccessible()

    def test_needs_no_script_and_no_other_host(self):
        self.browse(java_script_enabled=False)

        self.assertIn("/api/v1/classify", self.page.inner_text("main"))
        for url in self.requested:
            self.assertTrue(url.startswith(self.live_server_url), url)

    def test_keeps_a_strict_content_security_policy(self):
        self.browse(policy=STRICT)

        self.assertEqual(self.complaints, [])

    def test_fits_a_phone(self):
        self.browse(viewport={"width": 360, "height": 740})

        width = self.page.evaluate("document.documentElement.scrollWidth")
        self.assertLessEqual(width, 360)

    def test_leads_from_a_problem_to_its_explanation(self):
        self.browse("#too-large")

        self.assertIn("413", self.page.inner_text(":target"))

    def test_runs_the_examples_in_javascript(self):
        self.open("classifier:upload")

        for code in examples("javascript"):
            code = code.replace("http://localhost:8987", self.live_server_url)
            answer = self.page.evaluate(
                f"""async (content) => {{
                    {code}
                    const bytes = Uint8Array.from(atob(content), c => c.charCodeAt());
                    return classify(new File([bytes], "trousers.png"));
                }}""",
                base64.b64encode(make_garment((28, 28))).decode(),
            )

            self.assertEqual(answer["class_name"], "Trouser")
