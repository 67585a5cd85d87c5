import io
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from unittest import mock

from cassandra.cluster import NoHostAvailable
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.test import Client, TestCase, override_settings, tag
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from PIL import Image

from classifier import answers, history, pictures, visitors
from classifier.exceptions import (
    HistoryUnavailable,
    NetworkUnavailable,
    StorageUnavailable,
)
from classifier.history import suggestions
from classifier.history.corrections import NONE_OF_THESE as NONE
from classifier.networks import checkpoints
from classifier.spool import records
from classifier.spool.models import WaitingUpload
from deewhy.cassandra import session

from ..fixtures.pictures import make_garment, make_picture
from ..fixtures.uploads import make_upload


class TextOfElement(HTMLParser):
    """Collect the text of the element with an id, as any program would read it."""

    def __init__(self, id):
        super().__init__()
        self.id, self.depth, self.text = id, 0, ""

    def handle_starttag(self, tag, attrs):
        if self.depth or dict(attrs).get("id") == self.id:
            self.depth += 1

    def handle_endtag(self, tag):
        self.depth -= bool(self.depth)

    def handle_data(self, data):
        if self.depth:
            self.text += data


def text_of(response, id):
    parser = TextOfElement(id)
    parser.feed(response.content.decode())
    return parser.text


@tag("cassandra")
class PageTestCase(TestCase):
    databases = {"default", "cassandra"}

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.media = Path(folder.name)
        self.enterContext(override_settings(MEDIA_ROOT=self.media))

    def post(self, content, name="trousers.png", **extra):
        file = SimpleUploadedFile(name, content)
        return self.client.post("/upload", {"file": file}, **extra)

    def uploads(self):
        return history.page().rows

    def assertNothingKept(self):
        self.assertEqual(self.uploads(), [])
        files = [path for path in self.media.rglob("*") if path.is_file()]
        # The note on a refused upload may stay until Cassandra can be asked about it.
        self.assertEqual([path for path in files if path.suffix != ".doubtful"], [])


class UploadTests(PageTestCase):
    def test_the_root_leads_to_the_form(self):
        self.assertRedirects(self.client.get("/"), "/upload")

    def test_the_form_is_plain_html(self):
        response = self.client.get("/upload")

        self.assertTemplateUsed(response, "upload.html")
        self.assertContains(response, 'type="file" name="file"')
        self.assertContains(
            response, '<button type="submit" class="primary">Upload</button>', html=True
        )

    def test_the_form_is_in_the_language_of_the_browser(self):
        response = self.client.get("/upload", headers={"accept-language": "zh-CN"})

        self.assertContains(
            response, '<button type="submit" class="primary">上传</button>', html=True
        )

    def test_a_picture_leads_to_its_answer(self):
        response = self.post(make_garment((28, 28)))

        [upload] = self.uploads()
        self.assertRedirects(response, f"/uploads/{upload.id}", 303)

    def test_the_answer_names_the_class_alone_in_an_element(self):
        response = self.post(make_garment((28, 28)), follow=True)

        self.assertTemplateUsed(response, "upload_ok.html")
        self.assertEqual(text_of(response, "class-name"), "trousers")

    def test_says_that_a_file_was_cut_short(self):
        sentence = "The file was cut short: what had arrived was looked at."
        whole = make_garment((300, 400), format="BMP")

        self.assertNotContains(self.post(whole, follow=True), sentence)
        self.assertContains(self.post(whole[:-50_000], follow=True), sentence)

        upload = self.uploads()[0]
        self.assertTrue(upload.is_cut_short)
        self.assertLess(upload.height, 400)
        kept = pictures.open_picture(pictures.path(upload.stored_name))
        self.assertEqual(kept.size, (upload.width, upload.height))

    def test_records_the_upload(self):
        content = make_garment((280, 140), "WEBP")

        self.post(content, "C:\\photos\\my \u202etrousers.jpg")

        [upload] = self.uploads()
        self.assertEqual(upload.file_name, "my trousers.jpg")
        self.assertEqual(upload.media_type, "image/webp")
        self.assertEqual((upload.width, upload.height), (280, 140))
        self.assertEqual(upload.size_bytes, len(content))
        self.assertEqual(upload.source, "form")
        self.assertEqual(pictures.path(upload.stored_name).read_bytes(), content)

    def test_records_the_size_of_a_picture_on_its_side_as_it_is_seen(self):
        exif = Image.Exif()
        exif[0x0112] = 6

        self.post(make_picture((4000, 3000), format="JPEG", exif=exif))

        [upload] = self.uploads()
        self.assertEqual((upload.width, upload.height), (3000, 4000))

    def test_accepts_a_picture_whatever_its_name_says(self):
        self.assertEqual(self.post(make_garment(), "notes.txt").status_code, 303)


