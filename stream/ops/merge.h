// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Merge, MergePreferred, MergePrioritized: junctions that let elements of several inlets through as
// they come.
//
// Each inlet has one element asked for in advance. What cannot go on yet waits in its connection,
// so nothing is buffered here; which of those that wait is next is what the three differ in.
// Threads: as GraphStageLogic.
//
//   auto merge = b.Add(Merge<int>(3));
#ifndef SAMPO_STREAM_OPS_MERGE_H_
#define SAMPO_STREAM_OPS_MERGE_H_

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "sampo/actor/base/random.h"
#include "sampo/stream/detail/junction.h"
#include "sampo/stream/materializer.h"

namespace sampo::stream {
namespace internal {

// The longest wait is the next.
class FirstComeFirst {
 public:
  template <class Port>
  class Waiting : public WaitList<Port> {
   public:
    Waiting(const FirstComeFirst&, GraphStageLogic&) {}
  };
};

// Inlet 0 before all others.
class PreferredFirst {
 public:
  template <class Port>
  class Waiting {
   public:
    Waiting(const PreferredFirst&, GraphStageLogic&) {}
    bool empty() const { return preferred_ == nullptr && others_.empty(); }
    void Push(Port& port) {
      if (port.number == 0) {
        preferred_ = &port;
      } else {
        others_.Push(port);
      }
    }
    Port& Pop() {
      if (preferred_ != nullptr) return *std::exchange(preferred_, nullptr);
      return others_.Pop();
    }
    void Clear() {
      preferred_ = nullptr;
      others_.Clear();
    }

   private:
    Port* preferred_ = nullptr;
    WaitList<Port> others_;
  };
};

// By chance, an inlet's chance being its priority in the sum of those that wait.
class ByPriority {
 public:
  explicit ByPriority(std::vector<int> priorities) : priorities_(std::move(priorities)) {
    for (int& priority : priorities_) priority = std::max(priority, 1);
  }
  template <class Port>
  class Waiting {
   public:
    Waiting(const ByPriority& by, GraphStageLogic& stage)
        : priorities_(by.priorities_), random_(stage.materializer().system().NextRandom()) {
      ports_.reserve(priorities_.size());
    }
    bool empty() const { return ports_.empty(); }
    void Push(Port& port) {
      ports_.push_back(&port);
      sum_ += Priority(port);
    }
    Port& Pop() {
      int64_t ticket = static_cast<int64_t>(random_.Below(static_cast<uint64_t>(sum_)));
      size_t at = 0;
      while (ticket >= Priority(*ports_[at])) ticket -= Priority(*ports_[at++]);
      Port& port = *ports_[at];
      ports_.erase(ports_.begin() + static_cast<ptrdiff_t>(at));
      sum_ -= Priority(port);
      return port;
    }
    void Clear() {
      ports_.clear();
      sum_ = 0;
    }

   private:
    int64_t Priority(const Port& port) const {
      return priorities_[static_cast<size_t>(port.number)];
    }
    const std::vector<int> priorities_;
    Random random_;
    std::vector<Port*> ports_;  // at most all inlets
    int64_t sum_ = 0;
  };

 private:
  std::vector<int> priorities_;
};

template <class T, class Choice>
class MergeLogic final : public GraphStageLogic, OutHandler {
 public:
  using In = NumberedInPlaceInlet<T, MergeLogic>;

  MergeLogic(int inlets, bool eager_complete, Choice choice)
      : ins_(MakePorts<In>(this, inlets)),
        eager_complete_(eager_complete),
        choice_(std::move(choice)),
        running_(inlets) {
    out_.SetHandler(this);
  }
  void PreStart() override {
    waiting_.emplace(choice_, *this);
    for (In& in : ins_) in.inlet.Pull();
  }
  void Take(In& in, T element) {
    if (out_.IsAvailable() && waiting_->empty()) [[likely]] {
      out_.Push(std::move(element));
      if (GoOn()) [[likely]] {
        PullInPlace(in.inlet);
      } else {
        // The stage below takes it in an event of its own. Its pull is to come before this one, as
        // it does where both are usual ones.
        in.inlet.TryPull();
      }
    } else {
      in.Keep(std::move(element));
      waiting_->Push(in);
    }
  }
  void OnFinish(In& in) {
    --running_;
    if (eager_complete_ && running_ > 0) {
      running_ = 0;
      // An element that this inlet left behind is still given.
      for (In& other : ins_) other.inlet.Cancel();
      waiting_->Clear();
      if (in.inlet.IsAvailable()) waiting_->Push(in);
    }
    if (running_ == 0 && waiting_->empty()) CompleteStage();
  }

 private:
  void OnPull() override {
    if (waiting_->empty()) return;
    Forward(waiting_->Pop());
    GoOn();
  }
  // As OnPull, where the answer to a push was the next pull. True: and there is demand again.
  bool GoOn() {
    while (out_.PulledAgain()) {
      if (waiting_->empty()) return true;
      Forward(waiting_->Pop());
    }
    return false;
  }
  void Forward(In& in) {
    out_.Push(in.inlet.Grab());
    if (!in.inlet.IsClosed()) [[likely]] {
      in.inlet.Pull();
    } else if (running_ == 0 && waiting_->empty()) {
      CompleteStage();
    }
  }

  std::deque<In> ins_;
  Outlet<T> out_{this, "out"};
  const bool eager_complete_;
  const Choice choice_;
  std::optional<typename Choice::template Waiting<In>> waiting_;  // from PreStart on
  int running_;                                                   // inlets that have not finished
};

}  // namespace internal

// Elements of `inlets` inlets as they come. Completes when all inlets do; with `eager_complete`
// when one does.
template <class T>
Graph<UniformFanInShape<T, T>> Merge(int inlets, bool eager_complete = false,
                                     SourceLocation where = SourceLocation::Current()) {
  return internal::MakeJunction<UniformFanInShape<T, T>,
                                internal::MergeLogic<T, internal::FirstComeFirst>>(
      "merge", inlets, where, inlets, eager_complete, internal::FirstComeFirst());
}

// The same; an element of inlet 0, the preferred one, goes before those of the `secondary` others.
template <class T>
Graph<UniformFanInShape<T, T>> MergePreferred(int secondary, bool eager_complete = false,
                                              SourceLocation where = SourceLocation::Current()) {
  return internal::MakeJunction<UniformFanInShape<T, T>,
                                internal::MergeLogic<T, internal::PreferredFirst>>(
      "mergePreferred", secondary + 1, where, secondary + 1, eager_complete,
      internal::PreferredFirst());
}

// The same; where several have an element, inlet i is chosen with a chance of priorities[i] in
// their sum. Priorities below 1 count as 1.
template <class T>
Graph<UniformFanInShape<T, T>> MergePrioritized(std::vector<int> priorities,
                                                bool eager_complete = false,
                                                SourceLocation where = SourceLocation::Current()) {
  const int inlets = static_cast<int>(priorities.size());
  return internal::MakeJunction<UniformFanInShape<T, T>,
                                internal::MergeLogic<T, internal::ByPriority>>(
      "mergePrioritized", inlets, where, inlets, eager_complete,
      internal::ByPriority(std::move(priorities)));
}

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_MERGE_H_
