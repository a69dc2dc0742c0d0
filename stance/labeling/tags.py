"""Parts of speech of a sentence's tokens, in the Penn Treebank's tags (Marcus, Santorini and Marcinkiewicz, 1993).

In the manner of Brill (1992): each word gets its most frequent tag from a lexicon (the one that TextBlob ships,
93,000 words), and rules that look at the neighbours then correct it. Only what decides between a verb and a noun, and
between a past tense and a participle, is corrected: that is what attribution needs. A quotation is one token, tagged
as `QUOTE`.
"""

from __future__ import annotations

from functools import cache, lru_cache

from stance.labeling.language import LANGUAGE
from stance.labeling.lexicon import TENSES, cue_forms, endings, verb_forms, words
from stance.labeling.sentences import Token

QUOTE = "“”"
FINITE = frozenset({"MD", "VBD", "VBZ", "VBP"})
NOUNS = frozenset({"NN", "NNS", "NNP", "NNPS"})
_BEFORE_NOUN = frozenset({"DT", "PRP$", "POS", "CD", "JJ", "JJR", "JJS"})
_OPENS_OBJECT = frozenset({"DT", "PRP", "PRP$", "TO", "WP", "WRB", "WDT", "NNP", "EX", QUOTE, "CD"})


def title_case(tokens: list[Token]) -> bool:
    """Whether a sentence is a headline that sets every longer word with a capital."""
    long = 0
    for token in tokens:
        if len(token.text) > 3 and token.text.isalpha():
            if not token.text[0].isupper():
                return False
            long += 1
    return long >= 4


def tag(tokens: list[Token]) -> list[str]:
    """One Penn tag a token."""
    headline = title_case(tokens)
    either = words("object-or-possessive")
    tags = [_most_frequent(token, i, tokens, headline) for i, token in enumerate(tokens)]
    for i, token in enumerate(tokens):
        low = token.lower
        if low in either and (i + 1 == len(tags) or tags[i + 1] not in _BEFORE_NOUN | NOUNS | {"VBG", "VBN", "RB"}):
            tags[i] = "PRP"
        readings = _verb_readings(low)
        if not readings or tags[i] == QUOTE or (not headline and _in_name(tokens, tags, i)):
            continue
        tags[i] = _by_context(tokens, tags, i, readings)
    return tags


@cache
def _lexicon() -> dict[str, str]:
    out = {}
    for line in LANGUAGE.tag_lexicon().splitlines():
        if line and not line.startswith(";;;"):
            word, _, rest = line.partition(" ")
            out[word] = rest.strip().partition("|")[0]
    return out


@lru_cache(maxsize=1 << 16)
def _lookup(word: str, low: str, first: bool) -> str:
    closed = _closed()["as-written"].get(word) or _closed()["word"].get(low)
    if closed is not None:
        return closed
    lexicon = _lexicon()
    if word[0].isupper() and not first:
        return "NNP"
    found = lexicon.get(low) if first else None
    named = found is not None and found.startswith(("VB", "JJ")) and lexicon.get(word, "").startswith("NNP")
    if named and low not in verb_forms():
        found = "NNP"  # "Lynch said": at a sentence's start a name that is a verb elsewhere
    found = found or lexicon.get(word) or lexicon.get(low)
    if found is not None:
        return found
    if word[0].isdigit() or word[0] in "$€£":
        return "CD"
    if word[0].isupper():
        return "NNP"
    return _by_suffix(low)


def _by_suffix(low: str) -> str:
    for ending, found in _closed()["ending"].items():
        if low.endswith(ending) and len(low) > len(ending) + 2:
            return found
    return "NN"


