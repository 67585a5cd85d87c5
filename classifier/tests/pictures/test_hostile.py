import io
import tempfile
import time
from pathlib import Path
from unittest import mock

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, SimpleTestCase, TestCase, override_settings, tag
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from classifier import history, pictures
from classifier.exceptions import HistoryUnavailable, UnreadablePicture
from classifier.spool.models import WaitingUpload
from classifier.spool.records import breaker

from ..fixtures.hostile import FORMATS, KEPT, corpus
from ..fixtures.pictures import encode

LONGEST_S = 10  # of one core; most take milliseconds


@tag("slow")
class CorpusTests(TestCase):
    """The records go to the spool: the files make no difference to Cassandra."""

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(MEDIA_ROOT=self.folder))
        away = mock.patch.object(history, "record", side_effect=HistoryUnavailable)
        self.enterContext(away)
        self.addCleanup(setattr, breaker, "retry_at", None)

    def send(self, hostile):
        """Return the response and the seconds of one core that it took."""
        file = SimpleUploadedFile("x", hostile.content)
        file._name = hostile.file_name  # as sent, not as Django's class tidies it
        start = time.process_time()
        response = Client(raise_request_exception=False).post("/upload", {"file": file})
        return response, time.process_time() - start

    def files(self):
        return [path for path in self.folder.rglob("*") if path.is_file()]

    def test_each_gets_its_answer_and_leaves_nothing_else_behind(self):
        waiting = WaitingUpload.objects.all()
        for hostile in corpus():
            with self.subTest(hostile.title):
                response, seconds = self.send(hostile)

                self.assertLess(seconds, LONGEST_S)
                if hostile.answer == KEPT:
                    self.assertEqual(response.status_code, 303)
                    self.assertEqual(len(self.files()), 1)
                    self.assertNotIn(b"<script>", self.original())
                else:
                    [refusal] = response.context["refused"]
                    self.assertEqual(response.status_code, 400)
                    self.assertContains(response, refusal.sentence, status_code=400)
                    self.assertIn(refusal.code, (hostile.answer, ""))
                    self.assertEqual(self.files(), [])
                self.assertEqual(waiting.count(), int(hostile.answer == KEPT))
            waiting.delete()
            for path in self.files():
                path.unlink()

    def original(self):
        [upload] = WaitingUpload.objects.all()
        return pictures.path(upload.record["stored_name"]).read_bytes()


class FuzzTests(SimpleTestCase):
    """What `tests/fuzz` does for hours, for a second."""

    whole = {
        format: encode(Image.effect_noise((40, 30), 60).convert("RGB"), format)
        for format in FORMATS
    }

    @settings(
        max_examples=150,
        deadline=None,
        derandomize=True,
        suppress_health_check=HealthCheck,
    )
    @given(
        st.sampled_from(FORMATS),
        st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=8))),
        st.floats(0.3, 1),
    )
    def test_any_damage_is_refused_in_a_sentence_or_kept_as_a_picture(
        self, format, changes, length
    ):
        content = bytearray(self.whole[format])
        for place, replacement in changes:
            at = int(place * (len(content) - 1))
            content[at : at + len(replacement)] = replacement
        file = io.BytesIO(content[: int(length * len(content))])

        try:
            picture = pictures.open_picture(file)
        except UnreadablePicture as error:
            self.assertTrue(str(error).endswith("."))
            return
        kept, _format = pictures.without_metadata(file, picture)

        self.assertEqual(pictures.open_picture(kept).size, picture.size)
