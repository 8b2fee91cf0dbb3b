# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""Makes stream/operators.md of the comments of the operators.

An operator is documented by a comment right above its declaration, in any header of stream/:

    // Each element through `f`.
    // Emits when: `f` has returned. Backpressures when: downstream does. Completes when: upstream
    // does. Cancels when: downstream does. Supervision: yes. Tested by: simple_test.cc.

"Tested by" makes it one; the test must exist. stream/operators_of_pekko.txt lists Pekko's operators
by category, one a line:

    map = Map                    the operator here; "not yet" while there is none of that name
    completionStage ~ Future     what it is in Pekko's other language is the same here
    asJavaStream ! why           left out

A member of SourceFactories is Source::X, of SinkFactories Sink::X, of FlowFactories Flow::X; of
another ...Ops X, an operator of sources and flows; of another class Class::X.

    operators.py [--write] [ROOT]

--write writes the page. ROOT is where WORKSPACE is (default: the one this file belongs to).
Exit codes: 0 all is well; 1 something is wrong, or the page is not the present one; one line each.
"""

import glob
import os
import re
import sys

_PAGE = "stream/operators.md"
_LIST = "stream/operators_of_pekko.txt"
_FIELDS = ("Emits when", "Backpressures when", "Completes when", "Cancels when", "Supervision",
           "Tested by")
_FIELD = re.compile(r"(?:^|\s)(" + "|".join(_FIELDS) + r"): ")
_SHAPES = {
    "SourceFactories": "Source::", "SourceStructuralOps": "Source::", "SinkFactories": "Sink::",
    "FlowFactories": "Flow::", "FlowStructuralOps": "Flow::",
}
_HEAD = """<!-- SPDX-License-Identifier: Apache-2.0 -->
<!-- Copyright 2026 The Sampo Authors -->
<!-- Written by tools/docs/operators.py of the comments in the headers: do not edit. -->
# Operators

