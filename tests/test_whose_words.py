"""Whose words: chains of reference through an article, in small invented articles about real and invented people.

A case is (date, text, source, who): who the statement of that source, the last one of that wording, belongs to.
In `who` a "+" joins those who speak together, "*" marks words of a spokesperson or an office, "?" is nobody, and
"? A | B" nobody, with these candidates.
"""

from __future__ import annotations

import json

import pytest

from stance.actors.discourse import words as discourse_words
from stance.actors.mentions import words as mention_words
from stance.actors.registry import load_registry
from stance.actors.resolver import Resolver
from stance.exports import label_lines
from stance.labeling import label
from stance.records import Article, Statement, statement_json
from stance.report.files import columns, flat, statement_schema

REGISTRY = load_registry()
RESOLVER = Resolver(REGISTRY)

SPOKESPEOPLE = [
    (
        "2023-01-26",
        "Norwegian Prime Minister Jonas Gahr Støre left.\n\nPrime Minister Mark Rutte’s government said it was late.",
        "Prime Minister Mark Rutte’s government",
        "Netherlands",
    ),
    (
        "2023-01-26",
        "Chancellor Olaf Scholz’s government said that it was late.",
        "Chancellor Olaf Scholz’s government",
        "Germany",
    ),
    ("2024-02-27", "A spokesman for Macron said that it was late.", "A spokesman for Macron", "Emmanuel Macron*"),
    (
        "2024-02-27",
        "A spokeswoman for President Emmanuel Macron said that it was late.",
        "A spokeswoman for President Emmanuel Macron",
        "Emmanuel Macron*",
    ),
    ("2024-02-27", "Macron’s spokesman said that it was late.", "Macron’s spokesman", "Emmanuel Macron*"),
    ("2024-02-27", "Macron’s office said that it was late.", "Macron’s office", "Emmanuel Macron*"),
    ("2024-02-27", "Scholz’s press office said that it was late.", "Scholz’s press office", "Olaf Scholz*"),
    (
        "2024-02-27",
        "The office of the French president said that it was late.",
        "The office of the French president",
        "Emmanuel Macron*",
    ),
    (
        "2024-02-27",
        "The Polish prime minister’s office said that it was late.",
        "The Polish prime minister’s office",
        "Donald Tusk*",
    ),
    (
        "2024-02-27",
        "A spokesman for the German chancellor said that it was late.",
        "A spokesman for the German chancellor",
        "Olaf Scholz*",
    ),
    (
        "2024-02-27",
        "A spokeswoman for the German government said that it was late.",
        "A spokeswoman for the German government",
        "Germany*",
    ),
    ("2024-02-27", "A German government spokesman said that it was late.", "A German government spokesman", "Germany*"),
    ("2024-02-27", "A Kremlin spokesman said that it was late.", "A Kremlin spokesman", "Kremlin*"),
    (
        "2024-02-27",
        "Kremlin spokesman Dmitry Peskov said that it was late.",
        "Kremlin spokesman Dmitry Peskov",
        "Dmitry Peskov",
    ),
    (
        "2024-02-27",
        "Kremlin spokesman Karl Musterberg said that it was late.",
        "Kremlin spokesman Karl Musterberg",
        "Kremlin*",
    ),
    (
        "2024-02-27",
        "NATO spokeswoman Anna Musterberg said that it was late.\n\nMusterberg said that rain fell.",
        "Musterberg",
        "NATO*",
    ),
    ("2024-02-27", "NATO spokeswoman Anna Musterberg said that it was late. She said that rain fell.", "She", "NATO*"),
    (
        "2024-02-27",
        "Emmanuel Macron arrived early.\n\nA Kremlin spokesman said that it was late. He added that rain fell.",
        "He",
        "Kremlin*",
    ),
    (
        "2024-02-27",
        "Kremlin spokesman Dmitry Peskov arrived.\n\nThe Kremlin spokesman said that it was late.",
        "The Kremlin spokesman",
        "Dmitry Peskov",
    ),
    (
        "2024-02-27",
        "Macron’s spokesman, Karl Musterberg, said that it was late.",
        "Macron’s spokesman, Karl Musterberg",
        "Emmanuel Macron*",
    ),
    (
        "2024-02-27",
        "Macron’s spokesman said that it was late.\n\nThe spokesman said that rain fell.",
        "The spokesman",
        "Emmanuel Macron*",
    ),
    ("2024-02-27", "The Élysée said that it was late.", "The Élysée", "Élysée"),
    ("2024-02-27", "Downing Street said that it was late.", "Downing Street", "Downing Street"),
    ("2024-02-27", "The White House said that it was late.", "The White House", "White House"),
    (
        "2024-02-27",
        "A Downing Street spokesman said that it was late.",
        "A Downing Street spokesman",
        "Downing Street*",
    ),
    ("2024-02-27", "A spokesman for the mayor said that it was late.", "A spokesman for the mayor", "?"),
    ("2024-02-27", "A Russian spokesman said that it was late.", "A Russian spokesman", "?"),
    ("2024-02-27", "An aide to Macron said that it was late.", "An aide to Macron", "?"),
    (
        "2024-02-27",
        "A spokesman for Macron and Scholz said that it was late.",
        "A spokesman for Macron and Scholz",
        "Emmanuel Macron* + Olaf Scholz*",
    ),
    ("2024-02-27", "It was late, Macron’s spokeswoman said.", "Macron’s spokeswoman", "Emmanuel Macron*"),
]

