// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ContextBase: the untyped part of ActorContext<C>, and the living body of an actor behind its
// counted header (ActorCell). Destroyed when the actor has ended; the header stays while refs do.
//
// Threads: the actor's turn alone. A public call from another thread is reported with both thread
// names and aborts: it is a data race in the caller.
#ifndef SAMPO_ACTOR_DETAIL_CONTEXT_BASE_H_
#define SAMPO_ACTOR_DETAIL_CONTEXT_BASE_H_

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/actor_ref.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/actor/behavior.h"
#include "sampo/actor/props.h"

namespace sampo {

class ActorSystemBase;
class Logger;

namespace internal {

struct ActorCell;
struct Extras;
class AskBase;
class StashBase;
struct RestartPlan;
class ActorTimers;

// Makes the typed body of an actor: new ActorContext<C>.
using BodyFactory = class ContextBase* (*)(ActorCell*, ActorSystemBase*, Word);

// What a cell must look after besides "next message to the behavior"; zero on the fast path.
enum Attention : uint32_t {
  kTurnFailed = 1,       // Spawn and the like failed: the turn's result becomes Fail(status)
  kUnstashing = 2,       // messages of a stash come before those of the mailbox
  kTaskSuspended = 4,    // a coroutine handler waits: user messages stay in the mailbox
  kRestarting = 8,       // waiting for children or a backoff: user messages are stashed aside
  kStopping = 16,        // children are being stopped; user messages are left to the dead letters
  kReceiveTimeout = 32,  // a receive timeout wants to know of each message
  kObserved = 64,        // an instrumentation wants to know of each message
  kStarting = 128,       // Start has not run yet
  kInterleaving = 256,   // messages are handled while a coroutine handler waits
  kReplaying = 512,      // messages set aside during a restart come before those of the mailbox
};

class ContextBase {
 public:
  ContextBase(ActorCell* cell, ActorSystemBase* system, Word behavior, const ProtocolInfo* protocol)
      : cell_(cell), system_(system), protocol_(protocol), behavior_(behavior), attention_(0) {}
  ContextBase(const ContextBase&) = delete;
  ContextBase& operator=(const ContextBase&) = delete;
  // Not virtual, like everything here: an ActorContext<C> adds nothing to be destroyed, and inside
  // TransformMessages the context of one protocol is seen as that of another.
  ~ContextBase();
  static void* operator new(size_t bytes) { return AllocateBlock(bytes); }
  static void operator delete(void* block, size_t bytes) { FreeBlock(block, bytes); }

  // The system this actor belongs to.
  ActorSystemBase& System() const { return *system_; }
  // The actor's path: "/user/cart#17".
  std::string path() const;
  // Named after the actor's path; see SetLoggerName.
  Logger& Log();
  // Pairs that go with each log line of this actor, until they are set again.
  void SetMdc(std::string_view key, std::string_view value);

  // Stops a direct child after its current message; one that is gone already is fine. Anything else
  // fails the turn with INVALID_ARGUMENT.
  void Stop(const AnyActorRef& child);
  // Asks for one Terminated when `ref` is gone, now if it is gone already. Watching twice is once.
  void Watch(const AnyActorRef& ref);
  // No Terminated of `ref` arrives after this returns, not even one that was in the mailbox.
  void Unwatch(const AnyActorRef& ref);
  // The living children in the order of their spawning; by name: an ignore ref where there is none.
  std::vector<AnyActorRef> Children() const;
  AnyActorRef Child(std::string_view name) const;
  void CancelReceiveTimeout();

  // --- for the library ---
  // The C of the ActorContext<C> that this is.
  const ProtocolInfo& protocol() const { return *protocol_; }
  ActorCell* cell() const { return cell_; }
  Extras& extras();
  Extras* extras_or_null() const { return extras_; }
  bool has(Attention what) const { return (attention_ & what) != 0; }
  void set(Attention what) { SetAttention(attention_ | what); }
  void clear(Attention what) { SetAttention(attention_ & ~static_cast<uint32_t>(what)); }
  uint32_t attention() const { return attention_; }
  // The same for a foreign thread, which holds the lock of the parent's ActorChildren.
  uint32_t attention_from_outside() const {
    return std::atomic_ref(const_cast<uint32_t&>(attention_)).load(std::memory_order_relaxed);
  }
  Word behavior() const { return behavior_; }
  void set_behavior(Word word) { behavior_ = word; }
  // Aborts with both thread names unless this is the thread that runs the actor's turn.
  void CheckThread(const char* call) const;
  // The turn's result becomes Fail(status); the first failure of a turn wins.
  void FailTurn(absl::Status status);
  int64_t NowNanos() const;
  bool traced() const;
  Envelope* current_envelope() const;

  absl::StatusOr<RefTarget*> SpawnErased(BodyFactory factory, Word behavior, std::string_view name,
                                         const Props& props);
  void WatchWithErased(const AnyActorRef& ref, Envelope* message);
  void SetReceiveTimeoutErased(absl::Duration after, UniqueFunction<Envelope*()> make);
  // Puts a message of the library into the own mailbox, behind what is there.
  void EnqueueSelf(Envelope* envelope);
  // Runs `produce` on a later turn of the actor and handles the message it returns (null: none).
  static void EnqueueDeferred(RefTarget* cell, UniqueFunction<Envelope*(ContextBase&)> produce);
  // From any thread: goes on with a waiting task after `before` has run, both on the actor's turn;
  // neither happens if the task is gone by then.
  static void EnqueueResume(RefTarget* cell, uint64_t task_id, UniqueFunction<void()> before);
  // A new message adapter, or the one that stands for this type already, with `convert` from now
  // on.
  RefTarget* AdapterErased(const void* key, UniqueFunction<Envelope*(Envelope*)> convert);
  // Runs a message through another behavior and returns what comes next.
  Word DelegateErased(Word behavior, Envelope* message);

  // A coroutine handler begins: runs it to its first suspension. Returns its result's word, or
  // kSuspended. `take` gets the result's word out of a finished coroutine (rethrows).
  using TakeWord = Word (*)(std::coroutine_handle<>);
  Word RunTask(std::coroutine_handle<> handle, Envelope& envelope, TakeWord take);

 private:
  // Written atomically, for attention_from_outside; the turn itself, the only writer, reads
  // plainly.
  void SetAttention(uint32_t attention) {
    std::atomic_ref(attention_).store(attention, std::memory_order_relaxed);
  }

  ActorCell* const cell_;
  ActorSystemBase* const system_;
  const ProtocolInfo* const protocol_;
  Word behavior_;
  Extras* extras_ = nullptr;
  uint32_t attention_;
  // Among the children of the parent; guarded by its ActorChildren::lock.
  friend class ActorChildren;
  ActorCell* sibling_previous_ = nullptr;
  ActorCell* sibling_next_ = nullptr;
};

// The context whose turn this thread runs, or null.
ContextBase* CurrentContext();

}  // namespace internal
}  // namespace sampo

#endif  // SAMPO_ACTOR_DETAIL_CONTEXT_BASE_H_
