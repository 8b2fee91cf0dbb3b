// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Sink<T>::Fold, Seq, Foreach, Ignore, Head...: sinks that make something of the elements.
//
// What they promise fails with the stream's failure, with what a function throws, and with
// AbruptTermination when the stream is cut off. Functions are supervised: Resume drops the element,
// Restart also forgets what was gathered.
// Threads: functions run on the stream's turn, copied for each materialization.
//
//   Future<int> sum = source.RunWith(Sink<int>::Fold(0, std::plus<>()), system);
#ifndef SAMPO_STREAM_OPS_SINK_FACTORIES_H_
#define SAMPO_STREAM_OPS_SINK_FACTORIES_H_

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "sampo/stream/detail/append.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/ops/detail/deferred.h"
#include "sampo/stream/ops/detail/sink_logics.h"
#include "sampo/stream/ops/detail/structural.h"

namespace sampo::stream {

template <class Out, class Mat>
class Source;
template <class In, class Mat>
class Sink;

template <class In>
class SinkFactories {
 public:
  // sum = f(sum, element), from `zero` on; promises the last one.
  // Backpressures when: `f` runs. Cancels when: never. Supervision: yes. Tested by: sink_test.cc.
  template <class U, class F>
  static auto Fold(U zero, F f, SourceLocation where = SourceLocation::Current()) {
    return Gather("fold", where,
                  internal::GatherFold<In, U, internal::Always, F>{
                      std::move(zero), internal::Always(), std::move(f)});
  }
  // The same while `goes_on(const U& sum)` is true.
  // Backpressures when: `f` runs. Cancels when: `goes_on` is false. Supervision: yes. Tested by:
  // sink_test.cc.
  template <class U, class While, class F>
  static auto FoldWhile(U zero, While goes_on, F f,
                        SourceLocation where = SourceLocation::Current()) {
    return Gather(
        "foldWhile", where,
        internal::GatherFold<In, U, While, F>{std::move(zero), std::move(goes_on), std::move(f)});
  }
  // sum = f(sum, element), from the first element on; promises the last one, or NOT_FOUND where
  // there was no element.
  // Backpressures when: `f` runs. Cancels when: never. Supervision: yes. Tested by: sink_test.cc.
  template <class F>
  static auto Reduce(F f, SourceLocation where = SourceLocation::Current()) {
    return Gather("reduce", where, internal::GatherReduce<In, F>{std::move(f)});
  }
  // Promises the first element, or NOT_FOUND.
  // Backpressures when: never. Cancels when: the first element came. Tested by: sink_test.cc.
  static auto Head(SourceLocation where = SourceLocation::Current()) {
    return Gather("head", where, internal::GatherOne<In, true, false>());
  }
  // Promises the first element, or an empty optional.
  // Backpressures when: never. Cancels when: the first element came. Tested by: sink_test.cc.
  static auto HeadOption(SourceLocation where = SourceLocation::Current()) {
    return Gather("headOption", where, internal::GatherOne<In, true, true>());
  }
  // Promises the last element, or NOT_FOUND.
  // Backpressures when: never. Cancels when: never. Tested by: sink_test.cc.
  static auto Last(SourceLocation where = SourceLocation::Current()) {
    return Gather("last", where, internal::GatherOne<In, false, false>());
  }
  // Promises the last element, or an empty optional.
  // Backpressures when: never. Cancels when: never. Tested by: sink_test.cc.
  static auto LastOption(SourceLocation where = SourceLocation::Current()) {
    return Gather("lastOption", where, internal::GatherOne<In, false, true>());
  }
  // Promises all elements. Without a bound: put a Limit before it where there may be many.
  // Backpressures when: never. Cancels when: never. Tested by: sink_test.cc.
  static auto Seq(SourceLocation where = SourceLocation::Current()) {
    return Gather("seq", where, internal::GatherAll<In, std::vector<In>>());
  }
  // Promises all elements in a Container, such as std::set<In>.
  // Backpressures when: never. Cancels when: never. Tested by: sink_test.cc.
  template <class Container>
  static auto Collection(SourceLocation where = SourceLocation::Current()) {
    return Gather("collection", where, internal::GatherAll<In, Container>());
  }
  // accumulate(state&, element) on what supply() returned; promises finish(state).
  // Backpressures when: a function runs. Cancels when: never. Supervision: yes. Tested by:
  // sink_test.cc.
  template <class Supply, class Accumulate, class Finish>
  static auto Collect(Supply supply, Accumulate accumulate, Finish finish,
                      SourceLocation where = SourceLocation::Current()) {
    return Gather("collect", where,
                  internal::GatherCollect<In, Supply, Accumulate, Finish>{
                      std::move(supply), std::move(accumulate), std::move(finish)});
  }
  // Promises the last `count` elements, in order.
  // Backpressures when: never. Cancels when: never. Tested by: sink_test.cc.
  static auto TakeLast(int64_t count, SourceLocation where = SourceLocation::Current()) {
    return Gather("takeLast", where,
                  internal::GatherLast<In>{static_cast<size_t>(std::max<int64_t>(count, 0))});
  }
  // Promises how many elements there were.
  // Backpressures when: never. Cancels when: never. Tested by: sink_test.cc.
  static auto Count(SourceLocation where = SourceLocation::Current()) {
    constexpr auto add = [](int64_t count, In) { return count + 1; };
    return Gather("count", where,
                  internal::GatherFold<In, int64_t, internal::Always, decltype(add)>{
                      0, internal::Always(), add});
  }
  // Promises whether `predicate(const In&)` is true for any element.
  // Backpressures when: `predicate` runs. Cancels when: it was true. Supervision: yes. Tested by:
  // sink_test.cc.
  template <class P>
  static auto Exists(P predicate, SourceLocation where = SourceLocation::Current()) {
    return Gather("exists", where, internal::GatherSearch<In, P, true, true>{std::move(predicate)});
  }
  // Promises whether `predicate(const In&)` is true for all elements.
  // Backpressures when: `predicate` runs. Cancels when: it was false. Supervision: yes. Tested by:
  // sink_test.cc.
  template <class P>
  static auto Forall(P predicate, SourceLocation where = SourceLocation::Current()) {
    return Gather("forall", where,
                  internal::GatherSearch<In, P, false, false>{std::move(predicate)});
  }
  // Promises whether `predicate(const In&)` is true for no element.
  // Backpressures when: `predicate` runs. Cancels when: it was true. Supervision: yes. Tested by:
  // sink_test.cc.
  template <class P>
  static auto None(P predicate, SourceLocation where = SourceLocation::Current()) {
    return Gather("none", where, internal::GatherSearch<In, P, true, false>{std::move(predicate)});
  }
  // f(element) for each; promises the end.
  // Backpressures when: `f` runs. Cancels when: never. Supervision: yes. Tested by: sink_test.cc.
  template <class F>
  static auto Foreach(F f, SourceLocation where = SourceLocation::Current()) {
    return Gather("foreach", where, internal::GatherForeach<In, F>{std::move(f)});
  }
  // f(element), which returns a Future<void>, for each, at most `parallelism` at a time; promises
  // the end of all.
  // Backpressures when: `parallelism` futures are in flight. Cancels when: one has failed and the
  // supervision stops. Supervision: yes. Tested by: sink_test.cc.
  template <class F>
  static Sink<In, Future<void>> ForeachAsync(int parallelism, F f,
                                             SourceLocation where = SourceLocation::Current()) {
    return Sink<In, Future<void>>(internal::MakeValueStage<internal::ForeachAsyncLogic<In, F>>(
        "foreachAsync", where, std::max(parallelism, 1), std::move(f)));
  }
  // f(Status) once, at the end: OK, the stream's failure, or AbruptTermination.
  // Backpressures when: never. Cancels when: never. Tested by: sink_test.cc.
  template <class F>
  static Sink<In, NotUsed> OnComplete(F f, SourceLocation where = SourceLocation::Current()) {
    return Sink<In, NotUsed>(internal::MakeLogicStage<internal::OnCompleteLogic<In, F>>(
        "onComplete", where, std::move(f)));
  }
  // Drops all elements; promises the end.
  // Backpressures when: never. Cancels when: never. Tested by: sink_test.cc.
  static auto Ignore(SourceLocation where = SourceLocation::Current()) {
    constexpr auto drop = [](In&&) {};
    return Gather("ignore", where, internal::GatherForeach<In, decltype(drop)>{drop});
  }
  // Takes nothing; the stream above is cancelled with `cause`.
  // Backpressures when: never. Cancels when: it starts. Tested by: sink_test.cc.
  static Sink<In, NotUsed> Cancelled(absl::Status cause = absl::OkStatus(),
                                     SourceLocation where = SourceLocation::Current()) {
    return Sink<In, NotUsed>(internal::MakeLogicStage<internal::CancelledLogic<In>>(
        "cancelled", where, std::move(cause)));
  }
  // Asks for nothing, ever; promises the end of the stream above.
  // Backpressures when: always. Cancels when: never. Tested by: sink_test.cc.
  static Sink<In, Future<void>> Never(SourceLocation where = SourceLocation::Current()) {
    return Sink<In, Future<void>>(
        internal::MakeValueStage<internal::NeverSinkLogic<In>>("never", where));
  }

