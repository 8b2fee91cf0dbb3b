# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""Headers: guard, doc head, what a public one may include, and the .cc that includes it first."""

import re

from cpp_text import includes
from source_tree import Finding, is_public_header

DOC_LINES_MIN = 3

_NEVER_PUBLIC = re.compile(r"^(grpc|grpcpp|sqlite3|gmock)\b|^httplib\.h$|^iostream$")
_PROTOBUF = re.compile(r"^google/protobuf/|\.pb\.h$")
_MAY_SEE_PROTOBUF = re.compile(r"^(actor/serialization|grpc)/|_codec\.h$|/codec/")


def guard_of(path):
    return "SAMPO_" + re.sub(r"[^A-Z0-9]", "_", path.upper()) + "_"


def check_guards(tree):
    for path in tree.headers():
        guard = guard_of(path)
        if f"#ifndef {guard}\n#define {guard}\n" not in tree.text(path):
            yield Finding(path, 1, "guard", f"include guard is {guard}")


def doc_head_lines(text):
    """Comment lines with words, after the two SPDX lines and before anything but the guard."""
    count = 0
    for line in text.split("\n")[2:]:
        if re.match(r"#(ifndef|define) SAMPO_\w+_H_$", line):
            continue
        if line.strip() and not line.startswith("//"):
            break
        count += bool(line.strip("/ "))
    return count


def check_doc_heads(tree):
    for path in filter(is_public_header, tree.headers()):
        count = doc_head_lines(tree.text(path))
        if count < DOC_LINES_MIN:
            yield Finding(path, 3, "doc-head",
                          f"{count} lines of head comment, at least {DOC_LINES_MIN}: what it is,"
                          " why, thread-safety, lifetime, example")


def _why_not_include(path, name):
    if _NEVER_PUBLIC.search(name):
        return f"a public header does not include {name}"
    if _PROTOBUF.search(name) and not _MAY_SEE_PROTOBUF.search(path):
        return f"protobuf ({name}) only under actor/serialization, codecs and grpc"
    if name.startswith("sampo/") and "internal" in name.split("/"):
        return f"a public header does not include {name} (detail/ it may)"
    return None


def check_public_includes(tree):
    for path in filter(is_public_header, tree.headers()):
        for number, name in includes(tree.text(path)):
            problem = _why_not_include(path, name)
            if problem:
                yield Finding(path, number, "public-include", problem)


def check_own_header_first(tree):
    """A header is not parsed alone by the build when the file beside it does that: so it must."""
    for path in tree.select([".cc"]):
        header = re.sub(r"(_test)?\.cc$", ".h", path)
        if not tree.exists(header):
            continue
        number, first = next(includes(tree.text(path)), (1, "nothing"))
        if first != "sampo/" + header:
            yield Finding(path, number, "own-header-first",
                          f'the first include is "sampo/{header}", not {first}')


def check_include_prefix(tree):
    """Our headers are included as sampo/<module>/x.h, though -iquote . would find them without."""
    for path in tree.cpp():
        for number, name in includes(tree.text(path)):
            generated = name.endswith(".pb.h") and not name.startswith(("sampo/", "google/"))
            if generated or (name.endswith(".h") and tree.exists(name)):
                yield Finding(path, number, "include-prefix", f'write "sampo/{name}"')


def check(tree):
    yield from check_guards(tree)
    yield from check_doc_heads(tree)
    yield from check_public_includes(tree)
    yield from check_own_header_first(tree)
    yield from check_include_prefix(tree)
