"""Files that browsers open though a strict reader refuses them, and those named."""

import io
import struct
import tracemalloc
import zlib

import numpy as np
from django.test import SimpleTestCase
from PIL import Image

from classifier import pictures
from classifier.exceptions import UnreadablePicture
from classifier.pictures.metadata.boxes import boxes

from ..fixtures.pictures import encode

# Of 64, where 95 % of the bytes came: at least.
ROWS_THAT_CAME = {"JPEG": 40, "WEBP": 40, "PNG": 58, "BMP": 58, "GIF": 58, "TIFF": 58}


def photograph(mode="RGB"):
    levels = np.random.default_rng(1).normal(128, 60, (64, 96)).clip(0, 255)
    return Image.fromarray(levels.astype(np.uint8)).convert(mode)


def box(kind, body):
    return struct.pack(">I4s", len(body) + 8, kind) + body


def with_split_associations(content):
    """Return an AVIF with a box of associations for each item, as cavif wrote it."""
    [(start, body, end)] = [
        at for kind, *at in boxes(content, 0, len(content)) if kind == b"meta"
    ]
    meta = content[body:end]
    at = meta.index(b"ipma") - 4
    size = int.from_bytes(meta[at : at + 4], "big")
    ipma, items, i = meta[at + 8 : at + size], [], 8
    while i < len(ipma):
        items.append(ipma[i : i + 3 + ipma[i + 2]])
        i += len(items[-1])
    split = b"".join(box(b"ipma", ipma[:4] + b"\0\0\0\1" + item) for item in items)
    place = meta.index(b"iprp") - 4
    length = int.from_bytes(meta[place : place + 4], "big") + len(split) - size
    meta = meta[:place] + struct.pack(">I", length) + meta[place + 4 : at] + split
    freed = content[: start + 4] + b"free" + content[start + 8 :]
    return freed + box(b"meta", meta)


def with_groups(content):
    """Return an AVIF with a pyramid of its one item, of a kind that libavif refuses."""
    [(start, body, end)] = [
        at for kind, *at in boxes(content, 0, len(content)) if kind == b"meta"
    ]
    groups = box(
        b"grpl", box(b"pymd", struct.pack(">4I2HH2B", 0, 1, 1, 1, 2, 2, 0, 0, 0))
    )
    freed = content[: start + 4] + b"free" + content[start + 8 :]
    return freed + box(b"meta", content[body:end] + groups)


def with_chunk(content, kind, payload, before=b"IDAT"):
    chunk = struct.pack(">I", len(payload)) + kind + payload
    chunk += struct.pack(">I", zlib.crc32(kind + payload))
    at = content.index(before) - 4
    return content[:at] + chunk + content[at:]


def with_damage(content, damage):
    at = len(content) * 7 // 10
    return content[:at] + damage + content[at + len(damage) :]


