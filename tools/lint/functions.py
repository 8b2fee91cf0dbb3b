# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""Length of functions: C++ by a brace scan, Python by its parser, shell by its shape."""

import ast
import re

from cpp_text import code_only, line_of

_CONTROL = re.compile(
    r"(?:^|[^\w])(if|for|while|switch|catch|do|else|namespace|class|struct|enum|union)\b")
_WORDS = r"const|noexcept|override|final|mutable|constexpr"
_TAIL = rf"(?:\s|{_WORDS}|&|\w+\(|\)|->[^;{{}}]*|requires[^;{{}}]*)*"
_FUNCTION_HEAD = re.compile(r"\)" + _TAIL + r"$")
_INITIALISERS = re.compile(r"\)[\w\s]*:(?!:)[^;]*$", re.DOTALL)


def _matching_brace(code, start):
    depth = 0
    for offset in range(start, len(code)):
        if code[offset] == "{":
            depth += 1
        elif code[offset] == "}":
            depth -= 1
            if depth == 0:
                return offset
    return len(code) - 1


def _head_before(code, offset):
    """The text between the end of the last statement or block and the brace at `offset`."""
    start = max(code.rfind(mark, 0, offset) for mark in ";{}")
    return code[start + 1 : offset]


def _spaces(match):
    return re.sub(r"[^\n]", " ", match.group())


def _without_directives(code):
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", _spaces, code, flags=re.MULTILINE)


def _is_member_initialiser(code, offset, head):
    """True for the brace of `: a_{1}, b_{2}`: another `,` or the body's brace follows it."""
    after = code[_matching_brace(code, offset) + 1 :].lstrip()
    return bool(_INITIALISERS.search(head)) and after[:1] in (",", "{")


def _is_function(head):
    head = head.strip()
    if not head or "(" not in head or _CONTROL.match(head) or head.endswith("="):
        return False
    return bool(_FUNCTION_HEAD.search(head) or _INITIALISERS.search(head))


def cpp_functions(text):
    """Yields (first line, last line) of each outermost function body."""
    code = _without_directives(code_only(text))
    offset = code.find("{")
    while offset != -1:
        head = _head_before(code, offset)
        if _is_member_initialiser(code, offset, head):
            end = _matching_brace(code, offset)
            code = code[:offset] + re.sub(r"[^\n]", " ", code[offset : end + 1]) + code[end + 1 :]
        elif _is_function(head):
            end = _matching_brace(code, offset)
            yield line_of(code, offset), line_of(code, end)
            code = code[:offset] + re.sub(r"[^\n}]", " ", code[offset:end]) + code[end:]
            offset = end
        offset = code.find("{", offset + 1)


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno


def shell_functions(text):
    start = None
    for number, line in enumerate(text.split("\n"), start=1):
        if re.match(r"\w+\(\) \{", line) and not line.rstrip().endswith("}"):
            start = number
        elif line == "}" and start:
            yield start, number
            start = None


def functions_of(path, text):
    if path.endswith((".h", ".cc")):
        return cpp_functions(text)
    if path.endswith(".py"):
        return python_functions(text)
    return shell_functions(text)
