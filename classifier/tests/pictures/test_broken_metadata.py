"""Metadata that cannot be parsed costs a picture its metadata, nothing else."""

import io
import random
import struct
import tempfile
import zlib
from pathlib import Path

from django.test import SimpleTestCase
from PIL import Image

from classifier import pictures
from classifier.exceptions import UnreadablePicture
from classifier.networks.views import QUICK
from classifier.pictures import modes
from classifier.training import folders
from classifier.training.photographs.features import Extractor

from ..fixtures.networks import make_backbone
from ..fixtures.pictures import encode, make_garment, make_picture

SIDE = 800  # pixels; above 768, a sample is classified
MUTATIONS = 120  # of each format
BROKEN = (
    b"Exif\0\0broken",
    b"Exif\0\0XX*\0\x08\0\0\0",
    b"Exif\0\0II*\0\xff\xff\xff\xff",
    b"Exif\0\0II*\0\x08\0\0\0\x05\0broken broken broken",
    b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x05\0\x01\0\0\0\xff\xff\xff\x7f" + bytes(4),
)


def good_exif():
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "maker", 6
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 0.0)
    return exif.tobytes()


def large(format, exif):
    return encode(Image.new("RGB", (SIDE, 16), "red"), format, exif=exif)


def with_raw_profile(kind, text):
    """Return a PNG with its EXIF as a text, in ImageMagick's form."""
    payload = b"Raw profile type exif\0"
    payload += text if kind == b"tEXt" else b"\0" + zlib.compress(text)
    chunk = struct.pack(">I", len(payload)) + kind + payload
    chunk += struct.pack(">I", zlib.crc32(kind + payload))
    content = make_picture((SIDE, 16))
    at = content.index(b"IDAT") - 4
    return content[:at] + chunk + content[at:]


def mutated(block, rng):
    """Return an EXIF block with a few bytes changed, cut, or doubled."""
    block = bytearray(block)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(6, len(block))
        block[at] = rng.choice((0, 1, 0x7F, 0xFF, rng.randrange(256)))
    if rng.random() < 0.2:
        del block[rng.randrange(6, len(block)) :]
    return bytes(block)


class BrokenMetadataTests(SimpleTestCase):
    def answer(self, content):
        """Take a picture the way of an upload; return it as it was decoded."""
        file = io.BytesIO(content)
        picture = pictures.open_picture(file)
        modes.in_colour(picture)
        kept, _format = pictures.without_metadata(file, picture)
        pictures.open_picture(kept)
        return picture

    def test_a_large_picture_is_read_without_it(self):
        for format in ("JPEG", "PNG", "WEBP", "HEIF", "AVIF"):
            for exif in BROKEN:
                with self.subTest(format, exif=exif):
                    try:
                        content = large(format, exif)
                    except (OSError, ValueError, SyntaxError):
                        continue  # an encoder that looks into it
                    self.assertEqual(self.answer(content).size, (SIDE, 16))

    def test_a_raw_profile_that_is_none_is_left_out(self):
        for kind in (b"tEXt", b"zTXt"):
            for text in (
                b"",
                b"\nexif\n  zz\n4548",
                b"\nexif\n      14\nzz\n",
                b"\n\n\n",
            ):
                with self.subTest(kind, text=text):
                    picture = self.answer(with_raw_profile(kind, text))
                    self.assertEqual(picture.size, (SIDE, 16))

    def test_any_change_of_a_block_ends_in_an_answer_or_a_refusal(self):
        rng, block = random.Random(17), good_exif()
        for format in ("JPEG", "PNG", "WEBP", "HEIF"):
            whole = large(format, block)
            stored = block.removeprefix(b"Exif\0\0")
            self.assertIn(stored, whole)
            for number in range(MUTATIONS):
                changed = mutated(block, rng).ljust(len(block), b"\0")
                content = whole.replace(stored, changed.removeprefix(b"Exif\0\0"))
                with self.subTest(format, number=number):
                    try:
                        self.answer(content)
                    except UnreadablePicture:
                        continue

    def test_any_change_of_a_raw_profile_ends_in_an_answer(self):
        rng = random.Random(17)
        for number in range(MUTATIONS):
            block = mutated(good_exif(), rng)
            text = f"\nexif\n{len(block):8}\n{block.hex()}\n".encode()
            kind = rng.choice((b"tEXt", b"zTXt"))
            with self.subTest(number=number):
                self.answer(with_raw_profile(kind, text))

    def test_a_decoded_picture_says_no_more_how_to_turn_it(self):
        picture = self.answer(large("JPEG", good_exif()))

        self.assertEqual(picture.size, (16, SIDE))
        self.assertEqual(dict(picture.getexif()), {})

    def test_a_folder_to_train_on_is_read_to_its_end(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("a", "b"):
                Path(folder, name).mkdir()
                for number in range(5):
                    Path(folder, name, f"{number}.png").write_bytes(make_garment())
                broken = large("JPEG", BROKEN[1])
                Path(folder, name, "broken.jpg").write_bytes(broken)

            paths = folders.files(folder)
            seen = Extractor([make_backbone()], QUICK, Path(folder, "kept")).see(paths)

        self.assertEqual(len(seen.places), 12)
        self.assertEqual(seen.skipped, [])
