# ruff: noqa: E501 - what people say is kept on one line
"""The reports: passages and their marks, the page, the terminal table, the files. All people here are invented."""

from __future__ import annotations

import csv
import html
import json
import random
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files as resources
from io import BytesIO, StringIO
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console

from stance.records import (
    Actor,
    Article,
    InputError,
    Judgement,
    Mention,
    Position,
    Scored,
    Statement,
    Topic,
    content_id,
    scored_json,
)
from stance.report import files, table, wording
from stance.report.html import render_html, write_html
from stance.report.passages import find_passage, marked_passage, passage_text, statement_marks, visible
from stance.report.timeline import TimeAxis, time_axis
from stance.report.view import build_view

# --- invented people and what they say: {S speaker}, {C cue}, {Q content}; per line: stance, items, kind, weight

LEADERS = {
    "Q90001": ("Ilse Vandermolen", "NLD"),
    "Q90002": ("Tomasz Gryczka", "POL"),
    "Q90003": ("Kaisa Räihälä-Lund", "FIN"),
    "Q90004": ("Bertrand Aumelas", "FRA"),
    "Q90005": ("Marian Kostrec", "SVK"),
    "Q90006": ("Gergő Halmosdi", "HUN"),
    "Q90007": ("Dorothea Winkelried", "DEU"),
    "Q90008": ("Senator Calvin Ostrander", "USA"),
    "Q90009": ("Jonjo MacAllivray of Strathnaver and the Western Isles", "GBR"),
    "Q90010": ("Salvatore Brighenti", "ITA"),
    "northern-defence-league": ("Northern Defence League", None),
    "Q90012": ("Nadia El-Khoury نادية الخوري", "LBN"),
}

