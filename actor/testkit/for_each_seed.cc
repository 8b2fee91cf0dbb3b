// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/testkit/for_each_seed.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gtest/gtest.h"
#include "sampo/actor/base/str_cat.h"

// Of the sanitizers' runtime, where there is one.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace sampo {
namespace {

// What a crash prints. Written before the body runs, because a signal handler must not allocate.
char crash_line[1024];

void PrintCrashLine() {
  if (crash_line[0] == 0) return;
  ssize_t written = write(STDERR_FILENO, crash_line, strlen(crash_line));
  (void)written;  // there is nobody left to tell
}

void OnSignal(int number) {
  PrintCrashLine();
  signal(number, SIG_DFL);
  raise(number);
}

// Prints the replay line when the process dies while it lives.
class CrashLine {
 public:
  explicit CrashLine(uint64_t seed) {
    const std::string line = StrCat(ReplayCommand(seed), "\n");
    strncpy(crash_line, line.c_str(), sizeof(crash_line) - 1);
    if (__sanitizer_set_death_callback != nullptr) {
      __sanitizer_set_death_callback(&PrintCrashLine);
    } else {
      saved_segv_ = signal(SIGSEGV, &OnSignal);
    }
    saved_abort_ = signal(SIGABRT, &OnSignal);
  }
  CrashLine(const CrashLine&) = delete;
  ~CrashLine() {
    signal(SIGABRT, saved_abort_);
    if (saved_segv_ != SIG_ERR) signal(SIGSEGV, saved_segv_);
    crash_line[0] = 0;
  }

 private:
  using Handler = void (*)(int);
  Handler saved_abort_ = SIG_DFL;
  Handler saved_segv_ = SIG_ERR;
};

int FailedParts() {
  const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info();
  if (test == nullptr) return 0;
  const testing::TestResult& result = *test->result();
  int failed = 0;
  for (int i = 0; i < result.total_part_count(); ++i) {
    if (result.GetTestPartResult(i).failed()) ++failed;
  }
  return failed;
}

}  // namespace

std::optional<uint64_t> SeedFromEnvironment() {
  const char* text = getenv("SAMPO_TEST_SEED");
  if (text == nullptr || *text == 0) return std::nullopt;
  char* end = nullptr;
  const uint64_t seed = strtoull(text, &end, 0);
  if (*end != 0) return std::nullopt;
  return seed;
}

uint64_t TestSeed(uint64_t otherwise) { return SeedFromEnvironment().value_or(otherwise); }

std::string ReplayCommand(uint64_t seed) {
  const char* target = getenv("TEST_TARGET");  // set by bazel
  const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info();
  std::string filter;
  if (test != nullptr) {
    filter = StrCat(" --test_filter=", test->test_suite_name(), ".", test->name());
  }
  return StrCat("replay: SAMPO_TEST_SEED=", seed, " bazel test ",
                target == nullptr ? "<target>" : target, filter);
}

void ForEachSeed(int count, const std::function<void(uint64_t seed)>& body) {
  const std::optional<uint64_t> only = SeedFromEnvironment();
  const uint64_t first = only.value_or(1);
  const uint64_t last = only.has_value() ? first : static_cast<uint64_t>(count);
  const int failed_before = FailedParts();
  for (uint64_t seed = first; seed <= last; ++seed) {
    CrashLine crash_line(seed);
    testing::ScopedTrace trace(__FILE__, __LINE__, ReplayCommand(seed));
    body(seed);
    if (FailedParts() == failed_before) continue;
    fprintf(stderr, "%s\n", ReplayCommand(seed).c_str());
    return;
  }
}

}  // namespace sampo
