"""The store: what is saved is what was scored, history is only added to, and reviews outlive texts and models."""

import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from store_sample import FICO, SCHOLZ, articles, filled, pipeline, save_all

from stance.pipeline import score
from stance.records import InputError, scored_json
from stance.store import open_store
from stance.store import tables as t
from stance.store.connect import HEAD
from stance.store.loading import outcomes, reviewed_scored, stored_articles
from stance.store.matching import Known, find, match, overlap, quotes_of, relocate
from stance.store.reviews import Decision, add_review, ensure_annotator, fold, history, undo
from stance.store.saving import by_article
from stance.store.tables import rows_of


@pytest.fixture
def store(store_url):
    opened = open_store(store_url)
    yield opened
    opened.close()


def dump(store):
    with store.read() as connection:
        return {
            name: rows_of(connection, select(table).order_by(*table.primary_key))
            for name, table in t.metadata.tables.items()
        }


def loaded(store):
    with store.read() as connection:
        return list(reviewed_scored(connection, pipeline().registry))


def rows(store):
    """The statements by a word of their text."""
    with store.read() as connection:
        return rows_of(connection, select(t.statements).order_by(t.statements.c.key))


def row_with(store, words):
    return next(row for row in rows(store) if words in row["text"])


def decision(row, label, **other):
    said = {"actor_id": row["actor_id"], "actor": row["actor"], "spans": tuple(map(tuple, row["spans"]))}
    return Decision(label, **(said | other))


def judge(store, row, label, who="Ann", action="judge", **other):
    with store.write() as connection:
        ensure_annotator(connection, who)
        return add_review(connection, row["key"], who, action, decision(row, label, **other))


def test_what_comes_out_is_what_was_scored(store):
    made = articles(("fico", FICO), ("scholz", SCHOLZ), ("none", "Nothing was said. It rained all day in the hills."))
    counts = save_all(store, made)
    scored = list(score(made, pipeline()))
    assert len(scored) >= 4
    assert counts == {"articles": 3, "new": len(scored)}
    assert [scored_json(one) for one in loaded(store)] == [scored_json(one) for one in scored]
    assert [a.text for a in stored_articles(store)] == [a.text for a in made]


def test_scoring_again_changes_nothing(store):
    filled(store)
    judge(store, row_with(store, "single tank"), "support")
    before = dump(store)
    save_all(store, articles(("fico", FICO), ("scholz", SCHOLZ)))
    assert dump(store) == before


def test_an_article_given_twice_is_saved_once(store):
    made = articles(("fico", FICO), ("fico", FICO))
    assert save_all(store, made)["articles"] == 1
    assert len(rows(store)) == len(list(score(made[:1], pipeline())))


def test_articles_without_statements_pass_in_their_order():
    made = articles(("a", "It rained."), ("fico", FICO), ("b", "It snowed."), ("scholz", SCHOLZ), ("c", "Fog."))
    got = list(by_article(made, lambda read: score(read, pipeline())))
    assert [article.id for article, _ in got] == [article.id for article in made]
    assert [bool(found) for _, found in got] == [False, True, False, True, False]


def test_what_no_database_holds_is_replaced_at_its_place():
    made = replace(articles(("x", "abc"))[0], text="a\x00b\ud800c", title="\x00")
    assert (made.text, made.title) == ("a\ufffdb\ufffdc", "\ufffd")


def test_a_review_takes_the_place_of_the_models_word(store):
    row = row_with(filled(store), "single tank")
    assert next(one for one in loaded(store) if one.statement.id == row["id"]).judgement.stance == "oppose"
    macron = pipeline().registry.actors["Q3052772"]
    judge(store, row, "undecided", actor_id=macron.id, actor=macron.name, spans=((row["spans"][0][0], 220),), note="hm")
    one = next(one for one in loaded(store) if one.statement.id == row["id"])
    assert one.judgement.stance == "undecided"
    assert one.judgement.probabilities == {"support": 0.0, "oppose": 0.0, "undecided": 1.0}
    assert (one.judgement.confidence, one.judgement.needs_review, one.judgement.reviewed_by) == (1.0, False, ("Ann",))
    assert one.statement.actor == macron
    assert one.statement.spans == ((row["spans"][0][0], 220),)
    assert one.statement.text == " ".join(FICO[row["spans"][0][0] : 220].split())


