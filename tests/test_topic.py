"""The topic: items named, the recipient, and the marks that the relevance model reads."""

from __future__ import annotations

import pytest

from stance.pipeline import Pipeline, load_pipeline, score
from stance.records import ITEMS, Article, Scored
from stance.topic import ON_TOPIC, signals, topic_terms


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return load_pipeline()


def only(pipeline: Pipeline, text: str) -> Scored:
    (found,) = score([Article("a", None, text, "2023-06-01")], pipeline, keep_off_topic=True)
    return found


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("We will send troops", {"troops"}),
        ("They train soldiers", {"training"}),
        ("Leopard 2 tanks", {"tanks"}),
        ("armoured personnel carriers", {"armoured-vehicles"}),
        ("infantry fighting vehicles", {"armoured-vehicles"}),
        ("field guns", {"artillery"}),
        ("artillery shells", {"artillery", "ammunition"}),
        ("cluster bombs", {"ammunition"}),
        ("Storm Shadow", {"missiles"}),
        ("cruise missiles", {"missiles"}),
        ("Patriot batteries", {"air-defence"}),
        ("fighter jets", {"aircraft"}),
        ("helicopters", {"aircraft"}),
        ("drones", {"drones"}),
        ("sea drones", {"naval"}),
        ("warships", {"naval"}),
        ("rifles", {"small-arms"}),
        ("body armour", {"small-arms"}),
        ("satellite images", {"intelligence"}),
        ("2.5 billion euros", {"funding"}),
        ("FIGHTER JETS AND SHELLS", {"aircraft", "ammunition"}),
        ("weapons", set()),
        ("The patriotic song", set()),
        ("tankers at sea", set()),
        ("", set()),
    ],
)
def test_items(text: str, items: set[str]) -> None:
    assert set(signals(text).items) == items
    assert items <= set(ITEMS)


@pytest.mark.parametrize("text", ["an anti-tank missile", "Anti-tank missiles will follow.", "anti-tank weapons"])
def test_what_is_aimed_at_tanks_is_no_tank(text: str) -> None:
    assert signals(text).items == ("missiles",)


def test_a_tank_beside_what_is_aimed_at_tanks_still_counts() -> None:
    assert set(signals("anti-tank missiles and tanks").items) == {"missiles", "tanks"}


def test_classes_are_counted() -> None:
    found = signals("We stopped weapons deliveries; we stopped sanctions")
    assert found.stop == 2
    assert found.aid >= 1
    assert found.off == 1


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("It is a fine day.", {"[bare]"}),
        ("We will send tanks", {"[give]", "[item]", "[moved]"}),
        ("one billion euros", {"[money]"}),
        ("We will stop sending", {"[give]", "[stop]"}),
        ("military aid", {"[aid]", "[arms]", "[give]", "[moved]"}),
    ],
)
def test_topic_terms_mark_the_classes_at_their_places(text: str, marks: set[str]) -> None:
    plain = text.lower()
    found = topic_terms(plain)
    assert {mark for mark, _, _ in found} == marks
    assert all(0 <= start < end <= len(plain) for _, start, end in found)


@pytest.mark.parametrize(
    ("text", "items", "recipient"),
    [
        ("Olaf Scholz said that Germany would send Leopard tanks to Ukraine.", ("tanks",), "UKR"),
        ("Olaf Scholz said that Germany would give anti-tank missiles to Ukraine.", ("missiles",), "UKR"),
        ("Joe Biden said that the United States would send missiles to Israel.", ("missiles",), "ISR"),
        ("Joe Biden said that Washington would go on arming Taiwan with missiles.", ("missiles",), "TWN"),
        ("Emmanuel Macron said that France would deliver howitzers to Armenia.", ("artillery",), "ARM"),
        ("Volodymyr Zelenskyy said that Ukraine needed more air defence.", ("air-defence",), "UKR"),
        ("Robert Fico said that Slovakia would send no ammunition to Ukraine.", ("ammunition",), "UKR"),
    ],
)
def test_items_and_recipient_of_a_statement(
    pipeline: Pipeline, text: str, items: tuple[str, ...], recipient: str
) -> None:
    topic = only(pipeline, text).topic
    assert topic.relevance >= ON_TOPIC
    assert topic.items == items
    assert topic.recipient == recipient


def test_what_is_off_topic_has_no_items_no_recipient_and_no_stance(pipeline: Pipeline) -> None:
    found = only(pipeline, "Olaf Scholz said that the harvest had been good this year.")
    assert found.topic.relevance < ON_TOPIC
    assert (found.topic.items, found.topic.recipient) == ((), None)
    assert found.judgement.stance is None


def test_off_topic_statements_are_left_out_unless_asked_for(pipeline: Pipeline) -> None:
    article = Article("a", None, "Olaf Scholz said that the harvest had been good this year.", "2023-06-01")
    assert list(score([article], pipeline)) == []


def test_aid_without_a_named_item_is_unspecified(pipeline: Pipeline) -> None:
    topic = only(pipeline, "Olaf Scholz said that Germany would keep up military aid to Ukraine.").topic
    assert topic.items == ("unspecified",)
    assert topic.recipient == "UKR"
