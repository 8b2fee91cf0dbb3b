// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// EventSourcedNode: the state machine of an event-sourced actor, without its types.
//
//   kPermit -> kWriter -> kSnapshot -> kEvents -> kRunning <-> kWriting [-> kRoom] [-> kSaving]
//
// | phase    | waits for                                 | commands             |
// | kPermit  | a permit to recover                       | internal stash       |
// | kWriter  | the writer's epoch                        | internal stash       |
// | kSnapshot| a snapshot                                | internal stash       |
// | kEvents  | a page of events                          | internal stash       |
// | kRunning | nothing                                   | are handled          |
// | kWriting | the journal                               | internal stash       |
// | kRoom    | a moment, for the journal's queue is full | internal stash       |
// | kSaving  | the snapshot store                        | internal stash       |
// | kTask    | a coroutine handler                       | mailbox (core), stash|
// | kEnded   | the end, or a recovery by backoff         | internal stash       |
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
#include "sampo/persistence/detail/persistent_node.h"
#include "sampo/persistence/journal.h"
#include "sampo/persistence/persistence.h"
#include "sampo/persistence/persistence_id.h"
#include "sampo/persistence/recovery.h"
#include "sampo/persistence/recovery_permits.h"
#include "sampo/persistence/signals.h"
#include "sampo/persistence/snapshot_store.h"

namespace sampo::persistence::internal {

// The options without their types; the same for all incarnations of an actor.
struct EventSourcedSettings {
  PersistenceId persistence_id;
  StoragePlugins plugins;  // members that are null: the system's
  Recovery recovery = Recovery::Latest();
  absl::Duration recovery_timeout = absl::Seconds(30);
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

// What an exception of the user's becomes where it can't go on to the supervisor.
absl::Status StatusOfHandlerException();

class EventSourcedNode : public PersistentNode {
 public:
  EventSourcedNode(ContextBase& context, std::shared_ptr<const EventSourcedSettings> settings);
  ~EventSourcedNode() override;

  // OK, or why there is no storage to begin with.
  absl::Status FindStorage();
  void Begin(ContextBase& context) final;
  int64_t last_sequence_number() const final {
    return applying_seq_ != 0 ? applying_seq_ : last_seq_;
  }
  const PersistenceId& persistence_id() const { return settings_->persistence_id; }

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

  // --- the typed part ---
  virtual void ResetState() = 0;
  // The event into the state; DATA_LOSS and the like: it cannot be read.
  virtual absl::Status ApplyStored(const StoredEvent& event) = 0;
  virtual absl::Status RestoreState(const SnapshotRecord& snapshot) = 0;
  virtual absl::Status EncodeState(SnapshotRecord& snapshot) = 0;
  // The events that are being persisted, for the journal; may be asked again.
  virtual absl::Status EncodePending(std::vector<EventRecord>& records) = 0;
  // They are stored: their state is the visible one from now on.
  virtual void AdoptPending() = 0;
  // They are not, or nobody knows.
  virtual void DropPending() = 0;
  // Whether snapshot_when wants a snapshot after the pending events.
  virtual bool pending_wants_snapshot() const = 0;
  // What follows the pending effect; once.
  virtual Word RunPendingSteps(ContextBase& context) = 0;
  // True: somebody handled it. May throw what the user's handler throws.
  virtual bool CallSignalHandler(const PersistenceSignal& signal) = 0;

  // Hands the pending events to the journal.
  Word BeginWrite(ContextBase& context);
  // The same for a coroutine handler: the status of the write.
  Task<absl::Status> WriteInTask(ContextBase& context);
  // A coroutine handler begins, and has ended.
  void EnterTask();
  // What became of its writes: kSame, or the end.
  Word LeaveTask();
  bool in_task() const { return phase_ == Phase::kTask; }
  void set_applying_seq(int64_t seq) { applying_seq_ = seq; }
  int64_t last_seq() const { return last_seq_; }
  bool is_fenced_or_failed() const { return !task_end_.ok(); }

  Word OnSignal(ContextBase& context, ::sampo::internal::SignalRef signal) final;
  void OnPreRestart(ContextBase& context) final;
  // Tells the user's handler. Where it throws, the state machine goes on, and the turn fails.
  void EmitSignal(const PersistenceSignal& signal);
  // "Cart|7: " for messages.
  std::string Named(std::string_view text) const;
  Phase phase() const { return phase_; }
  void set_phase(Phase phase);

 private:
  enum class SnapshotReason : uint8_t { kNone, kAlone, kWithRetention };
  struct Progress;  // of a recovery
  struct Written {
    WriteOutcome outcome;
    absl::Status status;
    ChainHash hash;
  };

  // --- recovery: internal/event_sourced_recovery.cc ---
  Word OnPermit(ContextBase& context, absl::StatusOr<RecoveryPermit> permit);
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
  Word CompleteRecovery(ContextBase& context);
  Word FailRecovery(ContextBase& context, absl::Status status);
  void AwaitStorage(ContextBase& context, std::string_view what);

  // --- writing: internal/event_sourced_writing.cc ---
  Word SendPending(ContextBase& context);
  Future<std::vector<AppendResult>> Append(std::vector<EventRecord> records);
  static Written ResultOf(absl::StatusOr<std::vector<AppendResult>> results);
  Word OnWritten(ContextBase& context, const Written& written);
  SnapshotReason NoteWritten(const ChainHash& hash);
  Word WriteLater(ContextBase& context);
  Word Reject(ContextBase& context, absl::Status status);
  Word Fence(ContextBase& context, const absl::Status& status);
  absl::Status FencedStatus(const absl::Status& status) const;
  Word FailWrite(ContextBase& context, const absl::Status& status);
  Word FinishWrite(ContextBase& context);
  absl::Status EndTaskWrite(const Written& written);

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
  Word OnSnapshotsDeleted(ContextBase& context, int64_t to_seq, absl::Status status);

  const std::shared_ptr<const EventSourcedSettings> settings_;
  std::shared_ptr<Journal> journal_;
  std::shared_ptr<SnapshotStore> snapshots_;  // null: none
  Phase phase_ = Phase::kPermit;
  bool retention_running_ = false;
  uint64_t epoch_ = 0;
  int64_t last_seq_ = 0;
  int64_t applying_seq_ = 0;  // of the event that on_event sees now; 0: none
  int64_t pending_events_ = 0;
  int64_t snapshot_seq_ = 0;
  int no_room_count_ = 0;
  ChainHash hash_{};
  absl::Status task_end_;  // why the actor ends when its coroutine handler has ended
  bool task_fenced_ = false;
  std::unique_ptr<Progress> progress_;
  std::deque<int64_t> kept_snapshots_;  // sequence numbers to fall back to, oldest first
};

}  // namespace sampo::persistence::internal

#endif  // SAMPO_PERSISTENCE_DETAIL_EVENT_SOURCED_NODE_H_