LINES = {
    "Q90001": [
        ("support", "aircraft", "direct", "“{Q We will hand over all twenty-four jets, and the crews to keep them flying}”, {C said} {S Ilse Vandermolen}, after the cabinet had met for most of the night in The Hague."),
        ("support", "air-defence", "indirect", "{S The Dutch prime minister} {C told} parliament that {Q a second air-defence battery would leave before the winter}. Opposition benches applauded, which is rare on a Thursday."),
        ("support", "ammunition", "mixed", "{S Vandermolen} {C called} {Q the delay in shells “a gift to the aggressor” and asked partners to pay for another half a million rounds}."),
        ("undecided", "troops", "direct", "Asked about instructors on the ground, {S she} {C answered}: “{Q That is a question for the spring. I do not rule anything out, nor in.}”"),
        ("support", "funding", "act", "{S The government of Ilse Vandermolen} {C approved} {Q a further €1.2 billion for weapons bought from Ukrainian factories}."),
        ("support", "drones", "direct", "“{Q Every drone that stays in a warehouse is a drone wasted},” {S Vandermolen} {C wrote} on the eve of the conference."),
        ("support", "aircraft", "ascribed", "{S Vandermolen}, who {C has long argued for} {Q lifting the limits on where the jets may fly}, did not take questions."),
    ],
    "Q90002": [
        ("support", "tanks", "direct", "“{Q Fourteen tanks are a beginning, not an end},” {S Tomasz Gryczka} {C told} reporters at the border crossing, where the first transporters had stood since dawn."),
        ("support", "ammunition", "direct", "{S The Polish defence minister} {C said}: “{Q Whoever waits for the perfect contract will deliver to the next war.}”"),
        ("oppose", "aircraft", "indirect", "{S Gryczka} {C ruled out} {Q giving up the remaining squadron before replacements had landed}."),
        ("support", "artillery", "act", "{S Warsaw} {C sent} {Q eighteen self-propelled howitzers}, a spokesman for Mr Gryczka confirmed."),
        ("support", "training", "mixed", "{S Gryczka} {C promised} {Q to train “another brigade by harvest time”}."),
    ],
    "Q90003": [
        ("support", "artillery", "direct", "“{Q Our twenty-eighth package has left the country. The twenty-ninth is being loaded},” {C said} {S Kaisa Räihälä-Lund}, who as ever declined to name what was in it."),
        ("support", "funding", "indirect", "{S The Finnish president} {C said} {Q the fund should be doubled and paid out in advance}."),
    ],
    "Q90004": [
        ("undecided", "troops", "direct", "“{Q Nothing should be excluded. There is no consensus today},” {S Bertrand Aumelas} {C replied} when he was asked, for the third time that evening, whether soldiers would follow the shells."),
        ("support", "missiles", "direct", "{S Aumelas} {C announced}: “{Q Forty more cruise missiles, and several hundred bombs, in the weeks to come.}”"),
        ("support", "artillery", "act", "{S Paris} {C signed} {Q an order for seventy-eight guns}, half of which it will pay for itself."),
        ("undecided", "aircraft", "indirect", "{S The French president} {C said} {Q he would take up the matter of the jets once the pilots were trained}."),
        ("support", "training", "direct", "“{Q We will train them here, there, wherever it is useful},” {C said} {S Aumelas}."),
        ("oppose", "troops", "ascribed", "{S Aumelas}, by the account of two people in the room, {C was against} {Q putting instructors east of the river}."),
        ("support", "air-defence", "direct", "“{Q A sky without cover is an invitation},” {S he} {C said}."),
        ("undecided", "funding", "indirect", "{S The Élysée} {C said} {Q a decision on the loan had been put off until the autumn}."),
        ("support", "ammunition", "mixed", "{S Aumelas} {C urged} {Q partners to “buy where the shells are, not where the flag is”}."),
    ],
    "Q90005": [
        ("oppose", "ammunition", "direct", "“{Q Not one more cartridge from the stores of our army},” {C said} {S Marian Kostrec} to a full hall, and had to wait until it was quiet again before he could go on."),
        ("oppose", "troops", "direct", "{S Kostrec} {C warned}: “{Q Whoever sends soldiers there sends the war home.}”"),
        ("oppose", "funding", "indirect", "{S The Slovak premier} {C said} {Q he would vote against the loan}."),
        ("undecided", "unspecified", "mixed", "{S Kostrec} {C said} {Q commercial contracts were “a different matter, to be looked at one by one”}."),
        ("oppose", "air-defence", "act", "{S His cabinet} {C halted} {Q the transfer of the last battery}."),
    ],
    "Q90006": [
        ("oppose", "funding", "act", "{S Gergő Halmosdi} {C vetoed} {Q the fourth tranche}, and left the building by the side door."),
        ("oppose", "unspecified", "direct", "“{Q Weapons prolong what only talks can end},” {S the Hungarian prime minister} {C said}."),
        ("oppose", "funding", "ascribed", "{S Halmosdi}, who {C has blocked} {Q every disbursement since May}, offered no compromise."),
        ("oppose", "training", "indirect", "{S Budapest} {C would not take part in} {Q the training mission}, his spokesman repeated."),
        ("oppose", "missiles", "direct", "“{Q This is madness with a price tag},” {C said} {S Halmosdi}."),
        ("undecided", "funding", "indirect", "{S Halmosdi} {C hinted} {Q that the veto might fall if the farm money came first}."),
    ],
    "Q90007": [
        ("undecided", "missiles", "direct", "“{Q We are weighing it, with care and with our allies},” {S Dorothea Winkelried} {C said}. “{Q There is no deadline, and I will not be given one.}”"),
        ("support", "tanks", "act", "{S The chancellor} {C allowed} {Q the export of eighty-eight older tanks}."),
        ("undecided", "missiles", "indirect", "{S Winkelried} {C said} {Q the question of cruise missiles was not on the table this week}."),
        ("oppose", "missiles", "direct", "“{Q I have said no, and a no is not a pause},” {S the chancellor} {C told} her party."),
        ("support", "air-defence", "direct", "{S Winkelried} {C said}: “{Q A third battery will go at once.}”"),
        ("support", "ammunition", "mixed", "{S Berlin} {C pledged} {Q “every shell that leaves the line this year”}."),
        ("undecided", "funding", "direct", "“{Q The budget is tight. Ask me again in March},” {S she} {C said}."),
    ],
    "Q90008": [
        ("oppose", "funding", "direct", "“{Q Not another blank check, not while our own border is open},” {S Senator Ostrander} {C said} on the floor."),
        ("support", "small-arms", "mixed", "{S Ostrander} {C said} he would back {Q “rifles, rounds and receipts”}."),
        ("oppose", "funding", "act", "{S Ostrander} {C voted against} {Q the supplemental}."),
        ("undecided", "intelligence", "indirect", "{S The senator} {C declined to say} {Q whether the sharing of intelligence should go on}."),
    ],
    "Q90009": [("support", "naval", "direct", "“{Q Two minehunters, crewed and paid for, the day the strait reopens},” {C said} {S the Scottish peer}.")],
    "Q90010": [
        ("undecided", "air-defence", "direct", "“{Q We do what we can. What we can is being counted},” {C said} {S Salvatore Brighenti}."),
        ("undecided", "unspecified", "indirect", "{S The Italian minister} {C gave no answer} on {Q whether a ninth package was ready}."),
        ("support", "air-defence", "act", "{S Rome} {C joined} {Q the purchase of a further battery}."),
    ],
    "northern-defence-league": [
        ("support", "armoured-vehicles", "direct", "“{Q Our members have two hundred vehicles ready to roll},” {S the league} {C said} in a joint letter."),
        ("support", "drones", "indirect", "{S The Northern Defence League} {C said} {Q it would pay for a thousand interceptors}."),
        ("support", "training", "act", "{S The league} {C extended} {Q its training mission} by two years."),
    ],
    "Q90012": [
        ("oppose", "small-arms", "direct", "{C قالت} {S نادية الخوري}: «{Q لن نرسل السلاح إلى أي طرف}». وأضافت أن الحكومة ستجتمع يوم الخميس."),
        ("oppose", "unspecified", "direct", "“{Q No side in this will have arms from us},” {S El-Khoury} {C said}, switching to English for the cameras 🎥 and then, politely, leaving."),
    ],
}  # fmt: skip