class SeveralTests(PageTestCase):
    def post_all(self, **contents):
        files = [
            SimpleUploadedFile(f"{name}.png", content)
            for name, content in contents.items()
        ]
        return self.client.post("/upload", {"file": files})

    def test_several_pictures_lead_to_the_list_of_ones_own(self):
        response = self.post_all(first=make_garment(), second=make_picture())

        self.assertRedirects(response, "/upload", 303)
        self.assertEqual(len(self.uploads()), 2)

    def test_names_the_one_that_is_refused_and_keeps_the_others(self):
        response = self.post_all(good=make_garment(), bad=b"no picture")

        self.assertContains(response, "<bdi>bad.png</bdi>:", status_code=400)
        self.assertEqual([each.file_name for each in self.uploads()], ["good.png"])
        self.assertEqual(len(response.context["own_uploads"]), 1)

    def test_refuses_more_than_are_accepted_at_once(self):
        response = self.post_all(**{f"picture{n}": b"" for n in range(21)})

        self.assertContains(
            response, "These are 21 pictures; the limit is 20", status_code=400
        )

    def test_takes_an_example(self):
        response = self.client.post("/upload", {"example": "2"}, follow=True)

        self.assertContains(response, 'data-class-name="Sneaker"')

    def test_offers_the_examples_that_the_network_knows(self):
        self.assertEqual(len(self.client.get("/upload").context["examples"]), 9)

    def test_offers_no_example_without_a_network(self):
        with override_settings(CHECKPOINTS_DIR=self.media):
            response = self.client.get("/upload")

        self.assertEqual(response.context["examples"], [])


class OwnPictureTests(PageTestCase):
    def setUp(self):
        super().setUp()
        self.post(make_garment((28, 28)))
        [self.upload] = self.uploads()

    def post_to(self, view, client=None, **fields):
        address = reverse(f"classifier:{view}", args=[self.upload.id])
        return (client or self.client).post(address, fields)

    def test_keeps_the_visitors_answer_apart_from_corrections(self):
        self.post_to("suggest", class_name="Dress")

        self.assertEqual(suggestions.of(self.upload.id).class_name, "Dress")
        self.assertIs(history.get(self.upload.id).is_corrected, False)

    def test_tells_its_visitor_alone_that_the_answer_was_taken_up(self):
        for said, corrected in (("Dress", "Dress"), ("-", history.NONE_OF_THESE)):
            with self.subTest(said):
                self.post_to("suggest", class_name=said)
                history.correct(history.get(self.upload.id), corrected, by="ann")
                page = reverse("classifier:upload-detail", args=[self.upload.id])

                self.assertContains(self.client.get(page), "it was taken up")
                self.assertNotContains(Client().get(page), "it was taken up")

    def test_another_correction_is_not_the_visitors(self):
        self.post_to("suggest", class_name="Dress")
        history.correct(history.get(self.upload.id), "Coat", by="ann")

        page = reverse("classifier:upload-detail", args=[self.upload.id])

        self.assertNotContains(self.client.get(page), "it was taken up")

    def test_none_of_the_classes_can_be_right(self):
        self.post_to("suggest", class_name="-")

        self.assertEqual(suggestions.of(self.upload.id).class_name, "")

    def test_a_class_that_the_network_does_not_know_is_not_kept(self):
        self.post_to("suggest", class_name="Spoon")

        self.assertIsNone(suggestions.of(self.upload.id))

    def test_deletes_picture_record_and_suggestion(self):
        self.post_to("suggest", class_name="Dress")

        self.post_to("delete")

        self.assertNothingKept()
        self.assertIsNone(suggestions.of(self.upload.id))

    def test_a_deletion_is_written_down_without_the_name_of_its_file(self):
        with self.assertLogs("classifier.operations.audit", "INFO") as logs:
            self.post_to("delete")

        [record] = logs.records
        self.assertEqual(
            record.getMessage(),
            f"Upload {self.upload.id} was deleted by the visitor who sent it.",
        )

    def test_gives_a_receipt(self):
        response = self.client.get(self.post_to("delete")["Location"])

        self.assertContains(response, str(self.upload.id))

    def test_a_receipt_that_was_not_given_is_not_found(self):
        response = self.client.get("/receipts/made:up")

        self.assertEqual(response.status_code, 404)

    def test_another_browser_may_neither_say_nor_delete(self):
        for view in ("suggest", "delete"):
            with self.subTest(view):
                response = self.post_to(view, Client(), class_name="Dress")

                self.assertEqual(response.status_code, 403)
        self.assertEqual(len(self.uploads()), 1)

    def test_the_right_ends_after_seven_days(self):
        later = timezone.now() + visitors.KEPT_FOR
        with mock.patch("django.utils.timezone.now", return_value=later):
            response = self.post_to("delete")

        self.assertEqual(response.status_code, 403)

    def test_a_changed_cookie_gives_no_right(self):
        self.client.cookies[visitors.COOKIE].set(visitors.COOKIE, "forged", "forged")

        self.assertEqual(self.post_to("delete").status_code, 403)

    def test_a_cookie_that_tells_no_doubt_is_still_good(self):
        kept = [(self.upload.id.hex, "Trouser")]
        cookie = signing.dumps(kept, salt=visitors.SALT, compress=True)
        self.client.cookies[visitors.COOKIE].set(visitors.COOKIE, cookie, cookie)

        self.assertEqual(self.post_to("delete").status_code, 303)

    def test_no_script_can_read_the_cookie(self):
        cookie = self.client.cookies[visitors.COOKIE]

        self.assertTrue(cookie["httponly"])
        self.assertEqual(cookie["samesite"], "Lax")


