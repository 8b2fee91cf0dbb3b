# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""The linter on good and bad snippets."""

import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# pylint: disable=wrong-import-position
import check_files
import check_floors
import check_format
import check_hash_iteration
import check_headers
import check_includes
import check_size
import check_words
import check_wrappers
import lint
import ratchet
from cpp_text import code_only
from functions import cpp_functions
from source_tree import Finding, SourceTree

_SPDX = "// SPDX-License-Identifier: Apache-2.0\n// Copyright 2026 The Sampo Authors\n"
_FLOORS_MD = "| `actor` | 1.2 | x |\n| `actor/testkit` | 1.4 | x |\n| `stream` | 2 | x |\n"
_FLOORS_BZL = 'FLOORS = {"actor": "1.2", "actor/testkit": "1.4", "stream": "2"}\n'


class LintTest(unittest.TestCase):
    """Writes a small tree and runs one check over it."""

    def setUp(self):
        # pylint: disable=consider-using-with
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)

    def write(self, path, text):
        full = os.path.join(self._folder.name, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)

    def tree(self):
        return SourceTree(self._folder.name)

    def found(self, check):
        return [(finding.path, finding.line, finding.rule) for finding in check(self.tree())]

    def rules(self, check):
        return [finding.rule for finding in check(self.tree())]


class CppTextTest(unittest.TestCase):
    def test_blanks_comments_and_literals_but_keeps_lines(self):
        text = 'int a; // TODO {\nauto s = "}{"; char c = \'{\'; int n = 1\'000;\n/* {\n */ R"(})"'
        code = code_only(text)
        self.assertEqual(code.count("\n"), text.count("\n"))
        self.assertNotIn("{", code)
        self.assertIn("1'000", code)


class FunctionsTest(unittest.TestCase):
    def spans(self, text):
        return list(cpp_functions(text))

    def test_finds_bodies_not_types_and_namespaces(self):
        text = "namespace a {\nstruct B {\n  int f() const {\n    if (x) { y(); }\n  }\n};\n}\n"
        self.assertEqual(self.spans(text), [(3, 5)])

    def test_constructor_with_initialisers_is_one_body(self):
        text = "A::A(int x) : a_{x}, b_(y) {\n  f();\n}\nint g() { return 1; }\n"
        self.assertEqual(self.spans(text), [(1, 3), (4, 4)])

    def test_test_macros_and_trailing_returns_are_functions(self):
        text = "TEST(A, B) {\n  x();\n}\nauto f() -> int {\n  return 1;\n}\n"
        self.assertEqual(self.spans(text), [(1, 3), (4, 6)])

    def test_initialisers_of_variables_are_not(self):
        self.assertEqual(self.spans("int a[] = {1, 2};\nenum class E { kA };\nFoo x{1};\n"), [])

    def test_macros_with_braces_are_skipped(self):
        text = "#define M(x) \\\n  do { x; } while (0)\nint f() {\n}\n"
        self.assertEqual(self.spans(text), [(3, 4)])


class SizeTest(LintTest):
    def test_columns_and_file(self):
        self.write("actor/a.cc", "x" * 100 + "\n" + "y" * 101 + "\n")
        self.write("actor/b.cc", "\n" * 701)
        self.assertEqual(self.found(check_size.check),
                         [("actor/a.cc", 2, "columns"), ("actor/b.cc", 0, "file")])

    def test_function_length(self):
        body = "  a();\n" * 58
        self.write("actor/ok.cc", f"void f() {{\n{body}}}\n")
        self.write("actor/long.cc", f"void f() {{\n{body}  b();\n}}\n")
        self.write("actor/switch.cc", f"void f() {{\n  // long-switch: a table\n{body}{body}}}\n")
        self.assertEqual(self.found(check_size.check), [("actor/long.cc", 1, "function")])

    def test_python_and_shell_functions(self):
        self.write("tools/a.py", "def f():\n" + "    a()\n" * 60)
        self.write("tools/b.sh", "f() {\n" + "  a\n" * 59 + "}\n")
        self.assertEqual(self.rules(check_size.check), ["function", "function"])


