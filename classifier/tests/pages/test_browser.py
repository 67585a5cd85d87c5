"""The visitor's pages in a real Chromium: phone and desktop, script and none."""

import tempfile
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import override_settings, tag
from PIL import Image
from playwright.sync_api import expect

from classifier import history, prediction, receipts
from classifier.examples import SHOWN
from classifier.pictures import unsupported

from ..fixtures.browser import BrowserTestCase
from ..fixtures.garments import garment
from ..fixtures.pictures import make_garment, make_picture
from ..fixtures.uploads import make_upload

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PLAIN = {"java_script_enabled": False}

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


DROP = """(bytes) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], "dropped.png"));
    const event = new Event("drop", { bubbles: true });
    event.dataTransfer = data;
    document.body.dispatchEvent(event);
}"""

# Keep what the page says right after its address has changed.
NOTE_HEADING = """() => {
    const push = history.pushState.bind(history);
    history.pushState = (...change) => {
        push(...change);
        queueMicrotask(() => window.noted = document.querySelector("h1").innerText);
    };
}"""

# Put off each change of the page, as a busy browser does.
SLOW_TRANSITIONS = """() => {
    window.changes = [];
    document.startViewTransition = (swap) => {
        const end = (done) => { swap(); done(); };
        changes.push(new Promise((done) => setTimeout(end, 500, done)));
        return { updateCallbackDone: changes.at(-1) };
    };
}"""

# The sum of all shifts so far, as browsers count them.
SHIFT = """() => new Promise((done) => {
    let sum = 0;
    new PerformanceObserver((list) => {
        for (const each of list.getEntries()) sum += each.value;
    }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => done(sum), 200);
})"""


def picture_of(name):
    return garment(name).read()


def as_file(content, name="picture.png", media_type="image/png"):
    return {"name": name, "mimeType": media_type, "buffer": content}


