// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The least machinery that is still an actor, as the floor that Sampo is compared with on the same
// machine in the same minute: an intrusive queue for many senders, a next slot and a run queue for
// each worker, 64-byte blocks from a thread's own list, one virtual call for each message.
//
// Left out, and what the distance to it pays for: stealing, blocks that go home, counted lifetime,
// children, supervision, signals, context, timers, behaviors that change, dead letters, metrics.
// Threads: Tell and Spawn from any; a Bare's handlers on its turn. Lifetime: an actor lives until
// a handler returns false; telling it later is undefined.
//
//   struct Hop : Bare<Hop, Token> { bool On(Token& m) { return true; } };
//   Scheduler scheduler(/*threads=*/1);
//   Tell(new Hop, Token{3});
#ifndef SAMPO_TOOLS_BENCH_BARE_ACTOR_H_
#define SAMPO_TOOLS_BENCH_BARE_ACTOR_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <new>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace sampo::bench {

// Blocks of one size. A block freed on another thread stays with that thread.
class BlockList {
 public:
  static constexpr size_t kBytes = 64;
  static void* Take() {
    if (top_ == nullptr) Refill();
    Free* const block = top_;
    top_ = block->below;
    return block;
  }
  static void Give(void* block) { top_ = ::new (block) Free{top_}; }

 private:
  struct Free {
    Free* below;
  };
  static void Refill() {
    constexpr size_t kBlocks = 1024;
    auto* const bytes = static_cast<char*>(std::aligned_alloc(kBytes, kBytes * kBlocks));
    for (size_t i = kBlocks; i > 0; --i) Give(bytes + (i - 1) * kBytes);
  }
  static inline thread_local constinit Free* top_ = nullptr;
};

struct Message {
  std::atomic<Message*> next{nullptr};
  uint32_t index = 0;  // which of the receiver's message types
};

template <class M>
struct Letter : Message {
  explicit Letter(M m) : body(std::move(m)) {}
  M body;
};

// newest_: the message pushed last; low bit set: all were handled and nobody runs the actor.
// front_: the message handled last, whose `next` is the one to handle.
class BareActor {
 public:
  BareActor() : front_(::new (BlockList::Take()) Message) {
    newest_.store(reinterpret_cast<uintptr_t>(front_) | kIdle, std::memory_order_relaxed);
  }
  BareActor(const BareActor&) = delete;
  virtual ~BareActor() { BlockList::Give(front_); }

  // True: the actor was idle, so the caller has to schedule it.
  bool Push(Message* message) {
    // acq_rel: publishes the message, and sees the one whose `next` it writes.
    const uintptr_t before =
        newest_.exchange(reinterpret_cast<uintptr_t>(message), std::memory_order_acq_rel);
    auto* const last = reinterpret_cast<Message*>(before & ~kIdle);
    last->next.store(message, std::memory_order_release);  // with the acquire in RunTurn
    return (before & kIdle) != 0;
  }

  enum class After { kIdle, kAgain, kEnded };
  // Handles up to 64 messages.
  After RunTurn() {
    for (int i = 0; i < 64; ++i) {
      Message* const message = front_->next.load(std::memory_order_acquire);
      if (message == nullptr) return GoIdle() ? After::kIdle : After::kAgain;
      BlockList::Give(std::exchange(front_, message));
      if (!Handle(*message)) return After::kEnded;
    }
    return After::kAgain;
  }

 protected:
  virtual bool Handle(Message& message) = 0;

 private:
  static constexpr uintptr_t kIdle = 1;
  bool GoIdle() {
    uintptr_t expected = reinterpret_cast<uintptr_t>(front_);
    // acq_rel: what the turn wrote is seen by the next one; fails when a message has come.
    return newest_.compare_exchange_strong(expected, expected | kIdle, std::memory_order_acq_rel);
  }

  Message* front_;
  std::atomic<uintptr_t> newest_;
};

// An actor for messages Ms...: Self has a bool On(M&) for each.
template <class Self, class... Ms>
class Bare : public BareActor {
 public:
  template <class M>
  static constexpr uint32_t IndexOf() {
    uint32_t index = 0;
    (void)((std::is_same_v<M, Ms> || (++index, false)) || ...);
    return index;
  }

 private:
  bool Handle(Message& message) final {
    bool on = true;
    uint32_t index = 0;
    (void)((message.index == index++ && (on = Deliver<Ms>(message), true)) || ...);
    return on;
  }
  template <class M>
  bool Deliver(Message& message) {
    auto& letter = static_cast<Letter<M>&>(message);
    const bool on = static_cast<Self*>(this)->On(letter.body);
    letter.body.~M();
    return on;
  }
};

// The workers. One at a time in a process.
class Scheduler {
 public:
  explicit Scheduler(int threads) {
    current_ = this;
    for (int i = 0; i < threads; ++i) {
      Worker& worker = workers_.emplace_back();
      threads_.emplace_back([this, &worker] { Work(worker); });
    }
  }
  ~Scheduler() {
    {
      std::lock_guard lock(mutex_);
      stop_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  static void Execute(BareActor* actor) {
    if (worker_ == nullptr) {
      current_->Inject(actor);
    } else if (worker_->next == nullptr) {
      worker_->next = actor;
    } else {
      worker_->queue.push_back(actor);
    }
  }

 private:
  struct Worker {
    BareActor* next = nullptr;
    std::deque<BareActor*> queue;
    uint32_t picks = 0;

    BareActor* Pick() {
      // Every 64th pick is from the queue, lest two actors keep each other in the slot for ever.
      if (next != nullptr && (++picks % 64 != 0 || queue.empty())) {
        return std::exchange(next, nullptr);
      }
      if (queue.empty()) return nullptr;
      BareActor* const actor = queue.front();
      queue.pop_front();
      return actor;
    }
  };

  void Work(Worker& worker) {
    worker_ = &worker;
    while (true) {
      BareActor* actor = worker.Pick();
      if (actor == nullptr) actor = PickInjected();
      if (actor == nullptr) return;
      switch (actor->RunTurn()) {
        case BareActor::After::kIdle:
          break;
        case BareActor::After::kAgain:
          worker.queue.push_back(actor);
          break;
        case BareActor::After::kEnded:
          delete actor;
          break;
      }
    }
  }

  void Inject(BareActor* actor) {
    {
      std::lock_guard lock(mutex_);
      injected_.push_back(actor);
    }
    wake_.notify_one();
  }
  // Waits for an actor from outside; null: the end.
  BareActor* PickInjected() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stop_ || !injected_.empty(); });
    if (injected_.empty()) return nullptr;
    BareActor* const actor = injected_.front();
    injected_.pop_front();
    return actor;
  }

  static inline thread_local constinit Worker* worker_ = nullptr;
  static inline Scheduler* current_ = nullptr;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<BareActor*> injected_;
  bool stop_ = false;
  std::deque<Worker> workers_;  // where they are, they stay
  std::vector<std::thread> threads_;
};

template <class Actor, class M>
void Tell(Actor* actor, M message) {
  static_assert(sizeof(Letter<M>) <= BlockList::kBytes);
  auto* const letter = ::new (BlockList::Take()) Letter<M>(std::move(message));
  letter->index = Actor::template IndexOf<M>();
  if (actor->Push(letter)) Scheduler::Execute(actor);
}

}  // namespace sampo::bench

#endif  // SAMPO_TOOLS_BENCH_BARE_ACTOR_H_
