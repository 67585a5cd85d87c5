import numpy as np
from django.test import SimpleTestCase

from classifier.calibration import confidence
from classifier.scoring import DOUBTING_TEMPERATURE, Scorer

DARK, LIGHT = np.zeros((1, 4, 4), np.uint8), np.full((1, 4, 4), 255, np.uint8)


def brightness(batch):
    """Score two classes: by the mean light, and always 1."""
    light = batch.mean(axis=(1, 2, 3))
    return np.stack([light, np.ones_like(light)], axis=1)


def ten_times(batch):
    return 10 * brightness(batch)


class ScorerTests(SimpleTestCase):
    def setUp(self):
        self.scorer = Scorer({"image": brightness, "photograph": ten_times})

    def test_an_image_is_scored_by_the_network_for_images(self):
        self.assertEqual(self.scorer.score(LIGHT).logits.tolist(), [[1, 1]])

    def test_both_networks_score_what_is_cut_out(self):
        scores = self.scorer.score_view(LIGHT, 0, is_photograph=True)

        self.assertEqual(scores.tolist(), [[(10 + 1) / 2, (10 + 1) / 2]])

    def test_the_whole_is_scored_negated_too(self):
        for whole in (DARK, LIGHT):
            with self.subTest(whole.max()):
                scores = self.scorer.score_view(whole, 1, is_photograph=True)

                self.assertEqual(scores.tolist(), [[5, 10]])

    def test_a_photograph_gets_the_mean_over_its_views(self):
        score = self.scorer.score(
            np.concatenate([LIGHT, DARK], axis=2), is_photograph=True
        )

        self.assertEqual(score.logits.tolist(), [[(5.5 + 5) / 2, (5.5 + 10) / 2]])

    def test_how_sure_an_image_is_follows_from_its_logits(self):
        score = self.scorer.score(DARK)

        self.assertEqual(score.confidence.tolist(), confidence([[0, 1]]).tolist())

    def test_the_network_for_photographs_alone_says_how_sure_one_is(self):
        score = self.scorer.score(
            np.concatenate([LIGHT, DARK], axis=2), is_photograph=True
        )

        own = [[(10 + 0 + 10) / 3, 10]]
        expected = confidence(own, DOUBTING_TEMPERATURE)
        np.testing.assert_allclose(score.confidence, expected, rtol=1e-6)

    def test_one_network_scores_both_kinds_where_there_is_no_other(self):
        scorer = Scorer({"image": brightness})
        views = np.concatenate([LIGHT, DARK], axis=2)

        score = scorer.score(views, is_photograph=True)

        self.assertEqual(score.logits.tolist(), [[0.5, 1]])
        expected = confidence([[0.5, 1]], DOUBTING_TEMPERATURE)
        self.assertEqual(score.confidence.tolist(), expected.tolist())