@tag("slow")
class VisitorTestCase(BrowserTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        prediction.served()  # as every process of the site before its first visitor

    def setUp(self):
        super().setUp()
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.enterContext(override_settings(MEDIA_ROOT=folder))

    def browse(self, **options):
        """Start over in a window of another kind, on the upload page."""
        self.new_window(**{"locale": "en"} | options)
        self.open("classifier:upload")

    def choose(self, *files):
        self.page.set_input_files("input[type=file]", list(files))

    def send(self):
        self.page.click("button.primary")

    def send_and_go(self):
        self.follow("button.primary")

    def ask(self, *files, is_scripted=True):
        """Let files lead to an answer; with a script a single one goes at once."""
        if is_scripted and len(files) == 1:
            with self.page.expect_navigation():
                self.choose(*files)
        else:
            self.choose(*files)
            self.send_and_go()

    def try_example(self, class_name):
        self.follow(f".examples [value='{1 + SHOWN.index(class_name)}']")

    def class_name(self):
        return self.page.locator("#class-name").get_attribute("data-class-name")

    def kept_files(self):
        folder = Path(settings.MEDIA_ROOT)
        return [path for path in folder.rglob("*") if path.is_file()]


class OnePictureTests(VisitorTestCase):
    def test_reads_the_class_of_a_picture(self):
        for kind, options in {
            "phone": PHONE,
            "desktop": DESKTOP,
            "phone, no script": PHONE | PLAIN,
            "desktop, no script": DESKTOP | PLAIN,
        }.items():
            with self.subTest(kind):
                self.browse(**options)

                file = as_file(picture_of("ankle-boot"))
                self.ask(file, is_scripted=not options.keys() & PLAIN)

                self.assertEqual(self.class_name(), "Ankle boot")
                self.assertIn("an ankle boot", self.page.inner_text("h1"))

    def test_reads_the_class_in_chinese(self):
        self.browse(locale="zh-CN")

        self.ask(as_file(picture_of("trouser")))

        self.assertIn("裤子", self.page.inner_text("h1"))

    def test_the_address_changes_in_the_same_moment_as_the_page(self):
        self.browse()
        self.page.evaluate(NOTE_HEADING)

        self.ask(as_file(picture_of("trouser")))

        self.assertEqual(self.page.evaluate("noted"), self.page.inner_text("h1"))

    def test_switches_the_language(self):
        self.browse()

        self.follow("text='简体中文'")

        self.assertEqual(self.page.inner_text(".drop strong"), "选择图片")

    def test_tries_an_example_with_one_click(self):
        for options in ({}, PLAIN):
            with self.subTest(options):
                self.browse(**options)

                self.try_example("Coat")

                self.assertEqual(self.class_name(), "Coat")

    def test_keeps_the_form_and_says_why_a_file_is_refused(self):
        for options in ({}, PLAIN):
            with self.subTest(options):
                self.browse(**options)

                self.choose(as_file(b"no picture", "notes.png"))
                if options:
                    self.send()
                self.page.wait_for_selector("text=is not a readable picture")

                self.assertEqual(history.page().rows, [])
                self.assertEqual(self.kept_files(), [])

    def test_asks_for_a_picture_where_none_is_chosen(self):
        self.browse(**PLAIN)

        self.send()

        self.assertTrue(
            self.page.locator("input[type=file]").evaluate("e => !e.validity.valid")
        )
        self.assertTrue(self.page.url.endswith("/upload"))

    def test_only_a_touch_screen_has_a_button_for_the_camera(self):
        for options, is_visible in ((PHONE, True), (DESKTOP, False)):
            self.browse(**options)

            camera = self.page.locator("text='Take a photo'")

            self.assertIs(camera.is_visible(), is_visible)


class InPlaceTests(VisitorTestCase):
    """One picture is answered where it was dropped, and the address follows."""

    def sent(self, **options):
        self.browse(**options)
        self.page.evaluate("window.isSamePage = true")
        self.ask(as_file(picture_of("coat"), "coat.png"))
        self.page.wait_for_selector("h1:focus")

    def test_the_answer_takes_the_place_of_the_form(self):
        for kind in (PHONE, DESKTOP):
            with self.subTest(kind):
                self.sent(**kind)

                self.assertIs(self.page.evaluate("window.isSamePage"), True)
                [upload] = history.page(size=1).rows
                self.assertTrue(self.page.url.endswith(f"/uploads/{upload.id}"))
                self.page.reload()
                self.assertEqual(self.class_name(), "Coat")

    def test_after_going_back_upload_sends_it_again(self):
        self.sent()

        self.page.go_back()
        expect(self.page.locator(".own li")).to_have_count(1)
        self.send_and_go()

        self.assertEqual(len(history.page().rows), 2)
        self.assertEqual(self.class_name(), "Coat")

    def test_goes_forward_to_the_answer(self):
        self.sent()
        address = self.page.url

        self.page.go_back()
        self.page.go_forward()

        self.page.wait_for_selector("#class-name")
        self.assertEqual(self.page.url, address)

    def test_goes_back_and_forward_faster_than_the_pages_change(self):
        self.sent()
        self.page.evaluate(SLOW_TRANSITIONS)

        self.page.go_back()
        self.page.go_forward()

        for _ in range(2):  # the second change may begin during the first
            self.page.evaluate("Promise.all(changes)")
        expect(self.page.locator("#class-name")).to_be_visible()

    def test_a_picture_dropped_on_an_answer_is_answered_next(self):
        self.sent()
        address = self.page.url

        self.page.evaluate(DROP, list(picture_of("bag")))

        self.page.wait_for_selector("[data-class-name=Bag]")
        self.assertNotEqual(self.page.url, address)

    def test_files_restored_by_the_browser_can_be_sent(self):
        self.browse()
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder, name) for name in ("a.png", "b.png")]
            for path in paths:
                path.write_bytes(picture_of("bag"))
            self.page.set_input_files("input[type=file]", paths)
            self.open("classifier:receipt", "none")
            self.page.go_back()

            self.send()

            expect(self.page.locator(".queue a")).to_have_count(2)


