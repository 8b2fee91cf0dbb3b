# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""Platform code does not iterate Abseil hash containers: their order changes from run to run."""

import re

from cpp_text import code_only, line_of
from source_tree import Finding, is_test_file

_CONTAINER = re.compile(r"\b(?:absl::)?(?:flat|node)_hash_(?:map|set)\s*<")
_ALIAS = re.compile(r"\busing\s+(\w+)\s*=\s*$")
_NAME = re.compile(r"\s*(?:[&*]|const\b|\s)*(\w+)\s*(?:[;={,)]|ABSL_GUARDED_BY|SAMPO_GUARDED_BY)")


def _end_of_arguments(code, offset):
    """The offset after the > that closes the < just before `offset`."""
    depth = 1
    while offset < len(code) and depth:
        depth += {"<": 1, ">": -1}.get(code[offset], 0)
        offset += 1
    return offset


def _declarations(code, type_pattern, has_arguments):
    """Yields (text before, name declared after) for each use of the type."""
    for match in type_pattern.finditer(code):
        end = _end_of_arguments(code, match.end()) if has_arguments else match.end()
        name = _NAME.match(code, end)
        yield code[: match.start()], name.group(1) if name else None


def hash_names(code):
    """Names of the variables of `code` that are hash containers, also through one alias."""
    names, aliases = set(), set()
    for before, name in _declarations(code, _CONTAINER, has_arguments=True):
        alias = _ALIAS.search(before)
        if alias:
            aliases.add(alias.group(1))
        elif name:
            names.add(name)
    for alias in aliases:
        uses = re.compile(rf"(?<!using )\b{alias}\b")
        names |= {name for _, name in _declarations(code, uses, has_arguments=False) if name}
    return names


def iterations(code, names):
    """Yields (offset, name) of each loop over one of `names`."""
    if not names:
        return
    any_name = "|".join(sorted(names))
    ranged = re.compile(rf"\bfor\s*\([^;()]*?[^:]:\s*(?:[\w>.*]|->)*?\b({any_name})\s*\)")
    begin = re.compile(rf"\b({any_name})\s*(?:\.|->)\s*c?begin\s*\(")
    for pattern in (ranged, begin):
        for match in pattern.finditer(code):
            yield match.start(), match.group(1)


def check(tree):
    for path in tree.cpp():
        if is_test_file(path) or path.startswith(("tools/", "samples/")) or "/samples/" in path:
            continue
        code = code_only(tree.text(path))
        header = path[:-3] + ".h"
        has_header = path.endswith(".cc") and tree.exists(header)
        beside = code_only(tree.text(header)) if has_header else ""
        for offset, name in iterations(code, hash_names(code) | hash_names(beside)):
            yield Finding(path, line_of(code, offset), "hash-iteration",
                          f"{name} is an Abseil hash container: its order is not repeatable")
