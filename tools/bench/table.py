# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""From samples to medians to one Markdown table."""

import statistics

from programs import REFERENCE

_FLOOR = "bare"
_OWN = "sampo"


def _median(samples, key):
    values = [sample[key] for sample in samples if isinstance(sample.get(key), float)]
    return statistics.median(values) if values else None


def summarise(samples):
    """{(bench, threads): {program: medians}}, in the order in which they were first measured.

    A sample that was too noisy counts only where no other of its kind was quiet enough.
    """
    groups = {}
    for sample in samples:
        if "error" in sample:
            continue
        cell = groups.setdefault((sample["bench"], sample["threads"]), {})
        cell.setdefault(sample["program"], []).append(sample)
    rows = {}
    for key, programs in groups.items():
        rows[key] = {}
        for program, found in programs.items():
            quiet = [sample for sample in found if not sample.get("rejected")] or found
            rates = [sample["ops_per_s"] for sample in quiet]
            rows[key][program] = {
                "ops_per_s": statistics.median(rates),
                "min": min(rates),
                "max": max(rates),
                "samples": len(quiet),
                "rss_mb": _median(quiet, "rss_mb"),
                "bytes_per_actor": _median(quiet, "bytes_per_actor"),
                "noise": max(sample["noise"] for sample in quiet),
            }
    return rows


def best_peer(row):
    """(name, operations per second) of the fastest actor system that is not ours, or None."""
    rates = {name: cell["ops_per_s"] for name, cell in row.items()
             if name not in (_OWN, _FLOOR, REFERENCE)}
    return max(rates.items(), key=lambda item: item[1]) if rates else None


def ratios(row):
    """{"time_to_floor", "speed_to_best", "best"}; what can't be known is None."""
    result = {"time_to_floor": None, "speed_to_best": None, "best": None}
    if _OWN not in row:
        return result
    own = row[_OWN]["ops_per_s"]
    if _FLOOR in row:
        result["time_to_floor"] = row[_FLOOR]["ops_per_s"] / own
    best = best_peer(row)
    if best is not None:
        result["best"] = best[0]
        result["speed_to_best"] = own / best[1]
    return result


def short(value):
    """12.3M, 456k, 789."""
    if value is None:
        return "–"
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if value >= size:
            return f"{value / size:.2f}{unit}" if value < 10 * size else f"{value / size:.1f}{unit}"
    return f"{value:.0f}"


def _cell(row, program):
    if program not in row:
        return "–"
    cell = row[program]
    text = short(cell["ops_per_s"])
    if cell["bytes_per_actor"] is not None:
        text += f" ({cell['bytes_per_actor']:.0f} B)"
    return text


def _factor(value):
    return "–" if value is None else f"{value:.2f}"


def markdown(rows, peers):
    """The table; `peers` are the names of the columns after ours."""
    head = ["bench", "t", "sampo", "range", "floor", "time ÷ floor", *peers, "speed ÷ best peer",
            "rss MB", "noise"]
    lines = ["| " + " | ".join(head) + " |",
             "|" + "|".join("---" if at < 2 else "---:" for at in range(len(head))) + "|"]
    for (bench, threads), row in rows.items():
        ratio = ratios(row)
        own = row.get(_OWN)
        best = "–" if ratio["best"] is None else f"{ratio['speed_to_best']:.1f} ({ratio['best']})"
        lines.append("| " + " | ".join([
            bench, str(threads), _cell(row, _OWN),
            "–" if own is None else f"{short(own['min'])}-{short(own['max'])}",
            _cell(row, _FLOOR), _factor(ratio["time_to_floor"]),
            *[_cell(row, peer) for peer in peers], best,
            "–" if own is None or own["rss_mb"] is None else f"{own['rss_mb']:.0f}",
            f"{max(cell['noise'] for cell in row.values()):.2f}"]) + " |")
    return "\n".join(lines)


def facts_line(facts):
    return (f"{facts['cores']} cores of {facts['cpu']}, {facts['memory_gib']} GiB, "
            f"{facts['system']} {facts['kernel']}, {facts['at']}, load "
            + " ".join(str(load) for load in facts["load"]))


def micro_markdown(benchmarks):
    """The Google Benchmarks: time of one iteration, and the floor and ratio each prints."""
    lines = ["| benchmark | time | floor | ratio | other counters |", "|---|---:|---:|---:|---|"]
    skip = {"floor_ns", "ratio"}
    for found in benchmarks:
        counters = found["counters"]
        others = ", ".join(f"{name} {value:.4g}" for name, value in sorted(counters.items())
                           if name not in skip)
        floor = counters.get("floor_ns", counters.get("floor"))
        lines.append(f"| {found['name']} | {found['time']:.4g} {found['unit']} | "
                     f"{'–' if floor is None else f'{floor:.4g} ns'} | "
                     f"{_factor(counters.get('ratio'))} | {others} |")
    return "\n".join(lines)
