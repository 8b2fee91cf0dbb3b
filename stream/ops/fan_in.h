// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// FanInOps: Merge, Concat, Zip and their kin: one stream of this one and others.
//
// The junctions behind them are in merge.h, merge_sorted.h, concat.h, zip.h and latest.h; they are
// also parts for a GraphBuilder. The others are materialized together with this stream; a variant
// ...Mat combines their values.
// Threads: functions run on the stream's turn, copied for each materialization.
//
//   Source<int>::Range(1, 3).Concat(Source<int>::Range(7, 9))
#ifndef SAMPO_STREAM_OPS_FAN_IN_H_
#define SAMPO_STREAM_OPS_FAN_IN_H_

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "sampo/stream/detail/append.h"
#include "sampo/stream/detail/junction.h"
#include "sampo/stream/detail/uninit.h"
#include "sampo/stream/ops/concat.h"
#include "sampo/stream/ops/latest.h"
#include "sampo/stream/ops/merge.h"
#include "sampo/stream/ops/merge_sorted.h"
#include "sampo/stream/ops/zip.h"

namespace sampo::stream {

template <class Out, class Mat>
class Source;

namespace internal {

template <class T>
class ZipWithIndexPipe final : public Pipe<T, std::pair<T, int64_t>> {
 public:
  void Push(PassedBy<T> element) override {
    this->next_->Push(std::pair<T, int64_t>(std::move(element), next_index_++));
  }

 private:
  int64_t next_index_ = 0;
};

}  // namespace internal

template <class Derived, class Out>
class FanInOps {
 public:
  // Elements of both as they come.
  // Emits when: one of the inputs has an element. Backpressures when: downstream does. Completes
  // when: all inputs have, with `eager_complete` when one has. Cancels when: downstream does.
  // Tested by: merge_test.cc.
  template <class Mat>
  auto Merge(const Source<Out, Mat>& other, bool eager_complete = false,
             SourceLocation where = SourceLocation::Current()) const {
    return With<Out>(stream::Merge<Out>(2, eager_complete, where), other, 1);
  }
  template <class Mat, class Combine>
  auto MergeMat(const Source<Out, Mat>& other, Combine combine, bool eager_complete = false,
                SourceLocation where = SourceLocation::Current()) const {
    return WithMat<Out>(stream::Merge<Out>(2, eager_complete, where), other, 1, combine);
  }
  // Elements of all as they come.
  // Emits when: one of the inputs has an element. Backpressures when: downstream does. Completes
  // when: all inputs have, with `eager_complete` when one has. Cancels when: downstream does.
  // Tested by: merge_test.cc.
  template <class Mat>
  auto MergeAll(const std::vector<Source<Out, Mat>>& others, bool eager_complete = false,
                SourceLocation where = SourceLocation::Current()) const {
    return WithAll<Out>(stream::Merge<Out>(Count(others), eager_complete, where), others);
  }
  // Elements of both; where both have one, that of `other` goes first (with `prefer_other`) or this
  // one's.
  // Emits when: one of the inputs has an element. Backpressures when: downstream does. Completes
  // when: all inputs have, with `eager_complete` when one has. Cancels when: downstream does.
  // Tested by: merge_test.cc.
  template <class Mat>
  auto MergePreferred(const Source<Out, Mat>& other, bool prefer_other, bool eager_complete = false,
                      SourceLocation where = SourceLocation::Current()) const {
    return With<Out>(stream::MergePreferred<Out>(1, eager_complete, where), other,
                     prefer_other ? 0 : 1);
  }
  // Elements of both; where both have one, each has a chance of its priority in the sum of both.
  // Emits when: one of the inputs has an element. Backpressures when: downstream does. Completes
  // when: all inputs have, with `eager_complete` when one has. Cancels when: downstream does.
  // Tested by: merge_test.cc.
  template <class Mat>
  auto MergePrioritized(const Source<Out, Mat>& other, int priority, int other_priority,
                        bool eager_complete = false,
                        SourceLocation where = SourceLocation::Current()) const {
    return With<Out>(
        stream::MergePrioritized<Out>({priority, other_priority}, eager_complete, where), other, 1);
  }
  // Elements of both, which are sorted by `less` each, sorted.
  // Emits when: both inputs have an element, or one has and the other has completed. Backpressures
  // when: downstream does. Completes when: both inputs have. Cancels when: downstream does.
  // Tested by: merge_sorted_test.cc.
  template <class Mat, class Less = std::less<Out>>
  auto MergeSorted(const Source<Out, Mat>& other, Less less = {},
                   SourceLocation where = SourceLocation::Current()) const {
    return With<Out>(stream::MergeSorted<Out, Less>(std::move(less), where), other, 1);
  }
  // Vectors of the latest element of each, again for each element that comes.
  // Emits when: one of the inputs has an element, once all have had one. Backpressures when:
  // downstream does. Completes when: all inputs have, with `eager_close` when one has. Cancels
  // when: downstream does. Tested by: latest_test.cc.
  template <class Mat>
  auto MergeLatest(const Source<Out, Mat>& other, bool eager_close = false,
                   SourceLocation where = SourceLocation::Current()) const {
    return With<std::vector<Out>>(stream::MergeLatest<Out>(2, eager_close, where), other, 1);
  }

