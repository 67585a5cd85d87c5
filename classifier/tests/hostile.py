"""Awkward files, drawn by code: what strangers send, and what each is answered.

`KEPT` are pictures after all; any other answer is the `code` of a refusal.
"""

import io
import json
import math
import struct
import zipfile
import zlib
from dataclasses import dataclass

import numpy as np
from PIL import Image

from .pictures import encode, make_picture

KEPT = "kept"
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF")
SCRIPT = b"<script>alert(document.cookie)</script>"
MANY = 20_000


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file as it is sent, and the answer that is due."""

    title: str
    content: bytes
    answer: str
    file_name: str = "shirt.jpg"


def corpus():
    """Yield every file."""
    for draw in (
        bombs,
        too_many_parts,
        cut_short,
        broken,
        other_languages,
        no_pictures,
        names,
        unusual,
    ):
        yield from draw()


def bombs():
    """Yield small files that claim to be huge."""
    sides = struct.pack(">II", 30_000, 30_000)
    header = _chunk(b"IHDR", sides + bytes([1, 0, 0, 0, 0]))
    pixels = zlib.compress(bytes(3_751 * 30_000), 9)
    bomb = (
        b"\x89PNG\r\n\x1a\n" + header + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")
    )
    yield Hostile("PNG of 900 million pixels", bomb, "too_many_pixels")
    yield Hostile(
        "GIF of 4,295 million pixels",
        _patched("GIF", 6, struct.pack("<HH", 65_535, 65_535)),
        "too_many_pixels",
    )
    yield Hostile(
        "BMP of 2,500 million pixels",
        _patched("BMP", 18, struct.pack("<ii", 50_000, 50_000)),
        "too_many_pixels",
    )
    yield Hostile(
        "BMP of minus 2,500 million pixels",
        _patched("BMP", 18, struct.pack("<ii", 50_000, -50_000)),
        "too_many_pixels",
    )
    jpeg = make_picture(format="JPEG")
    frame = jpeg.index(b"\xff\xc0") + 5
    yield Hostile(
        "JPEG of 4,290 million pixels",
        _patched("JPEG", frame, struct.pack(">HH", 65_500, 65_500)),
        "too_many_pixels",
    )
    webp = encode(Image.new("RGBA", (28, 28)), "WEBP", lossless=True)
    at = webp.index(b"VP8L") + 9
    yield Hostile(
        "WebP of 268 million pixels",
        webp[:at] + struct.pack("<I", 16_382 | 16_382 << 14) + webp[at + 4 :],
        "too_many_pixels",
    )
    tiff = make_picture((257, 259), format="TIFF")
    yield Hostile(
        "TIFF of 4,295 million pixels",
        tiff.replace(_tag(256, 257), _tag(256, 65_535)).replace(
            _tag(257, 259), _tag(257, 65_535)
        ),
        "too_many_pixels",
    )
    for format, answer in (("HEIF", "too_many_pixels"), ("AVIF", "not_a_picture")):
        heif = make_picture((64, 64), format=format)
        at = heif.index(b"ispe") + 8
        yield Hostile(
            f"{format} of 3,600 million pixels",
            heif[:at] + struct.pack(">II", 60_000, 60_000) + heif[at + 8 :],
            answer,
        )
    text = zlib.compress(bytes(100_000_000), 9)
    yield Hostile(
        "PNG with 100 MB of compressed text",
        _png_with(_chunk(b"zTXt", b"Comment\0\0" + text)),
        KEPT,
    )
    yield Hostile(
        "PNG with 100 MB of compressed colour profile",
        _png_with(_chunk(b"iCCP", b"sRGB\0\0" + text)),
        KEPT,
    )


def too_many_parts():
    """Yield files that are cheap to send and dear to read."""
    jpeg = make_picture(format="JPEG")
    gif = make_picture(format="GIF", mode="L", colour=200)
    webp = make_picture(format="WEBP")
    at = _after_colours(gif)
    for title, content in {
        "JPEG with 20,000 comments": jpeg[:2] + b"\xff\xfe\0\2" * MANY + jpeg[2:],
        "JPEG with 20,000 bytes between segments": jpeg[:2] + b"a" * MANY + jpeg[2:],
        "PNG with 20,000 chunks": _png_with(_chunk(b"teXt", b"") * MANY),
        "GIF with 20,000 comments": gif[:at] + b"\x21\xfe\1a\0" * MANY + gif[at:],
        "GIF with one comment of 20,000 blocks": (
            gif[:at] + b"\x21\xfe" + b"\1a" * MANY + b"\0" + gif[at:]
        ),
        "GIF with 20,000 bytes between blocks": gif[:at] + b"a" * MANY + gif[at:],
        "WebP with 20,000 chunks": _riff(webp[12:] + b"JUNK\0\0\0\0" * MANY),
    }.items():
        yield Hostile(title, content, "too_many_parts")
    progressive = encode(Image.new("L", (2_000, 2_000)), "JPEG", progressive=True)
    last = progressive[progressive.rindex(b"\xff\xda") : -2]
    yield Hostile(
        "JPEG of 1,000 passes",
        progressive[:-2] + last * 1_000 + progressive[-2:],
        "too_many_parts",
    )
    frames = [Image.new("P", (8, 8), number % 250) for number in range(500)]
    for format in ("GIF", "PNG", "WEBP"):
        content = encode(frames[0], format, save_all=True, append_images=frames[1:])
        yield Hostile(f"{format} of 500 frames", content, KEPT)


def cut_short():
    """Yield the first half, and the first bytes, of each format."""
    noise = Image.effect_noise((100, 100), 50).convert("RGB")
    for format in FORMATS:
        content = encode(noise, format)
        half = "not_a_picture" if format == "AVIF" else "damaged"
        yield Hostile(f"half of a {format}", content[: len(content) // 2], half)
        yield Hostile(f"20 bytes of a {format}", content[:20], "not_a_picture")
        yield Hostile(
            f"{format} with its middle overwritten",
            content[:300] + bytes(200) + content[500:],
            {"PNG": "damaged", "HEIF": "not_a_picture"}.get(format, KEPT),
        )


def broken():
    """Yield pictures with parts that contradict one another."""
    png = make_picture()
    no_sides = _chunk(b"IHDR", bytes(8) + bytes([8, 2, 0, 0, 0]))
    signature, rest = png[:8], png[33:]
    yield Hostile("PNG of no pixels", signature + no_sides + rest, "not_a_picture")
    yield Hostile("PNG without pixels", png[:33] + _chunk(b"IEND", b""), "damaged")
    yield Hostile(
        "PNG whose pixels are noise",
        png[:33] + _chunk(b"IDAT", b"noise") + _chunk(b"IEND", b""),
        "damaged",
    )
    yield Hostile(
        "PNG with a wrong checksum", png[:29] + b"abcd" + rest, "not_a_picture"
    )
    yield Hostile("PNG whose header comes twice", png[:33] + png[8:], KEPT)
    tiff = make_picture(format="TIFF")
    [first] = struct.unpack_from("<I", tiff, 4)
    [count] = struct.unpack_from("<H", tiff, first)
    after = first + 2 + 12 * count
    yield Hostile(
        "TIFF whose pages go round in a circle",
        tiff[:after] + struct.pack("<I", first) + tiff[after + 4 :],
        KEPT,
    )
    yield Hostile(
        "TIFF whose directory is beyond its end",
        tiff[:4] + struct.pack("<I", 1 << 31) + tiff[8:],
        "not_a_picture",
    )
    yield Hostile(
        "TIFF of 65,535 tags",
        b"II*\0\x08\0\0\0\xff\xff" + struct.pack("<HHII", 256, 4, 1, 9) * 65_535,
        "not_a_picture",
    )
    yield Hostile(
        "JPEG with broken EXIF",
        make_picture(format="JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff"),
        KEPT,
    )
    circle = b"Exif\0\0II*\0\x08\0\0\0\1\0" + struct.pack("<HHII", 0x8769, 4, 1, 8)
    yield Hostile(
        "JPEG whose EXIF goes round in a circle",
        make_picture(format="JPEG", exif=circle + bytes(4)),
        KEPT,
    )
    avif = make_picture((64, 64), format="AVIF")
    at = avif.index(b"mdat") - 4
    yield Hostile(
        "AVIF whose last box is longer than the file",
        avif[:at] + struct.pack(">I", len(avif)) + avif[at + 4 :],
        KEPT,
    )
    yield Hostile("JPEG without an end", make_picture(format="JPEG")[:-2], KEPT)
    yield Hostile(
        "BMP with a palette beyond its end", _patched("BMP", 10, b"\xff" * 4), "damaged"
    )


def other_languages():
    """Yield pictures that are something else as well."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.js", "alert(1)")
    png, jpeg, gif = (make_picture(format=each) for each in ("PNG", "JPEG", "GIF"))
    comment = b"\xff\xfe" + struct.pack(">H", len(SCRIPT) + 2) + SCRIPT
    for title, content, name in (
        ("PNG and HTML", png + SCRIPT, "shirt.html"),
        (
            "PNG with a script for its title",
            _png_with(_chunk(b"tEXt", SCRIPT)),
            "a.png",
        ),
        ("JPEG and zip", jpeg + archive.getvalue(), "shirt.zip"),
        ("JPEG with a script for a comment", jpeg[:2] + comment + jpeg[2:], "a.php"),
        ("JPEG and PDF", jpeg + b"%PDF-1.4\n", "shirt.pdf"),
        ("GIF and JavaScript", gif[:-1] + b"\x3b*/=1;alert(1)//", "shirt.js"),
        ("WebP and HTML", make_picture(format="WEBP") + SCRIPT, "shirt.webp"),
        ("HEIC and HTML", make_picture((64, 64), format="HEIF") + SCRIPT, "shirt.heic"),
        ("TIFF and HTML", make_picture(format="TIFF") + SCRIPT, "shirt.svg"),
        ("BMP and HTML", make_picture(format="BMP") + SCRIPT, "shirt.htm"),
    ):
        yield Hostile(title, content, KEPT, name)
    yield Hostile("HTML, then a PNG", SCRIPT + png, "not_a_picture", "shirt.png")


