// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// FutureState<T>: what the handles of one Future and its Promise share: a result and who wants it.
//
// | head_           | meaning                                                                    |
// | null, list      | pending: registrations push nodes, newest first                            |
// | kCompleteMark   | complete: result_ may be read by anyone, registrations run at once         |
//
// | waiting_        | meaning                                                                    |
// | kNobodyWaits    | pending, no thread sleeps in Await                                         |
// | kSomebodyWaits  | pending, the completing thread has to wake the futex                       |
// | kDone           | complete; set after head_                                                  |
//
// Why a list and a futex word instead of a mutex: the state fits one block of the pool, Complete is
// two exchanges, and callbacks run with nothing held.
// Threads: any. Lifetime: counted; the Promise holds one count and each Future one.
#ifndef SAMPO_ACTOR_DETAIL_FUTURE_STATE_H_
#define SAMPO_ACTOR_DETAIL_FUTURE_STATE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/base/block_pool.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/unique_function.h"

namespace sampo::internal {

template <class T>
struct FutureResultOf {
  using Type = absl::StatusOr<T>;
};
template <>
struct FutureResultOf<void> {
  using Type = absl::Status;
};

// The part that does not know T.
class FutureStateBase {
 public:
  static void* operator new(size_t bytes) { return AllocateBlock(bytes); }
  static void operator delete(void* block, size_t bytes) { FreeBlock(block, bytes); }

  FutureStateBase(const FutureStateBase&) = delete;
  FutureStateBase& operator=(const FutureStateBase&) = delete;

  // Relaxed: the caller has a count, so nothing has to be seen.
  void Ref() { references_.fetch_add(1, std::memory_order_relaxed); }
  void Unref() {
    // acq_rel: pairs with the other holders' Unref, so that whoever deletes sees their writes.
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  // acquire: pairs with the exchange in Publish, so that the result is visible.
  bool IsComplete() const { return head_.load(std::memory_order_acquire) == CompleteMark(); }

 protected:
  struct Node {
    Node* next = nullptr;
  };

  FutureStateBase() = default;
  virtual ~FutureStateBase() = default;

  // Calls the node's callback, frees the node. `sole`: nobody else can ever look at the result.
  virtual void RunNode(Node* node, bool sole) = 0;

  // The right to write the result: true for the first caller. Relaxed: Publish brings the order.
  bool Claim() { return !claimed_.exchange(true, std::memory_order_relaxed); }
  // Makes the result visible, wakes those who wait, runs the callbacks.
  void Publish();
  // For a state that is born complete, before anybody sees it.
  void PublishUnshared() {
    claimed_.store(true, std::memory_order_relaxed);
    waiting_.store(kDone, std::memory_order_relaxed);
    head_.store(CompleteMark(), std::memory_order_relaxed);
  }
  // Queues `node`, or runs it now where the result is there. `sole` as in RunNode.
  void Push(Node* node, bool sole_if_complete);
  // True while the caller's count is the only one. acquire: pairs with the others' Unref, so that
  // what they read of the result comes before the caller moves it away.
  bool IsSole() const { return references_.load(std::memory_order_acquire) == 1; }

 private:
  friend absl::Status AwaitState(FutureStateBase& state, absl::Duration timeout);
  enum Waiting : uint32_t { kNobodyWaits, kSomebodyWaits, kDone };

  static Node* CompleteMark() { return reinterpret_cast<Node*>(uintptr_t{1}); }
  void RunCallbacks(Node* first);
  void RunGuarded(Node* node, bool sole);
  bool WaitUntil(int64_t deadline_nanos);

  std::atomic<Node*> head_{nullptr};
  FutureStateBase* next_deferred_ = nullptr;  // link and nodes of a run that was put off; see the
  Node* deferred_nodes_ = nullptr;            // depth limit in the .cc
  std::atomic<uint32_t> references_{1};
  std::atomic<uint32_t> waiting_{kNobodyWaits};
  std::atomic<bool> claimed_{false};
};

// Asked by every Await of the process, after AwaitHook::refuse: why this thread must not wait, or
// OK. Set by the actor system, of which futures know nothing; setting it again changes nothing.
void SetAwaitGuard(absl::Status (*guard)());

// Waits for `state` as Await promises: OK when it is complete.
absl::Status AwaitState(FutureStateBase& state, absl::Duration timeout);
absl::Status PromiseDropped();
// The status of the exception that is being handled, which came out of a function given to `where`.
absl::Status StatusOfUserException(const char* where);

template <class T>
class FutureState final : public FutureStateBase {
 public:
  using Result = typename FutureResultOf<T>::Type;
  using Callback = UniqueFunction<void(Result)>;
  static_assert(alignof(Result) <= 16, "Sampo: a future's value has an alignment of at most 16.");

