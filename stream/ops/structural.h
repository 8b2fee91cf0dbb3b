// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Operators on a stream's shape: PreMaterialize (one end runs now, the other later),
// MaterializeIntoSource, OptionalVia, Dimap, and the way to streams with a context.
//
// Threads: values; functions run on the stream's turn.
//
//   auto [value, source] = queue.PreMaterialize(system);
#ifndef SAMPO_STREAM_OPS_STRUCTURAL_H_
#define SAMPO_STREAM_OPS_STRUCTURAL_H_

#include <utility>

#include "sampo/actor/future.h"
#include "sampo/stream/detail/append.h"
#include "sampo/stream/materializer.h"
#include "sampo/stream/not_used.h"
#include "sampo/stream/ops/detail/structural.h"
#include "sampo/stream/ops/simple.h"

namespace sampo::stream {

template <class Out, class Mat>
class Source;
template <class In, class Mat>
class Sink;
template <class In, class Out, class Mat>
class Flow;
template <class Out, class Context, class Mat>
class SourceWithContext;
template <class In, class InContext, class Out, class OutContext, class Mat>
class FlowWithContext;

// Of sources and flows.
template <class Derived, class Out>
class StructuralOps {
 public:
  // Of a stream of optionals: values go through `flow` and come back as optionals, empty ones go
  // past it, and may overtake. The value is what `combine` makes of both.
  // Emits when: `flow` does, or an empty one came. Backpressures when: `flow` or downstream does.
  // Completes when: upstream does and `flow` after it. Cancels when: downstream does. Tested by:
  // structural_test.cc.
  template <class In, class U, class Mat2, class Combine = KeepLeft>
  auto OptionalVia(const Flow<In, U, Mat2>& flow, Combine combine = {},
                   SourceLocation where = SourceLocation::Current()) const {
    using Via = internal::OptionalViaNode<In, U, Mat2>;
    return self().template AppendMat<std::optional<U>, Mat2>(
        internal::BlueprintRef<Mat2>(new Via(where, flow.blueprint())), std::move(combine));
  }

 private:
  const Derived& self() const { return static_cast<const Derived&>(*this); }
};

// Of sources.
template <class Derived, class Out>
class SourceStructuralOps {
 public:
  // Runs it now: its value, and a source of its elements, which can be run once, within the time of
  // the attribute Subscription.
  // Emits when: this source does. Completes when: this source does. Tested by: structural_test.cc.
  auto PreMaterialize(const Materializer& materializer) const {
    return self().ToMat(Sink<Out, NotUsed>::AsSource(), KeepBoth()).Run(materializer);
  }
  // A source of what `sink` promises when this stream is run into it, anew for each
  // materialization.
  // Emits when: the promise is kept. Completes when: it was emitted. Tested by: structural_test.cc.
  template <class T>
  Source<T, NotUsed> MaterializeIntoSource(const Sink<Out, Future<T>>& sink) const {
    return Source<T, NotUsed>::FromMaterializer(
        [source = self(), sink](Materializer& materializer, const Attributes& attributes) {
          return Source<T, NotUsed>::Future(
              source.RunWith(sink, materializer.WithAttributes(attributes)));
        });
  }
  // Each element with a context, `extract(const Out&)`, that stays with it.
  // Emits when: upstream does. Backpressures when: downstream does. Completes when: upstream does.
  // Cancels when: downstream does. Tested by: context_test.cc.
  template <class Extract>
  auto AsSourceWithContext(Extract extract,
                           SourceLocation where = SourceLocation::Current()) const {
    using Context = internal::ResultOf<Extract, const Out&>;
    using Mat = typename Derived::MaterializedValue;
    return SourceWithContext<Out, Context, Mat>(
        self().Map(internal::WithContextOf<Out, Context, Extract>{std::move(extract)}, where));
  }

 private:
  const Derived& self() const { return static_cast<const Derived&>(*this); }
};

// Of flows.
template <class Derived, class In, class Out>
class FlowStructuralOps {
 public:
  // Runs it now: its value, and a flow into it and out of it, which can be run once, within the
  // time of the attribute Subscription. Emits when: this flow does. Backpressures when: this flow
  // does. Completes when: this flow does. Cancels when: this flow does. Tested by:
  // structural_test.cc.
  auto PreMaterialize(const Materializer& materializer) const {
    auto [ends, sink] =
        self().ToMat(Sink<Out, NotUsed>::AsSource(), KeepBoth()).PreMaterialize(materializer);
    return std::pair(std::move(ends.first),
                     Flow<In, Out, NotUsed>::FromSinkAndSource(sink, ends.second));
  }
  // A source of what `sink` promises when `source` is run through this flow into it, anew for each
  // materialization.
  // Emits when: the promise is kept. Completes when: it was emitted. Tested by: structural_test.cc.
  template <class Mat2, class T>
  Source<T, NotUsed> MaterializeIntoSource(const Source<In, Mat2>& source,
                                           const Sink<Out, Future<T>>& sink) const {
    return source.Via(self()).MaterializeIntoSource(sink);
  }
  // before(From) for each element that comes, after(Out) for each that goes.
  // Emits when: this flow does. Backpressures when: this flow does. Completes when: this flow does.
  // Cancels when: this flow does. Supervision: yes. Tested by: structural_test.cc.
  template <class From, class Before, class After>
  auto Dimap(Before before, After after, SourceLocation where = SourceLocation::Current()) const {
    return Contramap<From>(std::move(before), where).Map(std::move(after), where);
  }
  // before(From) for each element that comes.
  // Emits when: this flow does. Backpressures when: this flow does. Completes when: this flow does.
  // Cancels when: this flow does. Supervision: yes. Tested by: structural_test.cc.
  template <class From, class Before>
  auto Contramap(Before before, SourceLocation where = SourceLocation::Current()) const {
    return Flow<From, From, NotUsed>().Map(std::move(before), where).ViaMat(self(), KeepRight());
  }
  // A flow of elements with contexts: collapse(In, Context) makes what this flow takes, and
  // extract(const Out&) is the context of what it gives.
  // Emits when: this flow does. Backpressures when: this flow does. Completes when: this flow does.
  // Cancels when: this flow does. Tested by: context_test.cc.
  template <class U, class Context, class Collapse, class Extract>
  auto AsFlowWithContext(Collapse collapse, Extract extract,
                         SourceLocation where = SourceLocation::Current()) const {
    using OutContext = internal::ResultOf<Extract, const Out&>;
    using Mat = typename Derived::MaterializedValue;
    using Pair = std::pair<U, Context>;
    auto unpack = [collapse = std::move(collapse)](Pair pair) mutable {
      return collapse(std::move(pair.first), std::move(pair.second));
    };
    return FlowWithContext<U, Context, Out, OutContext, Mat>(
        Contramap<Pair>(std::move(unpack), where)
            .Map(internal::WithContextOf<Out, OutContext, Extract>{std::move(extract)}, where));
  }

 private:
  const Derived& self() const { return static_cast<const Derived&>(*this); }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_STRUCTURAL_H_
