"""The uploads in the admin, in a real browser."""

import datetime
import io

import pytest
from playwright.sync_api import expect

from classifier import history, pictures

from ..fixtures.browser import BrowserTestCase
from ..fixtures.pictures import make_garment
from ..fixtures.uploads import NOON, make_upload

pytestmark = pytest.mark.browser


class UploadsInTheBrowserTests(BrowserTestCase):
    """Two pages of uploads; the newest has its pictures too."""

    def setUp(self):
        super().setUp()
        minute = datetime.timedelta(minutes=1)
        self.uploads = [
            make_upload(NOON - number * minute, file_name=f"{number:02}.png")
            for number in range(27)
        ]
        for upload in self.uploads:
            history.record(upload)
        keep_pictures(self.uploads[0])
        self.sign_in()
        self.open("admin:classifier_upload_changelist", query="?size=25")

    def press(self, keys):
        for key in keys:
            self.page.keyboard.press(key)

    def press_and_go(self, keys):
        with self.page.expect_navigation():
            self.press(keys)

    def names(self):
        return self.page.locator("#result_list .field-file bdi").all_inner_texts()

    def corrected(self, row):
        return self.page.locator("#result_list .upload-corrected").nth(row)

    def test_thumbnails_pages_forward_and_back_and_an_upload(self):
        newest = self.page.locator("#result_list img").first
        self.assertGreater(self.width_of(newest), 0)
        self.assertEqual(self.names()[0], "00.png")

        self.follow("text=Older")
        expect(self.page.locator("#result_list bdi")).to_have_text(["25.png", "26.png"])
        self.follow("text=Newer")
        expect(self.page.locator("#result_list bdi").first).to_have_text("00.png")

        self.follow("#result_list th a >> nth=0")
        expect(self.page.locator("h1")).to_have_text("T-shirt/top")
        for image in self.page.locator(".upload-page img").all():
            self.assertGreater(self.width_of(image), 0)

    def test_eight_pictures_are_in_view_below_little_chrome(self):
        for view in ("", "&view=grid"):
            self.open("admin:classifier_upload_changelist", query=f"?size=25{view}")
            boxes = [
                each.bounding_box()
                for each in self.page.locator("#result_list img").all()
            ]
            in_view = [box for box in boxes if box["y"] + box["height"] <= 720]

            self.assertLessEqual(boxes[0]["y"], 200)
            self.assertGreaterEqual(len(in_view), 8)

    def test_matching_rows_are_read_in_a_narrow_window(self):
        self.page.set_viewport_size({"width": 1000, "height": 700})

        field = self.page.locator("#searchbar").bounding_box()

        self.assertGreater(field["width"], 150)

    def test_keys_correct_undo_and_tell_the_second_of_two_people(self):
        self.press("jj9")
        expect(self.corrected(1)).to_have_text("Bag")
        self.press("u")
        expect(self.corrected(1)).to_have_text("")

        history.correct(history.get(self.uploads[0].id), "Coat", by="ann")
        self.press("k9")
        expect(self.page.locator(".upload-status")).to_contain_text("by ann")
        expect(self.corrected(0)).to_have_text("Coat")

        self.press_and_go(["Enter"])
        expect(self.page.locator("h1")).to_have_text("Coat")
        self.press_and_go("4")
        expect(self.page.locator("h1")).to_have_text("Dress")
        self.press_and_go("j")
        expect(self.page.locator(".upload-picture bdi")).to_have_text("01.png")

    def test_corrects_and_deletes_the_selected(self):
        for row in (0, 1):
            self.page.locator("#result_list .action-select").nth(row).check()
        self.page.select_option("[name=action]", "correct_selected")
        self.page.select_option("[name=class_name]", "Coat")
        self.follow(".actions button")
        messages = self.page.locator(".messagelist")
        expect(messages).to_have_text("2 uploads were changed.")

        self.page.click("#action-toggle")
        self.page.select_option("[name=action]", "delete_selected")
        self.follow(".actions button")
        self.follow("text=Yes, I’m sure")
        expect(messages).to_have_text("Successfully deleted 25 uploads.")
        self.assertEqual(self.names(), ["25.png", "26.png"])

    def test_exports_the_filtered_uploads(self):
        history.correct(history.get(self.uploads[3].id), "Coat", by="ann")

        self.follow("[data-filter-title='corrected class'] a:text-is('Coat')")
        expect(self.page.locator("#result_list bdi")).to_have_text(["03.png"])
        with self.page.expect_download() as download:
            self.page.click("text=Export >> nth=0")
            self.page.click("text=Export CSV")

        self.assertRegex(download.value.suggested_filename, r"uploads-.+\.csv")
        names, line = download.value.path().read_text().splitlines()
        self.assertIn("03.png", line)


def keep_pictures(upload):
    """Store the picture of an upload's record."""
    file = io.BytesIO(make_garment())
    pictures.store(upload.stored_name, file)
