# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""Known violations, which may only become fewer.

ratchet.txt holds lines `rule path count`. A rule broken more often than its line says fails; one
broken less often fails too, until the line is lowered. So the file only shrinks.
"""

import collections

FILE = "tools/lint/ratchet.txt"


def read(text):
    allowed = {}
    for line in text.split("\n"):
        words = line.split("#")[0].split()
        if words:
            rule, path, count = words
            allowed[rule, path] = int(count)
    return allowed


def apply(findings, allowed, rules):
    """The lines to print: findings beyond the ratchet, and ratchet lines that are too high.

    Only ratchet lines of `rules`, those of the running check, are looked at.
    """
    by_key = collections.defaultdict(list)
    for finding in findings:
        by_key[finding.rule, finding.path].append(finding)
    problems = []
    for key, found in sorted(by_key.items()):
        if len(found) > allowed.get(key, 0):
            problems += [str(finding) for finding in sorted(found)]
    for key, count in sorted(allowed.items()):
        if key[0] in rules and len(by_key[key]) < count:
            problems.append(f"{FILE}: lower `{key[0]} {key[1]} {count}` to {len(by_key[key])}")
    return problems