  FutureState() : none_() {}
  explicit FutureState(Result result) : result_(std::move(result)) { PublishUnshared(); }
  ~FutureState() override {
    if (IsComplete()) std::destroy_at(&result_);
  }

  // Completes with what `make` returns; false, without calling it, if that has happened before.
  template <class Make>
  bool Complete(Make make) {
    if (!Claim()) return false;
    ::new (static_cast<void*>(&result_)) Result(make());
    Publish();
    return true;
  }

  void Register(Callback callback) {
    ClaimTaker();
    Push(MakeNode(std::move(callback)), /*sole_if_complete=*/false);
  }
  // The same, and gives up the caller's count.
  static void RegisterLast(FutureState* state, Callback callback) {
    state->ClaimTaker();
    Node* node = state->MakeNode(std::move(callback));
    if (state->IsComplete()) {
      state->Push(node, state->IsSole());
      return state->Unref();
    }
    // A pending state is kept alive by its Promise; a count of our own covers the push itself, and
    // is dropped before the result comes in the usual case, so that the result can be moved.
    state->Push(node, /*sole_if_complete=*/false);
    state->Unref();
  }

  // Precondition: complete, and the caller's handle stays alive while it copies.
  Result TakeForAwait() {
    ClaimTaker();
    return Take(IsSole());
  }

 private:
  static constexpr bool kCopyable = std::is_copy_constructible_v<Result>;

  struct CallbackNode : Node {
    explicit CallbackNode(Callback function) : callback(std::move(function)) {}
    Callback callback;
  };

  Node* MakeNode(Callback callback) {
    // Relaxed: the winner alone touches first_node_ until it is linked, which orders it.
    if (!first_node_used_.exchange(true, std::memory_order_relaxed)) {
      return ::new (static_cast<void*>(first_node_)) CallbackNode(std::move(callback));
    }
    return ::new (AllocateBlock(sizeof(CallbackNode))) CallbackNode(std::move(callback));
  }

  // Ends the node's life when its callback returned or threw.
  struct NodeEnd {
    FutureState* state;
    CallbackNode* node;
    ~NodeEnd() {
      std::destroy_at(node);
      if (static_cast<void*>(node) != static_cast<void*>(state->first_node_)) {
        FreeBlock(node, sizeof(CallbackNode));
      }
    }
  };

  void RunNode(Node* base, bool sole) override {
    NodeEnd end{this, static_cast<CallbackNode*>(base)};
    end.node->callback(Take(sole));
  }

  Result Take(bool sole) {
    if constexpr (kCopyable) {
      if (!sole) return result_;
    }
    return std::move(result_);
  }

  // A move-only result can be given away once.
  void ClaimTaker() {
    if constexpr (!kCopyable) {
      SAMPO_CHECK(!taken_.exchange(true, std::memory_order_relaxed),
                  "a future of a move-only type has one taker, and this is the second");
    }
  }

  std::atomic<bool> first_node_used_{false};
  std::atomic<bool> taken_{false};  // move-only T alone
  union {
    char none_;
    Result result_;  // alive when complete
  };
  // The first callback needs no block of its own.
  alignas(CallbackNode) unsigned char first_node_[sizeof(CallbackNode)];
};

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_DETAIL_FUTURE_STATE_H_
