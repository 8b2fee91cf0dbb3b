// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// DurableStateNode: the state machine of an actor whose newest state is stored, without its types.
//
//   kPermit -> kWriter -> kRunning <-> kWriting [-> kRoom]
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
#include "sampo/actor/task.h"
#include "sampo/persistence/detail/signalling_node.h"
#include "sampo/persistence/durable_state_store.h"
#include "sampo/persistence/persistence.h"
#include "sampo/persistence/persistence_id.h"
#include "sampo/persistence/state_signals.h"

namespace sampo::persistence::internal {

// The options without their types; the same for all incarnations of an actor.
struct DurableStateSettings {
  PersistenceId persistence_id;
  std::shared_ptr<DurableStateStore> store = {};  // null: the system's
  std::string tag = {};
  bool can_store = false;  // the state has a codec
  PersistentNodeSettings node = {};

  // INVALID_ARGUMENT: options that are no options.
  absl::Status Check() const;
};

struct DurableStateSignals {
  using Signal = DurableStateSignal;
  using PersistRejected = StatePersistRejected;
  using PersistFailed = StatePersistFailed;
  static constexpr const char* kRecord = "revision";
};
extern template class SignallingNode<DurableStateSignals>;

class DurableStateNode : public SignallingNode<DurableStateSignals> {
 public:
  DurableStateNode(ContextBase& context, std::shared_ptr<const DurableStateSettings> settings);
  ~DurableStateNode() override;

  absl::Status FindStorage() final;
  int64_t last_sequence_number() const final { return revision_; }
  const PersistenceId& persistence_id() const final { return settings_->persistence_id; }

 protected:
  // --- the typed part ---
  virtual absl::Status RestoreState(const StateRecord& record) = 0;
  // False: the state is to be deleted.
  virtual bool pending_has_state() = 0;
  virtual absl::Status EncodePending(StateRecord& record) = 0;

  // Hands the pending state to the store.
  Word BeginWrite(ContextBase& context);
  // The same for a coroutine handler: the status of the write.
  Task<absl::Status> WriteInTask(ContextBase& context);

  std::string_view PhaseName(Phase phase) const final;

 private:
  void ResetForRecovery() final { revision_ = 0; }
  void BecomeWriter(ContextBase& context) final;
  Word OnGrant(ContextBase& context, absl::StatusOr<StateGrant> grant);
  Word SendPending(ContextBase& context);
  // What is pending, handed to the store. Not OK: it can't be encoded.
  absl::StatusOr<Future<StateResult>> Write(ContextBase& context);
  StateResult ResultOf(absl::StatusOr<StateResult> result) const;
  Word OnWritten(ContextBase& context, const StateResult& result);

  const std::shared_ptr<const DurableStateSettings> settings_;
  std::shared_ptr<DurableStateStore> store_;
  int64_t revision_ = 0;  // that is stored
  int no_room_count_ = 0;
};

}  // namespace sampo::persistence::internal

#endif  // SAMPO_PERSISTENCE_DETAIL_DURABLE_STATE_NODE_H_
