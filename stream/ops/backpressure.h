// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// BackpressureOps: operators for upstreams and downstreams of different speed: Buffer, Conflate,
// Batch, Expand and their kin.
//
// Where an aggregate function throws, Supervision decides: Resume drops the element, and the
// aggregate too unless it is trivially copyable, for the function may have moved it; Restart drops
// both. Threads: functions run on the stream's turn, copied for each materialization.
#ifndef SAMPO_STREAM_OPS_BACKPRESSURE_H_
#define SAMPO_STREAM_OPS_BACKPRESSURE_H_

#include <optional>
#include <utility>

#include "sampo/stream/detail/append.h"
#include "sampo/stream/detail/rate.h"
#include "sampo/stream/overflow_strategy.h"

namespace sampo::stream {

template <class Derived, class Out>
class BackpressureOps {
 public:
  // Up to `size` (at least 1) elements wait here for demand. A completion waits until they are
  // taken, a failure overtakes and drops them.
  // Emits when: an element is there. Backpressures when: the buffer is full and the strategy is
  // kBackpressure. Completes when: upstream does and the buffer is empty. Cancels when: downstream
  // does. Tested by: ops/buffer_test.cc.
  auto Buffer(int64_t size, OverflowStrategy strategy,
              SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendStage<Out, internal::BufferLogic<Out>>(self(), "buffer", where, size,
                                                                  strategy);
  }
  // While downstream is busy: seed(element), then aggregate(sum, element) for what follows; it
  // never backpressures.
  // Emits when: downstream asks and there is an aggregate. Backpressures when: never. Completes
  // when: upstream does and the aggregate is emitted. Cancels when: downstream does.
  // Supervision: yes. Tested by: ops/backpressure_test.cc.
  template <class Seed, class F>
  auto ConflateWithSeed(Seed seed, F aggregate,
                        SourceLocation where = SourceLocation::Current()) const {
    return MakeBatch("conflateWithSeed", where, 1, internal::CostNothing{}, std::move(seed),
                     std::move(aggregate));
  }
  // The same with the first element itself as the seed.
  // Emits when: downstream asks and there is an aggregate. Backpressures when: never. Completes
  // when: upstream does and the aggregate is emitted. Cancels when: downstream does.
  // Supervision: yes. Tested by: ops/backpressure_test.cc.
  template <class F>
  auto Conflate(F aggregate, SourceLocation where = SourceLocation::Current()) const {
    return MakeBatch("conflate", where, 1, internal::CostNothing{}, internal::Identity{},
                     std::move(aggregate));
  }
  // As ConflateWithSeed, with at most `max` elements in an aggregate.
  // Emits when: downstream asks and there is an aggregate. Backpressures when: `max` elements are
  // aggregated and one more waits. Completes when: upstream does and all is emitted. Cancels when:
  // downstream does. Supervision: yes. Tested by: ops/backpressure_test.cc.
  template <class Seed, class F>
  auto Batch(int64_t max, Seed seed, F aggregate,
             SourceLocation where = SourceLocation::Current()) const {
    return MakeBatch("batch", where, max, internal::CostOne{}, std::move(seed),
                     std::move(aggregate));
  }
  // The same by the sum of cost(element); one that costs more than `max` is alone.
  // Emits when: downstream asks and there is an aggregate. Backpressures when: one more element
  // would exceed `max`, and it waits. Completes when: upstream does and all is emitted. Cancels
  // when: downstream does. Supervision: yes. Tested by: ops/backpressure_test.cc.
  template <class Cost, class Seed, class F>
  auto BatchWeighted(int64_t max, Cost cost, Seed seed, F aggregate,
                     SourceLocation where = SourceLocation::Current()) const {
    return MakeBatch("batchWeighted", where, max, std::move(cost), std::move(seed),
                     std::move(aggregate));
  }
  // While upstream is slow: what the generator expand(element) gives for the last element. A
  // generator is called without arguments and returns std::optional<U>, empty at its end.
  // Emits when: downstream asks and the generator gives an element. Backpressures when: downstream
  // does. Completes when: upstream does, each element having been used once. Cancels when:
  // downstream does. Tested by: ops/expand_test.cc.
  template <class F>
  auto Expand(F expand, SourceLocation where = SourceLocation::Current()) const {
    return MakeExpand("expand", where, std::move(expand));
  }
  // Each element, and while upstream is slow what the generator of extrapolate(const Out&) gives,
  // of Out. `initial` comes first.
  // Emits when: downstream asks and there is something to give. Backpressures when: downstream
  // does. Completes when: upstream does, each element having been emitted. Cancels when: downstream
  // does. Tested by: ops/expand_test.cc.
  template <class F>
  auto Extrapolate(F extrapolate, std::optional<Out> initial = std::nullopt,
                   SourceLocation where = SourceLocation::Current()) const {
    return MakeExpand("extrapolate", where, internal::GeneratorThenRest(std::move(extrapolate)),
                      std::move(initial));
  }
  // sum = aggregate(sum, element).first, from allocate() on, until .second is true: then
  // harvest(sum) is emitted.
  // Emits when: the aggregate is full, or upstream completes. Backpressures when: downstream does.
  // Completes when: upstream does. Cancels when: downstream does. Tested by: ops/expand_test.cc.
  template <class Allocate, class F, class Harvest>
  auto AggregateWithBoundary(Allocate allocate, F aggregate, Harvest harvest,
                             SourceLocation where = SourceLocation::Current()) const {
    return AggregateWithBoundary(std::move(allocate), std::move(aggregate), std::move(harvest),
                                 internal::NoTimer{}, absl::ZeroDuration(), where);
  }
  // Also emits when ready(sum) is true, which is asked each `interval`.
  template <class Allocate, class F, class Harvest, class Ready>
  auto AggregateWithBoundary(Allocate allocate, F aggregate, Harvest harvest, Ready ready,
                             absl::Duration interval,
                             SourceLocation where = SourceLocation::Current()) const {
    using Agg = internal::ResultOf<Allocate>;
    using U = internal::ResultOf<Harvest, Agg>;
    using Logic = internal::AggregateLogic<Out, U, Agg, Allocate, F, Harvest, Ready>;
    return internal::AppendStage<U, Logic>(self(), "aggregateWithBoundary", where,
                                           std::move(allocate), std::move(aggregate),
                                           std::move(harvest), std::move(ready), interval);
  }

 private:
  template <class Cost, class Seed, class F>
  auto MakeBatch(const char* name, SourceLocation where, int64_t max, Cost cost, Seed seed,
                 F aggregate) const {
    using Agg = internal::ResultOf<Seed, Out>;
    return internal::AppendStage<Agg, internal::BatchLogic<Out, Agg, Cost, Seed, F>>(
        self(), name, where, max, std::move(cost), std::move(seed), std::move(aggregate));
  }
  template <class F, class... Initial>
  auto MakeExpand(const char* name, SourceLocation where, F expand, Initial... initial) const {
    using Generator = internal::ResultOf<F, Out>;
    using U = typename internal::ResultOf<Generator>::value_type;
    return internal::AppendStage<U, internal::ExpandLogic<Out, U, F>>(
        self(), name, where, std::move(expand), std::move(initial)...);
  }
  const Derived& self() const { return static_cast<const Derived&>(*this); }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_BACKPRESSURE_H_