What each operator does, by Pekko's categories. "Supervised": the attribute Supervision decides what
happens when a function of the user fails. A name without `Source::`, `Sink::` or `Flow::` is a
member of sources and flows.
"""


class Operator:
    def __init__(self, name, header, comment):
        self.name = name
        self.header = header
        parts = _FIELD.split(comment)
        self.what = parts[0].strip()
        self.fields = {key: value.strip().rstrip(".")
                       for key, value in zip(parts[1::2], parts[2::2])}

    def tests(self):
        return [test.strip() for test in re.split(r", | and ", self.fields.get("Tested by", ""))]


def shape_of(class_name):
    if class_name is None:
        return ""
    if class_name in _SHAPES:
        return _SHAPES[class_name]
    for suffix in ("SourceFactories", "SinkFactories", "FlowFactories"):
        if class_name.endswith(suffix):
            return _SHAPES[suffix]
    for shape in ("Source", "Sink", "Flow"):
        if class_name.endswith(shape + "s") or class_name == shape:
            return shape + "::"
    return "" if class_name.endswith("Ops") else class_name + "::"


def declared(lines, at):
    """The name that is declared from line `at` on, and whether it is a class; or None."""
    text = ""
    for line in lines[at:at + 12]:
        text += " " + line.strip()
        if re.search(r"[;{]", line) or ("(" in line and "requires" not in line):
            break
    while True:  # template parameters may have parentheses of their own
        match = re.match(r"\s*template\s*<", text)
        if match is None:
            break
        depth, end = 1, match.end()
        while depth and end < len(text):
            depth += {"<": 1, ">": -1}.get(text[end], 0)
            end += 1
        text = text[end:]
    match = re.match(r"\s*(?:class|struct)\s+(\w+)", text)
    if match:
        return match.group(1), True
    match = re.search(r"(\w+)\s*\(", text)
    return (match.group(1), False) if match else None


def operators_of(path, text):
    """The documented operators of a header."""
    lines = text.split("\n")
    found = []
    class_name = None
    comment = []
    for i, line in enumerate(lines):
        match = re.match(r"(?:template <.*> )?(?:class|struct) (\w+)(?!.*;$)", line)
        if match:
            class_name = match.group(1)
        if line == "};":
            class_name = None
        stripped = line.strip()
        if stripped.startswith("//"):
            comment.append(stripped[2:].strip())
            continue
        if comment and "Tested by:" in " ".join(comment):
            name = declared(lines, i)
            if name is not None:
                is_member = line.startswith(" ")
                prefix = shape_of(class_name) if is_member and not name[1] else ""
                found.append(Operator(prefix + name[0], path, " ".join(comment)))
        comment = []
    return found


def read_list(text):
    """[(category, [(pekko name, sign, rest)])]."""
    categories = []
    for line in text.split("\n"):
        match = re.match(r"\[(.+)\]$", line)
        if match:
            categories.append((match.group(1), []))
            continue
        match = re.match(r"(\S+) ([=~!]) (.+)$", line)
        if match:
            categories[-1][1].append(match.groups())
    return categories


def cell(text):
    return text.replace("|", "\\|")


def row(operator):
    fields = operator.fields
    name = f"[`{operator.name}`]({os.path.relpath(operator.header, 'stream')})"
    supervised = " Supervised." if fields.get("Supervision") == "yes" else ""
    cells = [name, cell(operator.what) + supervised]
    cells += [cell(fields.get(key, "")) for key in _FIELDS[:4]]
    cells.append(", ".join(f"`{test}`" for test in operator.tests()))
    return "| " + " | ".join(cells) + " |"


def table(operators):
    lines = ["| operator | what | emits when | backpressures when | completes when | cancels when "
             "| test |", "| --- | --- | --- | --- | --- | --- | --- |"]
    return "\n".join(lines + [row(operator) for operator in operators])


def coverage(categories, known):
    """The table of numbers, and that of all names."""
    numbers = ["| category | of Pekko | done | the same as another | not yet | left out |",
               "| --- | --- | --- | --- | --- | --- |"]
    names = ["| category | Pekko | here |", "| --- | --- | --- |"]
    total = [0, 0, 0, 0, 0]
    for category, entries in categories:
        count = [len(entries), 0, 0, 0, 0]
        for pekko, sign, rest in entries:
            if sign == "!":
                count[4] += 1
                here = f"left out: {rest}"
            elif rest not in known:
                count[3] += 1
                here = "not yet"
            else:
                count[1 if sign == "=" else 2] += 1
                here = f"`{rest}`" if sign == "=" else f"`{rest}`, which is the same"
            names.append(f"| {category} | {pekko} | {here} |")
        total = [a + b for a, b in zip(total, count)]
        numbers.append(f"| {category} | " + " | ".join(map(str, count)) + " |")
    numbers.append("| **all** | " + " | ".join(f"**{n}**" for n in total) + " |")
    return "\n".join(numbers), "\n".join(names)


def page_of(categories, operators):
    known = {}
    for operator in operators:
        known.setdefault(operator.name, operator)
    shown = set()
    parts = [_HEAD]
    for category, entries in categories:
        names = [rest for _, sign, rest in entries if sign == "=" and rest in known]
        names = [name for name in dict.fromkeys(names) if name not in shown]
        shown.update(names)
        if names:
            parts.append(f"\n## {category}\n\n" + table([known[name] for name in names]) + "\n")
    ours = [operator for name, operator in sorted(known.items()) if name not in shown]
    if ours:
        parts.append("\n## Besides Pekko's list\n\n" + table(ours) + "\n")
    numbers, names = coverage(categories, known)
    parts.append("\n## Coverage of Pekko's list\n\n" + numbers + "\n\n" + names + "\n")
    return "".join(parts)


def check(root, write=False):
    """What is wrong, one line each."""
    def read(path):
        with open(os.path.join(root, path), encoding="utf-8") as file:
            return file.read()

    problems = []
    operators = []
    files = glob.glob(os.path.join(root, "stream", "**", "*"), recursive=True)
    tests = {os.path.basename(path) for path in files if path.endswith("_test.cc")}
    for full in sorted(path for path in files if path.endswith(".h")):
        path = os.path.relpath(full, root)
        for operator in operators_of(path, read(path)):
            operators.append(operator)
            for test in operator.tests():
                if os.path.basename(test) not in tests:
                    problems.append(f"{path}: {operator.name}: there is no test {test!r}")
    page = page_of(read_list(read(_LIST)), operators)
    try:
        present = read(_PAGE)
    except FileNotFoundError:
        present = ""
    if page != present:
        if write:
            with open(os.path.join(root, _PAGE), "w", encoding="utf-8") as file:
                file.write(page)
        else:
            problems.append(
                f"{_PAGE}: not of the present headers; run tools/docs/operators.py --write")
    return problems


def main(arguments):
    write = "--write" in arguments
    roots = [argument for argument in arguments if argument != "--write"]
    here = os.path.dirname(os.path.realpath(__file__))
    root = roots[0] if roots else os.path.dirname(os.path.dirname(here))
    problems = check(root, write)
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
