// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// TestingStorage: a journal and a snapshot store in memory that do what a test says: hold back,
// fail, reject, have no room.
//
// Why beside //persistence/memory: it answers on the caller's stack or when the test says so, so
// that a test decides what happens between a call and its answer; and it lies on demand.
// Threads: all methods from any. Lifetime: shared; what is held back when it ends is CANCELLED.
//
//   auto storage = std::make_shared<TestingStorage>();
//   Persistence::Get(system).Use(storage->Plugins());
//   storage->HoldAppends();  ...  storage->ReleaseAppends();
#ifndef SAMPO_PERSISTENCE_TESTING_STORAGE_H_
#define SAMPO_PERSISTENCE_TESTING_STORAGE_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/future.h"
#include "sampo/persistence/journal.h"
#include "sampo/persistence/persistence.h"
#include "sampo/persistence/snapshot_store.h"

namespace sampo::persistence::testing {

// What the next append is answered with; kWritten after a failure: stored, but nobody knows.
enum class AppendFate : uint8_t { kStore, kReject, kNoRoom, kFail, kStoreAndFail };

class TestingStorage final : public Journal,
                             public SnapshotStore,
                             public std::enable_shared_from_this<TestingStorage> {
 public:
  StoragePlugins Plugins() { return {shared_from_this(), shared_from_this(), nullptr}; }

  // --- what the test says ---
  void NextAppend(AppendFate fate, int times = 1);
  void HoldAppends() { SetHold(appends_, true); }
  void ReleaseAppends() { SetHold(appends_, false); }
  void HoldReads() { SetHold(reads_, true); }
  void ReleaseReads() { SetHold(reads_, false); }
  void HoldLoads() { SetHold(loads_, true); }
  void ReleaseLoads() { SetHold(loads_, false); }
  void HoldSnapshots() { SetHold(saves_, true); }
  void ReleaseSnapshots() { SetHold(saves_, false); }
  void HoldDeletes() { SetHold(deletes_, true); }
  void ReleaseDeletes() { SetHold(deletes_, false); }
  // Runs one answer that is held back; false: there is none.
  bool ReleaseOneAppend() { return ReleaseOne(appends_); }
  void FailSnapshots(bool fail);
  void FailLoads(bool fail);
  // The stored things themselves, to look at or to break.
  void Break(
      const std::function<void(std::vector<StoredEvent>&, std::vector<SnapshotRecord>&)>& change,
      const std::string& id);

  // --- what the test asks ---
  std::vector<StoredEvent> EventsOf(const std::string& id) const;
  std::vector<SnapshotRecord> SnapshotsOf(const std::string& id) const;
  JournalHead HeadOf(const std::string& id) const;
  // Calls in their order: "append Cart|1 2", "delete-events Cart|1 3"...
  std::vector<std::string> TakeLog();
  int held_appends() const;
  int reads_max() const;  // reads that were waiting at the same time, at most

  // --- Journal, SnapshotStore ---
  std::string_view name() const override { return "testing storage"; }
  Future<WriterGrant> AcquireWriter(std::string persistence_id) override;
  Future<std::vector<AppendResult>> Append(std::vector<AtomicAppend> batch) override;
  Future<EventsPage> ReadEvents(EventsRequest request) override;
  Future<JournalHead> ReadHead(std::string persistence_id) override;
  Future<void> DeleteEvents(std::string persistence_id, uint64_t epoch, int64_t to_seq) override;
  Future<IdsPage> ListIds(int64_t after, int64_t ids_max) override;
  Future<TaggedPage> ReadByTag(std::string tag, int64_t after, int64_t events_max) override;
  Future<SnapshotLoad> Load(std::string persistence_id, SnapshotCriteria criteria) override;
  Future<SaveResult> Save(SnapshotRecord snapshot) override;
  Future<void> Delete(std::string persistence_id, uint64_t epoch,
                      SnapshotCriteria criteria) override;

 private:
  struct Entity {
    JournalHead head;
    std::vector<StoredEvent> events;
    std::vector<SnapshotRecord> snapshots;  // oldest first
  };
  struct Gate {
    bool hold = false;
    std::deque<std::function<void()>> waiting;
  };
  void SetHold(Gate& gate, bool hold);
  bool ReleaseOne(Gate& gate);
  // Runs now, or when the gate is opened.
  void Pass(Gate& gate, std::function<void()> answer);
  AppendResult AppendOne(AtomicAppend append);
  EventsPage Page(const EventsRequest& request) const;

  mutable std::mutex mutex_;
  std::map<std::string, Entity> entities_;
  std::deque<AppendFate> fates_;
  std::vector<std::string> log_;
  Gate appends_, reads_, loads_, saves_, deletes_;
  int64_t ordering_ = 0;
  int reads_max_ = 0;
  bool fail_saves_ = false;
  bool fail_loads_ = false;
};

}  // namespace sampo::persistence::testing

#endif  // SAMPO_PERSISTENCE_TESTING_STORAGE_H_
