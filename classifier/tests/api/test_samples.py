"""The samples of the API's page: they must work when copied."""

import ast

from django.test import SimpleTestCase

from classifier.api.samples import in_languages
from classifier.api.urls import api


class SampleTests(SimpleTestCase):
    def test_every_call_has_one_in_three_languages(self):
        for methods in api.get_openapi_schema()["paths"].values():
            for operation in methods.values():
                samples = operation["x-codeSamples"]

                self.assertEqual(
                    [each["lang"] for each in samples],
                    ["Shell", "Python", "JavaScript"],
                )
                ast.parse(samples[1]["source"])

    def test_they_say_the_same(self):
        _, python, script = in_languages(
            "curl -X DELETE -H 'Authorization: Bearer deewhy_1' https://a/b"
        )

        self.assertIn(
            'requests.delete("https://a/b", '
            'headers={"Authorization": "Bearer deewhy_1"})',
            python["source"],
        )
        self.assertIn(
            'fetch("https://a/b", {method: "DELETE", '
            'headers: {Authorization: "Bearer deewhy_1"}})',
            script["source"],
        )

    def test_a_picture_is_sent_and_one_is_kept(self):
        _, python, script = in_languages("curl -F file=@shoe.jpg https://a/b")
        self.assertIn('files={"file": picture}', python["source"])
        self.assertIn('method: "POST", body', script["source"])

        _, python, _ = in_languages("curl -o why.webp https://a/b")
        self.assertIn('open("why.webp", "wb")', python["source"])

    def test_the_page_shows_them_with_a_sample_answer(self):
        paths = api.get_openapi_schema()["paths"].values()
        page = self.client.get("/api/v1/docs")

        self.assertContains(page, "await fetch(", sum(map(len, paths)))
        self.assertContains(page, "What it answers")
        self.assertContains(page, "next_cursor")
