"""Benchmark of who said what: spans, matching, classes, figures, listing, command. All prose is invented."""

import json
import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.actors.registry import load_registry
from stance.actors.resolver import Resolver
from stance.labeling import label
from stance.records import Article
from training.benchmarks.attribution import as_marked, label_all, main
from training.benchmarks.attribution_errors import cues_seen, excerpt, lemma_of, listing
from training.benchmarks.attribution_gold import (
    Document,
    Marked,
    character_f1,
    kind_of,
    position_of,
    read_gold,
    same_words,
    trimmed,
)
from training.benchmarks.attribution_match import compare, figures
from training.benchmarks.attribution_naming import NAMINGS, naming_of

TEXT = (
    "Orla Quist, the mayor of Velmark, said that the ferry would sail again in May.\n\n"
    "“We have waited long enough,” Quist said. “The harbour is ready.”\n\n"
    "The bridge is too narrow for buses, according to critics.\n\n"
    "“Nobody asked the fishermen,” said Tam Birell, an angler.\n"
)
PIECES = (
    ("Orla Quist, the mayor of Velmark,", "said", ["that the ferry would sail again in May"]),
    ("Quist", "said", ["“We have waited long enough,”", "“The harbour is ready.”"]),
    ("critics", "according to", ["The bridge is too narrow for buses"]),
    ("Tam Birell, an angler", "said", ["“Nobody asked the fishermen,”"]),
)


def spans_of(text, *pieces, after=0):
    found = [text.index(piece, after) for piece in pieces]
    return tuple((at, at + len(piece)) for at, piece in zip(found, pieces, strict=True))


def gold_row(text=TEXT, article="velmark-1"):
    rows, paragraphs = [], [0, TEXT.index("“We"), TEXT.index("The bridge"), TEXT.index("“Nobody")]
    for after, (source, cue, content) in zip(paragraphs, PIECES, strict=True):
        rows.append(
            {
                "source": spans_of(text, source, after=after),
                "cue": spans_of(text, cue, after=after),
                "content": spans_of(text, *content, after=after),
            }
        )
    return {"article": article, "text": text, "attributions": rows}


@pytest.fixture
def gold(tmp_path):
    file = tmp_path / "gold.jsonl"
    lines = [json.dumps(gold_row(article=f"velmark-{n}"), ensure_ascii=False) for n in (1, 2)]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


@pytest.fixture
def document(gold):
    return read_gold(gold, 1)[0]


def run(*words):
    command = [sys.executable, "-m", "training.benchmarks.attribution", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120)


SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda s: (min(s), max(s))), max_size=5)


@given(SPANS, SPANS)
def test_f1_is_symmetrical_and_between_0_and_1(one, other):
    f1 = character_f1(one, other)
    assert f1 == character_f1(other, one)
    assert 0 <= f1 <= 1
    assert character_f1(one, one) == 1


@given(SPANS)
def test_trimmed_spans_are_in_order_and_keep_all_but_spaces_at_edges(spans):
    text = "ab  cd ef gh  ij kl mn   op qr st uv wx yz"
    out = trimmed(text, spans)
    assert all(a < b for a, b in out)
    assert all(one[1] <= other[0] for one, other in pairwise(out))
    inside = {i for a, b in spans for i in range(a, b) if not text[i].isspace()}
    assert inside == {i for a, b in out for i in range(a, b) if not text[i].isspace()}


def test_gold_is_read(gold, tmp_path):
    assert [d.id for d in read_gold(gold)] == ["velmark-1", "velmark-2"]
    assert [d.id for d in read_gold(tmp_path, 1)] == ["velmark-1"]
    assert [m.kind for m in read_gold(gold)[0].gold] == ["indirect", "direct", "indirect", "direct"]


def test_gold_without_content_does_not_count(tmp_path):
    row = gold_row() | {"attributions": [{"source": [[0, 4]], "cue": [], "content": []}]}
    (tmp_path / "g.jsonl").write_text(json.dumps(row), "utf-8")
    assert read_gold(tmp_path / "g.jsonl")[0].gold == ()


def test_perfect_prediction(document):
    result = figures([compare(document, document.gold)], seed=1)
    assert {name: c["value"] for name, c in result["content"].items()} == {"precision": 1, "recall": 1, "f1": 1}
    assert set(result["of_matched"].values()) == set(result["of_gold"].values()) == {1}
    assert result["content"]["f1"]["interval_95"] == [1, 1]


