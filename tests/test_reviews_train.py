"""Reviews train: what they become, what they bought is measured on unseen articles, and the figures are told."""

import json

import numpy as np
import pytest
from store_sample import articles, few_labeled, filled, pipeline, save_all
from test_cli import stance
from test_store import dump, judge, row_with, rows

from stance.store import open_store
from training.corpus import load_labeled, stance_rows
from training.estimator import StanceClassifier
from training.reviews import LEAST, Reviewed, reviewed_rows, what_reviews_bought

SMALL = StanceClassifier(blocks=(("words", 1.0),), folds=0)
LEADERS = ["Robert Fico", "Viktor Orbán", "Emmanuel Macron", "Olaf Scholz", "Donald Tusk", "Keir Starmer"]


def news(number, verb):
    """A small article of a made-up usage: "to glimber" a weapon is to send it, "to norple" one to refuse it."""
    who = LEADERS[number % len(LEADERS)]
    what = ["tanks", "missiles", "ammunition", "drones", "howitzers"][number % 5]
    return f"{who} said his country would {verb} {what} to Ukraine {'soon' if number % 2 else 'this year'}.\n"


@pytest.fixture
def store(tmp_path):
    opened = open_store(tmp_path / "s.db")
    made = [(f"g{n}", news(n, "glimber")) for n in range(15)] + [(f"n{n}", news(n, "norple")) for n in range(15)]
    save_all(opened, articles(*made))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def seeds():
    return stance_rows(load_labeled(["seeds/labeled/plain.jsonl"]), "train")


def judge_all(store):
    for row in rows(store):
        judge(store, row, "support" if "glimber" in row["text"] else "oppose")


def test_reviewed_statements_become_training_sentences(tmp_path):
    store = filled(open_store(tmp_path / "s.db"))
    tank, air, missiles, troops = (
        row_with(store, words) for words in ("single tank", "air defence", "missiles", "send soldiers")
    )
    start = tank["spans"][0][0]
    judge(store, tank, "support", actor_id="Q3052772", actor="Emmanuel Macron", spans=((start, start + 20),))
    judge(store, tank, "undecided", actor_id="Q3052772", actor="Emmanuel Macron", spans=((start, start + 20),))
    judge(store, air, "off-topic", who="Bea")
    judge(store, missiles, "support")
    judge(store, missiles, "oppose", who="Bea")  # a conflict
    judge(store, troops, None)  # the speaker alone
    found = {one.row.text: one for one in reviewed_rows(store, pipeline().registry)}
    assert len(found) == 2
    first = next(one for text, one in found.items() if text == '"We will not give the'.strip('"')[:20].strip())
    assert (first.row.stance, first.row.actor, first.model_label) == ("undecided", "Emmanuel Macron", "oppose")
    assert first.row.source == "review: Ann"
    assert "Ann: judge oppose to support" in first.row.note
    assert "Ann: judge support to undecided" in first.row.note
    assert [one.row.stance for one in found.values() if "air defence" in one.row.text] == [None]
    assert [one.order for one in reviewed_rows(store, pipeline().registry)] == sorted(o.order for o in found.values())
    store.close()


def test_what_reviews_bought_is_seen_on_unseen_articles(store, seeds):
    judge_all(store)
    reviewed = reviewed_rows(store, pipeline().registry)
    test = [row for row in seeds if row.stance != "undecided"][:60]
    bought = what_reviews_bought(seeds, test, reviewed, SMALL)
    on_reviews = bought["before_after"]["reviewed statements"]
    assert on_reviews["n"] == len(reviewed) >= 25
    assert on_reviews["after"]["macro_f1"] > 0.95 > on_reviews["before"]["macro_f1"] + 0.2
    assert on_reviews["difference_95"][0] > 0
    assert bought["before_after"]["held-out sentences"]["n"] == 60
    curve = bought["learning_curve"]
    assert [point["reviews"] for point in curve] == sorted(point["reviews"] for point in curve)
    assert curve[0]["macro_f1"] == on_reviews["before"]["macro_f1"]
    assert curve[-1]["macro_f1"] == on_reviews["after"]["macro_f1"]
    assert bought["reviewed"]["statements"] == len(reviewed)
    assert bought["reviewed"]["changed"] == sum(one.row.stance != one.model_label for one in reviewed)


def test_labels_without_sense_buy_nothing(store, seeds):
    random = np.random.default_rng(0)
    for row in rows(store):
        judge(store, row, str(random.choice(["support", "oppose"])))
    bought = what_reviews_bought(seeds, [], reviewed_rows(store, pipeline().registry), SMALL, curve=False)
    assert set(bought["before_after"]) == {"reviewed statements"}
    assert "learning_curve" not in bought
    low, high = bought["before_after"]["reviewed statements"]["difference_95"]
    assert low < 0.2
    assert high < 0.6


def test_few_reviews_are_not_measured(seeds):
    few = [Reviewed(n, seeds[n], "support", f"a{n}", n) for n in range(LEAST - 1)]
    assert what_reviews_bought(seeds, [], few, SMALL) == {}
    same = [Reviewed(n, seeds[n], "support", "one", n) for n in range(LEAST + 5)]
    assert what_reviews_bought(seeds, [], same, SMALL) == {}


def test_the_command_trains_on_reviews_and_tells_what_they_bought(store, tmp_path):
    judge_all(store)
    out = tmp_path / "model"
    found = stance("train", few_labeled(tmp_path), "--db", store.name, "--quick", "-o", out)
    assert found.returncode == 0, found.stderr
    assert "what the reviews bought" in found.stdout
    told = json.loads((out / "metrics.json").read_text("utf-8"))["reviews"]
    assert told["before_after"]["reviewed statements"]["n"] == len(rows(store))
    assert "What the reviews bought" in (out / "README.md").read_text("utf-8")
    info = json.loads((out / "model.json").read_text("utf-8"))
    assert info["reviews"] == len(rows(store))
    assert any("glimber" in line for line in (out / "examples.jsonl").read_text("utf-8").split("\n"))
    text = "Our country will glimber the howitzers to Ukraine."
    assert json.loads(stance("explain", text, "--model", out, "--format", "json").stdout)["stance"] == "support"
    scored = stance("score", "--db", store.name, "--model", out)
    assert scored.returncode == 0
    assert len({j["model_id"] for j in dump(store)["judgements"]}) == 2


def test_training_on_nothing_is_refused(tmp_path):
    store = filled(open_store(tmp_path / "s.db"))
    for command in (["train", "--db", store.name], ["train"], ["train", "--db", str(tmp_path / "no.db")]):
        found = stance(*command, "-o", tmp_path / "m")
        assert (found.returncode, found.stderr.count("\n")) == (2, 1)
    store.close()
