"""Learns the head for photographs: pictures -> features -> embeddings -> a part of a
checkpoint, measured by cross-validation.

Only `backbones`, which makes a backbone where there is none yet, needs TensorFlow.
"""