TOGETHER = [
    (
        "2024-02-27",
        "Presidents Macron and Zelensky said that it was late.",
        "Presidents Macron and Zelensky",
        "Emmanuel Macron + Volodymyr Zelenskyy",
    ),
    (
        "2024-02-27",
        "Ukraine’s Zelensky and Germany’s Scholz said that it was late.",
        "Ukraine’s Zelensky and Germany’s Scholz",
        "Volodymyr Zelenskyy + Olaf Scholz",
    ),
    ("2024-02-27", "Macron and Scholz said that it was late.", "Macron and Scholz", "Emmanuel Macron + Olaf Scholz"),
    (
        "2024-02-27",
        "Emmanuel Macron and Olaf Scholz said in a joint statement that it was late.",
        "Emmanuel Macron and Olaf Scholz",
        "Emmanuel Macron + Olaf Scholz",
    ),
    (
        "2024-02-27",
        "In a joint statement, Macron and Scholz said that it was late.",
        "Macron and Scholz",
        "Emmanuel Macron + Olaf Scholz",
    ),
    (
        "2024-02-27",
        "Macron, Scholz and Tusk said that it was late.",
        "Macron, Scholz and Tusk",
        "Emmanuel Macron + Olaf Scholz + Donald Tusk",
    ),
    (
        "2024-02-27",
        "The Ukrainian president and the German chancellor said that it was late.",
        "The Ukrainian president and the German chancellor",
        "Volodymyr Zelenskyy + Olaf Scholz",
    ),
    (
        "2024-02-27",
        "Scholz and the Polish prime minister said that it was late.",
        "Scholz and the Polish prime minister",
        "Olaf Scholz + Donald Tusk",
    ),
    (
        "2024-02-27",
        "Tusk and his Slovak counterpart said that it was late.",
        "Tusk and his Slovak counterpart",
        "Donald Tusk + Robert Fico",
    ),
    (
        "2024-02-27",
        "“It is late,” said Tusk and his Slovak counterpart.",
        "Tusk and his Slovak counterpart",
        "Donald Tusk + Robert Fico",
    ),
    (
        "2024-02-27",
        "The presidents of France and Poland said that it was late.",
        "The presidents of France and Poland",
        "Emmanuel Macron + Andrzej Duda",
    ),
    (
        "2024-02-27",
        "The French and Ukrainian presidents said that it was late.",
        "The French and Ukrainian presidents",
        "Emmanuel Macron + Volodymyr Zelenskyy",
    ),
    (
        "2024-02-27",
        "The foreign ministers of Germany and Poland said that it was late.",
        "The foreign ministers of Germany and Poland",
        "Annalena Baerbock + Radosław Sikorski",
    ),
    ("2024-02-27", "Italy and Romania said that it was late.", "Italy and Romania", "Italy + Romania"),
    (
        "2024-02-27",
        "Macron met Scholz in Paris.\n\nThe two leaders said that it was late.",
        "The two leaders",
        "Emmanuel Macron + Olaf Scholz",
    ),
    ("2024-02-27", "Macron met Scholz in Paris. Both said that it was late.", "Both", "Emmanuel Macron + Olaf Scholz"),
    (
        "2024-02-27",
        "Macron met Scholz in Paris.\n\nBoth men said that it was late.",
        "Both men",
        "Emmanuel Macron + Olaf Scholz",
    ),
    (
        "2024-02-27",
        "Giorgia Meloni met Macron and Scholz in Rome.\n\nBoth men said that it was late.",
        "Both men",
        "Emmanuel Macron + Olaf Scholz",
    ),
    (
        "2024-02-27",
        "Joe Biden spoke on Monday of winter.\n\nMacron met Scholz in Paris.\n\nThe pair said that it was late.",
        "The pair",
        "Emmanuel Macron + Olaf Scholz",
    ),
    (
        "2024-02-27",
        "Macron met Scholz in Paris.\n\nDonald Tusk flew home.\n\nThe two leaders said that it was late.",
        "The two leaders",
        "? Donald Tusk | Olaf Scholz | Emmanuel Macron",
    ),
    (
        "2024-02-27",
        "Macron met Scholz and Tusk in Paris.\n\nThe two leaders said that it was late.",
        "The two leaders",
        "? Donald Tusk | Olaf Scholz | Emmanuel Macron",
    ),
    (
        "2024-02-27",
        "Macron met Scholz and Tusk in Paris.\n\nThe three leaders said that it was late.",
        "The three leaders",
        "Emmanuel Macron + Olaf Scholz + Donald Tusk",
    ),
    (
        "2024-02-27",
        "Macron met Karl Musterberg, a farmer, in Lyon.\n\nThe two men said that it was late.",
        "The two men",
        "?",
    ),
    ("2024-02-27", "The two leaders said that it was late.", "The two leaders", "?"),
    (
        "2024-02-27",
        "Macron and Scholz said that it was late. They added that rain fell.",
        "They",
        "Emmanuel Macron + Olaf Scholz",
    ),
    (
        "2024-02-27",
        "Macron and Scholz met in Paris. They said that rain fell.",
        "They",
        "Emmanuel Macron + Olaf Scholz",
    ),
    ("2024-02-27", "Macron met Scholz. Officials said that it was late. They added that rain fell.", "They", "?"),
    (
        "2024-02-27",
        "Emmanuel Macron, the French president, and Olaf Scholz said that it was late.",
        "Emmanuel Macron, the French president, and Olaf Scholz",
        "Emmanuel Macron + Olaf Scholz",
    ),
    (
        "2024-02-27",
        "Foreign ministers Annalena Baerbock and Dmytro Kuleba said that it was late.",
        "Foreign ministers Annalena Baerbock and Dmytro Kuleba",
        "Annalena Baerbock + Dmytro Kuleba",
    ),
    (
        "2024-02-27",
        "Macron and Karl Musterberg, a farmer, spoke. Macron and the mayor said that it was late.",
        "Macron and the mayor",
        "Emmanuel Macron +",
    ),
    ("2024-02-27", "Joe and Jill Biden said that it was late.", "Joe and Jill Biden", "Joe Biden +"),
    (
        "2024-02-27",
        "Joe Biden, the president and commander in chief, said that it was late.",
        "Joe Biden, the president and commander in chief",
        "Joe Biden",
    ),
    (
        "2024-02-27",
        "France and Germany signed the paper.\n\nBoth countries said that it was late.",
        "Both countries",
        "France + Germany",
    ),
    (
        "2024-02-27",
        "Scholz, along with Macron, said that it was late.",
        "Scholz, along with Macron",
        "Olaf Scholz + Emmanuel Macron",
    ),
]

