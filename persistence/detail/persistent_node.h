// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// PersistentNode: what every persistent behavior is: one node that is its own state machine, fed by
// commands, and by what storage answers.
//
// Why one node: recovery, writing and running share the stash, the writer's epoch and the failure
// policy; a behavior for each phase would have to hand all of it on. An answer of storage comes on
// the actor's turn as an internal message (a Step) through supervisors and interceptors, so that
// what it leads to (stop, fail) is treated as if a command had led to it.
// The subclass sets `ready` when commands may be handled; until then they wait in the stash.
// Threads: the actor's turn; Pipe's futures may complete on any. Lifetime: a Step of an older
// incarnation (a restart, a new recovery) is told by its number and dropped.
#ifndef SAMPO_PERSISTENCE_DETAIL_PERSISTENT_NODE_H_
#define SAMPO_PERSISTENCE_DETAIL_PERSISTENT_NODE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/actor_context.h"
#include "sampo/actor/behavior.h"
#include "sampo/actor/detail/actor_ask.h"
#include "sampo/actor/detail/timer_node.h"
#include "sampo/actor/future.h"
#include "sampo/actor/supervise.h"
#include "sampo/persistence/detail/command_stash.h"

namespace sampo::persistence {

// What is done with a command that finds the stash full.
enum class StashOverflow : uint8_t {
  kDrop,  // it is published as Dropped
  kFail,  // the actor fails with RESOURCE_EXHAUSTED
};

namespace internal {

using ::sampo::internal::BehaviorNode;
using ::sampo::internal::Word;

// Above all protocols, below the cell's own messages.
inline constexpr uint16_t kStepIndex = 0xFE00;

struct Step {
  static constexpr std::string_view kMessageName = "persistence.Step";
  static constexpr bool kSuppressDeadLetter = true;
  uint64_t incarnation;
  UniqueFunction<Word(ContextBase&)> run;
};

struct PersistentNodeSettings {
  size_t stash_capacity = 4096;
  StashOverflow on_stash_full = StashOverflow::kDrop;
  std::optional<Backoff> on_persist_failure;  // nothing: the actor fails
};

class PersistentNode : public BehaviorNode {
 public:
  PersistentNode(ContextBase& context, PersistentNodeSettings settings);
  ~PersistentNode() override;

  Word NodeReceive(ContextBase& context, Envelope& envelope) final;
  Word NodeSignal(ContextBase& context, ::sampo::internal::SignalRef signal) final;
  Word NodeComplete(ContextBase& context, Word late) final;
  bool NodeHandleFailure(ContextBase& context, const Failure& failure, bool starting,
                         Word* next) final;

  // Begins to recover: called once the node is the actor's behavior, or about to be.
  virtual void Begin(ContextBase& context) = 0;
  virtual int64_t last_sequence_number() const = 0;

  // The node whose code runs on this thread, or the one that is the behavior of `context`.
  static PersistentNode* Of(const ContextBase& context);

  // Whether the next command would be handled, and not stashed.
  bool ready() const { return ready_; }
  // A message to the actor itself that runs `run` on its turn, unless it has begun to recover since
  // `incarnation` was asked for.
  uint64_t incarnation() const { return incarnation_; }
  static Envelope* MakeStep(uint64_t incarnation, UniqueFunction<Word(ContextBase&)> run);

 protected:
  // One command while ready(). May throw what the user's code throws.
  virtual Word OnCommand(ContextBase& context, Envelope& envelope) = 0;
  virtual Word OnSignal(ContextBase& context, ::sampo::internal::SignalRef signal) = 0;
  // A coroutine handler has ended without an exception.
  virtual Word OnTaskDone(ContextBase& context) = 0;
  // A handler failed, or threw: nothing may be left half done.
  virtual void OnFailure(ContextBase& context) = 0;
  // Before the recovery that on_persist_failure asks for.
  virtual void OnPreRestart(ContextBase& context) = 0;

  void set_ready(bool ready) { ready_ = ready; }
  CommandStash& stash() { return stash_; }
  ContextBase& context() { return context_; }

  // Answers that are on their way are dropped from now on.
  void NewIncarnation();
  // `then(ContextBase&, FutureResult<T>)` returns a Word, on the actor's turn.
  template <class T, class Then>
  void Pipe(ContextBase& context, Future<T> future, Then then);

  // One timer; a new start replaces the old one. `due` as in Pipe.
  void StartTimer(ContextBase& context, absl::Duration delay,
                  UniqueFunction<Word(ContextBase&)> due);
  void StopTimer(ContextBase& context);
  // Between attempts while the storage's queue is full.
  static absl::Duration RoomDelay(int attempt);

  // Keeps a command for the internal stash or the user's; a full one does what the settings say.
  Word StashInternal(ContextBase& context, Envelope& envelope);
  Word StashUser(ContextBase& context, Envelope& envelope);

  // Storage has failed in a way that makes the state unknown. on_persist_failure recovers again
  // after its delay, keeping stashes, timers and children. Without it the actor fails, and only a
  // supervisor that restarts with backoff, or at most so many times, restarts it: a Resume would go
  // on with a state that nobody knows. `retry` false: not even on_persist_failure.
  Word FailStorage(absl::Status status, bool retry = true);

  // In OnFailure: whatever has failed, the actor stops, and no supervisor is asked.
  void StopInsteadOfFailing() { must_stop_ = true; }

  // Sets Of() while user code runs.
  class Scope {
   public:
    explicit Scope(PersistentNode* node);
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope();

   private:
    PersistentNode* const outer_;
  };

 private:
  struct Timer : ::sampo::internal::ActorTimerNode {
    explicit Timer(PersistentNode* of) : ActorTimerNode(&OnDue), node(of) {}
    PersistentNode* const node;
  };
  static void OnDue(::sampo::internal::ActorTimerNode* timer, ContextBase& context);
  Word Overflow(ContextBase& context, Envelope& envelope, std::string_view which);
  void RecoverLater(ContextBase& context, const Failure& failure);

  ContextBase& context_;
  const PersistentNodeSettings settings_;
  uint64_t incarnation_;
  bool ready_ = false;
  bool retry_failure_ = false;
  bool storage_failed_ = false;
  bool must_stop_ = false;
  int64_t failures_ = 0;  // in a row, for the backoff
  int64_t last_failure_nanos_ = 0;
  Timer timer_;
  uint64_t timer_number_ = 0;
  UniqueFunction<Word(ContextBase&)> timer_due_;
  CommandStash stash_;
};

template <class T, class Then>
void PersistentNode::Pipe(ContextBase& context, Future<T> future, Then then) {
  using ::sampo::internal::RefAccess;
  AnyActorRef self = RefAccess::AdoptAny(::sampo::internal::ShareForPipe(context));
  std::move(future).OnComplete([self = std::move(self), incarnation = incarnation_,
                                then = std::move(then)](FutureResult<T> result) mutable {
    ContextBase::EnqueueDeferred(
        RefAccess::Target(self),
        [incarnation, then = std::move(then),
         result = std::move(result)](ContextBase&) mutable -> Envelope* {
          return MakeStep(incarnation,
                          [then = std::move(then), result = std::move(result)](
                              ContextBase& at) mutable { return then(at, std::move(result)); });
        });
  });
}

}  // namespace internal
}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_DETAIL_PERSISTENT_NODE_H_
