// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// NestingOps: GroupBy, SplitWhen, FlatMapConcat and their kin: streams of streams, and back.
//
// The stages behind them are in group_by.h, split.h, flatten.h and prefix.h. Substreams run fused
// in the stream's own actor.
// Threads: functions run on the stream's turn, copied for each materialization.
//
//   orders.GroupBy(100, Customer).Map(Price).MergeSubstreams()
#ifndef SAMPO_STREAM_OPS_NESTING_H_
#define SAMPO_STREAM_OPS_NESTING_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "sampo/stream/detail/append.h"
#include "sampo/stream/detail/uninit.h"
#include "sampo/stream/ops/flatten.h"
#include "sampo/stream/ops/group_by.h"
#include "sampo/stream/ops/prefix.h"
#include "sampo/stream/ops/split.h"

namespace sampo::stream {

template <class Outer, class In, class Out>
class SubFlow;
template <class In, class Out, class Mat>
class Flow;

namespace internal {

struct Same {
  template <class T>
  T operator()(T value) const {
    return value;
  }
};

}  // namespace internal

template <class Derived, class Out>
class NestingOps {
 public:
  // A substream for each key_of(const Out&), which absl::Hash can hash; at most `max_substreams`,
  // with those that have ended, or the stream fails with RESOURCE_EXHAUSTED. Elements for a
  // substream that has ended are dropped; with `allow_recreation` a new one is made, and the limit
  // is that of the open ones. Substreams that nobody subscribes to end after Attributes'
  // Subscription.
  // Emits when: an element begins a new substream. Backpressures when: downstream does, or the
  // substream an element is for. Completes when: upstream does. Cancels when: downstream does and
  // all substreams have ended. Supervision: yes. Tested by: group_by_test.cc.
  template <class F>
  auto GroupBy(int max_substreams, F key_of, bool allow_recreation = false,
               SourceLocation where = SourceLocation::Current()) const {
    using K = internal::ResultOf<F, const Out&>;
    return Split<internal::GroupByLogic<Out, K, F>>("groupBy", where, max_substreams,
                                                    std::move(key_of), allow_recreation);
  }
  // A new substream at each element for which predicate(const Out&) is true, which is its first.
  // Emits when: an element begins a new substream. Backpressures when: downstream or the substream
  // does. Completes when: upstream does. Cancels when: downstream does and no substream is open, or
  // the substream does with kPropagate. Tested by: split_test.cc.
  template <class F>
  auto SplitWhen(F predicate, SubstreamCancel on_cancel = SubstreamCancel::kDrain,
                 SourceLocation where = SourceLocation::Current()) const {
    return Split<internal::SplitLogic<Out, F, internal::SplitAt::kBefore>>(
        "splitWhen", where, std::move(predicate), on_cancel);
  }
  // A new substream behind each element for which predicate(const Out&) is true.
  // Emits when: an element begins a new substream. Backpressures when: downstream or the substream
  // does. Completes when: upstream does. Cancels when: downstream does and no substream is open, or
  // the substream does with kPropagate. Tested by: split_test.cc.
  template <class F>
  auto SplitAfter(F predicate, SubstreamCancel on_cancel = SubstreamCancel::kDrain,
                  SourceLocation where = SourceLocation::Current()) const {
    return Split<internal::SplitLogic<Out, F, internal::SplitAt::kAfter>>(
        "splitAfter", where, std::move(predicate), on_cancel);
  }