class RefusedBeforeSendingTests(VisitorTestCase):
    def test_shows_the_servers_refusal_and_sends_nothing(self):
        document = as_file(b"%PDF-1.7", "a.pdf", "application/pdf")
        garment = as_file(picture_of("bag"), "a.pdf", "application/pdf")
        large = as_file(bytes(2_000_000), "large.png")
        with override_settings(MAX_UPLOAD_BYTES=1024 * 1024):
            self.browse()
        sent = []
        self.page.on("request", lambda request: sent.append(request.method))

        for file, sentence in (
            (document, unsupported.DOCUMENT),
            (large, "This file is 1.9\xa0MB; the limit is 1\xa0MB."),
        ):
            self.choose(file)
            expect(self.page.locator(".is-refused small").last).to_contain_text(
                sentence
            )
        self.assertNotIn("POST", sent)

        self.ask(garment)  # its bytes are those of a picture

        self.assertEqual(self.class_name(), "Bag")


class SeveralPicturesTests(VisitorTestCase):
    def rows(self):
        return self.page.locator(".queue li")

    def doubting(self, name):
        """Let the network answer as for an example, and not be sure."""
        classifier = prediction.served()
        said = classifier.classify(Image.open(garment(name)))
        doubtful = replace(said, is_sure=False)
        return mock.patch.object(classifier, "classify", return_value=doubtful)

    def answers(self):
        self.page.wait_for_selector("button.primary:enabled")
        return self.page.locator(".queue a").all_inner_texts()

    def test_answers_each_as_it_comes(self):
        self.browse()

        self.choose(
            as_file(picture_of("bag"), "a.png"),
            as_file(b"no picture", "b.png"),
            as_file(picture_of("sneaker"), "c.png"),
        )
        self.send()

        self.assertEqual(
            self.answers(), ["Almost certainly a bag", "Almost certainly a sneaker"]
        )
        self.assertIn("not a readable picture", self.rows().nth(1).inner_text())

    def test_says_of_which_it_is_not_sure(self):
        self.browse()
        self.choose(as_file(picture_of("coat"), "a.png"), as_file(b"x", "b.png"))

        with self.doubting("coat"):
            self.send()
            [answer] = self.answers()

        self.assertTrue(answer.startswith("Hard to say: coat or"), answer)

    def test_goes_to_the_answer_after_a_refusal(self):
        self.browse()
        self.choose(as_file(b"no picture", "a.png"))
        self.page.wait_for_selector(".is-refused")

        self.ask(as_file(picture_of("bag"), "b.png"))

        self.assertEqual(self.class_name(), "Bag")

    def test_takes_a_picture_off_the_list(self):
        self.browse()
        self.choose(as_file(picture_of("bag"), "a.png"), as_file(b"x", "b.png"))

        self.page.click("[aria-label='Remove b.png']")
        self.send_and_go()

        self.assertEqual(self.class_name(), "Bag")

    def test_takes_dropped_and_pasted_files(self):
        self.browse()

        for event, member in (("drop", "dataTransfer"), ("paste", "clipboardData")):
            self.page.evaluate(
                """([type, member]) => {
                    const data = new DataTransfer();
                    data.items.add(new File(["x"], type + ".png"));
                    const event = new Event(type, { bubbles: true });
                    event[member] = data;
                    document.body.dispatchEvent(event);
                }""",
                [event, member],
            )

        self.assertEqual(
            self.rows().locator("bdi").all_inner_texts(), ["drop.png", "paste.png"]
        )

    def test_keeps_unsent_files_for_another_try(self):
        self.browse()
        self.choose(
            as_file(picture_of("bag"), "a.png"), as_file(picture_of("coat"), "b.png")
        )
        self.page.route("**/upload", lambda route: route.abort())
        self.send()
        self.page.wait_for_selector("text=Check the connection")
        self.page.wait_for_selector("button.primary:enabled")

        self.page.unroute("**/upload")
        self.send()

        self.page.wait_for_selector(".queue a >> nth=1")
        self.assertEqual(
            self.answers(), ["Almost certainly a bag", "Almost certainly a coat"]
        )

    def test_makes_a_large_photograph_smaller_before_sending(self):
        self.browse()
        noise = Image.effect_noise((3000, 2400), 60)
        with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
            noise.save(file, "JPEG", quality=95)
            file.flush()

            self.ask(file.name)

        [upload] = history.page().rows
        self.assertEqual((upload.width, upload.height), (2048, 1638))

    def test_shows_of_which_of_the_last_pictures_it_was_not_sure(self):
        for locale, said in (("en", "Coat?"), ("zh-CN", "外套?")):
            with self.subTest(locale):
                self.browse(**PLAIN, locale=locale)
                self.choose(as_file(picture_of("coat")))
                with self.doubting("coat"):
                    self.send_and_go()
                self.open("classifier:upload")
                self.follow(".examples button >> nth=0")
                self.open("classifier:upload")

                own = self.page.locator(".own li").all_inner_texts()
                self.assertEqual(" ".join(own[1].split()), said)
                self.assertEqual(len(own[0].split()), 1)

    def test_shows_the_last_pictures_of_the_browser_only(self):
        self.browse(**PLAIN)
        self.choose(as_file(picture_of("bag")), as_file(picture_of("coat"), "b.png"))
        self.send_and_go()

        self.assertEqual(
            self.page.locator(".own span").all_inner_texts(), ["Coat", "Bag"]
        )
        self.browse()
        self.assertEqual(self.page.locator(".own").count(), 0)


