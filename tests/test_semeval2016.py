"""Benchmark of SemEval-2016 Task 6: files, official score, separation of targets and of test labels, command.

All tweets are our own invention; nobody posted them.
"""

import random
import sys
from dataclasses import replace

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from stance.records import InputError
from training.benchmarks.semeval2016 import (
    Figures,
    System,
    cross_predict,
    figures,
    main,
    official,
    predict,
    run,
    splits,
    systems,
    tuned,
)
from training.benchmarks.semeval2016_read import LABELS, Tweet, read_file, read_folder, role

HEADER = "ID\tTarget\tTweet\tStance"
TRAIN, TRIAL = "semeval2016-task6-trainingdata.txt", "semeval2016-task6-trialdata.txt"
GOLD_A, GOLD_B = "SemEval2016-Task6-subtaskA-testdata-gold.txt", "SemEval2016-Task6-subtaskB-testdata-gold.txt"
BLIND_A = "SemEval2016-Task6-subtaskA-testdata.txt"

SAID = {
    "Bicycle Lanes": {
        "FAVOR": [
            "So glad the lane on Mill Street is finally safe to ride",
            "My kids cycle to school now and I love every painted metre",
            "Give us more lanes, fewer cars and cleaner mornings",
            "Thank you council, riding to work feels safe at last",
            "More lanes please, they calm the whole street",
            "A protected lane is the best thing our town ever built",
            "Shops on the new lane are busier than before, love it",
        ],
        "AGAINST": [
            "Another lane, another traffic jam, who asked for this",
            "They stole my parking for six bikes a day, what a waste",
            "Rip the lane out and give drivers their road back",
            "Deliveries are impossible since the lane came, absurd",
            "Paint and posts everywhere and still nobody rides, a waste",
            "Stop building lanes that only slow the buses down",
            "This lane is ruining trade on our street, remove it",
        ],
        "NONE": [
            "Flat tyre again, walking home with wet socks",
            "Does anyone know when the pump by the station opens",
            "Sunday ride was cancelled because of hail",
            "The bell on my old bike sounds like a sad duck",
            "Council meets on Tuesday at seven in the library",
            "Lost one glove near the bridge, it is blue",
            "Watching the tour highlights with a bowl of soup",
        ],
    },
    "School Uniforms": {
        "FAVOR": [
            "Uniforms end the morning fight over clothes, bless them",
            "One jumper for all and nobody is teased, I love it",
            "Equal clothes make a calm class, keep the uniform",
            "Happy to buy one blazer instead of ten brands",
            "The uniform made my daughter feel she belongs",
            "Keep the tie, it teaches care and pride",
            "Best rule our school has, simple and fair for all",
        ],
        "AGAINST": [
            "Itchy grey jumpers teach nothing, scrap the uniform",
            "Forty for a badge on a shirt is a scandal",
            "Let children dress like children, enough of blazers",
            "Sent home for the wrong socks, how ridiculous",
            "Scrap it, the uniform only hides who is poor at home",
            "No child ever learned sums from a tie",
            "Ridiculous rule, my son freezes in those shorts",
        ],
        "NONE": [
            "School photo is on Friday, remember the forms",
            "Who has a spare lunch box with a working lid",
            "The choir sang in the hall and the piano gave up",
            "Half term starts next week, any tips for rain",
            "Found a pencil case on the number nine bus",
            "Homework is about volcanoes and I know nothing",
            "Parents evening moved to the old gym",
        ],
    },
    "Night Trains": {
        "FAVOR": [
            "Fell asleep at home and woke by the sea, bring back sleepers",
            "A bunk, a book and no airport, night trains are bliss",
            "Please fund more sleepers, flying is misery",
            "Best sleep in months on the rails, more of this",
            "Night trains save a hotel and a whole day, wonderful",
            "Bring the old sleeper line back, we would fill it",
            "Wonderful crew, warm bunk, I am never flying again",
        ],
        "AGAINST": [
            "No shower, no sleep and five hours late, never again",
            "Public money for rolling hostels, stop it",
            "The sleeper shook me awake at every switch, awful",
            "Nobody needs sleepers when a flight is an hour",
            "Awful bunks and a broken heater, end this nostalgia",
            "Stop wasting tracks at night that freight could use",
            "Never again, a snoring stranger costs more than a hotel",
        ],
        "NONE": [
            "Platform four smells of cinnamon this evening",
            "Which station has the clock with the wrong hand",
            "Drew a map of every river from the window",
            "My suitcase has lost a wheel in the rain",
            "Tickets are checked by a man with a green hat",
            "Timetable changes on the second of the month",
            "Counting owls from the footbridge with my aunt",
        ],
    },
}

