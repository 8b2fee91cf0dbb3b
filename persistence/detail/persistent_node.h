// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// PersistentNode: what every persistent behavior is: one node that is its own state machine, fed by
// commands, and by what storage answers.
//
// Why one node: recovery, writing and running share the stash, the writer's epoch and the failure
// policy; a behavior for each phase would have to hand all of it on.
// Why a gate: an answer of storage comes on the actor's turn as an internal message (a Step). It is
// no message to the actor: interceptors must not see or drop it, and it puts off no receive
// timeout. So the gate stands in the place of the actor's behavior while the Step is handled; what
// it leads to (stop, fail) is treated as if a command had led to it.
//
// | phase     | waits for                                 | commands              |
// | kPermit   | a permit to recover                       | internal stash        |
// | kWriter   | the writer's epoch                        | internal stash        |
// | kSnapshot | a snapshot                                | internal stash        |
// | kEvents   | a page of events                          | internal stash        |
// | kRunning  | nothing                                   | are handled           |
// | kWriting  | storage                                   | internal stash        |
// | kRoom     | a moment, for the storage's queue is full | internal stash        |
// | kSaving   | the snapshot store                        | internal stash        |
// | kTask     | a coroutine handler                       | mailbox (core), stash |
// | kEnded    | the end, or a recovery by backoff         | internal stash        |
//
// Threads: the actor's turn; Pipe's futures may complete on any. Lifetime: a Step of an older
// incarnation (a restart, a new recovery) is told by its number and dropped.
#ifndef SAMPO_PERSISTENCE_DETAIL_PERSISTENT_NODE_H_
#define SAMPO_PERSISTENCE_DETAIL_PERSISTENT_NODE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/actor_context.h"
#include "sampo/actor/base/log.h"
#include "sampo/actor/behavior.h"
#include "sampo/actor/detail/actor_ask.h"
#include "sampo/actor/detail/timer_node.h"
#include "sampo/actor/future.h"
#include "sampo/actor/supervise.h"
#include "sampo/persistence/detail/command_stash.h"
#include "sampo/persistence/persistence_id.h"
#include "sampo/persistence/recovery_permits.h"

namespace sampo::persistence {

// What is done with a command that finds the stash full.
enum class StashOverflow : uint8_t {
  kDrop,  // it is published as Dropped
  kFail,  // the actor fails with RESOURCE_EXHAUSTED
};

namespace internal {

using ::sampo::internal::BehaviorNode;
using ::sampo::internal::Word;

using StepFunction = UniqueFunction<Word(ContextBase&)>;

struct Step {
  static constexpr std::string_view kMessageName = "persistence.Step";
  static constexpr bool kSuppressDeadLetter = true;
  StepFunction run;
};

struct PersistentNodeSettings {
  size_t stash_capacity = 4096;
  StashOverflow on_stash_full = StashOverflow::kDrop;
  std::optional<Backoff> on_persist_failure;  // nothing: the actor fails
  absl::Duration recovery_timeout = absl::Seconds(30);
};

// What an exception of the user's becomes where it can't go on to the supervisor.
absl::Status StatusOfHandlerException();

class PersistentNode : public BehaviorNode {
 public:
  PersistentNode(ContextBase& context, PersistentNodeSettings settings);
  ~PersistentNode() override;

  Word NodeReceive(ContextBase& context, Envelope& envelope) final;
  Word NodeSignal(ContextBase& context, ::sampo::internal::SignalRef signal) final;
  Word NodeComplete(ContextBase& context, Word late) final;
  bool NodeHandleFailure(ContextBase& context, const Failure& failure, bool starting,
                         Word* next) final;

  virtual const PersistenceId& persistence_id() const = 0;
  // OK, or why there is no storage to begin with.
  virtual absl::Status FindStorage() = 0;
  // Begins to recover: called once the node is the actor's behavior, or about to be.
  void Begin(ContextBase& context);
  virtual int64_t last_sequence_number() const = 0;

  // The node whose code runs on this thread, or the one that is the behavior of `context`.
  static PersistentNode* Of(const ContextBase& context);

  // Whether the next command would be handled, and not stashed.
  bool ready() const { return phase_ == Phase::kRunning; }

