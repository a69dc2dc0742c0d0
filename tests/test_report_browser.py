"""The HTML report in a real browser: filters, sorting, layout, and that nothing gets out or in.

Without Debian's chromium these tests fail; they do not skip.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest
from playwright.sync_api import Browser, Page, expect
from report_sample import HOSTILE, hostile, sample, sample_positions
from test_why import fitted, judged

from stance.model import StanceModel
from stance.records import Scored
from stance.report.html import write_html
from stance.report.view import Content

Open = Callable[..., Page]


def names(page: Page) -> list[str]:
    return page.locator("#rows tr:visible .who a").all_inner_texts()


def scores(page: Page) -> list[float]:
    texts = page.locator("#rows tr:visible .score").all_inner_texts()
    return [float(text.replace("−", "-")) for text in texts if text != "–"]


def test_starts_ordered_by_score_with_everything_shown(open_report):
    page = open_report()
    assert len(names(page)) == 12
    assert scores(page) == sorted(scores(page), reverse=True)
    expect(page.locator("#shown")).to_have_text(f"12 leaders, {len(sample())} statements")


def test_text_filter_takes_names_and_countries_without_accents(open_report):
    page = open_report()
    for text, found in {
        "raihala": "Kaisa Räihälä-Lund",
        "slovak": "Marian Kostrec",
        "HUN": "Gergő Halmosdi",
    }.items():
        page.get_by_label("Leader or country").fill(text)
        assert names(page) == [found]
    page.get_by_label("Leader or country").fill("nobody of this name")
    assert names(page) == []
    expect(page.get_by_text("No leader matches.")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#rows tr:visible")).to_have_count(12)


def test_what_people_judged_is_told_and_can_be_chosen(open_report):
    scored = [
        replace(one, judgement=replace(one.judgement, reviewed_by=("Ann",), needs_review=False)) if n % 5 == 0 else one
        for n, one in enumerate(sample())
    ]
    judged = [one for one in scored if one.judgement.reviewed_by]
    page = open_report(scored)
    expect(page.get_by_text("Judged by people").first).to_be_visible()
    page.get_by_label("Review", exact=True).select_option("2")
    page.get_by_role("button", name="Unfold all evidence").click()
    shown = page.locator(".statement:visible").evaluate_all("all => all.map(e => e.id)")
    assert set(shown) == {f"statement-{one.statement.id}" for one in judged}
    assert "Ann" not in page.content()  # who judged stands in statements.jsonl alone


def test_text_filter_finds_unregistered_speakers(open_report):
    page = open_report()
    page.get_by_label("Leader or country").fill("machinist")
    expect(page.locator(".strangers .statement:visible")).to_have_count(1)
    expect(page.locator("section.leader:visible")).to_have_count(1)


def chosen(**wanted: object) -> list[Scored]:
    """The sample's statements that a filter should leave."""
    tests: dict[str, Callable[[Scored, object], bool]] = {
        "item": lambda o, x: x in o.topic.items,
        "recipient": lambda o, x: o.topic.recipient == x,
        "stance": lambda o, x: o.judgement.stance == x,
        "review": lambda o, x: o.judgement.needs_review,
        "since": lambda o, x: bool(o.article.published) and str(o.article.published) >= str(x),
        "until": lambda o, x: bool(o.article.published) and str(o.article.published) <= str(x),
    }
    return [o for o in sample() if all(tests[name](o, value) for name, value in wanted.items())]


