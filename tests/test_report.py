"""The reports that people read: the page and the terminal table. All people here are invented."""

from __future__ import annotations

import csv
import html
import json
import re
from dataclasses import replace
from importlib.resources import files as resources
from io import StringIO
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_sample import HOSTILE, hostile, position_of, sample, sample_positions
from rich.console import Console

from stance.records import Judgement, Position, Scored
from stance.report import table, wording
from stance.report.html import render_html
from stance.report.timeline import TimeAxis, time_axis
from stance.report.view import Content, build_view

# --- the page


def page_of(scored: list[Scored], **options: object) -> str:
    settings = {"title": "Who stands where", "generated": "today", "notes": {"Note <i>": "a & b"}} | options
    return render_html(Content(scored, sample_positions(scored)), **settings)  # type: ignore[arg-type]


def test_page_has_each_leader_in_order_of_score():
    page = page_of(sample())
    expected = sorted((p for p in sample_positions(sample()) if p.item is None), key=lambda p: -p.score)
    body = page[page.index('<tbody role="rowgroup" id="rows">') : page.index("</tbody>")]
    assert re.findall(r'data-leader="actor-([^"]+)"', body) == [p.actor_id for p in expected]
    for position in expected:
        assert f'<section id="actor-{position.actor_id}"' in page
        assert f'href="#actor-{position.actor_id}"' in page
        assert wording.signed(position.score) in page
    assert "Statements whose speaker is not in the registry" in page


def test_page_counts_and_notes():
    page = page_of(sample())
    facts = dict(re.findall(r"<dt>([^<]+)</dt><dd[^>]*>([^<]+)</dd>", page))
    assert facts["Leaders"] == "12"
    assert facts["Statements"] == str(len(sample()))
    assert facts["Made"] == "today"
    assert facts["Note &lt;i&gt;"] == "a &amp; b"
    review = sum(o.judgement.needs_review for o in sample()) / len(sample())
    assert facts["Need review"] == f"{100 * review:.0f}%"


def test_ids_are_unique_and_headings_descend_one_by_one():
    for page in (page_of(sample()), page_of(hostile())):
        ids = re.findall(r'\sid="([^"]*)"', page)
        assert len(ids) == len(set(ids))
        assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
        levels = [int(n) for n in re.findall(r"<h([1-6])[ >]", page)]
        assert levels[0] == 1
        assert all(b - a <= 1 for a, b in pairwise(levels))


def test_page_is_self_contained_under_a_strict_policy():
    page = page_of(sample())
    policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    assert policy[1].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy[1]
    assert " style=" not in page
    assert not re.search(r"\ssrc=|@import|url\(|@font-face", page)
    assert re.findall(r"<link [^>]*>", page) == ['<link rel="icon" href="data:,">']


def test_hostile_records_are_escaped():
    page = page_of(hostile(), title=HOSTILE, generated=HOSTILE, notes={HOSTILE: HOSTILE})
    assert len(re.findall(r"<script", page)) == 2
    assert len(re.findall(r"</script", page)) == 2
    assert len(re.findall(r"<style", page)) == 1
    assert "<img" not in page
    assert "\x00" not in page
    assert "49" not in re.sub(r"sha256-\S+", "", page[: page.index("<style>")])  # {{ 7*7 }} stays text
    links = re.findall(r'href="([^"#][^"]*)"', page)
    assert {html.unescape(link).split(":")[0] for link in links} <= {"data", "https"}
    outside = re.sub(r'<span class="bidi"[^>]*>.</span>|<option value="[^"]*"', "", page)
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069]", outside)


def test_statement_off_topic_and_empty_reports():
    one = replace(sample()[0], judgement=Judgement(None))
    page = render_html(Content([one], []), title="t", generated="g")
    assert "1 statement not about military aid" in page
    assert "No statement about military aid by a leader in the registry was found." in page
    assert "No leader could be placed." in render_html(Content([], []), title="t", generated="g")


def test_evidence_folds_after_five_and_is_limited():
    scored = [o for o in sample() if o.statement.actor and o.statement.actor.id == "Q90004"]
    assert f'<span class="value">{len(scored) - 5}</span> more statements' in page_of(scored)
    page = page_of(scored, evidence_limit=8)
    assert f"The newest 8 of {len(scored)} statements are shown." in page
    assert page.count('<li class="statement ') == 8
    data = json.loads(re.search(r'id="report-data">(.*?)</script>', page)[1])  # type: ignore[index]
    assert len(data["actor-Q90004"]["statements"]) == len(scored)


def test_a_copy_is_not_counted_twice():
    one, two = sample()[:2]
    position = replace(position_of([one, two], None), statements=1, evidence=(one.statement.id,))
    page = render_html(Content([one, two], [position]), title="t", generated="g")
    assert page.count("Repeats an earlier statement") == 1


def test_leader_without_position_or_without_statements():
    one, other = sample()[0], sample()[30]
    assert one.statement.actor != other.statement.actor
    page = render_html(Content([one], [position_of([other], None)]), title="t", generated="g")
    assert "not scored" in page
    assert f'id="actor-{position_of([other], None).actor_id}"' in page


