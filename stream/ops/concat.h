// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Concat, Interleave, OrElse: junctions that take from one inlet at a time.
//
// Threads: as GraphStageLogic.
//
//   auto both = b.Add(Concat<int>(2));
#ifndef SAMPO_STREAM_OPS_CONCAT_H_
#define SAMPO_STREAM_OPS_CONCAT_H_

#include <algorithm>
#include <cstdint>
#include <deque>
#include <utility>

#include "sampo/stream/detail/junction.h"

namespace sampo::stream {
namespace internal {

// With `detached`, the inlets that are not yet their turn hold an element ready: a cycle or a hub
// behind them is not stopped by waiting.
template <class T>
class ConcatLogic final : public GraphStageLogic, OutHandler {
 public:
  using In = NumberedInlet<T, ConcatLogic>;

  ConcatLogic(int inlets, bool detached) : ins_(MakePorts<In>(this, inlets)), detached_(detached) {
    out_.SetHandler(this);
  }
  void PreStart() override {
    if (!detached_) return;
    for (size_t i = 1; i < ins_.size(); ++i) ins_[i].inlet.Pull();
  }
  void OnPush(In& in) {
    if (&in == &ins_[active_] && out_.IsAvailable()) out_.Push(in.inlet.Grab());
  }
  void OnFinish(In& in) {
    if (&in != &ins_[active_] || in.inlet.IsAvailable()) return;
    if (Advance() && out_.IsAvailable()) OnPull();
  }

 private:
  void OnPull() override {
    Inlet<T>& in = ins_[active_].inlet;
    if (in.IsAvailable()) {
      out_.Push(in.Grab());
      if (in.IsClosed()) Advance();
    } else if (!in.HasBeenPulled()) {
      in.Pull();
    }
  }
  // To the next inlet that has, or may get, an element; false: there is none, and the stage ends.
  bool Advance() {
    do {
      if (++active_ == ins_.size()) {
        CompleteStage();
        return false;
      }
    } while (ins_[active_].inlet.IsClosed() && !ins_[active_].inlet.IsAvailable());
    return true;
  }

  std::deque<In> ins_;
  Outlet<T> out_{this, "out"};
  const bool detached_;
  size_t active_ = 0;
};

template <class T>
class InterleaveLogic final : public GraphStageLogic, OutHandler {
 public:
  using In = NumberedInlet<T, InterleaveLogic>;

  InterleaveLogic(int inlets, int64_t segment, bool eager_close)
      : ins_(MakePorts<In>(this, inlets)),
        segment_(std::max<int64_t>(segment, 1)),
        eager_close_(eager_close),
        running_(inlets) {
    out_.SetHandler(this);
  }
  void OnPush(In& in) {
    out_.Push(in.inlet.Grab());
    if (++given_ == segment_) Next();
  }
  void OnFinish(In& in) {
    --running_;
    if (eager_close_ || running_ == 0) return CompleteStage();
    if (&in != &ins_[active_]) return;
    Next();
    if (out_.IsAvailable()) OnPull();
  }

 private:
  void OnPull() override {
    Inlet<T>& in = ins_[active_].inlet;
    if (in.IsClosed()) return;  // its end is being handled
    if (!in.HasBeenPulled()) in.Pull();
  }
  void Next() {
    given_ = 0;
    for (size_t i = 0; i < ins_.size(); ++i) {
      active_ = (active_ + 1) % ins_.size();
      if (!ins_[active_].inlet.IsClosed()) return;
    }
  }

  std::deque<In> ins_;
  Outlet<T> out_{this, "out"};
  const int64_t segment_;
  const bool eager_close_;
  int running_;  // inlets that have not finished
  size_t active_ = 0;
  int64_t given_ = 0;  // of the active inlet's segment
};

template <class T>
class OrElseLogic final : public GraphStageLogic, OutHandler {
 public:
  using In = NumberedInlet<T, OrElseLogic>;

  OrElseLogic() : ins_(MakePorts<In>(this, 2)) { out_.SetHandler(this); }
  void OnPush(In& in) {
    if (!has_pushed_) {
      has_pushed_ = true;
      if (&in == &ins_[0]) ins_[1].inlet.Cancel();
    }
    out_.Push(in.inlet.Grab());
  }
  void OnFinish(In& in) {
    if (&in != &ins_[active_]) {
      secondary_is_over_ = true;  // it was empty; the primary decides
      return;
    }
    if (active_ == 1 || has_pushed_ || secondary_is_over_) return CompleteStage();
    active_ = 1;
    if (out_.IsAvailable()) ins_[1].inlet.Pull();
  }

 private:
  void OnPull() override {
    if (!ins_[active_].inlet.IsClosed()) ins_[active_].inlet.Pull();
  }

  std::deque<In> ins_;
  Outlet<T> out_{this, "out"};
  size_t active_ = 0;
  bool has_pushed_ = false;
  bool secondary_is_over_ = false;
};

}  // namespace internal

// All elements of inlet 0, then those of inlet 1, and so on. With `detached` one element is asked
// of each later inlet at the start. Completes when all do.
template <class T>
Graph<UniformFanInShape<T, T>> Concat(int inlets = 2, bool detached = false,
                                      SourceLocation where = SourceLocation::Current()) {
  return internal::MakeJunction<UniformFanInShape<T, T>, internal::ConcatLogic<T>>(
      "concat", inlets, where, inlets, detached);
}

// `segment` elements of inlet 0, then as many of inlet 1, and so on in turns; those that have
// finished are passed over. Completes when all do; with `eager_close` when one does.
template <class T>
Graph<UniformFanInShape<T, T>> Interleave(int inlets, int64_t segment, bool eager_close = false,
                                          SourceLocation where = SourceLocation::Current()) {
  return internal::MakeJunction<UniformFanInShape<T, T>, internal::InterleaveLogic<T>>(
      "interleave", inlets, where, inlets, segment, eager_close);
}

// Elements of inlet 0; of inlet 1 where inlet 0 completes without any. Inlet 1 is cancelled when
// the first element of inlet 0 comes.
template <class T>
Graph<UniformFanInShape<T, T>> OrElse(SourceLocation where = SourceLocation::Current()) {
  return internal::MakeJunction<UniformFanInShape<T, T>, internal::OrElseLogic<T>>("orElse", 2,
                                                                                   where);
}

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_CONCAT_H_
