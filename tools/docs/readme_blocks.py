# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""Each fenced block of the READMEs a stranger reads first has a rule that checks it.

    snippet   quoted (snippets.py) from a source that is compiled
    file      quoted (snippets.py) from a file that a test compares with a real run
    console   a transcript that a test replays
    python    a workspace: what it calls is what tools/consumer_test builds and runs
    no word   shell commands: they are there, and their --help knows their options

A block of another kind is an error, and so are commands in the text (`tools/x --flag`) that are not
there.

    readme_blocks.py [ROOT]

Exit codes: 0 all is well; 1 something is not, one line each on stdout.
"""

import os
import re
import shutil
import sys

import snippets

# A README, and the test that replays its transcripts.
DOCUMENTS = {
    "README.md": "samples/flightboard/BUILD.bazel",
    "samples/flightboard/README.md": "samples/flightboard/BUILD.bazel",
}
_BLOCK = re.compile(r"^(?:<!-- (?P<kind>snippet|file): (?P<what>\S+) -->\n)?"
                    r"```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(tools/[^`\n]+)`")
_FLAG = re.compile(r"(?<![\w-])--?[A-Za-z][\w-]*")
# Where the manual of a command is, if not in its own head.
_MANUALS = {"tools/run": "samples/flightboard/options.cc"}
_CONSUMER = "tools/consumer_test/workspace"


def manual_of(root, command):
    """What its --help prints."""
    if command in _MANUALS:
        text = snippets.read(root, _MANUALS[command])
        return text[text.index('R"('):text.index(')";')]
    text = snippets.read(root, command)
    if "argparse" in text:
        return "\n".join(re.findall(r"add_argument\([^)]*\)", text))
    head = []
    for line in text.split("\n")[1:]:
        if not line.startswith("#"):
            break
        head.append(line)
    return "\n".join(head)


def check_command(root, line):
    """One command: its program, and its options."""
    words = line.split()
    program = words[0]
    if not program.startswith("tools/"):
        if shutil.which(program) is None:
            yield f"there is no command {program}"
        return
    path = os.path.join(root, program)
    if os.path.isdir(path):
        return
    if not os.access(path, os.X_OK):
        yield f"{program} is no program"
        return
    manual = manual_of(root, program)
    for flag in _FLAG.findall(" ".join(words[1:])):
        if not re.search(re.escape(flag) + r"(?![\w-])", manual):
            yield f"{program} --help does not know {flag}"


def check_shell(root, text):
    for line in text.split("\n"):
        line = line.split(" #")[0].strip()
        for command in filter(None, (part.strip() for part in line.split("|"))):
            yield from check_command(root, command)


def calls_of(text):
    """The calls of a Bazel file: (function, positional arguments, named ones)."""
    calls = []

    class Names(dict):
        def __missing__(self, name):
            return lambda *arguments, **named: calls.append((name, arguments, named))

    exec(compile(text, "workspace", "exec"), Names())  # pylint: disable=exec-used
    return calls


def check_workspace(root, text):
    """The block has the calls of the workspace that is tested, and its deps."""
    built = calls_of(snippets.read(root, _CONSUMER + "/WORKSPACE"))
    built += calls_of(snippets.read(root, _CONSUMER + "/BUILD.bazel"))
    names = {name for name, _, _ in built}
    deps = {dep for _, _, named in built for dep in named.get("deps", [])}
    for name, arguments, named in calls_of(text):
        if name == "load":
            if (name, arguments, named) not in built:
                yield f"the tested workspace does not load {arguments}"
        elif name in ("cc_binary", "cc_test"):
            yield from (f"the tested workspace does not use {dep}"
                        for dep in named["deps"] if dep not in deps)
        elif name == "local_repository":
            if named["name"] not in {n.get("name") for b, _, n in built if b == name}:
                yield f"the tested workspace has no repository {named['name']}"
        elif name not in names:
            yield f"the tested workspace does not call {name}"
    for flag in re.findall(r"-std=\S+", text):
        if f"--cxxopt={flag}\n" not in snippets.read(root, _CONSUMER + "/.bazelrc"):
            yield f"the tested workspace is not built with {flag}"


def check_quote(root, kind, what):
    """What is quoted is compiled, or compared with what a program prints."""
    path = what.partition("#")[0]
    folder, name = os.path.split(path)
    while not os.path.exists(os.path.join(root, folder, "BUILD.bazel")):
        folder, last = os.path.split(folder)
        name = last + "/" + name
    build = snippets.read(root, os.path.join(folder, "BUILD.bazel"))
    used = rf'srcs = \[[^\]]*"{name}"' if kind == "snippet" else rf'\$\(rootpath :?{name}\)'
    if not re.search(used, build):
        yield f"no {'target compiles' if kind == 'snippet' else 'test reads'} {path}"


def check_block(root, document, block):
    if block["kind"] is not None:
        return check_quote(root, block["kind"], block["what"])
    if block["language"] == "":
        return check_shell(root, block["text"])
    if block["language"] == "python":
        return check_workspace(root, block["text"])
    if block["language"] == "console":
        label = "//:README.md" if document == "README.md" else os.path.basename(document)
        if f"$(rootpath {label})" in snippets.read(root, DOCUMENTS[document]):
            return []
        return ["no test replays it"]
    return [f"there is no rule that checks a block of {block['language']}"]


def check(root):
    for document in DOCUMENTS:
        text = snippets.read(root, document)
        for block in _BLOCK.finditer(text):
            where = f"{document}:{snippets.line_of(text, block.start())}"
            yield from (f"{where}: {why}" for why in check_block(root, document, block))
        prose = snippets.without_fences(text)
        for command in _INLINE.finditer(prose):
            where = f"{document}:{snippets.line_of(prose, command.start())}"
            if not os.path.exists(os.path.join(root, command[1].split()[0])):
                yield f"{where}: {command[1].split()[0]} is not there"
            elif " " in command[1]:
                yield from (f"{where}: {why}" for why in check_command(root, command[1]))


def main(arguments):
    findings = list(check(arguments[0] if arguments else snippets.default_root()))
    print("".join(f"{finding}\n" for finding in findings), end="")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
