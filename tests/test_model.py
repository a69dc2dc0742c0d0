"""The text model: sums, files that lie, and the released model on plain sentences."""

import json
import shutil

import numpy as np
import pytest

from stance.examples import example_texts, nearest
from stance.model import load_model, released_dir
from stance.records import STANCES, InputError
from stance.textmodel import load, save, softmax

PLAIN = [
    ("We will not send any weapons to Ukraine.", "oppose"),
    ("I refuse to deliver a single bullet to Ukraine.", "oppose"),
    ("The president vetoed the military aid package.", "oppose"),
    ("We must stop arming Israel.", "oppose"),
    ("Parliament approved the delivery of 50 tanks to Ukraine.", "support"),
    ("We will support Ukraine with ammunition for as long as it takes.", "support"),
    ("Our country must send more air defence systems immediately.", "support"),
    ("We thank our partners for the tanks and ask for more.", "support"),
    ("We have not yet decided whether to send the missiles.", "undecided"),
    ("The ministry postponed the decision on the fighter jets until next month.", "undecided"),
]
TEXTS = [text for text, _ in PLAIN] + ["", "?!", "Ünïcödé 🚀 wörds", "said " * 500]


@pytest.fixture(scope="module")
def model():
    return load_model()


@pytest.mark.parametrize(("text", "stance"), PLAIN)
def test_released_model_is_right_on_plain_sentences(model, text, stance):
    assert model.judge([text])[0].stance == stance


def test_probabilities_sum_to_one(model):
    for part in (model.stance, model.relevance):
        found = part.probabilities(TEXTS)
        assert found.shape == (len(TEXTS), len(part.classes))
        assert np.allclose(found.sum(axis=1), 1)
        assert (found >= 0).all()
    assert model.stance.probabilities([]).shape == (0, 3)


def test_judgements(model):
    judged = model.judge(TEXTS)
    assert len(judged) == len(TEXTS)
    for one in judged:
        assert set(one.probabilities) == set(STANCES)
        assert one.confidence == pytest.approx(max(one.probabilities.values()))
        assert one.probabilities[one.stance] == pytest.approx(one.confidence)
        assert one.needs_review == (one.confidence < model.review_below)
        assert len(one.because) <= 6
    assert model.judge([]) == []


def test_judged_alone_as_in_a_batch(model):
    batch = model.judge(TEXTS)
    for text, judged in zip(TEXTS, batch, strict=True):
        alone = model.judge([text])[0]
        assert alone.stance == judged.stance
        assert alone.confidence == pytest.approx(judged.confidence)


@pytest.mark.parametrize("text", TEXTS)
def test_pushes_sum_to_the_log_odds(model, text):
    for part in (model.stance, model.relevance):
        logits = part.logits([text])[0] / part.temperature
        for k, label in enumerate(part.classes):
            shares, rest = part.pushes(part.read([text])[0], label)
            assert shares.shape == (len(text),)
            assert np.isclose(shares.sum() + rest, logits[k] - np.delete(logits, k).mean())
    for label in model.classes:
        shares, rest = model.stance.pushes(model.stance.read([text])[0], label)
        words, other = model.pushes(text, label)
        assert np.isclose(sum(w.weight for w in words) + other, shares.sum() + rest)
        assert all(text[w.start : w.end].strip() for w in words)


def test_pushes_stand_on_the_words_that_matter(model):
    text = "I refuse to deliver a single bullet to Ukraine."
    words, _ = model.pushes(text, "oppose")
    strongest = max(words, key=lambda w: w.weight)
    assert text[strongest.start : strongest.end] == "refuse"
    assert model.judge([text])[0].because[0][0] == "refuse"


def test_nearest_examples(model):
    text = "We will not send any weapons to Ukraine."
    (found,) = nearest(model.folder, [text], 5)
    assert len(found) == 5
    assert [e.similarity for e in found] == sorted((e.similarity for e in found), reverse=True)
    assert all(0 < e.similarity <= 1 and e.stance in STANCES for e in found)
    (itself,) = nearest(model.folder, [found[0].text], 1)
    assert itself[0].text == found[0].text
    assert itself[0].similarity == pytest.approx(1)
    assert nearest(model.folder, ["", "🚀"]) == [[], []]


def test_a_folder_without_examples_or_with_damaged_ones_has_no_nearest(tmp_path):
    assert nearest(tmp_path, ["We send tanks."]) == [[]]
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "examples.jsonl").write_text('{"text": 1\n', "utf-8")
    assert nearest(broken, ["We send tanks."]) == [[]]


def test_a_line_separator_inside_a_sentence_ends_no_line(tmp_path):
    text = "We send tanks.\u2028And shells."
    line = json.dumps({"text": text, "stance": "support"}, ensure_ascii=False)
    (tmp_path / "examples.jsonl").write_text(line + "\n", "utf-8")
    assert example_texts(tmp_path) == [text]


def test_softmax_of_large_scores():
    assert np.allclose(softmax(np.array([[1e4, 0.0, -1e4]])), [[1, 0, 0]])


def test_save_and_load(model, tmp_path):
    save(model.stance, tmp_path / "m.npz")
    again = load(tmp_path / "m.npz")
    assert again.classes == model.stance.classes
    assert again.temperature == model.stance.temperature
    assert np.allclose(again.probabilities(TEXTS), model.stance.probabilities(TEXTS))


class Bomb:
    """Pickled, it would make a file when read."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def test_pickle_in_a_model_is_refused_and_not_run(tmp_path):
    mark = tmp_path / "ran"
    with np.load(released_dir() / "relevance.npz") as arrays:
        content = {key: arrays[key] for key in arrays.files}
    content["temperature"] = np.array([Bomb(mark)], dtype=object)
    np.savez(tmp_path / "m.npz", **content)
    with pytest.raises(InputError, match=r"m\.npz"):
        load(tmp_path / "m.npz")
    assert not mark.exists()


def test_damaged_and_foreign_files(tmp_path):
    whole = (released_dir() / "relevance.npz").read_bytes()
    middle = len(whole) // 2
    cases = {
        "cut": whole[:middle],
        "empty": b"",
        "text": b"not a model",
        "pickle": b"\x80\x04N.",
        "flipped": whole[:middle] + bytes(b ^ 0xFF for b in whole[middle : middle + 400]) + whole[middle + 400 :],
    }
    for name, content in cases.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=name):
            load(tmp_path / name)
    np.savez(tmp_path / "foreign.npz", a=np.arange(3))
    with pytest.raises(InputError, match="foreign"):
        load(tmp_path / "foreign.npz")
    with pytest.raises(InputError, match="no such"):
        load(tmp_path / "missing.npz")


def test_model_folders(tmp_path):
    with pytest.raises(InputError, match=r"no model\.json"):
        load_model(tmp_path)
    for number, bad in enumerate(["{", "[]", "{}", json.dumps({"review_below": "x"})]):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "model.json").write_text(bad, "utf-8")
        with pytest.raises(InputError, match="not a model description"):
            load_model(folder)
    half = tmp_path / "half"
    half.mkdir()
    shutil.copy(released_dir() / "model.json", half)
    with pytest.raises(InputError, match="no such model file"):
        load_model(half)
