// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What can be done to one slab of the block pool: cut it, chain blocks that were freed elsewhere
// and send them home, take them in, put the slab on a ready stack. Internal to the block pool.
//
// Threads: Format, Pop and CollectRemote are for the thread that holds the slab; SendNodes,
// PushReady and TakeReady for any thread.
// Lifetime: of the slab; see SendNodes for when a sender must let go of it.
#ifndef SAMPO_ACTOR_BASE_BLOCK_POOL_SLAB_H_
#define SAMPO_ACTOR_BASE_BLOCK_POOL_SLAB_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "sampo/actor/base/block_pool.h"

namespace sampo::internal {

// RemoteWord, in Slab::remote:
//   bits  0-15  head    offset of the first node of freed blocks; 0: none (0 is no block)
//   bits 16-31  count   blocks in all nodes
//   bits 32-47  out     blocks that were out when the home gave the slab up; 0: it is owned
//   bit  48     parked  whoever adds the next chain puts the slab on its home's ready stack
// count == out != 0: the slab is complete, no block is out and nobody else can reach it.
inline constexpr uint64_t kParked = uint64_t{1} << 48;
inline constexpr uint64_t kChainBits = 0xFFFFFFFF;
constexpr uint32_t HeadOf(uint64_t word) { return word & 0xFFFF; }
constexpr uint32_t CountOf(uint64_t word) { return (word >> 16) & 0xFFFF; }
constexpr uint32_t OutOf(uint64_t word) { return (word >> 32) & 0xFFFF; }
constexpr bool IsComplete(uint64_t word) {
  return OutOf(word) != 0 && CountOf(word) == OutOf(word);
}

// A node lies in the first freed block of a group, so that whoever takes the chain misses the cache
// once per node, not once per block: {offset of next node or 0, n, n more offsets}.
constexpr int NodeBlocksMax(int block_bytes) { return block_bytes / 2 - 2; }

// Doubly linked, because a slab can become empty anywhere in the list.
struct SlabList {
  Slab* first = nullptr;
  Slab* last = nullptr;