OFFICES = [
    ("2024-02-27", "Donald Trump spoke. The ex-president said that it was late.", "The ex-president", "Donald Trump"),
    ("2024-02-27", "Orban’s government said that it was late.", "Orban’s government", "Hungary"),
    (
        "2024-02-27",
        "The Ukrainian leader said that it was late.",
        "The Ukrainian leader",
        "? Denys Shmyhal | Volodymyr Zelenskyy",
    ),
    (
        "2024-02-27",
        "Donald Tusk arrived.\n\nHis Slovak counterpart said that it was late.",
        "His Slovak counterpart",
        "Robert Fico",
    ),
    (
        "2023-06-15",
        "Mateusz Morawiecki arrived.\n\nHis Slovak counterpart said that it was late.",
        "His Slovak counterpart",
        "Ľudovít Ódor",
    ),
    (
        "2024-02-27",
        "Annalena Baerbock arrived.\n\nHer Polish counterpart said that it was late.",
        "Her Polish counterpart",
        "Radosław Sikorski",
    ),
    (
        "2024-02-27",
        "Lloyd Austin flew in. His German counterpart said that it was late.",
        "His German counterpart",
        "Boris Pistorius",
    ),
    (
        "2024-02-27",
        "Antony Blinken flew in. His Chinese counterpart said that it was late.",
        "His Chinese counterpart",
        "Wang Yi",
    ),
    ("2024-02-27", "Tusk’s Slovak counterpart said that it was late.", "Tusk’s Slovak counterpart", "Robert Fico"),
    ("2024-02-27", "A mayor arrived. His Slovak counterpart said that it was late.", "His Slovak counterpart", "?"),
    (
        "2024-02-27",
        "Joe Biden arrived. His British counterpart said that it was late.",
        "His British counterpart",
        "Rishi Sunak",
    ),
    (
        "2024-02-27",
        "Joe Biden spoke of Donald Trump in Ohio.\n\nThe former president said that it was late.",
        "The former president",
        "Donald Trump",
    ),
    (
        "2025-02-27",
        "Joe Biden spoke of Donald Trump in Ohio.\n\nThe former president said that it was late.",
        "The former president",
        "Joe Biden",
    ),
    (
        "2024-02-27",
        "Barack Obama stood with Donald Trump.\n\nThe former president said that it was late.",
        "The former president",
        "? Donald Trump | Barack Obama",
    ),
    ("2024-02-27", "The former president said that it was late.", "The former president", "?"),
    (
        "2024-02-27",
        "Boris Johnson flew to Kyiv.\n\nThe former British prime minister said that it was late.",
        "The former British prime minister",
        "Boris Johnson",
    ),
    (
        "2024-02-27",
        "Angela Merkel met Olaf Scholz.\n\nThe former chancellor said that it was late.",
        "The former chancellor",
        "Angela Merkel",
    ),
    (
        "2024-02-27",
        "Angela Merkel met Olaf Scholz.\n\nThe chancellor said that it was late.",
        "The chancellor",
        "Olaf Scholz",
    ),
    (
        "2021-03-01",
        "Angela Merkel met Olaf Scholz.\n\nThe chancellor said that it was late.",
        "The chancellor",
        "Angela Merkel",
    ),
    (
        "2024-02-27",
        "The depots of Slovakia are empty.\n\nThe prime minister said that it was late.",
        "The prime minister",
        "Robert Fico",
    ),
    (
        "2023-06-15",
        "The Slovak depots are empty.\n\nThe prime minister said that it was late.",
        "The prime minister",
        "Ľudovít Ódor",
    ),
    (
        "2024-02-27",
        "Trains run from Slovakia to Poland.\n\nThe prime minister said that it was late.",
        "The prime minister",
        "? Robert Fico | Donald Tusk",
    ),
    (
        "2024-02-27",
        "The parliament in Berlin voted after a visit to France.\n\nThe chancellor said that it was late.",
        "The chancellor",
        "Olaf Scholz",
    ),
    (
        "2024-02-27",
        "Volodymyr Zelenskyy met Joe Biden.\n\nThe president said that it was late.",
        "The president",
        "? Joe Biden | Volodymyr Zelenskyy",
    ),
    (
        "2024-02-27",
        "Robert Fico met Donald Tusk.\n\nThe prime minister said that it was late.",
        "The prime minister",
        "? Donald Tusk | Robert Fico",
    ),
    (
        "2024-02-27",
        "Robert Fico met Donald Tusk.\n\nThe Polish prime minister said that it was late.",
        "The Polish prime minister",
        "Donald Tusk",
    ),
    ("2024-02-27", "Ukraine’s health minister said that it was late.", "Ukraine’s health minister", "?"),
    ("2024-02-27", "The deputy chancellor said that it was late.", "The deputy chancellor", "?"),
    (
        "2024-02-27",
        "Emmanuel Macron met Olaf Scholz in Paris.\n\nThe Frenchman said that it was late.",
        "The Frenchman",
        "Emmanuel Macron",
    ),
    ("2024-02-27", "The Frenchman said that it was late.", "The Frenchman", "?"),
    (
        "2022-06-01",
        "The German chancellor flew in.\n\nThe German chancellor said that it was late.",
        "The German chancellor",
        "Olaf Scholz",
    ),
    (
        "2024-02-27",
        "The Russian Defence Ministry published a map.\n\nThe ministry said that it was late.",
        "The ministry",
        "Russian Defence Ministry",
    ),
    (
        "2024-02-27",
        "The Russian Foreign Ministry wrote to the Russian Defence Ministry.\n\nThe ministry said that it was late.",
        "The ministry",
        "? Russian Defence Ministry | Russian Foreign Ministry",
    ),
    ("2024-02-27", "Slovakia has sent jets.\n\nThe government said that it was late.", "The government", "Slovakia"),
    ("2024-02-27", "The government said that it was late.", "The government", "?"),
]