def test_ids_stay_apart_when_actor_ids_look_alike():
    one = sample()[0]
    actor = one.statement.actor
    assert actor
    twins = [
        replace(one, statement=replace(one.statement, id=i, actor=replace(actor, id=i)))
        for i in ("a/b", "a b", "a b-1")
    ]
    leaders = build_view(Content(twins, sample_positions(twins)), evidence_limit=9).leaders
    assert len({leader.dom_id for leader in leaders}) == 3


def test_time_axis_spans_only_leaders_with_two_dates():
    once = [o for o in sample() if o.statement.actor and o.statement.actor.id == "Q90009"]
    assert time_axis([once]) is None
    assert 'id="timeline"' not in page_of(once)
    assert 'id="timeline"' in page_of(sample())


@given(st.dates(), st.dates())
def test_ticks_are_few_in_order_and_on_the_axis(one, other):
    axis = TimeAxis(*sorted((one, other)))
    places = [tick.x for tick in axis.ticks()]
    assert places == sorted(places)
    assert len(places) <= 10
    assert all(0 <= x <= 100 for x in places)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
def test_contrasts(mode):
    css = resources("stance.report").joinpath("assets/report.css").read_text(encoding="utf-8")
    colours = {name: (a, b)[mode] for name, a, b in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", css)}

    def contrast(front: str, back: str) -> float:
        low, high = sorted((luminance(colours[front]), luminance(colours[back])))
        return (high + 0.05) / (low + 0.05)

    for back in ("paper", "panel"):
        assert all(contrast(front, back) >= 4.5 for front in ("ink", "muted", "support", "oppose", "undecided"))
        assert all(contrast(front, back) >= 3 for front in ("support-fill", "oppose-fill", "undecided-fill", "field"))
    for push in ("toward", "away"):
        assert contrast("ink", f"{push}-tint") >= 7
        assert min(contrast(push, back) for back in ("paper", "panel", f"{push}-tint")) >= 3
    for stance in ("support", "oppose", "undecided"):
        assert contrast(stance, f"{stance}-tint") >= 4.5
        assert contrast("ink", f"{stance}-tint") >= 4.5
        assert contrast("muted", f"{stance}-tint") >= 3


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,x",
        "//x.example",
        "http://",
        "ftp://x.example",
        "https://a b",
        "https://[",
        "java\nscript:x",
        "",
        None,
    ],
)
def test_only_web_addresses_become_links(url):
    assert wording.safe_url(url) is None


def test_wording():
    assert wording.safe_url("https://news.example/a?b=1&c=2#d") == "https://news.example/a?b=1&c=2#d"
    assert wording.safe_url("HTTP://news.example") == "HTTP://news.example"
    assert [wording.signed(x) for x in (0.5, -0.5, -0.001, 0.0)] == ["+0.50", "−0.50", "0.00", "0.00"]
    assert [wording.country_name(c) for c in ("SVK", "XKX", "QQQ", None)] == ["Slovakia", "Kosovo", "QQQ", ""]
    assert wording.day_label("2024-02-07") == "7 February 2024"
    assert [wording.day_label(d, short=True) for d in ("2024-02-07", "2024", None)] == [
        "7 Feb 2024",
        "2024",
        "",
    ]
    assert wording.plural(1, "statement") == "1 statement"
    assert wording.plural(1204, "statement") == "1,204 statements"


# --- the terminal


def shown(positions: list[Position], width: int = 80) -> str:
    console = Console(width=width, record=True, file=StringIO())
    console.print(table.positions_table(positions))
    return console.export_text()


def test_table_fits_into_80_cells_uncut():
    text = shown(sample_positions(sample()))
    for p in sample_positions(sample()):
        if p.item is None:
            assert wording.signed(p.score) in text
            assert (p.last or "") in text
    assert "Vandermolen" in text
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80


def test_table_takes_no_orders_from_names():
    one = replace(sample_positions(sample())[0], actor="[red]x[/] \x1b[31mred\nline\ttab")
    assert "[red]x[/]" in shown([one], 120)
    assert "\x1b" not in shown([one], 120)
    line = table.positions_text([one]).splitlines()[1].split("\t")
    assert len(line) == 14
    assert line[1] == "[red]x[/]  [31mred line tab"


def test_interval_bar():
    position = replace(sample_positions(sample())[0], score=0.0, low=-1.0, high=1.0)
    assert table.interval_bar(position).plain == "━━━━━━━●━━━━━━━"
    assert table.interval_bar(replace(position, score=1.0, low=0.7)).plain == "╌╌╌╌╌╌╌│╌╌╌╌━━●"
    assert table.interval_bar(replace(position, score=-5.0, low=-9.0, high=0.0)).plain == "●━━━━━━┿╌╌╌╌╌╌╌"


def test_positions_text_holds_numbers_for_machines():
    rows = list(csv.DictReader(table.positions_text(sample_positions(sample())).splitlines(), delimiter="\t"))
    assert len(rows) == 12
    assert [float(r["score"]) for r in rows] == sorted((float(r["score"]) for r in rows), reverse=True)
    only_items = [p for p in sample_positions(sample()) if p.item]
    assert table.positions_text(only_items).count("air-defence") == sum(p.item == "air-defence" for p in only_items)
