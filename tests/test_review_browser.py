"""The whole loop in a real browser: score, open, correct by keyboard, export, train, see the change."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from review_server import review_server
from store_sample import FICO, articles, few_labeled, filled, save_all
from test_cli import json_lines, stance
from test_review import HOSTILE
from test_store import dump, judge, row_with, rows

from stance.store import open_store

PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}


@pytest.fixture
def open_page(browser):
    """Opens pages as somebody, and checks afterwards that nothing complained."""
    contexts, noise = [], []

    def page_of(url, who="Ann", **options):
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("console", lambda message: noise.append(message.text))
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on("dialog", lambda dialog: (noise.append("dialog"), dialog.dismiss()))
        page.on("request", lambda r: None if r.url.startswith((url, "data:")) else noise.append(r.url))
        page.goto(f"{url}/name")
        page.fill("#name", who)
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_contain_text("checked by people")
        return page

    yield page_of
    for context in contexts:
        context.close()
    assert noise == []


@pytest.fixture
def db(tmp_path):
    store = filled(open_store(tmp_path / "s.db"))
    yield store
    store.close()


def judged_by_key(page, key):
    """Presses a key and waits for the next page."""
    before = page.url
    page.keyboard.press(key)
    page.wait_for_url(lambda url: (url != before and "/statements/" in url) or "/queue" in url)


def select_words(page, words):
    """Selects words of the article as a mouse would."""
    page.evaluate(
        """(words) => {
          const walker = document.createTreeWalker(document.getElementById("article"), NodeFilter.SHOW_TEXT);
          const nodes = [];
          while (walker.nextNode()) nodes.push(walker.currentNode);
          const at = nodes.map((n) => n.data).join("").indexOf(words);
          const place = (offset) => {
            for (const node of nodes) {
              if (offset <= node.length) return [node, offset];
              offset -= node.length;
            }
          };
          const range = document.createRange();
          range.setStart(...place(at));
          range.setEnd(...place(at + words.length));
          getSelection().removeAllRanges();
          getSelection().addRange(range);
        }""",
        words,
    )
    expect(page.locator("#use-selection")).to_be_enabled()  # the browser tells of a selection a moment after it


def test_the_whole_loop(open_page, tmp_path):
    db = tmp_path / "s.db"
    assert stance("score", "seeds/articles", "--db", db).returncode == 0
    keys = {"s": "support", "o": "oppose", "u": "undecided", "n": "off-topic"}
    with review_server(db) as url:
        page = open_page(url)
        page.get_by_role("link", name="Begin with the queue").click()
        page.wait_for_url("**/statements/**")  # and for its script
        expected = {}
        for key in "sounsounso":
            number = int(re.search(r"/statements/(\d+)", page.url)[1])
            expected[number] = keys[key]
            judged_by_key(page, key)
        expect(page.locator(".progress")).to_contain_text("10 by you")

        speaker = int(re.search(r"/statements/(\d+)", page.url)[1])
        page.keyboard.press("w")
        page.keyboard.type("jens stolt")
        expect(page.get_by_role("option").first).to_contain_text("Jens Stoltenberg")
        page.keyboard.press("Enter")
        expect(page.locator("input.actor")).not_to_be_focused()
        judged_by_key(page, "s")

        span = int(re.search(r"/statements/(\d+)", page.url)[1])
        words = page.locator("mark.content").first.inner_text()[:18].strip()
        select_words(page, words)
        page.keyboard.press("x")
        expect(page.locator("#chosen")).to_have_text(words)
        page.keyboard.press("e")
        page.keyboard.type("only the first words")
        page.keyboard.press("Escape")
        judged_by_key(page, "o")

        page.goto(f"{url}/data")
        with page.expect_download() as download:
            page.get_by_role("link", name="JSON lines").click()
        exported = json_lines(download.value.path().read_text("utf-8"))
    assert len(exported) == 12
    store = open_store(db)
    saved = {v["statement_key"]: v for v in dump(store)["verdicts"]}
    ids = {row["key"]: row["id"] for row in rows(store)}
    assert {key: saved[key]["label"] for key in expected} == expected
    assert (saved[speaker]["actor"], saved[speaker]["label"]) == ("Jens Stoltenberg", "support")
    by_id = {row["statement_id"]: row for row in exported}
    assert by_id[ids[span]]["text"] == words
    assert by_id[ids[span]]["note"] == "only the first words"
    store.close()

    trained = stance("train", few_labeled(tmp_path), "--db", db, "--quick", "-o", tmp_path / "model")
    assert trained.returncode == 0, trained.stderr
    assert "what the reviews bought" in trained.stdout
    assert stance("score", "--db", db, "--model", tmp_path / "model").returncode == 0
    assert stance("report", "--db", db, "--out", tmp_path / "r").returncode == 0
    told = {row["id"]: row for row in json_lines((tmp_path / "r" / "statements.jsonl").read_text("utf-8"))}
    for number, label in expected.items():
        if label == "off-topic":
            assert ids[number] not in told
        else:
            assert (told[ids[number]]["stance"], told[ids[number]]["reviewed_by"]) == (label, ["Ann"])
    assert told[ids[speaker]]["actor"] == "Jens Stoltenberg"
    assert told[ids[span]]["text"] == words
    with review_server(db, "--model", str(tmp_path / "model"), "--annotator", "Ann") as url:
        page = open_page(url)
        page.goto(f"{url}/agreement")
        table = page.locator("table", has_text="Models against people")
        expect(table.locator("tbody tr")).to_have_count(2)  # the released model, and the one that the reviews trained


def test_undo_skip_and_reload_by_keyboard(open_page, db):
    with review_server(db.name, "--blind") as url:
        page = open_page(url)
        page.goto(f"{url}/queue")
        first = page.url
        judged_by_key(page, "k")
        second = page.url
        judged_by_key(page, "s")
        judged_by_key(page, "z")
        assert page.url == second
        page.reload()
        assert page.url == second
        judged_by_key(page, "z")
        assert page.url == first
        page.keyboard.press("c")
        expect(page.locator("#codebook")).to_have_attribute("open", "")
        page.keyboard.press("e")
        page.keyboard.type("so no unwanted key")  # letters in a field judge nothing
        assert page.url == first
    assert dump(db)["verdicts"] == []


def test_a_speaker_of_nobody_and_a_second_stretch(open_page, db):
    row = row_with(db, "single tank")
    with review_server(db.name, "--blind") as url:
        page = open_page(url)
        page.goto(f"{url}/statements/{row['key']}")
        page.keyboard.press("w")
        page.keyboard.press("Enter")
        expect(page.locator("input.actor")).to_have_value("?")
        select_words(page, "single tank")
        page.click("#use-selection")
        select_words(page, "We will")
        page.click("#add-selection")
        expect(page.locator("#chosen")).to_have_text("We will … single tank")
        judged_by_key(page, "o")
    (verdict,) = dump(db)["verdicts"]
    assert verdict["actor_id"] is None
    assert [FICO[start:end] for start, end in verdict["spans"]] == ["We will", "single tank"]


def test_selected_offsets_count_as_the_article_does(open_page, tmp_path):
    """Carriage returns, characters beyond U+FFFF and direction controls before the selection."""
    store = open_store(tmp_path / "s.db")
    text = "\U0001f680\r\n\U0001f680 \u202eNews\u202c\r\n\r\n" + FICO
    save_all(store, articles(("x", text)))
    row = row_with(store, "single tank")
    with review_server(store.name, "--blind") as url:
        page = open_page(url)
        page.goto(f"{url}/statements/{row['key']}")
        select_words(page, "not give them")
        page.keyboard.press("x")
        judged_by_key(page, "o")
    (verdict,) = dump(store)["verdicts"]
    ((start, end),) = verdict["spans"]
    assert text[start:end] == "not give them"
    store.close()


def test_a_leaders_page_by_keyboard(open_page, db):
    with review_server(db.name) as url:
        page = open_page(url)
        page.goto(f"{url}/leaders")
        page.get_by_role("link", name="Robert Fico").click()
        expect(page.locator(".list-review > li.here")).to_have_count(1)
        total = page.locator(".list-review > li").count()
        assert total >= 2
        for n in range(total):
            page.keyboard.press("o")
            expect(page.locator(".list-review > li.judged")).to_have_count(n + 1)
            expect(page.locator(".list-review > li.here")).to_have_count(1)
    assert {v["label"] for v in dump(db)["verdicts"]} == {"oppose"}
    assert len(dump(db)["verdicts"]) == total


def test_hostile_articles_do_nothing(open_page, tmp_path):
    store = open_store(tmp_path / "s.db")
    save_all(store, articles(("h", HOSTILE), ("fico", FICO)))
    judge(store, rows(store)[0], "support", note="<img src=x onerror=alert(3)>")
    judge(store, rows(store)[0], "oppose", who="Bea")
    with review_server(store.name) as url:
        page = open_page(url)
        for path in ("/queue", f"/statements/{rows(store)[0]['key']}", "/leaders/robert-fico", "/conflicts"):
            page.goto(url + path)
            assert page.locator("main img, main script").count() == 0
    store.close()


@pytest.mark.parametrize(("scheme", "device"), [("light", {}), ("dark", PHONE)])
def test_pages_are_accessible_and_fit(open_page, db, scheme, device):
    tank = row_with(db, "single tank")
    judge(db, tank, "support", who="Bea", note="why")
    judge(db, tank, "oppose", who="Cy")
    with review_server(db.name) as url:
        page = open_page(url, color_scheme=scheme, **device)
        pages = ("/", "/queue", "/leaders", "/leaders/robert-fico", "/conflicts", "/agreement", "/data", "/codebook")
        for path in pages:
            page.goto(url + path)
            found = Axe().run(page).response["violations"]
            assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == [], path
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, path
        page.goto(f"{url}/queue")
        if device:
            for button in page.locator("#decision .choice").all():
                box = button.bounding_box()
                assert box["height"] >= 44
                assert box["y"] + box["height"] <= 844  # in reach of the thumb
            page.tap("button[value=support]")
            expect(page.locator(".progress")).to_contain_text("1 by you")


def test_it_works_without_script(open_page, browser, db):
    with review_server(db.name) as url:
        page = open_page(url, java_script_enabled=False)
        page.goto(f"{url}/statements/{row_with(db, 'single tank')['key']}")
        page.fill("input.actor", "Emmanuel Macron")
        page.click("button[value=undecided]")
        assert page.locator("h1").count() == 1
    (verdict,) = dump(db)["verdicts"]
    assert (verdict["actor_id"], verdict["label"]) == ("Q3052772", "undecided")


def test_without_a_token_the_door_stays_shut(browser, db):
    with review_server(db.name, "--blind", "--team", "Ann,Bea") as url:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{url}/queue")
        expect(page.locator("h1")).to_have_text("Who are you?")
        page.fill("#name", "Ann")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("not known")
        context.close()


def test_bad_starts_are_told_in_a_sentence(db, tmp_path):
    for options in (
        ["--db", tmp_path / "none.db"],
        ["--db", db.name, "--host", "0.0.0.0"],
        ["--db", db.name, "--strategy", "best"],
        ["--db", db.name, "--annotator", "<b>"],
        ["--db", db.name, "--host", "192.0.2.1", "--team", "Ann"],
    ):
        found = stance("review", *options)
        assert (found.returncode, found.stdout) == (2, ""), options
        assert found.stderr.count("\n") == 1