def test_off_topic_and_nobodys_words(store):
    filled(store)
    judge(store, row_with(store, "single tank"), "off-topic")
    judge(store, row_with(store, "missiles"), None, actor_id=None, actor=None)
    by_text = {one.statement.text: one for one in loaded(store)}
    tank, missiles = (next(v for k, v in by_text.items() if word in k) for word in ("tank", "missiles"))
    assert (tank.judgement.stance, tank.judgement.reviewed_by) == (None, ("Ann",))
    assert missiles.statement.actor is None
    assert missiles.judgement.stance == "support"


def test_a_conflict_leaves_the_model_and_asks_for_review(store):
    row = row_with(filled(store), "single tank")
    judge(store, row, "support")
    judge(store, row, "oppose", who="Bea")
    one = next(one for one in loaded(store) if one.statement.id == row["id"])
    assert (one.judgement.stance, one.judgement.needs_review, one.judgement.reviewed_by) == ("oppose", True, ())
    assert row_with(store, "single tank")["conflict"]
    judge(store, row, "support", who="Cy")  # two of three
    assert not row_with(store, "single tank")["conflict"]
    judge(store, row, "undecided", who="Dee", action="settle", gold=True)
    settled = row_with(store, "single tank")
    assert (settled["settled"], settled["gold"], settled["judged_by"]) == (True, True, 3)
    one = next(one for one in loaded(store) if one.statement.id == row["id"])
    assert (one.judgement.stance, one.judgement.reviewed_by) == ("undecided", ("Ann", "Bea", "Cy", "Dee"))


def test_history_tells_who_when_what_from_what(store):
    row = row_with(filled(store), "single tank")
    judge(store, row, "support", note="  thanks ")
    judge(store, row, "undecided")
    with store.write() as connection:
        assert undo(connection, "Ann") == row["key"]
    with store.read() as connection:
        first, second, third = history(connection, row["key"])
    assert (first["annotator"], first["action"], first["label"], first["note"]) == ("Ann", "judge", "support", "thanks")
    assert (first["from_label"], first["from_actor_id"]) == ("oppose", row["actor_id"])
    assert (second["from_label"], second["label"], third["action"]) == ("support", "undecided", "undo")
    assert first["at"] <= second["at"] <= third["at"]
    assert first["text"] == row["text"]
    assert first["article_id"] == articles(("fico", FICO))[0].id
    one = next(one for one in loaded(store) if one.statement.id == row["id"])
    assert one.judgement.stance == "support"  # the undo brought the first review back


def test_undo_without_reviews_is_nothing(store):
    with filled(store).write() as connection:
        ensure_annotator(connection, "Ann")
        assert undo(connection, "Ann") is None


@pytest.mark.parametrize("change", ["UPDATE reviews SET label = 'support'", "DELETE FROM reviews"])
def test_the_database_itself_refuses_to_change_history(store, change):
    judge(store, row_with(filled(store), "single tank"), "support")
    with pytest.raises((InputError, DBAPIError), match="only added"), store.write() as connection:
        connection.execute(text(change))
    assert len(dump(store)["reviews"]) == 1


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"label": "maybe"}, "is no label"),
        ({"spans": ()}, "needs a stretch"),
        ({"spans": ((5, 5),)}, "does not lie"),
        ({"spans": ((0, 10_000),)}, "does not lie"),
        ({"spans": ((5, 9), (2, 4))}, "does not lie"),
        ({"spans": ((-1, 4),)}, "does not lie"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused(store, other, message):
    row = row_with(filled(store), "single tank")
    with pytest.raises(InputError, match=message):
        judge(store, row, **({"label": "support"} | other))
    assert dump(store)["reviews"] == []


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "<b>", "a\nb" * 40, "_x"])
def test_names_that_cannot_be(store, name):
    with pytest.raises(InputError, match="cannot be an annotator's name"), store.write() as connection:
        ensure_annotator(connection, name)


