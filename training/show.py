"""Metrics as text for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def metrics_text(metrics: Mapping[str, Any]) -> str:
    """A block for each set of figures in a metrics object, with 95% intervals; signs of drift come last."""
    blocks = []
    for name, figures in metrics.items():
        title = name.replace("_", " ")
        if name == "behaviour":
            blocks.append(_behaviour(figures))
        elif name == "drift":
            blocks.append(_drift(figures))
        elif name == "reviews":
            blocks.append(_reviews(figures))
        elif "values" in figures:
            blocks.append("\n".join([_block(title, figures), *_values(figures["values"])]))
        elif "macro_f1" in figures:
            blocks.append(_block(title, figures))
        else:
            blocks.append("\n".join([title, *_values(figures)]))
    return "\n\n".join(blocks) + "\n"


def _block(name: str, m: Mapping[str, Any]) -> str:
    def interval(figure: str) -> str:
        low, high = m["intervals"][figure]
        return f"(95% {low:.3f} to {high:.3f})"

    lines = [
        f"{name} ({m['n']} sentences)",
        f"  macro-F1 {m['macro_f1']:.3f} {interval('macro_f1')}, accuracy {m['accuracy']:.3f} {interval('accuracy')}",
        *(
            f"  {label:10} P {c['precision']:.3f}  R {c['recall']:.3f}  F1 {c['f1']:.3f} {interval(label)}  n {c['n']}"
            for label, c in m["per_class"].items()
        ),
        f"  expected calibration error {m['expected_calibration_error']:.3f} {interval('expected_calibration_error')}",
        f"  accuracy at 80% coverage {m['coverage_accuracy']['80%']:.3f} {interval('accuracy_at_80%')}; at "
        + ", ".join(f"{k} {v:.3f}" for k, v in m["coverage_accuracy"].items() if k != "80%"),
    ]
    if m["hard_pairs"]["pairs"]:
        rate, pairs = m["hard_pairs"]["both_right"], m["hard_pairs"]["pairs"]
        lines.append(f"  hard pairs, both right {rate:.3f} {interval('hard_pairs')} of {pairs}")
    labels = m["confusion"]["labels"]
    lines.append("  confusion (rows true, columns predicted: " + ", ".join(labels) + ")")
    lines += [
        f"    {label:10} " + " ".join(f"{n:5d}" for n in row)
        for label, row in zip(labels, m["confusion"]["rows_true_columns_predicted"], strict=True)
    ]
    return "\n".join(lines)


def _values(values: Mapping[str, Mapping[str, Any]]) -> list[str]:
    width = max((len(value) for value in values), default=0)
    return [
        f"    {value:{width}}  macro-F1 {m['macro_f1']:.3f} (95% {low:.3f} to {high:.3f})"
        f"  ECE {m['expected_calibration_error']:.3f}  n {m['n']}"
        for value, m in values.items()
        for low, high in [m["macro_f1_95"]]
    ]


def _behaviour(found: Mapping[str, Any]) -> str:
    lines = ["behavioural tests (failure rates)"]
    for kind, m in found["kinds"].items():
        low, high = m["interval"]
        lines.append(f"  {kind:24} {m['rate']:.3f} (95% {low:.3f} to {high:.3f})  {m['failed']} of {m['cases']}")
        lines += [
            f"    {name:22} {c['rate']:.3f}  {c['failed']} of {c['cases']}" for name, c in m["capabilities"].items()
        ]
    return "\n".join(lines)


def _drift(found: Mapping[str, Any]) -> str:
    lines = [
        f"likeness to the training data: {found['known_words']:.1%} of words known, "
        f"stability index of confidence {found['stability_index']:.2f}"
    ]
    return "\n".join([*lines, *(f"  warning: {warning}" for warning in found["warnings"])])


def _reviews(found: Mapping[str, Any]) -> str:
    labels = ", ".join(f"{label} {n}" for label, n in found["reviewed"]["labels"].items())
    lines = [
        f"what the reviews bought ({found['reviewed']['statements']} statements, {found['reviewed']['changed']} "
        f"of them not as the model said; {labels})",
        "  macro-F1                    n   before    after  difference (95%)",
    ]
    for name, m in found["before_after"].items():
        before, after = m["before"]["macro_f1"], m["after"]["macro_f1"]
        low, high = m["difference_95"]
        lines.append(
            f"    {name:20} {m['n']:6}   {before:.3f}    {after:.3f}  {after - before:+.3f} ({low:+.3f} to {high:+.3f})"
        )
    if "learning_curve" in found:
        steps = ", ".join(f"{p['reviews']}: {p['macro_f1']:.3f}" for p in found["learning_curve"])
        lines.append(f"  macro-F1 on reviewed statements of unseen articles, by reviews seen: {steps}")
    return "\n".join(lines)
