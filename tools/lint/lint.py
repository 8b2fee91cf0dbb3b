# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""lint.py CHECK [ROOT]: runs one check over the source tree; prints what it finds.

The tree is ROOT, or the folder the runfile WORKSPACE links to, so that one test can read every
package's sources without each package having to export them.

Exit codes: 0 clean, 1 findings, 2 unknown check.
"""

import os
import sys

import check_files
import check_floors
import check_format
import check_hash_iteration
import check_headers
import check_includes
import check_size
import check_words
import check_wrappers
import ratchet
from source_tree import SourceTree

# name -> (check, its rules)
CHECKS = {
    "buildifier": (check_format.check_buildifier, {"buildifier"}),
    "files": (check_files.check, {"spdx", "readme", "target"}),
    "floors": (check_floors.check, {"floors", "floor-table", "native-rule", "glob"}),
    "format": (check_format.check_clang_format, {"clang-format"}),
    "hash_iteration": (check_hash_iteration.check, {"hash-iteration"}),
    "headers": (
        check_headers.check,
        {"guard", "doc-head", "public-include", "own-header-first", "include-prefix"},
    ),
    "includes": (check_includes.check, {"includes"}),
    "size": (check_size.check, {"columns", "file", "function"}),
    "words": (check_words.check, {"sleep", "using-namespace", "include-root", "todo"}),
    "wrappers": (check_wrappers.check, {"wrapper"}),
}


def run(name, root):
    """The problems check `name` has with the tree at `root`, as lines."""
    check, rules = CHECKS[name]
    tree = SourceTree(root)
    allowed = ratchet.read(tree.text(ratchet.FILE)) if tree.exists(ratchet.FILE) else {}
    return ratchet.apply(list(check(tree)), allowed, rules)


def main(arguments):
    if not arguments or arguments[0] not in CHECKS:
        print(__doc__, "checks:", " ".join(CHECKS), file=sys.stderr)
        return 2
    root = arguments[1] if len(arguments) > 1 else os.path.dirname(os.path.realpath("WORKSPACE"))
    problems = run(arguments[0], root)
    print("\n".join(problems) if problems else f"{arguments[0]}: clean ({root})")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
