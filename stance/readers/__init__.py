"""Files, folders and streams in, `Article` records (or labeled sentences) out.

Every format is first brought down to rows of named fields (`rows`, on top of `decoding`), and one function
makes the article of a row (`articles`), so that a new format needs no more than a function that gives rows.
Input is never trusted: what cannot be read is passed over, with a reason that the user can act upon.
"""

from stance.readers.articles import articles_of_rows, read_articles
from stance.readers.rows import Skipped
from stance.readers.sentences import read_sentences

__all__ = ["Skipped", "articles_of_rows", "read_articles", "read_sentences"]
