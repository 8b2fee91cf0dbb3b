# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""Each target names the targets whose headers it includes.

clang's layering_check sees what a compiled file includes, and nothing of the headers of a library
that no file of its own includes. This check reads the BUILD files and sees both, without a
compiler: each `#include "sampo/..."` of a target's files is one of its own, or a header of a target
in its deps.
"""

import re

from build_file import all_targets, resolve
from source_tree import Finding

_INCLUDE = re.compile(r'^\s*#\s*include\s+"sampo/([^"]+)"')
_RULE = re.compile(r"^sampo_cc_(library|test|binary|benchmark|fuzz_test)$")


def _files(target, attribute):
    """Paths of the files that the attribute names; other targets' files are left out."""
    return [f"{target.package}/{name}" for name in target.strings(attribute)
            if not name.startswith(("/", "@", ":"))]


def _offered(targets):
    """{(package, name): headers} of all targets."""
    return {(target.package, target.name): set(_files(target, "hdrs")) for target in targets}


def _seen_by(target, offered):
    """The headers that the target may include."""
    seen = {*_files(target, "hdrs"), *_files(target, "srcs")}
    for label in target.strings("deps"):
        there = resolve(target.package, label)
        if there is not None:
            seen |= offered.get(there, set())
    return seen


def _owners(targets):
    """{path: the targets that hold the file}: a facade lists the headers of others once more."""
    owners = {}
    for target in targets:
        if _RULE.match(target.rule):
            for path in _files(target, "hdrs") + _files(target, "srcs"):
                owners.setdefault(path, []).append(target)
    return owners


def check(tree):
    targets = list(all_targets(tree))
    offered = _offered(targets)
    for path, owners in sorted(_owners(targets).items()):
        if not tree.exists(path):
            continue
        seen_by = [_seen_by(owner, offered) for owner in owners]
        for number, line in enumerate(tree.lines(path), 1):
            found = _INCLUDE.match(line)
            # What is not in the tree is made by a rule, whose output no BUILD file names.
            if not found or not tree.exists(found[1]):
                continue
            if not any(found[1] in seen for seen in seen_by):
                yield Finding(path, number, "includes",
                              f"{owners[0].label} has no dep that offers sampo/{found[1]}")
