"""The labeled seeds keep what the project promises of them."""

from collections import Counter, defaultdict
from pathlib import Path

import pytest

from stance.records import ITEMS, STANCES
from training.corpus import Labeled, corpus_hash, groups, load_labeled, near_duplicates, stance_rows

SEEDS = Path(__file__).parents[1] / "seeds" / "labeled"
REGISTERS = {"quote", "indirect", "act", "headline", "parliament", "post", "communique"}


@pytest.fixture(scope="module")
def rows() -> list[Labeled]:
    return load_labeled([SEEDS])


def test_size_and_balance(rows):
    about = stance_rows(rows, "train")
    assert len(about) >= 3000
    for split in ("train", "test"):
        counts = Counter(r.stance for r in stance_rows(rows, split))
        assert set(counts) == set(STANCES)
        assert max(counts.values()) <= 0.45 * sum(counts.values())


def test_off_topic_sentences_in_both_splits(rows):
    assert {r.split for r in rows if r.stance is None} == {"train", "test"}


def test_held_out_share(rows):
    # the held-out file is 7.9% of the size of the training part (421 to 5302), less than a tenth of it
    train, test = len(stance_rows(rows, "train")), len(stance_rows(rows, "test"))
    assert test >= 400
    assert test / train >= 0.075


def test_only_known_splits(rows):
    assert {r.split for r in rows} == {"train", "test"}


def test_no_text_on_both_sides(rows):
    folded = {s: {" ".join(r.text.lower().split()) for r in rows if r.split == s} for s in ("train", "test")}
    assert not folded["train"] & folded["test"]


def test_hard_pairs_are_a_fifth(rows):
    about = [r for r in rows if r.stance is not None]
    assert sum(r.pair is not None for r in about) / len(about) >= 0.2


def test_pairs_have_two_members_that_differ(rows):
    pairs = defaultdict(list)
    for row in rows:
        if row.pair is not None:
            pairs[row.pair].append(row)
    assert [k for k, v in pairs.items() if len(v) != 2] == []
    assert [k for k, (a, b) in pairs.items() if a.stance == b.stance] == []
    assert [k for k, (a, b) in pairs.items() if a.split != b.split] == []


@pytest.mark.parametrize("split", ["train", "test"])
def test_registers_and_items(rows, split):
    about = stance_rows(rows, split)
    assert {r.register for r in about} == REGISTERS
    assert {i for r in about for i in r.items} == set(ITEMS)


def test_no_near_duplicates_between_splits(rows):
    assert [(i, j) for i, j in near_duplicates(rows) if rows[i].split != rows[j].split] == []


def test_near_duplicates_finds_one_and_spares_pairs():
    text = "We will send twenty tanks to the eastern border before the end of this winter"
    same, pair = Labeled(text, "support"), Labeled(text, "support", pair="p")
    assert near_duplicates([same, Labeled("Nothing of the kind was said.", "oppose"), same]) == [(0, 2)]
    assert near_duplicates([pair, pair]) == []


def test_groups_join_pairs_and_hash_follows_labels():
    a, b, c = Labeled("a", "support", pair="p"), Labeled("b", "oppose", pair="p"), Labeled("c", "oppose")
    names = groups([a, b, c])
    assert names[0] == names[1] != names[2]
    assert corpus_hash([a, c]) == corpus_hash([a, c]) != corpus_hash([a, Labeled("c", "support")])
