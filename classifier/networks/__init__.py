"""The networks for serving: checkpoints, LiteRT, embeddings, heads, calibration.

Nothing here needs TensorFlow; `training` makes the files that are loaded here.
"""
