"""The behavioural tests: what stub classifiers must get, what the reader refuses, what the data file promises."""

import json
from collections import Counter
from pathlib import Path
from string import Formatter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.records import STANCES, InputError
from training.behaviour import FILE, KINDS, Case, load_behaviour, measure
from training.corpus import load_labeled

INVARIANCE = {"country", "leader", "currency", "amount", "weapon", "date", "office", "typography", "filler"}
DIRECTION = {
    "negation added", "negation removed", "double negation", "only if", "until", "never say never", "unless",
    "as soon as", "too little to too much", "question", "others' view", "postponed", "hedge", "but-clause swapped",
    "reversing verb", "lift limits",
}  # fmt: skip
WORDS = st.sampled_from(["tanks", "no", "perhaps", "shells", "jets"])
TEXTS = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)


def always(stance: str):
    row = np.where(np.array(STANCES) == stance, 0.8, 0.1)
    return lambda texts: np.tile(row, (len(texts), 1))


def keywords(texts):
    """ "no" opposes, "perhaps" is undecided, everything else supports."""
    rows = {"oppose": [0.1, 0.8, 0.1], "undecided": [0.1, 0.1, 0.8], "support": [0.8, 0.1, 0.1]}
    words = [text.lower().split() for text in texts]
    return np.array([rows["oppose" if "no" in w else "undecided" if "perhaps" in w else "support"] for w in words])


def kinds(cases, probabilities, classes=STANCES) -> dict[str, Any]:
    return measure(cases, probabilities, classes)["kinds"]


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return load_behaviour()


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    return [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]


@st.composite
def some_cases(draw) -> list[Case]:
    out = []
    for _ in range(draw(st.integers(1, 12))):
        kind, capability = draw(st.sampled_from(KINDS)), draw(st.sampled_from(["a", "b"]))
        size = {"invariance": draw(st.integers(2, 4)), "functionality": 1, "direction": 2}[kind]
        texts = draw(st.lists(TEXTS, min_size=size, max_size=size, unique=True))
        stances = draw(st.permutations(STANCES))[: 0 if kind == "invariance" else size]
        out.append(Case(kind, capability, tuple(texts), tuple(stances)))
    return out


