# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""Good and bad edges for the floor checker, checked whenever tools/build_defs loads."""

load(":floors.bzl", "floor_problem")

# (package, dep, testonly)
_GOOD = [
    ("actor", ":other", False),
    ("actor", "other", False),
    ("actor", "//actor/base:clock", False),
    ("actor", "//actor/dispatch", False),
    ("actor", "//actor/internal:actor_cell", False),
    ("actor", "//third_party/absl:status", False),
    ("actor", "@sampo//actor/base:clock", False),
    ("actor", "//actor/testkit", True),
    ("actor/base", "//actor/testkit:manual_time", True),
    ("actor/dispatch", "//actor/base:clock", False),
    ("actor/integration", "//actor/serialization", True),
    ("actor/integration", "//stream", True),
    ("actor/internal", "//actor:behavior", False),
    ("actor/serialization", "//actor", False),
    ("actor/testkit", "//actor/serialization", False),
    ("cluster/sharding", "//remote/internal:association", False),
    ("persistence/query", "//stream", False),
    ("remote/integration", "//cluster", True),
    ("remote/integration", "//remote/internal:association", True),
    ("samples/flightboard", "//actor", False),
    ("samples/flightboard", "//tools/lint:x", False),
    ("stream", "//actor", False),
    ("stream", "//actor/testkit", True),
    ("third_party/absl", "@com_google_absl//absl:x", False),
    ("tools/bench", "//cluster", False),
]

# (package, its floor, dep, the dep's floor, testonly)
_BAD = [
    ("actor", "1.2", "//actor/testkit", "1.4", False),
    ("actor", "1.2", "//actor/serialization", "1.3", True),
    ("actor", "1.2", "//stream:y", "2", True),
    ("actor/base", "1.0", "//actor/dispatch:mailbox", "1.1", False),
    ("actor/dispatch", "1.1", "//actor", "1.2", True),
    ("actor/integration", "1.2", "//stream", "2", False),
    ("actor/integration", "1.2", "//remote", "3", True),
    ("actor/integrations", "1.2", "//stream", "2", True),
    ("cluster", "4", "//management", "5", False),
    ("remote", "3", "//persistence:journal", "3", False),
    ("remote/integration", "3", "//http", "3", True),
    ("tools/lint", "6", "//samples/flightboard", "7", False),
    ("third_party/absl", "0", "//actor/base:clock", "1.0", False),
]

# (package, dep, the line)
_BAD_LINES = [
    (
        "actor",
        "//stream:y",
        "//actor:x (floor 1.2) may not depend on //stream:y (floor 2): docs/floors.md",
    ),
    (
        "actor",
        "@com_google_absl//absl/status",
        "//actor:x (floor 1.2) may not depend on @com_google_absl//absl/status: " +
        "only third_party/ reaches other repositories: docs/floors.md",
    ),
    (
        "actor",
        "//peers:y",
        "//actor:x (floor 1.2) may not depend on //peers:y, which has no floor: docs/floors.md",
    ),
    (
        "actors",
        "//actor:y",
        "//actors:x: package //actors has no floor: docs/floors.md",
    ),
]

def _expect_line(package, dep, testonly, line):
    problem = floor_problem(package, "x", dep, testonly)
    if problem != line:
        fail("floors_test: //%s:x -> %s gave %r, expected %r" % (package, dep, problem, line))

def check_the_checker():
    """Fails the loading of this package when the checker is wrong about an edge above."""
    for package, dep, testonly in _GOOD:
        _expect_line(package, dep, testonly, None)
    for package, here, dep, there, testonly in _BAD:
        line = "//%s:x (floor %s) may not depend on %s (floor %s)" % (package, here, dep, there)
        _expect_line(package, dep, testonly, line + ": docs/floors.md")
    for package, dep, line in _BAD_LINES:
        _expect_line(package, dep, False, line)