class RefusalTests(PageTestCase):
    def test_explains_the_refusal_of_a_file_and_keeps_nothing(self):
        garment = make_garment((280, 280))
        cases = {
            "empty": (b"", "The file is empty (0 bytes)"),
            "garbage": (bytes(range(256)) * 12, "This file of 3.0\xa0KB is not a"),
            "wrong suffix": (b"%PDF-1.7 a document", "This is a document."),
            "truncated": (
                garment[:300],
                "PNG picture of 280 × 280 pixels is incomplete",
            ),
        }
        for name, (content, sentence) in cases.items():
            with self.subTest(name):
                response = self.post(content)

                self.assertContains(response, sentence, status_code=400)
                self.assertTemplateUsed(response, "upload.html")
                self.assertNothingKept()

    def test_asks_for_a_file_when_none_came(self):
        response = self.client.post("/upload", {})

        self.assertContains(response, "Choose a picture first", status_code=400)

    def test_refuses_a_file_over_the_limit(self):
        with override_settings(MAX_UPLOAD_BYTES=1024):
            response = self.post(bytes(2048))

        self.assertContains(response, "the limit is 1\xa0KB", status_code=413)
        self.assertTemplateUsed(response, "upload.html")
        self.assertNothingKept()

    def test_ties_the_error_to_its_field(self):
        response = self.post(b"no picture")

        self.assertContains(response, 'aria-invalid="true"', status_code=400)
        self.assertTrue(text_of(response, "file-error"))

    def test_refuses_in_the_language_of_the_browser(self):
        response = self.post(b"", headers={"accept-language": "zh-CN"})

        self.assertContains(response, "文件是空的", status_code=400)

    def test_asks_for_the_token_of_the_form(self):
        client = Client(enforce_csrf_checks=True)

        response = client.post("/upload", {"file": SimpleUploadedFile("a.png", b"a")})

        self.assertContains(response, "load the page again", status_code=403)

    def test_says_that_a_form_came_compressed_or_in_chunks(self):
        for headers, status, sentence in (
            ({"Content-Encoding": "gzip"}, 415, "is compressed"),
            ({"Transfer-Encoding": "chunked"}, 411, "is chunked"),
        ):
            for client in (self.client, Client(enforce_csrf_checks=True)):
                with self.subTest(sentence):
                    response = client.post("/upload", {}, headers=headers)

                    self.assertContains(response, sentence, status_code=status)

    def test_a_slash_too_many_leads_on(self):
        client = Client(enforce_csrf_checks=True)
        for path in ("/upload/", "/api/v1/classify/", "/api/v1/network/"):
            for send in (client.get, client.post):
                with self.subTest(path, method=send.__name__):
                    response = send(f"{path}?a=1")

                    self.assertEqual(response.status_code, 308)
                    self.assertEqual(response["Location"], f"{path[:-1]}?a=1")
        for path in ("/nothing/", "/api/v1/nothing/", "//upload/x/"):
            with self.subTest(path):
                self.assertEqual(client.get(path).status_code, 404)

    def test_answers_a_request_with_too_many_fields(self):
        response = self.client.post("/upload", {f"field{n}": n for n in range(1001)})

        self.assertContains(response, "cannot be read", status_code=400)
        self.assertTemplateUsed(response, "400.html")


