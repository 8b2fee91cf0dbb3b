// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Runnable: one unit of work for a Dispatcher: an actor's turn, or a task.
//
// Why: run queues are intrusive, so that scheduling an actor allocates nothing.
// Threads: a Runnable is in at most one run queue at a time; whoever puts it there must have won
// the right to do so (for a mailbox: the exchange that found it idle).
// Lifetime: owned by whoever made it; the dispatcher never touches it after run() returned false.
#ifndef SAMPO_ACTOR_DISPATCH_RUNNABLE_H_
#define SAMPO_ACTOR_DISPATCH_RUNNABLE_H_

#include <atomic>
#include <cstdint>

namespace sampo {

class Dispatcher;
struct Runnable;

// What one turn may use up, given to Runnable::run by the thread that runs it.
struct Turn {
  Dispatcher* dispatcher;
  // Messages this turn may handle (throughput of the dispatcher; 1 in the simulation).
  int messages_max;
  // Set by the dispatcher's monitor when the turn has lasted longer than its time slice: end the
  // turn after the current message. Relaxed: it is a hint. Never null.
  const std::atomic<bool>* slice_over;
};

// Runs a turn. True: "I have more to do": the dispatcher puts it at the back of a run queue.
// False: the dispatcher must not touch it again (it may be destroyed, or queued elsewhere already).
using RunFunction = bool (*)(Runnable*, Turn&);

struct Runnable {
  explicit Runnable(RunFunction function) : run(function) {}
  Runnable* run_next = nullptr;  // link of the run queue that holds it
  const RunFunction run;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_RUNNABLE_H_