@pytest.mark.parametrize(
    "wanted",
    [
        {"item": "missiles"},
        {"recipient": "MDA"},
        {"stance": "undecided"},
        {"review": True},
        {"since": "2025-01-01", "until": "2025-04-30"},
        {"item": "funding", "stance": "oppose", "recipient": "UKR"},
        {"stance": "oppose", "review": True, "since": "2024-06-01"},
    ],
    ids=str,
)
def test_filters_leave_exactly_what_matches(open_report, wanted):
    page = open_report()
    for name, value in wanted.items():
        if name in ("item", "recipient", "stance"):
            page.get_by_label(name.capitalize(), exact=True).select_option(str(value))
        elif name == "review":
            page.get_by_label("Review", exact=True).select_option("1")
        else:
            page.get_by_label({"since": "From", "until": "To"}[name], exact=True).fill(str(value))
    expected = chosen(**wanted)
    people = {o.statement.actor.name for o in expected if o.statement.actor}
    assert set(names(page)) == people
    page.get_by_role("button", name="Unfold all evidence").click()
    shown = page.locator(".statement:visible").evaluate_all("all => all.map(e => e.id)")
    assert set(shown) == {f"statement-{o.statement.id}" for o in expected}
    expect(page.locator("#shown")).to_contain_text(f"{len(people)} leader")
    # the marks of the time strips follow, too
    count = "all => all.map(e => e.dataset.n.split(' ').length)"
    marked = page.locator(".strips li:visible .mark:visible").evaluate_all(count)
    dated = [o for o in expected if o.article.published and o.statement.actor]
    assert sum(marked) <= len(dated)
    assert bool(marked) == bool(dated)


def test_an_item_shows_the_positions_on_that_item(open_report):
    page = open_report()
    page.get_by_label("Item", exact=True).select_option("missiles")
    for position in sample_positions(sample()):
        if position.item == "missiles":
            row = page.locator(f'tr[data-leader="actor-{position.actor_id}"]')
            assert abs(float(row.locator(".score").inner_text().replace("−", "-")) - position.score) < 0.006
            assert f"{50 + 46 * position.score:.2f}"[:4] in (row.locator(".dot").get_attribute("cx") or "")
            expect(row.locator(".count")).to_contain_text(f"{position.statements} of ")
    expect(page.locator("#scope")).to_contain_text("those on missiles")
    assert scores(page) == sorted(scores(page), reverse=True)


def test_sorting_by_buttons_and_by_list(open_report):
    page = open_report()
    by_name = page.get_by_role("button", name="Leader", exact=True)
    by_name.click()
    ascending = names(page)
    assert ascending == sorted(ascending)
    expect(page.locator('th[data-sort="name"]')).to_have_attribute("aria-sort", "ascending")
    assert page.locator("th[aria-sort]").count() == 1
    by_name.press("Enter")
    assert names(page) == ascending[::-1]
    page.get_by_label("Sort by").select_option("count:-1")
    counts = [int(text) for text in page.locator("#rows .count .value").all_inner_texts()]
    assert counts == sorted(counts, reverse=True)
    page.get_by_role("button", name="Last", exact=True).click()
    last = {p.actor: p.last or "" for p in sample_positions(sample()) if p.item is None}
    assert [last[name] for name in names(page)] == sorted(last.values(), reverse=True)
    page.get_by_label("Sort by").select_option("score:1")
    assert scores(page) == sorted(scores(page))


def test_keyboard_reaches_a_leader_from_the_chart(open_report):
    page = open_report()
    # a page that is not in front yet swallows its first key
    page.bring_to_front()
    page.locator("body").press("Tab")
    expect(page.get_by_role("link", name="Skip to the chart")).to_be_focused(timeout=15_000)
    page.get_by_role("table").first.get_by_role("link", name="Marian Kostrec").press("Enter")
    expect(page.get_by_role("heading", name="Marian Kostrec")).to_be_in_viewport(timeout=15_000)


def test_a_mark_in_time_leads_to_its_statement(open_report):
    page = open_report()
    mark = page.locator('.strips li[data-leader="actor-Q90005"] .mark').first
    mark.click()
    target = page.locator(".statement:target")
    expect(target).to_be_in_viewport()
    assert target.get_attribute("data-n") in (mark.get_attribute("data-n") or "").split()


def test_marks_in_the_browser_hold_the_right_words(open_report):
    page = open_report()
    for one in sample():
        item = page.locator(f'[id="statement-{one.statement.id}"]')
        content = item.locator("mark.content").evaluate_all("all => all.map(e => e.textContent)")
        assert content == [one.article.text[a:b] for a, b in one.statement.spans]
        assert one.statement.source
        assert item.locator("mark.source").text_content() == one.statement.source.text


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> StanceModel:
    return fitted(tmp_path_factory.mktemp("browser") / "model")


