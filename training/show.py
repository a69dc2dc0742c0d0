"""Metrics as text for the terminal."""

from __future__ import annotations

from typing import Any


def metrics_text(metrics: dict[str, Any]) -> str:
    """A block for each set of predictions in a metrics object: macro-F1, classes, calibration, coverage, confusion."""
    blocks = []
    for name, figures in metrics.items():
        if "macro_f1" in figures:
            blocks.append(_block(name.replace("_", " "), figures))
        else:
            rows = [
                f"  {key:12} macro-F1 {m['macro_f1']:.3f}  ECE {m['expected_calibration_error']:.3f}  n {m['n']}"
                for key, m in figures.items()
            ]
            blocks.append("\n".join([name.replace("_", " "), *rows]))
    return "\n\n".join(blocks) + "\n"


def _block(name: str, m: dict[str, Any]) -> str:
    low, high = m["macro_f1_95"]
    lines = [
        f"{name} ({m['n']} sentences)",
        f"  macro-F1 {m['macro_f1']:.3f} (95% {low:.3f} to {high:.3f}), accuracy {m['accuracy']:.3f}",
        *(
            f"  {label:10} P {c['precision']:.3f}  R {c['recall']:.3f}  F1 {c['f1']:.3f}  n {c['n']}"
            for label, c in m["per_class"].items()
        ),
        f"  expected calibration error {m['expected_calibration_error']:.3f}",
        "  accuracy at coverage " + ", ".join(f"{k} {v:.3f}" for k, v in m["coverage_accuracy"].items()),
    ]
    if m["hard_pairs"]["pairs"]:
        lines.append(f"  hard pairs, both right {m['hard_pairs']['both_right']:.3f} of {m['hard_pairs']['pairs']}")
    labels = m["confusion"]["labels"]
    lines.append("  confusion (rows true, columns predicted: " + ", ".join(labels) + ")")
    lines += [
        f"    {label:10} " + " ".join(f"{n:5d}" for n in row)
        for label, row in zip(labels, m["confusion"]["rows_true_columns_predicted"], strict=True)
    ]
    return "\n".join(lines)