SURNAMES = [
    ("2021-03-01", "Johnson said that it was late.", "Johnson", "Boris Johnson"),
    ("2022-08-01", "Johnson said that it was late in London.", "Johnson", "Boris Johnson"),
    ("2024-02-27", "Johnson said that it was late.", "Johnson", "Mike Johnson"),
    ("2024-02-27", "The House in Washington will vote. Johnson said that it was late.", "Johnson", "Mike Johnson"),
    ("2024-02-27", "Speaker Johnson said that it was late.", "Speaker Johnson", "Mike Johnson"),
    ("2024-02-27", "Boris Johnson flew to Kyiv.\n\nJohnson said that it was late.", "Johnson", "Boris Johnson"),
    (
        "2024-02-27",
        "Former British Prime Minister Boris Johnson flew in.\n\nSpeaker Johnson said that it was late.",
        "Speaker Johnson",
        "Mike Johnson",
    ),
    (
        "2022-12-01",
        "London has had a hard year, and Britain knows it. Johnson said that it was late.",
        "Johnson",
        "Boris Johnson",
    ),
    (
        "2024-02-27",
        "London has had a hard year, and Britain knows it. Johnson said that it was late.",
        "Johnson",
        "Boris Johnson",
    ),
    (
        "2024-02-27",
        "Mike Johnson met Boris Johnson.\n\nJohnson said that it was late.",
        "Johnson",
        "? Boris Johnson | Mike Johnson",
    ),
    (
        "2024-02-27",
        "Mike Johnson rose.\n\nBoris Johnson sat.\n\nJohnson said that it was late.",
        "Johnson",
        "Boris Johnson",
    ),
    (
        "2024-02-27",
        "Boris Johnson sat.\n\nMike Johnson rose.\n\nJohnson said that it was late.",
        "Johnson",
        "Mike Johnson",
    ),
    (
        "2024-02-27",
        "Mike Johnson met Boris Johnson.\n\nMike Johnson rose and Johnson said that it was late.",
        "Johnson",
        "Mike Johnson",
    ),
    ("2024-02-27", "Johnson said that it was late.\n\nBoris Johnson has long said so.", "Johnson", "Boris Johnson"),
    ("2024-02-27", "Karl Johnson, a farmer, arrived.\n\nJohnson said that it was late.", "Johnson", "?"),
    (
        "2024-02-27",
        "Emmanuel Macron stood with his wife, Brigitte Macron.\n\nMrs Macron said that it was late.",
        "Mrs Macron",
        "?",
    ),
    (
        "2024-02-27",
        "Emmanuel Macron stood with his wife, Brigitte Macron.\n\nMr Macron said that it was late.",
        "Mr Macron",
        "Emmanuel Macron",
    ),
    ("2024-02-27", "Emmanuel Macron arrived.\n\nBrigitte Macron said that it was late.", "Brigitte Macron", "?"),
    ("2024-02-27", "Joe Biden stood with Jill Biden.\n\nBiden said that it was late.", "Biden", "?"),
    (
        "2024-02-27",
        "Joe Biden stood with Jill Biden.\n\nPresident Biden said that it was late.",
        "President Biden",
        "Joe Biden",
    ),
    ("2024-02-27", "Joe Biden stood with Jill Biden.\n\nMs Biden said that it was late.", "Ms Biden", "?"),
    ("2024-02-27", "Hunter Biden said that it was late.", "Hunter Biden", "?"),
    ("2024-02-27", "Australian Prime Minister Scholz said that it was late.", "Australian Prime Minister Scholz", "?"),
    ("2024-02-27", "Karl London, a farmer, arrived.\n\nLondon said that it was late.", "London", "?"),
    ("2024-02-27", "London said that it was late.", "London", "United Kingdom"),
    ("2024-02-27", "Anna Paris arrived.\n\nParis said that it was late.", "Paris", "?"),
    ("2024-02-27", "Paris said that it was late.", "Paris", "France"),
    ("2024-02-27", "Jordan said that it was late.", "Jordan", "Jordan"),
    ("2024-02-27", "Robert Jordan, who sells boats, arrived.\n\nJordan said that it was late.", "Jordan", "?"),
    ("2024-02-27", "Georgia said that it was late.", "Georgia", "Georgia"),
    ("2024-02-27", "Anna Georgia, a farmer, said that it was late.\n\nGeorgia said that rain fell.", "Georgia", "?"),
    (
        "2024-07-01",
        "Portugal votes. Prime Minister Luís Montenegro arrived.\n\nMontenegro said that it was late.",
        "Montenegro",
        "Luís Montenegro",
    ),
    ("2023-02-27", "Montenegro said that it was late.", "Montenegro", "Montenegro"),
    ("2023-02-27", "Lloyd Austin arrived.\n\nAustin said that it was late.", "Austin", "Lloyd Austin"),
    ("2023-02-27", "Defense Secretary Austin said that it was late.", "Defense Secretary Austin", "Lloyd Austin"),
    ("2023-02-27", "Jeremy Hunt arrived.\n\nHunt said that it was late.", "Hunt", "Jeremy Hunt"),
    ("2022-02-27", "Ned Price arrived.\n\nPrice said that it was late.", "Price", "Ned Price"),
    ("2012-02-27", "Susan Rice arrived.\n\nRice said that it was late.", "Rice", "Susan Rice"),
    ("2018-02-27", "Angela Merkel was to come in May 2018. She said that it was late.", "She", "Angela Merkel"),
    ("2022-09-06", "Prof Paul Musterberg said that it was late.", "Prof Paul Musterberg", "?"),
    ("2024-02-27", "Michel Musterberg said that it was late.", "Michel Musterberg", "?"),
]

