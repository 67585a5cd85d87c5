"""Take the documents' pictures from the running product, in both languages.

    python docs/screenshots.py [--picture photo.jpg] [--folder docs/images]

The product is started for it, with a Cassandra and a history of its own. What it is
sent are test images of Fashion-MNIST, enlarged and coloured, the page's examples, and
the picture named.
"""

import argparse
import functools
import io
import os
import sys
import time
from pathlib import Path

import django
import requests
from PIL import Image, ImageOps
from playwright.sync_api import sync_playwright

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deewhy.settings")

django.setup()

# They need the settings above.
from classifier.examples import EXAMPLES  # noqa: E402
from classifier.tests.fixtures.browser import ARGUMENTS, chromium  # noqa: E402
from classifier.training import fashion_mnist  # noqa: E402
from deewhy.tests.fixtures.product import running_product  # noqa: E402

FOLDER = PROJECT / "docs" / "images"
LANGUAGES = {"en": "", "zh-CN": "-zh"}
VISITOR = {"width": 1000, "height": 720}
CURATOR = {"width": 1400, "height": 900}
SHARPNESS = 1.5  # device pixels in one of the page's
COLOURS = 256  # of a picture's palette: no more than 200 kB each
HISTORY = 51  # test images, and the examples after them
SNEAKER = "2"
FADE_MS = 700  # of the map over the picture
MOVING_SIZE, MOVING_COLOURS = (720, 720), 128
BEFORE_MS, FRAME_MS, AFTER_MS = 1200, 450, 3500  # how long a frame is shown
PATIENCE_MS = 120_000  # on a busy machine
GROUND = "#f1efea"
# The colours of the shadows and of the lights; every dye is darker than the ground.
DYES = (
    ("#121a30", "#5672a8"),
    ("#2a0d12", "#b0525f"),
    ("#0c211b", "#4e8f7e"),
    ("#1f1829", "#8a76a3"),
    ("#141312", "#75716c"),
    ("#2e1c0b", "#b98649"),
)
GARMENT, MARGIN = 448, 76


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--picture",
        type=Path,
        help="the garment on the page of an answer (default: an example)",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=FOLDER,
        help="where they are written (default: docs/images)",
    )
    options = parser.parse_args()
    if picture := options.picture:
        sent = {"name": picture.name, "buffer": picture.read_bytes()}
    else:
        sent = {"name": "sneaker.webp", "buffer": contents_of(EXAMPLES[SNEAKER])}
    with running_product() as product:
        take(product, sent, options.folder)


def take(product, sent, folder):
    """Fill a running product's history, and photograph its pages in each language."""
    fill(product)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        for locale, ending in LANGUAGES.items():
            context = browser.new_context(locale=locale, device_scale_factor=SHARPNESS)
            context.set_default_timeout(PATIENCE_MS)
            page = context.new_page()
            paths = functools.partial(path_of, folder, ending)
            take_visitor_pages(page, product, sent, paths)
            if not ending:
                take_moving_picture(page, product, sent, folder / "answer.gif")
            take_admin_pages(page, product, paths)
            context.close()
        browser.close()


def fill(product):
    """Send test images and the page's examples, as a shop's program would."""
    images = fashion_mnist.load().test.images[:HISTORY]
    files = [
        (f"garment-{number:02}.png", coloured(Image.fromarray(image), number))
        for number, image in enumerate(images)
    ]
    files += [(f"{name}.webp", contents_of(each)) for name, each in EXAMPLES.items()]
    for file in files:
        url = f"{product.url}/api/v1/classify"
        requests.post(url, files={"file": file}, timeout=60).raise_for_status()


def path_of(folder, ending, name):
    return folder / f"{name}{ending}.png"


def take_visitor_pages(page, product, sent, paths):
    page.set_viewport_size(VISITOR)
    page.goto(f"{product.url}/upload")
    keep(page, paths("upload"))
    file = {**sent, "mimeType": "application/octet-stream"}
    page.set_input_files("input[type=file]", file)  # which sends it
    page.wait_for_selector("#class-name")
    keep(page, paths("answer"))
    page.wait_for_selector(".map.is-on")
    page.wait_for_timeout(FADE_MS)
    keep(page, paths("why"))


def take_moving_picture(page, product, sent, path):
    """Record how a picture becomes an answer with its map."""
    page.goto(f"{product.url}/upload")
    page.wait_for_load_state("networkidle")
    frames, durations_ms = [moving_frame(page)], [BEFORE_MS]
    file = {**sent, "mimeType": "application/octet-stream"}
    page.set_input_files("input[type=file]", file)
    until = None  # the map lies on the picture
    while until is None or time.monotonic() < until:
        frames.append(moving_frame(page))
        durations_ms.append(FRAME_MS)
        if until is None and page.locator(".map.is-on").count():
            until = time.monotonic() + 2 * FADE_MS / 1000
    durations_ms[-1] = AFTER_MS
    frames[0].save(
        path,
        save_all=True,
        append_images=frames[1:],
        duration=durations_ms,
        loop=0,
        optimize=True,
    )
    sys.stdout.write(f"{path}: {path.stat().st_size:,} bytes, {len(frames)} frames\n")


def moving_frame(page):
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    shot.thumbnail(MOVING_SIZE)
    return shot.quantize(MOVING_COLOURS, dither=Image.Dither.NONE)


def take_admin_pages(page, product, paths):
    page.set_viewport_size(VISITOR)
    page.goto(f"{product.url}/admin/")
    page.fill("[name=username]", "admin")
    page.fill("[name=password]", product.password)
    page.click("[type=submit]")
    keep(page, paths("admin"))
    page.set_viewport_size(CURATOR)
    page.goto(f"{product.url}/admin/classifier/upload/")
    keep(page, paths("admin-list"))
    page.click("#result_list th a >> nth=1")
    keep(page, paths("admin-upload"))


def keep(page, path):
    """Save the visible window with as few colours as look right."""
    page.wait_for_load_state("networkidle")
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    shot.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    sys.stdout.write(f"{path}: {path.stat().st_size:,} bytes\n")


def contents_of(example):
    with example.open() as file:
        return file.read()


def coloured(image, number):
    """Return a light-on-black image as the PNG of a dyed garment on light ground."""
    large = image.resize((GARMENT, GARMENT), Image.Resampling.BICUBIC)
    garment = ImageOps.colorize(large, *DYES[number % len(DYES)])
    picture = Image.new("RGB", (GARMENT + 2 * MARGIN,) * 2, GROUND)
    picture.paste(
        garment, (MARGIN, MARGIN), large.point(lambda grey: min(255, 5 * grey))
    )
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


if __name__ == "__main__":
    main()