  // The elements of this, then those of `other`, whose first is asked for at the start.
  // Emits when: the current input has an element. Backpressures when: downstream does. Completes
  // when: both inputs have. Cancels when: downstream does. Tested by: concat_test.cc.
  template <class Mat>
  auto Concat(const Source<Out, Mat>& other,
              SourceLocation where = SourceLocation::Current()) const {
    return With<Out>(stream::Concat<Out>(2, true, where), other, 1);
  }
  template <class Mat, class Combine>
  auto ConcatMat(const Source<Out, Mat>& other, Combine combine,
                 SourceLocation where = SourceLocation::Current()) const {
    return WithMat<Out>(stream::Concat<Out>(2, true, where), other, 1, combine);
  }
  // The same; `other` is not asked for anything before this has completed.
  // Emits when: the current input has an element. Backpressures when: downstream does. Completes
  // when: both inputs have. Cancels when: downstream does. Tested by: concat_test.cc.
  template <class Mat>
  auto ConcatLazy(const Source<Out, Mat>& other,
                  SourceLocation where = SourceLocation::Current()) const {
    return With<Out>(stream::Concat<Out>(2, false, where), other, 1);
  }
  // The elements of this, then those of all `others` in their order, each asked when it is its
  // turn. Emits when: the current input has an element. Backpressures when: downstream does.
  // Completes when: all inputs have. Cancels when: downstream does. Tested by: concat_test.cc.
  template <class Mat>
  auto ConcatAllLazy(const std::vector<Source<Out, Mat>>& others,
                     SourceLocation where = SourceLocation::Current()) const {
    return WithAll<Out>(stream::Concat<Out>(Count(others), false, where), others);
  }
  // The elements of `other`, then those of this, whose first is asked for at the start.
  // Emits when: the current input has an element. Backpressures when: downstream does. Completes
  // when: both inputs have. Cancels when: downstream does. Tested by: concat_test.cc.
  template <class Mat>
  auto Prepend(const Source<Out, Mat>& other,
               SourceLocation where = SourceLocation::Current()) const {
    return With<Out>(stream::Concat<Out>(2, true, where), other, 0);
  }
  template <class Mat, class Combine>
  auto PrependMat(const Source<Out, Mat>& other, Combine combine,
                  SourceLocation where = SourceLocation::Current()) const {
    return WithMat<Out>(stream::Concat<Out>(2, true, where), other, 0, combine);
  }
  // The same; this is not asked for anything before `other` has completed.
  // Emits when: the current input has an element. Backpressures when: downstream does. Completes
  // when: both inputs have. Cancels when: downstream does. Tested by: concat_test.cc.
  template <class Mat>
  auto PrependLazy(const Source<Out, Mat>& other,
                   SourceLocation where = SourceLocation::Current()) const {
    return With<Out>(stream::Concat<Out>(2, false, where), other, 0);
  }
  // `other`, where this completes without an element; it is cancelled when the first one comes.
  // Emits when: the current input has an element. Backpressures when: downstream does. Completes
  // when: this has after an element, or `other` has. Cancels when: downstream does.
  // Tested by: concat_test.cc.
  template <class Mat>
  auto OrElse(const Source<Out, Mat>& other,
              SourceLocation where = SourceLocation::Current()) const {
    return With<Out>(stream::OrElse<Out>(where), other, 1);
  }
  template <class Mat, class Combine>
  auto OrElseMat(const Source<Out, Mat>& other, Combine combine,
                 SourceLocation where = SourceLocation::Current()) const {
    return WithMat<Out>(stream::OrElse<Out>(where), other, 1, combine);
  }
  // `segment` elements of this, as many of `other`, and so on in turns.
  // Emits when: the current input has an element. Backpressures when: downstream does. Completes
  // when: both inputs have, with `eager_close` when one has. Cancels when: downstream does.
  // Tested by: concat_test.cc.
  template <class Mat>
  auto Interleave(const Source<Out, Mat>& other, int64_t segment, bool eager_close = false,
                  SourceLocation where = SourceLocation::Current()) const {
    return With<Out>(stream::Interleave<Out>(2, segment, eager_close, where), other, 1);
  }
  // `segment` elements of this, as many of each of `others`, and so on in turns.
  // Emits when: the current input has an element. Backpressures when: downstream does. Completes
  // when: all inputs have, with `eager_close` when one has. Cancels when: downstream does.
  // Tested by: concat_test.cc.
  template <class Mat>
  auto InterleaveAll(const std::vector<Source<Out, Mat>>& others, int64_t segment,
                     bool eager_close = false,
                     SourceLocation where = SourceLocation::Current()) const {
    return WithAll<Out>(stream::Interleave<Out>(Count(others), segment, eager_close, where),
                        others);
  }

