"""Embeddings in Cassandra: kept with an upload, searched, and gone with it."""

import datetime

from django.test import TestCase, tag

from classifier import history
from classifier.embeddings import SEARCHED, StoredEmbedding
from classifier.spool.models import WaitingUpload
from deewhy.cassandra import session

from ..fixtures.uploads import NOON, make_upload

MINUTE = datetime.timedelta(minutes=1)


def embedding(*numbers, version="e1"):
    """Return an embedding that begins with some numbers, all others 0."""
    vector = numbers + (0.0,) * (SEARCHED - len(numbers))
    return StoredEmbedding(version, bytes([1, 2, 255]), vector)


def record(stored, **values):
    """Record an upload with an embedding and return it."""
    upload = make_upload(**values)
    upload.embedding = stored
    history.record(upload)
    return upload


@tag("cassandra")
class StoredEmbeddingTests(TestCase):
    databases = {"default", "cassandra"}

    def test_is_kept_with_the_upload(self):
        upload = record(embedding(0.5, -2.0))

        self.assertEqual(history.embedding_of(upload.id), embedding(0.5, -2.0))

    def test_an_image_has_none(self):
        upload = record(None)

        self.assertIsNone(history.embedding_of(upload.id))

    def test_waits_in_the_spool_with_its_record(self):
        upload = make_upload()
        upload.embedding = embedding(0.1, 1e-9)
        WaitingUpload.objects.add(upload)
        history.record(WaitingUpload.objects.find(upload.id))

        kept = history.embedding_of(upload.id)

        self.assertEqual(kept.levels, upload.embedding.levels)
        self.assertAlmostEqual(kept.vector[0], 0.1, places=7)

    def test_goes_with_the_upload(self):
        upload = record(embedding(1.0))

        history.delete(upload)

        self.assertIsNone(history.embedding_of(upload.id))

    def test_the_rest_of_an_interrupted_deletion_goes_too(self):
        upload = record(embedding(1.0))

        history.finish_deletion(upload.id)

        self.assertIsNone(history.embedding_of(upload.id))

    def test_stays_away_when_its_record_comes_again(self):
        upload = record(embedding(1.0))
        history.delete(upload)

        history.record(upload)

        self.assertIsNone(history.embedding_of(upload.id))


@tag("cassandra")
class ReplacedTests(TestCase):
    databases = {"default", "cassandra"}

    def test_the_later_one_is_kept(self):
        upload = record(embedding(1.0))
        for version in ("e3", "e2"):
            history.replace_embedding(upload, embedding(2.0, version=version))

        kept = history.embedding_of(upload.id)

        self.assertEqual(kept, embedding(2.0, version="e2"))

    def test_the_record_that_comes_again_does_not_undo_it(self):
        upload = record(embedding(1.0))
        history.replace_embedding(upload, embedding(2.0, version="e2"))

        history.record(upload)

        self.assertEqual(history.embedding_of(upload.id).version, "e2")

    def test_a_deleted_upload_gets_none(self):
        upload = record(embedding(1.0))
        history.delete(upload)

        self.assertFalse(history.replace_embedding(upload, embedding(2.0)))
        self.assertIsNone(history.embedding_of(upload.id))

    def test_one_that_is_deleted_meanwhile_gets_none(self):
        upload = record(None)
        history.delete(upload)
        session.execute(  # as it was when the deletion began
            "INSERT INTO upload (day, shard, id, class_name) VALUES (?, ?, ?, ?)",
            (upload.day, upload.shard, upload.id, upload.class_name),
        )

        history.replace_embedding(upload, embedding(2.0))

        self.assertIsNone(history.embedding_of(upload.id))

    def test_lives_as_long_as_its_record(self):
        upload = record(None)
        session.execute(
            "INSERT INTO upload (day, shard, id, class_name) VALUES (?, ?, ?, ?)"
            " USING TTL 5000",
            (upload.day, upload.shard, upload.id, upload.class_name),
        )

        history.replace_embedding(upload, embedding(2.0))

        row = session.execute(
            "SELECT TTL(levels) AS left_s FROM embedding WHERE upload_id = ?",
            (upload.id,),
        ).one()
        self.assertLessEqual(row["left_s"], 5000)


@tag("cassandra")
class SimilarTests(TestCase):
    databases = {"default", "cassandra"}

    def test_are_found_nearest_first(self):
        far, near, same = (record(embedding(x)) for x in (9.0, 2.0, 1.0))

        found = history.similar(embedding(1.0), 2)

        self.assertEqual(found, [same.id, near.id])
        self.assertNotIn(far.id, found)

    def test_are_of_the_same_version(self):
        old = record(embedding(1.0, version="e0"))
        new = record(embedding(5.0))

        self.assertEqual(history.similar(embedding(1.0), 4), [new.id])
        self.assertEqual(history.similar(embedding(1.0, version="e0"), 4), [old.id])

    def test_are_read_in_their_order(self):
        first, second = record(None), record(None, at=NOON - MINUTE)
        missing = make_upload().id

        found = history.of_ids([second.id, missing, first.id])

        self.assertEqual([one.id for one in found], [second.id, first.id])
