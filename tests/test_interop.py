"""Reviews to other tools and back: round trips, the tools' own documents, and files that are none."""

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_sample import FICO, articles, filled, pipeline, save_all
from test_cli import stance
from test_store import dump, judge, row_with, rows

from stance.interop import FORMATS, label_studio, lines_of, read_judged
from stance.interop.huggingface import write_dataset
from stance.interop.offsets import from_utf16, to_utf16
from stance.interop.stored import settled_tasks, take_in, tasks_of
from stance.records import InputError
from stance.store import open_store
from stance.store.reviews import LABELS

ASTRAL = "\U0001f680 Prime Minister Robert Fico said on Tuesday that Slovakia would never send soldiers to Ukraine.\n"


@pytest.fixture
def reviewed(tmp_path):
    opened = filled(open_store(tmp_path / "a.db"))
    save_all(opened, articles(("astral", ASTRAL)))
    tank, air, rocket = (row_with(opened, words) for words in ("single tank", "air defence", "never send soldiers"))
    start = tank["spans"][0][0]
    judge(opened, tank, "support", note="=HYPERLINK(1)", spans=((start, start + 7), (start + 9, start + 20)))
    judge(opened, tank, "oppose", who="Béa O'Hara", note='two\nlines, "quoted"')
    judge(opened, tank, "oppose", who="Zoe", action="settle")
    judge(opened, air, None, actor_id="Q3052772", actor="Emmanuel Macron")
    judge(opened, air, "off-topic", who="Cy", actor_id=None, actor=None)
    astral = next(row for row in rows(opened) if row["article_key"] == 3)
    judge(opened, astral, "undecided")
    judge(opened, rocket, "undecided", who="Cy")
    with opened.write() as connection:
        from stance.store.reviews import add_review, ensure_annotator

        add_review(connection, rocket["key"], ensure_annotator(connection, "Dee"), "skip")
    yield opened
    opened.close()


def verdicts(store):
    names = ("statement_key", "annotator", "action", "label", "actor_id", "actor", "spans", "note")
    found = [tuple(str(v[n]) for n in names) for v in dump(store)["verdicts"] if v["action"] != "skip"]
    return sorted(found)


def exported(store, form, everything=False):
    with store.read() as connection:
        return "".join(lines_of(tasks_of(connection, everything), form))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("told", [True, False])
def test_round_trip(reviewed, tmp_path, form, told):
    text = exported(reviewed, form)
    other = filled(open_store(tmp_path / "b.db"))
    save_all(other, articles(("astral", ASTRAL)))
    name = "x.csv" if form == "csv" else "x.json"
    found = list(read_judged(text, form if told else None, name, None))
    assert take_in(other, found, pipeline().registry) == {"added": 7}
    assert verdicts(other) == verdicts(reviewed)
    assert take_in(other, found, pipeline().registry) == {"there already": 7}
    times = [sorted(r["at"][:19] for r in dump(s)["reviews"] if r["action"] != "skip") for s in (reviewed, other)]
    assert times[0] == times[1]
    other.close()


@pytest.mark.parametrize("form", ["label-studio", "doccano", "prodigy"])
def test_unjudged_tasks_go_out_and_bring_nothing_back(reviewed, form):
    text = exported(reviewed, form, everything=True)
    total = len(json.loads(text)) if form == "label-studio" else text.count("\n")
    assert total >= len(rows(reviewed))
    assert len(list(read_judged(text, form, "x", None))) == 7


def test_regions_hold_their_text(reviewed):
    for task in json.loads(exported(reviewed, "label-studio", everything=True)):
        text = task["data"]["text"]
        for made in [*task["predictions"], *task["annotations"]]:
            regions = [part["value"] for part in made["result"] if part["type"] == "labels"]
            assert regions
            assert all(text[v["start"] : v["end"]] == v["text"] for v in regions)


def test_doccano_counts_as_javascript_does(reviewed):
    lines = [json.loads(line) for line in exported(reviewed, "doccano").split("\n") if line]
    (record,) = [r for r in lines if r["text"] == ASTRAL]
    start, end, _ = next(mark for mark in record["label"] if mark[2] == "undecided")
    units = ASTRAL.encode("utf-16-le")
    assert units[2 * start : 2 * end].decode("utf-16-le") == ASTRAL[start - 1 : end - 1]
    assert "Slovakia would never send soldiers" in ASTRAL[start - 1 : end - 1]


@given(
    st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\U0001f680\U00010348"), max_size=30), st.data()
)
def test_offsets_there_and_back(text, data):
    offset = data.draw(st.integers(0, len(text)))
    units = to_utf16(text)(offset)
    assert units == len(text[:offset].encode("utf-16-le")) // 2
    assert from_utf16(text)(units) == offset


def ids(store, words):
    row = row_with(store, words)
    return row, {"statement_id": row["id"]}


