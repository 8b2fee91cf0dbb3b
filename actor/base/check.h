// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_BASE_CHECK_H_
#define SAMPO_ACTOR_BASE_CHECK_H_

// SAMPO_CHECK: an invariant that also holds in release builds.
//
// Why it exists: <cassert> vanishes under NDEBUG, so the build that users run would go on with
// broken state. A failed check prints `file:line: check failed: condition: message` to stderr and
// aborts. It is for errors of programming only; the environment (input, files, peers) is never
// checked this way but answered with an absl::Status.
//
// Threads: safe anywhere, also while logging. Lifetime: a failed check does not return, and
// destructors do not run. Cost: one predicted branch; the message is built only on failure.
// Including this header costs nothing but <string_view>.
//
//   SAMPO_CHECK(count_ > 0);
//   SAMPO_CHECK(index < size_, StrCat("index ", index, " of ", size_));

#include <string_view>

namespace sampo {

// Prints the failure and aborts the process. Called by the macros below.
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition,
                              std::string_view message = {});

}  // namespace sampo

// Aborts unless the condition holds. The optional second argument is anything that converts to
// std::string_view; it is evaluated only on failure.
#define SAMPO_CHECK(condition, ...)                                                    \
  do {                                                                                 \
    if (!(condition)) [[unlikely]] {                                                   \
      ::sampo::CheckFailed(__FILE__, __LINE__, #condition __VA_OPT__(, ) __VA_ARGS__); \
    }                                                                                  \
  } while (false)

// Aborts with the text of a status that is not OK. For start-up code and tests that have nobody
// to hand the status to; everywhere else the status is returned.
#define SAMPO_CHECK_OK(expression)                                                          \
  do {                                                                                      \
    const auto& sampo_check_status = (expression);                                          \
    if (!sampo_check_status.ok()) [[unlikely]] {                                            \
      ::sampo::CheckFailed(__FILE__, __LINE__, #expression, sampo_check_status.ToString()); \
    }                                                                                       \
  } while (false)

// Like SAMPO_CHECK, but compiled away under NDEBUG: for conditions on paths that run for every
// message and that tests cover. The condition must still compile, and has no effect when off.
#ifdef NDEBUG
#define SAMPO_DCHECK(condition, ...)                     \
  do {                                                   \
    if (false) {                                         \
      SAMPO_CHECK(condition __VA_OPT__(, ) __VA_ARGS__); \
    }                                                    \
  } while (false)
#else
#define SAMPO_DCHECK(condition, ...) SAMPO_CHECK(condition __VA_OPT__(, ) __VA_ARGS__)
#endif

// Marks a place that no execution can reach, such as the end of an exhaustive switch.
#define SAMPO_UNREACHABLE(...) \
  ::sampo::CheckFailed(__FILE__, __LINE__, "unreachable" __VA_OPT__(, ) __VA_ARGS__)

#endif  // SAMPO_ACTOR_BASE_CHECK_H_
