# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""Columns, function length, file length."""

import re

from functions import functions_of
from source_tree import Finding

COLUMNS = 100
FUNCTION_LINES = 60
LONG_SWITCH_LINES = 120
FILE_LINES = 700

_LONG_SWITCH = re.compile(r"//\s*long-switch:\s*\S+")
_UNBREAKABLE = re.compile(r"https?://\S{60,}")


def check_columns(tree):
    for path in tree.code():
        for number, line in enumerate(tree.lines(path), start=1):
            if len(line) > COLUMNS and not _UNBREAKABLE.search(line):
                yield Finding(path, number, "columns", f"{len(line)} columns, at most {COLUMNS}")


def check_files(tree):
    for path in tree.code():
        if path.endswith("BUILD.bazel"):
            continue  # one target after the other: read by name, never as a whole
        count = tree.text(path).count("\n")
        if count > FILE_LINES:
            yield Finding(path, 0, "file", f"{count} lines, at most {FILE_LINES}")


def check_functions(tree):
    for path in sorted({*tree.cpp(), *tree.scripts()}):
        lines = tree.lines(path)
        for first, last in functions_of(path, tree.text(path)):
            body = "\n".join(lines[first - 1 : last])
            limit = LONG_SWITCH_LINES if _LONG_SWITCH.search(body) else FUNCTION_LINES
            if last - first + 1 > limit:
                message = f"function of {last - first + 1} lines, at most {limit}"
                yield Finding(path, first, "function", message)


def check(tree):
    yield from check_columns(tree)
    yield from check_files(tree)
    yield from check_functions(tree)
