"""The review app over its pages: who sees what, what a judgement does, and what is refused."""

import json
import re
from urllib.parse import quote

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient
from store_sample import FICO, SCHOLZ, articles, filled, pipeline, save_all
from test_store import dump, judge, loaded, row_with, rows

from stance.review.app import LIMIT, create_app
from stance.review.context import Settings
from stance.review.exchange import UPLOAD
from stance.review.people import give_token
from stance.review.queue import Sharing, next_statement, progress
from stance.review.security import HEADERS
from stance.store import open_store
from stance.store import tables as t
from stance.store.tables import rows_of

HOST = "http://127.0.0.1:8700"


@pytest.fixture
def store(tmp_path):
    opened = filled(open_store(tmp_path / "s.db"))  # test_review_api opens every page on PostgreSQL too
    yield opened
    opened.close()


def client_of(store, who="Ann", **settings):
    client = TestClient(create_app(store, Settings(**settings)), base_url=HOST, headers={"Origin": HOST})
    if who is not None and not settings.get("tokens"):
        client.cookies.set("stance", quote(who))
    return client


@pytest.fixture
def client(store):
    return client_of(store)


def send(client, key, label, **fields):
    answer = client.post(f"/statements/{key}/reviews", data={"label": label} | fields, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def now_at(client, strategy="mixed"):
    """The key of the statement that the queue shows."""
    found = client.get(f"/queue?strategy={strategy}", follow_redirects=False)
    return int(re.search(r"/statements/(\d+)", found.headers["location"])[1]) if found.status_code == 303 else None


PAGES = ["/", "/statements/1", "/leaders", "/leaders/robert-fico", "/conflicts", "/agreement", "/suspects", "/data",
         "/codebook", "/name", "/actors?q=macron"]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_there_and_carries_the_policy(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "style=" not in answer.text  # which the policy forbids
    assert "<script>" not in answer.text


def test_a_judgement_is_in_the_history_and_the_next_statement_shown(store, client):
    first = now_at(client)
    where = send(client, first, "support", note="clear", strategy="mixed")
    assert where == "/queue?strategy=mixed"
    assert now_at(client) not in (None, first)
    (review,) = dump(store)["reviews"]
    assert (review["annotator"], review["label"], review["note"]) == ("Ann", "support", "clear")
    assert review["statement_key"] == first


def test_all_are_seen_once_and_then_nothing_waits(store, client):
    seen = []
    while (key := now_at(client)) is not None:
        seen.append(key)
        send(client, key, "undecided")
    assert sorted(seen) == [row["key"] for row in rows(store)]
    assert "Nothing waits for you" in client.get("/queue").text


@pytest.mark.parametrize("strategy", ["mixed", "uncertainty", "disagreement", "novelty"])
def test_the_queue_is_in_the_order_of_its_strategy(store, client, strategy):
    seen = []
    while (key := now_at(client, strategy)) is not None:
        seen.append(key)
        send(client, key, "skip")
    worth = {row["key"]: row[strategy] for row in rows(store)}
    assert [worth[key] for key in seen] == sorted(worth.values(), reverse=True)


def test_a_random_order_is_that_of_the_lots(store, client):
    assert now_at(client, "random") == min(rows(store), key=lambda row: row["lot"])["key"]


def test_skipped_ones_come_back_when_asked_for(store, client):
    key = now_at(client)
    send(client, key, "skip")
    assert now_at(client) != key
    assert now_at(client, "skipped") == key
    send(client, key, "support")
    assert now_at(client, "skipped") is None


def test_undo_goes_back_step_by_step(store, client):
    first, _ = now_at(client), send(client, now_at(client), "support")
    second, _ = now_at(client), send(client, now_at(client), "skip")
    for key in (second, first):
        answer = client.post("/undo", data={"strategy": "mixed"}, follow_redirects=False)
        assert answer.headers["location"] == f"/statements/{key}?strategy=mixed"
    assert dump(store)["verdicts"] == []
    assert len(dump(store)["reviews"]) == 4
    assert now_at(client) == first


def test_a_speaker_is_fixed_by_id_by_name_or_to_nobody(store, client):
    row = row_with(store, "single tank")
    for given, expected in [
        ("Q3052772", "Q3052772"),
        ("emmanuel  macron", "Q3052772"),
        ("Whoever [Q3052772]", "Q3052772"),
        ("?", None),
        ("", row["actor_id"]),
    ]:
        send(client, row["key"], "oppose", actor=given)
        (verdict,) = dump(store)["verdicts"]
        assert (verdict["actor_id"], verdict["label"]) == (expected, "oppose")
    send(client, row["key"], "speaker", actor="Q3052772")
    (verdict,) = dump(store)["verdicts"]
    assert (verdict["label"], verdict["actor"]) == (None, "Emmanuel Macron")


def test_a_stretch_is_fixed(store, client):
    row = row_with(store, "single tank")
    start = row["spans"][0][0]
    send(client, row["key"], "oppose", spans=json.dumps([[start, start + 7], [start + 10, start + 20]]))
    one = next(one for one in loaded(store) if one.statement.id == row["id"])
    assert one.statement.spans == ((start, start + 7), (start + 10, start + 20))
    assert one.statement.text == f"{FICO[start : start + 7]} {FICO[start + 10 : start + 20]}".strip()


@pytest.mark.parametrize(
    ("fields", "status", "word"),
    [
        ({"label": "maybe"}, 422, "label"),
        ({}, 422, "label"),
        ({"label": "support", "actor": "Nobody Known"}, 400, "no one person or body"),
        ({"label": "support", "spans": "[[0,"}, 400, "select it again"),
        ({"label": "support", "spans": "[[9,3]]"}, 400, "does not lie"),
        ({"label": "support", "spans": "[[0, 99999]]"}, 400, "does not lie"),
        ({"label": "support", "spans": "5"}, 400, "select it again"),
        ({"label": "support", "note": "x" * 3000}, 422, "note"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(store, client, fields, status, word):
    answer = client.post("/statements/1/reviews", data=fields)
    assert answer.status_code == status
    assert word in answer.text
    assert dump(store)["reviews"] == []


@pytest.mark.parametrize("path", ["/statements/999", "/leaders/none", "/nowhere", "/statements/0", "/static/x.py"])
def test_what_is_not_there_is_a_page_that_says_so(client, path):
    answer = client.get(path)
    assert answer.status_code in (400, 404, 422)
    assert "That did not work" in answer.text


def test_nobody_sees_what_others_said_before_judging(store, client):
    key = now_at(client)
    send(client, key, "support", note="secret-of-ann")
    bea = client_of(store, "Bea")
    page = bea.get(f"/statements/{key}").text
    assert "secret-of-ann" not in page
    assert "Ann" not in page
    send(bea, key, "oppose")
    page = bea.get(f"/statements/{key}").text
    assert "secret-of-ann" in page
    leader = client_of(store, "Cy").get("/leaders/robert-fico").text
    assert "secret-of-ann" not in leader
    assert "Others differ" not in leader


def test_blind_work_shows_no_suggestion(store):
    assert "the model says" in client_of(store).get("/statements/1").text
    assert "the model says" not in client_of(store, blind=True).get("/statements/1").text


def test_a_chosen_share_is_judged_by_two(store):
    sharing = Sharing(double=1.0, gold_every=0)
    ann, bea, cy = (client_of(store, who, sharing=sharing) for who in ("Ann", "Bea", "Cy"))
    total = len(rows(store))
    for one in (ann, bea):
        count = 0
        while (key := now_at(one)) is not None:
            send(one, key, "support")
            count += 1
        assert count == total
    assert now_at(cy) is None
    single = client_of(store, "Dee", sharing=Sharing(double=0.0, gold_every=0))
    assert now_at(single) is None


def test_two_people_are_not_sent_to_the_same_statement(store):
    app = create_app(store, Settings())
    ann, bea = (TestClient(app, base_url=HOST, headers={"Origin": HOST}) for _ in range(2))
    ann.cookies.set("stance", "Ann")
    bea.cookies.set("stance", "Bea")
    first = now_at(ann)
    assert now_at(bea) != first
    assert now_at(ann) == first


def test_a_conflict_is_settled_and_becomes_gold(store):
    sharing = Sharing(double=1.0, gold_every=1)
    ann, bea, cy, dee = (client_of(store, who, sharing=sharing) for who in ("Ann", "Bea", "Cy", "Dee"))
    key = row_with(store, "single tank")["key"]
    send(ann, key, "support", note="reading-of-ann")
    send(bea, key, "oppose")
    page = cy.get("/conflicts").text
    assert "reading-of-ann" in page
    answer = cy.post(f"/statements/{key}/settlement", data={"label": "oppose", "gold": "true"}, follow_redirects=False)
    assert answer.status_code == 303
    assert "People differ on nothing" in cy.get("/conflicts").text
    assert now_at(dee) == key  # a question whose answer is known, due at once
    send(dee, key, "undecided")
    text = dee.get("/agreement").text
    assert re.search(r"Dee</th><td class=\"number\">1</td><td class=\"number\">0%", text)
    one = next(one for one in loaded(store) if "single tank" in one.statement.text)
    assert one.judgement.stance == "oppose"


def test_only_adjudicators_settle_and_take_files(store):
    ann = client_of(store, "Ann", adjudicators=("Zoe",))
    for answer in (
        ann.get("/conflicts"),
        ann.get("/export/jsonl"),
        ann.post("/statements/1/settlement", data={"label": "support"}),
        ann.post("/import", files={"file": ("x.jsonl", b"{}")}),
    ):
        assert answer.status_code == 400
        assert "may not settle" in answer.text
    assert "Conflicts" not in ann.get("/").text.split("</header>")[0]
    assert client_of(store, "Zoe", adjudicators=("Zoe",)).get("/export/jsonl").status_code == 200


def test_a_leaders_page_judges_in_place(store, client):
    row = row_with(store, "single tank")
    assert send(client, row["key"], "support", leader=row["actor_id"]) == f"/leaders/robert-fico#s{row['key']}"
    page = client.get("/leaders/robert-fico").text
    assert f'id="s{row["key"]}" tabindex="-1" class="judged"' in page
    assert (
        send(client, row["key"], "support", leader="//evil.example/") == f"/leaders/%2F%2Fevil.example%2F#s{row['key']}"
    )


def test_actors_are_found_by_typing_those_in_office_first(client):
    found = client.get("/actors?q=chancellor&on=2024-02-27").json()
    assert "Olaf Scholz" in [actor["name"] for actor in found[:2]]
    assert client.get("/actors?q=emmanuel macron").json()[0]["id"] == "Q3052772"
    assert client.get("/actors?q=").json() == []
    assert client.get("/actors?q=x&on=yesterday").status_code == 422


HOSTILE = (
    "Slovak Prime Minister Robert Fico said Slovakia would never send <script>alert(1)</script> tanks to Ukraine & "
    '"so" on </div>'
    "<img src=x onerror=alert(2)>.\r\n\r\nHe said \u202etanks\u202c would not be sent to Ukraine.\r\n"
)


def test_the_article_is_escaped_and_exact(tmp_path):
    import html

    opened = open_store(tmp_path / "s.db")
    save_all(opened, articles(("h", HOSTILE)))
    client = client_of(opened)
    for row in rows(opened):
        page = client.get(f"/statements/{row['key']}").text
        assert "<script>alert" not in page
        assert "<img" not in page
        inner = re.search(r'id="article"[^>]*>(.*?)</div>\n', page, re.DOTALL)[1]
        assert html.unescape(re.sub(r"<[^>]*>", "", inner)) == HOSTILE
    opened.close()


# what is refused


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8700", 200),
        ("localhost:8700", 200),
        ("[::1]:8700", 200),
        ("192.168.1.5:8700", 200),
        ("evil.example", 403),
        ("127.0.0.1.evil.example:8700", 403),
        ("", 403),
        ("[::1", 403),
        ("localhost.evil.example", 403),
    ],
)
def test_hosts(client, host, status):
    assert client.get("/name", headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    "origin",
    [None, "null", "http://evil.example", "http://127.0.0.1:9999", "http://127.0.0.1", "http://localhost:8700"],
)
def test_changes_from_elsewhere_are_refused(store, client, origin):
    headers = {} if origin is None else {"Origin": origin}
    plain = TestClient(client.app, base_url=HOST, cookies={"stance": "Ann"})
    for path in ("/statements/1/reviews", "/undo", "/name", "/statements/1/settlement", "/import"):
        assert plain.post(path, data={"label": "support", "name": "x"}, headers=headers).status_code == 403
    assert dump(store)["reviews"] == []


def test_bodies_are_limited(store, client):
    big = client.post("/statements/1/reviews", data={"label": "support", "note": "x" * (LIMIT + 1)})
    assert big.status_code == 413

    def endless():
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
        for _ in range(UPLOAD // 2**20 + 2):
            yield b"x" * 2**20

    headers = {"content-type": "multipart/form-data; boundary=b"}
    assert client.post("/import", content=endless(), headers=headers).status_code == 413
    assert client.post("/undo", content=endless(), headers=headers).status_code == 413
    assert dump(store)["reviews"] == []


def test_without_a_name_nothing_is_shown(store):
    nobody = client_of(store, None)
    for path in PAGES:
        if path != "/name":
            answer = nobody.get(path, follow_redirects=False)
            assert (answer.status_code, answer.headers["location"]) == (303, "/name")
    assert nobody.post("/statements/1/reviews", data={"label": "support"}).status_code == 401
    assert nobody.post("/name", data={"name": "<b>x</b>"}).status_code == 400
    assert nobody.post("/name", data={"name": "Éva Nagy"}, follow_redirects=False).status_code == 303
    assert "Éva Nagy" in nobody.get("/").text


def test_tokens(store):
    with store.write() as connection:
        _, ann = give_token(connection, "Ann")
        _, old = give_token(connection, "Bea")
        _, bea = give_token(connection, "Bea")
    settings = {"tokens": True, "annotator": "Ann"}
    stranger = client_of(store, None, **settings)
    stranger.cookies.set("stance", "Ann")
    assert stranger.get("/", follow_redirects=False).headers["location"] == "/name"
    for wrong in ("nonsense", old, "", "Ann"):
        guest = client_of(store, None, **settings)
        assert guest.get(f"/?token={wrong}", follow_redirects=False).headers["location"] == "/name"
        assert guest.post("/name", data={"name": wrong or "x"}).status_code == 400
    guest = client_of(store, None, **settings)
    answer = guest.get(f"/?token={bea}", follow_redirects=False)
    assert answer.headers["location"] == "/"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    send(guest, 1, "support")
    assert dump(store)["reviews"][0]["annotator"] == "Bea"
    assert ann not in str(dump(store))


def test_progress_counts(store):
    for who, label in (("Ann", "support"), ("Bea", "oppose")):
        judge(store, row_with(store, "single tank"), label, who=who)
    with store.read() as connection:
        found = progress(connection, "Ann", Sharing())
        assert (found.total, found.done, found.own, found.conflicts) == (len(rows(store)), 1, 1, 1)
        assert next_statement(connection, "Cy") is not None


def test_statements_that_are_gone_wait_for_nobody(store):
    judge(store, row_with(store, "single tank"), "support")
    save_all(store, articles(("fico", FICO[: FICO.index('"We will')]), ("scholz", SCHOLZ)))
    with store.read() as connection:
        found = progress(connection, "Bea", Sharing(double=1.0))
        states = {row["state"] for row in rows_of(connection, select(t.statements))}
    assert states == {"current", "gone"}
    assert found.total == sum(row["state"] == "current" for row in rows(store))


def test_the_model_behind_the_reasons_is_the_one_asked_for(store):
    assert client_of(store).app.state.context.model.folder == pipeline().model.folder


def test_what_no_database_holds_is_no_error(store, client):
    assert client.get("/leaders/%00").status_code == 422
    assert client.get("/actors?q=%00").status_code == 200
    form = {"content-type": "application/x-www-form-urlencoded"}
    client.post("/statements/1/reviews", content=b"label=support&note=a%00b%ED%A0%80", headers=form)
    assert dump(store)["reviews"][0]["note"].startswith("a\ufffdb")
    assert client.post("/statements/1/reviews", data={"label": "support", "actor": "\x00"}).status_code == 400
    line = json.dumps({"statement_id": "\x00", "stance": "support", "annotator": "Eva", "note": "\ud800"}).encode()
    answer = client.post("/import", files={"file": ("\x00.jsonl", line)})
    assert (answer.status_code, "1 skipped" in answer.text) == (200, True)


def test_files_come_and_go(store, client):
    judge(store, row_with(store, "single tank"), "support")
    for form in ("jsonl", "csv", "label-studio", "doccano", "prodigy"):
        out = client.get(f"/export/{form}")
        assert out.headers["content-disposition"].startswith("attachment")
        name = out.headers["content-disposition"].split('"')[1]
        answer = client.post("/import", files={"file": (name, out.content)})
        assert "1 there already" in answer.text
    assert client.post("/import", files={"file": ("x", b"\xff\xfe")}).status_code == 400
    assert client.post("/import", files={"file": ("<b>.jsonl", b"{")}).status_code == 400
    assert client.get("/export/exe").status_code == 422


def test_a_judgement_of_a_text_that_has_changed_is_refused(store, client):
    row = row_with(store, "single tank")
    seen = re.search(r'name="article" value="(\w+)"', client.get(f"/statements/{row['key']}").text)[1]
    save_all(store, articles(("fico", "Put before.\n\n" + FICO)))
    old = client.post(f"/statements/{row['key']}/reviews", data={"label": "support", "article": seen})
    assert (old.status_code, "has changed" in old.text) == (400, True)
    assert dump(store)["reviews"] == []
    seen = re.search(r'name="article" value="(\w+)"', client.get(f"/statements/{row['key']}").text)[1]
    send(client, row["key"], "support", article=seen)
