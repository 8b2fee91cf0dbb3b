// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_DISPATCH_MESSAGE_QUEUE_TEST_UTIL_H_
#define SAMPO_ACTOR_DISPATCH_MESSAGE_QUEUE_TEST_UTIL_H_

// What the tests of the special mailboxes share: numbered messages that count themselves, a seed,
// and an oracle that counts what many threads put into a queue and what comes out.
//
// Threads: ItemsAlive and RunOracle may be used from any thread. Lifetime: as the queue's.
//
//   queue.Enqueue(NewItem({.id = 7}));
//   Item item = TakeItem(queue.Dequeue());

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/base/random.h"
#include "sampo/actor/dispatch/envelope.h"
#include "sampo/actor/dispatch/message_queue.h"

namespace sampo {

inline std::atomic<int64_t> items_alive{0};

// A message; the tests' priority or class is `rank`.
struct Item {
  int64_t id = 0;
  int rank = 0;
  int producer = 0;
};

struct CountedItem {
  explicit CountedItem(const Item& what) : item(what) { ++items_alive; }
  CountedItem(const CountedItem&) = delete;
  CountedItem& operator=(const CountedItem&) = delete;
  ~CountedItem() { --items_alive; }
  Item item;
};

// By hand, because MakeEnvelope refers to the instrumentation, which is a floor above.
inline Envelope* NewItem(const Item& item) {
  constexpr size_t kBytes = internal::EnvelopeBytes<CountedItem>();
  auto* envelope = ::new (AllocateBlock(kBytes)) Envelope;
  envelope->type = &kMessageType<CountedItem>;
  envelope->index = static_cast<uint16_t>(item.rank);
  envelope->flags = internal::NewFlags(kBytes, /*trivial=*/false);
  ::new (envelope->payload()) CountedItem(item);
  return envelope;
}

inline const Item& ItemIn(const Envelope& envelope) {
  return const_cast<Envelope&>(envelope).As<CountedItem>().item;
}

// The item of `envelope`, which is retired. id -1 for null.
inline Item TakeItem(Envelope* envelope) {
  if (envelope == nullptr) return {.id = -1};
  const Item item = ItemIn(*envelope);
  RetireEnvelope(envelope);
  return item;
}

// The seed of this run: SAMPO_TEST_SEED, or a new one; printed either way.
inline uint64_t TestSeed() {
  const char* given = std::getenv("SAMPO_TEST_SEED");
  const uint64_t seed =
      given != nullptr && *given != '\0' ? std::strtoull(given, nullptr, 10) : EntropySeed();
  std::printf("SAMPO_TEST_SEED=%llu\n", static_cast<unsigned long long>(seed));
  return seed;
}

struct OracleOptions {
  int producers = 3;
  int64_t each = 5'000;
  int ranks = 3;
  // Every so many messages one is a library message; 0: none.
  int64_t control_every = 7;
};

struct OracleResult {
  std::vector<Item> dequeued;  // in order
  std::vector<Item> dropped;
};

// Fills the queue from several threads while one empties it. Ids are unique: producer * each + n.
// Library messages have rank -1.
inline OracleResult RunOracle(MessageQueue& queue, OracleOptions options) {
  OracleResult result;
  std::atomic<int> running{options.producers};
  std::vector<std::vector<Item>> dropped(static_cast<size_t>(options.producers));
  std::vector<std::thread> threads;
  for (int producer = 0; producer < options.producers; ++producer) {
    threads.emplace_back([&, producer] {
      for (int64_t n = 0; n < options.each; ++n) {
        Item item{.id = producer * options.each + n,
                  .rank = static_cast<int>(n % options.ranks),
                  .producer = producer};
        if (options.control_every > 0 && n % options.control_every == 0) {
          item.rank = -1;
          queue.EnqueueControl(NewItem(item));
          continue;
        }
        MessageQueue::Dropped lost = queue.Enqueue(NewItem(item));
        if (lost.envelope != nullptr) {
          dropped[static_cast<size_t>(producer)].push_back(TakeItem(lost.envelope));
        }
      }
      --running;
    });
  }
  while (true) {
    const bool last_look = running == 0;
    if (Envelope* envelope = queue.Dequeue(); envelope != nullptr) {
      result.dequeued.push_back(TakeItem(envelope));
    } else if (last_look) {
      break;
    } else {
      std::this_thread::yield();
    }
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::vector<Item>& some : dropped) {
    result.dropped.insert(result.dropped.end(), some.begin(), some.end());
  }
  return result;
}

// Every message came out exactly once, by one way or the other, and none is left alive; library
// messages were not dropped.
inline void ExpectEachOnce(const OracleResult& result, OracleOptions options) {
  std::vector<int> seen(static_cast<size_t>(options.producers * options.each));
  for (const Item& item : result.dequeued) ++seen[static_cast<size_t>(item.id)];
  for (const Item& item : result.dropped) {
    ++seen[static_cast<size_t>(item.id)];
    EXPECT_GE(item.rank, 0) << "a library message was dropped";
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), static_cast<int64_t>(seen.size()));
  EXPECT_EQ(items_alive, 0);
}

// Messages of one producer came in the order in which it sent them. With `of_rank` only those of
// that rank are looked at; -2: all.
inline void ExpectFifoPerProducer(const OracleResult& result, int of_rank = -2) {
  std::vector<int64_t> last(64, -1);
  for (const Item& item : result.dequeued) {
    if (of_rank != -2 && item.rank != of_rank) continue;
    int64_t& before = last[static_cast<size_t>(item.producer)];
    EXPECT_GT(item.id, before);
    before = item.id;
  }
}

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_MESSAGE_QUEUE_TEST_UTIL_H_