PRONOUNS = [
    ("2024-02-27", "Emmanuel Macron met Giorgia Meloni.\n\nShe said that it was late.", "She", "Giorgia Meloni"),
    ("2024-02-27", "Emmanuel Macron met Olaf Scholz. He said that it was late.", "He", "Emmanuel Macron"),
    ("2024-02-27", "After meeting Putin, Macron flew home. He said that it was late.", "He", "Emmanuel Macron"),
    (
        "2024-02-27",
        "In talks with Putin, Macron said that it was late. He added that rain fell.",
        "He",
        "Emmanuel Macron",
    ),
    (
        "2024-02-27",
        "Macron said that it was late. Karl Musterberg, a farmer, came in. He said that rain fell.",
        "He",
        "?",
    ),
    (
        "2024-02-27",
        "Macron said that it was late.\n\nKarl Musterberg said that rain fell.\n\nHe added that it snowed.",
        "He",
        "?",
    ),
    (
        "2024-02-27",
        "Macron said that it was late.\n\nA farmer said that rain fell. He added that it snowed.",
        "He",
        "?",
    ),
    (
        "2024-02-27",
        "Macron said that it was late.\n\nAnna Musterberg, a farmer, came in. He said that rain fell.",
        "He",
        "Emmanuel Macron",
    ),
    ("2024-02-27", "Putin’s plan was leaked. Macron flew home. He said that it was late.", "He", "Emmanuel Macron"),
    ("2024-02-27", "“Olaf Scholz is a friend,” Macron said.\n\nHe added that it was late.", "He", "Emmanuel Macron"),
    ("2024-02-27", "Macron flew home. “Olaf Scholz is a friend,” he said.", "he", "Emmanuel Macron"),
    ("2024-02-27", "Germany has sent jets. It said that it was late.", "It", "Germany"),
    (
        "2024-02-27",
        "The Russian Defence Ministry published a map. It said that it was late.",
        "It",
        "Russian Defence Ministry",
    ),
    ("2024-02-27", "The Kremlin said that it was late. It added that rain fell.", "It", "Kremlin"),
    ("2024-02-27", "The report said that it was late. It added that rain fell.", "It", "?"),
    ("2024-02-27", "It said that it was late.", "It", "?"),
    ("2024-02-27", "She said that it was late.", "She", "?"),
    (
        "2024-02-27",
        "Mike Johnson met Boris Johnson.\n\nJohnson said that it was late. He added that rain fell.",
        "He",
        "? Boris Johnson | Mike Johnson",
    ),
    (
        "2024-02-27",
        "Macron and Giorgia Meloni said that it was late. She added that rain fell.",
        "She",
        "Giorgia Meloni",
    ),
    ("2024-02-27", "The Slovak prime minister said that it was late. He added that rain fell.", "He", "Robert Fico"),
    ("2020-02-27", "The German chancellor said that it was late. She added that rain fell.", "She", "Angela Merkel"),
]

