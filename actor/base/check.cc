// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace sampo {

void CheckFailed(const char* file, int line, const char* condition, std::string_view message) {
  // stdio rather than our log: the logger may be what failed, and its queue would not be
  // drained before the abort. One call, so that two failing threads do not mix their lines.
  std::fprintf(stderr, "%s:%d: check failed: %s%s%.*s\n", file, line, condition,
               message.empty() ? "" : ": ", static_cast<int>(message.size()), message.data());
  std::fflush(stderr);
  std::abort();
}

}  // namespace sampo
