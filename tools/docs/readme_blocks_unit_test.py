# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""Tests of readme_blocks.py on a small tree."""

import os
import tempfile
import unittest

import readme_blocks

_HEAD = "#!/bin/bash\n# SPDX\n#\n# x: does it.\n#\n#   tools/x --all\n#\nset -e # --hidden\n"
_WORKSPACE = """local_repository(name = "sampo", path = "../..")
load("@sampo//third_party:deps.bzl", "sampo_dependencies")
sampo_dependencies()
"""
_BUILD = 'cc_test(name = "t", srcs = ["t.cc"], deps = ["//a", "@sampo//actor"])\n'


class ReadmeBlocksTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        self.put("tools/x", _HEAD)
        os.chmod(os.path.join(self.root, "tools/x"), 0o755)
        self.put("tools/consumer_test/workspace/WORKSPACE", _WORKSPACE)
        self.put("tools/consumer_test/workspace/BUILD.bazel", _BUILD)
        self.put("tools/consumer_test/workspace/.bazelrc", "build --cxxopt=-std=c++20\n")
        self.put("samples/flightboard/BUILD.bazel",
                 'srcs = ["main.cc"]\n["$(rootpath README.md)", "$(rootpath data/out.txt)"]')
        self.put("samples/flightboard/README.md", "")

    def put(self, path, text):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)

    def findings(self, text, document="README.md"):
        self.put("README.md", "")
        self.put(document, text)
        return list(readme_blocks.check(self.root))

    def test_takes_commands_that_are_there_with_options_that_are_known(self):
        text = "```\ntools/x --all   # all\ncat a | tools/x\n```\n`tools/x`\n"
        self.assertEqual(self.findings(text),
                         [])

    def test_reports_commands_and_options_that_are_not_there(self):
        self.assertEqual(self.findings("\n```\ntools/x --al\ntools/y\nno-such-command\n```\n"),
                         ["README.md:2: tools/x --help does not know --al",
                          "README.md:2: tools/y is no program",
                          "README.md:2: there is no command no-such-command"])
        self.assertEqual(self.findings("`tools/x --hidden` `tools/z`\n"),
                         ["README.md:1: tools/x --help does not know --hidden",
                          "README.md:1: tools/z is not there"])

    def test_reports_a_block_without_a_rule(self):
        for language in ("cpp", "json", "text"):
            self.assertEqual(self.findings(f"```{language}\nx\n```\n"),
                             [f"README.md:1: there is no rule that checks a block of {language}"])

    def test_a_transcript_is_replayed(self):
        block = "```console\n$ curl x\n```\n"
        self.assertEqual(self.findings(block), ["README.md:1: no test replays it"])
        self.assertEqual(self.findings(block, "samples/flightboard/README.md"), [])

    def test_what_is_quoted_is_compiled_or_compared(self):
        def quote(kind, what):
            return f"<!-- {kind}: samples/flightboard/{what} -->\n```\nx\n```\n"
        for good in (quote("snippet", "main.cc#a"), quote("file", "data/out.txt")):
            self.assertEqual(self.findings(good), [])
        self.assertEqual(self.findings(quote("snippet", "other.cc#a")),
                         ["README.md:1: no target compiles samples/flightboard/other.cc"])
        self.assertEqual(self.findings(quote("file", "data/in.txt")),
                         ["README.md:1: no test reads samples/flightboard/data/in.txt"])

    def test_a_workspace_is_the_tested_one(self):
        good = _WORKSPACE + "# with -std=c++20\n" + \
            'cc_binary(name = "hello", srcs = ["h.cc"], deps = ["@sampo//actor"])\n'
        self.assertEqual(self.findings(f"```python\n{good}```\n"), [])
        for word, other in [('"sampo"', '"sampoo"'), ("deps.bzl", "dep.bzl"), ("c++20", "c++17"),
                            ("@sampo//actor", "@sampo//a"),
                            ("sampo_dependencies()", "sampo_deps()")]:
            bad = good.replace(word, other)
            self.assertEqual(len(self.findings(f"```python\n{bad}```\n")), 1, bad)


if __name__ == "__main__":
    unittest.main()