STRANGERS = [
    ("oppose", "funding", "direct", "“{Q It is our taxes they are shipping off},” {C said} {S a retired machinist} queueing outside the hall."),
    ("support", "unspecified", "indirect", "{S A senior official, who asked not to be named,} {C said} {Q more would come, and soon}."),
]  # fmt: skip

LEAD = "The meeting had been called for eight and began at ten. Outside, the tractors of the farmers kept the square loud and, for a while, impassable.\n"
TAIL = "\nThe talks go on next week. Neither side would say where."
OUTLETS = ("The Harbour Gazette", "Meridian Wire", "Nordlys & Daughters", "Il Foglietto")
BECAUSE = {
    "support": (("hand over", 1.42), ("more", 0.81), ("rule out", -0.37)),
    "oppose": (("not one more", 1.73), ("war", 0.64), ("send", -0.52)),
    "undecided": (("weighing", 1.12), ("no consensus", 0.93), ("will", -0.41)),
}


def scored_from(line: tuple[str, str, str, str], actor_id: str | None, published: str | None, n: int) -> Scored:
    """A scored statement from a line of the little language above."""
    stance, item, kind, template = line
    text, found = LEAD, []
    for part in re.split(r"(\{[SCQ] [^}]*\})", template):
        role = part[1] if part.startswith("{") else ""
        words = part[3:-1] if role else part
        found += [(role, len(text), len(text) + len(words))] if role else []
        text += words
    text += TAIL
    mention = {r: Mention(text[a:b], a, b) for r, a, b in reversed(found) if r != "Q"}
    spans = tuple((a, b) for r, a, b in found if r == "Q")
    rng = random.Random(n)
    sure = rng.choice((0.94, 0.88, 0.79, 0.62, 0.48))
    rest = rng.random() * (1 - sure)
    others = [s for s in ("support", "oppose", "undecided") if s != stance]
    probabilities = {stance: sure, others[0]: rest, others[1]: 1 - sure - rest}
    name, country = LEADERS[actor_id] if actor_id else ("", None)
    article = Article(
        id=content_id(text, published, n),
        title=f"Ministers meet in session {n}: what was said & what was not",
        text=text,
        published=published,
        url=f"https://news.example/{n}?a=1&b=2" if n % 3 else None,
        source=OUTLETS[n % len(OUTLETS)],
        path=f"articles/2024/{n:03}.txt",
    )
    statement = Statement(
        id=content_id(article.id, spans),
        article_id=article.id,
        actor=Actor(actor_id, name, "person", country) if actor_id else None,
        source=mention.get("S"),
        cue=mention.get("C"),
        spans=spans,
        text=" ".join(text[a:b] for a, b in spans),
        kind=kind,  # type: ignore[arg-type]
    )
    recipient = ("UKR", "UKR", "UKR", "MDA", "ISR")[n % 5]
    judgement = Judgement(stance, probabilities, sure, sure < 0.6, BECAUSE[stance])  # type: ignore[arg-type]
    return Scored(article, statement, Topic(0.97, (item,), recipient), judgement)


