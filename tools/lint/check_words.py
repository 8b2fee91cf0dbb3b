# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""Words that may not be written: sleeping tests, -I., using namespace in headers, loose TODOs."""

import re

from cpp_text import code_only
from source_tree import Finding, is_test_file

_SLEEP = re.compile(r"\b(sleep_for|sleep_until|usleep|nanosleep|SleepFor)\b|(?<![\w.])sleep\s*\(")
_USING_NAMESPACE = re.compile(r"\busing\s+namespace\b")
_INCLUDE_ROOT = re.compile(r"""(?<![\w-])-I\.(?![\w./])|\bincludes\s*=\s*\[\s*"\.?/?"\s*[,\]]""")
_TODO = re.compile(r"\bTODO\b(?!\(#\d+\))")

# Lint names the words it looks for.
_OWN = "tools/lint/"


def _search(tree, path, text, pattern, rule, message):
    for number, line in enumerate(text.split("\n"), start=1):
        if pattern.search(line):
            yield Finding(path, number, rule, message)


def check_cpp(tree):
    for path in tree.cpp():
        code = code_only(tree.text(path))
        if is_test_file(path):
            yield from _search(tree, path, code, _SLEEP, "sleep",
                               "a test does not sleep: ManualTime, TestProbe or a latch")
        if path.endswith(".h"):
            yield from _search(tree, path, code, _USING_NAMESPACE, "using-namespace",
                               "no `using namespace` in a header")


def check_includes(tree):
    for path in tree.bazel() + tree.select([".bazelrc"]):
        if not path.startswith(_OWN):
            text = re.sub(r"#[^\n]*", "", tree.text(path))
            yield from _search(tree, path, text, _INCLUDE_ROOT, "include-root",
                               "the root is never an include directory")


def check_todo(tree):
    for path in tree.code():
        if not path.startswith(_OWN):
            yield from _search(tree, path, tree.text(path), _TODO, "todo", "write TODO(#issue)")


def check(tree):
    yield from check_cpp(tree)
    yield from check_includes(tree)
    yield from check_todo(tree)
