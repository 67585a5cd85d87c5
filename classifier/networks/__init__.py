"""The networks as they serve: checkpoints, LiteRT, embeddings, heads, calibration.

Nothing here needs TensorFlow; `training` makes what is loaded here.
"""