class TestMeasure:
    @pytest.mark.parametrize("stance", STANCES)
    def test_one_label_for_all(self, cases, stance):
        found = kinds(cases, always(stance))
        own = [c for c in cases if c.kind == "direction" and c.stances[1] == stance]
        assert found["invariance"]["rate"] == 0
        assert found["invariance"]["interval"] == [0, 0]
        assert found["functionality"]["rate"] == pytest.approx(2 / 3)  # the file has as many of each stance
        assert found["direction"]["rate"] == 1  # what stays the same does not rise
        assert found["direction_label"]["failed"] == found["direction"]["cases"] - len(own)

    def test_one_answer_to_everything(self, cases):
        found = kinds(cases, always("support"))
        assert found["invariance"]["failed"] == 0
        assert 0.5 < found["functionality"]["rate"] < 0.8
        assert found["direction"]["rate"] == 1  # nothing ever moves

    def test_keywords(self):
        mixed = [
            Case("invariance", "country", ("tanks to A", "tanks to B", "no tanks to C", "tanks to D")),
            Case("invariance", "country", ("tanks to A", "tanks to B")),
            Case("functionality", "plain", ("no jets",), ("oppose",)),
            Case("functionality", "plain", ("never jets",), ("oppose",)),
            Case("direction", "negation", ("jets", "no jets"), ("support", "oppose")),
            Case("direction", "negation", ("jets", "never jets"), ("support", "oppose")),
        ]
        found = kinds(mixed, keywords)
        assert {kind: (f["failed"], f["cases"]) for kind, f in found.items()} == {
            "invariance": (1, 2), "functionality": (1, 2), "direction": (1, 2), "direction_label": (1, 2)
        }  # fmt: skip
        assert found["invariance"]["capabilities"]["country"]["examples"] == ["no tanks to C"]
        assert found["functionality"]["capabilities"]["plain"]["examples"] == ["never jets"]
        assert found["direction"]["capabilities"]["negation"]["examples"] == ["never jets"]

    def test_counts_by_hand(self):
        by_hand = [
            Case("invariance", "country", ("tanks for A", "tanks for B no")),
            Case("invariance", "country", ("tanks for A", "tanks for C")),
            Case("direction", "negation", ("we send", "we send no"), ("support", "oppose")),
            Case("functionality", "plain", ("we send",), ("support",)),
        ]

        def says_no(texts):
            return np.array([[0.9, 0.1, 0.0] if "no" in t else [0.2, 0.8, 0.0] for t in texts])

        found = kinds(by_hand, says_no, ("oppose", "support", "undecided"))
        assert (found["invariance"]["failed"], found["invariance"]["cases"]) == (1, 2)
        assert found["invariance"]["capabilities"]["country"]["examples"] == ["tanks for B no"]
        assert found["direction"]["failed"] == found["functionality"]["failed"] == 0
        assert found["direction_label"]["failed"] == 0

    def test_right_move_and_wrong_label(self):
        rows = {"before": [0.9, 0.05, 0.05], "after": [0.6, 0.3, 0.1]}
        found = kinds(
            [Case("direction", "x", ("before", "after"), ("support", "oppose"))],
            lambda texts: np.array([rows[text] for text in texts]),
        )
        assert (found["direction"]["failed"], found["direction_label"]["failed"]) == (0, 1)

    def test_at_most_three_examples(self):
        found = kinds([Case("functionality", "x", (f"no {i}",), ("support",)) for i in range(9)], keywords)
        assert found["functionality"]["capabilities"]["x"]["examples"] == ["no 0", "no 1", "no 2"]

    def test_each_text_is_judged_once(self, cases):
        asked: list[str] = []
        measure(cases, lambda texts: (asked.extend(texts), keywords(texts))[1], STANCES)
        assert max(Counter(asked).values()) == 1

    def test_no_cases(self):
        assert kinds([], keywords) == {}

    @given(some_cases())
    def test_counts_add_up(self, drawn):
        found = kinds(drawn, keywords)
        assert json.loads(json.dumps(found)) == found
        assert sum(found[kind]["cases"] for kind in KINDS if kind in found) == len(drawn)
        for figures in found.values():
            parts = figures["capabilities"].values()
            assert figures["failed"] == sum(p["failed"] for p in parts)
            assert figures["cases"] == sum(p["cases"] for p in parts)
            assert 0 <= figures["interval"][0] <= figures["interval"][1] <= 1
            for part in (figures, *parts):
                assert part["rate"] == part["failed"] / part["cases"]
            assert all(len(p["examples"]) == min(3, p["failed"]) for p in parts)

    @given(some_cases(), st.permutations(range(3)))
    def test_the_order_of_classes_does_not_matter(self, drawn, order):
        turned = kinds(drawn, lambda texts: keywords(texts)[:, order], [STANCES[i] for i in order])
        assert turned == kinds(drawn, keywords)


GOOD = {
    "functionality": {"kind": "functionality", "capability": "x", "text": "We send tanks.", "stance": "support"},
    "invariance": {"kind": "invariance", "capability": "x", "template": "To {a}", "slots": {"a": ["B", "C"]}},
    "direction": {
        "kind": "direction", "capability": "x",
        "before": "Yes", "before_stance": "support", "after": "No", "after_stance": "oppose",
    },
}  # fmt: skip


