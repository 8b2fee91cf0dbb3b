// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// DurableStateNode: the state machine of an actor whose newest state is stored, without its types.
//
//   kPermit -> kWriter -> kRunning <-> kWriting [-> kRoom]
//
// | phase    | waits for                               | commands       |
// | kPermit  | a permit to recover                     | internal stash |
// | kWriter  | the writer's epoch and the state        | internal stash |
// | kRunning | nothing                                 | are handled    |
// | kWriting | the store                               | internal stash |
// | kRoom    | a moment, for the store's queue is full | internal stash |
// | kEnded   | the end, or a recovery by backoff       | internal stash |
//
// The typed part (typed_durable_state_node.h) encodes, decodes, and calls the user's functions.
// Threads, lifetime: as PersistentNode.
#ifndef SAMPO_PERSISTENCE_DETAIL_DURABLE_STATE_NODE_H_
#define SAMPO_PERSISTENCE_DETAIL_DURABLE_STATE_NODE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/persistence/detail/persistent_node.h"
#include "sampo/persistence/durable_state_store.h"
#include "sampo/persistence/persistence.h"
#include "sampo/persistence/persistence_id.h"
#include "sampo/persistence/recovery_permits.h"
#include "sampo/persistence/state_signals.h"

namespace sampo::persistence::internal {

// The options without their types; the same for all incarnations of an actor.
struct DurableStateSettings {
  PersistenceId persistence_id;
  std::shared_ptr<DurableStateStore> store = {};  // null: the system's
  absl::Duration recovery_timeout = absl::Seconds(30);
  std::string tag = {};
  bool can_store = false;  // the state has a codec
  PersistentNodeSettings node = {};

  // INVALID_ARGUMENT: options that are no options.
  absl::Status Check() const;
};

class DurableStateNode : public PersistentNode {
 public:
  DurableStateNode(ContextBase& context, std::shared_ptr<const DurableStateSettings> settings);
  ~DurableStateNode() override;

  // OK, or why there is no storage to begin with.
  absl::Status FindStorage();
  void Begin(ContextBase& context) final;
  int64_t last_sequence_number() const final { return revision_; }
  const PersistenceId& persistence_id() const { return settings_->persistence_id; }

 protected:
  // --- the typed part ---
  virtual void ResetState() = 0;
  virtual absl::Status RestoreState(const StateRecord& record) = 0;
  // False: the state is to be deleted.
  virtual bool pending_has_state() = 0;
  virtual absl::Status EncodePending(StateRecord& record) = 0;
  // It is stored: the visible state from now on.
  virtual void AdoptPending() = 0;
  // It is not, or nobody knows.
  virtual void DropPending() = 0;
  // What follows the pending effect; once.
  virtual Word RunPendingSteps() = 0;
  // True: somebody handled it. May throw what the user's handler throws.
  virtual bool CallSignalHandler(const DurableStateSignal& signal) = 0;

  // Hands the pending state to the store.
  Word BeginWrite(ContextBase& context);

  Word OnSignal(ContextBase& context, ::sampo::internal::SignalRef signal) final;
  void OnPreRestart(ContextBase& context) final;
  Word OnTaskDone(ContextBase& context) final;
  void OnFailure(ContextBase& context) final;

 private:
  enum class Phase : uint8_t { kPermit, kWriter, kRunning, kWriting, kRoom, kEnded };

  Word OnPermit(ContextBase& context, absl::StatusOr<RecoveryPermit> permit);
  Word OnGrant(ContextBase& context, absl::StatusOr<StateGrant> grant);
  Word FailRecovery(absl::Status status);
  Word SendPending(ContextBase& context);
  Word OnWritten(ContextBase& context, StateResult result);
  Word Reject(const absl::Status& status);
  Word Fence(ContextBase& context, const absl::Status& status);
  Word FailWrite(const absl::Status& status);
  // Tells the user's handler. Where it throws, the state machine goes on, and the turn fails.
  void EmitSignal(const DurableStateSignal& signal);
  void set_phase(Phase phase);
  // "Cart|7: " for messages.
  std::string Named(std::string_view text) const;

  const std::shared_ptr<const DurableStateSettings> settings_;
  std::shared_ptr<DurableStateStore> store_;
  Phase phase_ = Phase::kPermit;
  uint64_t epoch_ = 0;
  int64_t revision_ = 0;  // that is stored
  int no_room_count_ = 0;
  RecoveryPermit permit_;  // held during the recovery
};

}  // namespace sampo::persistence::internal

#endif  // SAMPO_PERSISTENCE_DETAIL_DURABLE_STATE_NODE_H_
