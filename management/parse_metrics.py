# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""Reads what /metrics says with Prometheus' own parser, for management_test.

    parse_metrics.py FILE

Prints one line for each sample, "FAMILY TYPE NAME{label=value,...} VALUE", sorted. Checks of each
histogram that its buckets only grow and end at +Inf with its count.

Exit codes: 0 all is well; 1 the text is wrong, one line says how.
"""

import sys

from prometheus_client.parser import text_string_to_metric_families


def histogram_problem(family):
    """What is wrong with the buckets of a histogram, or None."""
    buckets, counts = {}, {}
    for sample in family.samples:
        labels = tuple(sorted((k, v) for k, v in sample.labels.items() if k != "le"))
        if sample.name.endswith("_bucket"):
            buckets.setdefault(labels, []).append((float(sample.labels["le"]), sample.value))
        elif sample.name.endswith("_count"):
            counts[labels] = sample.value
    for labels, bounds in buckets.items():
        values = [value for _, value in bounds]
        if bounds != sorted(bounds) or values != sorted(values):
            return f"{family.name}{labels}: the buckets do not grow: {bounds}"
        if bounds[-1] != (float("inf"), counts.get(labels)):
            return f"{family.name}{labels}: the last bucket is {bounds[-1]}, the count {counts}"
    return None if buckets else f"{family.name}: no buckets"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        text = file.read()
    lines, names = [], set()
    for family in text_string_to_metric_families(text):
        if family.name in names:
            print(f"{family.name} is there twice")
            return 1
        names.add(family.name)
        if family.type in ("unknown", "untyped") or not family.documentation:
            print(f"{family.name}: its type is {family.type}, its help '{family.documentation}'")
            return 1
        problem = histogram_problem(family) if family.type == "histogram" else None
        if problem:
            print(problem)
            return 1
        for sample in family.samples:
            labels = ",".join(f"{k}={v}" for k, v in sorted(sample.labels.items()))
            lines.append(f"{family.name} {family.type} {sample.name}{{{labels}}} {sample.value:g}")
    print("\n".join(sorted(lines)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
