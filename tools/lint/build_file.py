# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""BUILD files as data. Starlark's BUILD dialect is Python's syntax, so Python's parser reads it."""

import ast
import dataclasses
import os


@dataclasses.dataclass
class Target:
    """One call with a name in a BUILD file."""

    package: str
    rule: str
    name: str
    line: int
    path: str
    attributes: dict

    def strings(self, attribute):
        return [v for v in self.attributes.get(attribute) or [] if isinstance(v, str)]

    @property
    def testonly(self):
        return self.rule.endswith("_test") or bool(self.attributes.get("testonly"))

    @property
    def label(self):
        return f"//{self.package}:{self.name}"


def _value(node):
    """The literal value of an expression; added lists are joined; a call gives ("call", name)."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _value(node.left), _value(node.right)
        return left + right if isinstance(left, list) and isinstance(right, list) else left or right
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return ("call", node.func.id)
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def targets_of(path, text):
    """The targets of one BUILD file."""
    for node in ast.walk(ast.parse(text, filename=path)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        attributes = {keyword.arg: _value(keyword.value) for keyword in node.keywords}
        name = attributes.get("name")
        if isinstance(name, str):
            yield Target(os.path.dirname(path), node.func.id, name, node.lineno, path, attributes)


def all_targets(tree):
    for path in tree.select(["BUILD.bazel"]):
        yield from targets_of(path, tree.text(path))


def resolve(package, label):
    """(package, name) of a label, or None for another repository's."""
    if label.startswith("@sampo//"):
        label = label[len("@sampo") :]
    if label.startswith("@"):
        return None
    if not label.startswith("//"):
        return package, label.lstrip(":")
    there, _, name = label[2:].partition(":")
    return there, name or there.split("/")[-1]
