"""The browser of the page tests, a way to open a report in it that fails on any error or request, and databases.

Without Debian's chromium these tests fail; they do not skip.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import psycopg
import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from postgres import postgres_server
from report_sample import sample, sample_positions

from stance.model import StanceModel
from stance.records import Scored
from stance.report.html import write_html
from stance.report.view import Content

# two workers share the cores; a linear algebra library that took both for each would slow them down
os.environ |= {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
# so many examples that the suite stays under five minutes; training.fuzz looks longer and deeper
hypothesis.settings.register_profile("untimed", deadline=None, max_examples=25)
hypothesis.settings.load_profile("untimed")
CHROMIUM = "/usr/bin/chromium"
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS, headless=True)
        yield browser
        browser.close()


@pytest.fixture
def open_report(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens a report, and checks afterwards that it was silent: no error, no warning, no request."""
    contexts, noise = [], []

    def watch(page: Page) -> None:
        page.on("console", lambda message: noise.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: noise.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (noise.append("dialog"), dialog.dismiss()))
        page.on("request", lambda r: None if r.url.startswith(("file:", "data:")) else noise.append(r.url))

    def open_page(
        scored: list[Scored] | None = None,
        title: str = "Who stands where",
        model: StanceModel | None = None,
        **options: object,
    ) -> Page:
        scored = sample() if scored is None else scored
        path = tmp_path / "report.html"
        positions = sample_positions(scored)
        content = Content(scored, positions, model=model)
        write_html(path, content, title=title, generated="today", notes={"Note": title})
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        watch(page)
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert noise == []


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture
def postgres_url(postgres: str) -> str:
    """The URL of an empty database of a real server."""
    name = f"t{secrets.token_hex(6)}"
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    return postgres.replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store can be made: a file, then a database of a real server."""
    return str(tmp_path / "stance.db") if request.param == "sqlite" else request.getfixturevalue("postgres_url")


def pytest_make_parametrize_id(config, val, argname):
    """Long bytes are named by their length: what gzip writes holds the time, and two workers must agree on names."""
    return f"{argname}-of-{len(val)}-bytes" if isinstance(val, bytes) and len(val) > 40 else None