SVM = System("svm", make_pipeline(CountVectorizer(), LinearSVC()), {"linearsvc__C": [0.1, 1.0]})
SMALL = replace(systems()[2], grid={"C": [1.0, 4.0]})


def tweets(target, part):
    """30 training or 12 test tweets: five sentences of each stance, or the other two, each twice."""
    out = []
    for stance, sentences in SAID[target].items():
        some = sentences[:5] if part == "training" else sentences[5:]
        out += [Tweet(target, sentence + tail, stance) for tail in ("", " today") for sentence in some]
    return out


def lines(rows, end="\n"):
    body = [f"{n}\t{t.target}\t{t.text} #SemST\t{t.stance}" for n, t in enumerate(rows, 1)]
    return (end.join([HEADER, *body]) + end).encode()


def everything(part):
    return [tweet for target in SAID for tweet in tweets(target, part)]


@pytest.fixture
def folder(tmp_path):
    rows = everything("training")
    (tmp_path / TRIAL).write_bytes(lines(rows[:20]))
    (tmp_path / TRAIN).write_bytes(lines(rows[15:]))
    (tmp_path / GOLD_A).write_bytes(lines(everything("test")))
    return tmp_path


def test_folder_is_read_by_target(folder):
    data = read_folder(folder)
    assert list(data.training) == list(data.test) == sorted(SAID)
    assert {len(t) for t in data.training.values()} == {30}  # five stand in both files and count once
    assert {len(t) for t in data.test.values()} == {12}
    assert all(t.target == target for target, ts in data.training.items() for t in ts)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_byte_order_mark(tmp_path, end, mark):
    rows = tweets("Night Trains", "test")
    (tmp_path / TRAIN).write_bytes(mark + lines(rows, end))
    assert read_file(tmp_path / TRAIN) == rows


def test_encodings_may_differ_by_line(tmp_path):
    head = HEADER.encode() + b"\n"
    old = b"1\tNight Trains\tCaf\xe9 car \x93closed\x94 at 9\x85 #SemST\tAGAINST\n"
    new = "2\tNight Trains\tCafé car “open” 🚆\u2028 at 9… #SemST\tFAVOR\n".encode()
    (tmp_path / TRAIN).write_bytes(head + old + new)
    assert [t.text for t in read_file(tmp_path / TRAIN)] == [
        "Café car “closed” at 9…",
        "Café car “open” 🚆\u2028 at 9…",
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('"Ride on, she said #SemST', '"Ride on, she said'),
        ('"Ride on" #SemST', '"Ride on"'),
        ("It's a 'lane' ''#SemST", "It's a 'lane' ''"),
        ("Ride #SemST #bikes", "Ride #bikes"),
        ("Ride #semst", "Ride"),
        ("Ride #SemSTar", "Ride #SemSTar"),
        ("No tag, kept as it is", "No tag, kept as it is"),
    ],
)
def test_quotation_marks_stay_and_the_tag_goes(tmp_path, written, read):
    (tmp_path / TRAIN).write_text(f"{HEADER}\n7\tBicycle Lanes\t{written}\tNONE\n\n")
    assert read_file(tmp_path / TRAIN) == [Tweet("Bicycle Lanes", read, "NONE")]


def test_columns_are_found_by_name(tmp_path):
    (tmp_path / TRAIN).write_text("id\tStance\tSentiment\tTarget\tTweet\n1\tFAVOR\tpos\tTea\tLovely #SemST\n")
    assert read_file(tmp_path / TRAIN) == [Tweet("Tea", "Lovely", "FAVOR")]


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        (TRAIN, "training"),
        (TRIAL, "training"),
        (GOLD_A, "test"),
        (GOLD_B, "test"),
        (BLIND_A, "test"),
        ("readme-trialdata.txt", None),
        ("domain-corpus.txt", None),
        ("testdata.zip", None),
    ],
)
def test_role_by_name(name, taken):
    assert role(name) == taken