def test_a_review_moves_with_its_text(store):
    row = row_with(filled(store), "single tank")
    start = row["spans"][0][0]
    judge(store, row, "support", spans=((start, start + 20),))
    added = "A line that was put before.\n\n"
    counts = save_all(store, articles(("fico", added + FICO)))
    assert counts["moved"] >= 3
    moved = row_with(store, "single tank")
    assert moved["key"] == row["key"]
    assert moved["id"] != row["id"]
    assert moved["spans"][0][0] == start + len(added)
    one = next(one for one in loaded(store) if one.statement.id == moved["id"])
    assert one.judgement.stance == "support"
    assert one.statement.spans == ((start + len(added), start + len(added) + 20),)
    assert one.statement.text == FICO[start : start + 20].strip()


def test_a_review_whose_text_is_gone_is_flagged_and_comes_back(store):
    row = row_with(filled(store), "single tank")
    judge(store, row, "support")
    shorter = FICO[: FICO.index('"We will')]
    counts = save_all(store, articles(("fico", shorter)))
    assert counts["gone"] == 1
    assert row_with(store, "single tank")["state"] == "gone"
    assert not any("single tank" in one.statement.text for one in loaded(store))
    assert len(dump(store)["reviews"]) == 1
    save_all(store, articles(("fico", "Something new.\n\n" + shorter)))  # its old offsets now mean other words
    save_all(store, articles(("fico", "Once more.\n\n" + FICO)))
    back = row_with(store, "single tank")
    assert (back["key"], back["state"], back["quotes"]) == (row["key"], "current", None)
    one = next(one for one in loaded(store) if one.statement.id == back["id"])
    assert one.judgement.stance == "support"
    assert one.article.text[slice(*one.statement.spans[0])] == FICO[slice(*row["spans"][0])]


def test_a_reviewed_statement_that_the_labeler_no_longer_finds_is_kept(store):
    row = row_with(filled(store), "single tank")
    judge(store, row, "support")
    made = articles(("fico", "Put before.\n\n" + FICO))
    from stance.store.saving import save

    def blind(read):
        return (one for one in score(read, pipeline()) if "single tank" not in one.statement.text)

    assert save(store, made, blind, pipeline().model)["kept"] == 1
    kept = row_with(store, "single tank")
    assert (kept["key"], kept["state"], kept["spans"][0][0]) == (row["key"], "kept", row["spans"][0][0] + 13)
    text = made[0].text
    assert text[kept["source"]["start"] : kept["source"]["end"]] == kept["source"]["text"] == "Fico"
    assert [one.judgement.stance for one in loaded(store) if "single tank" in one.statement.text] == ["support"]


def test_what_nobody_reviewed_is_dropped_and_comes_back(store):
    filled(store)
    shorter = FICO[: FICO.index('"We will')]
    assert save_all(store, articles(("fico", shorter)))["dropped"] == 1
    assert not any("single tank" in one.statement.text for one in loaded(store))
    assert save_all(store, articles(("fico", FICO)))["new"] == 0
    assert row_with(store, "single tank")["state"] == "current"


def test_a_review_survives_a_new_model(store, tmp_path):
    import json
    import shutil

    from stance.model import load_model, released_dir

    row = row_with(filled(store), "single tank")
    judge(store, row, "support")
    other = tmp_path / "other"
    shutil.copytree(released_dir(), other)
    info = json.loads((other / "model.json").read_text("utf-8"))
    (other / "model.json").write_text(json.dumps(info | {"review_below": 0.999}), "utf-8")
    counts = save_all(store, articles(("fico", FICO)), load_model(other))
    assert counts["new"] == counts["moved"] == 0
    found = dump(store)
    own = [j for j in found["judgements"] if j["statement_key"] == row["key"]]
    assert len(own) == len(found["models"]) == 2  # both versions' words are kept
    one = next(one for one in loaded(store) if one.statement.id == row["id"])
    assert (one.judgement.stance, one.judgement.reviewed_by) == ("support", ("Ann",))
    assert any(one.judgement.needs_review for one in loaded(store) if one.article.id == row_article(store, row))


def row_article(store, row):
    with store.read() as connection:
        return connection.execute(select(t.articles.c.id).where(t.articles.c.key == row["article_key"])).scalar()


def table_rows(*pairs):
    return [replace(a, url=None, path="all.jsonl", title="Talks") for a in articles(*pairs)]