class AfterTheAnswerTests(VisitorTestCase):
    def sent(self, **options):
        self.browse(**options)
        self.try_example("Dress")

    def test_shows_the_right_class(self):
        for options in ({}, PLAIN):
            with self.subTest(options):
                self.sent(**options)

                self.page.click("text='Not right?'")
                self.page.click(".chip[value=Coat]")

                expect(self.page.locator("#said")).to_contain_text("a coat")
                expect(self.page.locator("#said")).to_be_in_viewport()
                self.assertEqual(self.class_name(), "Dress")

    def test_deletes_the_picture_and_gets_a_receipt(self):
        self.sent()
        address = self.page.url

        self.page.click("text='Delete my picture'")
        self.follow("text='Delete it'")

        self.assertEqual(self.page.inner_text("h1"), "The picture is deleted")
        self.assertEqual(self.kept_files(), [])
        self.assertEqual(self.page.goto(address).status, 404)

    def test_shares_the_answer_but_not_the_right_to_delete_it(self):
        self.sent()
        address = self.page.input_value("#address")

        self.browse()
        self.page.goto(address)

        self.assertEqual(self.class_name(), "Dress")
        self.assertEqual(self.page.locator("text='Delete my picture'").count(), 0)

    def test_copies_the_address(self):
        self.sent(permissions=["clipboard-read", "clipboard-write"])

        self.page.click("text='Share this answer'")
        self.page.click("text='Copy'")

        self.page.wait_for_selector("text='Copied'")
        self.assertEqual(
            self.page.evaluate("navigator.clipboard.readText()"), self.page.url
        )

    def test_the_photograph_lights_up_and_a_key_hides_it(self):
        self.sent()
        light = self.page.locator(".map")
        expect(light).to_have_class("map is-on")
        self.assertEqual(self.width_of(light), 270)
        expect(self.page.locator(".map-line p")).to_contain_text("for a dress")

        self.page.click("th button >> text='Coat'")
        expect(self.page.locator(".map-line p")).to_contain_text("for a coat")

        self.page.keyboard.press("m")
        expect(light).to_have_class("map")

        self.page.click(".map-line button")
        expect(light).to_have_class("map is-on")

    def test_without_a_script_the_map_is_there_when_asked(self):
        self.sent(**PLAIN)

        self.page.click("text='Why'")

        self.assertTrue(self.page.is_visible("img[src$=heat-map]"))

    def test_another_one(self):
        self.sent()

        self.follow("text='Try another'")

        self.assertTrue(self.page.url.endswith("/upload"))

    def test_shows_a_preview_of_formats_unknown_to_the_browser(self):
        self.browse(**PLAIN)
        self.choose(as_file(make_garment(format="HEIF"), "photo.heic", "image/heic"))
        self.send_and_go()

        preview = self.page.locator(".picture img")

        self.assertEqual(self.width_of(preview), 280)