def test_what_cannot_be_used_is_named(folder):
    other = [Tweet("Tea at Four", "Milk first or not", "FAVOR"), Tweet("Tea at Four", "No milk", "NONE")]
    (folder / GOLD_B).write_bytes(lines(other))
    (folder / BLIND_A).write_bytes(lines([replace(t, stance="UNKNOWN") for t in everything("test")]))
    (folder / "readme.txt").write_text("about")
    (folder / TRIAL).write_bytes(lines([Tweet("Soup", f"soup {n}", LABELS[n % 2]) for n in range(6)]))
    data = read_folder(folder)
    assert sorted(data.notes) == [
        f"left out: {BLIND_A} (test data without gold stances)",
        "left out: readme.txt (neither training nor test data by its name)",
        "skipped: Soup (no test data)",
        "skipped: Tea at Four, 2 test tweets (no training data)",
    ]
    assert list(data.test) == list(data.training) == sorted(SAID)


def test_official_score_by_hand():
    truth = ["FAVOR", "FAVOR", "FAVOR", "AGAINST", "AGAINST", "NONE", "NONE", "NONE"]
    predicted = ["FAVOR", "FAVOR", "NONE", "AGAINST", "FAVOR", "FAVOR", "NONE", "AGAINST"]
    # FAVOR: 2 right of 4 said and 3 true, F1 = 4/7; AGAINST: 1 right of 2 said and 2 true, F1 = 1/2
    found = official(truth, predicted)
    assert found.favor == pytest.approx(4 / 7)
    assert found.against == pytest.approx(1 / 2)
    assert found.mean == pytest.approx(15 / 28)


def test_none_right_earns_nothing_and_an_absent_stance_is_zero():
    assert official(["NONE", "NONE", "FAVOR"], ["NONE", "NONE", "FAVOR"]) == Figures(1.0, 0.0)


def test_score_over_all_tweets_is_not_the_mean_over_targets():
    gold = {
        "A": [Tweet("A", "", s) for s in ("FAVOR", "FAVOR", "FAVOR", "AGAINST")],
        "B": [Tweet("B", "", s) for s in ("AGAINST", "NONE")],
    }
    found = figures(gold, {"A": ["FAVOR", "FAVOR", "FAVOR", "FAVOR"], "B": ["AGAINST", "FAVOR"]})
    assert found["A"] == Figures(pytest.approx(6 / 7), 0.0)
    assert found["B"] == Figures(0.0, 1.0)
    # all together: FAVOR 3 right of 5 said and 3 true, F1 = 6/8; AGAINST 1 right of 1 said and 2 true, F1 = 2/3
    assert found["all together"] == Figures(pytest.approx(3 / 4), pytest.approx(2 / 3))
    assert found["macro over targets"] == Figures(pytest.approx(3 / 7), pytest.approx(1 / 2))


def test_targets_are_not_mixed(folder):
    before = run(read_folder(folder), SVM)
    turned = {"FAVOR": "AGAINST", "AGAINST": "FAVOR", "NONE": "NONE"}
    rows = [replace(t, stance=turned[t.stance]) if t.target == "Night Trains" else t for t in everything("training")]
    (folder / TRIAL).unlink()
    (folder / TRAIN).write_bytes(lines(rows))
    after = run(read_folder(folder), SVM)
    assert [turned[label] for label in after["Night Trains"]] == before["Night Trains"]
    for target in ("Bicycle Lanes", "School Uniforms"):
        assert after[target] == before[target]


@pytest.mark.parametrize("system", [SVM, SMALL], ids=["svm", "ours"])
def test_test_labels_change_no_prediction(folder, system):
    before = run(read_folder(folder), system)
    rows = everything("test")
    stances = [t.stance for t in rows]
    random.Random(3).shuffle(stances)
    (folder / GOLD_A).write_bytes(lines([replace(t, stance=s) for t, s in zip(rows, stances, strict=True)]))
    data = read_folder(folder)
    assert run(data, system) == before
    assert figures(data.test, before)["all together"].mean < 1


def test_dev_opens_no_test_file_and_predicts_each_tweet_by_the_others(folder):
    (folder / GOLD_A).write_bytes(b"\x00 not even text")
    data = read_folder(folder, dev=True)
    assert not data.test
    found = run(data, SVM, dev=3)
    assert {target: len(labels) for target, labels in found.items()} == dict.fromkeys(data.training, 30)
    # each tweet of its own words: what its model has not seen it cannot tell from the others
    alone = [Tweet("Tea", f"word{n}", LABELS[n % 2]) for n in range(20)]
    memory = System("memory", make_pipeline(CountVectorizer(), LinearSVC()), {})
    assert predict(memory, alone, [t.text for t in alone]) == [t.stance for t in alone]
    assert len(set(cross_predict(memory, alone, 10)[:2])) == 1


