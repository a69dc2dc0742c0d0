"""The audit finds labels that were turned around, in files and in the store."""

from dataclasses import replace

import pytest
from markupsafe import escape
from starlette.testclient import TestClient
from store_sample import few_labeled, filled
from test_cli import json_lines, stance
from test_review import HOST
from test_store import dump, judge, rows

from stance.records import InputError
from stance.review.app import create_app
from stance.review.context import Settings
from stance.store import open_store
from training.audit import audit
from training.corpus import load_labeled, stance_rows
from training.estimator import StanceClassifier

SMALL = StanceClassifier(blocks=(("words", 1.0),), folds=3)


@pytest.fixture(scope="module")
def sentences():
    return stance_rows(load_labeled(["seeds/labeled/plain.jsonl"]), "train")


def test_turned_labels_are_found(sentences):
    other = {"support": "oppose", "oppose": "support"}
    turned = [i for i, row in enumerate(sentences) if row.stance in other][::17]
    broken = [replace(r, stance=other[r.stance]) if i in set(turned) else r for i, r in enumerate(sentences)]
    before, after = audit(sentences, SMALL), audit(broken, SMALL)
    found = {s.index for s in after}
    assert len(found & set(turned)) > 0.5 * len(turned)  # by chance it would be the share of suspects, about a fifth
    assert len(found & set(turned)) / len(turned) > 2 * len(before) / len(sentences)
    assert [s.quality for s in after] == sorted(s.quality for s in after)
    assert all(s.label == broken[s.index].stance != s.suggested for s in after)


def test_too_few_are_refused(sentences):
    with pytest.raises(InputError, match="too few sentences to audit"):
        audit(sentences[:12], SMALL)


def test_the_command_prints_and_keeps(tmp_path):
    file = few_labeled(tmp_path)
    store = filled(open_store(tmp_path / "s.db"))
    for row in rows(store):
        judge(store, row, "undecided")
    found = stance("audit", file, "--db", store.name, "--format", "jsonl", "--most", 7)
    assert found.returncode == 0
    listed = json_lines(found.stdout)
    assert len(listed) == 7
    assert all(one["place"].startswith(str(file)) or one["place"].startswith("statement ") for one in listed)
    kept = dump(store)["suspects"]
    assert len(kept) == int(found.stderr.split()[1])
    assert {s["statement_key"] for s in kept} & {row["key"] for row in rows(store)}
    assert stance("audit").returncode == 2
    assert stance("audit", file, "--format", "xml").returncode == 2
    client = TestClient(create_app(store, Settings(annotator="Ann")), base_url=HOST)
    page = client.get("/suspects").text
    assert page.count("look again") == sum(s["statement_key"] is not None for s in kept)
    assert all(str(escape(s["place"])) in page for s in kept if s["statement_key"] is None)
    store.close()
