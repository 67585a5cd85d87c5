"""The network for photographs: backbone, embedding and head."""

from dataclasses import dataclass

import numpy as np

from .backbone import Backbone, Features
from .heads import Head
from .projection import Projection
from .turn_prediction import Orientation
from .views import ANSWERED, QUARTERS


@dataclass(frozen=True, slots=True)
class Seen:
    """The view of a picture behind an answer, upright as far as possible."""

    features: Features
    embedding: np.ndarray  # float32 (dimensions,)
    turn: int = 0  # quarter turns of the picture to the left


@dataclass(frozen=True, slots=True)
class PhotographNetwork:
    """Embeds a picture, scores it, and measures the evidence of its parts."""

    backbone: Backbone
    projection: Projection
    head: Head
    orientation: Orientation | None = None

    def embed(self, picture):
        """Embed a PIL image in mode RGB: float32 (dimensions,)."""
        return self.see(picture).embedding

    def see(self, picture):
        """Embed a PIL image in mode RGB, from all sides if it seems turned."""
        view = ANSWERED.of(picture)
        seen = self._seen(view)
        if self.orientation is None or self.orientation.is_upright(seen.embedding):
            return seen
        turned = [
            self._seen(view.transpose(quarters), turn)
            for turn, quarters in enumerate(QUARTERS, 1)
        ]
        views = [seen, *turned]
        embeddings = np.stack([each.embedding for each in views])
        return views[self.orientation.turns(embeddings[np.newaxis])[0]]

    def logits(self, embeddings):
        """Score embeddings: float32 (n, dimensions) -> float32 (n, outputs)."""
        return self.head.logits(embeddings)

    def activation_map(self, picture, label):
        """Measure the evidence of each part of a picture for a class.

        A class activation map (Zhou et al. 2016, arXiv:1512.04150). The head is linear
        in the root of each pooled feature, and a pooled feature is a mean over the map,
        so the score is exactly the sum of the cells' contributions, except for a
        constant.

        Args:
            picture: PIL image in mode RGB.
            label: of the class.

        Returns:
            list of float32 (height, width) over the classified view, in the picture's
            original orientation, one for each network of the backbone: the cells'
            contributions to the class's logit, compared with the mean of all outputs.
        """
        seen = self.see(picture)
        others = self.head.weights.mean(axis=1)
        weights = self.projection.basis @ (self.head.weights[:, label] - others)
        shares, start = [], 0
        for each in seen.features.maps:
            channels = each.shape[-1]
            roots = np.sqrt(each.mean(axis=(0, 1)))
            own = weights[start : start + channels]
            own = np.divide(own, roots, out=np.zeros_like(own), where=roots > 0)
            share = each @ own / np.float32(each.shape[0] * each.shape[1])
            shares.append(np.rot90(share, -seen.turn))
            start += channels
        return shares

    def _seen(self, view, turn=0):
        features = self.backbone.features(view)
        embedding = self.projection.embed(features.pooled[np.newaxis])[0]
        return Seen(features, embedding, turn)
