// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ActorCell: the header of a local actor: its mailbox, its place in the tree, its name. 128 bytes,
// counted by refs; what makes it an actor is the body (ContextBase), which ends with the actor.
//
// Threads: RunTurn by the dispatcher; path and snapshot reads from any thread.
#ifndef SAMPO_ACTOR_INTERNAL_ACTOR_CELL_H_
#define SAMPO_ACTOR_INTERNAL_ACTOR_CELL_H_

#include <atomic>
#include <string>
#include <string_view>

#include "sampo/actor/detail/context_base.h"
#include "sampo/actor/dispatch/mailbox.h"

namespace sampo::internal {

class ActorChildren;

// The library's own messages in a user mailbox (Envelope::index).
enum InternalIndex : uint16_t {
  kTerminatedIndex = kInternalIndexMin,  // payload TerminatedMessage
  kDeferredIndex,                        // payload DeferredMessage, or a DeferredNode itself
  kTimerIndex,                           // payload TimerMessage
  kReceiveTimeoutIndex,                  // payload ReceiveTimeoutMessage
  kReplyDroppedIndex,                    // payload absl::Status; for asks, never in a mailbox
  kIdentifyIndex,
};

struct CellName {
  uint32_t size;
  char text[4];
  static CellName* Make(std::string_view name);
  static void Free(CellName* name);
  std::string_view view() const { return {text, size}; }
};

// The number of the anonymous child that is called `name` ("$a": 1); 0: no such name.
uint32_t AnonymousNumber(std::string_view name);

struct ActorCell : Mailbox {
  // References start at 2: one for the living actor, one for the caller's ref.
  ActorCell(ActorCell* parent_cell, Dispatcher* where, std::string_view cell_name, uint32_t flags);
  static ActorCell* New(ActorCell* parent, Dispatcher* where, std::string_view name,
                        uint32_t flags);

  static bool RunTurn(Runnable* runnable, Turn& turn);
  static ActorCell* FromTarget(RefTarget* target) {
    return static_cast<ActorCell*>(static_cast<Mailbox*>(target));
  }
  static const ActorCell* FromTarget(const RefTarget* target) {
    return static_cast<const ActorCell*>(static_cast<const Mailbox*>(target));
  }
  // The last element of the path, without uid.
  std::string DisplayName() const;
  // Tells incarnations of one name apart; nonzero; the same in every run of one seed.
  uint32_t uid() const;
  void AppendPath(std::string* out, bool with_uid) const;
  std::string Path() const;
  bool terminated() const { return flags.load(std::memory_order_acquire) & kTerminated; }
  ActorCell* Root();

  ActorCell* const parent;                        // counted; null for the root
  ContextBase* body = nullptr;                    // owned; null after the end
  CellName* name = nullptr;                       // owned; null: anonymous, named by spawn_number
  std::atomic<ActorChildren*> children{nullptr};  // owned; made with the first child
};
static_assert(sizeof(ActorCell) == 128);

// What this thread runs now. The dispatchers' monitors and Await read it, too.
struct CurrentTurn {
  ContextBase* context = nullptr;
  Envelope* envelope = nullptr;
};
extern thread_local constinit CurrentTurn current_turn __attribute__((tls_model("initial-exec")));

// Sets the current turn for a scope (nests: termination of another actor never does, tests do).
class TurnScope {
 public:
  explicit TurnScope(ContextBase* context) : saved_(current_turn) {
    current_turn = {context, nullptr};
  }
  TurnScope(const TurnScope&) = delete;
  TurnScope& operator=(const TurnScope&) = delete;
  ~TurnScope() { current_turn = saved_; }

 private:
  CurrentTurn saved_;
};

// --- steps of a turn, each in a file of its own ---

// message_handling.cc: one user message, from the mailbox or a stash, through the behavior.
void HandleEnvelope(ContextBase& context, Envelope& envelope);
// The parts of it behind the handler: what it returned; what it threw (inside a catch block).
void FinishMessage(ContextBase& context, Envelope& envelope, Word next);
void FailMessage(ContextBase& context, Envelope& envelope);
// Takes over a handler's result.
void Become(ContextBase& context, Word next, Envelope* envelope);
void DeliverSignal(ContextBase& context, SignalRef signal);
// fault_handling.cc: the failure of the current message, signal, or start.
void HandleFailure(ContextBase& context, const Failure& failure, bool starting);
Failure FailureOfCurrentException();
// lifecycle.cc
void StartActor(ContextBase& context);
// Begins to stop: children first. Ends the actor at once where it has none.
void BeginStop(ContextBase& context);
// The last child has ended.
void OnChildrenGone(ContextBase& context);
void RequestStop(ActorCell* cell);
// Counts and publishes a message that reached nobody; destroys its payload.
void PublishDeadLetter(RefTarget* target, Envelope* envelope, const char* reason);
// Same, and frees the envelope.
void DropEnvelope(RefTarget* target, Envelope* envelope, const char* reason);

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_INTERNAL_ACTOR_CELL_H_
