// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_BASE_LOG_QUEUE_H_
#define SAMPO_ACTOR_BASE_LOG_QUEUE_H_

// The bounded queue between log calls and a sink, with the thread that empties it. For
// logger_registry.cc.
//
// Why it exists: a disk that stalls must stall neither an actor nor the end of the program. Push
// never waits for the sink. When `capacity` events wait, the newest are dropped and counted, and
// the count is logged as an event of its own as soon as there is room. Flush and Shutdown give up
// after their timeout; a thread that hangs in the sink is then left behind with what it uses.
//
// Threads: all methods from any thread. Lifetime: shares the sink; the clock must outlive the
// queue's thread, so it is one that is never destroyed unless the sink cannot hang.
//
//   LogQueue queue({.capacity = 8192}, sink);
//   queue.Push(event);
//   absl::Status status = queue.Shutdown(absl::Seconds(5));

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/log_sink.h"

namespace sampo {

// Events since the start, each counted once.
struct LogStats {
  uint64_t written = 0;  // Taken by the sink.
  uint64_t dropped = 0;  // Refused by the full queue, or left in it when Shutdown gave up.
  uint64_t failed = 0;   // Refused by the sink.

  friend bool operator==(const LogStats&, const LogStats&) = default;
};

namespace detail {

struct LogQueueOptions {
  // Events that may wait; as many more may be on their way to the sink.
  size_t capacity = 8192;
  // System and clock of the queue's own events.
  std::string system = {};
  const Clock* clock = &Clock::Real();
};

class LogQueue {
 public:
  LogQueue(LogQueueOptions options, std::shared_ptr<LogSink> sink);

  // Shuts down without waiting for what is queued, unless Shutdown was called before.
  ~LogQueue();

  LogQueue(const LogQueue&) = delete;
  LogQueue& operator=(const LogQueue&) = delete;

  // Queues the event, or drops and counts it if the queue is full or shut down.
  void Push(LogEvent event);

  // Waits until all events pushed before have been given to the sink and the sink was flushed.
  // DEADLINE_EXCEEDED with the number of events left if that takes longer than `timeout`.
  [[nodiscard]] absl::Status Flush(absl::Duration timeout);

  // Flush, then ends the thread; later events are dropped. On DEADLINE_EXCEEDED the events that
  // are left count as dropped. Later calls do nothing and return OK.
  [[nodiscard]] absl::Status Shutdown(absl::Duration timeout);

  [[nodiscard]] LogStats Stats() const;

 private:
  struct State;

  // What the thread and the queue share; the thread keeps it alive when it is left behind.
  const std::shared_ptr<State> state_;
};

// Prints "sampo.log: cannot write: ..." to stderr for the first failure of a row, so that a full
// disk is noticed without filling another one. `was_ok` is the outcome of the event before.
void ReportSinkFailure(const absl::Status& status, bool was_ok);

// `timeout` as a condition variable can take it: not negative, at most a day (an endless one
// would overflow the sum with the present time).
absl::Duration ClampWait(absl::Duration timeout);

}  // namespace detail
}  // namespace sampo

#endif  // SAMPO_ACTOR_BASE_LOG_QUEUE_H_
