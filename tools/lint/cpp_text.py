# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""C++ source with comments and literals blanked out: same length, same lines."""

import re

_TOKEN = re.compile(
    r"""//[^\n]*                                # comment to the end of the line
      | /\*.*?\*/                               # comment
      | R"(?P<tag>[^()\s\\]*)\(.*?\)(?P=tag)"   # raw string
      | "(?:\\.|[^"\\\n])*"                     # string
      | (?<![0-9a-zA-Z_])'(?:\\.|[^'\\\n])+'    # character (not the ' of 1'000)
    """,
    re.DOTALL | re.VERBOSE,
)


def _blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def code_only(text):
    """`text` with every comment and literal turned into spaces."""
    return _TOKEN.sub(_blank, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def includes(text):
    """Yields (line, name) of each #include, in order."""
    for number, line in enumerate(text.split("\n"), start=1):
        match = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
        if match:
            yield number, match.group(1)