# Of each marked word: where it starts, in code points, what it is, and its number.
MARKED = """p => [...p.querySelectorAll("mark")].map(mark => {
    const before = document.createRange();
    before.setStart(p, 0);
    before.setEndBefore(mark);
    return [[...before.toString()].length, mark.textContent, parseFloat(mark.title.replace("−", "-"))];
})"""


@pytest.mark.parametrize(
    "text",
    [
        "🤦🏽\u200d♂️ We refuse, <b>again</b> & again, to send 🚀 the jets\nor tanks",
        "لن نرسل السلاح 🚀 to them, we refuse: لن نرسل tanks",
    ],
)
def test_the_reasons_open_by_keyboard_and_mark_the_right_words(open_report, model, text):
    one = judged(sample()[0], text, model)
    page = open_report([one], model=model)
    page.bring_to_front()
    item = page.locator(".statement")
    summary, read = item.locator("summary"), item.locator(".read")
    expect(read).to_be_hidden()
    item.locator("cite").locator("..").focus()
    page.keyboard.press("Tab")
    expect(summary).to_be_focused(timeout=15_000)
    page.keyboard.press("Enter")
    expect(read).to_be_visible()
    assert read.evaluate("p => p.textContent") == text
    pushes, _ = model.pushes(text, str(one.judgement.stance))
    least = 0.05 * max(abs(push.weight) for push in pushes)
    wanted = [push for push in pushes if abs(push.weight) >= least]
    found = read.evaluate(MARKED)
    assert [(at, word) for at, word, _ in found] == [(push.start, text[push.start : push.end]) for push in wanted]
    for (_, _, shown), push in zip(found, wanted, strict=True):
        assert abs(shown - push.weight) < 0.0101
    for mark in read.locator("mark").all():
        mark.hover()  # nothing lies over it
        assert f"({mark.get_attribute('title')})" in mark.aria_snapshot()
    page.keyboard.press("Space")
    expect(read).to_be_hidden()
    page.emulate_media(media="print")  # what is open is printed, without its handle; what is shut is not
    expect(item.locator("details")).to_be_hidden()
    item.locator("details").evaluate("fold => fold.open = true")
    expect(summary).to_be_hidden()
    expect(read).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("records", [sample, hostile])
def test_open_reasons_do_not_overflow_sideways(open_report, model, width, records):
    page = open_report(records(), model=model, viewport={"width": width, "height": 800})
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    assert page.locator(".read:visible").count() == len(records())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_theme_follows_the_system_and_the_toggle(open_report, scheme):
    page = open_report(color_scheme=scheme)

    def brightness() -> int:
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(int(n) for n in re.findall(r"\d+", colour)[:3])

    before = brightness()
    assert (before > 600) == (scheme == "light")
    toggle = page.get_by_role("button", name="Dark mode")
    expect(toggle).to_have_attribute("aria-pressed", str(scheme == "dark").lower())
    toggle.click()
    assert (brightness() > 600) != (before > 600)


@pytest.mark.parametrize("width", [360, 390, 820, 1280])
@pytest.mark.parametrize("records", [sample, hostile])
def test_nothing_overflows_sideways(open_report, width, records):
    page = open_report(
        records(),
        title="Who stands where " + "without_a_break" * 12,
        viewport={"width": width, "height": 800},
    )
    page.get_by_role("button", name="Unfold all evidence").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_hostile_article_runs_nothing(open_report):
    page = open_report(hostile(), title=HOSTILE)
    page.get_by_role("button", name="Unfold all evidence").click()
    for text in page.locator("blockquote, cite, h1, h3").all():
        text.hover()
    assert page.evaluate("window.owned") is None
    assert page.locator("img, iframe, object, style:not(head style)").count() == 0
    assert page.locator("script").count() == 2
    hrefs = page.locator("a").evaluate_all("all => all.map(a => a.protocol)")
    assert set(hrefs) <= {"file:", "https:"}
    rel = page.locator('a[href^="http"]').evaluate_all("all => all.map(a => a.rel)")
    assert rel
    assert all("noopener" in r for r in rel)
    # an override in a name is shut in: what follows the name still runs from left to right
    assert page.locator(".bidi").first.evaluate("e => getComputedStyle(e).unicodeBidi") == "isolate"