@cache
def _closed() -> dict[str, dict[str, str]]:
    """tags.csv: the tags of closed classes, which the lexicon is not asked for, and those that an ending tells.

    A class of words.txt stands for its members; of several rows for one word the first counts.
    """
    out: dict[str, dict[str, str]] = {"word": {}, "as-written": {}, "ending": {}}
    for row in LANGUAGE.rows("tags.csv"):
        members = words(row["name"]) if row["kind"] == "class" else (row["name"],)
        known = out["word" if row["kind"] == "class" else row["kind"]]
        for member in members:
            known.setdefault(member, row["tag"])
    return out


def _most_frequent(token: Token, i: int, tokens: list[Token], headline: bool) -> str:
    if token.quote >= 0:
        return QUOTE
    if not token.text[0].isalnum() and token.text[0] not in "'’$€£":
        return token.text
    first = headline or i == 0 or tokens[i - 1].text in (":", "—", "–", "•", "-")
    found = _lookup(token.text, token.lower, first)
    named = i == 0 and i + 1 < len(tokens) and token.text[0].isupper() and tokens[1].text[0].isupper() and not headline
    if named and found in ("VBG", "VB", "NN", "JJ"):
        cue = token.lower in verb_forms() and not _lexicon().get(token.text, "").startswith("NNP")
        return found if cue else "NNP"  # "Downing Street said"
    return found


@lru_cache(maxsize=1 << 14)
def _verb_readings(low: str) -> frozenset[str]:
    """The verb tags that a word can have: by the cue lexicon, or by the lexicon of frequent tags."""
    out = set()
    for form in cue_forms().get(low, ()):
        if form.tense == "present":
            out |= {"VBZ"} if _third_person_form(form.words[0]) else {"VB", "VBP"}
        elif form.tense in TENSES:
            out.add({"past": "VBD", "participle": "VBN", "progressive": "VBG"}[form.tense])
    found = _lexicon().get(low, "")
    if found in ("VB", "VBP"):
        out |= {"VB", "VBP"}
    elif found in ("VBD", "VBN"):
        out |= {found} if not low.endswith(endings("past")) else {"VBD", "VBN"}
        if found == "VBN" and low in words("past-as-participle"):
            out.add("VBD")
    elif found in ("VBZ", "VBG"):
        out.add(found)
    elif low.endswith(endings("past")) and found in ("", "JJ") and len(low) > 4:
        out |= {"VBD", "VBN"}
    return frozenset(out) if low not in _closed()["word"] else frozenset()


def _third_person_form(word: str) -> bool:
    return word.endswith(endings("third-person")) and not word.endswith(endings("no-third-person"))


def _in_name(tokens: list[Token], tags: list[str], i: int) -> bool:
    """A capital next to a capital, within a sentence, is part of a name."""
    return tokens[i].text[0].isupper() and tags[i] in ("NNP", "NNPS")


def _back(tags: list[str], i: int) -> int:
    """The index of the word before `i`, adverbs and negation stepped over; -1 at the start."""
    j = i - 1
    while j >= 0 and tags[j] == "RB":
        j -= 1
    return j


def _by_context(tokens: list[Token], tags: list[str], i: int, readings: frozenset[str]) -> str:
    j = _back(tags, i)
    before = tags[j] if j >= 0 else "^"
    word = tokens[j].lower if j >= 0 else ""
    after = tags[i + 1] if i + 1 < len(tags) else "$"
    if readings & {"VBD", "VBN"}:
        return _past(tokens, tags, i, j, before, word, after, readings)
    if "VBG" in readings:
        return _gerund(tags[i], before, after)
    if "VBZ" in readings:
        return _third_person(tokens, tags, i, before, word, after)
    return _base(tokens, tags, i, before, word, after)


