from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory, SimpleTestCase, override_settings

from classifier.pictures.upload_handlers import refused_bytes


@override_settings(MAX_UPLOAD_BYTES=100_000)
class LimitUploadHandlerTests(SimpleTestCase):
    def post(self, size, **fields):
        file = SimpleUploadedFile("coat.png", bytes(size))
        return RequestFactory().post("/upload", {"file": file, **fields})

    def test_keeps_a_file_at_the_limit(self):
        request = self.post(100_000)

        self.assertEqual(request.FILES["file"].size, 100_000)
        self.assertIsNone(refused_bytes(request))

    def test_drops_a_file_over_the_limit(self):
        request = self.post(100_001)

        self.assertEqual(request.FILES, {})
        self.assertGreater(refused_bytes(request), 100_001)

    def test_reads_the_fields_behind_a_dropped_file(self):
        request = self.post(200_000, behind="here")

        self.assertEqual(request.POST["behind"], "here")

    def test_cuts_off_a_request_far_over_the_limit(self):
        request = self.post(600_000)

        self.assertEqual(request.FILES, {})
        self.assertGreater(refused_bytes(request), 600_000)
        self.assertTrue(request.read(1), "the rest was read to its end")
