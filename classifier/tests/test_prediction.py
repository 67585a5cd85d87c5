import os
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from django.conf import settings
from django.test import SimpleTestCase, override_settings, tag
from PIL import Image

from classifier import prediction
from classifier.evaluation import metrics
from classifier.exceptions import NetworkUnavailable
from classifier.networks import checkpoints
from classifier.networks.confidence import softmax
from classifier.networks.preprocessing import to_batch
from classifier.prediction import Classifier
from classifier.training import fashion_mnist
from classifier.training.image_network import restore, with_mirror_image

from .fixtures.networks import (
    CHANNELS,
    CLASS_NAMES,
    make_calibration,
    make_checkpoint,
    make_split,
)
from .fixtures.pictures import make_garment


class ServedTestCase(SimpleTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(CHECKPOINTS_DIR=self.folder))
        self.enterContext(mock.patch.object(prediction, "_served", None))


class ClassifierTests(ServedTestCase):
    def setUp(self):
        super().setUp()
        self.checkpoint = make_checkpoint(calibration=make_calibration(2.0))
        self.classifier = Classifier(self.checkpoint)
        self.pictures = [Image.fromarray(image) for image in make_split(5).images]

    def test_probabilities_are_of_every_class_and_sum_to_one(self):
        answer = self.classifier.classify(self.pictures[0])

        self.assertEqual(answer.class_names, CLASS_NAMES)
        self.assertAlmostEqual(sum(answer.probabilities), 1)

    def test_class_is_the_most_probable_one(self):
        answer = self.classifier.classify(self.pictures[0])

        self.assertEqual(answer.probability, max(answer.probabilities))
        self.assertEqual(answer.probabilities[answer.label], answer.probability)
        self.assertEqual(answer.class_name, CLASS_NAMES[answer.label])

    def test_names_the_network_and_shows_its_input(self):
        answer = self.classifier.classify(self.pictures[0])

        self.assertEqual(answer.network_version, "tiny")
        self.assertGreater(answer.latency_ms, 0)
        np.testing.assert_array_equal(answer.image, np.asarray(self.pictures[0]))

    def test_agrees_with_the_network_as_it_was_trained(self):
        images = make_split(20).images
        network = with_mirror_image(restore(self.checkpoint))

        logits = network(images[..., np.newaxis].astype(np.float32) / 255)

        answers = map(self.classifier.classify, map(Image.fromarray, images))
        np.testing.assert_allclose(
            [answer.probabilities for answer in answers],
            softmax(logits / 2.0),
            atol=1e-4,
        )

    def test_threads_get_the_answers_of_their_own_pictures(self):
        alone = [self.classifier.classify(picture) for picture in self.pictures]

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(self.classifier.classify, self.pictures * 8))

        for answer, expected in zip(answers, alone * 8, strict=True):
            np.testing.assert_allclose(
                answer.probabilities, expected.probabilities, atol=1e-6
            )


class KindsTests(ServedTestCase):
    image, photograph = Image.new("L", (28, 28)), Image.new("RGB", (90, 60), "navy")

    def test_a_picture_of_the_data_sets_size_goes_to_the_network_for_images(self):
        answer = Classifier(make_checkpoint()).classify(self.image)

        self.assertEqual(answer.image.shape, (28, 28))
        self.assertIsNone(answer.embedding)

    def test_any_other_picture_goes_to_the_network_for_photographs(self):
        answer = Classifier(make_checkpoint()).classify(self.photograph)

        self.assertIsNone(answer.image)
        self.assertEqual(answer.embedding.shape, (CHANNELS,))

    def test_of_a_photograph_none_of_these_takes_its_part(self):
        answer = Classifier(make_checkpoint()).classify(self.photograph)

        self.assertLess(sum(answer.probabilities), 1)

    def test_without_a_network_for_images_that_for_photographs_answers_all(self):
        networks = {"photograph": {"variants": [0]}}
        classifier = Classifier(make_checkpoint(networks=networks))

        self.assertIsNotNone(classifier.classify(self.image).embedding)

    def test_without_a_network_for_photographs_that_for_images_answers_all(self):
        networks = {"image": {"widths": [4, 4]}}
        classifier = Classifier(make_checkpoint(networks=networks))

        self.assertEqual(classifier.classify(self.photograph).image.shape, (28, 28))


