// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Deliveries<M>: messages that must arrive and whose arrival is not confirmed yet: a part of the
// state of an event-sourced actor (at_least_once_delivery.h sends them).
//
// Why in the state: the event handler alone says, by Deliver and Confirm, what is owed, so that a
// recovery makes the same list with the same ids. The ids are 1, 2, 3... in the order of the calls.
// Why not a vector: an event-sourced actor copies its state for each write, and there may be
// 100,000 of these. Blocks of messages are shared by the copies and cloned when they are changed: a
// copy costs one pointer for each block.
// Bound: CheckRoom, which a command handler asks before it persists an event that delivers.
// Threads: a value; copies may be used on different threads.
//
//   State Apply(State state, const Event& event) {         // in the event handler
//     state.outbox.Deliver(Order{...});                    // of Placed
//     state.outbox.Confirm(e.delivery_id);                 // of Confirmed
#ifndef SAMPO_PERSISTENCE_DELIVERIES_H_
#define SAMPO_PERSISTENCE_DELIVERIES_H_

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sampo::persistence {

// Pekko's max-unconfirmed-messages.
inline constexpr int64_t kUnconfirmedMax = 100'000;

template <class M>
struct Delivery {
  int64_t id = 0;  // for the receiver's confirmation, and for it to tell a repetition
  M message;
  friend bool operator==(const Delivery&, const Delivery&) = default;
};

namespace internal {

absl::Status CheckDeliveryRoom(int64_t unconfirmed, int64_t more, int64_t unconfirmed_max);
absl::Status WrongDeliveryId(int64_t id, int64_t last_id);

}  // namespace internal

template <class M>
class Deliveries {
 public:
  // For the event handler: `message` is owed from now on. Returns its id.
  int64_t Deliver(M message) {
    Append({++last_id_, std::move(message)});
    return last_id_;
  }
  // For the event handler: it has arrived. False: it is not owed (any more).
  bool Confirm(int64_t id) {
    const size_t at = BlockOf(id);
    if (at == blocks_.size()) return false;
    const auto found = Within(*blocks_[at], id);
    if (found == blocks_[at]->end() || found->id != id) return false;
    const auto place = found - blocks_[at]->begin();
    Block& block = Own(at);
    block.erase(block.begin() + place);
    --size_;
    Merge(at);
    return true;
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  int64_t last_id() const { return last_id_; }
  // Null: it is not owed.
  const Delivery<M>* Find(int64_t id) const {
    const size_t at = BlockOf(id);
    if (at == blocks_.size()) return nullptr;
    const auto found = Within(*blocks_[at], id);
    return found != blocks_[at]->end() && found->id == id ? &*found : nullptr;
  }
  // f(const Delivery<M>&) for each one whose id is above `id`, in the order of ids.
  template <class F>
  void ForEachAfter(int64_t id, F f) const {
    for (size_t at = BlockOf(id + 1); at < blocks_.size(); ++at) {
      for (const Delivery<M>& each : *blocks_[at]) {
        if (each.id > id) f(each);
      }
    }
  }
  // All of them, for a snapshot's codec.
  std::vector<Delivery<M>> Unconfirmed() const {
    std::vector<Delivery<M>> all;
    all.reserve(size_);
    ForEachAfter(0, [&](const Delivery<M>& each) { all.push_back(each); });
    return all;
  }

  // For the command handler: RESOURCE_EXHAUSTED where `more` would make them more than the bound.
  absl::Status CheckRoom(int64_t more = 1, int64_t unconfirmed_max = kUnconfirmedMax) const {
    return internal::CheckDeliveryRoom(static_cast<int64_t>(size_), more, unconfirmed_max);
  }

  // For a snapshot's codec: what last_id and Unconfirmed gave. DATA_LOSS: they can't be that.
  static absl::StatusOr<Deliveries> Restore(int64_t last_id, std::vector<Delivery<M>> unconfirmed) {
    Deliveries restored;
    for (Delivery<M>& each : unconfirmed) {
      if (each.id <= restored.last_id_ || each.id > last_id) {
        return internal::WrongDeliveryId(each.id, last_id);
      }
      restored.last_id_ = each.id;
      restored.Append(std::move(each));
    }
    restored.last_id_ = last_id;
    return restored;
  }

  friend bool operator==(const Deliveries& a,
                         const Deliveries& b) requires std::equality_comparable<M> {
    if (a.last_id_ != b.last_id_ || a.size_ != b.size_) return false;
    return a.Unconfirmed() == b.Unconfirmed();
  }

 private:
  using Block = std::vector<Delivery<M>>;  // never empty, ids ascending
  // Chosen, not measured: 100,000 are 1,600 pointers, and a change clones 64 messages at most.
  static constexpr size_t kBlockSize = 64;

  // The first block whose last id is not below `id`.
  size_t BlockOf(int64_t id) const {
    const auto found =
        std::lower_bound(blocks_.begin(), blocks_.end(), id,
                         [](const auto& block, int64_t to) { return block->back().id < to; });
    return static_cast<size_t>(found - blocks_.begin());
  }
  static typename Block::const_iterator Within(const Block& block, int64_t id) {
    return std::lower_bound(block.begin(), block.end(), id,
                            [](const Delivery<M>& each, int64_t to) { return each.id < to; });
  }
  // The block, shared with nobody.
  Block& Own(size_t at) {
    if (blocks_[at].use_count() > 1) blocks_[at] = std::make_shared<Block>(*blocks_[at]);
    return *blocks_[at];
  }
  void Append(Delivery<M> delivery) {
    if (blocks_.empty() || blocks_.back()->size() >= kBlockSize) {
      blocks_.push_back(std::make_shared<Block>());
    }
    Own(blocks_.size() - 1).push_back(std::move(delivery));
    ++size_;
  }
  // Keeps the number of blocks in proportion to that of the messages.
  void Merge(size_t at) {
    if (blocks_[at]->empty()) {
      blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(at));
      return;
    }
    if (at + 1 >= blocks_.size()) return;
    if (blocks_[at]->size() + blocks_[at + 1]->size() > kBlockSize / 2) return;
    Block& block = Own(at);
    const Block& next = *blocks_[at + 1];
    block.insert(block.end(), next.begin(), next.end());
    blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }

  std::vector<std::shared_ptr<Block>> blocks_;
  int64_t last_id_ = 0;
  size_t size_ = 0;
};

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_DELIVERIES_H_
