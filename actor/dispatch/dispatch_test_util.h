// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Task: a Runnable made of a function object, for the tests of dispatchers.
//
// Threads: the function runs on whichever thread of the dispatcher takes it.
// Lifetime: a Task must outlive its last run; tests wait for that on latches.
//
//   Task task([&](Turn&) { return done.count_down(), false; });
#ifndef SAMPO_ACTOR_DISPATCH_DISPATCH_TEST_UTIL_H_
#define SAMPO_ACTOR_DISPATCH_DISPATCH_TEST_UTIL_H_

#include <functional>
#include <utility>

#include "sampo/actor/dispatch/runnable.h"

namespace sampo {

// A Runnable whose turn is a function object. True: run me again.
struct Task : Runnable {
  explicit Task(std::function<bool(Turn&)> function) : Runnable(&Run), body(std::move(function)) {}
  static bool Run(Runnable* self, Turn& turn) { return static_cast<Task*>(self)->body(turn); }
  std::function<bool(Turn&)> body;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_DISPATCH_TEST_UTIL_H_
