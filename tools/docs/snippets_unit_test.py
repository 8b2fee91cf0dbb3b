# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""Tests of snippets.py on small trees."""

import os
import tempfile
import unittest

import snippets

_CODE = """int before;
  // [begin: two]
  int a;
    int b;
  // [end: two]
"""
_GOOD = """# Title
<!-- snippet: x.cc#two -->
```cpp
int a;
  int b;
```
"""


class SnippetsTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.root = self._folder.name
        self.put("x.cc", _CODE)

    def put(self, path, text):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)

    def get(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8") as file:
            return file.read()

    def test_takes_a_snippet_without_its_indentation(self):
        self.put("a.md", _GOOD)
        self.assertEqual(snippets.check(self.root), [])

    def test_reports_a_difference_with_place_and_remedy(self):
        self.put("docs/a.md", _GOOD.replace("int b", "int c"))
        self.assertEqual(snippets.check(self.root),
                         ["docs/a.md:2: differs from x.cc#two; run tools/docs/snippets.py --write"])

    def test_writes_what_is_current(self):
        self.put("a.md", _GOOD.replace("int b", "int c"))
        self.assertEqual(snippets.check(self.root, write=True), [])
        self.assertEqual(self.get("a.md"), _GOOD)

    def test_quotes_a_whole_file(self):
        self.put("out.txt", "one\ntwo\n")
        self.put("a.md", "<!-- file: out.txt -->\n```\none\ntwo\n```\n")
        self.assertEqual(snippets.check(self.root), [])
        self.put("out.txt", "one\n")
        self.assertEqual(len(snippets.check(self.root)), 1)

    def test_reports_what_is_missing(self):
        self.put("a.md", _GOOD.replace("#two", "#three"))
        self.assertIn("0 snippets named three", snippets.check(self.root)[0])
        self.put("a.md", _GOOD.replace("x.cc", "y.cc"))
        self.assertIn("y.cc: No such file", snippets.check(self.root)[0])

    def test_reports_a_name_that_is_there_twice(self):
        self.put("x.cc", _CODE + _CODE)
        self.put("a.md", _GOOD)
        self.assertIn("2 snippets named two", snippets.check(self.root)[0])

    def test_reports_a_marker_without_a_block(self):
        self.put("a.md", "<!-- snippet: x.cc#two -->\n\n```cpp\n```\n")
        self.assertIn("no fenced block follows", snippets.check(self.root)[0])

    def test_reports_dead_links_outside_of_code(self):
        self.put("docs/a.md",
                 "[x](../x.cc) [y](y.md#z) [w](https://a.b) [t](#top)\n```\n[z](z)\n```\n")
        self.assertEqual(snippets.check(self.root),
                         ["docs/a.md:1: link to y.md, which is not there"])

    def test_reports_files_and_targets_of_tables_that_are_not_there(self):
        self.put("b/BUILD.bazel", 'cc_library(name = "b")\ncc_library(name = "part")\n')
        self.put("b/a.md", "| file | idea |\n| --- | --- |\n| `../x.cc`, `x.cc`, `*.bazel` | |\n"
                 "| `y.cc` | |\n\n| target | what |\n| --- | --- |\n| `//b`, `//b:part` | |\n"
                 "| `//b:c` | |\n| `//c` | |\n\n| word | |\n| --- | --- |\n| `z` | |\n")
        self.assertEqual(snippets.check(self.root),
                         ["b/a.md:4: file y.cc is not there", "b/a.md:9: target //b:c is not there",
                          "b/a.md:10: target //c is not there"])

    def test_leaves_build_outputs_alone(self):
        self.put("bazel-out/a.md", _GOOD.replace("int b", "int c"))
        self.assertEqual(snippets.check(self.root), [])


if __name__ == "__main__":
    unittest.main()
