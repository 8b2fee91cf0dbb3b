// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/dispatch/overflow_policy.h"

#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "sampo/actor/base/check.h"

namespace sampo {

std::string_view OverflowPolicyName(OverflowPolicy policy) {
  switch (policy) {
    case OverflowPolicy::kDropNewest:
      return "drop_newest";
    case OverflowPolicy::kDropOldest:
      return "drop_oldest";
    case OverflowPolicy::kFail:
      return "fail";
  }
  SAMPO_UNREACHABLE();
}

const char* FullReason(int64_t capacity, OverflowPolicy policy) {
  // Never freed, because a dropped message is reported after its queue has gone. As many texts as
  // the program has different bounds: they are written by programmers, so they are few.
  static auto* const mutex = new std::mutex;
  static auto* const texts = new std::map<std::pair<int64_t, OverflowPolicy>, std::string>;
  std::lock_guard<std::mutex> hold(*mutex);
  std::string& text = (*texts)[{capacity, policy}];
  if (text.empty()) {
    text = "mailbox full (" + std::to_string(capacity) +
           (capacity == 1 ? " message" : " messages") + ", policy " +
           std::string(OverflowPolicyName(policy)) + ")";
  }
  return text.c_str();
}

}  // namespace sampo
