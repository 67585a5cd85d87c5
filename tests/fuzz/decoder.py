"""Damage pictures without end, and see that each is refused or kept as a picture.

atheris needs Linux and is not among the project's requirements:

    .venv/bin/pip install atheris
    .venv/bin/python -m tests.fuzz.decoder -max_total_time=1800

What it finds interesting is added to tests/fuzz/seeds, where it begins the next time.
An input that breaks the promise is written to crash-… and the run ends.
"""

import io
import os
import sys
from pathlib import Path

import atheris
import django

with atheris.instrument_imports(include=["PIL", "classifier.pictures.metadata"]):
    import classifier.stripping  # noqa: F401
    import PIL.AvifImagePlugin
    import PIL.BmpImagePlugin
    import PIL.GifImagePlugin
    import PIL.JpegImagePlugin
    import PIL.PngImagePlugin
    import PIL.TiffImagePlugin
    import PIL.WebPImagePlugin  # noqa: F401  the decoders under test

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deewhy.settings")
os.environ.setdefault("MAX_UPLOAD_PIXELS", "1000000")  # more tries a second
django.setup()

from classifier import pictures  # noqa: E402  needs the set-up above
from classifier.exceptions import UnreadablePicture  # noqa: E402
from classifier.tests.fixtures.hostile import FORMATS  # noqa: E402
from classifier.tests.fixtures.pictures import make_garment  # noqa: E402

SEEDS = Path(__file__).parent / "seeds"


def try_one(data):
    file = io.BytesIO(data)
    try:
        picture = pictures.open_picture(file)
    except UnreadablePicture as error:
        assert str(error).endswith("."), error
        return
    kept, _format = pictures.without_metadata(file, picture)
    again = pictures.open_picture(kept)
    if max(picture.size) <= max(pictures.KEPT_SIZE):
        assert again.size == picture.size, (again.size, picture.size)


def main():
    SEEDS.mkdir(exist_ok=True)
    for format in FORMATS:
        seed = SEEDS / format.lower()
        if not seed.exists():
            seed.write_bytes(make_garment((16, 16), format))
    atheris.Setup([*sys.argv, str(SEEDS), "-timeout=20", "-rss_limit_mb=2000"], try_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