INNER = [
    (
        "2024-02-27",
        "Macron visited Berlin and Scholz said that it was late.",
        "Scholz",
        "Olaf Scholz",
    ),
    ("2024-02-27", "Officials from Germany and France said that it was late.", "France", "?"),
    ("2024-02-27", "Critics of Scholz and Macron said it was late.", "Critics of Scholz and Macron", "?"),
    ("2024-02-27", "Neither Macron nor Scholz said that it was late.", "Scholz", "?"),
    ("2024-02-27", "The presidential office in Kyiv said it was late.", "The presidential office in Kyiv", "?"),
    ("2024-02-27", "Orban said that Fico had told him that it was late.", "Fico", "Robert Fico"),
    ("2024-02-27", "Orban said that Fico had told him that it was late.", "Orban", "Viktor Orbán"),
    ("2024-02-27", "Macron rejected Orban’s claim that it was late.", "Macron", "Emmanuel Macron"),
    ("2024-02-27", "According to Scholz, Macron believes that it is late.", "Scholz", "Olaf Scholz"),
    ("2024-02-27", "Macron, according to Scholz, believes that it is late.", "Scholz", "Olaf Scholz"),
    ("2024-02-27", "A diplomat said that Macron had told Scholz that it was late.", "Macron", "Emmanuel Macron"),
    ("2024-02-27", "A diplomat said that Macron had told Scholz that it was late.", "A diplomat", "?"),
    (
        "2024-02-27",
        "Macron said that Scholz and Tusk had warned that it was late.",
        "Scholz and Tusk",
        "Olaf Scholz + Donald Tusk",
    ),
]

