# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""Floors, a second time: every BUILD file's declared deps against the table of docs/floors.md.

tools/build_defs/floors.bzl refuses a bad dep when a macro loads it. This check reads the BUILD
files themselves, so a native rule, or a macro that forgot to ask, does not slip through; and it
keeps the two tables the same.
"""

import ast
import re

from build_file import all_targets, resolve
from source_tree import Finding

DOC = "docs/floors.md"
BZL = "tools/build_defs/floors.bzl"
_ROW = re.compile(r"^\|\s*`([\w/]+)`\s*\|\s*([\d.]+)\s*\|", re.MULTILINE)
_NATIVE = re.compile(r"^(cc_library|cc_test|cc_binary|cc_proto_library|proto_library)$")


def read_floors(tree):
    """{prefix: floor as text} from the table of docs/floors.md."""
    return dict(_ROW.findall(tree.text(DOC)))


def read_bzl_floors(tree):
    for node in ast.parse(tree.text(BZL)).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "FLOORS":
            return ast.literal_eval(node.value)
    return {}


def prefix_of(floors, package):
    parts = package.split("/")
    candidates = ["/".join(parts[:count]) for count in range(len(parts), 0, -1)]
    return next((candidate for candidate in candidates if candidate in floors), None)


def _height(floor):
    major, _, minor = floor.partition(".")
    return int(major), int(minor or 0)


def _test_may(floors, package, here, there):
    module = package.split("/")[0]
    if there == f"{module}/testkit":
        return True
    if not f"{package}/".startswith(f"{module}/integration/"):
        return False
    one_up = _height(floors[there])[0] == _height(floors[here])[0] + 1
    return there.split("/")[0] == module or one_up


def edge_allowed(floors, package, there_package, testonly):
    here, there = prefix_of(floors, package), prefix_of(floors, there_package)
    if here is None or there is None:
        return False
    if here == there or _height(floors[there]) < _height(floors[here]):
        return True
    return testonly and _test_may(floors, package, here, there)


def check_edges(tree):
    floors = read_floors(tree)
    for target in all_targets(tree):
        for label in target.strings("deps"):
            there = resolve(target.package, label)
            if there and not edge_allowed(floors, target.package, there[0], target.testonly):
                yield Finding(target.path, target.line, "floors",
                              f"{target.label} may not depend on {label}: {DOC}")


def check_rules(tree):
    for target in all_targets(tree):
        if target.package.startswith(("third_party", "tools")):
            continue
        if _NATIVE.match(target.rule):
            yield Finding(target.path, target.line, "native-rule",
                          f"{target.label}: sampo_{target.rule}, not {target.rule}")
        for attribute in ("srcs", "hdrs"):
            if target.attributes.get(attribute) == ("call", "glob"):
                yield Finding(target.path, target.line, "glob",
                              f"{target.label}: {attribute} are written out, not globbed")


def check_tables(tree):
    if read_floors(tree) != read_bzl_floors(tree):
        yield Finding(DOC, 0, "floor-table", f"the table is not the one of {BZL}")


def check(tree):
    yield from check_tables(tree)
    yield from check_edges(tree)
    yield from check_rules(tree)
