"""The uploads in the admin, in a real browser."""

import datetime
import io

import numpy as np
import pytest
from PIL import Image

from classifier import history, pictures

from .browser import BrowserTestCase
from .pictures import make_garment
from .uploads import NOON, make_upload

pytestmark = pytest.mark.browser


class UploadsInTheBrowserTests(BrowserTestCase):
    """Two pages of uploads; the newest has its pictures too."""

    def setUp(self):
        super().setUp()
        minute = datetime.timedelta(minutes=1)
        uploads = [
            make_upload(NOON - number * minute, file_name=f"{number:02}.png")
            for number in range(27)
        ]
        for upload in uploads:
            history.record(upload)
        keep_pictures(uploads[0])
        self.sign_in()
        self.open("admin:classifier_upload_changelist")
        self.page.click(".keyset-sizes >> text=25")

    def names(self):
        return self.page.locator("#result_list .field-file_name").all_inner_texts()

    def test_pages_forward_and_back(self):
        self.assertEqual(self.names()[0], "00.png")

        self.page.click("text=Older")
        self.assertEqual(self.names(), ["25.png", "26.png"])

        self.page.click("text=Newer")
        self.assertEqual(self.names()[0], "00.png")

    def test_shows_thumbnails_and_opens_an_upload(self):
        thumbnail = self.page.locator("#result_list img").first
        self.page.wait_for_function(
            "document.querySelector('.upload-thumbnail').complete"
        )
        self.assertGreater(thumbnail.evaluate("image => image.naturalWidth"), 0)

        self.page.click("#result_list th a >> nth=0")

        self.page.wait_for_load_state()
        self.assertEqual(self.page.inner_text("h1"), "T-shirt/top")
        for image in self.page.locator(".upload-page img").all():
            self.assertGreater(image.evaluate("image => image.naturalWidth"), 0)


def keep_pictures(upload):
    """Store what an upload's record speaks of."""
    file = io.BytesIO(make_garment())
    image = np.zeros((28, 28), np.uint8)
    pictures.store(upload.stored_name, file, Image.open(file), image)