def sample() -> list[Scored]:
    """Twelve leaders over two years, and two speakers nobody knows."""
    out, n = [], 0
    for actor_id, lines in LINES.items():
        # those who speak often do so throughout the two years
        for i, line in enumerate(lines * (3 if len(lines) > 4 else 1)):
            n += 1
            month = (n * 5 + i * 3) % 22
            undated = n % 17 == 0
            published = None if undated else f"{2024 + month // 12}-{month % 12 + 1:02}-{(n * 7) % 27 + 1:02}"
            out.append(scored_from(line, actor_id, published, n))
    out += [scored_from(line, None, "2025-03-0" + str(i + 1), 900 + i) for i, line in enumerate(STRANGERS)]
    return out


def sample_positions(scored: list[Scored]) -> list[Position]:
    """Positions by a rule of thumb; how they are really worked out is not the report's business."""
    groups: dict[tuple[str, str | None], list[Scored]] = {}
    for one in scored:
        if one.statement.actor and one.judgement.stance:
            for item in (None, *one.topic.items):
                groups.setdefault((one.statement.actor.id, item), []).append(one)
    return [position_of(group, item) for (_, item), group in groups.items()]


def position_of(group: list[Scored], item: str | None) -> Position:
    actor = group[0].statement.actor
    assert actor
    n = len(group)
    mean = sum(o.judgement.probabilities["support"] - o.judgement.probabilities["oppose"] for o in group) / (n + 1)
    half = 1.2 / (n + 1) ** 0.5
    days = sorted(o.article.published for o in group if o.article.published)
    return Position(
        actor_id=actor.id,
        actor=actor.name,
        country=actor.country,
        item=item,
        score=mean,
        low=max(-1.0, mean - half * (1 + mean) / 1.5),
        high=min(1.0, mean + half * (1 - mean) / 1.5),
        statements=n,
        articles=len({o.article.id for o in group}),
        counts=Counter(o.judgement.stance or "" for o in group),
        evidence=tuple(o.statement.id for o in group),
        first=days[0] if days else None,
        last=days[-1] if days else None,
    )


HOSTILE = (
    '<script>window.owned = 1</script><img src=x onerror="window.owned = 2">\u202e}}{{ 7*7 }}'
    "</script><style>*{display:none}</style>'\" onmouseover='window.owned=3' &amp; \U0001f926\U0001f3fd e\u0301 \x00 end"
)


def hostile() -> list[Scored]:
    """A statement in which every field that a reader can fill is an attack."""
    actor = Actor('x"><script>window.owned=4</script>', HOSTILE, "person", '<b>"')
    text = f"{HOSTILE}\n{HOSTILE}"
    article = Article("h", HOSTILE, text, "2024-05-05", "javascript:window.owned=5", HOSTILE, HOSTILE)
    source, cue = Mention(text[3:40], 3, 40), Mention(text[20:60], 20, 60)
    statement = Statement(
        's"><img src=x onerror=window.owned=6>', "h", actor, source, cue, ((30, 90),), HOSTILE, "direct"
    )
    judgement = Judgement("oppose", {"support": 0.1, "oppose": 0.8, "undecided": 0.1}, 0.8, True, ((HOSTILE, 1.0),))
    topic = Topic(1.0, (HOSTILE,), '"><script>window.owned=7</script>')
    one = Scored(article, statement, topic, judgement)
    later = replace(
        one,
        article=replace(article, id="h2", published="2024-05-06", url="https://a.example/?q=%22&x='onmouseover=owned"),
    )
    data = replace(one, article=replace(article, id="h3", url="data:text/html,<script>window.owned=8</script>"))
    return [one, later, data, replace(one, statement=replace(statement, actor=None))]