def test_a_label_studio_export_as_the_tool_writes_it(reviewed):
    row, data = ids(reviewed, "missiles")
    start, end = row["spans"][0]
    region = {"start": start, "end": end, "text": FICO[start:end], "labels": ["content"]}
    made = {
        "id": 12, "completed_by": 3, "was_cancelled": False, "ground_truth": False, "lead_time": 6.2, "task": 5,
        "created_at": "2026-01-02T10:00:00.500000Z", "updated_at": "2026-01-02T10:00:01Z",
        "result": [
            {"value": region, "id": "a", "from_name": "label", "to_name": "text", "type": "labels", "origin": "manual"},
            {"value": {"choices": ["oppose"]}, "id": "b", "from_name": "stance", "to_name": "text", "type": "choices"},
            {"value": {"text": ["?"]}, "id": "c", "from_name": "speaker", "to_name": "text", "type": "textarea"},
        ],
    }  # fmt: skip
    cancelled = made | {"was_cancelled": True, "completed_by": 4}
    bare = made | {"completed_by": {"id": 9, "email": "eva@example.org"}, "result": made["result"][1:2]}
    task = {
        "id": 5,
        "data": data | {"text": FICO},
        "annotations": [made, cancelled, bare],
        "predictions": [],
        "project": 1,
    }
    first, second = read_judged(json.dumps([task]), None, "export.json", None)
    assert (first.annotator, first.label, first.actor_id, first.keeps_actor) == ("annotator 3", "oppose", None, False)
    assert (first.spans, first.at) == (((start, end),), "2026-01-02T10:00:00.500+00:00")
    assert (second.annotator, second.keeps_actor, second.spans) == ("eva@example.org", True, ())
    assert take_in(reviewed, [first, second], pipeline().registry) == {"added": 2}


def test_old_label_studio_offsets_are_told_by_the_text(reviewed):
    with reviewed.read() as connection:
        task = next(t for t in tasks_of(connection) if t.scored.article.text == ASTRAL)
    record = label_studio.write(task)
    for part in record["annotations"][0]["result"]:
        if part["type"] == "labels":
            part["value"] |= {"start": part["value"]["start"] + 1, "end": part["value"]["end"] + 1}
    (found,) = label_studio.read(record, None)
    assert found.spans == task.judged[0].spans
    for part in record["annotations"][0]["result"]:
        if part["type"] == "labels":
            part["value"]["text"] = "other words"
    with pytest.raises(InputError, match="does not hold its own text"):
        list(label_studio.read(record, None))


def test_the_label_studio_interface_names_what_the_tasks_name(reviewed):
    from xml.etree import ElementTree

    tree = ElementTree.fromstring(label_studio.label_config())
    names = {node.get("name") for node in tree.iter() if node.get("name")}
    values = {node.get("value") for node in tree.iter() if node.get("value")}
    for task in json.loads(exported(reviewed, "label-studio")):
        for made in task["annotations"]:
            for part in made["result"]:
                assert {part["from_name"], part["to_name"]} <= names
                assert set(part["value"].get("labels", [])) | set(part["value"].get("choices", [])) <= values
        assert {v[1:] for v in values if v.startswith("$")} <= set(task["data"])


def test_a_doccano_export_with_entities(reviewed):
    row, data = ids(reviewed, "missiles")
    start, end = row["spans"][0]
    record = {
        "id": 7, "text": FICO, "Comments": ["unsure"], **data,
        "entities": [{"id": 1, "label": "support", "start_offset": start, "end_offset": end},
                     {"id": 2, "label": "source", "start_offset": 0, "end_offset": 4}],
        "relations": [],
    }  # fmt: skip
    (found,) = read_judged(json.dumps(record), None, "admin.jsonl", "admin")
    assert (found.label, found.annotator, found.note, found.spans) == ("support", "admin", "unsure", ((start, end),))
    record["entities"].append({"id": 3, "label": "oppose", "start_offset": 0, "end_offset": 4})
    with pytest.raises(InputError, match="record 1: a statement has one stance"):
        list(read_judged(json.dumps(record), "doccano", "admin.jsonl", "admin"))


def test_a_prodigy_export_as_db_out_writes_it(reviewed):
    row, data = ids(reviewed, "missiles")
    start, end = row["spans"][0]
    record = {
        "text": FICO, "_input_hash": 1, "_task_hash": 2, "_view_id": "blocks", "meta": data, "answer": "accept",
        "spans": [{"start": start, "end": end, "label": "content", "token_start": 1, "token_end": 3}],
        "options": [{"id": "support", "text": "support"}], "accept": ["support"], "_timestamp": 1767348000,
        "_annotator_id": "reviews-eva", "_session_id": "reviews-eva",
    }  # fmt: skip
    rejected, ignored = record | {"answer": "reject"}, record | {"answer": "ignore", "accept": []}
    lines = "\n".join(map(json.dumps, (record, rejected, ignored)))
    (found,) = read_judged(lines, None, "x.jsonl", None)
    assert (found.annotator, found.label, found.at) == ("reviews-eva", "support", "2026-01-02T10:00:00.000+00:00")


