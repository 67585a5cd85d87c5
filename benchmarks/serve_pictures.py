"""The pictures of `serve.py`, with the answer that each must get."""

import hashlib
import io
import random
from dataclasses import dataclass
from functools import cache

from PIL import Image

from classifier import prediction
from classifier.pictures import open_picture
from classifier.tests.fixtures.garments import GARMENTS, garment

SMALL = (28, 28)
MEDIUM = (1024, 768)  # 0.8 megapixels
LARGE = (4000, 3000)  # 12 megapixels
NOISE = 24  # makes the JPEG of 12 megapixels one of 3 MB, as a camera's is
VARIANTS = 4  # different pictures of each size


@dataclass(frozen=True, slots=True)
class Picture:
    """One file to send, and what the answer must say about it."""

    name: str
    media_type: str
    content: bytes
    sha256: str
    class_names: frozenset[str]  # after decoding at full size, and at a smaller one


def workload(kind):
    """Return the pictures of a workload in the order in which they are sent."""
    if kind == "mix":
        numbers = {SMALL: 140, MEDIUM: 40, LARGE: 20}
    else:
        numbers = {{"small": SMALL, "medium": MEDIUM, "large": LARGE}[kind]: 200}
    pictures = [
        _picture(size, number % VARIANTS)
        for size, count in numbers.items()
        for number in range(count)
    ]
    random.Random(0).shuffle(pictures)
    return pictures


@cache
def _picture(size, variant):
    name = [*GARMENTS][variant]
    with garment(name) as file:
        image = Image.open(file).convert("L")
    if size == SMALL:
        return _as_picture(image, f"{name}.png", "PNG")
    photograph = Image.merge("RGB", [image.resize(size, Image.Resampling.BICUBIC)] * 3)
    noise = Image.effect_noise(size, NOISE).convert("RGB")
    photograph = Image.blend(photograph, noise, 0.25)
    return _as_picture(photograph, f"{name}-{size[0]}.jpg", "JPEG", quality=88)


def _as_picture(image, name, format, **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    content = file.getvalue()
    classify = prediction.served().classify
    answers = {
        classify(open_picture(io.BytesIO(content))).class_name,
        classify(Image.open(io.BytesIO(content)).convert("RGB")).class_name,
    }
    digest = hashlib.sha256(content).hexdigest()
    media_type = Image.MIME[format]
    return Picture(name, media_type, content, digest, frozenset(answers))
