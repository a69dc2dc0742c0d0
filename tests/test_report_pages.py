"""Large reports in a real browser, accessibility by axe-core, and highlights in scripts that are hard to count."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from report_sample import hostile, sample, sample_positions
from test_positions import AGAINST, FOR
from test_slices import said

from stance.changes import moves
from stance.positions import positions
from stance.records import Actor, Article, Judgement, Mention, Scored, Statement, Topic
from stance.report.html import write_html
from stance.report.view import Content
from stance.slices import slices

Open = Callable[..., Page]


def many() -> list[Scored]:
    """The sample often enough to be split into pages."""
    return [
        replace(one, statement=replace(one.statement, id=f"{one.statement.id}-{n}"))
        for n in range(1 + 1000 // len(sample()))
        for one in sample()
    ]


def serious(page: Page) -> list[str]:
    """The serious and critical faults that axe-core finds."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found if v["impact"] in ("serious", "critical")]


def test_a_large_report_has_a_page_a_leader(open_report, tmp_path):
    page = open_report(many())
    assert page.locator(".statement").count() == 0
    expect(page.locator("#rows tr")).to_have_count(12)
    page.get_by_label("Stance", exact=True).select_option("oppose")
    shown = int((page.locator("#shown").inner_text().split(", ")[1]).split()[0].replace(",", ""))
    assert shown == sum(one.judgement.stance == "oppose" for one in many())
    page.get_by_role("table").first.get_by_role("link", name="Marian Kostrec").click()
    expect(page.get_by_role("heading", level=1, name="Marian Kostrec")).to_be_visible()
    own = [one for one in many() if one.statement.actor and one.statement.actor.name == "Marian Kostrec"]
    assert page.locator(".statement").count() == min(100, len(own))
    page.get_by_label("Stance", exact=True).select_option("oppose")
    expected = [one for one in own if one.judgement.stance == "oppose"]
    expect(page.locator("#shown")).to_have_text(f"{len(expected)} statement{'' if len(expected) == 1 else 's'}")
    page.get_by_role("link", name="Back to the chart").click()
    expect(page.get_by_role("heading", name="Where they stand")).to_be_in_viewport()
    assert {p.stem for p in (tmp_path / "leaders").glob("*.html")} >= {"actor-Q90001", "unregistered-speakers"}


def test_a_mark_of_a_large_report_leads_to_the_leader(open_report):
    page = open_report(many())
    page.locator('.strips li[data-leader="actor-Q90005"] .mark').first.click()
    page.wait_for_url("**/leaders/actor-Q90005.html")


def test_pages_of_an_earlier_report_go(tmp_path):
    def write(scored: list[Scored]) -> set[str]:
        content = Content(scored, sample_positions(scored))
        write_html(tmp_path / "report.html", content, title="t", generated="g", split_from=5)
        return {p.name for p in (tmp_path / "leaders").glob("*")}

    everyone = write(sample())
    few = write([one for one in sample() if one.statement.actor and one.statement.actor.id in ("Q90001", "Q90002")])
    assert few == {"actor-Q90001.html", "actor-Q90002.html"}
    assert few < everyone
    assert write(sample()[:2]) == set()


def test_large_reports_hold_the_same_statements(tmp_path):
    content = Content(sample(), sample_positions(sample()))
    write_html(tmp_path / "report.html", content, title="t", generated="g", split_from=5)
    found = [
        i
        for p in (tmp_path / "leaders").glob("*")
        for i in re.findall(r'<li class="statement [^>]* id="([^"]+)"', p.read_text("utf-8"))
    ]
    assert sorted(found) == sorted(f"statement-{one.statement.id}" for one in sample())


def test_pages_of_hostile_names_stay_in_their_folder(tmp_path):
    actor = Actor("../../../etc/x", "X", "person", None)
    scored = [replace(one, statement=replace(one.statement, actor=actor)) for one in sample()[:3]]
    content = Content([*scored, *hostile()], sample_positions([*scored, *hostile()]))
    write_html(tmp_path / "out" / "report.html", content, title="t", generated="g", split_from=1)
    written = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.html")}
    assert len(written) == 4
    assert all(re.fullmatch(r"out/(leaders/[A-Za-z0-9_.-]+|report)\.html", name) for name in written)
    for path in (tmp_path / "out" / "leaders").glob("*.html"):
        assert len(re.findall("<script", path.read_text("utf-8"))) == 2


