# ruff: noqa: E501 - what people say is kept on one line
"""Invented people and what they say, for the tests of reports: scored statements, positions, and attacks."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import replace

from stance.records import Actor, Article, Judgement, Mention, Position, Scored, Statement, Topic, content_id

# {S speaker}, {C cue}, {Q content}; per line: stance, items, kind, weight

LEADERS = {
    "Q90001": ("Ilse Vandermolen", "NLD"),
    "Q90002": ("Tomasz Gryczka", "POL"),
    "Q90003": ("Kaisa Räihälä-Lund", "FIN"),
    "Q90004": ("Bertrand Aumelas", "FRA"),
    "Q90005": ("Marian Kostrec", "SVK"),
    "Q90006": ("Gergő Halmosdi", "HUN"),
    "Q90007": ("Dorothea Winkelried", "DEU"),
    "Q90008": ("Senator Calvin Ostrander", "USA"),
    "Q90009": ("Jonjo MacAllivray of Strathnaver and the Western Isles", "GBR"),
    "Q90010": ("Salvatore Brighenti", "ITA"),
    "northern-defence-league": ("Northern Defence League", None),
    "Q90012": ("Nadia El-Khoury نادية الخوري", "LBN"),
}

LINES = {
    "Q90001": [
        ("support", "aircraft", "direct", "“{Q We will hand over all twenty-four jets, and the crews to keep them flying}”, {C said} {S Ilse Vandermolen}, after the cabinet had met for most of the night in The Hague."),
        ("support", "air-defence", "indirect", "{S The Dutch prime minister} {C told} parliament that {Q a second air-defence battery would leave before the winter}. Opposition benches applauded, which is rare on a Thursday."),
        ("support", "ammunition", "mixed", "{S Vandermolen} {C called} {Q the delay in shells “a gift to the aggressor” and asked partners to pay for another half a million rounds}."),
        ("undecided", "troops", "direct", "Asked about instructors on the ground, {S she} {C answered}: “{Q That is a question for the spring. I do not rule anything out, nor in.}”"),
        ("support", "funding", "act", "{S The government of Ilse Vandermolen} {C approved} {Q a further €1.2 billion for weapons bought from Ukrainian factories}."),
        ("support", "drones", "direct", "“{Q Every drone that stays in a warehouse is a drone wasted},” {S Vandermolen} {C wrote} on the eve of the conference."),
        ("support", "aircraft", "ascribed", "{S Vandermolen}, who {C has long argued for} {Q lifting the limits on where the jets may fly}, did not take questions."),
    ],
    "Q90002": [
        ("support", "tanks", "direct", "“{Q Fourteen tanks are a beginning, not an end},” {S Tomasz Gryczka} {C told} reporters at the border crossing, where the first transporters had stood since dawn."),
        ("support", "ammunition", "direct", "{S The Polish defence minister} {C said}: “{Q Whoever waits for the perfect contract will deliver to the next war.}”"),
        ("oppose", "aircraft", "indirect", "{S Gryczka} {C ruled out} {Q giving up the remaining squadron before replacements had landed}."),
        ("support", "artillery", "act", "{S Warsaw} {C sent} {Q eighteen self-propelled howitzers}, a spokesman for Mr Gryczka confirmed."),
        ("support", "training", "mixed", "{S Gryczka} {C promised} {Q to train “another brigade by harvest time”}."),
    ],
    "Q90003": [
        ("support", "artillery", "direct", "“{Q Our twenty-eighth package has left the country. The twenty-ninth is being loaded},” {C said} {S Kaisa Räihälä-Lund}, who as ever declined to name what was in it."),
        ("support", "funding", "indirect", "{S The Finnish president} {C said} {Q the fund should be doubled and paid out in advance}."),
    ],
    "Q90004": [
        ("undecided", "troops", "direct", "“{Q Nothing should be excluded. There is no consensus today},” {S Bertrand Aumelas} {C replied} when he was asked, for the third time that evening, whether soldiers would follow the shells."),
        ("support", "missiles", "direct", "{S Aumelas} {C announced}: “{Q Forty more cruise missiles, and several hundred bombs, in the weeks to come.}”"),
        ("support", "artillery", "act", "{S Paris} {C signed} {Q an order for seventy-eight guns}, half of which it will pay for itself."),
        ("undecided", "aircraft", "indirect", "{S The French president} {C said} {Q he would take up the matter of the jets once the pilots were trained}."),
        ("support", "training", "direct", "“{Q We will train them here, there, wherever it is useful},” {C said} {S Aumelas}."),
        ("oppose", "troops", "ascribed", "{S Aumelas}, by the account of two people in the room, {C was against} {Q putting instructors east of the river}."),
        ("support", "air-defence", "direct", "“{Q A sky without cover is an invitation},” {S he} {C said}."),
        ("undecided", "funding", "indirect", "{S The Élysée} {C said} {Q a decision on the loan had been put off until the autumn}."),
        ("support", "ammunition", "mixed", "{S Aumelas} {C urged} {Q partners to “buy where the shells are, not where the flag is”}."),
    ],
    "Q90005": [
        ("oppose", "ammunition", "direct", "“{Q Not one more cartridge from the stores of our army},” {C said} {S Marian Kostrec} to a full hall, and had to wait until it was quiet again before he could go on."),
        ("oppose", "troops", "direct", "{S Kostrec} {C warned}: “{Q Whoever sends soldiers there sends the war home.}”"),
        ("oppose", "funding", "indirect", "{S The Slovak premier} {C said} {Q he would vote against the loan}."),
        ("undecided", "unspecified", "mixed", "{S Kostrec} {C said} {Q commercial contracts were “a different matter, to be looked at one by one”}."),
        ("oppose", "air-defence", "act", "{S His cabinet} {C halted} {Q the transfer of the last battery}."),
    ],
    "Q90006": [
        ("oppose", "funding", "act", "{S Gergő Halmosdi} {C vetoed} {Q the fourth tranche}, and left the building by the side door."),
        ("oppose", "unspecified", "direct", "“{Q Weapons prolong what only talks can end},” {S the Hungarian prime minister} {C said}."),
        ("oppose", "funding", "ascribed", "{S Halmosdi}, who {C has blocked} {Q every disbursement since May}, offered no compromise."),
        ("oppose", "training", "indirect", "{S Budapest} {C would not take part in} {Q the training mission}, his spokesman repeated."),
        ("oppose", "missiles", "direct", "“{Q This is madness with a price tag},” {C said} {S Halmosdi}."),
        ("undecided", "funding", "indirect", "{S Halmosdi} {C hinted} {Q that the veto might fall if the farm money came first}."),
    ],
    "Q90007": [
        ("undecided", "missiles", "direct", "“{Q We are weighing it, with care and with our allies},” {S Dorothea Winkelried} {C said}. “{Q There is no deadline, and I will not be given one.}”"),
        ("support", "tanks", "act", "{S The chancellor} {C allowed} {Q the export of eighty-eight older tanks}."),
        ("undecided", "missiles", "indirect", "{S Winkelried} {C said} {Q the question of cruise missiles was not on the table this week}."),
        ("oppose", "missiles", "direct", "“{Q I have said no, and a no is not a pause},” {S the chancellor} {C told} her party."),
        ("support", "air-defence", "direct", "{S Winkelried} {C said}: “{Q A third battery will go at once.}”"),
        ("support", "ammunition", "mixed", "{S Berlin} {C pledged} {Q “every shell that leaves the line this year”}."),
        ("undecided", "funding", "direct", "“{Q The budget is tight. Ask me again in March},” {S she} {C said}."),
    ],
    "Q90008": [
        ("oppose", "funding", "direct", "“{Q Not another blank check, not while our own border is open},” {S Senator Ostrander} {C said} on the floor."),
        ("support", "small-arms", "mixed", "{S Ostrander} {C said} he would back {Q “rifles, rounds and receipts”}."),
        ("oppose", "funding", "act", "{S Ostrander} {C voted against} {Q the supplemental}."),
        ("undecided", "intelligence", "indirect", "{S The senator} {C declined to say} {Q whether the sharing of intelligence should go on}."),
    ],
    "Q90009": [("support", "naval", "direct", "“{Q Two minehunters, crewed and paid for, the day the strait reopens},” {C said} {S the Scottish peer}.")],
    "Q90010": [
        ("undecided", "air-defence", "direct", "“{Q We do what we can. What we can is being counted},” {C said} {S Salvatore Brighenti}."),
        ("undecided", "unspecified", "indirect", "{S The Italian minister} {C gave no answer} on {Q whether a ninth package was ready}."),
        ("support", "air-defence", "act", "{S Rome} {C joined} {Q the purchase of a further battery}."),
    ],
    "northern-defence-league": [
        ("support", "armoured-vehicles", "direct", "“{Q Our members have two hundred vehicles ready to roll},” {S the league} {C said} in a joint letter."),
        ("support", "drones", "indirect", "{S The Northern Defence League} {C said} {Q it would pay for a thousand interceptors}."),
        ("support", "training", "act", "{S The league} {C extended} {Q its training mission} by two years."),
    ],
    "Q90012": [
        ("oppose", "small-arms", "direct", "{C قالت} {S نادية الخوري}: «{Q لن نرسل السلاح إلى أي طرف}». وأضافت أن الحكومة ستجتمع يوم الخميس."),
        ("oppose", "unspecified", "direct", "“{Q No side in this will have arms from us},” {S El-Khoury} {C said}, switching to English for the cameras 🎥 and then, politely, leaving."),
    ],
}  # fmt: skip

STRANGERS = [
    ("oppose", "funding", "direct", "“{Q It is our taxes they are shipping off},” {C said} {S a retired machinist} queueing outside the hall."),
    ("support", "unspecified", "indirect", "{S A senior official, who asked not to be named,} {C said} {Q more would come, and soon}."),
]  # fmt: skip

LEAD = "The meeting had been called for eight and began at ten. Outside, the tractors of the farmers kept the square loud and, for a while, impassable.\n"
TAIL = "\nThe talks go on next week. Neither side would say where."
OUTLETS = ("The Harbour Gazette", "Meridian Wire", "Nordlys & Daughters", "Il Foglietto")
BECAUSE = {
    "support": (("hand over", 1.42), ("more", 0.81), ("rule out", -0.37)),
    "oppose": (("not one more", 1.73), ("war", 0.64), ("send", -0.52)),
    "undecided": (("weighing", 1.12), ("no consensus", 0.93), ("will", -0.41)),
}


def scored_from(line: tuple[str, str, str, str], actor_id: str | None, published: str | None, n: int) -> Scored:
    """A scored statement from a line of the little language above."""
    stance, item, kind, template = line
    text, found = LEAD, []
    for part in re.split(r"(\{[SCQ] [^}]*\})", template):
        role = part[1] if part.startswith("{") else ""
        words = part[3:-1] if role else part
        found += [(role, len(text), len(text) + len(words))] if role else []
        text += words
    text += TAIL
    mention = {r: Mention(text[a:b], a, b) for r, a, b in reversed(found) if r != "Q"}
    spans = tuple((a, b) for r, a, b in found if r == "Q")
    rng = random.Random(n)
    sure = rng.choice((0.94, 0.88, 0.79, 0.62, 0.48))
    rest = rng.random() * (1 - sure)
    others = [s for s in ("support", "oppose", "undecided") if s != stance]
    probabilities = {stance: sure, others[0]: rest, others[1]: 1 - sure - rest}
    name, country = LEADERS[actor_id] if actor_id else ("", None)
    article = Article(
        id=content_id(text, published, n),
        title=f"Ministers meet in session {n}: what was said & what was not",
        text=text,
        published=published,
        url=f"https://news.example/{n}?a=1&b=2" if n % 3 else None,
        source=OUTLETS[n % len(OUTLETS)],
        path=f"articles/2024/{n:03}.txt",
    )
    statement = Statement(
        id=content_id(article.id, spans),
        article_id=article.id,
        actor=Actor(actor_id, name, "person", country) if actor_id else None,
        source=mention.get("S"),
        cue=mention.get("C"),
        spans=spans,
        text=" ".join(text[a:b] for a, b in spans),
        kind=kind,  # type: ignore[arg-type]
    )
    recipient = ("UKR", "UKR", "UKR", "MDA", "ISR")[n % 5]
    judgement = Judgement(stance, probabilities, sure, sure < 0.6, BECAUSE[stance])  # type: ignore[arg-type]
    return Scored(article, statement, Topic(0.97, (item,), recipient), judgement)


def sample() -> list[Scored]:
    """Twelve leaders over two years, and two speakers nobody knows."""
    out, n = [], 0
    for actor_id, lines in LINES.items():
        # those who speak often do so throughout the two years
        for i, line in enumerate(lines * (3 if len(lines) > 4 else 1)):
            n += 1
            month = (n * 5 + i * 3) % 22
            undated = n % 17 == 0
            published = None if undated else f"{2024 + month // 12}-{month % 12 + 1:02}-{(n * 7) % 27 + 1:02}"
            out.append(scored_from(line, actor_id, published, n))
    out += [scored_from(line, None, "2025-03-0" + str(i + 1), 900 + i) for i, line in enumerate(STRANGERS)]
    return out


def sample_positions(scored: list[Scored]) -> list[Position]:
    """Positions by a rule of thumb; how they are really worked out is not the report's business."""
    groups: dict[tuple[str, str | None], list[Scored]] = {}
    for one in scored:
        if one.statement.actor and one.judgement.stance:
            for item in (None, *one.topic.items):
                groups.setdefault((one.statement.actor.id, item), []).append(one)
    return [position_of(group, item) for (_, item), group in groups.items()]


