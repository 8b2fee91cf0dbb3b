// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_BASE_STATUS_MACROS_H_
#define SAMPO_ACTOR_BASE_STATUS_MACROS_H_

// Early return on a status that is not OK.
//
// Why it exists: errors are values here (absl::Status), and the three lines that hand one upwards
// would otherwise hide the road of a function. Both macros work in functions that return
// absl::Status or absl::StatusOr of anything. It needs only <utility>: whoever uses it has
// the status headers already.
//
// Threads: none involved. Lifetime: SAMPO_ASSIGN_OR_RETURN moves the value out of the StatusOr.
//
//   absl::StatusOr<int> Sum() {
//     SAMPO_RETURN_IF_ERROR(Ready());
//     SAMPO_ASSIGN_OR_RETURN(int left, Left());
//     return left + 1;
//   }

#include <utility>

// Returns the status of `expression` unless it is OK.
#define SAMPO_RETURN_IF_ERROR(expression)                       \
  do {                                                          \
    if (auto sampo_status = (expression); !sampo_status.ok()) { \
      return sampo_status;                                      \
    }                                                           \
  } while (false)

// Declares or assigns `left` from the value of the StatusOr `expression`, or returns its status.
// A declaration whose type has a comma goes into parentheses-free `auto`, as for any macro. It is
// more than one statement, so an `if` around it needs braces (the compiler says so).
#define SAMPO_ASSIGN_OR_RETURN(left, ...) \
  SAMPO_ASSIGN_OR_RETURN_IMPL_(SAMPO_STATUS_CONCAT_(sampo_status_or_, __LINE__), left, __VA_ARGS__)

#define SAMPO_ASSIGN_OR_RETURN_IMPL_(status_or, left, ...) \
  auto status_or = (__VA_ARGS__);                          \
  if (!status_or.ok()) {                                   \
    return std::move(status_or).status();                  \
  }                                                        \
  left = *std::move(status_or)

// Two steps, so that __LINE__ is expanded before it is pasted.
#define SAMPO_STATUS_CONCAT_(a, b) SAMPO_STATUS_CONCAT_IMPL_(a, b)
#define SAMPO_STATUS_CONCAT_IMPL_(a, b) a##b

#endif  // SAMPO_ACTOR_BASE_STATUS_MACROS_H_
