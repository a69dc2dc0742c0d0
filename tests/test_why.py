"""The reasons in the report: the words marked by their push, sums that add up as shown, the nearest examples."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_sample import HOSTILE, hostile, sample

from stance.examples import Example
from stance.model import Push, StanceModel, load_model, model_text
from stance.records import Judgement, Mention, Scored
from stance.report.build import Narrow, build_report
from stance.report.html import render_html
from stance.report.view import Content
from stance.report.why import Why, reasons, why
from training.corpus import Labeled
from training.fit import train

FRAMES = {
    "support": ("We will send more {}", "We promise {} at once", "They approved {}", "{} must leave today"),
    "oppose": (
        "We refuse to send {}",
        "Not one of the {} leaves",
        "They vetoed {}",
        "We warn against {}",
        "لن نرسل السلاح {}",
    ),
    "undecided": ("We are still weighing {}", "No decision on {} yet", "They put off {}", "Ask us later about {}"),
}
LABELED = [
    Labeled(frame.format(item), stance)
    for stance, frames in FRAMES.items()
    for frame in frames
    for item in ("tanks", "shells", "the jets")
]


def fitted(folder: Path) -> StanceModel:
    """A model of a few dozen invented sentences."""
    train(LABELED, folder, held_out=())
    return load_model(folder)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> StanceModel:
    return fitted(tmp_path_factory.mktemp("why") / "model")


def judged(one: Scored, text: str, model: StanceModel) -> Scored:
    """The record with other words in a text that is nothing else, judged by the model."""
    article = replace(one.article, text=text)
    statement = replace(one.statement, text=text, spans=((0, len(text)),), source=None, cue=None, kind="direct")
    return replace(one, article=article, statement=statement, judgement=model.judge([text])[0])


def number(shown: str) -> int:
    """A number as it is shown, in hundredths."""
    return round(100 * float(shown.replace("−", "-")))


def marks(read: str) -> list[tuple[str, str, int]]:
    """The class, the text and the number of each mark."""
    found = re.findall(r'<mark class="(\w\d)" title="([^"]*)">(.*?)</mark>', read)
    return [(name, html.unescape(re.sub("<[^>]*>", "", words)), number(title)) for name, title, words in found]


def stripped(read: str) -> str:
    return html.unescape(re.sub(r"<[^<>]*>", "", read))


def page_of(scored: list[Scored], model: StanceModel | None) -> str:
    return render_html(Content(scored, [], model=model), title="t", generated="g")


# --- one judgement

PUSHES = st.lists(st.floats(-5, 5, allow_subnormal=False), max_size=30)


@given(PUSHES, st.floats(-3, 3))
def test_numbers_add_up_as_they_are_shown(weights, rest):
    words = [Push(2 * n, 2 * n + 1, weight) for n, weight in enumerate(weights)]
    found = why("x " * len(weights), "oppose", words, rest, ())
    shown = [round(100 * part) for part in (found.words, found.unmarked, found.rest, found.total)]
    assert sum(n for _, _, n in marks(found.read)) + shown[1] == shown[0]
    assert shown[0] + shown[2] == shown[3]
    assert abs(found.total - sum(weights) - rest) <= 0.0051
    assert abs(found.rest - rest) < 0.0101


@given(PUSHES)
def test_marks_tell_side_and_strength(weights):
    words = [Push(2 * n, 2 * n + 1, weight) for n, weight in enumerate(weights)]
    found = marks(why("x " * len(weights), "oppose", words, 0.0, ()).read)
    strongest = max(map(abs, weights), default=0.0)
    kept = [weight for weight in weights if weight and abs(weight) >= 0.05 * strongest]
    assert len(found) == len(kept)
    for (name, _, shown), weight in zip(found, kept, strict=True):
        assert name[0] == ("t" if weight > 0 else "a")
        assert name[1] == str(1 + (abs(weight) >= 0.25 * strongest) + (abs(weight) >= 0.6 * strongest))
        assert abs(shown - 100 * weight) < 1.001


def test_an_accent_stays_with_its_letter():
    found = why("cafe\u0301 no", "oppose", [Push(0, 4, 1.0), Push(6, 8, -1.0)], 0.0, ())
    assert [words for _, words, _ in marks(found.read)] == ["cafe\u0301", "no"]
    assert stripped(found.read) == "cafe\u0301 no"


def test_hostile_words_are_escaped():
    text, at = HOSTILE + "<b>&amp;", HOSTILE.index("script")
    words = [Push(at - 1, at + 7, 1.0), Push(len(HOSTILE), len(text), -1.0)]
    found = why(text, "oppose", words, 0.0, ())
    assert stripped(found.read) == text
    assert [words for _, words, _ in marks(found.read)] == ["<script>", "<b>&amp;"]
    assert set(re.findall(r"<(\w+)", found.read)) <= {"mark", "span"}


# --- all of a report


def test_reasons_are_those_of_the_model(model):
    scored = [
        judged(one, text, model)
        for one, text in zip(sample(), ("We refuse to send tanks 🚀", "We will send more shells", ""), strict=False)
    ]
    found = reasons(scored, model)
    for one in scored:
        text, stance = model_text(one.statement), one.judgement.stance
        words, rest = model.pushes(text, str(stance))
        reason = found[one.statement.id]
        assert reason.stance == stance
        assert stripped(reason.read) == text
        assert reason.total == pytest.approx(sum(w.weight for w in words) + rest, abs=0.0051)
    first = found[scored[0].statement.id]
    assert first.nearest[0].text == "We refuse to send tanks"
    assert first.nearest[0].stance == "oppose"
    assert first.nearest[0].similarity == pytest.approx(1)
    assert len(first.nearest) == 3
    assert {words: name[0] for name, words, _ in marks(first.read)}["refuse"] == "t"


def test_the_cue_is_shown_where_the_model_reads_it(model):
    one = judged(sample()[0], "sending the jets", model)
    cue = Mention("has warned against", 0, 18)
    one = replace(one, statement=replace(one.statement, cue=cue, kind="ascribed", cue_class="oppose"))
    assert stripped(reasons([one], model)[one.statement.id].read) == "has warned against sending the jets"


def test_no_reasons_without_stance_or_for_a_stance_of_another_model(model):
    one = sample()[0]
    foreign = replace(one, judgement=replace(one.judgement, stance="against"))
    assert reasons([replace(one, judgement=Judgement(None)), foreign], model) == {}
    assert reasons([], model) == {}
    assert "<details" not in page_of([replace(one, judgement=Judgement(None))], model)


def test_page_shows_reasons_only_where_a_model_is_given(model):
    scored = [judged(one, "We refuse to send tanks", model) for one in sample()[:3]]
    page = page_of(scored, model)
    assert page.count('<details class="why">') == 3
    assert page.count("are words that pushed toward the stance") == 1
    assert " style=" not in page
    shown = [number(n) for n in re.findall(r"(?:Words|intercept|sum) <b>([^<]+)</b>", page)]
    assert len(shown) == 9
    assert all(words + rest == total for words, rest, total in zip(*(shown[n::3] for n in range(3)), strict=True))
    assert "Why this judgement" not in page_of(scored, None)


def test_evidence_left_out_has_no_reasons(model):
    mine = [o for o in sample() if o.statement.actor and o.statement.actor.id == "Q90004"]
    page = render_html(Content(mine, [], model=model), title="t", generated="g", evidence_limit=2)
    assert page.count('<details class="why">') == 2


def test_hostile_statements_and_examples_are_escaped(model, monkeypatch):
    example = Example(HOSTILE, '"><script>', 0.5)
    monkeypatch.setattr("stance.report.why.nearest", lambda folder, texts: [[example] for _ in texts])
    page = page_of(hostile(), model)
    assert page.count('<details class="why">') == len(hostile())
    assert len(re.findall("<script", page)) == 2
    assert "<img" not in page
    assert page.count('class="&#34;&gt;&lt;script&gt;"') == len(hostile())


def test_main_job_writes_them(model, tmp_path):
    scored = [judged(sample()[0], "We will send more shells", model)]
    build_report(scored, Narrow(), tmp_path / "with", 1, model)
    build_report(scored, Narrow(), tmp_path / "without", 1)
    assert "Why this judgement" in (tmp_path / "with" / "report.html").read_text("utf-8")
    assert "Why this judgement" not in (tmp_path / "without" / "report.html").read_text("utf-8")


def test_folder_without_examples(model, tmp_path):
    one = judged(sample()[0], "We will send more shells", model)
    found = reasons([one], replace(model, folder=tmp_path))[one.statement.id]
    assert isinstance(found, Why)
    assert found.nearest == ()
    assert "Nearest" not in page_of([one], replace(model, folder=tmp_path))