def _past(
    tokens: list[Token], tags: list[str], i: int, j: int, before: str, word: str, after: str, readings: frozenset[str]
) -> str:
    if word in words("have") or word in words("be") or word in words("before-participle"):
        return "VBN" if "VBN" in readings else "VBD"
    if word in words("s-contraction") and j > 0 and tags[j - 1] in ("PRP", "EX", "WP"):
        return "VBN"
    if "VBN" not in readings:
        return "VBD"
    if "VBD" not in readings:
        return "VBN"
    if before in _BEFORE_NOUN or (before == "IN" and word not in words("complementizer") and after in NOUNS):
        # "the promised tanks"; but "many said", "those asked"
        return "VBN" if after in NOUNS | {"JJ", "VBG"} else ("VBD" if before != "POS" else "VBN")
    if before in ("PRP", "WP", "WDT", "CC", QUOTE):
        return "VBD"
    if before == "^":
        announced = after == "NNP" and any(t.text == ":" for t in tokens[2:6])  # "Stated Berg: “…”"
        return "VBD" if announced or tokens[i].lower in words("opening-past") else "VBN"
    if before in ("IN", "WRB") and word not in words("before-past"):
        return "VBN"
    following = tokens[i + 1].lower if i + 1 < len(tokens) else ""
    if following in words("agent"):
        return "VBN"
    if before == ",":
        return "VBN" if following in words("preposition") and tokens[i].lower in words("object-verb") else "VBD"
    return "VBD"


def _gerund(default: str, before: str, after: str) -> str:
    if before in ("DT", "PRP$", "POS", "JJ") and after not in ("DT", "PRP", "IN", QUOTE):
        return "NN"
    return "VBG" if default not in ("NN", "NNS") or after in _OPENS_OBJECT or before in (",", "VBZ", "IN") else default


def _third_person(tokens: list[Token], tags: list[str], i: int, before: str, word: str, after: str) -> str:
    default = tags[i]
    if word in words("third-person-pronoun") or word in words("subject-relative") or before in ("EX", "WDT"):
        return "VBZ" if word not in words("complementizer") or default == "VBZ" else "NNS"
    if before in _BEFORE_NOUN or before in ("IN", "TO", "VB", "VBG", "VBN", "MD") or word in words("base-form-subject"):
        return "NNS"
    if before in NOUNS or before in (")", ",", QUOTE, "CC", "—", "–", "^"):
        if after in FINITE or (after == "VBN" and before in NOUNS):
            return "NNS"
        if before in ("NNS", "NNPS") and default != "VBZ":
            return "NNS"
        if after == ":" and before in NOUNS and i + 2 == len(tokens):
            return "VBZ"
        if after in _OPENS_OBJECT or (i + 1 < len(tokens) and tokens[i + 1].lower in words("complementizer")):
            return "VBZ" if before != "^" else "NNS"
        if before == "NNP" and after in ("NN", "NNS", "JJ", "VBG", "RB") and tags[i - 1] == "NNP":
            return "VBZ"
        return "VBZ" if default == "VBZ" else "NNS"
    return default


def _base(tokens: list[Token], tags: list[str], i: int, before: str, word: str, after: str) -> str:
    default = tags[i]
    if before == "TO" or before == "MD" or word in words("do") or word in words("before-bare-infinitive"):
        return "VB"
    if before in _BEFORE_NOUN or (before == "IN" and word not in words("before-clause")):
        bare_subject = word in words("bare-subject") and after in _OPENS_OBJECT | {"IN", "RB"}
        bare_subject = bare_subject or (before == "CD" and default in ("VB", "VBP"))
        return "VBP" if bare_subject else ("JJ" if default == "JJ" else "NN")
    if word in words("third-person-pronoun"):
        return default
    if word in words("base-form-subject") or word in words("bare-subject"):
        return "VBP"
    if before in ("NNS", "NNPS") or word in words("unmarked-plural"):
        strong = after in _OPENS_OBJECT or (i + 1 < len(tokens) and tokens[i + 1].lower in words("after-base-form"))
        return "VBP" if strong or default in ("VB", "VBP") else "NN"
    if before in NOUNS:
        if default in ("VB", "VBP"):
            return "VBP"
        return "VBP" if after in ("PRP", "WP") and word.endswith(endings("plural-ending")) else default
    return default
