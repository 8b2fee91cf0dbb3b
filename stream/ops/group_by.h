// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The stage behind GroupBy: a substream for each key.
//
// It holds the first element of each substream that nobody reads yet, and one element more for a
// substream that has no demand: the stream waits for that one. Keys whose substream has ended are
// remembered and count for the limit, unless they may come again.
// Threads: as GraphStageLogic; functions are copied for each materialization.
//
//   orders.GroupBy(100, [](const Order& o) { return o.customer; }).Fold(...).MergeSubstreams()
#ifndef SAMPO_STREAM_OPS_GROUP_BY_H_
#define SAMPO_STREAM_OPS_GROUP_BY_H_

#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "sampo/actor/base/block_pool.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/detail/subscription_timer.h"
#include "sampo/stream/errors.h"
#include "sampo/stream/substream.h"

namespace sampo::stream {

template <class Out, class Mat>
class Source;

namespace internal {

// key_of(const T&) returns a K, which absl::Hash can hash.
template <class T, class K, class F>
class GroupByLogic final : public FlowLogic<T, Source<T, NotUsed>> {
 public:
  GroupByLogic(int max_substreams, F key_of, bool allow_recreation)
      : max_substreams_(max_substreams),
        key_of_(std::move(key_of)),
        allow_recreation_(allow_recreation) {}
  ~GroupByLogic() override {
    while (first_sub_ != nullptr) Delete(*first_sub_);
  }
  void OnTimer(int64_t) override {
    timer_.OnTimer([this](SubscriptionTimer::Entry& entry) {
      Sub& sub = static_cast<Sub&>(entry);
      if (sub.outlet.Timeout(timer_.TooLate())) SubCancelled(sub, absl::OkStatus());
    });
  }
  void Describe(StageReport& report) const override {
    report.buffered = static_cast<int64_t>(subs_.size());
    report.buffer_size = max_substreams_;
    if (next_) report.waits_for = "demand of the substream that its next element is for";
    if (offered_ != nullptr) report.waits_for = "demand for a new substream";
  }

 private:
  struct Sub final : OutHandler, SubscriptionTimer::Entry {
    Sub(GroupByLogic* logic, K with_key, T element)
        : stage(logic), key(std::move(with_key)), first(std::move(element)), outlet(logic) {
      outlet.SetHandler(this);
    }
    static void* operator new(size_t bytes) { return AllocateBlock(bytes); }
    static void operator delete(void* block, size_t bytes) { FreeBlock(block, bytes); }
    void OnPull() override { stage->SubPulled(*this); }
    void OnDownstreamFinish(const absl::Status& cause) override {
      stage->SubCancelled(*this, cause);
    }
    GroupByLogic* const stage;
    const K key;
    std::optional<T> first;  // until it is pulled
    SubOutlet<T> outlet;
    Sub* previous = nullptr;
    Sub* next = nullptr;
  };

  void OnPush() override {
    T element = this->in_.Grab();
    std::optional<K> key;
    try {
      key.emplace(key_of_(std::as_const(element)));
    } catch (...) {
      const absl::Status failure = StatusOfCurrentException();
      if (this->decider()(failure) == Directive::kStop) return FailAll(failure);
      return this->in_.TryPull();
    }
    const auto found = subs_.find(*key);
    if (found != subs_.end()) {
      Sub& sub = *found->second;
      if (sub.outlet.IsAvailable() && !sub.first) [[likely]] {
        sub.outlet.Push(std::move(element));
      } else {
        next_.emplace(std::move(element));
        next_sub_ = &sub;
      }
      return;
    }
    if (this->out_.IsClosed() || closed_keys_.contains(*key)) return this->in_.TryPull();
    if (subs_.size() + closed_keys_.size() >= static_cast<size_t>(max_substreams_)) {
      return FailAll(LimitReached("groupBy", max_substreams_));
    }
    Open(*std::move(key), std::move(element));
  }
  void Open(K key, T element) {
    Sub* sub = new Sub(this, key, std::move(element));
    sub->previous = last_sub_;
    (last_sub_ != nullptr ? last_sub_->next : first_sub_) = sub;
    last_sub_ = sub;
    subs_.emplace(std::move(key), sub);
    ++unread_;
    offered_ = sub;
    if (this->out_.IsAvailable()) Offer();
  }
  void Offer() {
    Sub& sub = *std::exchange(offered_, nullptr);
    timer_.Await(sub);
    this->out_.Push(sub.outlet.source());
  }
  void OnPull() override {
    if (offered_ != nullptr) return Offer();
    PullForMore();
  }
  void PullForMore() {
    if (!next_ && offered_ == nullptr) this->in_.TryPull();
  }

