"""Write docs/hostile-files.md: each hostile file with its answer, time and memory.

Usage: python -m tests.hostile.table [--document FILE]
"""

import argparse
import io
import os
import resource
import tempfile
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deewhy.settings")
django.setup()

from django.conf import settings  # noqa: E402  needs the set-up above
from PIL import Image  # noqa: E402

from classifier import pictures  # noqa: E402
from classifier.exceptions import UnreadablePicture  # noqa: E402
from classifier.tests.fixtures.hostile import KEPT, Hostile, corpus  # noqa: E402
from classifier.tests.fixtures.pictures import encode  # noqa: E402

DOCUMENT = Path(__file__).parents[2] / "docs" / "hostile-files.md"
HEADER = """\
# Hostile files

The table lists hostile files with their answers and costs.
`python -m tests.hostile.table` makes it, with a process for each file, from opening the
file to its stored pictures, without the network. Time is that of one core on a machine
with other work; memory is the peak above that of Python with Pillow.
`classifier/tests/pictures/test_hostile.py` sends the same files through the upload
page. The last files are pictures of the largest accepted size: all pictures that a
process works on at a time share the pixel budget of one of these.

Two fuzzers damage pictures without end: hypothesis in each run of the tests, and
atheris (`tests/fuzz/decoder.py` explains its use), most recently for 31 minutes and
368,019 files. Every file was refused with a sentence or kept as a picture; ten minutes
before had found one exception, an AVIF, which is now among the seeds.

| file | bytes | answer | time, s | memory, MB |
| --- | ---: | --- | ---: | ---: |
"""


def largest():
    """Yield pictures of the largest accepted size, 64 million pixels."""
    side = int(settings.MAX_UPLOAD_PIXELS**0.5)
    tile = Image.effect_noise((250, 250), 4)
    large = Image.new("L", (side, side))
    for left in range(0, side, 250):
        for top in range(0, side, 250):
            large.paste(tile, (left, top))
    for title, picture, format, options in (
        ("PNG, RGBA", Image.merge("RGBA", [large] * 4), "PNG", {"compress_level": 1}),
        ("JPEG", large.convert("RGB"), "JPEG", {"quality": 40}),
        ("JPEG, progressive", large, "JPEG", {"quality": 20, "progressive": True}),
        ("WebP", Image.new("RGB", large.size), "WEBP", {"method": 0}),
        (
            "TIFF of real numbers",
            Image.new("F", large.size),
            "TIFF",
            {"compression": "tiff_lzw"},
        ),
    ):
        content = encode(picture, format, **options)
        yield Hostile(f"64 million pixels: {title}", content, KEPT)


def measure(hostile):
    """Return the answer, the seconds and the megabytes, seen in a child process."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            start = time.process_time()
            answer = handle(hostile)
            seconds = time.process_time() - start
            after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            said = f"{answer}|{seconds:.2f}|{(after - before) / 1024:.0f}"
            os.write(writer, said.encode())
        finally:
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with open(reader) as file:
        return file.read().split("|")


def handle(hostile):
    """Do all that an upload does but to classify and to record."""
    file = io.BytesIO(hostile.content)
    try:
        picture = pictures.open_picture(file)
    except UnreadablePicture as error:
        return f"refused: {error.code}"
    kept, format = pictures.without_metadata(file, picture)
    pictures.store("picture", kept)
    return f"kept as {format.name}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--document", type=Path, default=DOCUMENT)
    document = parser.parse_args().document
    with tempfile.TemporaryDirectory() as folder:
        settings.MEDIA_ROOT = folder
        lines = [HEADER]
        for source in (corpus, largest):
            for hostile in source():
                answer, seconds, megabytes = measure(hostile)
                size = f"{len(hostile.content):,}"
                row = (hostile.title, size, answer, seconds, megabytes)
                lines.append(f"| {' | '.join(row)} |\n")
    document.write_text("".join(lines))


if __name__ == "__main__":
    main()
