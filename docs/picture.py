"""The README's pictures (needs chromium): of a report, and of the review app where it runs with --annotator.

python docs/picture.py report/report.html docs/report.png
python docs/picture.py http://127.0.0.1:8700/queue docs/review.png
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]


def main(page_file: str, picture: str) -> None:
    """Saves the top of a page as a PNG: of a report 1200 x 1400 pixels, of the app 1200 x 820."""
    app = page_file.startswith("http:")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_page(viewport={"width": 1200, "height": 820 if app else 1400})
        page.goto(page_file if app else Path(page_file).resolve().as_uri())
        page.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:3])
