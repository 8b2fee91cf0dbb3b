// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Source<T>::From, Range, Single, Empty, Unfold, Tick...: sources of elements that are known,
// computed, or promised.
//
// Threads: functions run on the stream's turn, copied for each materialization. What one throws
// fails the stream.
//
//   Source<int>::Unfold(1, [](int n) { return std::optional(std::pair(2 * n, n)); });
#ifndef SAMPO_STREAM_OPS_SOURCE_FACTORIES_H_
#define SAMPO_STREAM_OPS_SOURCE_FACTORIES_H_

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/base/check.h"
#include "sampo/stream/detail/append.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/ops/detail/deferred.h"
#include "sampo/stream/ops/detail/generate.h"
#include "sampo/stream/ops/detail/resource_logics.h"
#include "sampo/stream/ops/detail/source_logics.h"
#include "sampo/stream/ops/detail/structural.h"

namespace sampo::stream {

template <class Out, class Mat>
class Source;

template <class Out>
class SourceFactories {
 public:
  // The elements of `elements`, in order.
  // Emits when: downstream asks. Completes when: the last one was emitted. Tested by:
  // source_test.cc.
  static Source<Out, NotUsed> From(std::vector<Out> elements,
                                   SourceLocation where = SourceLocation::Current()) {
    auto shared = std::make_shared<const std::vector<Out>>(std::move(elements));
    return Make<internal::VectorLogic<Out>>("from", where, std::move(shared));
  }
  // The elements of the range that `make` returns, called for each materialization.
  // Emits when: downstream asks. Completes when: the range ends. Tested by: source_test.cc.
  template <class MakeRange>
  static auto FromIterator(MakeRange make, SourceLocation where = SourceLocation::Current()) {
    return Make<internal::IteratorLogic<Out, MakeRange, false>>("fromIterator", where,
                                                                std::move(make));
  }
  // The value, or nothing.
  // Emits when: downstream asks and there is a value. Completes when: it was emitted. Tested by:
  // source_test.cc.
  static Source<Out, NotUsed> FromOption(std::optional<Out> element,
                                         SourceLocation where = SourceLocation::Current()) {
    std::vector<Out> elements;
    if (element) elements.push_back(*std::move(element));
    return From(std::move(elements), where);
  }
  // One element.
  // Emits when: downstream asks. Completes when: it was emitted. Tested by: source_test.cc.
  static Source<Out, NotUsed> Single(Out element,
                                     SourceLocation where = SourceLocation::Current()) {
    std::vector<Out> one;
    one.push_back(std::move(element));
    return From(std::move(one), where);
  }
  // first, first + step ... up to and with `last`; empty when `last` lies the other way. `step` is
  // not 0.
  // Emits when: downstream asks. Completes when: the last one was emitted. Tested by:
  // source_test.cc.
  static Source<Out, NotUsed> Range(Out first, Out last, Out step = 1,
                                    SourceLocation where = SourceLocation::Current()) {
    SAMPO_CHECK(step != 0, "Source::Range with a step of 0");
    return Make<internal::RangeLogic<Out>>("range", where, first, last, step);
  }
  // Copies of `element`, without end.
  // Emits when: downstream asks. Completes when: never. Tested by: source_test.cc.
  static Source<Out, NotUsed> Repeat(Out element,
                                     SourceLocation where = SourceLocation::Current()) {
    return FromNext("repeat", where,
                    [element = std::move(element)] { return std::optional<Out>(element); });
  }
  // The elements of the range that `make` returns, called again at each end of it. An empty range
  // fails the stream with FAILED_PRECONDITION.
  // Emits when: downstream asks. Completes when: never. Tested by: source_test.cc.
  template <class MakeRange>
  static auto Cycle(MakeRange make, SourceLocation where = SourceLocation::Current()) {
    return Make<internal::IteratorLogic<Out, MakeRange, true>>("cycle", where, std::move(make));
  }
  // seed, f(seed), f(f(seed))... without end.
  // Emits when: downstream asks. Completes when: never. Tested by: source_test.cc.
  template <class F>
  static auto Iterate(Out seed, F f, SourceLocation where = SourceLocation::Current()) {
    return FromNext("iterate", where, internal::Iterate<Out, F>{std::move(seed), std::move(f)});
  }
  // No elements.
  // Emits when: never. Completes when: it starts. Tested by: source_test.cc.
  static Source<Out, NotUsed> Empty(SourceLocation where = SourceLocation::Current()) {
    return Make<internal::EndLogic<Out>>("empty", where, std::optional(absl::OkStatus()));
  }
  // Nothing at all: no element and no end.
  // Emits when: never. Completes when: never. Tested by: source_test.cc.
  static Source<Out, NotUsed> Never(SourceLocation where = SourceLocation::Current()) {
    return Make<internal::EndLogic<Out>>("never", where, std::optional<absl::Status>());
  }
  // Fails with `failure`, which is not OK.
  // Emits when: never. Completes when: never; fails when it starts. Tested by: source_test.cc.
  static Source<Out, NotUsed> Failed(absl::Status failure,
                                     SourceLocation where = SourceLocation::Current()) {
    SAMPO_CHECK(!failure.ok(), "Source::Failed with an OK status");
    return Make<internal::EndLogic<Out>>("failed", where, std::optional(std::move(failure)));
  }
  // What the materialized MaybePromise is completed with: a value, no value, or a failure. The
  // promise gets no value when the stream is cancelled first.
  // Emits when: the promise has a value. Completes when: it was emitted, or the promise has no
  // value. Tested by: source_future_test.cc.
  static Source<Out, MaybePromise<Out>> Maybe(SourceLocation where = SourceLocation::Current()) {
    return Source<Out, MaybePromise<Out>>(
        internal::MakeStage<MaybePromise<Out>>("maybe", where, [] {
          MaybePromise<Out> promise;
          return internal::NewLogicWith<internal::MaybeLogic<Out>>(promise, promise);
        }));
  }
  // The value of `future`; its failure fails the stream. Of a move-only type it can run once.
  // Emits when: `future` has a value. Completes when: it was emitted. Tested by:
  // source_future_test.cc.
  static Source<Out, NotUsed> Future(sampo::Future<Out> future,
                                     SourceLocation where = SourceLocation::Current()) {
    return Make<internal::FutureLogic<Out>>("future", where, std::move(future));
  }
  // What `make` returns, called at the first demand.
  // Emits when: downstream asks. Completes when: it was emitted. Tested by: source_test.cc.
  template <class F>
  static auto LazySingle(F make, SourceLocation where = SourceLocation::Current()) {
    // Completes in the next pull, as a computed element cannot be known to be the last.
    return FromNext("lazySingle", where, internal::Once<Out, F>{std::move(make)});
  }
  // The value of the future that `make` returns, called at the first demand.
  // Emits when: the future has a value. Completes when: it was emitted. Tested by:
  // source_future_test.cc.
  template <class F>
  static auto LazyFuture(F make, SourceLocation where = SourceLocation::Current()) {
    return Make<internal::LazyFutureLogic<Out, F>>("lazyFuture", where, std::move(make));
  }
  // `element` after `initial` and then again and again, with `interval` between; a tick that nobody
  // asks for is dropped. The TickHandle ends it.
  // Emits when: a tick is due and downstream asks. Completes when: it is cancelled by the
  // TickHandle. Tested by: source_future_test.cc.
  static Source<Out, TickHandle> Tick(absl::Duration initial, absl::Duration interval, Out element,
                                      SourceLocation where = SourceLocation::Current()) {
    return Source<Out, TickHandle>(internal::MakeStage<TickHandle>(
        "tick", where, [initial, interval, element = std::move(element)] {
          TickHandle handle;
          return internal::NewLogicWith<internal::TickLogic<Out>>(handle, initial, interval,
                                                                  element, handle);
        }));
  }
  // f(state) returns std::optional<std::pair<S, Out>>: the next state and an element, or the end.
  // Emits when: downstream asks. Completes when: `f` returns none. Tested by: source_test.cc.
  template <class S, class F>
  static auto Unfold(S state, F f, SourceLocation where = SourceLocation::Current()) {
    return FromNext("unfold", where, internal::Unfold<Out, S, F>{std::move(state), std::move(f)});
  }
  // The same with an `f` that returns a Future of it; one at a time.
  // Emits when: the future has an element. Completes when: the future has none. Tested by:
  // source_future_test.cc.
  template <class S, class F>
  static auto UnfoldAsync(S state, F f, SourceLocation where = SourceLocation::Current()) {
    return Make<internal::UnfoldAsyncLogic<Out, S, F>>("unfoldAsync", where, std::move(state),
                                                       std::move(f));
  }
  // Reads from a resource: open() returns it, read(R&) a std::optional<Out>, none at the end;
  // close(R&) is called exactly once for each open. Restart opens anew.
  // Emits when: downstream asks. Completes when: `read` returns none. Supervision: yes. Tested by:
  // resource_test.cc.
  template <class Open, class Read, class Close>
  static auto UnfoldResource(Open open, Read read, Close close,
                             SourceLocation where = SourceLocation::Current()) {
    return Make<internal::UnfoldResourceLogic<Out, Open, Read, Close>>(
        "unfoldResource", where, std::move(open), std::move(read), std::move(close));
  }
  // The same with functions that return futures: Future<R>, Future<std::optional<Out>> and
  // Future<void> of close(R). R is a handle, such as a shared_ptr, that they may copy.
  // Emits when: the future has an element. Completes when: the resource is closed after its end.
  // Supervision: yes. Tested by: resource_test.cc.
  template <class Open, class Read, class Close>
  static auto UnfoldResourceAsync(Open open, Read read, Close close,
                                  SourceLocation where = SourceLocation::Current()) {
    return Make<internal::UnfoldResourceAsyncLogic<Out, Open, Read, Close>>(
        "unfoldResourceAsync", where, std::move(open), std::move(read), std::move(close));
  }

