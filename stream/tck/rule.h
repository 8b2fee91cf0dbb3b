// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Rule<Subject>: one rule of Reactive Streams 1.0.4 by its number, and how it is checked. A table
// of them is what a suite runs over, what the README lists, and what the TCK is tested by.
//
// Threads: a check runs on the test's thread and waits for the subject's. Lifetime: static.
#ifndef SAMPO_STREAM_TCK_RULE_H_
#define SAMPO_STREAM_TCK_RULE_H_

#include <cctype>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::stream::tck {

// How long a check waits for what must come, and how long for what must not. The second is the
// price of each "no more signals"; SAMPO_TEST_TIMEFACTOR multiplies both.
inline constexpr absl::Duration kExpectTimeout = absl::Seconds(2);
inline constexpr absl::Duration kQuiet = absl::Milliseconds(50);

enum class RuleKind : uint8_t {
  kRequired,
  kOptional,  // for what a subject may leave out
  kUntested,  // cannot be verified from outside; listed so that the numbers are complete
};

template <class Subject>
struct Rule {
  std::string_view id;    // "1.01", with a letter where a rule has several checks
  std::string_view text;  // what must hold
  RuleKind kind;
  // OK; UNIMPLEMENTED where the subject does not offer what is checked; else what is wrong. Null
  // for kUntested.
  absl::Status (*check)(Subject& subject);
};

inline absl::Status Violation(const std::string& text) {
  return absl::FailedPreconditionError(text);
}
inline absl::Status NotOffered(const std::string& text) { return absl::UnimplementedError(text); }

// Runs one in a GoogleTest.
template <class Subject>
void RunRule(const Rule<Subject>& rule, Subject& subject) {
  if (rule.check == nullptr) GTEST_SKIP() << "cannot be verified from outside: " << rule.text;
  const absl::Status status = rule.check(subject);
  if (absl::IsUnimplemented(status)) GTEST_SKIP() << status.message();
  EXPECT_TRUE(status.ok()) << "rule " << rule.id << " (" << rule.text << "): " << status.message();
}

template <class Subject>
void PrintTo(const Rule<Subject>& rule, std::ostream* out) {
  *out << rule.id << " " << rule.text;
}

// "1.01" -> "spec_1_01".
struct RuleName {
  template <class Subject>
  std::string operator()(const testing::TestParamInfo<Rule<Subject>>& info) const {
    std::string name = StrCat("spec_", info.param.id);
    for (char& c : name) {
      if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    }
    return name;
  }
};

// The rule of this number, for tests of the TCK itself.
template <class Rules>
const typename Rules::value_type& RuleOf(const Rules& rules, std::string_view id) {
  for (const auto& rule : rules) {
    if (rule.id == id) return rule;
  }
  ADD_FAILURE() << "there is no rule " << id;
  return rules.front();
}

}  // namespace sampo::stream::tck

#endif  // SAMPO_STREAM_TCK_RULE_H_
