from unittest import mock

from django.test import SimpleTestCase, TestCase, override_settings
from django.urls import reverse
from django.utils import translation

from classifier.api.bodies import FORM_BYTES
from classifier.api.problems import KINDS, MEDIA_TYPE, Problem
from classifier.error_pages import refusal
from classifier.exceptions import NetworkUnavailable
from classifier.tests.api.test_tokens import issue


class ProblemTestCase(TestCase):
    def assert_problem(self, response, name):
        self.assertEqual(response["Content-Type"], MEDIA_TYPE)
        self.assertEqual(response.json()["type"], f"/api/v1/docs#{name}")
        self.assertEqual(response.json()["status"], response.status_code)
        self.assertEqual(response.status_code, KINDS[name].status)


class ProblemTests(SimpleTestCase):
    def test_has_the_members_of_rfc_9457(self):
        problem = Problem("too-large", "21 MB came.", code="too_large")

        self.assertEqual(
            problem.as_dict(),
            {
                "type": "/api/v1/docs#too-large",
                "title": "The body is too large",
                "status": 413,
                "detail": "21 MB came.",
                "code": "too_large",
            },
        )

    def test_gives_the_advice_of_its_kind_where_there_is_no_detail(self):
        problem = Problem("not-found")

        self.assertEqual(problem.detail, str(KINDS["not-found"].advice))

    def test_speaks_the_callers_language(self):
        with translation.override("zh-hans"):
            self.assertEqual(Problem("not-found").as_dict()["title"], "这里什么也没有")


class BareErrorTests(ProblemTestCase):
    """What Django answers before or beside the API's own code."""

    def test_an_address_that_is_not_there(self):
        for address in ["/api/v1/nothing", "/api/", "/api/v2/classify"]:
            with self.subTest(address=address):
                self.assert_problem(self.client.get(address), "not-found")

    def test_a_method_that_an_address_has_not(self):
        response = self.client.put(reverse("api:classify"))

        self.assert_problem(response, "method-not-allowed")
        self.assertEqual(response["Allow"], "POST")

    def test_a_host_that_is_not_served(self):
        response = self.client.get("/api/v1/network", headers={"Host": "other.example"})

        self.assert_problem(response, "bad-request")

    def test_a_mistake_of_ours(self):
        self.client.raise_request_exception = False

        with mock.patch("classifier.prediction.served", side_effect=TypeError):
            response = self.client.get("/api/v1/network")

        self.assert_problem(response, "server-error")
        self.assertNotIn("Traceback", response.text)

    def test_sets_no_cookie(self):
        self.assertFalse(self.client.get("/api/v1/nothing").cookies)

    def test_tells_its_length(self):
        response = self.client.get("/api/v1/nothing")

        self.assertEqual(int(response["Content-Length"]), len(response.content))

    def test_pages_for_people_stay_pages(self):
        response = self.client.get("/nothing")

        self.assertEqual(response["Content-Type"], "text/html; charset=utf-8")


class BodyTests(ProblemTestCase):
    """Bodies that are refused before any picture is looked at."""

    def post(self, body, content_type, **headers):
        return self.client.generic(
            "POST", reverse("api:classify"), body, content_type, headers=headers
        )

    def test_a_form_that_is_no_multipart(self):
        response = self.post(b"file=1", "application/x-www-form-urlencoded")

        self.assert_problem(response, "media-type-not-supported")

    def test_a_multipart_without_a_file(self):
        response = self.client.post(reverse("api:classify"), {"other": "1"})

        self.assert_problem(response, "no-picture")

    def test_a_multipart_without_a_boundary(self):
        response = self.post(b"--", "multipart/form-data")

        self.assert_problem(response, "bad-request")

    def test_a_body_in_chunks(self):
        response = self.post(b"", "image/png", **{"Transfer-Encoding": "chunked"})

        self.assert_problem(response, "length-needed")

    def test_an_empty_body(self):
        response = self.post(b"", "image/png")

        self.assert_problem(response, "unreadable-picture")
        self.assertEqual(response.json()["code"], "empty")

    @override_settings(MAX_UPLOAD_BYTES=1000)
    def test_a_body_over_the_limit(self):
        response = self.post(bytes(1001), "image/png")

        self.assert_problem(response, "too-large")
        self.assertEqual(
            response.json()["detail"],
            "This file is 1001\xa0bytes; the limit is 1000\xa0bytes. "
            "Choose a smaller picture, or make this one smaller first.",
        )

    @override_settings(MAX_UPLOAD_BYTES=1_000_000)
    def test_as_many_bytes_as_the_limits_say_are_not_too_large(self):
        body = self.post(bytes(1_000_000), "image/png")
        head = (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        )
        several = b"".join(head + bytes(900_000) + b"\r\n" for _ in range(2)) + head
        end = b"\r\n--x--\r\n"
        fill = bytes(1_000_000 + FORM_BYTES - len(several) - len(end))
        parts = self.post(several + fill + end, "multipart/form-data; boundary=x")

        self.assert_problem(body, "unreadable-picture")
        self.assertEqual(len(parts.json()["outcomes"]), 3)

    @override_settings(MAX_UPLOAD_BYTES=1000)
    def test_several_pictures_that_are_too_large_together(self):
        response = self.post(
            b"", "multipart/form-data; boundary=x", **{"Content-Length": 2**21}
        )

        self.assert_problem(response, "too-large")

    def test_bytes_that_are_no_picture(self):
        response = self.post(b"no picture", "application/octet-stream")

        self.assert_problem(response, "unreadable-picture")
        self.assertEqual(response.json()["code"], "not_a_picture")

    def test_an_idempotency_key_that_is_too_long(self):
        response = self.post(b"x", "image/png", **{"Idempotency-Key": "k" * 256})

        self.assert_problem(response, "invalid-parameter")
        self.assertEqual(response.json()["errors"][0]["parameter"], "Idempotency-Key")


