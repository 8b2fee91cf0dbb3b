# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""count_tests on Bazel's events."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# pylint: disable=wrong-import-position
from count_tests import count


def _configured(label, size="SMALL"):
    return {"id": {"targetConfigured": {"label": label}}, "configured": {"testSize": size}}


def _library(label):
    return {"id": {"targetConfigured": {"label": label}}, "configured": {"targetKind": "x rule"}}


def _summary(label, status):
    return {"id": {"testSummary": {"label": label}}, "testSummary": {"overallStatus": status}}


class CountTest(unittest.TestCase):
    def test_passed_flaky_failed(self):
        events = [_configured("//a"), _configured("//b"), _configured("//c"), _library("//d"),
                  _summary("//a", "PASSED"), _summary("//b", "FLAKY"), _summary("//c", "TIMEOUT")]
        self.assertEqual(count(events, 3), (2, 1))

    def test_a_test_that_did_not_build_is_a_failure(self):
        events = [_configured("//a"), _configured("//b"), _summary("//a", "PASSED")]
        self.assertEqual(count(events, 1), (1, 1))

    def test_a_library_that_did_not_build_is_one_failure(self):
        events = [_configured("//a"), _library("//d"), _summary("//a", "PASSED")]
        self.assertEqual(count(events, 1), (1, 1))

    def test_no_events_at_all(self):
        self.assertEqual(count([], 2), (0, 1))

    def test_nothing_to_test_is_fine(self):
        self.assertEqual(count([_library("//d")], 4), (0, 0))


if __name__ == "__main__":
    unittest.main()
