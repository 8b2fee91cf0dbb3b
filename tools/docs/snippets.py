# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""Keeps what documents quote equal to what is compiled and run.

In Markdown, right above a fenced block:

    <!-- snippet: actor/samples/iot/iot.cc#ask -->        what stands between `// [begin: ask]` and
                                                         `// [end: ask]`, without its indentation
    <!-- file: actor/samples/iot/expected_output.txt -->  a whole file

    snippets.py [--write] [ROOT]

--write puts the present text into the documents. ROOT is where WORKSPACE is (default: the one this
file belongs to). Reported, too: relative links to what is not there; in tables headed `file`,
`folder` or `target`, names in the first column that are not there.

Exit codes: 0 all is well; 1 something differs or is missing, one line each on stdout.
"""

import glob
import os
import re
import sys
import textwrap

_PRUNED = re.compile(r"^(\.git|\.cache|__pycache__|node_modules|testdata|bazel-.*)$")
_QUOTE = re.compile(
    r"^<!-- (?P<kind>snippet|file): (?P<what>\S+) -->\n```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL)
_MARKER = re.compile(r"^<!-- (?:snippet|file): (\S+) -->$", re.MULTILINE)
_LINK = re.compile(r"\[[^\]\n]*\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")


class Missing(Exception):
    """What a document quotes is not there."""


def read(root, path):
    try:
        with open(os.path.join(root, path), encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        raise Missing(f"{path}: {error.strerror}") from error


def snippet_of(text, name, path):
    """The lines between the markers, dedented."""
    pattern = re.compile(
        rf"^[ \t]*// \[begin: {re.escape(name)}\]\n(.*?)^[ \t]*// \[end: {re.escape(name)}\]$",
        re.MULTILINE | re.DOTALL)
    found = pattern.findall(text)
    if len(found) != 1:
        raise Missing(f"{path}: {len(found)} snippets named {name}, expected 1")
    return textwrap.dedent(found[0])


def quoted(root, kind, what):
    """The text that a document should show for `what`."""
    if kind == "file":
        return read(root, what)
    path, _, name = what.partition("#")
    return snippet_of(read(root, path), name, path)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def check_quotes(root, path, text):
    """Findings of one document, and the document as it should be."""
    findings = []

    def renew(match):
        where = f"{path}:{line_of(text, match.start())}"
        try:
            current = quoted(root, match["kind"], match["what"])
        except Missing as error:
            findings.append(f"{where}: {error}")
            return match[0]
        if current != match["text"]:
            findings.append(f"{where}: differs from {match['what']}; run tools/docs/snippets.py"
                            " --write")
        return (f"<!-- {match['kind']}: {match['what']} -->\n```{match['language']}\n"
                f"{current}```")

    renewed = _QUOTE.sub(renew, text)
    used = {match.start() for match in _QUOTE.finditer(text)}
    for match in _MARKER.finditer(text):
        if match.start() not in used:
            findings.append(f"{path}:{line_of(text, match.start())}: no fenced block follows"
                            f" {match[0]}")
    return findings, renewed


def without_fences(text):
    """The text with fenced blocks blanked, so that line numbers stay."""
    return re.sub(r"^```.*?^```$", lambda m: "\n" * m[0].count("\n"), text,
                  flags=re.MULTILINE | re.DOTALL)


def check_links(root, path, text):
    prose = without_fences(text)
    for match in _LINK.finditer(prose):
        target = os.path.normpath(os.path.join(os.path.dirname(path), match[1]))
        if not os.path.exists(os.path.join(root, target)):
            yield f"{path}:{line_of(prose, match.start())}: link to {match[1]}, which is not there"


def tables(text):
    """(title of the first column, line, first cell) of each row of each table."""
    title = None
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.startswith("|"):
            title = None
            continue
        first = line[1:].split("|")[0].strip()
        if title is None:
            title = first
        elif first.strip("-: "):
            yield title, number, first


def has_target(root, label):
    """Whether //package:name is in package/BUILD.bazel; //package is //package:its-last-folder."""
    package, _, name = label[2:].partition(":")
    name = name or package.split("/")[-1]
    try:
        return f'"{name}"' in read(root, os.path.join(package, "BUILD.bazel"))
    except Missing:
        return False


def has_file(root, path, name):
    here = os.path.join(root, os.path.dirname(path))
    folders = [here, os.path.join(here, "*"), root]
    return any(glob.glob(os.path.join(folder, name)) for folder in folders)


def check_tables(root, path, text):
    for title, number, cell in tables(without_fences(text)):
        for name in re.findall(r"`([^`]+)`", cell):
            label = title == "target" and name.startswith("//")
            missing = ((label and not has_target(root, name)) or
                       (title in ("file", "folder") and not has_file(root, path, name)))
            if missing:
                yield f"{path}:{number}: {title} {name} is not there"


def documents(root):
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not _PRUNED.match(name))
        for name in sorted(names):
            if name.endswith(".md"):
                yield os.path.relpath(os.path.join(folder, name), root)


def check(root, write=False):
    findings = []
    for path in documents(root):
        text = read(root, path)
        of_quotes, renewed = check_quotes(root, path, text)
        if write and renewed != text:
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(renewed)
            print(f"{path}: renewed")
            of_quotes, _ = check_quotes(root, path, renewed)
        findings += of_quotes
        findings += check_links(root, path, text)
        findings += check_tables(root, path, text)
    return findings


def default_root():
    """The repository: in a test, WORKSPACE is a link out of the runfiles."""
    if os.path.exists("WORKSPACE"):
        return os.path.dirname(os.path.realpath("WORKSPACE"))
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))


def main(arguments):
    write = "--write" in arguments
    roots = [argument for argument in arguments if argument != "--write"]
    findings = check(roots[0] if roots else default_root(), write)
    print("".join(f"{finding}\n" for finding in findings), end="")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
