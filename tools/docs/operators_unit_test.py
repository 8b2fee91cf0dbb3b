# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""Tests of operators.py on small trees."""

import os
import tempfile
import unittest

import operators

_OPS = """namespace x {
// Not an operator.
int Helper();

template <class Derived, class Out>
class SimpleOps {
 public:
  // Each element through `f`.
  // Emits when: `f` has returned. Backpressures when: downstream does. Completes when: upstream
  // does. Cancels when: downstream does. Supervision: yes. Tested by: map_test.cc.
  template <class F, class U = ResultOf<F, Out>>
  auto Map(F f, SourceLocation where = SourceLocation::Current()) const {
"""
_FACTORIES = """template <class Out>
class SourceFactories {
  // Nothing.
  // Emits when: never. Completes when: it starts. Tested by: map_test.cc.
  static Source<Out, NotUsed> Empty(SourceLocation where = {}) {
"""
_PEKKO = "[Sources]\nempty = Source::Empty\nnothing ~ Source::Empty\n[Simple]\nmap = Map\n" \
         "filter = Filter\nasJavaStream ! of Java\n"


class OperatorsTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.root = self._folder.name
        self.put("stream/operators_of_pekko.txt", _PEKKO)
        self.put("stream/ops/simple.h", _OPS)
        self.put("stream/ops/source_factories.h", _FACTORIES)
        self.put("stream/ops/map_test.cc", "")

    def put(self, path, text):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)

    def page(self):
        self.assertEqual(operators.check(self.root, write=True), [])
        with open(os.path.join(self.root, "stream/operators.md"), encoding="utf-8") as file:
            return file.read()

    def test_a_written_page_is_the_present_one(self):
        self.page()
        self.assertEqual(operators.check(self.root), [])

    def test_reports_a_page_that_is_old(self):
        self.page()
        self.put("stream/ops/simple.h", _OPS.replace("has returned", "returns"))
        self.assertEqual(operators.check(self.root), [
            "stream/operators.md: not of the present headers; run tools/docs/operators.py --write"])

    def test_joins_what_a_comment_says_over_several_lines(self):
        self.assertIn("| [`Map`](ops/simple.h) | Each element through `f`. Supervised. "
                      "| `f` has returned | downstream does | upstream does | downstream does "
                      "| `map_test.cc` |", self.page())

    def test_names_members_of_factories_by_what_they_make(self):
        self.assertIn("| [`Source::Empty`](ops/source_factories.h) | Nothing. | never |",
                      self.page())
        self.assertNotIn("Helper", self.page())

    def test_counts_honestly(self):
        page = self.page()
        self.assertIn("| Sources | 2 | 1 | 1 | 0 | 0 |", page)
        self.assertIn("| Simple | 3 | 1 | 0 | 1 | 1 |", page)
        self.assertIn("| **all** | **5** | **2** | **1** | **1** | **1** |", page)
        self.assertIn("| Simple | filter | not yet |", page)
        self.assertIn("| Simple | asJavaStream | left out: of Java |", page)

    def test_reports_a_test_that_is_not_there(self):
        self.put("stream/ops/simple.h", _OPS.replace("map_test.cc", "lost_test.cc"))
        self.assertIn("stream/ops/simple.h: Map: there is no test 'lost_test.cc'",
                      operators.check(self.root, write=True))

    def test_the_list_has_pekkos_235_operators(self):
        here = os.path.dirname(os.path.realpath(operators.__file__))
        path = os.path.join(here, "..", "..", "stream", "operators_of_pekko.txt")
        if not os.path.exists(path):
            self.skipTest("the list is not among the runfiles")
        with open(path, encoding="utf-8") as file:
            categories = operators.read_list(file.read())
        self.assertEqual(len(categories), 17)
        self.assertEqual(sum(len(entries) for _, entries in categories), 235)


if __name__ == "__main__":
    unittest.main()