  // The elements of f(element), a source, then those of the next. With a `parallelism` above 1 so
  // many sources are started, and give their elements in order all the same.
  // Emits when: the current source has an element. Backpressures when: downstream does. Completes
  // when: upstream and all sources have. Cancels when: downstream does.
  // Tested by: flatten_test.cc.
  template <class F>
  auto FlatMapConcat(F f, SourceLocation where = SourceLocation::Current()) const {
    return Flatten<internal::FlattenOrder::kConcat>("flatMapConcat", 1, std::move(f), where);
  }
  template <class F>
  auto FlatMapConcat(int parallelism, F f, SourceLocation where = SourceLocation::Current()) const {
    return Flatten<internal::FlattenOrder::kConcat>("flatMapConcat", parallelism, std::move(f),
                                                    where);
  }
  // The elements of f(element), a source, of up to `breadth` sources at a time as they come.
  // Emits when: a source has an element. Backpressures when: downstream does, or `breadth` sources
  // run. Completes when: upstream and all sources have. Cancels when: downstream does.
  // Tested by: flatten_test.cc.
  template <class F>
  auto FlatMapMerge(int breadth, F f, SourceLocation where = SourceLocation::Current()) const {
    return Flatten<internal::FlattenOrder::kMerge>("flatMapMerge", breadth, std::move(f), where);
  }
  // The elements of the elements, which are sources, one source after the other.
  // Emits when: the current source has an element. Backpressures when: downstream does. Completes
  // when: upstream and all sources have. Cancels when: downstream does.
  // Tested by: flatten_test.cc.
  auto FlattenConcat(SourceLocation where = SourceLocation::Current()) const {
    return Flatten<internal::FlattenOrder::kConcat>("flattenConcat", 1, internal::Same(), where);
  }
  // The same of up to `breadth` sources at a time.
  // Emits when: a source has an element. Backpressures when: downstream does, or `breadth` sources
  // run. Completes when: upstream and all sources have. Cancels when: downstream does.
  // Tested by: flatten_test.cc.
  auto FlattenMerge(int breadth, SourceLocation where = SourceLocation::Current()) const {
    return Flatten<internal::FlattenOrder::kMerge>("flattenMerge", breadth, internal::Same(),
                                                   where);
  }
  // The elements of f(element), a source, until the next element comes, whose source takes its
  // place. Upstream is never made to wait.
  // Emits when: the current source has an element. Backpressures when: never. Completes when:
  // upstream and the current source have. Cancels when: downstream does.
  // Tested by: flatten_test.cc.
  template <class F>
  auto SwitchMap(F f, SourceLocation where = SourceLocation::Current()) const {
    using U = typename internal::ResultOf<F, Out>::Element;
    return internal::AppendStage<U, internal::SwitchLogic<Out, U, F>>(self(), "switchMap", where,
                                                                      std::move(f));
  }

  // One pair: the first `count` elements, and a source of the others, which runs once. It ends when
  // nobody subscribes to it within Attributes' Subscription.
  // Emits when: so many have come, or upstream completes. Backpressures when: downstream or the
  // tail does. Completes when: the pair was given. Cancels when: downstream does before that, the
  // tail does after it. Tested by: prefix_test.cc.
  auto PrefixAndTail(int64_t count, SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendStage<std::pair<std::vector<Out>, Source<Out, NotUsed>>,
                                 internal::PrefixAndTailLogic<Out>>(self(), "prefixAndTail", where,
                                                                    count);
  }
  // All elements but the first `count` through the flow that make(std::vector<Out>) makes of those.
  // Emits when: the flow does. Backpressures when: the flow does. Completes when: the flow does.
  // Cancels when: the flow does. Tested by: prefix_test.cc.
  template <class F>
  auto FlatMapPrefix(int64_t count, F make,
                     SourceLocation where = SourceLocation::Current()) const {
    return FlatMapPrefixMat(count, std::move(make), KeepLeft(), where);
  }
  // Its value is a future of the flow's; it fails where no flow was made.
  template <class F, class Combine>
  auto FlatMapPrefixMat(int64_t count, F make, Combine combine,
                        SourceLocation where = SourceLocation::Current()) const {
    internal::CheckCopyable<F>();
    using FlowT = internal::ResultOf<F, std::vector<Out>>;
    using U = typename FlowT::Element;
    using Mat = typename FlowT::MaterializedValue;
    using Logic = internal::FlatMapPrefixLogic<Out, U, F, Mat>;
    return self().template AppendMat<U, Future<Mat>>(
        internal::MakeValueStage<Logic>("flatMapPrefix", where, count, std::move(make)),
        std::move(combine));
  }

 private:
  const Derived& self() const { return static_cast<const Derived&>(*this); }

  template <class Logic, class... Args>
  auto Split(const char* name, SourceLocation where, Args... args) const {
    auto outer =
        internal::AppendStage<Source<Out, NotUsed>, Logic>(self(), name, where, std::move(args)...);
    return SubFlow<decltype(outer), Out, Out>(std::move(outer), Flow<Out, Out, NotUsed>());
  }
  template <internal::FlattenOrder kOrder, class F>
  auto Flatten(const char* name, int breadth, F f, SourceLocation where) const {
    using U = typename internal::ResultOf<F, Out>::Element;
    return internal::AppendStage<U, internal::FlattenLogic<Out, U, F, kOrder>>(
        self(), name, where, breadth, std::move(f));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_NESTING_H_