GROUPS = {
    "spokespeople": SPOKESPEOPLE, "together": TOGETHER, "offices": OFFICES, "surnames": SURNAMES,
    "pronouns": PRONOUNS, "inner": INNER,
}  # fmt: skip
CASES = [(*case, f"{name}-{number}") for name, cases in GROUPS.items() for number, case in enumerate(cases)]


def told(found: list[Statement]) -> str:
    """Statements of one source in the notation of the table."""
    named = " + ".join(f"{s.actor.name}{'*' * s.spokesperson}" for s in found if s.actor)
    if named:
        return f"{named} +" if len(found) == 1 and found[0].joint else named
    ids = found[0].candidates
    return "? " + " | ".join(REGISTRY.actors[i].name for i in ids) if ids else "?"


@pytest.mark.parametrize(("date", "text", "source", "who"), [c[:4] for c in CASES], ids=[c[4] for c in CASES])
def test_whose_words(date: str, text: str, source: str, who: str) -> None:
    of_source = [s for s in label(Article("a", None, text, date), RESOLVER) if s.source and s.source.text == source]
    assert of_source, "no such source"
    last = of_source[-1]
    found = [s for s in of_source if s.source == last.source and s.spans == last.spans]
    assert told(found) == who


def test_enough_cases() -> None:
    assert len(CASES) >= 120


