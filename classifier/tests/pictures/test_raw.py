"""Files of cameras, which are answered by the preview that is in them."""

import io
import struct

import numpy as np
from django.test import SimpleTestCase
from PIL import Image

from classifier import pictures
from classifier.exceptions import UnreadablePicture

from ..fixtures.pictures import encode, make_picture

MAKE, ORIENTATION, SUB_IFDS, DNG_VERSION = 0x10F, 0x112, 0x14A, 0xC612
TURNED_LEFT = 6  # the camera was held upright


def photograph(size=(480, 320)):
    levels = np.random.default_rng(1).integers(0, 256, (4, 6), np.uint8)
    return Image.fromarray(levels).resize(size).convert("RGB")


def tiff(tags=None):
    """Return the start of a camera's TIFF: a directory, and a tiny picture."""
    info = {MAKE: "Maker", ORIENTATION: TURNED_LEFT, **(tags or {})}
    return make_picture(format="TIFF", tiffinfo=info)


def box(kind, body):
    return struct.pack(">I4s", len(body) + 8, kind) + body


# What comes before the JPEGs in the files of some makers.
HEADS = {
    "Nikon, Sony": tiff({SUB_IFDS: 8}),
    "Adobe": tiff({DNG_VERSION: b"\1\4\0\0"}),
    "Olympus": b"IIRO" + tiff()[4:],
    "Panasonic": b"IIU\0" + tiff()[4:],
    "Canon": box(b"ftyp", b"crx " + bytes(8)) + box(b"moov", box(b"CMT1", tiff())),
}
HEADS_THAT_TURN_NOTHING = {
    "Fujifilm": b"FUJIFILMCCD-RAW 0201FF",
    "old Canon": b"II\x1a\0\0\0HEAPCCDR",
}


class RawTests(SimpleTestCase):
    def read(self, content):
        """Return a picture, after a check that its stored file is the same JPEG."""
        file = io.BytesIO(content)
        picture = pictures.open_picture(file)
        kept, format = pictures.without_metadata(file, picture)
        self.assertEqual(format.name, "JPEG")
        self.assertNotIn(b"Maker", kept.getvalue())
        again = np.asarray(pictures.open_picture(kept))
        np.testing.assert_array_equal(again, np.asarray(picture))
        return picture

    def test_reads_the_largest_jpeg_in_a_camera_file_turned_as_it_was_held(self):
        jpeg = encode(photograph(), "JPEG")
        thumbnail = make_picture((160, 120), format="JPEG")
        for maker, head in HEADS.items():
            with self.subTest(maker):
                picture = self.read(head + thumbnail + jpeg + bytes(5000))

                self.assertEqual(picture.size, (320, 480))
                self.assertIs(pictures.is_cut_short(picture), False)
                upright = photograph().transpose(Image.Transpose.ROTATE_270)
                np.testing.assert_allclose(
                    np.asarray(picture, int), np.asarray(upright, int), atol=16
                )

    def test_leaves_a_preview_turned_as_it_says_where_the_file_says_nothing(self):
        exif = Image.Exif()
        exif[ORIENTATION] = TURNED_LEFT
        jpeg = encode(photograph(), "JPEG", exif=exif)
        for maker, head in HEADS_THAT_TURN_NOTHING.items():
            with self.subTest(maker):
                self.assertEqual(self.read(head + jpeg).size, (320, 480))

    def test_names_a_camera_file_without_a_preview(self):
        jpeg = encode(photograph(), "JPEG")
        at = jpeg.index(b"\xff\xda")
        others = {
            "none": b"",
            "a thumbnail": make_picture((160, 120), format="JPEG"),
            "of 10,000 parts": jpeg[:at] + b"\xff\xfe\0\2" * 10_000 + jpeg[at:],
            "cut short": jpeg[:-200],
            "lossless": jpeg.replace(b"\xff\xc0", b"\xff\xc3"),
        }
        for name, preview in others.items():
            for head in (*HEADS.values(), *HEADS_THAT_TURN_NOTHING.values()):
                with (
                    self.subTest(name, head=head[:16]),
                    self.assertRaisesMessage(UnreadablePicture, "camera RAW"),
                ):
                    self.read(head + preview)

    def test_holds_a_preview_to_the_limits_of_any_picture(self):
        jpeg = encode(photograph(), "JPEG")
        at = jpeg.index(b"\xff\xc0") + 5
        huge = jpeg[:at] + struct.pack(">HH", 65_000, 65_000) + jpeg[at + 4 :]
        for maker, head in HEADS.items():
            with self.subTest(maker), self.assertRaises(UnreadablePicture) as caught:
                self.read(head + huge)
            self.assertEqual(caught.exception.code, "too_many_pixels")
