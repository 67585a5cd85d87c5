import tempfile
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase, override_settings, tag

from classifier import history

from ..fixtures.full_disk import files_of_at_most
from ..fixtures.pictures import make_picture

CLASSIFY = "/api/v1/classify"
ROOM_BYTES = 1_000_000


@tag("cassandra")
@override_settings(MAX_UPLOAD_BYTES=10_000_000)
class NoRoomTests(TestCase):
    """Where the disk for temporary files is full while a picture is received."""

    databases = {"default", "cassandra"}

    def setUp(self):
        self.media = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.temporary = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(
            override_settings(
                MEDIA_ROOT=self.media, FILE_UPLOAD_TEMP_DIR=str(self.temporary)
            )
        )
        self.client = Client(enforce_csrf_checks=True)
        self.client.get("/upload")
        self.picture = make_picture((1200, 1000), format="BMP")  # 3.6 MB

    def form(self):
        return {"file": SimpleUploadedFile("coat.bmp", self.picture)}

    def post_form(self):
        token = self.client.cookies["csrftoken"].value
        fields = {"csrfmiddlewaretoken": token, **self.form()}
        with files_of_at_most(ROOM_BYTES):
            return self.client.post("/upload", fields)

    def assertNothingLeft(self):
        left = [*self.media.rglob("*"), *self.temporary.rglob("*")]
        self.assertEqual([path for path in left if path.is_file()], [])
        self.assertEqual(history.page().rows, [])

    def assertStorageProblem(self, response):
        self.assertEqual(response.status_code, 503)
        self.assertEqual(response["Retry-After"], "5")
        self.assertEqual(response.json()["type"], "/api/v1/docs#storage-unavailable")

    def test_a_form_is_refused_on_a_page_that_says_so(self):
        response = self.post_form()

        self.assertContains(response, "no room left to keep", status_code=503)
        self.assertEqual(response["Retry-After"], "10")
        self.assertNothingLeft()

    def test_a_call_with_parts_gets_a_problem(self):
        with files_of_at_most(ROOM_BYTES):
            response = self.client.post(CLASSIFY, self.form())

        self.assertStorageProblem(response)
        self.assertNothingLeft()

    def test_a_call_with_the_picture_as_its_body_gets_a_problem(self):
        with files_of_at_most(ROOM_BYTES):
            response = self.client.post(CLASSIFY, self.picture, "image/bmp")

        self.assertStorageProblem(response)
        self.assertNothingLeft()

    def test_a_folder_for_temporary_files_that_is_gone_is_no_room_either(self):
        with override_settings(FILE_UPLOAD_TEMP_DIR=str(self.temporary / "gone")):
            response = self.client.post(CLASSIFY, self.form())

        self.assertStorageProblem(response)