def test_one_statement_for_each_who_speaks() -> None:
    article = Article("a", None, "Macron and Scholz said that it was late.", "2024-02-27")
    first, second = label(article, RESOLVER)
    assert first.spans == second.spans
    assert first.id != second.id
    assert first.joint
    assert second.joint
    assert [s.id for s in label(article, RESOLVER)] == [first.id, second.id]


def test_records_tell_of_spokespeople_and_candidates() -> None:
    article = Article("a", None, "A spokesman for Macron said that it was late.", "2024-02-27")
    (statement,) = label(article, RESOLVER)
    row = statement_json(article, statement)
    assert row["spokesperson"] is True
    assert row["joint"] is False
    assert {"spokesperson", "joint", "nested", "medium", "candidates"} < set(columns())
    assert flat(row)["spokesperson"] is True
    assert str(statement_schema().field("spokesperson").type) == "bool"
    assert json.loads("".join(label_lines([(article, [statement])], "jsonl")))["spokesperson"] is True
    header, line = "".join(label_lines([(article, [statement])], "csv")).splitlines()
    assert "true" in line.lower().split(",")
    assert "spokesperson" in header.split(",")


def test_one_list_of_honorifics() -> None:
    assert discourse_words is mention_words
    assert {"mr", "mrs", "dr"} <= mention_words("honorific")


def test_every_surname_with_every_title_is_read_without_fault() -> None:
    # two faults were found on real news: no candidate left after the title's gender, and two bearers at one place
    surnames = sorted({a.surname for a in RESOLVER.registry.actors.values() if a.surname and a.kind == "person"})
    for start in range(0, len(surnames), 40):
        lines = [
            f"{title} {name} said that it was late. {name} agreed, {name} and {name} said."
            for name in surnames[start : start + 40]
            for title in ("Mrs", "Mr", "Ms", "President", "Senator", "Anna", "John and Mary")
        ]
        assert label(Article("a", None, "\n\n".join(lines), "2024-02-27"), RESOLVER)


def test_the_outlet_that_carried_the_words_is_in_the_record() -> None:
    text = "Reuters reported that Scholz told his party that the tanks would stay in Germany."
    article = Article("a", None, text, "2024-02-27")
    (statement,) = label(article, RESOLVER)
    row = statement_json(article, statement)
    assert (row["actor"], row["medium"], row["nested"]) == ("Olaf Scholz", "Reuters", False)
