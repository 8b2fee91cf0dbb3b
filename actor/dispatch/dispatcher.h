// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Dispatcher: where the turns of actors run. Four kinds on real threads (work-stealing, pinned,
// blocking pool, internal = a small work-stealing one) and one in the simulation.
//
// Threads: Execute may be called from any thread at any time before Shutdown has returned.
// Order: a Runnable put from a worker goes to that worker; nothing is promised between Runnables.
#ifndef SAMPO_ACTOR_DISPATCH_DISPATCHER_H_
#define SAMPO_ACTOR_DISPATCH_DISPATCHER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "sampo/actor/dispatch/runnable.h"
#include "sampo/actor/dispatch/worker_queues.h"

namespace sampo {

// A foreign thread's view of one worker thread; see Dispatcher::Describe.
struct WorkerSnapshot {
  const Runnable* running = nullptr;  // compare only; it may be gone already
  int64_t busy_since_nanos = 0;       // when the monitor first saw this turn; 0: idle or just begun
  int64_t queued = 0;                 // runnables waiting on this worker, about
  int thread = -1;                    // number in the thread's name: "default-3"; -1: none
};

class Dispatcher {
 public:
  virtual ~Dispatcher() = default;
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  // Runs `runnable` once, soon, on a thread of this dispatcher. Never blocks, never allocates in
  // steady state. From a worker of this work-stealing dispatcher it stays on that worker.
  inline void Execute(Runnable* runnable);

  // Ends the threads after the queued work has run or `timeout` has passed, whichever is first.
  // Returns the number of threads that were still running user code at the timeout (they are
  // detached, and their state is leaked on purpose). Execute must not be called afterwards; a call
  // that was already on its way is harmless: its runnable is not run. The second call returns what
  // the first did.
  // Where the answer is not 0 the dispatcher itself must be leaked too: the threads that did not
  // end still have its address (see DispatcherPtr).
  virtual int Shutdown(absl::Duration timeout) = 0;

  // What each worker does now, for a stuck system too: takes no lock that user code can hold.
  virtual std::vector<WorkerSnapshot> Describe() const = 0;

  const std::string& name() const { return name_; }

 protected:
  explicit Dispatcher(std::string name) : name_(std::move(name)) {}
  virtual void ExecuteFromOutside(Runnable* runnable) = 0;

 private:
  std::string name_;
};

// Set on threads that have queues of their own (work-stealing dispatchers), null elsewhere.
struct CurrentWorker {
  Dispatcher* dispatcher = nullptr;
  WorkerQueues* queues = nullptr;
};
extern thread_local constinit CurrentWorker current_worker
    __attribute__((tls_model("initial-exec")));

inline void Dispatcher::Execute(Runnable* runnable) {
  if (current_worker.dispatcher == this) [[likely]] {
    current_worker.queues->Push(runnable);
  } else {
    ExecuteFromOutside(runnable);
  }
}

// Shuts a dispatcher down without waiting and deletes it, or leaks it if user code still runs.
struct DispatcherDeleter {
  void operator()(Dispatcher* dispatcher) const {
    if (dispatcher->Shutdown(absl::ZeroDuration()) == 0) delete dispatcher;
  }
};
using DispatcherPtr = std::unique_ptr<Dispatcher, DispatcherDeleter>;

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_DISPATCHER_H_
