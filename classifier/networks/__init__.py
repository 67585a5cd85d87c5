"""The network for photographs: a pretrained backbone, its embedding, a linear head.

Nothing here knows Django; only `efficientnet` and `pretrained`, which make a backbone,
need TensorFlow.
"""
