import tempfile
from pathlib import Path

import numpy as np
from django.test import SimpleTestCase, override_settings
from PIL import Image

from classifier.prediction import Classifier

from ..fixtures.photographs import make_photograph_checkpoint


class EmbeddingVersionTests(SimpleTestCase):
    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(CHECKPOINTS_DIR=folder))
        self.checkpoint = make_photograph_checkpoint()

    def test_checkpoints_that_differ_in_the_head_share_it(self):
        other = make_photograph_checkpoint("other", head=1)

        self.assertEqual(other.embedding_version, self.checkpoint.embedding_version)

    def test_another_projection_has_another(self):
        other = make_photograph_checkpoint("other", projection=1)

        self.assertNotEqual(other.embedding_version, self.checkpoint.embedding_version)

    def test_goes_with_each_prediction_and_its_levels(self):
        answer = Classifier(self.checkpoint).classify(Image.new("RGB", (40, 40), "red"))

        kept = answer.stored_embedding
        self.assertEqual(kept.version, self.checkpoint.embedding_version)
        step = np.float32(0.1)
        levels = np.frombuffer(kept.levels, np.int8)
        np.testing.assert_allclose(levels * step, answer.embedding, atol=step / 2)