class WordsTest(LintTest):
    def test_sleep_is_banned_in_tests_only(self):
        self.write("actor/a_test.cc", "std::this_thread::sleep_for(x);\n// sleep_for\nsleep(1);\n")
        self.write("actor/a.cc", "std::this_thread::sleep_for(x);\n")
        self.assertEqual(self.found(check_words.check),
                         [("actor/a_test.cc", 1, "sleep"), ("actor/a_test.cc", 3, "sleep")])

    def test_using_namespace_in_headers_only(self):
        self.write("actor/a.h", "using namespace std;\n")
        self.write("actor/a.cc", "using namespace std;\n")
        self.assertEqual(self.found(check_words.check), [("actor/a.h", 1, "using-namespace")])

    def test_todo_needs_an_issue(self):
        self.write("actor/a.cc", "// TODO(#12): fine\n// TODO: not\n// TODO(me): not\n")
        self.assertEqual(self.rules(check_words.check), ["todo", "todo"])

    def test_the_root_is_no_include_directory(self):
        self.write("actor/BUILD.bazel", 'includes = ["."]\n# includes = ["."]\ncopts = ["-I."]\n')
        self.write("stream/BUILD.bazel", 'copts = ["-I../x"]\nincludes = ["sub"]\n')
        self.assertEqual(self.found(check_words.check),
                         [("actor/BUILD.bazel", 1, "include-root"),
                          ("actor/BUILD.bazel", 3, "include-root")])


class HeadersTest(LintTest):
    _HEAD = _SPDX + "// What.\n// Why.\n// Threads.\n"
    _GUARD = "#ifndef SAMPO_ACTOR_A_H_\n#define SAMPO_ACTOR_A_H_\n"

    def test_good(self):
        self.write("actor/a.h", self._HEAD + "\n" + self._GUARD + "#endif\n")
        self.write("actor/detail/b.h", _SPDX + self._GUARD.replace("_A_H_", "_DETAIL_B_H_"))
        self.write("actor/a.cc", _SPDX + '#include "sampo/actor/a.h"\n#include <vector>\n')
        self.assertEqual(self.rules(check_headers.check), [])

    def test_head_may_follow_the_guard(self):
        self.write("actor/a.h", _SPDX + self._GUARD + "\n// What.\n// Why.\n// How.\n")
        self.assertEqual(self.rules(check_headers.check), [])

    def test_guard_and_head(self):
        self.write("actor/a.h", _SPDX + "#ifndef A_H\n#define A_H\n// What.\n// Why.\n// How.\n")
        self.assertEqual(self.rules(check_headers.check), ["guard", "doc-head"])

    def test_public_includes(self):
        bad = ["<iostream>", "<grpcpp/grpcpp.h>", "<gmock/gmock.h>", '"sampo/actor/internal/b.h"',
               "<google/protobuf/message.h>", "<httplib.h>", "<sqlite3.h>"]
        text = self._HEAD + self._GUARD + "".join(f"#include {name}\n" for name in bad)
        self.write("actor/a.h", text + '#include "sampo/actor/detail/b.h"\n')
        self.assertEqual(self.rules(check_headers.check), ["public-include"] * len(bad))

    def test_own_header_first(self):
        self.write("actor/a.h", self._HEAD + self._GUARD)
        self.write("actor/a.cc", "#include <vector>\n")
        self.write("actor/a_test.cc", '#include <gtest/gtest.h>\n#include "sampo/actor/a.h"\n')
        self.write("actor/main.cc", "#include <vector>\n")
        self.assertEqual(self.found(check_headers.check),
                         [("actor/a.cc", 1, "own-header-first"),
                          ("actor/a_test.cc", 1, "own-header-first")])

    def test_include_prefix(self):
        self.write("actor/a.h", self._HEAD + self._GUARD)
        self.write("actor/b.cc", '#include "actor/a.h"\n#include "sampo/actor/a.h"\n'
                                 '#include "actor/b.pb.h"\n#include "sampo/actor/b.pb.h"\n')
        self.assertEqual(self.found(check_headers.check), [("actor/b.cc", 1, "include-prefix"),
                                                           ("actor/b.cc", 3, "include-prefix")])