@pytest.mark.parametrize(
    ("text", "form", "message"),
    [
        ("", None, "form cannot be told"),
        ("{", None, "form cannot be told"),
        ('{"statement_id": "a", "stance": "support", "annotator": "x"}\n{', "jsonl", "line 2 is no JSON"),
        ('{"statement_id": "a", "stance": "maybe", "annotator": "x"}', None, "record 1: 'maybe' is no label"),
        ('{"statement_id": "a", "stance": "support"}', None, "does not say who judged"),
        ('{"stance": "support", "annotator": "x"}', None, "record 1 is no jsonl record"),
        ("[1]", None, "record 1 is no label-studio record"),
        ("[" * 100_000, None, "no JSON that can be read"),
        ("a,b\n1,2\n", "csv", "needs the columns"),
        ('{"text": "x"}', "nonsense", "no format for reviews"),
        ('[{"data": {}, "annotations": [{"result": [{"from_name": "stance", "value": {}}]}]}]', None, "record 1 is no"),
    ],
)
def test_files_that_are_none_are_told_in_a_sentence(text, form, message):
    with pytest.raises(InputError, match=message) as caught:
        list(read_judged(text, form, "file.x", None))
    assert "\n" not in str(caught.value)


def test_judgements_that_do_not_fit_are_counted_and_named(reviewed):
    row, _ = ids(reviewed, "missiles")
    base = {"statement_id": row["id"], "stance": "support", "annotator": "Eva"}
    lines = [
        base | {"statement_id": "nowhere"},
        base | {"speaker_id": "nobody-known"},
        base | {"spans": [[0, 10**6]]},
        base | {"annotator": "<script>"},
        base,
    ]
    reasons = []
    found = read_judged("\n".join(map(json.dumps, lines)), "jsonl", "x", None)
    assert take_in(reviewed, found, pipeline().registry, reasons.append) == {"skipped": 4, "added": 1}
    assert [reason.split(":")[0] for reason in reasons] == [f"judgement {n}" for n in (1, 2, 3, 4)]


def test_the_data_set_is_read_by_the_library_for_it(reviewed, tmp_path):
    folder = tmp_path / "set"
    with reviewed.read() as connection:
        assert write_dataset(folder, settled_tasks(connection)) == 3
    code = (
        "import sys, json, datasets; found = datasets.load_dataset(sys.argv[1], split='train', cache_dir=sys.argv[2]);"
        "print(json.dumps({'names': found.features['label'].names, 'rows': found.to_list()}))"
    )
    env = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "hf"), "PATH": "/usr/bin:/bin"}
    run = subprocess.run(
        [sys.executable, "-c", code, folder, tmp_path / "cache"], capture_output=True, text=True, env=env, check=False
    )
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    assert told["names"] == list(LABELS)
    by_text = {row["text"]: row for row in told["rows"]}
    tank = next(row for text, row in by_text.items() if "tank" in text)
    assert told["names"][tank["label"]] == "oppose"
    assert {vote["label"] for vote in tank["votes"]} == {"support", "oppose"}
    card = (folder / "README.md").read_text("utf-8")
    assert "3 statements" in card
    assert not any(name in card + str(told) for name in ("Ann", "Hara", "Zoe"))


def test_the_commands(reviewed, tmp_path):
    db = reviewed.name
    out = stance("export", "--db", db, "--format", "csv")
    assert out.returncode == 0
    assert out.stdout.count("statement_id") == 1
    file = tmp_path / "r.csv"
    assert stance("export", "--db", db, "--format", "csv", "-o", file).returncode == 0
    assert file.read_bytes().decode() == out.stdout
    again = stance("import", "--db", db, file)
    assert (again.returncode, again.stderr.strip()) == (0, "stance: 0 added, 7 there already, 0 skipped")
    assert stance("export", "--db", db, "--format", "huggingface", "-o", tmp_path / "set").returncode == 0
    assert (tmp_path / "set" / "data" / "train-00000-of-00001.parquet").exists()
    assert "<View>" in stance("export", "--db", db, "--format", "label-studio-config").stdout
    bad = [
        ("export", "--db", db, "--format", "xml"),
        ("export", "--db", db, "--format", "huggingface"),
        ("export", "--db", tmp_path / "none.db"),
        ("import", "--db", db, tmp_path / "none.csv"),
        ("import", "--db", tmp_path / "none.db", file),
    ]
    for command in bad:
        found = stance(*command)
        assert (found.returncode, found.stdout) == (2, "")
        assert found.stderr.count("\n") == 1