  void SubPulled(Sub& sub) {
    timer_.Subscribed(sub);
    if (sub.first) {
      --unread_;
      sub.outlet.Push(*std::move(sub.first));
      sub.first.reset();
    } else if (next_sub_ == &sub) {
      sub.outlet.Push(TakeNext());
    } else {
      PullForMore();
    }
    if (this->in_.IsClosed() && next_sub_ != &sub) {
      sub.outlet.Complete();
      Forget(sub);
      CompleteIfOver();
    }
  }
  void SubCancelled(Sub& sub, const absl::Status& cause) {
    if (next_sub_ == &sub) (void)TakeNext();
    if (sub.first) --unread_;
    if (offered_ == &sub) offered_ = nullptr;
    Forget(sub);
    if (this->out_.IsClosed() && subs_.empty()) {
      EndKeepGoing();
      return this->CancelStage(cause);
    }
    if (this->in_.IsClosed()) return CompleteIfOver();
    PullForMore();
  }
  void OnUpstreamFinish() override {
    this->SetKeepGoing(true);
    CompleteIfOver();
  }
  void OnUpstreamFailure(const absl::Status& failure) override { FailAll(failure); }
  // The substreams that are read go on.
  void OnDownstreamFinish(const absl::Status& cause) override {
    if (offered_ != nullptr) {
      --unread_;
      Forget(*std::exchange(offered_, nullptr));
    }
    if (subs_.empty()) {
      EndKeepGoing();
      return this->CancelStage(cause);
    }
    this->SetKeepGoing(true);
    if (this->in_.IsClosed()) return CompleteIfOver();
    PullForMore();
  }

  // After upstream's end: when no element is left.
  void CompleteIfOver() {
    if (!subs_.empty() && (next_ || unread_ > 0)) return;
    for (Sub* sub = first_sub_; sub != nullptr; sub = sub->next) sub->outlet.Complete();
    this->CompleteStage();
  }
  void EndKeepGoing() { this->SetKeepGoing(false); }
  void FailAll(const absl::Status& failure) {
    for (Sub* sub = first_sub_; sub != nullptr; sub = sub->next) sub->outlet.Fail(failure);
    this->FailStage(failure);
  }
  T TakeNext() {
    T element = *std::move(next_);
    next_.reset();
    next_sub_ = nullptr;
    return element;
  }
  // The substream has ended.
  void Forget(Sub& sub) {
    if (!allow_recreation_) closed_keys_.insert(sub.key);
    subs_.erase(sub.key);
    Delete(sub);
  }
  void Delete(Sub& sub) {
    timer_.Subscribed(sub);
    (sub.previous != nullptr ? sub.previous->next : first_sub_) = sub.next;
    (sub.next != nullptr ? sub.next->previous : last_sub_) = sub.previous;
    delete &sub;
  }

  const int max_substreams_;
  [[no_unique_address]] F key_of_;
  const bool allow_recreation_;
  SubscriptionTimer timer_{this};
  absl::flat_hash_map<K, Sub*> subs_;   // the open ones; looked up only
  absl::flat_hash_set<K> closed_keys_;  // at most max_substreams_ together with subs_
  Sub* first_sub_ = nullptr;            // owned, the oldest first
  Sub* last_sub_ = nullptr;
  Sub* offered_ = nullptr;  // not pushed downstream yet
  std::optional<T> next_;   // for next_sub_, which has no demand
  Sub* next_sub_ = nullptr;
  int unread_ = 0;  // substreams that still hold their first element
};

}  // namespace internal
}  // namespace sampo::stream

#endif  // SAMPO_STREAM_OPS_GROUP_BY_H_