class HashIterationTest(LintTest):
    _MEMBER = "absl::flat_hash_map<int, std::vector<int>> by_id_;\n"

    def check(self, text, path="actor/a.cc"):
        self.write(path, text)
        return [line for _, line, _ in self.found(check_hash_iteration.check)]

    def test_range_for_over_a_member(self):
        self.assertEqual(self.check(self._MEMBER + "for (auto& [k, v] : by_id_) f(k);\n"), [2])
        self.assertEqual(self.check(self._MEMBER + "for (auto& e : this->by_id_) f(e);\n"), [2])

    def test_begin(self):
        self.assertEqual(self.check(self._MEMBER + "auto it = by_id_.begin();\n"), [2])

    def test_alias(self):
        text = "using Map = absl::node_hash_map<int, int>;\nMap m;\nfor (auto& e : m) f(e);\n"
        self.assertEqual(self.check(text), [3])

    def test_declared_in_the_header_beside(self):
        self.write("actor/a.h", self._MEMBER)
        self.assertEqual(self.check("for (auto& e : by_id_) f(e);\n"), [1])

    def test_lookups_and_other_containers_are_fine(self):
        text = "std::map<int, int> m;\nauto it = by_id_.find(1);\nfor (auto& e : m) f(e);\n"
        self.assertEqual(self.check(self._MEMBER + text), [])

    def test_tests_and_samples_may(self):
        text = self._MEMBER + "for (auto& e : by_id_) f(e);\n"
        self.assertEqual(self.check(text, "actor/a_test.cc"), [])
        self.assertEqual(self.check(text, "samples/a/a.cc"), [])


class FilesTest(LintTest):
    def test_spdx(self):
        self.write("actor/a.cc", _SPDX)
        self.write("actor/b.cc", "// Copyright someone\n")
        self.write("tools/c", "#!/bin/bash\n" + _SPDX.replace("//", "#"))
        self.assertEqual(self.found(check_files.check_spdx), [("actor/b.cc", 1, "spdx")])

    def test_files_without_a_target(self):
        self.write("actor/BUILD.bazel", 'srcs = ["a_test.cc", "internal/b.cc"]')
        for path in ("actor/a_test.cc", "actor/internal/b.cc", "actor/lost_test.cc", "other/c.cc"):
            self.write(path, "")
        self.assertEqual(self.found(check_files.check_targets),
                         [("actor/lost_test.cc", 0, "target")])

    def test_readme(self):
        self.write("docs/floors.md", _FLOORS_MD)
        self.write("actor/a.cc", _SPDX)
        self.write("stream/a.cc", _SPDX)
        self.write("stream/README.md", "x")
        self.assertEqual(self.found(check_files.check_readme), [("actor/README.md", 0, "readme")])


class FloorsTest(LintTest):
    def check(self, build, package="actor"):
        self.write("docs/floors.md", _FLOORS_MD)
        self.write("tools/build_defs/floors.bzl", _FLOORS_BZL)
        self.write(f"{package}/BUILD.bazel", build)
        return self.rules(check_floors.check)

    def test_down_and_inside_are_fine(self):
        build = 'sampo_cc_library(name = "a", deps = [":b", "//actor/internal:c"])\n'
        self.assertEqual(self.check(build), [])
        self.assertEqual(self.check(build + 'x(name = "d", deps = ["//actor"])', "stream"), [])

    def test_up_is_not(self):
        self.assertEqual(self.check('x(name = "a", deps = ["//stream"] + ["//actor/testkit"])\n'),
                         ["floors", "floors"])

    def test_a_test_sees_its_testkit(self):
        self.assertEqual(self.check('sampo_cc_test(name = "a", deps = ["//actor/testkit"])\n'), [])

    def test_integration_sees_one_floor_up_in_tests(self):
        build = 'sampo_cc_%s(name = "a", deps = ["//stream"])\n'
        self.assertEqual(self.check(build % "test", "actor/integration"), [])
        self.assertEqual(self.check(build % "library", "actor/integration"), ["floors"])

    def test_native_rules_and_globs(self):
        self.assertEqual(self.check('cc_library(name = "a", srcs = glob(["*.cc"]))\n'),
                         ["native-rule", "glob"])

    def test_tables_agree(self):
        self.write("docs/floors.md", _FLOORS_MD.replace("1.4", "1.5"))
        self.write("tools/build_defs/floors.bzl", _FLOORS_BZL)
        self.assertEqual(self.rules(check_floors.check), ["floor-table"])


