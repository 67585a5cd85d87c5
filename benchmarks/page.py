"""Load the visitor's pages as a slow phone does, and print the timings as JSON.

    python benchmarks/page.py [--rounds 5] [--json FILE]

The profile is that of Lighthouse's mobile throttling: a quarter of this machine's
processor, 1.6 Mbit/s down, 0.75 up, 150 ms for each request; nothing cached.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from statistics import median

import django
import requests
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deewhy.settings")
django.setup()

# They need the settings above.
from classifier.tests.fixtures.browser import ARGUMENTS, chromium  # noqa: E402
from classifier.tests.fixtures.garments import garment  # noqa: E402
from deewhy.tests.fixtures.product import running_product  # noqa: E402

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
SLOWER = 4
NETWORK = {
    "offline": False,
    "latency": 150,  # ms
    "downloadThroughput": 1_638_400 / 8,  # bytes/s
    "uploadThroughput": 768_000 / 8,
}
# Before the page: entries that come later than their observer would be missed.
OBSERVE = """
window.seen = { shift: 0, paint: 0, busyUntil: 0, blocked: 0 };
const watch = (type, note) => new PerformanceObserver(
    (list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
watch("layout-shift", (entry) => { seen.shift += entry.value; });
watch("largest-contentful-paint", (entry) => { seen.paint = entry.startTime; });
watch("longtask", (entry) => {
    seen.busyUntil = entry.startTime + entry.duration;
    seen.blocked += entry.duration - 50;
});
"""
# Modules have run when DOMContentLoaded has; then nothing may keep the page busy.
READ = """() => {
    const [load] = performance.getEntriesByType("navigation");
    return {
        first_byte_ms: load.responseStart,
        interactive_ms: Math.max(load.domContentLoadedEventEnd, seen.busyUntil),
        largest_paint_ms: seen.paint,
        blocked_ms: seen.blocked,
        layout_shift: seen.shift,
    };
}"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--rounds", type=int, default=5, help="loads of each page (default: 5)"
    )
    parser.add_argument("--json", type=Path, help="also write the figures there")
    options = parser.parse_args()
    with running_product() as product:
        figures = measure(product, options.rounds)
    text = json.dumps(figures, indent=2) + "\n"
    sys.stdout.write(text)
    if options.json:
        options.json.write_text(text)


def measure(product, rounds):
    """Return the median and the best of some loads of each page, after one more.

    Whatever else the machine does makes a load slower, never faster.
    """
    pages = {"upload": f"{product.url}/upload", "answer": an_answer(product)}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        loads = {
            name: [load(browser, url) for _ in range(rounds + 1)][1:]
            for name, url in pages.items()
        }
        browser.close()
    return {
        name: {
            figure: {
                "median": round(median(each[figure] for each in figures), 3),
                "best": round(min(each[figure] for each in figures), 3),
            }
            for figure in figures[0]
        }
        for name, figures in loads.items()
    }


def an_answer(product):
    """Send a picture; return the address of the page of its answer."""
    with garment("dress") as picture:
        response = requests.post(
            f"{product.url}/api/v1/classify", files={"file": picture}, timeout=60
        )
    return response.json()["links"]["page"]


def load(browser, url):
    """Load a page in a fresh window; return its timings."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    page.add_init_script(OBSERVE)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", NETWORK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    sizes = []
    session.on(
        "Network.loadingFinished",
        lambda event: sizes.append(event["encodedDataLength"]),
    )
    page.goto(url, wait_until="networkidle")
    figures = page.evaluate(READ) | {"bytes": sum(sizes), "requests": len(sizes)}
    context.close()
    return figures


if __name__ == "__main__":
    main()