def test_shifted_prediction(document):
    def shifted(spans, by):
        return tuple((a - min(by, a), b - min(by, a)) for a, b in spans)

    near = [Marked(m.source, m.cue, shifted(m.content, 3), m.kind) for m in document.gold]
    far = [Marked(m.source, m.cue, shifted(m.content, 30), m.kind) for m in document.gold]
    found = compare(document, near)
    assert len(found.pairs) == 4
    assert not any(pair.exact or pair.strict for pair in found.pairs)
    assert figures([compare(document, far)], seed=1)["content"]["f1"]["value"] < 1


def test_marks_and_that_are_not_asked_of_an_exact_match(document):
    quoted, told = document.gold[3].content, document.gold[0].content
    assert same_words(TEXT, quoted, [(quoted[0][0] + 1, quoted[0][1] - 2)])
    assert not same_words(TEXT, quoted, [(quoted[0][0] + 3, quoted[0][1])])
    assert same_words(TEXT, told, [(told[0][0] + len("that "), told[0][1])])


def test_pairs_are_one_to_one_and_the_source_decides_among_equal_contents():
    content = ((0, 20),)
    gold = (
        Marked(((30, 34),), ((35, 39),), content, "indirect"),
        Marked(((50, 54),), ((55, 59),), content, "indirect"),
    )
    document = Document("d", "x" * 80, gold)
    found = compare(document, [gold[1], gold[0], gold[0]])
    assert {(p.gold, p.predicted) for p in found.pairs} in ({(0, 1), (1, 0)}, {(0, 2), (1, 0)})
    assert all(p.source_right and p.cue_right for p in found.pairs)
    assert len(found.false()) == 1
    assert found.missed() == []


def test_left_out_sources_and_cues_agree_with_left_out_ones_alone():
    bare, full = Marked((), (), ((0, 9),), "direct"), Marked(((10, 12),), ((13, 15),), ((0, 9),), "direct")
    document = Document("d", "x" * 20, (bare,))
    (pair,) = compare(document, [bare]).pairs
    assert pair.source_right
    assert pair.cue_right
    (pair,) = compare(document, [full]).pairs
    assert not pair.source_right
    assert not pair.cue_right


def test_nothing_predicted_and_nothing_to_find(document):
    result = figures([compare(document, [])], seed=1)
    assert result["content"]["precision"]["value"] == result["content"]["f1"]["value"] == 0
    assert figures([compare(Document("e", "Rain.", ()), [])], seed=1)["gold"] == 0


def test_figures_repeat_with_the_seed(document):
    both = [compare(document, document.gold), compare(document, document.gold[:1])]
    assert figures(both, seed=3) == figures(both, seed=3)
    low, high = figures(both, seed=3)["content"]["recall"]["interval_95"]
    assert low == 0.25
    assert high == 1


@pytest.mark.parametrize(
    ("pieces", "kind"),
    [
        (["“Come in,”"], "direct"),
        (['"Come in,"', '"and sit."'], "direct"),
        (["``Come in''"], "direct"),
        (["'Come in',"], "direct"),
        (["that it was “a fine day” after all"], "mixed"),
        (["it was a 'fine' day"], "mixed"),
        (["it was the voters' day and nobody's else"], "indirect"),
        (["that it rained"], "indirect"),
    ],
)
def test_kind_of_gold(pieces, kind):
    text = " ~ ".join(pieces)
    assert kind_of(text, spans_of(text, *pieces)) == kind


@pytest.mark.parametrize(
    ("source", "cue", "content", "position"),
    [
        ([(0, 3)], [(4, 8)], [(9, 20)], "before"),
        ([(12, 15)], [(16, 20)], [(0, 10)], "after"),
        ([], [(16, 20)], [(0, 10)], "after"),
        ([(17, 20)], [(12, 16)], [(0, 10)], "inverted"),
        ([(17, 20)], [(12, 16)], [(0, 10), (22, 30)], "interrupting"),
        ([(17, 20)], [], [(0, 10)], "none"),
    ],
)
def test_position_of_cue(source, cue, content, position):
    assert position_of(Marked(tuple(source), tuple(cue), tuple(content), "indirect")) == position


NAMED = {
    "full name": [
        "Orla Quist",
        "ferry spokesman Tam Birell",
        "the mayor, Orla Quist,",
        "Secretary of State Tam J. Birell",
    ],
    "surname": ["Quist", "Mr. Birell", "President Quist", "Mr. King", "Quist’s", "O’Dowd"],
    "office": ["the president", "The harbour minister", "a spokeswoman for Tam Birell", "Birell's lawyer"],
    "pronoun": ["she", "who", "They", "I", "his"],
    "collective": [
        "the government",
        "the Birell campaign",
        "a new poll",
        "FBI",
        "Norway",
        "The Harbour Ministry",
        "Reuters",
    ],
    "anonymous": ["officials", "two people close to Quist", "critics", "some", "Many Norwegians", "senators"],
    "other": ["her brother", "the tide"],
    "none": ["", "—"],
}


