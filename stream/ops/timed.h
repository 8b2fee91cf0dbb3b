// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// TimedOps: operators that look at the clock: Throttle, Delay, groups and limits by time, timeouts.
//
// Time is the system's clock: virtual in a simulation. A timeout fails the stream with
// DEADLINE_EXCEEDED. Threads: functions run on the stream's turn, copied for each materialization.
#ifndef SAMPO_STREAM_OPS_TIMED_H_
#define SAMPO_STREAM_OPS_TIMED_H_

#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "sampo/stream/delay_strategy.h"
#include "sampo/stream/detail/append.h"
#include "sampo/stream/detail/delay.h"
#include "sampo/stream/detail/grouped_within.h"
#include "sampo/stream/detail/rate.h"
#include "sampo/stream/detail/throttle.h"
#include "sampo/stream/detail/timeouts.h"
#include "sampo/stream/overflow_strategy.h"

namespace sampo::stream {

template <class Derived, class Out>
class TimedOps {
 public:
  // At most `elements` for each `per`, waiting or failing; what was not used can be saved up to the
  // burst (ThrottleOptions), so that the first ones go through at once.
  // Emits when: an element is there and its time has come. Backpressures when: downstream does, or
  // an element waits for its time. Completes when: upstream does. Cancels when: downstream does.
  // Tested by: ops/throttle_test.cc.
  auto Throttle(int64_t elements, absl::Duration per,
                SourceLocation where = SourceLocation::Current()) const {
    return Throttle(ThrottleOptions{.cost = elements, .per = per}, internal::CostOne{}, where);
  }
  auto Throttle(ThrottleOptions options, SourceLocation where = SourceLocation::Current()) const {
    return Throttle(options, internal::CostOne{}, where);
  }
  // The same where an element costs cost(element).
  template <class Cost>
  requires(!std::is_same_v<Cost, SourceLocation>) auto Throttle(
      ThrottleOptions options, Cost cost, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendStage<Out, internal::ThrottleLogic<Out, Cost>>(self(), "throttle", where,
                                                                          options, std::move(cost));
  }
  // Each element `delay` after it came. Up to Attributes::InputBuffer().max wait; then `overflow`.
  // Emits when: an element's time has come. Backpressures when: the buffer is full and the strategy
  // is kBackpressure. Completes when: upstream does and the buffer is empty. Cancels when:
  // downstream does. Tested by: ops/delay_test.cc.
  auto Delay(absl::Duration delay, OverflowStrategy overflow = OverflowStrategy::kBackpressure,
             SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendStage<Out, internal::DelayLogic<Out, FixedDelay>>(
        self(), "delay", where, FixedDelay(delay), overflow);
  }
  // The same with strategy(element) as the delay of each; the order is kept. See delay_strategy.h.
  // Emits when: an element's time has come. Backpressures when: the buffer is full and the strategy
  // is kBackpressure. Completes when: upstream does and the buffer is empty. Cancels when:
  // downstream does. Tested by: ops/delay_test.cc.
  template <class Strategy>
  auto DelayWith(Strategy strategy, OverflowStrategy overflow = OverflowStrategy::kBackpressure,
                 SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendStage<Out, internal::DelayLogic<Out, Strategy>>(
        self(), "delayWith", where, std::move(strategy), overflow);
  }
  // Asks for the first element after `delay`.
  // Emits when: upstream does, after the delay. Backpressures when: downstream does, or during the
  // delay. Completes when: upstream does. Cancels when: downstream does.
  // Tested by: ops/delay_test.cc.
  auto InitialDelay(absl::Duration delay, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendStage<Out, internal::InitialDelayLogic<Out>>(self(), "initialDelay",
                                                                        where, delay);
  }
  // Drops what comes within `time` of the start.
  // Emits when: the time is over and upstream emits. Backpressures when: downstream does. Completes
  // when: upstream does. Cancels when: downstream does. Tested by: ops/delay_test.cc.
  auto DropWithin(absl::Duration time, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendStage<Out, internal::DropWithinLogic<Out>>(self(), "dropWithin", where,
                                                                      time);
  }
  // Completes `time` after the start.
  // Emits when: upstream does. Backpressures when: downstream does. Completes when: upstream does,
  // or the time is over. Cancels when: downstream does, or the time is over. Tested by:
  // ops/delay_test.cc.
  auto TakeWithin(absl::Duration time, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendStage<Out, internal::TakeWithinLogic<Out>>(self(), "takeWithin", where,
                                                                      time);
  }
  // Vectors of up to `count` elements, at least one, given out after `time` at the latest.
  // Emits when: the group is full, or the time since the last full one is over. Backpressures when:
  // a full group waits for demand. Completes when: upstream does and the last group is emitted.
  // Cancels when: downstream does. Tested by: ops/grouped_within_test.cc.
  auto GroupedWithin(int64_t count, absl::Duration time,
                     SourceLocation where = SourceLocation::Current()) const {
    return MakeGrouped("groupedWithin", where, {.count = count, .time = time},
                       internal::CostNothing{});
  }
  // The same with a limit of the sum of cost(element), and optionally of the count; an element that
  // weighs more is alone.
  // Emits when: the group is full, or the time since the last full one is over. Backpressures when:
  // a full group waits for demand. Completes when: upstream does and the last group is emitted.
  // Cancels when: downstream does. Tested by: ops/grouped_within_test.cc.
  template <class Cost>
  auto GroupedWeightedWithin(GroupLimits limits, Cost cost,
                             SourceLocation where = SourceLocation::Current()) const {
    return MakeGrouped("groupedWeightedWithin", where, limits, std::move(cost));
  }