def no_pictures():
    """Yield other files under the names of pictures, and formats that are not taken."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("../../shirt.png", make_picture())
    array = io.BytesIO()
    np.save(array, np.array([{}], object), allow_pickle=True)
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
    for title, content in {
        "SVG with a script": svg,
        "SVG that reads a file": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
        + svg,
        "HTML": b"<!doctype html>" + SCRIPT,
        "zip": archive.getvalue(),
        "shell script": b"#!/bin/sh\nrm -rf /\n",
        "Windows program": b"MZ" + bytes(200),
        "Linux program": b"\x7fELF" + bytes(200),
        "PDF": b"%PDF-1.7\n1 0 obj\n",
        "PostScript, which a reader would run": b"%!PS-Adobe-3.0 EPSF-3.0\n"
        b"%%BoundingBox: 0 0 9 9\n(/etc/passwd) (r) file\n",
        "pickle in an array": array.getvalue(),
        "JSON": json.dumps({"picture": None}).encode(),
        "MP4 video": b"\0\0\0\x18ftypmp42" + bytes(200),
        "zeros": bytes(5_000),
        "ICO, a format not taken": make_picture(format="ICO"),
        "PPM, a format not taken": make_picture(format="PPM"),
        "PCX, a format not taken": make_picture(format="PCX"),
        "FITS, a format not taken": b"SIMPLE  =                    T" + bytes(2_850),
    }.items():
        yield Hostile(title, content, "not_a_picture", "shirt.png")
    yield Hostile("nothing", b"", "empty")


def names():
    """Yield a picture under names that lead astray."""
    for title, name in {
        "name with a path": "../../../etc/passwd",
        "name with a Windows path": "C:\\Windows\\win.ini",
        "name that is a path": "/etc/passwd",
        "name with a NUL": "shirt.php\0.png",
        "name that reads backwards": "shirt\u202egnp.exe",
        "name of 300 letters": "a" * 296 + ".png",
        "name of emoji": "👕👖.png",
        "name with a line break": "shirt\r\nSet-Cookie: a=b.png",
        "name that is a script": "<img src=x onerror=alert(1)>.png",
        "name that is a template": "{{ settings.SECRET_KEY }}.png",
        "name that is a query": "'; DROP TABLE upload; --.png",
        "name of a device": "CON.png",
        "name without an end": "shirt",
        "name of one blank": " .png",
    }.items():
        yield Hostile(title, make_picture(), KEPT, name)


def unusual():
    """Yield pictures that are rare, and pictures all the same."""
    real = np.full((30, 30), math.nan, np.float32)
    real[:10], real[10:20] = math.inf, -1e30
    palette = Image.new("P", (30, 30))
    for title, content in {
        "one pixel": make_picture((1, 1)),
        "a line of 20,000 pixels": make_picture((20_000, 1)),
        "a column of 20,000 pixels": make_picture((1, 20_000)),
        "JPEG in CMYK": make_picture(format="JPEG", mode="CMYK"),
        "JPEG of 100 passes over few pixels": _progressive(90),
        "PNG of 16 bits": encode(Image.new("I;16", (30, 30), 40_000), "PNG"),
        "PNG of 1 bit": make_picture(mode="1", colour=1),
        "PNG with nothing to see": make_picture(mode="RGBA", colour=(0, 0, 0, 0)),
        "PNG with a transparent colour": encode(palette, "PNG", transparency=0),
        "TIFF of real numbers and none": encode(Image.fromarray(real), "TIFF"),
        "TIFF of 32 bits": make_picture(format="TIFF", mode="I", colour=1 << 30),
        "TIFF in CIELAB": make_picture(format="TIFF", mode="LAB", colour=(50, 0, 0)),
        "TIFF in YCbCr": make_picture(format="TIFF", mode="YCbCr", colour=(9, 9, 9)),
        "TIFF packed as JPEG": make_picture(format="TIFF", compression="jpeg"),
        "TIFF packed as LZW": make_picture(format="TIFF", compression="tiff_lzw"),
        "black": make_picture((500, 500), "black"),
        "white": make_picture((500, 500), "white"),
    }.items():
        yield Hostile(title, content, KEPT)


def _chunk(kind, payload):
    checksum = zlib.crc32(kind + payload)
    return (
        struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", checksum)
    )


def _png_with(chunks):
    png = make_picture()
    return png[:33] + chunks + png[33:]


def _riff(chunks):
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks


def _patched(format, at, replacement):
    content = make_picture(format=format)
    return content[:at] + replacement + content[at + len(replacement) :]


def _tag(number, value):
    return struct.pack("<HHII", number, 4, 1, value)


def _after_colours(gif):
    return 13 + (3 * 2 ** ((gif[10] & 7) + 1) if gif[10] & 0x80 else 0)


def _progressive(scans):
    content = encode(Image.new("L", (64, 64)), "JPEG", progressive=True)
    last = content[content.rindex(b"\xff\xda") : -2]
    return content[:-2] + last * scans + content[-2:]