  void PushBack(Slab* slab) {
    slab->next = nullptr;
    slab->previous = last;
    (last != nullptr ? last->next : first) = slab;
    last = slab;
  }
  void Remove(Slab* slab) {
    (slab->previous != nullptr ? slab->previous->next : first) = slab->next;
    (slab->next != nullptr ? slab->next->previous : last) = slab->previous;
  }
};

// Blocks of one foreign slab that this thread has freed and not yet sent home.
struct PendingChain {
  Slab* slab = nullptr;
  uint32_t count = 0;
  std::array<uint16_t, kChainBlocksMax> offsets{};
};

inline BlockOffset* OffsetsOf(Slab* slab) { return reinterpret_cast<BlockOffset*>(slab->base); }

inline BlockOffset* BlockAt(Slab* slab, uint32_t offset) {
  return reinterpret_cast<BlockOffset*>(slab->base + offset);
}

inline void* Pop(Slab* slab) { return slab->base + OffsetsOf(slab)[--slab->free_count]; }

inline void PushReady(std::atomic<Slab*>& ready, Slab* slab) {
  Slab* head = ready.load(std::memory_order_relaxed);
  do {
    slab->next = head;
    // Release: pairs with the acquire in TakeReady; hands the slab over with its header.
  } while (!ready.compare_exchange_weak(head, slab, std::memory_order_release,
                                        std::memory_order_relaxed));
}

// All slabs on the ready stack, the oldest first: that one has had most time to fill up.
inline Slab* TakeReady(std::atomic<Slab*>& ready) {
  if (ready.load(std::memory_order_relaxed) == nullptr) return nullptr;
  // Acquire: pairs with the release in PushReady.
  Slab* newest = ready.exchange(nullptr, std::memory_order_acquire);
  Slab* oldest = nullptr;
  while (newest != nullptr) {
    Slab* const next = newest->next;
    newest->next = oldest;
    oldest = newest;
    newest = next;
  }
  return oldest;
}

// Cuts a slab into blocks of `size_class`, all free. Writes only the offsets; the blocks stay
// untouched, and are handed out in ascending order.
inline void Format(Slab* slab, int size_class, ThreadCache* home) {
  const uint32_t bytes = kClassBytes[size_class];
  const uint32_t alignment = bytes % 64 == 0 ? 64 : 16;
  uint32_t capacity = kSlabBytes / (bytes + sizeof(BlockOffset));
  const auto begin_of = [&](uint32_t n) {
    return (n * uint32_t{sizeof(BlockOffset)} + alignment - 1) / alignment * alignment;
  };
  while (begin_of(capacity) + capacity * bytes > kSlabBytes) --capacity;
  const uint32_t begin = begin_of(capacity);
  SAMPO_POOL_UNPOISON(slab->base, begin);
  SAMPO_POOL_POISON(slab->base + begin, kSlabBytes - begin);
  BlockOffset* const offsets = OffsetsOf(slab);
  for (uint32_t i = 0; i < capacity; ++i) {
    offsets[i] = static_cast<uint16_t>(begin + (capacity - 1 - i) * bytes);
  }
  slab->home = home;
  slab->size_class = static_cast<uint8_t>(size_class);
  slab->block_bytes = static_cast<uint16_t>(bytes);
  slab->capacity = static_cast<uint16_t>(capacity);
  slab->free_count = capacity;
  // Relaxed: no block is out, so no other thread looks; whoever gets a block comes after.
  slab->remote.store(0, std::memory_order_relaxed);
}

// Writes the first `count` blocks of `chain` into nodes; the tail node is in the block offsets[0].
inline uint32_t WriteNodes(const PendingChain& chain, uint32_t count) {
  const uint32_t node_max = static_cast<uint32_t>(NodeBlocksMax(chain.slab->block_bytes));
  uint32_t head = 0;
  for (uint32_t i = 0; i < count;) {
    const uint32_t self = chain.offsets[i++];
    const uint32_t n = std::min(node_max, count - i);
    BlockOffset* const node = BlockAt(chain.slab, self);
    SAMPO_POOL_UNPOISON(node, (2 + n) * sizeof(BlockOffset));
    node[0] = static_cast<uint16_t>(head);
    node[1] = static_cast<uint16_t>(n);
    std::copy_n(chain.offsets.begin() + i, n, node + 2);
    i += n;
    head = self;
  }
  return head;
}

// Moves the blocks that other threads have sent home to the slab's own. True if there were any.
// Only for the owner.
inline bool CollectRemote(Slab* slab) {
  if (slab->remote.load(std::memory_order_relaxed) == 0) return false;
  // Acquire: pairs with the release in SendNodes; the senders were done with the blocks.
  uint32_t head = HeadOf(slab->remote.exchange(0, std::memory_order_acquire));
  BlockOffset* const offsets = OffsetsOf(slab);
  uint32_t count = slab->free_count;
  while (head != 0) {
    BlockOffset* const node = BlockAt(slab, head);
    const uint32_t n = node[1];
    offsets[count++] = static_cast<uint16_t>(head);
    std::copy_n(node + 2, n, offsets + count);
    count += n;
    head = node[0];
    SAMPO_POOL_POISON(node, (2 + n) * sizeof(BlockOffset));
  }
  slab->free_count = count;
  return true;
}

// Sends a chain home, as one exchange, and empties it. Returns the word that was there and the one
// that replaced it. The slab must not be touched afterwards, unless the old word was parked: then
// it is in no list, and the caller's to put on the ready stack.
struct SentWords {
  uint64_t before;
  uint64_t after;
};
inline SentWords SendNodes(PendingChain& chain) {
  Slab* const slab = chain.slab;
  const uint32_t count = std::exchange(chain.count, 0);
  const uint32_t head = WriteNodes(chain, count);
  BlockOffset* const tail = BlockAt(slab, chain.offsets[0]);
  SentWords words{slab->remote.load(std::memory_order_relaxed), 0};
  do {
    tail[0] = static_cast<uint16_t>(HeadOf(words.before));
    words.after = head | (uint64_t{CountOf(words.before) + count} << 16) |
                  (uint64_t{OutOf(words.before)} << 32);
    // Release: pairs with the acquire of whoever takes the chain (CollectRemote here; CollectReady,
    // GiveUp, TrimReady in block_pool.cc). Acquire: pairs with the release in Park, so that the
    // header goes on with PushReady.
  } while (!slab->remote.compare_exchange_weak(words.before, words.after, std::memory_order_acq_rel,
                                               std::memory_order_relaxed));
  return words;
}

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_BASE_BLOCK_POOL_SLAB_H_
