# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""count_tests.py BEP_JSON BAZEL_EXIT_CODE: prints "<passed> <failed>" for one `bazel test` run.

A test target that was configured but has no passing summary counts as failed, so a test that did
not even build is not forgotten. When Bazel failed and no test did (a library that does not build,
a BUILD file that does not load), the build itself counts as one failure.
"""

import json
import sys

_GOOD = {"PASSED", "FLAKY"}
_NO_TESTS = 4  # bazel's exit code for "build fine, nothing to test"


def count(events, exit_code):
    """Returns (passed, failed)."""
    tests, passed = set(), set()
    for event in events:
        ident = event.get("id", {})
        if event.get("configured", {}).get("testSize", "UNKNOWN") != "UNKNOWN":
            tests.add(ident["targetConfigured"]["label"])
        summary = event.get("testSummary")
        if summary:
            tests.add(ident["testSummary"]["label"])
            if summary.get("overallStatus") in _GOOD:
                passed.add(ident["testSummary"]["label"])
    failed = len(tests - passed)
    if exit_code not in (0, _NO_TESTS) and failed == 0:
        failed = 1
    return len(passed), failed


def main(path, exit_code):
    try:
        with open(path, encoding="utf-8") as lines:
            events = [json.loads(line) for line in lines if line.strip()]
    except FileNotFoundError:
        events = []
    print(*count(events, int(exit_code)))


if __name__ == "__main__":
    main(*sys.argv[1:])
