// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/testkit/golden_trace.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "sampo/stream/testkit/detail/probe_failure.h"

namespace sampo::stream {

void GoldenTrace::ExpectEquals(std::string_view expected, SourceLocation where) const {
  const std::string got = text();
  if (got == expected) return;
  const auto parts = std::mismatch(got.begin(), got.end(), expected.begin(), expected.end());
  const auto line = 1 + std::count(got.begin(), parts.first, '\n');
  internal::FailAt(where, StrCat("the trace is another one from line ", line, " on; expected:\n",
                                 expected, "got:\n", got));
}

void GoldenTrace::ExpectMatchesFile(const std::string& path, SourceLocation where) const {
  if (std::getenv("SAMPO_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path) << text();
    return;
  }
  std::ifstream file(path);
  if (!file) {
    internal::FailAt(where, StrCat("cannot read the golden trace ", path));
    return;
  }
  std::stringstream expected;
  expected << file.rdbuf();
  ExpectEquals(expected.str(), where);
}

}  // namespace sampo::stream
