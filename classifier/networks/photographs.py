"""The network for photographs: backbone, embedding and head, put together."""

from dataclasses import dataclass

import numpy as np

from .backbone import Backbone
from .heads import Head
from .projection import Projection
from .views import ANSWERED


@dataclass(frozen=True, slots=True)
class PhotographNetwork:
    """Embeds a picture, scores it, and shows which part of it spoke for a class."""

    backbone: Backbone
    projection: Projection
    head: Head

    def embed(self, picture):
        """Embed an upright PIL image in mode RGB: float32 (dimensions,)."""
        pooled = self.backbone.features(ANSWERED.of(picture)).pooled
        return self.projection.embed(pooled[np.newaxis])[0]

    def logits(self, embeddings):
        """Score embeddings: float32 (n, dimensions) -> float32 (n, outputs)."""
        return self.head.logits(embeddings)

    def activation_map(self, picture, label):
        """Measure how much each part of a picture speaks for a class.

        A class activation map (Zhou et al. 2016, arXiv:1512.04150). The head is linear
        in the root of each pooled feature, and a pooled feature is a mean over the map,
        so the score is exactly the sum of what each cell adds, but for a constant.

        Args:
            picture: upright PIL image in mode RGB.
            label: of the class.

        Returns:
            list of float32 (height, width) over the view that is answered, one of each
            network of the backbone: what the cells add to the class's logit, compared
            with the mean of all outputs.
        """
        features = self.backbone.features(ANSWERED.of(picture))
        others = self.head.weights.mean(axis=1)
        weights = self.projection.basis @ (self.head.weights[:, label] - others)
        shares, start = [], 0
        for each in features.maps:
            channels = each.shape[-1]
            roots = np.sqrt(each.mean(axis=(0, 1)))
            own = weights[start : start + channels]
            own = np.divide(own, roots, out=np.zeros_like(own), where=roots > 0)
            shares.append(each @ own / np.float32(each.shape[0] * each.shape[1]))
            start += channels
        return shares