  // Into the sink that `make` returns, called at the first element. Its value comes in a Future,
  // which fails with CANCELLED where no element came.
  // Backpressures when: the sink does. Cancels when: the sink does. Tested by: deferred_test.cc.
  template <class F>
  static auto LazySink(F make, SourceLocation where = SourceLocation::Current()) {
    return Deferred("lazySink", where, internal::NowStart<F>{std::move(make)});
  }
  // The same with a `make` that returns a Future of the sink.
  // Backpressures when: there is no sink yet, or it does. Cancels when: the sink does, or the
  // future fails. Tested by: deferred_test.cc.
  template <class F>
  static auto LazyFutureSink(F make, SourceLocation where = SourceLocation::Current()) {
    return Deferred("lazyFutureSink", where, internal::FutureStart<F>(std::move(make)));
  }
  // Into the sink that `future` has, at the first element.
  // Backpressures when: there is no sink yet, or it does. Cancels when: the sink does, or the
  // future fails. Tested by: deferred_test.cc.
  template <class Mat>
  static auto FutureSink(Future<Sink<In, Mat>> future,
                         SourceLocation where = SourceLocation::Current()) {
    using Known = internal::KnownFuture<Sink<In, Mat>>;
    return Deferred("futureSink", where, internal::FutureStart<Known>(Known{future}));
  }
  // Into the sink that `future` has, as soon as it is there, also where no element comes.
  // Backpressures when: there is no sink yet, or it does. Cancels when: the sink does, or the
  // future fails. Tested by: deferred_test.cc.
  template <class Mat>
  static auto EagerFutureSink(Future<Sink<In, Mat>> future,
                              SourceLocation where = SourceLocation::Current()) {
    using Known = internal::KnownFuture<Sink<In, Mat>>;
    return Deferred("eagerFutureSink", where, internal::FutureStart<Known, true>(Known{future}));
  }
  // f(materializer, attributes) returns the sink, for each materialization. It must not throw.
  // Backpressures when: the sink does. Cancels when: the sink does. Tested by: structural_test.cc.
  template <class F>
  static auto FromMaterializer(F f) {
    using Node = internal::FromMaterializerNode<F>;
    using Mat = typename Node::Part::MaterializedValue;
    return Sink<In, Mat>(internal::BlueprintRef<Mat>(new Node(std::move(f))));
  }
  // Materializes a Source<In> of the elements (Pekko's Sink.source), which can be run once, within
  // the time of the attribute Subscription.
  // Backpressures when: the source does, or is not run yet. Cancels when: the source does, or it
  // was not run in time. Tested by: structural_test.cc.
  static auto AsSource(SourceLocation where = SourceLocation::Current()) {
    using Mat = Source<In, NotUsed>;
    return Sink<In, Mat>(internal::BlueprintRef<Mat>(new internal::AsSourceNode<In, Mat>(where)));
  }

 private:
  template <class Start>
  static auto Deferred(const char* name, SourceLocation where, Start start) {
    using Logic = internal::DeferredSinkLogic<In, Start>;
    using Mat = decltype(std::declval<Logic&>().materialized());
    return Sink<In, Mat>(internal::MakeValueStage<Logic>(name, where, std::move(start)));
  }
  template <class G>
  static auto Gather(const char* name, SourceLocation where, G gather) {
    return Sink<In, Future<typename G::Result>>(
        internal::MakeValueStage<internal::GatherLogic<In, G>>(name, where, std::move(gather)));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_SINK_FACTORIES_H_
