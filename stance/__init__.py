"""Who stands where on military aid: from news articles to each leader's stance, with evidence and uncertainty.

The parts, in the order in which data flows: `readers`, `labeling` (with `actors`), `topic`, `model`, `positions`,
`report`. `pipeline.score` runs the whole path; the command line is `stance`.
"""
