import datetime
import io
import tempfile
from pathlib import Path
from unittest import mock

from django.core.management import CommandError, call_command
from django.test import TestCase, override_settings, tag

from classifier import history, pictures, prediction
from classifier.operations import backfill

from ..fixtures.photographs import make_photograph_checkpoint
from ..fixtures.pictures import make_picture
from ..fixtures.uploads import NOON, make_upload

DAY = datetime.timedelta(1)


@tag("cassandra")
class EmbedTests(TestCase):
    """Two photographs on two days, sent before the served network was."""

    databases = {"default", "cassandra"}

    def setUp(self):
        for name in ("CHECKPOINTS_DIR", "MEDIA_ROOT"):
            folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
            self.enterContext(override_settings(**{name: folder}))
        self.enterContext(mock.patch.object(prediction, "_served", None))
        make_photograph_checkpoint()
        self.newer, self.older = self.record(NOON), self.record(NOON - DAY)

    def record(self, at):
        upload = make_upload(at, width=40, height=40)
        path = pictures.path(upload.stored_name)
        path.parent.mkdir(parents=True)
        path.write_bytes(make_picture((40, 40), "red"))
        history.record(upload)
        return upload

    def embed(self, **options):
        out, err = io.StringIO(), io.StringIO()
        call_command("embed", stdout=out, stderr=err, **options)
        return out.getvalue() + err.getvalue()

    def embedded(self):
        """Return the ids of those that have an embedding, the newer first."""
        ids = [self.newer.id, self.older.id]
        return [id for id in ids if history.embedding_of(id)]

    def test_each_gets_the_embedding_of_a_new_upload(self):
        self.assertIn("2 photographs embedded", self.embed())

        picture = pictures.open_picture(pictures.path(self.older.stored_name))
        answer = prediction.served().classify(picture)
        self.assertEqual(history.embedding_of(self.older.id), answer.stored_embedding)

    def test_those_that_have_it_are_skipped(self):
        self.embed()

        self.assertIn("0 photographs embedded, 2 have the embedding", self.embed())

    def test_a_new_projection_replaces_them(self):
        self.embed()
        make_photograph_checkpoint("other", projection=1)
        prediction._served = None

        self.assertIn("2 photographs embedded", self.embed())

    def test_interrupted_it_keeps_its_results_and_goes_on(self):
        replace = history.replace_embedding
        cut = mock.Mock(side_effect=[mock.DEFAULT, KeyboardInterrupt], wraps=replace)
        with (
            mock.patch.object(backfill.history, "replace_embedding", cut),
            self.assertRaisesMessage(CommandError, "Stopped after 1"),
        ):
            self.embed()

        self.assertEqual(self.embedded(), [self.newer.id])
        self.assertIn("1 photographs embedded, 1 have", self.embed())

    def test_a_picture_that_cannot_be_read_is_listed_and_skipped(self):
        pictures.path(self.newer.stored_name).write_bytes(b"no picture")

        output = self.embed()

        self.assertIn(f"{self.newer.id} {self.newer.stored_name}: ", output)
        self.assertIn("1 photographs embedded", output)
        self.assertEqual(self.embedded(), [self.older.id])

    def test_a_dry_run_writes_nothing(self):
        self.assertIn("2 photographs would be embedded", self.embed(dry_run=True))

        self.assertEqual(self.embedded(), [])