@override_settings(API_OPEN=False)
class TokenTests(ProblemTestCase):
    def test_a_call_without_a_token(self):
        response = self.client.post(reverse("api:classify"))

        self.assert_problem(response, "token-needed")
        self.assertEqual(response["WWW-Authenticate"], "Bearer")

    def test_a_token_that_nobody_made(self):
        response = self.client.post(
            reverse("api:classify"), headers={"Authorization": "Bearer nobody"}
        )

        self.assert_problem(response, "token-needed")
        self.assertEqual(response["WWW-Authenticate"], 'Bearer error="invalid_token"')

    def test_a_token_without_the_scope(self):
        _, secret = issue(scopes=["classify"])

        response = self.client.get(
            reverse("api:list_uploads"), headers={"Authorization": f"Bearer {secret}"}
        )

        self.assert_problem(response, "not-allowed")
        self.assertEqual(response.json()["scope"], "uploads:read")


class OriginTests(TestCase):
    """Which other sites' scripts may call."""

    def preflight(self, path="/api/v1/classify"):
        return self.client.options(
            path,
            headers={
                "Origin": "https://shop.example",
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization,idempotency-key",
            },
        )

    def test_lets_in_no_other_origin_by_default(self):
        self.assertNotIn("Access-Control-Allow-Origin", self.preflight().headers)

    @override_settings(CORS_ALLOWED_ORIGINS=["https://shop.example"])
    def test_lets_in_an_origin_that_the_setting_names(self):
        response = self.preflight()

        self.assertEqual(
            response["Access-Control-Allow-Origin"], "https://shop.example"
        )
        self.assertIn("idempotency-key", response["Access-Control-Allow-Headers"])

    def answers(self, origin):
        """Return an answer of each kind to a script on another site, by its status."""
        self.client.raise_request_exception = False
        headers = {"Origin": origin}
        classify = reverse("api:classify")
        get, post = self.client.get, self.client.post
        form = "application/x-www-form-urlencoded"
        answers = [
            get("/api/v1/network", headers=headers),
            get("/api/v1/nothing", headers=headers),
            get(classify, headers=headers),
            get(reverse("api:list_uploads"), headers=headers),
            post(classify, b"a=b", form, headers=headers),
            post(classify, b"", "image/png", headers=headers),
        ]
        for trouble in (TypeError, NetworkUnavailable("away")):
            with mock.patch("classifier.prediction.served", side_effect=trouble):
                answers.append(get("/api/v1/network", headers=headers))
        with override_settings(API_CALLS_PER_MINUTE=1):
            answers.append(get("/api/v1/network", headers=headers))
        return {answer.status_code: answer for answer in answers}

    @override_settings(CORS_ALLOWED_ORIGINS=["https://shop.example"])
    def test_a_script_of_a_named_origin_can_read_every_problem(self):
        answers = self.answers("https://shop.example")

        self.assertEqual(set(answers), {200, 401, 404, 405, 415, 422, 429, 500, 503})
        for status, answer in answers.items():
            with self.subTest(status):
                allowed = answer["Access-Control-Allow-Origin"]
                self.assertEqual(allowed, "https://shop.example")
                self.assertIn("Retry-After", answer["Access-Control-Expose-Headers"])

    @override_settings(CORS_ALLOWED_ORIGINS=["https://shop.example"])
    def test_a_script_of_another_origin_can_read_nothing(self):
        for status, answer in self.answers("https://other.example").items():
            with self.subTest(status):
                self.assertNotIn("Access-Control-Allow-Origin", answer.headers)

    @override_settings(CORS_ALLOWED_ORIGINS=["https://shop.example"])
    def test_refusals_without_a_thread_are_readable_too(self):
        for origin, is_allowed in (("shop", True), ("other", False)):
            head = f"POST /api/v1/classify HTTP/1.1\r\nOrigin: https://{origin}.example"

            answer = refusal(f"{head}\r\n\r\n".encode())

            header = f"access-control-allow-origin: https://{origin}.example\r\n"
            self.assertIs(header.encode() in answer.lower(), is_allowed)

    @override_settings(CORS_ALLOWED_ORIGINS=["https://shop.example"])
    def test_lets_it_into_the_api_only(self):
        response = self.preflight("/upload")

        self.assertNotIn("Access-Control-Allow-Origin", response.headers)