  // What the coroutine f(), a Generator<Out>, co_yields.
  // Emits when: it yields. Completes when: it returns. Tested by: generate_test.cc.
  template <class F>
  static auto Generate(F f, SourceLocation where = SourceLocation::Current()) {
    return Make<internal::GenerateLogic<Out, F>>("generate", where, std::move(f));
  }
  // The elements of the source that `make` returns, called at the first demand. Its value comes in
  // a Future, which fails with CANCELLED where there was no demand. Emits when: the source does.
  // Completes when: the source does. Tested by: deferred_test.cc.
  template <class F>
  static auto LazySource(F make, SourceLocation where = SourceLocation::Current()) {
    return Deferred("lazySource", where, internal::NowStart<F>{std::move(make)});
  }
  // The same with a `make` that returns a Future of the source.
  // Emits when: the source does. Completes when: the source does. Tested by: deferred_test.cc.
  template <class F>
  static auto LazyFutureSource(F make, SourceLocation where = SourceLocation::Current()) {
    return Deferred("lazyFutureSource", where, internal::FutureStart<F>(std::move(make)));
  }
  // The elements of the source that `future` has. A cancellation does not wait for it.
  // Emits when: the source does. Completes when: the source does. Tested by: deferred_test.cc.
  template <class Mat>
  static auto FutureSource(sampo::Future<Source<Out, Mat>> future,
                           SourceLocation where = SourceLocation::Current()) {
    using Known = internal::KnownFuture<Source<Out, Mat>>;
    return Deferred("futureSource", where, internal::FutureStart<Known, true>(Known{future}));
  }
  // f(materializer, attributes) returns the source, for each materialization. It must not throw.
  // Emits when: the source does. Completes when: the source does. Tested by: structural_test.cc.
  template <class F>
  static auto FromMaterializer(F f) {
    using Node = internal::FromMaterializerNode<F>;
    using Mat = typename Node::Part::MaterializedValue;
    return Source<Out, Mat>(internal::BlueprintRef<Mat>(new Node(std::move(f))));
  }

 private:
  template <class Start>
  static auto Deferred(const char* name, SourceLocation where, Start start) {
    using Logic = internal::DeferredSourceLogic<Out, Start>;
    using Mat = decltype(std::declval<Logic&>().materialized());
    return Source<Out, Mat>(internal::MakeValueStage<Logic>(name, where, std::move(start)));
  }
  template <class Logic, class... Args>
  static Source<Out, NotUsed> Make(const char* name, SourceLocation where, Args... args) {
    return Source<Out, NotUsed>(internal::MakeLogicStage<Logic>(name, where, std::move(args)...));
  }
  template <class Next>
  static Source<Out, NotUsed> FromNext(const char* name, SourceLocation where, Next next) {
    return Make<internal::NextLogic<Out, Next>>(name, where, std::move(next));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_SOURCE_FACTORIES_H_
