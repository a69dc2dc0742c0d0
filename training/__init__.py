"""Fits, evaluates and benchmarks the models that `stance` runs. Ships beside it, so that `stance train` works."""