@pytest.mark.parametrize("least", [60, 90])
def test_confidence_filter(open_report, least):
    page = open_report()
    page.get_by_label("Confidence").select_option(str(least))
    page.get_by_role("button", name="Unfold all evidence").click()
    shown = page.locator(".statement:visible").evaluate_all("all => all.map(e => e.id)")
    assert set(shown) == {
        f"statement-{one.statement.id}" for one in sample() if one.judgement.confidence >= least / 100
    }


def moving() -> list[Scored]:
    """One leader who turned from one side to the other on 1 July 2024, among those of the sample."""
    actor = Actor("turner", "Tessa Turner", "person", "FRA")
    days = [f"2024-{n // 2 + 1:02}-{n % 2 + 1:02}" for n in range(24)]
    turned = [said(actor, AGAINST if n < 12 else FOR, n, day) for n, day in enumerate(days)]
    return [*sample(), *turned]


@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_accessibility_fault(browser, tmp_path, scheme, split):
    scored = moving()
    content = Content(scored, positions(scored), moves(scored), slices(scored, ("year", "country")))
    assert content.moves
    write_html(tmp_path / "report.html", content, title="t", generated="g", split_from=5 if split else 1000)
    page = browser.new_page(color_scheme=scheme)
    pages = [tmp_path / "report.html", *sorted((tmp_path / "leaders").glob("*turner.html"))]
    assert len(pages) == 1 + split
    for path in pages:
        page.goto(path.as_uri())
        for fold in page.locator("details").all()[:3]:
            fold.locator("summary").first.click()
        assert serious(page) == []
    page.close()


def test_the_page_tells_the_move(open_report, tmp_path):
    scored = moving()
    content = Content(scored, positions(scored), moves(scored))
    write_html(tmp_path / "moved.html", content, title="t", generated="g")
    text = (tmp_path / "moved.html").read_text("utf-8")
    (move,) = (m for m in content.moves if m.item is None)
    assert move.day == "2024-07-01"
    section = text[text.index('<section id="moves"') : text.index('<section id="timeline"')]
    assert "1 Jul 2024" in section
    own = text[text.index('<section id="actor-turner"') :]
    links = re.findall(r'<a href="#(statement-s\d+)">', own[: own.index("Evidence</h")])
    assert links
    assert all(f'id="{link}"' in text for link in links)


TEXTS = {
    "right to left": ("قال الوزير إن بلاده «سترسل الدبابات» غدا", "سترسل الدبابات", "الوزير"),
    "mixed": ("He (יו״ר הוועדה) said “שלחו 12 tanks” at 5.", "שלחו 12 tanks", "יו״ר הוועדה"),
    "emoji": ("🧑🏽‍✈️ 🇺🇦 Ada 👩‍👩‍👧 said: send 🚀🚀 now 🇵🇱!", "send 🚀🚀 now 🇵🇱", "Ada 👩‍👩‍👧"),
    "combining": (
        "Z̵e̷d́ said: se\u0301nd e\u0301ve\u0302ry ta\u0308nk.",
        "se\u0301nd e\u0301ve\u0302ry ta\u0308nk",
        "Z̵e̷d́",
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_marks_sit_on_the_right_characters(open_report, name):
    text, content, source = TEXTS[name]
    at, by = text.index(content), text.index(source)
    statement = Statement(
        *("s", "a", Actor("x", "X", "person", None), Mention(source, by, by + len(source)), None),
        *(((at, at + len(content)),), content, "direct"),
    )
    judgement = Judgement("support", {"support": 0.9, "oppose": 0.05, "undecided": 0.05}, 0.9)
    page = open_report([Scored(Article("a", None, text), statement, Topic(1.0, ("tanks",)), judgement)])
    marked = page.locator(".statement blockquote mark.content")
    assert "".join(marked.all_text_contents()) == content
    assert "".join(page.locator(".statement blockquote mark.source").all_text_contents()) == source
    # what stands before the mark on the page is what stands before it in the article
    before = page.locator("blockquote").evaluate(
        """(quote) => {
            const range = document.createRange();
            range.setStart(quote, 0);
            range.setEndBefore(quote.querySelector("mark.content"));
            return range.toString();
        }"""
    )
    assert before.strip() == text[:at].strip()
    direction = page.locator("blockquote").evaluate("e => getComputedStyle(e).direction")
    assert direction == ("rtl" if name == "right to left" else "ltr")