def test_rows_of_one_file_are_not_taken_for_one_article(store):
    save_all(store, table_rows(("a", FICO), ("b", FICO + "More."), ("c", SCHOLZ)))
    assert len(list(stored_articles(store))) == 3
    judge(store, row_with(store, "air defence"), "oppose")
    save_all(
        store, table_rows(("a", FICO), ("b", FICO + "More."), ("c", "A line.\n\n" + SCHOLZ), ("d", "New. It rained."))
    )
    assert [article.text[:7] for article in stored_articles(store)] == [FICO[:7], FICO[:7], "A line.", "New. It"]
    assert [one.judgement.stance for one in loaded(store) if "air defence" in one.statement.text] == ["oppose"]


def test_a_file_that_was_rewritten_is_the_same_article(store):
    save_all(store, [replace(articles(("a", FICO))[0], url=None, path="a.txt")])
    save_all(store, [replace(articles(("a2", SCHOLZ))[0], url=None, path="a.txt")])
    assert [article.text for article in stored_articles(store)] == [SCHOLZ]
    assert {row["state"] for row in rows(store)} == {"current", "dropped"}


PEOPLE = st.sampled_from(["Ann", "Bea"])
DONE = st.sampled_from(["support", "oppose", None, "off-topic", "skip", "settle", "undo"])
STEPS = st.lists(st.tuples(PEOPLE, st.integers(0, 2), DONE), max_size=12)


@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_verdicts_are_what_history_comes_to(steps, tmp_path_factory):
    opened = filled(open_store(tmp_path_factory.mktemp("fold") / "s.db"))
    three = rows(opened)[:3]
    stacks = {}  # the model: a stack of reviews for each person and statement, undo takes the person's newest
    order = {"Ann": [], "Bea": []}
    for who, which, what in steps:
        row = three[which]
        with opened.write() as connection:
            ensure_annotator(connection, who)
            if what == "undo":
                undo(connection, who)
                if order[who]:
                    stacks[who, order[who].pop()].pop()
                continue
            action = what if what in ("skip", "settle") else "judge"
            label = {"settle": "support", "skip": None}.get(what, what)
            add_review(connection, row["key"], who, action, None if what == "skip" else decision(row, label))
        stacks.setdefault((who, row["key"]), []).append((action, label))
        order[who].append(row["key"])
    expected = set()
    for (who, key), stack in stacks.items():
        for settles in (False, True):
            own = [entry for entry in stack if (entry[0] == "settle") == settles]
            if own:
                expected.add((key, who, *own[-1]))
    found = dump(opened)
    assert {(v["statement_key"], v["annotator"], v["action"], v["label"]) for v in found["verdicts"]} == expected
    keyed = [{k: v for k, v in row.items() if k != "quotes"} for row in found["verdicts"]]
    order_of = ("statement_key", "annotator", "action")
    assert sorted(keyed, key=lambda v: [v[k] for k in order_of]) == sorted(
        fold(found["reviews"]), key=lambda v: [v[k] for k in order_of]
    )
    for row in found["statements"]:
        own = [entry for entry in expected if entry[0] == row["key"]]
        assert row["judged_by"] == sum(entry[2] == "judge" for entry in own)
        assert row["settled"] == any(entry[2] == "settle" for entry in own)
    with opened.read() as connection:
        said = outcomes(connection)
    for row in found["statements"]:
        if row["conflict"]:
            assert said[row["key"]].decision is None
    opened.close()


WORDS = st.lists(st.sampled_from(["aid", "tanks", "never", "he", "said", "\n", "(", "*"]), min_size=1, max_size=40)


@settings(deadline=None)
@given(words=WORDS, before=WORDS, data=st.data())
def test_a_stretch_is_found_where_its_words_stand(words, before, data):
    old = " ".join(words)
    start = data.draw(st.integers(0, len(old) - 1))
    end = data.draw(st.integers(start + 1, len(old)))
    new = " ".join(before) + "\n\n" + old.replace(" ", data.draw(st.sampled_from([" ", "  ", "\n"])))
    found = relocate(((start, end),), old, new)
    if not old[start:end].split():
        assert found is None
        return
    assert found is not None
    assert new[slice(*found[0])].split() == old[start:end].split()