class WrappersTest(LintTest):
    def check(self, deps, include):
        self.write("actor/BUILD.bazel",
                   f'sampo_cc_library(name = "a", srcs = ["a.cc"], deps = {deps})\n'
                   'sampo_cc_test(name = "t", srcs = ["t.cc"])\n')
        self.write("actor/a.cc", f"#include {include}\n")
        self.write("actor/t.cc", "#include <gtest/gtest.h>\n")
        return self.rules(check_wrappers.check)

    def test_named(self):
        self.assertEqual(self.check(["//third_party/absl:time"], '"absl/time/clock.h"'), [])
        self.assertEqual(self.check(["//third_party/spdlog"], "<spdlog/spdlog.h>"), [])

    def test_not_named(self):
        self.assertEqual(self.check(["//third_party/absl:status"], '"absl/status/statusor.h"'),
                         ["wrapper"])


class IncludesTest(LintTest):
    def check(self, deps):
        self.write("actor/BUILD.bazel",
                   'sampo_cc_library(name = "a", hdrs = ["a.h"])\n'
                   'sampo_cc_library(name = "b", hdrs = ["b.h"], deps = [":a"])\n'
                   f'sampo_cc_test(name = "t", srcs = ["t.cc"], deps = {deps})\n')
        self.write("actor/a.h", '#include "sampo/actor/made_by_a_rule.pb.h"\n')
        self.write("actor/b.h", '#include "sampo/actor/a.h"\n')
        self.write("actor/t.cc", '#include <vector>\n#include "sampo/actor/a.h"\n')
        return self.found(check_includes.check)

    def test_named(self):
        self.assertEqual(self.check([":a"]), [])
        self.assertEqual(self.check(["//actor:a"]), [])

    def test_only_through_another(self):
        self.assertEqual(self.check([":b"]), [("actor/t.cc", 2, "includes")])


class FormatTest(LintTest):
    def test_clang_format(self):
        self.write(".clang-format", "BasedOnStyle: Google\n")
        self.write("actor/good.cc", "int a = 1;\n")
        self.write("actor/bad.cc", "int   b=1;\n")
        self.assertEqual(self.found(check_format.check_clang_format),
                         [("actor/bad.cc", 1, "clang-format")])


class RatchetTest(unittest.TestCase):
    def test_only_shrinks(self):
        finding = Finding("a.cc", 1, "columns", "m")
        rules = {"columns"}
        self.assertEqual(len(ratchet.apply([finding], {}, rules)), 1)
        self.assertEqual(ratchet.apply([finding], {("columns", "a.cc"): 1}, rules), [])
        self.assertEqual(ratchet.apply([finding], {("columns", "a.cc"): 2}, rules),
                         ["tools/lint/ratchet.txt: lower `columns a.cc 2` to 1"])
        self.assertEqual(ratchet.apply([], {("columns", "a.cc"): 1}, {"file"}), [])

    def test_reads_lines_and_comments(self):
        self.assertEqual(ratchet.read("# c\ncolumns a.cc 2 # why\n\n"), {("columns", "a.cc"): 2})


class MainTest(LintTest):
    def test_unknown_check(self):
        self.assertEqual(lint.main(["nonsense"]), 2)

    def test_every_rule_of_a_check_is_claimed_once(self):
        rules = [rule for _, own in lint.CHECKS.values() for rule in own]
        self.assertEqual(len(rules), len(set(rules)))


if __name__ == "__main__":
    unittest.main()
