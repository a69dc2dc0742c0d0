"""Our rows of weights are scikit-learn's, for every block, whatever the text."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.pipeline import FeatureUnion

from stance.features import BLOCKS, normalize, vectorizer
from stance.tfidf import Block, products, weigh

TEXTS = [
    "We will never send tanks, but ammunition must be delivered now.",
    "They're not ruling out 12 more jets… “the alliance” can't wait!",
    "a b  a b ? ? won't halt the €3.5 billion package; we'd back it",
    "Nothing of it.",
]
WORDS = st.lists(st.sampled_from([*" ".join(TEXTS).split(), "ß", "İzmir", "\x00", "—", "unheard-of"]), max_size=30)


@pytest.fixture(scope="module", params=[True, False], ids=["sublinear", "plain"])
def union(request):
    parts = [(name, vectorizer(name, sublinear_tf=request.param)) for name in BLOCKS]
    weights = {name: 0.5 + i for i, name in enumerate(BLOCKS)}
    fitted = FeatureUnion(parts, transformer_weights=weights).fit(TEXTS)
    blocks, width = [], 0
    for name, part in fitted.transformer_list:
        vocabulary = {term: width + column for term, column in part.vocabulary_.items()}
        blocks.append(Block(name, vocabulary, part.idf_, width, weights[name], request.param))
        width += len(vocabulary)
    return fitted, blocks, width


@settings(deadline=None)
@given(st.lists(WORDS.map(" ".join) | st.text(max_size=40), min_size=1, max_size=5))
def test_as_scikit_learn_has_it(union, texts):
    fitted, blocks, width = union
    rows = weigh(blocks, [[block.read(normalize(text)) for block in blocks] for text in texts])
    ours = np.zeros((len(texts), width))
    for i in range(len(texts)):
        columns = rows.columns[rows.edges[i] : rows.edges[i + 1]]
        assert (np.diff(columns) > 0).all()
        ours[i, columns] = rows.values[rows.edges[i] : rows.edges[i + 1]]
    theirs = fitted.transform(texts).toarray()
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-15)
    coefficients = np.random.default_rng(0).normal(size=(3, width))
    np.testing.assert_allclose(products(rows, coefficients), theirs @ coefficients.T, rtol=1e-9, atol=1e-12)


def test_no_texts_and_no_blocks(union):
    _, blocks, _ = union
    assert products(weigh(blocks, []), np.ones((2, 5))).shape == (0, 2)
    assert weigh([], [[], []]).edges.tolist() == [0, 0, 0]


def test_judging_needs_no_scikit_learn():
    import subprocess
    import sys

    code = (
        "import sys; from stance.pipeline import *; from stance.records import Article\n"
        "text = 'German Chancellor Olaf Scholz said Germany would send more tanks to Ukraine.'\n"
        "assert list(score([Article('a', None, text)], load_pipeline()))\n"
        "print([m for m in ('sklearn', 'scipy', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
