"""The examples of docs/scale.md on other engines, run as they stand there; `make engines` installs the engines."""

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stance.scale import score_batch
from training.benchmarks.mixture import mixture

DOCS = Path(__file__).parents[1] / "docs" / "scale.md"


@pytest.mark.parametrize(("engine", "module"), [("spark", "pyspark"), ("ray", "ray")])
def test_the_example(engine, module, tmp_path):
    pytest.importorskip(module)
    (code,) = re.findall(rf"```python {engine}\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    articles = pa.Table.from_pylist(list(mixture(120, seed=1)))
    (tmp_path / "in").mkdir()
    pq.write_table(articles, tmp_path / "in" / "a.parquet", row_group_size=30)
    target = tmp_path / "out"
    exec(code, {"source": str(tmp_path / "in"), "target": str(target), "__name__": "__main__"})
    expected = score_batch(articles)
    found = pa.concat_tables(
        [pq.read_table(file) for file in sorted(target.glob("*.parquet"))], promote_options="default"
    )
    assert expected.num_rows > 20
    key = ["article_id", "id", "text", "stance", "confidence"]
    assert sorted(map(str, found.select(key).to_pylist())) == sorted(map(str, expected.select(key).to_pylist()))