class MendingTests(SimpleTestCase):
    def read(self, content, *, is_anew=False):
        """Return a decoded picture, after a check that its stored file opens again.

        The colours of a re-encoded JPEG may differ.
        """
        file = io.BytesIO(content)
        picture = pictures.open_picture(file)
        kept, _format = pictures.without_metadata(file, picture)
        again = pictures.open_picture(kept)
        is_anew |= picture.format == "JPEG" and pictures.is_cut_short(picture)
        np.testing.assert_allclose(
            np.asarray(again, int), np.asarray(picture, int), atol=40 * is_anew
        )
        return picture

    def test_reads_an_avif_with_separate_alpha_properties(self):
        transparent = photograph()
        transparent.putalpha(photograph("L"))
        whole = encode(transparent, "AVIF")
        old = with_split_associations(whole)
        with self.assertRaises(OSError):
            Image.open(io.BytesIO(old), formats=["AVIF"])

        picture = self.read(old)

        expected = np.asarray(pictures.open_picture(io.BytesIO(whole)))
        np.testing.assert_array_equal(np.asarray(picture), expected)

    def test_reads_a_png_with_more_than_a_megabyte_of_text(self):
        packed = zlib.compress(bytes(2_000_000))
        chunks = {b"zTXt": b"key\0\0", b"iCCP": b"name\0\0", b"iTXt": b"k\0\1\0\0\0"}
        for kind, head in chunks.items():
            with self.subTest(kind):
                content = with_chunk(encode(photograph(), "PNG"), kind, head + packed)

                self.assertEqual(self.read(content).size, (96, 64))

    def test_reads_a_png_with_broken_chunks(self):
        ground = photograph()
        content = encode(ground, "PNG")
        at = content.index(b"IDAT")
        broken = {
            "checksum of the header": content[:29] + b"abcd" + content[33:],
            "checksum of the pixels": content[:-16] + b"abcd" + content[-12:],
            "short chromaticities": with_chunk(content, b"cHRM", bytes(31)),
            "no rendering intent": with_chunk(content, b"sRGB", b""),
            "unknown compression": with_chunk(content, b"zTXt", b"k\0\x78", b"IEND"),
            "empty header": with_chunk(content, b"IHDR", b"", b"IEND"),
            "frames that do not come": with_chunk(content, b"acTL", bytes(8)),
            "no end": content[:-12],
            "end of another name": content[:-8] + b"kEND" + content[-4:],
            "a chunk of 4 GB": content[: at - 4] + b"\xff" * 4 + content[at:],
        }
        for name, content in broken.items():
            with self.subTest(name):
                picture = self.read(content)

                self.assertIs(pictures.is_cut_short(picture), False)
                np.testing.assert_array_equal(np.asarray(picture), np.asarray(ground))

    def test_reads_a_png_or_a_jpeg_up_to_where_its_pixels_are_damaged(self):
        unsupported = b"\xff\xc3\0\x0b" + bytes(20)
        for format, damage in (("PNG", b"\xff" * 99), ("JPEG", unsupported)):
            with self.subTest(format):
                ground = photograph()

                picture = self.read(with_damage(encode(ground, format), damage))

                self.assertIs(pictures.is_cut_short(picture), True)
                self.assertIn(picture.height, range(40, 64))
                came = np.asarray(ground)[:32]
                np.testing.assert_allclose(
                    np.asarray(picture, int)[:32], came, atol=80 * (format == "JPEG")
                )

    def test_reads_the_passes_of_a_progressive_jpeg_before_its_damage(self):
        content = encode(photograph(), "JPEG", progressive=True)
        application = b"\xff\xe0\x10\0" + bytes(40)

        picture = self.read(with_damage(content, application))

        self.assertIs(pictures.is_cut_short(picture), True)
        self.assertEqual(picture.size, (96, 64))

    def test_refuses_a_progressive_jpeg_whose_first_pass_is_damaged(self):
        whole = encode(photograph(), "JPEG", progressive=True)
        first = whole.index(b"\xff\xda")
        content = whole[: first + 60] + b"\xff\xc8\0\2" + whole[first + 64 :]

        with self.assertRaises(UnreadablePicture):
            self.read(content)

    def test_a_webp_that_claims_gigabytes_costs_no_memory(self):
        content = encode(photograph(), "WEBP")
        claim = content[:4] + struct.pack("<I", 0xFFFFFFF0) + content[8:-9]
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)

        with self.assertRaises(UnreadablePicture):
            self.read(claim)

        self.assertLess(tracemalloc.get_traced_memory()[1], 50_000_000)

    def test_reads_a_jpeg_with_a_megabyte_of_junk_among_its_pixels(self):
        ground = photograph()
        content = encode(ground, "JPEG", restart_marker_rows=1, quality=95)
        at = content.rindex(b"\xff\xd2")
        junk = b"\xff\x9f\0\2" + bytes(1_000_000)

        picture = self.read(content[:at] + junk + content[at:], is_anew=True)

        expected = np.asarray(ground, int)[-16:]
        np.testing.assert_allclose(np.asarray(picture)[-16:], expected, atol=80)

    def test_reads_an_avif_with_groups_of_items(self):
        whole = encode(photograph(), "AVIF")

        picture = self.read(with_groups(whole))

        expected = np.asarray(pictures.open_picture(io.BytesIO(whole)))
        np.testing.assert_array_equal(np.asarray(picture), expected)

    def test_reads_a_jpeg_that_lacks_its_end_marker_alone(self):
        for ground in (photograph(), Image.new("RGB", (96, 64), "white")):
            content = encode(ground, "JPEG")

            picture = self.read(content.removesuffix(b"\xff\xd9"))

            expected = np.asarray(pictures.open_picture(io.BytesIO(content)))
            np.testing.assert_array_equal(np.asarray(picture), expected)

    def test_reads_the_rows_that_came_of_a_file_cut_short(self):
        for format, rows in ROWS_THAT_CAME.items():
            with self.subTest(format):
                content = encode(photograph(), format, interlace=0)

                picture = self.read(content[: len(content) * 95 // 100])

                self.assertTrue(pictures.is_cut_short(picture))
                self.assertGreaterEqual(picture.height, rows)
                self.assertLess(picture.height, 64)

    def test_keeps_all_rows_of_a_progressive_jpeg_cut_short(self):
        content = encode(photograph(), "JPEG", progressive=True)

        picture = self.read(content[: len(content) * 80 // 100])

        self.assertTrue(pictures.is_cut_short(picture))
        self.assertEqual(picture.size, (96, 64))

    def test_reads_a_bmp_without_its_upper_rows(self):
        ground = photograph()
        content = encode(ground, "BMP")

        picture = self.read(content[: len(content) * 75 // 100])

        lower = np.asarray(ground)[-picture.height :]
        np.testing.assert_array_equal(np.asarray(picture), lower)

    def test_refuses_a_file_of_which_less_than_half_came(self):
        for format in ROWS_THAT_CAME:
            content = encode(photograph(), format, interlace=0)
            with (
                self.subTest(format),
                self.assertRaisesMessage(UnreadablePicture, "is incomplete"),
            ):
                self.read(content[: len(content) * 40 // 100])


class NamingTests(SimpleTestCase):
    def test_names_the_kind_of_an_unsupported_file(self):
        raw = encode(photograph(), "TIFF", tiffinfo={0xC612: b"\1\4\0\0"})
        heads = {
            b"FUJIFILMCCD-RAW 0201": "camera RAW",
            b"II*\0\x10\0\0\0CR\2\0": "camera RAW",
            raw: "camera RAW",
            b"\xff\x0a\0": "JPEG XL",
            b"%PDF-1.7": "document",
            b"PK\3\4": "archive",
            b"8BPS": "Photoshop",
            b"\0\0\0\x18ftypisom": "video",
            b'<?xml version="1.0"?><!-- drawn --><svg>': "SVG",
            b" <!DOCTYPE html><svg>": "web page",
        }
        for head, name in heads.items():
            with (
                self.subTest(name),
                self.assertRaisesMessage(UnreadablePicture, name) as caught,
            ):
                pictures.open_picture(io.BytesIO(head + bytes(90)))
            self.assertEqual(caught.exception.code, "not_a_picture")
