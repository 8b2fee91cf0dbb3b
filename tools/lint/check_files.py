# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""SPDX heads, READMEs, and files that no target builds."""

import os

from check_floors import read_floors
from source_tree import Finding

_SPDX = ["SPDX-License-Identifier: Apache-2.0", "Copyright 2026 The Sampo Authors"]


def check_spdx(tree):
    for path in tree.code():
        lines = tree.lines(path)
        if lines[0].startswith("#!"):
            lines = lines[1:]
        prefix = "// " if path.endswith((".h", ".cc", ".proto")) else "# "
        if lines[:2] != [prefix + words for words in _SPDX]:
            yield Finding(path, 1, "spdx", f"the first two lines are the SPDX head: {_SPDX}")


def _rooms(tree):
    """Folders that need a README: each floor's prefix, and each sample."""
    for prefix in read_floors(tree):
        if prefix != "third_party":
            yield prefix
    for path in tree.select(["BUILD.bazel"]):
        if path.startswith("samples/"):
            yield os.path.dirname(path)


def check_readme(tree):
    for room in sorted(set(_rooms(tree))):
        lived_in = any(path.startswith(room + "/") for path in tree.code())
        if lived_in and not tree.exists(f"{room}/README.md"):
            yield Finding(f"{room}/README.md", 0, "readme", "a module has a README.md")


def _package_of(tree, path):
    """The nearest folder above `path` with a BUILD file; None where there is none."""
    folder = os.path.dirname(path)
    while folder and not tree.exists(f"{folder}/BUILD.bazel"):
        folder = os.path.dirname(folder)
    return folder or None


def check_targets(tree):
    """A test that no target names is never run, and nobody notices."""
    for path in tree.select([".cc"]):
        package = _package_of(tree, path)
        if package is None:
            continue
        name = path[len(package) + 1:]
        if f'"{name}"' not in tree.text(f"{package}/BUILD.bazel"):
            yield Finding(path, 0, "target", f"no target of //{package} names {name}")


def check(tree):
    yield from check_spdx(tree)
    yield from check_readme(tree)
    yield from check_targets(tree)