def test_settings_are_chosen_by_the_official_score():
    labels = np.array(["AGAINST"] * 6 + ["NONE"] * 9)
    system = System("constant", DummyClassifier(strategy="constant"), {"constant": ["NONE", "AGAINST"]})
    assert tuned(system, ["x"] * 15, labels).constant == "AGAINST"  # accuracy would choose NONE


def test_folds_leave_two_labels_in_every_part():
    labels = np.array(["AGAINST"] * 20 + ["NONE"] * 3 + ["FAVOR"])
    parts = splits(labels, 5)
    assert len(parts) == 3
    assert all(len(set(labels[seen])) >= 2 for seen, _ in parts)
    assert sorted(np.concatenate([unseen for _, unseen in parts])) == list(range(24))
    assert splits(np.array(["AGAINST", "AGAINST", "FAVOR"]), 5) == []


def one(stance="FAVOR", target="Tea"):
    return f"{HEADER}\n1\t{target}\tHot #SemST\t{stance}\n".encode()


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "no training file"),
        ({TRAIN: b""}, "no column ID, Target, Tweet, Stance"),
        ({TRAIN: b"ID\tTarget\tStance\n1\tTea\tFAVOR\n"}, "no column Tweet"),
        ({TRAIN: HEADER.encode()}, "no tweet below"),
        ({TRAIN: HEADER.encode() + b"\n1\tTea\tFAVOR\n"}, "line 2: 3 columns where the first line has 4"),
        ({TRAIN: one("MAYBE")}, "line 2: stance 'MAYBE' is not one of FAVOR, AGAINST, NONE"),
        ({TRAIN: one("UNKNOWN")}, "stance UNKNOWN in training data"),
        ({TRAIN: one() + b"2\tTea\t\x81\tNONE\n"}, "line 3: neither UTF-8 nor windows-1252"),
        ({TRAIN: one().decode().encode("utf-16")}, "line 1: neither UTF-8 nor windows-1252"),
        ({TRAIN: lines(tweets("Night Trains", "test"))}, "no target has both"),
        ({TRAIN: one(), GOLD_A: one()}, "Tea needs at least two training tweets of each of two stances"),
        ({TRAIN: one(), GOLD_A: one(), GOLD_B: one()}, "another test file has tweets on Tea too"),
        ({TRAIN: one(), GOLD_A: one() + b"2\tTea\tCold\tUNKNOWN\n"}, "1 of 2 tweets have no gold stance"),
    ],
)
def test_errors_are_one_clear_sentence(tmp_path, files, says):
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError) as caught:
        read_folder(tmp_path)
    said = str(caught.value)
    assert says in said
    assert said.startswith(str(tmp_path))
    assert said.endswith(".")
    assert "\n" not in said


@pytest.mark.parametrize("extra", [[], ["--dev"]])
def test_command_names_a_bad_folder_and_ends_with_2(tmp_path, monkeypatch, capsys, extra):
    monkeypatch.setattr(sys, "argv", ["semeval2016", str(tmp_path / "nowhere"), *extra])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("semeval2016: ")
    assert "no folder to be read" in shown.err


def test_command_prints_all_systems_beside_the_published_figure(folder, monkeypatch, capsys):
    fewer = [replace(system, grid={k: v[:1] for k, v in system.grid.items()}) for system in systems()]
    monkeypatch.setattr("training.benchmarks.semeval2016.systems", lambda: fewer)
    monkeypatch.setattr(sys, "argv", ["semeval2016", str(folder)])
    main()
    shown = capsys.readouterr().out
    for name in (*SAID, *(s.name for s in fewer), "all together", "macro over targets", "68.98"):
        assert name in shown
    monkeypatch.setattr(sys, "argv", ["semeval2016", str(folder), "--dev", "2"])
    monkeypatch.setattr("training.benchmarks.semeval2016.systems", lambda: fewer[:2])
    main()
    shown = capsys.readouterr().out
    assert "cross-validated in 2 folds" in shown
    assert "68.98" not in shown
