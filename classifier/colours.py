"""Colours as they are compared: in CIELAB, where distances are what people see."""

import cv2
import numpy as np


def lab(rgb):
    """Convert uint8 (h, w, 3) to CIELAB: float32 (h, w, 3), lightness 0 to 100."""
    return cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