class AllowanceTests(PageTestCase):
    def post_one(self):
        return self.client.post("/upload", {})

    @override_settings(UPLOADS_PER_MINUTE=2)
    def test_asks_for_a_pause_over_the_limit(self):
        statuses = [self.post_one().status_code for _ in range(2)]

        response = self.post_one()

        self.assertEqual(statuses, [400, 400])
        self.assertContains(response, "Slow down a little", status_code=429)
        self.assertLessEqual(int(response["Retry-After"]), 30)

    @override_settings(UPLOADS_PER_MINUTE=4)
    def test_counts_each_picture_of_a_form(self):
        files = [SimpleUploadedFile(f"{n}.png", b"none") for n in range(4)]

        first = self.client.post("/upload", {"file": files})

        self.assertEqual(first.status_code, 400)
        self.assertEqual(self.post_one().status_code, 429)

    @override_settings(UPLOADS_PER_MINUTE=0)
    def test_has_no_limit_where_none_is_set(self):
        with self.assertNumQueries(0):
            self.post_one()

    @override_settings(UPLOADS_PER_MINUTE=1)
    def test_counts_nothing_while_the_default_database_is_away(self):
        with mock.patch("classifier.limits.rates.charge", side_effect=DatabaseError):
            response = self.post_one()

        self.assertEqual(response.status_code, 400)


class AwayTests(PageTestCase):
    def assertAway(self, response, sentence):
        self.assertContains(response, sentence, status_code=503)
        self.assertContains(response, "Try again", status_code=503)
        self.assertEqual(response["Retry-After"], "10")
        self.assertNothingKept()

    def test_answers_while_cassandra_is_away(self):
        away = NoHostAvailable("away", {})
        with (
            mock.patch.object(session, "session", side_effect=away),
            mock.patch.object(records.breaker, "retry_at", None),
        ):
            response = self.post(make_garment((28, 28)), follow=True)

        self.assertEqual(text_of(response, "class-name"), "trousers")
        self.assertContains(response, "Delete my picture")

    def test_says_that_nothing_takes_the_record(self):
        with (
            mock.patch.object(history, "record", side_effect=HistoryUnavailable),
            mock.patch.object(WaitingUpload.objects, "add", side_effect=DatabaseError),
            mock.patch.object(records.breaker, "retry_at", None),
        ):
            response = self.post(make_garment())

        self.assertAway(response, "The history of uploads does not answer")

    def test_names_the_kept_pictures_before_a_part_went_away(self):
        files = [
            SimpleUploadedFile(name, make_garment()) for name in ("a.png", "b.png")
        ]
        outcomes = [mock.DEFAULT, StorageUnavailable]
        with mock.patch.object(
            pictures, "store", wraps=pictures.store, side_effect=outcomes
        ):
            response = self.client.post("/upload", {"file": files})

        self.assertContains(response, "b.png", status_code=503)
        self.assertContains(response, "Send it again", status_code=503)
        [kept] = self.uploads()
        self.assertContains(response, f"/uploads/{kept.id}", status_code=503)

    def test_an_error_with_one_picture_leaves_the_others_to_their_sender(self):
        names = ("a.png", "b.png", "c.png")
        files = [SimpleUploadedFile(name, make_garment()) for name in names]
        outcomes = [mock.DEFAULT, OverflowError, mock.DEFAULT]
        with (
            mock.patch.object(
                pictures, "store", wraps=pictures.store, side_effect=outcomes
            ),
            self.assertLogs("classifier.views", "ERROR"),
        ):
            response = self.client.post("/upload", {"file": files})

        self.assertContains(response, "b.png", status_code=400)
        own = self.client.get("/upload").context["own_uploads"]
        self.assertEqual({each.file_name for each in own}, {"a.png", "c.png"})

    def test_says_that_the_network_is_away(self):
        with mock.patch(
            "classifier.uploads.served", side_effect=NetworkUnavailable("no checkpoint")
        ):
            response = self.post(make_garment())

        self.assertAway(response, "The network is not loaded")

    def test_says_that_no_picture_can_be_kept(self):
        nowhere = self.media / "file"
        nowhere.touch()
        with override_settings(MEDIA_ROOT=nowhere):
            response = self.post(make_garment())
        nowhere.unlink()

        self.assertAway(response, "There is no room left")