class ForEveryoneTests(VisitorTestCase):
    def pages(self):
        """Go to each page there is, in the state that has most on it."""
        self.choose(
            as_file(b"no picture", "a.png"), as_file(picture_of("bag"), "b.png")
        )
        self.send()
        self.page.wait_for_selector(".queue a")
        yield "sent"
        self.open("classifier:upload")
        yield "start"
        self.follow(".own a")
        for details in self.page.locator("summary:visible").all():
            details.click()
        yield "answer"
        unsure = make_upload(is_sure=False, probability=0.4)
        history.record(unsure)
        self.open("classifier:upload-detail", unsure.id)
        yield "not sure"
        self.open("classifier:receipt", receipts.issue(unsure.id))
        yield "receipt"
        self.open("classifier:about")
        yield "about"
        self.open("classifier:upload-detail", history.new_id())
        yield "404"
        page = render_to_string("500.html")
        answer = {"status": 500, "content_type": "text/html", "body": page}
        self.page.route("**/broken", lambda route: route.fulfill(**answer))
        self.page.goto(f"{self.live_server_url}/broken")
        yield "500"

    def test_axe_finds_nothing(self):
        for locale in ("en", "zh-CN"):
            self.browse(locale=locale, **PHONE)
            for name in self.pages():
                with self.subTest(page=name, locale=locale):
                    self.assertAccessible(runOnly=AXE_TAGS)

    def test_the_keyboard_reaches_everything_in_the_order_of_the_page(self):
        self.browse()
        expect(self.page.locator(".webcam")).to_be_visible()

        reached = []
        for _ in range(6):
            self.page.keyboard.press("Tab")
            reached.append(
                self.page.evaluate(
                    "document.activeElement.name || document.activeElement.innerText"
                )
            )

        self.assertEqual(
            [each.strip() for each in reached],
            [
                *("Skip to the content", "deewhy", "language"),
                *("file", "Use the webcam", "example"),
            ],
        )

    def test_the_focus_is_seen(self):
        self.browse()

        self.page.focus("input[type=file]")

        self.assertEqual(
            self.page.locator(".drop").evaluate(
                "e => getComputedStyle(e).outlineStyle"
            ),
            "solid",
        )

    def test_nothing_moves_with_reduced_motion(self):
        self.browse(reduced_motion="reduce")

        self.assertEqual(
            self.page.locator(".drop").evaluate(
                "e => getComputedStyle(e).transitionDuration"
            ),
            "0s",
        )

    def test_nothing_is_wider_than_a_small_phone(self):
        self.browse(viewport={"width": 320, "height": 640})
        for name in self.pages():
            with self.subTest(name):
                self.assertLessEqual(
                    self.page.evaluate("document.documentElement.scrollWidth"), 320
                )

    def test_is_light_and_asks_no_other_host(self):
        self.browse()
        responses = []
        self.page.on("response", lambda response: responses.append(response))

        self.try_example("Coat")
        self.page.wait_for_load_state("networkidle")
        self.open("classifier:upload")
        self.page.wait_for_load_state("networkidle")

        sizes = [
            int(each.headers.get("content-length", 0))
            for each in responses
            if "/examples/" not in each.url
        ]
        self.assertLess(sum(sizes), 110_000)  # two pages, and nothing compressed
        for each in responses:
            address = each.url.removeprefix("blob:")
            self.assertTrue(address.startswith(self.live_server_url), address)

    def test_nothing_shifts_while_the_page_loads(self):
        self.browse(**PHONE)
        self.page.wait_for_load_state("networkidle")

        self.assertLess(self.page.evaluate(SHIFT), 0.01)

    def test_nothing_shifts_when_the_picture_comes_late(self):
        self.browse(**PHONE)
        late = []
        self.page.route("**/preview", lambda route: late.append(route))
        with self.page.expect_request("**/preview"):
            self.ask(as_file(make_picture((600, 900), "teal")))
        frame = self.page.locator(".lit")
        before = frame.bounding_box()

        late[0].continue_()
        self.width_of(frame.locator("img").first)

        self.assertAlmostEqual(before["width"] / before["height"], 600 / 900, 2)
        self.assertEqual(frame.bounding_box(), before)
        self.assertLess(self.page.evaluate(SHIFT), 0.01)