class DoubtTests(ServedTestCase):
    def test_is_sure_above_the_threshold_of_the_card(self):
        for threshold, is_sure in ((0.0, True), (1.0, False)):
            with self.subTest(threshold):
                calibration = make_calibration(threshold=threshold)
                checkpoint = make_checkpoint(f"{threshold}", calibration=calibration)

                answer = Classifier(checkpoint).classify(Image.new("L", (28, 28)))

                self.assertIs(answer.is_sure, is_sure)

    def test_photographs_have_a_threshold_of_their_own(self):
        calibration = make_calibration(threshold=0.0, of_photographs={"threshold": 1.0})
        classifier = Classifier(make_checkpoint(calibration=calibration))
        image, photograph = Image.new("L", (28, 28)), Image.new("L", (90, 60))

        answers = map(classifier.classify, [image, photograph])

        self.assertEqual([answer.is_sure for answer in answers], [True, False])


class ServedTests(ServedTestCase):
    def test_loads_once_for_all_threads(self):
        make_checkpoint()
        gate = threading.Barrier(4)

        def ask(_):
            gate.wait()
            return prediction.served()

        with (
            mock.patch.object(prediction, "Classifier", wraps=Classifier) as loaded,
            ThreadPoolExecutor(4) as pool,
        ):
            classifiers = set(pool.map(ask, range(4)))

        self.assertEqual(len(classifiers), 1)
        loaded.assert_called_once()

    def test_tries_again_after_a_failure(self):
        with self.assertRaises(NetworkUnavailable):
            prediction.served()

        make_checkpoint()

        self.assertEqual(prediction.served().version, "tiny")

    def test_predicts_a_file_from_python(self):
        make_checkpoint()
        path = self.folder / "garment.png"
        path.write_bytes(make_garment())

        self.assertIn(prediction.predict_imgpath(path), CLASS_NAMES)


class ImportTests(SimpleTestCase):
    def test_serving_does_not_import_tensorflow(self):
        code = (
            "import django, sys; django.setup();"
            " from classifier.prediction import served; served();"
            " sys.exit('tensorflow' in sys.modules)"
        )
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "deewhy.settings"}

        finished = subprocess.run(
            [sys.executable, "-c", code], cwd=settings.BASE_DIR, env=environment
        )

        self.assertEqual(finished.returncode, 0)


@tag("slow")
class ShippedCheckpointTests(SimpleTestCase):
    """The checkpoint in the repository keeps the promises of its card."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classifier = Classifier(checkpoints.served())

    def test_serving_agrees_with_training(self):
        random = np.random.default_rng(0)
        images = random.integers(0, 256, (64, 28, 28), np.uint8)
        trained = with_mirror_image(restore(checkpoints.served()))

        logits = trained(to_batch(images)).numpy()

        np.testing.assert_allclose(
            self.classifier.images(to_batch(images)), logits, atol=1e-2
        )

    def test_keeps_its_embeddings_in_few_bytes(self):
        size_bytes = (checkpoints.served().path / checkpoints.EMBEDDINGS).stat().st_size

        self.assertLess(size_bytes, 6 * 1024 * 1024)

    def test_its_folder_is_at_most_20_mb(self):
        files = checkpoints.served().path.iterdir()

        self.assertLess(sum(file.stat().st_size for file in files), 20 * 1024 * 1024)

    @pytest.mark.dataset
    def test_reaches_its_accuracy_on_the_official_test_set(self):
        test = fashion_mnist.load().test
        card = self.classifier.card["image"]["test"]

        logits = self.classifier.images(to_batch(test.images))

        calibration = self.classifier.image_calibration
        found = calibration.probabilities(logits, len(self.classifier.class_names))
        accuracy = metrics.accuracy(found, test.labels)
        error = metrics.expected_calibration_error(found, test.labels)
        self.assertAlmostEqual(accuracy, card["accuracy"], places=4)
        self.assertAlmostEqual(error, card["calibration_error"], places=4)
        # The way of an upload is longer, so only a few of each class take it.
        few = np.concatenate([np.flatnonzero(test.labels == c)[:20] for c in range(10)])
        pictures = map(Image.fromarray, test.images[few])
        answers = map(self.classifier.classify, pictures)
        np.testing.assert_allclose(
            [answer.probabilities for answer in answers], found[few], atol=1e-5
        )
