"""The model table: folds never share a writer, the released row is the released model, the columns, bad input."""

import json
import sys

import numpy as np
import pytest

from stance.records import STANCES, InputError
from training.benchmarks.model_choices import counter, read_as
from training.benchmarks.model_table import FOLDS, HEAD, chosen_rows, inner_split, inputs, judge, main, prepare
from training.corpus import load_labeled
from training.estimator import StanceClassifier

SAYS = {
    "support": ["We will send {} to Ukraine.", "Kyiv must get {} at once."],
    "oppose": ["We will not send {} to Ukraine.", "We refuse to give Kyiv {}."],
    "undecided": ["Whether {} go to Ukraine is still open.", "We are discussing {} for Kyiv."],
}


@pytest.fixture(scope="module")
def labeled(tmp_path_factory):
    path = tmp_path_factory.mktemp("labeled") / "some.jsonl"
    rows = [
        {"text": text.format(f"{n} {item}"), "stance": stance, "source": f"writer {n}", "register": "quote"}
        | {"pair": None if stance == "undecided" else f"{n} {item} {k}"}
        for n in range(7)
        for item in ("tanks", "Patriot batteries", "shells")
        for stance, texts in SAYS.items()
        for k, text in enumerate(texts)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


@pytest.fixture(scope="module")
def data(labeled):
    return prepare(load_labeled([labeled]))


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["model_table", *map(str, arguments)])
    main()


def test_folds_share_no_writer(data):
    judged = np.concatenate([unseen for _, unseen in data.folds])
    assert sorted(judged) == list(range(len(data.rows)))
    for fold, (seen, unseen) in enumerate(data.folds):
        assert not set(data.writers[seen]) & set(data.writers[unseen])
        fitted, held = inner_split(data, fold)
        assert not set(data.writers[fitted]) & set(data.writers[held])
        assert sorted([*fitted, *held]) == sorted(seen)


def test_the_released_row_is_the_released_model(data):
    released = chosen_rows("released")[0]
    seen, unseen = data.folds[0]
    x = inputs(data, released.features, 0)
    texts, labels = [r.text for r in data.rows], [r.stance for r in data.rows]
    model = StanceClassifier(C=4.0, folds=0).fit([texts[i] for i in seen], [labels[i] for i in seen])
    columns = [list(model.classes_).index(stance) for stance in STANCES]
    ours = released.learner(x[seen], data.truth[seen], 4.0, data.writers[seen])(x[unseen])
    theirs = model.decision_function([texts[i] for i in unseen])[:, columns]
    np.testing.assert_allclose(ours, theirs, atol=0.02)  # the fits stop early, and columns stand in another order


def test_columns(labeled, tmp_path, monkeypatch, capsys):
    page = tmp_path / "table.md"
    run(monkeypatch, labeled, "-o", page, "--only", "ordinal, lexicon rule", "--jobs", 2)
    written = page.read_text("utf-8")
    assert written == capsys.readouterr().out
    table = [[c.strip() for c in line.strip("|").split("|")] for line in written.splitlines() if line[:1] == "|"]
    assert table[0] == list(HEAD)
    assert [row[0] for row in table[2:]] == ["released", "ordinal", "lexicon rule"]
    assert {len(row) for row in table} == {len(HEAD)}
    assert all(0 <= float(row[i]) <= 1 for row in table[2:] for i in (1, 5, 6, 7))
    assert len(table[2][8].split()) == FOLDS


@pytest.mark.parametrize("name", ["negation by not alone", "calibration: isotonic", "boosting on SVD"])
def test_other_rows_give_probabilities(data, name):
    judged = judge(data, chosen_rows(name)[-1])
    np.testing.assert_allclose(judged.probabilities.sum(axis=1), 1)


def test_readings_and_terms():
    assert (
        read_as("Spain sends 12 tanks, says Anna Berg, and I agree.", "masked")
        == "xx sends xx tanks, says xx, and I agree."
    )
    assert read_as("I love spring, but we send tanks to Kyiv.", "aid clauses") == "but we send tanks to Kyiv."
    assert "we send tanks" in counter("trigrams").build_analyzer()("We send tanks")
    assert "tanks~" in counter("scoped").build_analyzer()("refuse tanks")
    assert "tanks+" in counter("scoped by not").build_analyzer()("refuse tanks")
    assert "tanks~" in counter("scoped by not").build_analyzer()("not tanks")


def test_bad_input(labeled, tmp_path, monkeypatch, capsys):
    with pytest.raises(InputError, match="no row 'magic'"):
        chosen_rows("no frames,magic")
    rows = load_labeled([labeled])
    with pytest.raises(InputError, match="4 writers"):
        prepare([r for r in rows if r.source < "writer 4"])
    with pytest.raises(InputError, match="several writers"):
        prepare([r for r in rows if r.stance != "oppose"])
    with pytest.raises(SystemExit, match="2"):
        run(monkeypatch, tmp_path / "none.jsonl")
    assert "model_table: " in capsys.readouterr().err