# --- passages

CHARS = st.sampled_from(
    [
        *list("abc  .,\n\r\u2028<>&\"'"),
        "🤦",
        "🏽",
        "\u200d",
        "e",
        "́",
        "א",
        "ش",
        "\u202e",
        "\u2066",
        "️",
        "\x85",
    ]
)
TEXTS = st.text(CHARS, min_size=1, max_size=300) | st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


class Tags(HTMLParser):
    """Collects a passage's text, and which of its characters stand in a mark of each role."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=False)
        self.text, self.roles, self.stack = "", [], []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.stack.append(set((dict(attrs).get("class") or "").split()) if tag == "mark" else set())

    def handle_endtag(self, tag: str) -> None:
        self.stack.pop()

    def handle_data(self, data: str) -> None:
        self.text += data
        self.roles += [frozenset().union(*self.stack)] * len(data)

    def handle_charref(self, name: str) -> None:
        self.handle_data(html.unescape(f"&#{name};"))

    def handle_entityref(self, name: str) -> None:
        self.handle_data(html.unescape(f"&{name};"))


def stripped(markup: str) -> str:
    return html.unescape(re.sub(r"<[^<>]*>", "", markup))


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[tuple[str, tuple[int, int]]], int]:
    text = draw(TEXTS) * draw(st.integers(1, 12))
    marks = []
    for role in ["content", *draw(st.lists(st.sampled_from(["source", "cue", "content"]), max_size=4))]:
        start = draw(st.integers(0, len(text) - 1))
        marks.append((role, (start, draw(st.integers(start + 1, len(text))))))
    return text, marks, draw(st.sampled_from([20, 80, 600]))


@given(marked_texts())
def test_passage_without_its_tags_is_the_exact_text(case):
    text, marks, limit = case
    passage = find_passage(text, marks, limit)
    markup = str(marked_passage(text, passage, marks))
    assert stripped(markup) == passage_text(text, passage)
    assert Tags(markup).text == passage_text(text, passage)


@given(marked_texts())
def test_marks_cover_exactly_their_characters(case):
    text, marks, limit = case
    passage = find_passage(text, marks, limit)
    found = Tags(str(marked_passage(text, passage, marks)))
    # where each character of the passage stands in the article; None for the ellipses
    at: list[int | None] = [None] * (2 if passage.cut_before else 0)
    for n, (a, b) in enumerate(passage.pieces):
        at += [None] * (3 if n else 0) + list(range(a, b))
    at += [None] * (2 if passage.cut_after else 0)
    assert len(at) == len(found.text)
    for place, char, roles in zip(at, found.text, found.roles, strict=True):
        assert roles == (set() if place is None else {r for r, (a, b) in marks if a <= place < b})
        assert place is None or text[place] == char


@given(marked_texts())
@example(("<" * 29 + " ", [("content", (0, 30))], 20))  # a tail of nothing but a space
@example((" " + "<" * 29, [("content", (0, 30))], 20))
def test_pieces_are_in_order_and_hold_the_start_of_what_is_said(case):
    text, marks, limit = case
    pieces = find_passage(text, marks, limit).pieces
    assert all(0 <= a < b <= len(text) for a, b in pieces)
    assert all(x[1] < y[0] for x, y in pairwise(pieces))
    first = min(a for role, (a, _) in marks if role == "content")
    assert any(a <= first < b for a, b in pieces)


@pytest.mark.parametrize(
    "word",
    [
        "plain",
        "\U0001f926\U0001f3fd\u200d\u2642\ufe0f",
        "e\u0301u\u0308",
        "\u0644\u0646 \u0646\u0631\u0633\u0644",
        "<b>&amp;",
        "a\u202eb",
    ],
)
def test_a_mark_on_a_word_of_many_code_points(word):
    text = f"x {word} y"
    marks = [("content", (2, 2 + len(word)))]
    markup = str(marked_passage(text, find_passage(text, marks), marks))
    inner = re.search(r'<mark class="content">(.*)</mark>', markup)
    assert inner
    assert stripped(inner[1]) == word


def test_context_is_the_paragraphs_of_the_content():
    text = "First one.\nHe began, “we give”, and went on.\nThen “all of it”. Done.\nLast one."
    a, b = text.index("we give"), text.index("all of it")
    marks = [("content", (a, a + 7)), ("content", (b, b + 9))]
    assert passage_text(text, find_passage(text, marks)) == text.split("\n", 1)[1].rsplit("\n", 1)[0]


def test_a_long_paragraph_is_cut_at_words_around_what_is_marked():
    text = "Before that, much was done. " * 60 + "Ada Lorne said: “Never again tanks.” " + "And then some more. " * 60
    marks = statement_marks_of(text, "Ada Lorne", "said", "Never again tanks.")
    shown = passage_text(text, find_passage(text, marks))
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert "Ada Lorne said: “Never again tanks.”" in shown
    assert len(shown) <= 610
    assert all(word.strip(".") in text.replace(".", "").split() for word in shown.strip("… ").replace(".", "").split())


def test_a_long_statement_is_cut_in_its_middle():
    text = "Ada Lorne said " + "that it was not so, and again that it was not so, " * 40 + "and never would be."
    marks = statement_marks_of(text, "Ada Lorne", "said", text[15:])
    shown = passage_text(text, find_passage(text, marks))
    assert shown.startswith("Ada Lorne said that it")
    assert shown.endswith("and never would be.")
    assert " … " in shown
    assert len(shown) < 700


def test_a_speaker_in_another_paragraph_comes_along():
    text = "Ada Lorne arrived late.\n" + "Nothing happened.\n" * 9 + "“No tanks,” she said."
    marks = statement_marks_of(text, "Ada Lorne", "said", "No tanks,")
    assert passage_text(text, find_passage(text, marks)) == "Ada Lorne arrived late. … “No tanks,” she said."


def test_offsets_outside_of_the_text_are_ignored():
    one = sample()[0]
    wrong = replace(one.statement, spans=((10**6, 10**6 + 5),), source=Mention("?", -4, 2))
    page = render_html([replace(one, statement=wrong)], [], title="t", generated="g")
    assert f'<mark class="content">{one.statement.text}</mark>' in page


def test_direction_controls_are_enclosed():
    assert str(visible("a\u202eb<")) == 'a<span class="bidi" title="direction control U+202E">\u202e</span>b&lt;'


def statement_marks_of(text: str, source: str, cue: str, content: str) -> list:
    a, b, c = (text.index(part) for part in (source, cue, content))
    mentions = Mention(source, a, a + len(source)), Mention(cue, b, b + len(cue))
    return statement_marks(text, Statement("s", "a", None, *mentions, ((c, c + len(content)),), content, "direct"))


# --- the page


def page_of(scored: list[Scored], **options: object) -> str:
    settings = {"title": "Who stands where", "generated": "today", "notes": {"Note <i>": "a & b"}} | options
    return render_html(scored, sample_positions(scored), **settings)  # type: ignore[arg-type]


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
    page = render_html([one], [], title="t", generated="g")
    assert "1 statement not about military aid" in page
    assert "No statement about military aid by a leader in the registry was found." in page
    assert "No leader could be placed." in render_html([], [], title="t", generated="g")


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
    page = render_html([one, two], [position], title="t", generated="g")
    assert page.count("Repeats an earlier statement") == 1


def test_leader_without_position_or_without_statements():
    one, other = sample()[0], sample()[30]
    assert one.statement.actor != other.statement.actor
    page = render_html([one], [position_of([other], None)], title="t", generated="g")
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
    leaders = build_view(twins, sample_positions(twins), evidence_limit=9).leaders
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


# --- the files


def test_statements_in_three_formats_hold_the_same(tmp_path):
    scored = [*sample(), *hostile()[:1], replace(sample()[0], judgement=Judgement(None))]
    for suffix in files.FORMATS:
        files.write_statements(tmp_path / f"s.{suffix}", scored)
    expected = [scored_json(one) for one in scored]
    lines = (tmp_path / "s.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == expected

    import pyarrow.parquet as pq

    arrow = pq.read_table(tmp_path / "s.parquet")
    assert arrow.schema.equals(files.statement_schema())
    for row, want in zip(arrow.to_pylist(), expected, strict=True):
        assert row["spans"] == want["spans"]
        assert row["items"] == want["items"]
        assert row["probabilities_oppose"] == want["probabilities"].get("oppose")
        assert row["source_start"] == (want["source"] or {}).get("start")
        assert [[b["term"], b["contribution"]] for b in row["because"]] == want["because"]
        assert row["text"] == want["text"]

    with (tmp_path / "s.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == files.columns()
    for row, want in zip(rows, expected, strict=True):
        assert json.loads(row["spans"]) == want["spans"]
        assert row["needs_review"] == ("true" if want["needs_review"] else "false")
        assert row["cue_text"] == files.harmless(want["cue"]["text"])
        assert row["stance"] == (want["stance"] or "")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_csv_cells_are_no_formulas(tmp_path, start):
    one = sample()[0]
    one = replace(one, article=replace(one.article, title=f'{start}HYPERLINK("x")'))
    files.write_statements(tmp_path / "s.csv", [one])
    with (tmp_path / "s.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["title"] == f'\'{start}HYPERLINK("x")'


def test_half_surrogates_do_not_stop_a_file(tmp_path):
    one = replace(sample()[0], article=replace(sample()[0].article, title="odd \ud800 title"))
    for suffix in files.FORMATS:
        files.write_statements(tmp_path / f"s.{suffix}", [one])
    assert json.loads((tmp_path / "s.jsonl").read_text(encoding="utf-8"))["title"] == "odd \ud800 title"
    assert "odd \ufffd title" in (tmp_path / "s.csv").read_text(encoding="utf-8")
    write_html(tmp_path / "r.html", [one], [], title="t", generated="g")
    assert "odd \ufffd title" in (tmp_path / "r.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("suffix", files.FORMATS)
def test_a_failed_write_leaves_what_was_there(tmp_path, suffix):
    path = tmp_path / f"s.{suffix}"
    path.write_text("before", encoding="utf-8")
    with pytest.raises(AttributeError):
        files.write_statements(path, [sample()[0], None])  # type: ignore[list-item]
    assert path.read_text(encoding="utf-8") == "before"
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", files.FORMATS)
def test_writer_leaves_a_stream_open(tmp_path, suffix):
    stream = BytesIO()
    with files.StatementWriter(stream, suffix) as writer:
        for one in sample():
            writer.write(one)
    assert not stream.closed
    files.write_statements(tmp_path / f"s.{suffix}", sample())
    assert stream.getvalue() == (tmp_path / f"s.{suffix}").read_bytes()


def test_writer_refuses_unknown_formats(tmp_path):
    with pytest.raises(InputError):
        files.StatementWriter(tmp_path / "s.xls")
    with pytest.raises(InputError):
        files.StatementWriter(BytesIO(), "xls")
    with pytest.raises(RuntimeError):
        files.StatementWriter(BytesIO()).write(sample()[0])


def test_empty_files_have_their_header_and_schema(tmp_path):
    for suffix in files.FORMATS:
        files.write_statements(tmp_path / f"s.{suffix}", [])
    import pyarrow.parquet as pq

    assert (tmp_path / "s.jsonl").read_bytes() == b""
    assert (tmp_path / "s.csv").read_text(encoding="utf-8") == ",".join(files.columns()) + "\n"
    assert pq.read_table(tmp_path / "s.parquet").num_rows == 0


def test_positions_as_json_and_csv(tmp_path):
    positions = sample_positions(sample())
    files.write_positions_json(tmp_path / "p.json", positions, generated="now")
    files.write_positions_csv(tmp_path / "p.csv", positions)
    content = json.loads((tmp_path / "p.json").read_text(encoding="utf-8"))
    assert content["generated"] == "now"
    assert len(content["positions"]) == len(positions)
    with (tmp_path / "p.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row, want in zip(rows, content["positions"], strict=True):
        assert [float(row["low"]), float(row["high"])] == want["position"]["interval"]
        assert json.loads(row["evidence"]) == want["position"]["evidence"]
        assert int(row["support"]) == want["counts"].get("support", 0)
        assert float(row["score"]) == want["position"]["score"]