  // Who a Step is for: it is dropped where that node is gone or has begun to recover again.
  struct StepTarget {
    std::shared_ptr<PersistentNode* const> node;
    uint64_t incarnation;
  };
  StepTarget step_target() const { return {self_, incarnation_}; }
  // From any thread: `run` runs on a later turn of the actor behind `cell`.
  static void Post(RefTarget* cell, StepTarget target, StepFunction run);

 protected:
  enum class Phase : uint8_t {
    kPermit,
    kWriter,
    kSnapshot,
    kEvents,
    kRunning,
    kWriting,
    kRoom,
    kSaving,
    kTask,
    kEnded,
  };

  // One command while ready(). May throw what the user's code throws.
  virtual Word OnCommand(ContextBase& context, Envelope& envelope) = 0;
  virtual Word OnSignal(ContextBase& context, ::sampo::internal::SignalRef signal) = 0;
  // A coroutine handler has ended without an exception.
  virtual Word OnTaskDone(ContextBase& context) = 0;
  // A handler failed, or threw: nothing may be left half done.
  virtual void OnFailure(ContextBase& context) = 0;
  // Before the recovery that on_persist_failure asks for.
  virtual void OnPreRestart(ContextBase& context) = 0;

  // --- recovery: the parts of a kind of behavior ---
  // Forgets what it knows of storage.
  virtual void ResetForRecovery() = 0;
  // The state is the empty one.
  virtual void ResetState() = 0;
  // The permit is there: asks for the writer's epoch.
  virtual void BecomeWriter(ContextBase& context) = 0;
  virtual Word FailRecovery(absl::Status status) = 0;
  // After RESOURCE_EXHAUSTED (a full queue, a full disk) the step is done `again` a moment later,
  // for recovery_timeout in all; anything else fails the recovery.
  Word AwaitRoom(ContextBase& context, absl::Status status, StepFunction again);

  // --- writing: the typed part ---
  // What is being written is stored: the visible state from now on.
  virtual void AdoptPending() = 0;
  // It is not, or nobody knows.
  virtual void DropPending() = 0;
  // What follows the pending effect; once.
  virtual Word RunPendingSteps() = 0;

  Phase phase() const { return phase_; }
  void set_phase(Phase phase);
  // What the log calls a phase: Pekko's words, where it has one.
  virtual std::string_view PhaseName(Phase phase) const;
  // The actor's log, with persistenceId and persistencePhase.
  Logger& Log();
  // Before the user's code, which may log.
  void NotePhase();
  // "Cart|7: " for messages.
  std::string Named(std::string_view text) const;
  CommandStash& stash() { return stash_; }
  ContextBase& context() { return context_; }
  uint64_t epoch() const { return epoch_; }
  void set_epoch(uint64_t epoch) { epoch_ = epoch; }

  // Answers that are on their way are dropped from now on.
  void NewIncarnation();
  // `then(ContextBase&, FutureResult<T>)` returns a Word, on the actor's turn.
  template <class T, class Then>
  void Pipe(ContextBase& context, Future<T> future, Then then);

  // One timer; a new start replaces the old one. `due` as in Pipe.
  void StartTimer(ContextBase& context, absl::Duration delay, StepFunction due);
  void StopTimer(ContextBase& context);
  Word AskForWriter(ContextBase& context);
  // Storage that gives no answer within recovery_timeout fails the recovery; `what` is a literal.
  void AwaitStorage(ContextBase& context, std::string_view what);
  // Others may recover now.
  void ReleasePermit() { permit_ = RecoveryPermit(); }
  // Between attempts while the storage's queue is full.
  static absl::Duration RoomDelay(int attempt);

  // Keeps a command for the internal stash or the user's; a full one does what the settings say.
  Word StashInternal(ContextBase& context, Envelope& envelope);
  Word StashUser(ContextBase& context, Envelope& envelope);

  // Storage has failed in a way that makes the state unknown. on_persist_failure recovers again
  // after its delay, keeping stashes, timers and children. Without it the actor fails, and only a
  // supervisor that restarts with backoff, or at most so many times, restarts it: a Resume would go
  // on with a state that nobody knows. DATA_LOSS: not even on_persist_failure, for lost bytes do
  // not come back by waiting.
  Word FailStorage(absl::Status status);

  // In OnFailure: whatever has failed, the actor stops, and no supervisor is asked.
  void StopInsteadOfFailing() { must_stop_ = true; }