  // Pairs of an element of each.
  // Emits when: both inputs have an element. Backpressures when: downstream does. Completes when:
  // one input has and no pair is pending. Cancels when: downstream does. Tested by: zip_test.cc.
  template <class U, class Mat>
  auto Zip(const Source<U, Mat>& other, SourceLocation where = SourceLocation::Current()) const {
    return With<std::pair<Out, U>>(stream::Zip<Out, U>(where), other, 1);
  }
  template <class U, class Mat, class Combine>
  auto ZipMat(const Source<U, Mat>& other, Combine combine,
              SourceLocation where = SourceLocation::Current()) const {
    return WithMat<std::pair<Out, U>>(stream::Zip<Out, U>(where), other, 1, combine);
  }
  // f(element, other's element).
  // Emits when: both inputs have an element. Backpressures when: downstream does. Completes when:
  // one input has and no pair is pending. Cancels when: downstream does. Tested by: zip_test.cc.
  template <class U, class Mat, class F>
  auto ZipWith(const Source<U, Mat>& other, F f,
               SourceLocation where = SourceLocation::Current()) const {
    return With<internal::ResultOf<F, Out, U>>(stream::ZipWith<Out, U>(std::move(f), where), other,
                                               1);
  }
  // Pairs until both have ended; the one that ends first goes on with its pad.
  // Emits when: both inputs have an element, or one has and the other has completed. Backpressures
  // when: downstream does. Completes when: both inputs have. Cancels when: downstream does.
  // Tested by: zip_test.cc.
  template <class U, class Mat>
  auto ZipAll(const Source<U, Mat>& other, Out pad, U other_pad,
              SourceLocation where = SourceLocation::Current()) const {
    return With<std::pair<Out, U>>(
        stream::ZipAll<Out, U>(std::move(pad), std::move(other_pad), where), other, 1);
  }
  // Pairs of the latest element of each, again for each element that comes.
  // Emits when: one of the inputs has an element, once both have had one. Backpressures when:
  // downstream does. Completes when: one input has; without `eager_close` when both have. Cancels
  // when: downstream does. Tested by: latest_test.cc.
  template <class U, class Mat>
  auto ZipLatest(const Source<U, Mat>& other, bool eager_close = true,
                 SourceLocation where = SourceLocation::Current()) const {
    return With<std::pair<Out, U>>(stream::ZipLatest<Out, U>(eager_close, where), other, 1);
  }
  // f(const Out&, const U&) of the latest element of each, again for each element that comes.
  // Emits when: one of the inputs has an element, once both have had one. Backpressures when:
  // downstream does. Completes when: one input has; without `eager_close` when both have. Cancels
  // when: downstream does. Tested by: latest_test.cc.
  template <class U, class Mat, class F>
  auto ZipLatestWith(const Source<U, Mat>& other, F f, bool eager_close = true,
                     SourceLocation where = SourceLocation::Current()) const {
    return With<internal::ResultOf<F, const Out&, const U&>>(
        stream::ZipLatestWith<Out, U>(std::move(f), eager_close, where), other, 1);
  }
  // Pairs of each element and its number, from 0 on.
  // Emits when: upstream does. Backpressures when: downstream does. Completes when: upstream does.
  // Cancels when: downstream does. Tested by: zip_test.cc.
  auto ZipWithIndex(SourceLocation where = SourceLocation::Current()) const {
    return internal::AppendPipe<internal::ZipWithIndexPipe<Out>>(self(), "zipWithIndex", where);
  }

 private:
  const Derived& self() const { return static_cast<const Derived&>(*this); }

  template <class Others>
  static int Count(const Others& others) {
    return static_cast<int>(others.size()) + 1;
  }
  // `junction` with `other` at its inlet `number` and this at the other one.
  template <class U, class Junction, class Other>
  auto With(const Junction& junction, const Other& other, size_t number) const {
    return self().template Append<U>(
        internal::Attach(junction.blueprint(), internal::WithoutValue(other.blueprint()), number));
  }
  template <class U, class Junction, class Other, class Combine>
  auto WithMat(const Junction& junction, const Other& other, size_t number, Combine combine) const {
    using Mat = typename Other::MaterializedValue;
    return self().template AppendMat<U, Mat>(
        internal::Attach(junction.blueprint(), other.blueprint(), number), std::move(combine));
  }
  template <class U, class Junction, class Others>
  auto WithAll(const Junction& junction, const Others& others) const {
    return self().template Append<U>(
        internal::AttachAll(junction.blueprint(), internal::BlueprintsOf(others), 1));
  }
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_FAN_IN_H_
