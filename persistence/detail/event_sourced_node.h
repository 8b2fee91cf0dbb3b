// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// EventSourcedNode: the state machine of an event-sourced actor, without its types.
//
//   kPermit -> kWriter -> kSnapshot -> kEvents -> kRunning <-> kWriting [-> kRoom] [-> kSaving]
//
// The typed part (typed_event_sourced_node.h) encodes, decodes, and calls the user's functions.
// Deletions after a snapshot (retention) go on beside all phases. Threads, lifetime: as
// PersistentNode.
#ifndef SAMPO_PERSISTENCE_DETAIL_EVENT_SOURCED_NODE_H_
#define SAMPO_PERSISTENCE_DETAIL_EVENT_SOURCED_NODE_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/task.h"
#include "sampo/persistence/detail/signalling_node.h"
#include "sampo/persistence/journal.h"
#include "sampo/persistence/persistence.h"
#include "sampo/persistence/persistence_id.h"
#include "sampo/persistence/recovery.h"
#include "sampo/persistence/signals.h"
#include "sampo/persistence/snapshot_store.h"

namespace sampo::persistence::internal {

// The options without their types; the same for all incarnations of an actor.
struct EventSourcedSettings {
  PersistenceId persistence_id;
  StoragePlugins plugins;  // members that are null: the system's
  Recovery recovery = Recovery::Latest();
  int64_t snapshot_every = 0;
  bool snapshot_when = false;  // there is a predicate
  int keep_snapshots = 1;
  bool delete_events_on_snapshot = false;
  bool can_snapshot = false;  // the state has a codec
  bool can_store_events = false;
  PersistentNodeSettings node = {};

  // INVALID_ARGUMENT: options that contradict each other.
  absl::Status Check() const;
};

struct EventSourcedSignals {
  using Signal = PersistenceSignal;
  using PersistRejected = JournalPersistRejected;
  using PersistFailed = JournalPersistFailed;
  static constexpr const char* kRecord = "event";
};
extern template class SignallingNode<EventSourcedSignals>;

class EventSourcedNode : public SignallingNode<EventSourcedSignals> {
 public:
  EventSourcedNode(ContextBase& context, std::shared_ptr<const EventSourcedSettings> settings);
  ~EventSourcedNode() override;

  absl::Status FindStorage() final;
  int64_t last_sequence_number() const final {
    return applying_seq_ != 0 ? applying_seq_ : last_seq_;
  }
  const PersistenceId& persistence_id() const final { return settings_->persistence_id; }

 protected:
  // --- the typed part ---
  // The event into the state; DATA_LOSS and the like: it cannot be read.
  virtual absl::Status ApplyStored(const StoredEvent& event) = 0;
  virtual absl::Status RestoreState(const SnapshotRecord& snapshot) = 0;
  virtual absl::Status EncodeState(SnapshotRecord& snapshot) = 0;
  // The events that are being persisted, for the journal; may be asked again.
  virtual absl::Status EncodePending(std::vector<EventRecord>& records) = 0;
  // Whether snapshot_when wants a snapshot after the pending events.
  virtual bool pending_wants_snapshot() const = 0;

  // Hands the pending events to the journal.
  Word BeginWrite(ContextBase& context);
  // The same for a coroutine handler: the status of the write.
  Task<absl::Status> WriteInTask(ContextBase& context);
  void set_applying_seq(int64_t seq) { applying_seq_ = seq; }
  int64_t last_seq() const { return last_seq_; }

 private:
  enum class SnapshotReason : uint8_t { kNone, kAlone, kWithRetention };
  struct Progress;  // of a recovery
  struct Written {
    WriteOutcome outcome;
    absl::Status status;
    ChainHash hash;
  };

  // --- recovery: internal/event_sourced_recovery.cc ---
  void ResetForRecovery() final;
  void BecomeWriter(ContextBase& context) final;
  Word OnGrant(ContextBase& context, absl::StatusOr<WriterGrant> grant);
  Word LoadSnapshot(ContextBase& context);
  Word OnSnapshot(ContextBase& context, absl::StatusOr<SnapshotLoad> load);
  Word UseSnapshot(ContextBase& context, const SnapshotRecord& snapshot);
  absl::Status CheckSnapshotFits(const SnapshotRecord& snapshot) const;
  Word ReplayFromStart(ContextBase& context);
  Word ReadPage(ContextBase& context);
  Word OnPage(ContextBase& context, absl::StatusOr<EventsPage> page);
  absl::Status ApplyPage(const std::vector<StoredEvent>& events);
  absl::Status CheckComplete(const std::optional<ChainHash>& hash) const;
  Word FailOrFence(ContextBase& context, absl::Status status);
  Word CompleteRecovery(ContextBase& context);

  // --- writing: internal/event_sourced_writing.cc ---
  Word SendPending(ContextBase& context);
  Future<std::vector<AppendResult>> Append(std::vector<EventRecord> records);
  static Written ResultOf(absl::StatusOr<std::vector<AppendResult>> results);
  Word OnWritten(ContextBase& context, const Written& written);
  SnapshotReason NoteWritten(const ChainHash& hash);
  Word WriteLater(ContextBase& context);
  Word FinishWrite();

  // --- snapshots and retention: internal/event_sourced_snapshots.cc ---
  // False: there is nothing to wait for.
  bool SaveSnapshot(ContextBase& context, SnapshotReason reason);
  std::optional<SnapshotRecord> MakeSnapshot();
  Word OnSaved(ContextBase& context, SnapshotReason reason, absl::StatusOr<SaveResult> saved);
  // True: fenced.
  bool NoteSaved(ContextBase& context, SnapshotReason reason, absl::StatusOr<SaveResult> saved);
  void BeginRetention(ContextBase& context);
  Word OnEventsDeleted(ContextBase& context, int64_t to_seq, absl::Status status);
  void DeleteSnapshots(ContextBase& context, int64_t to_seq);
  Word OnSnapshotsDeleted(int64_t to_seq, const absl::Status& status);

  const std::shared_ptr<const EventSourcedSettings> settings_;
  std::shared_ptr<Journal> journal_;
  std::shared_ptr<SnapshotStore> snapshots_;  // null: none
  bool retention_running_ = false;
  int64_t last_seq_ = 0;
  int64_t applying_seq_ = 0;  // of the event that on_event sees now; 0: none
  int64_t pending_events_ = 0;
  int64_t snapshot_seq_ = 0;
  int no_room_count_ = 0;
  ChainHash hash_{};
  std::unique_ptr<Progress> progress_;
  std::deque<int64_t> kept_snapshots_;  // sequence numbers to fall back to, oldest first
};

}  // namespace sampo::persistence::internal

#endif  // SAMPO_PERSISTENCE_DETAIL_EVENT_SOURCED_NODE_H_
