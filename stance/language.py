"""Which language a text is in, so that an article in another one is refused and not read as bad English.

The labeling and the models know English only: of a German article they make nonsense, and no error. A text is refused
only where two signs agree: few of its words are the commonest of English, and the detector (py3langid) is sure of
another language. The words are looked at first because they let nearly every English article pass without the
detector, whose model takes most of a second to load.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

SAMPLE = 2000  # characters: several times what the detector needs
MIN_LETTERS = 60  # below this a name or a loan word decides, and a wrong refusal costs more than a needless reading
SURE = 0.95  # probability of not being English: of 13,700 pieces of 300 characters of English news none reached it

# Words that no other language of the press writes, and nearly every English sentence has one of: they are some 12% of
# English news, hence 5% where two fifths of the text are English.
_ENGLISH = frozenset(["the", "and", "that", "with", "from", "said", "which", "would", "has", "been", "were", "they"])
_ENGLISH_SHARE = 0.05

# passed as English: what is no language at all (markup, tables), and Pidgin, which some English headlines look like
_PASSED = ("en", "zxx", "pcm")


def languages(text: str) -> list[tuple[str, float]]:
    """What the first 2,000 characters of a text may be in: ISO 639 codes with their probabilities, likeliest first."""
    return _detector().rank(text[:SAMPLE])


def other_language(text: str) -> str | None:
    """The language of a text that is surely not in English, in words ("German", "Croatian or Bosnian"); else None.

    Short texts pass, and so does a text that is English in good part, such as one with long quotations. A text counts
    as foreign only if both its beginning and its end do: releases often give one language after the other.
    """
    text = text.strip()
    found = _other(text[:SAMPLE])
    if found and len(text) > SAMPLE and not _other(text[-SAMPLE:]):
        return None
    return " or ".join(map(_name, found)) or None


def _other(sample: str) -> list[str]:
    """The codes of the one or two languages a foreign sample is in; none where it may be English."""
    if sum(map(str.isalpha, sample)) < MIN_LETTERS:
        return []
    words = re.findall(r"[^\W\d_]+", sample.lower())
    if sum(word in _ENGLISH for word in words) >= _ENGLISH_SHARE * len(words):
        return []
    ranked = languages(sample)
    if sum(probability for code, probability in ranked if code in _PASSED) > 1 - SURE:
        return []
    (first, probability), (second, _) = ranked[:2]
    return [first] if probability >= 0.8 else [first, second]  # neighbours: Croatian and Bosnian, Malay and Indonesian


@cache
def _detector() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _name(code: str) -> str:
    from babel import Locale

    return Locale("en").languages.get(code, f"the language {code}")
