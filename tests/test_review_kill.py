"""SIGKILL at random moments: what was acknowledged is in the history, and the rest of the database agrees with it."""

import random
import sqlite3
import threading

import httpx
from review_server import review_server, start
from store_sample import filled
from test_store import dump, rows

from stance.store import open_store
from stance.store.reviews import fold

REVIEWS = 1000
KILLS = 10


def test_no_acknowledged_review_is_lost(tmp_path):
    path = tmp_path / "s.db"
    store = filled(open_store(path))
    keys = [row["key"] for row in rows(store)]
    store.close()
    chance = random.Random()
    acknowledged, sent, kills = set(), 0, 0
    while len(acknowledged) < REVIEWS:
        process, url = start(path, "--blind", "--annotator", "Ann")
        killer = threading.Timer(chance.uniform(0.05, 0.6), process.kill)
        if kills < KILLS:
            killer.start()
        try:
            with httpx.Client(base_url=url, headers={"Origin": url}, timeout=20) as client:
                while len(acknowledged) < REVIEWS:
                    sent += 1
                    label = chance.choice(["support", "oppose", "undecided", "off-topic"])
                    form = {"label": label, "note": f"review {sent}"}
                    if client.post(f"/statements/{chance.choice(keys)}/reviews", data=form).status_code == 303:
                        acknowledged.add(f"review {sent}")
        except httpx.TransportError:
            kills += 1
        finally:
            killer.cancel()
            process.kill()
            process.wait()
            process.stderr.close()
    assert kills == KILLS
    with sqlite3.connect(path) as check:
        assert check.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    store = open_store(path)
    found = dump(store)
    notes = [review["note"] for review in found["reviews"]]
    assert len(notes) == len(set(notes))
    assert acknowledged <= set(notes)
    assert len(set(notes) - acknowledged) <= KILLS  # in flight when the blow fell
    order = lambda v: (v["statement_key"], v["annotator"], v["action"])  # noqa: E731
    verdicts = [{k: v for k, v in row.items() if k != "quotes"} for row in found["verdicts"]]
    assert sorted(verdicts, key=order) == sorted(fold(found["reviews"]), key=order)
    store.close()


def test_two_servers_on_one_database(store_url):
    filled(open_store(store_url)).close()
    with review_server(store_url, "--blind", "--annotator", "Ann") as one, review_server(store_url, "--blind") as two:
        clients = [httpx.Client(base_url=url, headers={"Origin": url}, timeout=20) for url in (one, two)]
        clients[1].cookies.set("stance", "Bea")
        errors = []

        def work(client):
            for n in range(40):
                answer = client.post(f"/statements/{1 + n % 3}/reviews", data={"label": "support"})
                if answer.status_code != 303:
                    errors.append(answer.text)

        threads = [threading.Thread(target=work, args=(client,)) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert errors == []
    store = open_store(store_url)
    assert len(dump(store)["reviews"]) == 80
    assert {row["judged_by"] for row in rows(store)[:3]} == {2}
    store.close()