def position_of(group: list[Scored], item: str | None) -> Position:
    actor = group[0].statement.actor
    assert actor
    n = len(group)
    mean = sum(o.judgement.probabilities["support"] - o.judgement.probabilities["oppose"] for o in group) / (n + 1)
    half = 1.2 / (n + 1) ** 0.5
    days = sorted(o.article.published for o in group if o.article.published)
    return Position(
        actor_id=actor.id,
        actor=actor.name,
        country=actor.country,
        item=item,
        score=mean,
        low=max(-1.0, mean - half * (1 + mean) / 1.5),
        high=min(1.0, mean + half * (1 - mean) / 1.5),
        statements=n,
        articles=len({o.article.id for o in group}),
        counts=Counter(o.judgement.stance or "" for o in group),
        evidence=tuple(o.statement.id for o in group),
        first=days[0] if days else None,
        last=days[-1] if days else None,
    )


HOSTILE = (
    '<script>window.owned = 1</script><img src=x onerror="window.owned = 2">\u202e}}{{ 7*7 }}'
    "</script><style>*{display:none}</style>'\" onmouseover='window.owned=3' &amp; \U0001f926\U0001f3fd e\u0301 \x00 end"
)


def hostile() -> list[Scored]:
    """A statement in which every field that a reader can fill is an attack."""
    actor = Actor('x"><script>window.owned=4</script>', HOSTILE, "person", '<b>"')
    text = f"{HOSTILE}\n{HOSTILE}"
    article = Article("h", HOSTILE, text, "2024-05-05", "javascript:window.owned=5", HOSTILE, HOSTILE)
    source, cue = Mention(text[3:40], 3, 40), Mention(text[20:60], 20, 60)
    statement = Statement(
        's"><img src=x onerror=window.owned=6>', "h", actor, source, cue, ((30, 90),), HOSTILE, "direct"
    )
    judgement = Judgement("oppose", {"support": 0.1, "oppose": 0.8, "undecided": 0.1}, 0.8, True, ((HOSTILE, 1.0),))
    topic = Topic(1.0, (HOSTILE,), '"><script>window.owned=7</script>')
    one = Scored(article, statement, topic, judgement)
    later = replace(
        one,
        article=replace(article, id="h2", published="2024-05-06", url="https://a.example/?q=%22&x='onmouseover=owned"),
    )
    data = replace(one, article=replace(article, id="h3", url="data:text/html,<script>window.owned=8</script>"))
    return [one, later, data, replace(one, statement=replace(statement, actor=None))]
