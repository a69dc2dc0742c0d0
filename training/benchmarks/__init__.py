"""Benchmarks: speed as ratios against a peer in the same run, and attribution against a gold corpus."""