class AboutTests(PageTestCase):
    def test_says_how_accurate_the_served_network_is(self):
        response = self.client.get("/about")

        measured = checkpoints.served().card["photograph"]["cross_validation"]
        self.assertContains(response, answers.percent(measured["accuracy"]))
        self.assertContains(response, answers.percent(measured["recall"]["Coat"]))

    def test_says_how_long_pictures_are_kept(self):
        for days, sentence in ((0, "until it is deleted"), (30, "after 30 days")):
            with override_settings(UPLOAD_TTL_DAYS=days):
                self.assertContains(self.client.get("/about"), sentence)

    def test_is_there_without_a_network(self):
        with override_settings(CHECKPOINTS_DIR=self.media):
            self.assertContains(self.client.get("/about"), "no measurements")

    def test_every_page_leads_to_it_and_to_the_api(self):
        for address in ("/upload", "/nowhere"):
            page = self.client.get(address).content.decode()

            for target in ("/about#accuracy", "/about#privacy", "/api/v1/docs"):
                self.assertIn(f'href="{target}"', page)


class AnswerTests(PageTestCase):
    def answer(self, **values):
        upload = make_upload(**values)
        history.record(upload)
        return self.client.get(f"/uploads/{upload.id}")

    def test_states_the_probability(self):
        self.assertContains(self.answer(), "<strong>91.0%</strong>", html=True)

    def test_never_claims_to_be_certain(self):
        self.assertContains(self.answer(probability=0.99999), "&gt;99.9%")

    def test_lists_every_probability(self):
        self.assertContains(self.answer(), '<th scope="row">', count=10)

    def test_is_as_certain_in_words_as_in_figures(self):
        shirt = [0.02, 0, 0.03, 0, 0, 0, 0.95, 0, 0, 0]
        for values, words in (
            ({"probability": 0.96}, "Almost certainly a shirt"),
            ({"probability": 0.94}, "Probably a shirt"),
            ({"probability": 0.99, "is_sure": False}, "Hard to say: shirt or pull"),
            (
                {"probability": 0.3, "is_sure": False, "probabilities": [0.03] * 10},
                "Hard to say. Our best guess: a shirt",
            ),
        ):
            with self.subTest(words):
                values = {"class_name": "Shirt", "probabilities": shirt} | values
                text = strip_tags(self.answer(**values).content.decode())

                self.assertIn(words, text)

    def test_a_name_that_is_not_fashion_mnists_is_said_as_it_is(self):
        response = self.answer(class_name="{0} <mug>", class_names=["{0} <mug>"] * 10)

        self.assertEqual(text_of(response, "class-name"), "{0} <mug>")

    def test_shows_a_correction_to_anyone_with_the_link(self):
        for corrected, words in (("Bag", "It is a bag"), (NONE, "It is none of these")):
            with self.subTest(words):
                upload = make_upload()
                history.record(upload)
                history.correct(history.get(upload.id), corrected, by="ann")

                response = self.client.get(f"/uploads/{upload.id}")

                self.assertContains(response, f"<h1>{words}</h1>", html=True)
                self.assertEqual(text_of(response, "class-name"), "a top")

    def test_one_tap_among_equals_answers_a_doubtful_picture(self):
        self.post(make_garment())
        [sent] = self.uploads()
        doubtful = make_upload(id=sent.id, is_sure=False, probability=0.6)
        with mock.patch.object(records, "find", return_value=doubtful):
            page = self.client.get(f"/uploads/{sent.id}")
            for name, _p in page.context["candidates"]:
                self.assertContains(page, f'name="class_name" value="{name}"', 1)
            self.client.post(
                f"/uploads/{sent.id}/suggestion", {"class_name": "T-shirt/top"}
            )
            said = self.client.get(f"/uploads/{sent.id}")

        self.assertContains(said, "Thank you! You said: a top.")
        self.assertContains(said, 'aria-pressed="true"', 1)

    def test_both_pages_say_which_classes_there_are(self):
        self.assertContains(self.client.get("/upload"), "Top, Trousers, Pullover,")
        self.assertContains(self.answer(), "these kinds, and no others")

    def test_is_not_sure_kindly_between_two_or_three(self):
        response = self.answer(
            is_sure=False,
            probability=0.4,
            probabilities=[0.4, 0, 0.3, 0, 0.2, 0, 0.1, 0, 0, 0],
        )

        self.assertEqual(text_of(response, "class-name"), "top")
        self.assertEqual(
            [name for name, _ in response.context["candidates"]],
            ["T-shirt/top", "Pullover", "Coat"],
        )

    def test_translates_the_class(self):
        upload = make_upload()
        history.record(upload)

        response = self.client.get(
            f"/uploads/{upload.id}", headers={"accept-language": "zh-CN"}
        )

        self.assertEqual(text_of(response, "class-name"), "上衣")

    def test_shows_a_hostile_name_as_text(self):
        response = self.answer(file_name="<script>alert(1)</script>.png")

        self.assertNotContains(response, "<script>alert")

    def test_an_unknown_id_is_not_found(self):
        response = self.client.get(f"/uploads/{history.new_id()}")

        self.assertContains(response, "There is nothing here", status_code=404)