class TestReading:
    @pytest.mark.parametrize("kind", KINDS)
    def test_good_records(self, tmp_path: Path, kind: str):
        (tmp_path / "b.jsonl").write_text(json.dumps(GOOD[kind]), "utf-8")
        assert [case.kind for case in load_behaviour(tmp_path / "b.jsonl")] == [kind]

    def test_a_line_separator_inside_a_text_ends_no_line(self, tmp_path: Path):
        record = GOOD["functionality"] | {"text": "We send tanks.\u2028And shells."}
        (tmp_path / "b.jsonl").write_text(json.dumps(record, ensure_ascii=False) + "\n", "utf-8")
        assert [case.texts for case in load_behaviour(tmp_path / "b.jsonl")] == [(record["text"],)]

    @pytest.mark.parametrize(
        ("kind", "change"),
        [
            ("functionality", {"kind": "other"}),
            ("functionality", {"stance": "maybe"}),
            ("functionality", {"stance": None}),
            ("functionality", {"text": " "}),
            ("functionality", {"text": 3}),
            ("functionality", {"capability": ""}),
            ("invariance", {"template": "To {b}"}),
            ("invariance", {"template": "To nobody"}),
            ("invariance", {"template": "To {a"}),
            ("invariance", {"template": "To {a} and {}"}),
            ("invariance", {"slots": {"a": ["B", "C"], "b": ["D", "E"]}}),
            ("invariance", {"slots": {"a": ["B"]}}),
            ("invariance", {"slots": {"a": "BC"}}),
            ("invariance", {"slots": {"a": ["B", "B"]}}),
            ("invariance", {"template": "To all", "slots": {}}),
            ("direction", {"after": "Yes"}),
            ("direction", {"after_stance": "support"}),
            ("direction", {"before_stance": "null"}),
        ],
    )
    def test_bad_records_are_named_by_file_and_line(self, tmp_path: Path, kind: str, change: dict[str, Any]):
        file = tmp_path / "b.jsonl"
        file.write_text("\n".join(json.dumps(row) for row in (GOOD[kind], GOOD[kind] | change)), "utf-8")
        with pytest.raises(InputError, match=r"b\.jsonl, line 2"):
            load_behaviour(file)

    @pytest.mark.parametrize(
        "line", ["{", '{"kind": "other", "capability": "x"}', '{"kind": "direction", "capability": "x", "before": "a"}']
    )
    def test_a_bad_line_after_a_good_one(self, tmp_path: Path, line: str):
        (tmp_path / "b.jsonl").write_text(json.dumps(GOOD["functionality"]) + "\n" + line + "\n", "utf-8")
        with pytest.raises(InputError, match="line 2"):
            load_behaviour(tmp_path / "b.jsonl")

    def test_what_is_no_record(self, tmp_path: Path):
        for line in ("{", "[]", "3", "{}"):
            (tmp_path / "b.jsonl").write_text(line + "\n", "utf-8")
            with pytest.raises(InputError, match="line 1"):
                load_behaviour(tmp_path / "b.jsonl")

    def test_no_file(self, tmp_path: Path):
        with pytest.raises(InputError, match=r"none\.jsonl"):
            load_behaviour(tmp_path / "none.jsonl")


class TestFile:
    def test_size(self, records):
        counts = Counter(r["kind"] for r in records)
        assert set(counts) == set(KINDS)
        assert counts["invariance"] >= 60
        assert counts["direction"] >= 160
        assert set(Counter(r["stance"] for r in records if r["kind"] == "functionality").values()) == {30}

    def test_capabilities(self, records):
        by_kind = {kind: Counter(r["capability"] for r in records if r["kind"] == kind) for kind in KINDS}
        assert set(by_kind["invariance"]) == INVARIANCE
        assert set(by_kind["direction"]) == DIRECTION
        assert min(by_kind["invariance"].values()) >= 7
        assert min(by_kind["direction"].values()) >= 10

    def test_the_cases(self, cases):
        assert {c.kind for c in cases} == {"invariance", "functionality", "direction"}
        assert all(s in STANCES for c in cases for s in c.stances)
        assert all(len(set(c.texts)) == len(c.texts) > 1 for c in cases if c.kind != "functionality")
        assert len({c.texts for c in cases}) == len(cases)
        assert all("{" not in text for c in cases for text in c.texts)

    def test_no_case_is_trained_on(self, cases):
        trained = {r.text for r in load_labeled([Path(__file__).parents[1] / "seeds" / "labeled"])}
        assert not [text for c in cases for text in c.texts if text in trained]

    def test_every_move_between_stances(self, records):
        moves = {(r["before_stance"], r["after_stance"]) for r in records if r["kind"] == "direction"}
        assert moves == {(a, b) for a in STANCES for b in STANCES if a != b}

    def test_slots(self, records):
        for record in (r for r in records if r["kind"] == "invariance"):
            used = {field for _, field, _, _ in Formatter().parse(record["template"]) if field}
            assert used == set(record["slots"])
            assert all(5 <= len(set(v)) == len(v) <= 8 for v in record["slots"].values())

    def test_no_text_twice(self, cases):
        texts = Counter(" ".join(text.split()) for case in cases if case.kind != "invariance" for text in case.texts)
        assert [text for text, n in texts.items() if n > 1] == []
        everywhere = Counter(text for case in cases for text in case.texts)
        assert [text for text, n in everywhere.items() if n > 1] == []

    def test_fields(self, records):
        assert {frozenset(r) for r in records} == {frozenset(row) for row in GOOD.values()}