  // --- coroutine handlers ---
  void EnterTask() { set_phase(Phase::kTask); }
  // What became of its writes: kSame, or the end.
  Word LeaveTask();
  bool in_task() const { return phase_ == Phase::kTask; }
  // Why the actor ends when its coroutine handler has ended; OK: it goes on.
  const absl::Status& task_end() const { return task_end_; }
  bool task_fenced() const { return task_fenced_; }
  void EndWithTask(absl::Status status, bool fenced);

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
  // Stands for the actor's behavior while one Step is handled.
  class Gate final : public BehaviorNode {
   public:
    explicit Gate(PersistentNode* node) : node_(node) {}
    void Open(ContextBase& context);
    Word NodeReceive(ContextBase& context, Envelope& envelope) override;

   private:
    PersistentNode* const node_;
    Word behavior_ = 0;  // the actor's own
    bool has_receive_timeout_ = false;
  };
  static void OnDue(::sampo::internal::ActorTimerNode* timer, ContextBase& context);
  Word RunStep(ContextBase& context, Step& step);
  void FeedIfReady();
  Word OnPermit(ContextBase& context, absl::StatusOr<RecoveryPermit> permit);
  Word Overflow(ContextBase& context, Envelope& envelope, std::string_view which);
  void RecoverLater(ContextBase& context, const Failure& failure);

  ContextBase& context_;
  const PersistentNodeSettings settings_;
  const std::shared_ptr<PersistentNode*> self_;  // null inside when this is gone
  uint64_t incarnation_;
  uint64_t epoch_ = 0;
  Phase phase_ = Phase::kPermit;
  bool retry_failure_ = false;
  bool storage_failed_ = false;
  bool must_stop_ = false;
  bool task_fenced_ = false;
  absl::Status task_end_;
  int64_t failures_ = 0;  // in a row, for the backoff
  int64_t last_failure_nanos_ = 0;
  Gate gate_{this};
  Timer timer_;
  uint64_t timer_number_ = 0;
  StepFunction timer_due_;
  std::string_view awaited_;  // by AwaitStorage
  int room_attempts_ = 0;     // of AwaitRoom, in this recovery
  int64_t room_until_nanos_ = 0;
  std::string_view noted_as_;  // the phase that the log knows
  RecoveryPermit permit_;      // held during the recovery
  CommandStash stash_;
};

// Makes the node when the actor starts, and again at each restart.
class PersistentBlueprintBase : public BehaviorNode {
 public:
  Word NodeReceive(ContextBase&, Envelope&) final { return ::sampo::internal::kUnhandled; }
  bool node_needs_start() const final { return true; }
  Word NodeStart(ContextBase& context) final { return NodeInstantiate(context); }
  bool node_restartable() const final { return true; }
  Word NodeInstantiate(ContextBase& context) const final;

 private:
  virtual std::unique_ptr<PersistentNode> MakeNode(ContextBase& context) const = 0;
};

// `Shared` is what all incarnations of one actor share: made of Options, has settings->Check().
template <class Options, class Shared, class Node>
class PersistentBlueprint final : public PersistentBlueprintBase {
 public:
  explicit PersistentBlueprint(Options options)
      : shared_(std::make_shared<Shared>(std::move(options))) {}
  absl::Status NodeCheckSpawnable() const override { return shared_->settings->Check(); }

 private:
  std::unique_ptr<PersistentNode> MakeNode(ContextBase& context) const override {
    return std::make_unique<Node>(context, shared_);
  }
  const std::shared_ptr<Shared> shared_;
};

template <class T, class Then>
void PersistentNode::Pipe(ContextBase& context, Future<T> future, Then then) {
  using ::sampo::internal::RefAccess;
  AnyActorRef self = RefAccess::AdoptAny(::sampo::internal::ShareForPipe(context));
  std::move(future).OnComplete([self = std::move(self), target = step_target(),
                                then = std::move(then)](FutureResult<T> result) mutable {
    Post(RefAccess::Target(self), std::move(target),
         [then = std::move(then), result = std::move(result)](ContextBase& at) mutable {
           return then(at, std::move(result));
         });
  });
}

}  // namespace internal
}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_DETAIL_PERSISTENT_NODE_H_
