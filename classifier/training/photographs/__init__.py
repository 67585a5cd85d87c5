"""Training of the head for photographs, measured by cross-validation.

Only `backbones`, which converts the published backbone, needs TensorFlow.
"""