@pytest.mark.parametrize(("source", "naming"), [(s, name) for name, sources in NAMED.items() for s in sources])
def test_naming_of_source(source, naming):
    assert naming_of(source) == naming
    assert set(NAMED) == set(NAMINGS)


def test_lemma_of_cue():
    assert lemma_of("has also said:") == "say"
    assert lemma_of("Called for") == lemma_of("calling for") == "call for"
    assert lemma_of("hummed") == "hummed"
    assert lemma_of("") == "(no cue)"


def test_labeler_finds_the_invented_articles(document):
    labeled = label_all([document])
    found = compare(document, labeled.predicted[0])
    assert len(found.pairs) == 4
    assert all(pair.exact and pair.source_right and pair.cue_right for pair in found.pairs)
    assert labeled.seconds > 0
    assert len(cues_seen(document)) >= 4


def test_doubles_and_acts_stay_out(document):
    text = "Norway approved new tanks for Ukraine on Monday. Orla Quist said the harbour was ready."
    statements = label(Article("a", None, text), Resolver(load_registry()))
    assert [m.kind for m in as_marked(text, statements + statements)] == ["indirect"]
    assert [m.kind for m in as_marked(text, statements, acts=True)] == ["act", "indirect"]


def test_excerpt_marks_gold_and_prediction():
    text = "Quist said it rained."
    gold = Marked(((0, 5),), ((6, 10),), ((11, 20),), "indirect")
    mine = Marked((), ((6, 10),), ((14, 20),), "indirect")
    assert excerpt(text, gold, None) == "⟨Quist⟩ ‹said› ⟦it rained⟧."
    assert excerpt(text, gold, mine) == "⟨Quist⟩ ‹<said>› ⟦it {rained}⟧."


def test_listing_names_each_kind_of_error(document):
    first, second, third, fourth = document.gold
    elsewhere = ((second.content[1][0], second.content[1][1]),)
    predicted = [
        Marked(second.source, first.cue, first.content, "indirect", "say"),
        Marked(second.source, second.source, (second.content[0],), "direct", "say"),
        Marked(fourth.source, fourth.cue, elsewhere, "direct", "say"),
    ]
    text = listing([compare(document, predicted)], 20, 1)
    for name in (
        "missed: 2 of 2",
        "false: 1 of 1",
        "wrong source: 1 of 1",
        "wrong cue: 1 of 1",
        "wrong extent: 1 of 1",
    ):
        assert f"=== {name} ===" in text
    assert "cue seen, but nothing attributed by it" in text
    assert "cue found, content other (F1 0.00)" in text
    assert text == listing([compare(document, predicted)], 20, 1)
    assert "=== missed: 1 of 2 ===" in listing([compare(document, predicted)], 1, 1)
    assert third.cue


def test_command(gold, tmp_path):
    done = run(gold, "--json", tmp_path / "out.json", "--errors", tmp_path / "errors.txt")
    assert done.returncode == 0, done.stderr
    assert "2 articles; attributions: 8 gold, 8 predicted, 8 matched" in done.stdout
    assert "\x1b" not in done.stdout
    assert "articles/s" in done.stdout
    result = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert result["content"]["f1"]["value"] == 1
    assert result["speed"]["characters_per_second"] > 0
    assert "=== missed: 0 of 0 ===" in (tmp_path / "errors.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "no JSON"),
        ("[]", "`article` and `text`"),
        ('{"article": "a", "text": "b"}', "`attributions` must be a list"),
        ('{"article": "a", "text": "b", "attributions": [3]}', "must be an object"),
        ('{"article": "a", "text": "b", "attributions": [{"source": [], "cue": []}]}', "`content` must be a list"),
        ('{"article": "a", "text": "b", "attributions": [{"source": [[0, 2]], "cue": [], "content": []}]}', "`source`"),
        ("", "no article in it"),
    ],
)
def test_bad_line_is_told_in_one_sentence(tmp_path, capsys, monkeypatch, line, told):
    (tmp_path / "bad.jsonl").write_text(line, "utf-8")
    monkeypatch.setattr(sys, "argv", ["attribution", str(tmp_path / "bad.jsonl")])
    with pytest.raises(SystemExit) as stopped:
        main()
    error = capsys.readouterr().err
    assert stopped.value.code == 2
    assert told in error
    assert error.count("\n") == 1


def test_bad_usage(gold, tmp_path):
    for words in ([tmp_path / "none.jsonl"], [gold, "--articles", "0"], [gold, "--json", gold / "x" / "y.json"]):
        done = run(*words)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
