# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""The files that lint reads, and what it reports about them."""

import dataclasses
import os
import re

_PRUNED = re.compile(r"^(\.git|\.cache|__pycache__|node_modules|testdata|bazel-.*)$")
CPP = (".h", ".cc")
BAZEL = ("BUILD.bazel", "WORKSPACE", ".bzl", ".BUILD")


@dataclasses.dataclass(frozen=True, order=True)
class Finding:
    """One violation. `line` is 0 when the file as a whole is meant."""

    path: str
    line: int
    rule: str
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: [{self.rule}] {self.message}"


class SourceTree:
    """The files under `root`, by path relative to it, without build outputs and test data."""

    def __init__(self, root):
        self.root = root
        self._text = {}
        self._ignored = self._bazelignore()
        self.paths = sorted(self._walk())

    def _bazelignore(self):
        """Folders that are other workspaces."""
        path = os.path.join(self.root, ".bazelignore")
        if not os.path.exists(path):
            return set()
        with open(path, encoding="utf-8") as file:
            return set(file.read().split())

    def _relative(self, *parts):
        return os.path.relpath(os.path.join(*parts), self.root)

    def _walk(self):
        for folder, folders, names in os.walk(self.root):
            folders[:] = [name for name in folders if not _PRUNED.match(name)
                          and self._relative(folder, name) not in self._ignored]
            for name in names:
                yield self._relative(folder, name)

    def select(self, endings):
        return [path for path in self.paths if path.endswith(tuple(endings))]

    def cpp(self):
        return self.select(CPP)

    def headers(self):
        return self.select([".h"])

    def bazel(self):
        return self.select(BAZEL)

    def scripts(self):
        """Shell and Python, with or without an extension."""
        return [p for p in self.paths if p.endswith((".py", ".sh")) or self._has_shebang(p)]

    def code(self):
        return sorted({*self.cpp(), *self.bazel(), *self.scripts(), *self.select([".proto"])})

    def _has_shebang(self, path):
        if "." in os.path.basename(path):
            return False
        with open(os.path.join(self.root, path), "rb") as file:
            return file.read(2) == b"#!"

    def exists(self, path):
        return os.path.exists(os.path.join(self.root, path))

    def text(self, path):
        if path not in self._text:
            full = os.path.join(self.root, path)
            with open(full, encoding="utf-8", errors="replace") as file:
                self._text[path] = file.read()
        return self._text[path]

    def lines(self, path):
        return self.text(path).split("\n")


def is_test_file(path):
    return path.endswith(("_test.cc", "_fuzz.cc", "_no_compile.cc")) or "/integration/" in path


def is_public_header(path):
    """Public: what a user may include, so neither detail/ nor internal/ nor the tools' own."""
    folders = path.split("/")[:-1]
    return not {"internal", "detail", "tools"} & set(folders)
