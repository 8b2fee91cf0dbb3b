// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Rule: one thing that a storage plugin must do, and how it is checked. Tables of them are what the
// suites run over, what the README lists, and what the TCK is tested by.
//
// Threads: a check runs on the test's thread and waits for the plugin's. Lifetime: static.
//
//   for (const Rule& rule : JournalRules()) absl::Status kept = rule.check(subject);
#ifndef SAMPO_PERSISTENCE_TCK_RULE_H_
#define SAMPO_PERSISTENCE_TCK_RULE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/tck/storage_under_test.h"

namespace sampo::persistence::tck {

struct Rule {
  const char* name;  // "FencesAnOldEpoch", part of the test's name
  const char* text;  // what must hold
  // OK; UNIMPLEMENTED where the plugin does not offer what is checked; else what is wrong.
  absl::Status (*check)(Subject& subject);
  bool heavy = false;  // moves many bytes: in a simulation one seed is enough
};

// The tables: writes of journals, reads of journals, and so on.
std::vector<Rule> JournalWriteRules();
std::vector<Rule> JournalReadRules();
std::vector<Rule> SnapshotRules();
std::vector<Rule> StateRules();
std::vector<Rule> QueryRules();

inline absl::Status Violation(const std::string& text) {
  return absl::FailedPreconditionError(text);
}

// OK where the two are equal; both can be streamed by StrCat.
template <class A, class B>
absl::Status ExpectEqual(const char* what, const A& got, const B& want) {
  if (got == want) return absl::OkStatus();
  return Violation(StrCat(what, ": got ", got, ", want ", want));
}

inline absl::Status ExpectCode(const char* what, const absl::Status& got, absl::StatusCode want) {
  if (got.code() == want) return absl::OkStatus();
  return Violation(
      StrCat(what, ": got ", got.ToString(), ", want ", absl::StatusCodeToString(want)));
}

// A write's result: AppendResult, SaveResult or StateResult.
template <class Result>
absl::Status ExpectOutcome(const char* what, const Result& got, WriteOutcome want) {
  if (got.outcome == want && got.status.ok() == (want == WriteOutcome::kWritten)) {
    return absl::OkStatus();
  }
  return Violation(StrCat(what, ": got ", NameOf(got.outcome), " (", got.status.ToString(),
                          "), want ", NameOf(want)));
}

}  // namespace sampo::persistence::tck

#endif  // SAMPO_PERSISTENCE_TCK_RULE_H_
