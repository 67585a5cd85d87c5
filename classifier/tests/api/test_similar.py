import numpy as np

from classifier import history, prediction
from classifier.api.models import Scope

from ..fixtures.uploads import NOON, make_upload
from .test_calls import CallTestCase


class SimilarTests(CallTestCase):
    def setUp(self):
        super().setUp()
        self.classifier = prediction.served()
        self.random = np.random.default_rng(1)
        self.point = self.random.integers(-60, 61, self.dimensions)

    @property
    def dimensions(self):
        return len(self.classifier.photographs.projection.step)

    def record(self, levels):
        """Record an upload with an embedding."""
        projection = self.classifier.photographs.projection
        upload = make_upload(NOON)
        upload.embedding = projection.store(
            projection.restore(np.asarray(levels, np.int8)),
            self.classifier.embedding_version,
        )
        history.record(upload)
        return upload

    def ask(self, upload, **query):
        return self.client.get(
            f"/api/v1/uploads/{upload.id}/similar",
            query,
            headers=self.bearer(Scope.READ),
        )

    def test_lists_the_nearest_first_and_marks_near_duplicates(self):
        asked = self.record(self.point)
        copy = self.record(self.point + self.random.integers(-5, 6, self.dimensions))
        other = self.record(self.random.integers(-60, 61, self.dimensions))

        found = self.ask(asked).json()["similar"]

        self.assertEqual(
            [each["upload"]["id"] for each in found], [str(copy.id), str(other.id)]
        )
        self.assertEqual([each["near_duplicate"] for each in found], [True, False])
        self.assertGreater(found[0]["similarity"], 0.9)

    def test_lists_as_many_as_are_asked_for(self):
        asked, *_ = [self.record(self.point + place) for place in range(4)]

        self.assertEqual(len(self.ask(asked, limit=2).json()["similar"]), 2)
        self.assertEqual(self.ask(asked, limit=0).status_code, 422)

    def test_an_image_has_none(self):
        upload = make_upload()
        history.record(upload)

        self.assertEqual(self.ask(upload).json(), {"similar": []})

    def test_is_for_staff(self):
        upload = make_upload()
        history.record(upload)

        response = self.client.get(f"/api/v1/uploads/{upload.id}/similar")

        self.assertEqual(response.status_code, 401)

    def test_answers_404_for_an_upload_that_is_not_there(self):
        self.assertEqual(self.ask(make_upload()).status_code, 404)