  // Fails unless the first element comes within `timeout` of the start.
  // Emits when: upstream does. Backpressures when: downstream does. Completes when: upstream does.
  // Cancels when: downstream does. Tested by: ops/timeouts_test.cc.
  auto InitialTimeout(absl::Duration timeout,
                      SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendStage<Out, internal::StartTimeoutLogic<Out, false>>(
        self(), "initialTimeout", where, timeout);
  }
  // Fails unless the stream is completed within `timeout` of the start.
  // Emits when: upstream does. Backpressures when: downstream does. Completes when: upstream does.
  // Cancels when: downstream does. Tested by: ops/timeouts_test.cc.
  auto CompletionTimeout(absl::Duration timeout,
                         SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendStage<Out, internal::StartTimeoutLogic<Out, true>>(
        self(), "completionTimeout", where, timeout);
  }
  // Fails when no element has passed for `timeout`.
  // Emits when: upstream does. Backpressures when: downstream does. Completes when: upstream does.
  // Cancels when: downstream does. Tested by: ops/timeouts_test.cc.
  auto IdleTimeout(absl::Duration timeout, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendStage<Out, internal::IdleTimeoutLogic<Out>>(self(), "idleTimeout", where,
                                                                       timeout);
  }
  // Fails when `timeout` has passed between an element, or the start, and the next demand.
  // Emits when: upstream does. Backpressures when: downstream does. Completes when: upstream does.
  // Cancels when: downstream does. Tested by: ops/timeouts_test.cc.
  auto BackpressureTimeout(absl::Duration timeout,
                           SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendStage<Out, internal::BackpressureTimeoutLogic<Out>>(
        self(), "backpressureTimeout", where, timeout);
  }
  // Emits inject() where upstream has given nothing for `idle` and there is demand.
  // Emits when: upstream does, or it is idle for too long. Backpressures when: downstream does.
  // Completes when: upstream does. Cancels when: downstream does.
  // Tested by: ops/timeouts_test.cc.
  template <class Inject>
  auto KeepAlive(absl::Duration idle, Inject inject,
                 SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendStage<Out, internal::KeepAliveLogic<Out, Inject>>(
        self(), "keepAlive", where, idle, std::move(inject));
  }

 private:
  template <class Cost>
  auto MakeGrouped(const char* name, SourceLocation where, GroupLimits limits, Cost cost) const {
    return internal::AppendStage<std::vector<Out>, internal::GroupedWithinLogic<Out, Cost>>(
        self(), name, where, limits, std::move(cost));
  }
  const Derived& self() const { return static_cast<const Derived&>(*this); }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_TIMED_H_