class PictureTests(PageTestCase):
    def sent(self, content):
        self.post(content)
        [upload] = self.uploads()
        return upload

    def test_sends_the_picture_as_it_came(self):
        upload = self.sent(make_garment())

        response = self.client.get(f"/uploads/{upload.id}/picture")

        self.assertEqual(b"".join(response.streaming_content), make_garment())
        self.assertEqual(response["Content-Type"], "image/png")

    def test_nothing_runs_in_a_picture(self):
        upload = self.sent(make_garment())

        for name in ("picture", "preview", "thumbnail", "heat-map", "card"):
            with self.subTest(name):
                response = self.client.get(
                    reverse(f"classifier:{name}", args=[upload.id])
                )

                self.assertEqual(
                    response["Content-Security-Policy"], "sandbox; default-src 'none'"
                )
                self.assertEqual(response["X-Content-Type-Options"], "nosniff")
                self.assertIn("private", response["Cache-Control"])
                self.assertEqual(response["X-Robots-Tag"], "noindex")

    def test_no_cache_keeps_a_visitors_pages_and_the_browser_may_go_back(self):
        upload = self.sent(make_garment())

        for address in ("/upload", f"/uploads/{upload.id}"):
            with self.subTest(address):
                response = self.client.get(address)

                self.assertEqual(response["Cache-Control"], "private, no-cache")

    def test_no_search_engine_keeps_an_answer(self):
        upload = self.sent(make_garment())

        response = self.client.get(f"/uploads/{upload.id}")

        self.assertEqual(response["X-Robots-Tag"], "noindex")

    def test_a_format_that_browsers_do_not_show_is_a_download(self):
        upload = self.sent(make_garment(format="HEIF"))

        response = self.client.get(f"/uploads/{upload.id}/picture")

        self.assertEqual(response["Content-Type"], "image/heic")
        self.assertIn("attachment", response["Content-Disposition"])

    def test_a_format_that_browsers_do_not_show_has_a_preview(self):
        upload = self.sent(make_garment(format="TIFF"))

        response = self.client.get(f"/uploads/{upload.id}/preview")

        self.assertEqual(response["Content-Type"], "image/webp")

    def test_shows_why_in_colour(self):
        upload = self.sent(make_garment())

        response = self.client.get(f"/uploads/{upload.id}/heat-map")

        with Image.open(io.BytesIO(response.content)) as picture:
            self.assertEqual((picture.format, picture.size), ("WEBP", (252, 252)))
            red, _, blue = picture.split()
            self.assertNotEqual(red.tobytes(), blue.tobytes())

    def test_does_not_explain_another_networks_answer(self):
        upload = make_upload(network_version="another")
        history.record(upload)

        page = self.client.get(f"/uploads/{upload.id}")
        picture = self.client.get(f"/uploads/{upload.id}/heat-map")

        self.assertNotContains(page, "heat-map")
        self.assertEqual(picture.status_code, 404)

    def test_a_picture_without_its_file_is_not_found(self):
        upload = self.sent(make_garment())
        pictures.remove(upload.stored_name)

        for name in ("picture", "heat-map"):
            response = self.client.get(f"/uploads/{upload.id}/{name}")

            self.assertEqual(response.status_code, 404)
