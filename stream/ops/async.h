// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// AsyncOps: MapAsync and its kin: functions that answer later, with a Future or as a Task.
//
// A function that returns a Future<U> runs on the stream's turn; one that is a coroutine, Task<U>,
// runs in a child actor of the stream, where tasks take turns at their co_awaits. Where the result
// is a failure, or the function throws, the attribute Supervision decides: Stop fails the stream at
// once, not in turn; Resume and Restart drop the element. A Future<void> gives NotUsed.
// Threads: as said; functions are copied for each materialization.
//
//   source.MapAsync(8, [&](Order order) { return prices.Lookup(order.item); });
#ifndef SAMPO_STREAM_OPS_ASYNC_H_
#define SAMPO_STREAM_OPS_ASYNC_H_

#include <utility>

#include "sampo/stream/detail/append.h"
#include "sampo/stream/detail/map_async.h"

namespace sampo::stream {

template <class Derived, class Out>
class AsyncOps {
 public:
  // The result of f(element), a Future or a Task, for each element, in their order; at most
  // `parallelism` (at least 1) are started and not yet emitted.
  // Emits when: the result of the next element in order is there. Backpressures when: `parallelism`
  // is reached and the first is not emitted. Completes when: upstream does and all are emitted.
  // Cancels when: downstream does. Supervision: yes. Tested by: ops/async_test.cc.
  template <class F>
  auto MapAsync(int parallelism, F f, SourceLocation where = SourceLocation::Current()) const {
    return Make<internal::MapAsyncLogic, internal::Starter<F, Out>>(
        "mapAsync", where, parallelism, std::move(f), internal::NoPartition{});
  }
  // The same in the order in which the results come.
  // Emits when: a result is there. Backpressures when: `parallelism` elements are started and not
  // yet emitted. Completes when: upstream does and all are emitted. Cancels when: downstream does.
  // Supervision: yes. Tested by: ops/async_test.cc.
  template <class F>
  auto MapAsyncUnordered(int parallelism, F f,
                         SourceLocation where = SourceLocation::Current()) const {
    return Make<internal::MapAsyncUnorderedLogic, internal::Starter<F, Out>>(
        "mapAsyncUnordered", where, parallelism, std::move(f), internal::NoPartition{});
  }
  // MapAsync with at most one element of each partition started at a time: f(element, key) where
  // key = partition(element), which is compared by ==.
  // Emits when: the result of the next element in order is there. Backpressures when: `parallelism`
  // elements are taken and the first is not emitted. Completes when: upstream does and all are
  // emitted. Cancels when: downstream does. Supervision: yes.
  // Tested by: ops/async_partitioned_test.cc.
  template <class Partition, class F>
  auto MapAsyncPartitioned(int parallelism, Partition partition, F f,
                           SourceLocation where = SourceLocation::Current()) const {
    using Key = internal::ResultOf<Partition, const Out&>;
    return Make<internal::MapAsyncLogic, internal::Starter<F, Out, Key>>(
        "mapAsyncPartitioned", where, parallelism, std::move(f), std::move(partition));
  }
  // The same in the order in which the results come; within a partition that is the elements'.
  // Emits when: a result is there. Backpressures when: `parallelism` elements are taken and not yet
  // emitted. Completes when: upstream does and all are emitted. Cancels when: downstream does.
  // Supervision: yes. Tested by: ops/async_partitioned_test.cc.
  template <class Partition, class F>
  auto MapAsyncPartitionedUnordered(int parallelism, Partition partition, F f,
                                    SourceLocation where = SourceLocation::Current()) const {
    using Key = internal::ResultOf<Partition, const Out&>;
    return Make<internal::MapAsyncUnorderedLogic, internal::Starter<F, Out, Key>>(
        "mapAsyncPartitionedUnordered", where, parallelism, std::move(f), std::move(partition));
  }

 private:
  template <template <class, class, class> class Logic, class Start, class F, class Partition>
  auto Make(const char* name, SourceLocation where, int parallelism, F f,
            Partition partition) const {
    using Stage = Logic<Out, Start, Partition>;
    return internal::AppendStage<typename Stage::U, Stage>(
        self(), name, where, parallelism, Start(std::move(f)), std::move(partition));
  }
  const Derived& self() const { return static_cast<const Derived&>(*this); }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_ASYNC_H_