def test_of_two_places_the_one_with_the_same_surroundings():
    old = "He said aid will come. She said aid will come. They left."
    span = (old.index("aid will", 20), old.index("aid will", 20) + len("aid will come"))
    new = "She said nothing. " + old
    assert find(quotes_of((span,), old), new) == ((span[0] + 18, span[1] + 18),)
    assert find(quotes_of((span,), old), "Nothing is left.") is None


def test_matching_takes_the_same_actor_first_and_each_once():
    same = ((0, 10),)
    assert match([Known(same, "A"), Known(same, "B")], [Known(same, "B"), Known(same, "A")]) == {0: 1, 1: 0}
    assert match([Known(same, "A")], [Known(same, "X"), Known(same, "Y")]) == {0: 0}
    assert match([Known(((0, 10),), "A"), None], [Known(((0, 8),), "A"), Known(((20, 30),), "A")]) == {0: 0}
    assert match([Known(((0, 10),), "A")], [Known(((8, 30),), "A")]) == {}


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 10)), min_size=1, max_size=4))
def test_overlap_is_whole_with_itself(pieces):
    spans, at = [], 0
    for gap, length in pieces:
        spans.append((at + gap, at + gap + length))
        at += gap + length
    assert overlap(tuple(spans), tuple(spans)) == 1.0
    assert overlap(tuple(spans), ((at, at + 5),)) == 0.0


def test_the_migrations_make_what_the_tables_say(store):
    with store.read() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, t.metadata) == []
        assert context.get_current_revision() == HEAD


def test_head_is_the_newest_migration():
    import stance.store.migrations as here

    config = Config()
    config.set_main_option("script_location", str(Path(here.__path__[0])))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_a_database_of_an_older_stance_keeps_its_data(store_url):
    opened = filled(open_store(store_url))
    judge(opened, row_with(opened, "single tank"), "support")
    before = {name: found for name, found in dump(opened).items() if name != "suspects"}
    with opened.write() as connection:  # as 0001 left it
        connection.execute(text("DROP TABLE suspects"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    opened.close()
    again = open_store(store_url)
    assert dump(again) == before | {"suspects": []}
    with again.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), t.metadata) == []
    again.close()


def test_a_database_of_a_newer_stance_is_left_alone(store_url):
    opened = open_store(store_url)
    with opened.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9000'"))
    opened.close()
    with pytest.raises(InputError, match="newer stance"):
        open_store(store_url)


def test_many_processes_open_a_new_database_at_once(store_url):
    code = "import sys; from stance.store import open_store; open_store(sys.argv[1]).close()"
    running = [subprocess.Popen([sys.executable, "-c", code, store_url], stderr=subprocess.PIPE) for _ in range(4)]
    assert [(p.communicate()[1].decode(), p.returncode) for p in running] == [("", 0)] * 4


def hostile(path, kind):
    if kind == "text":
        path.write_text("not a database")
    elif kind == "cut":
        path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 3000)
    elif kind == "folder":
        path.mkdir()
    elif kind == "other":
        with sqlite3.connect(path) as other:
            other.execute("CREATE TABLE bills (sum INTEGER)")
    elif kind == "claims":
        with sqlite3.connect(path) as other:
            other.execute("CREATE TABLE alembic_version (version_num TEXT)")
            other.execute("INSERT INTO alembic_version VALUES (?)", (HEAD,))


@pytest.mark.parametrize("kind", ["text", "cut", "folder", "other", "claims"])
def test_what_is_no_database_of_ours_is_one_sentence_and_stays_as_it_is(tmp_path, kind):
    path = tmp_path / "x.db"
    hostile(path, kind)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(InputError) as caught:
        open_store(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    if before is not None and kind != "claims":
        assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://root@here/x", "no database that is known"),
        ("postgresql://me:secret@127.0.0.1:1/x", "database answers"),
        ("postgresql://me:secret@here:port/x", "no address of a database"),
    ],
)
def test_bad_addresses_are_told_without_the_password(url, message):
    with pytest.raises(InputError, match=message) as caught:
        open_store(url)
    assert "secret" not in str(caught.value)


def test_a_database_that_is_not_there_is_not_made_for_reading(tmp_path):
    with pytest.raises(InputError, match="no such database"):
        open_store(tmp_path / "x.db", create=False)
    assert not (tmp_path / "x.db").exists()