class Trap(BaseHTTPRequestHandler):
    """A server on loopback that notes who comes."""

    visits: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.visits.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"caught")

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def trap() -> Iterator[str]:
    Trap.visits.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Trap) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


INJECT = """(trap) => {
    window.stopped = [];
    document.addEventListener("securitypolicyviolation", (e) => window.stopped.push(e.effectiveDirective));
    document.body.insertAdjacentHTML("beforeend",
        `<img src="${trap}img" onerror="window.owned = 1"><p style="color: red">
        <iframe src="${trap}frame"></iframe>`);
    const script = document.createElement("script");
    script.textContent = "window.owned = 2";
    document.body.append(script);
    fetch(`${trap}fetch`).catch(() => {});
}"""


def test_policy_stops_what_would_slip_through(browser: Browser, tmp_path: Path, trap: str):
    """Even markup that got past the escaping may load nothing and run nothing."""
    path = tmp_path / "report.html"
    write_html(path, Content(sample(), sample_positions(sample())), title="t", generated="g")
    page = browser.new_page()
    page.goto(path.as_uri())
    page.evaluate(INJECT, trap)
    page.wait_for_function("window.stopped.length >= 5")
    wanted = {"img-src", "style-src-attr", "script-src-elem", "frame-src", "connect-src"}
    assert wanted <= set(page.evaluate("window.stopped"))
    assert page.evaluate("window.owned") is None
    assert Trap.visits == []
    page.goto(trap)  # the trap does notice a visit
    assert "/" in Trap.visits
    page.close()


def test_complete_without_javascript(open_report):
    page = open_report(java_script_enabled=False)
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator("#theme")).to_be_hidden()
    expect(page.locator("#rows tr")).to_have_count(12)
    assert page.locator(".statement").count() == len(sample())
    expect(page.locator("#rows .dot").first).to_be_visible()
    page.get_by_text("more statements").first.click()
    expect(page.locator("details[open] .statement").first).to_be_visible()


def test_motion_is_only_for_those_who_want_it(open_report):
    page = open_report(reduced_motion="reduce")
    assert page.locator(".dot").first.evaluate("e => getComputedStyle(e).transitionProperty") == "none"
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_print_hides_the_controls(open_report):
    page = open_report(color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("#filters")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf().startswith(b"%PDF")


def test_charts_have_names(open_report):
    page = open_report()
    inside = "[aria-hidden=true], svg[role=img][aria-label], svg[role=group][aria-labelledby]"
    unnamed = page.locator("svg").evaluate_all("(all, inside) => all.filter(e => !e.closest(inside)).length", inside)
    assert unnamed == 0
    assert page.locator("table").evaluate_all("all => all.every(t => t.caption && t.querySelector('th[scope]'))")
    fields = page.locator("#filters input, #filters select")
    assert fields.evaluate_all("all => all.every(e => e.labels.length === 1)")


def test_a_large_report_opens_and_filters_at_once(open_report):
    scored = [
        replace(one, statement=replace(one.statement, id=f"{one.statement.id}-{n}"))
        for n in range(40)
        for one in sample()
    ]
    page = open_report(scored)
    spent = page.evaluate(
        """() => {
            const start = performance.now();
            const stance = document.querySelector("[name=stance]");
            stance.value = "oppose";
            stance.dispatchEvent(new Event("input", {bubbles: true}));
            return performance.now() - start;
        }"""
    )
    assert spent < 1500
    assert set(names(page)) == {o.statement.actor.name for o in chosen(stance="oppose") if o.statement.actor}
