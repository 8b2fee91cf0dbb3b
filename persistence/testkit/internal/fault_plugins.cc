// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sampo/actor/base/check.h"
#include "sampo/persistence/testkit/internal/fault_core.h"

namespace sampo::persistence::internal {
namespace {

using Core = PersistenceTestKit::Core;

// A call without a WriteOutcome: fails with the fault's status, or is made.
template <class T>
Future<T> Call(Core& core, StorageCall call, const std::string& id,
               std::function<Future<T>()> make) {
  const Verdict verdict = core.Take(call, id);
  if (!verdict.fault.has_value()) return core.Later<T>(verdict, std::move(make));
  const absl::Status status = verdict.fault->status;
  if (verdict.fault->kind == FaultKind::kStoreAndFail) {
    return core.Later<T>(verdict, std::move(make)).FlatMap([status](const auto&...) {
      return Future<T>::Failed(status);
    });
  }
  return core.Later<T>(verdict, [status] { return Future<T>::Failed(status); });
}

WriteOutcome OutcomeOf(FaultKind kind) {
  if (kind == FaultKind::kReject) return WriteOutcome::kRejected;
  if (kind == FaultKind::kNoRoom) return WriteOutcome::kNoRoom;
  return WriteOutcome::kFailed;
}

// A write of a SaveResult or StateResult; `record` is noted where it was stored.
template <class Result>
Future<Result> Write(const std::shared_ptr<Core>& core, StorageCall call, RecordKind kind,
                     StoredRecord record, std::function<Future<Result>()> make) {
  const Verdict verdict = core->Take(call, record.persistence_id);
  std::optional<Result> told;
  if (verdict.fault.has_value()) {
    told = Result{OutcomeOf(verdict.fault->kind), verdict.fault->status};
  }
  if (told.has_value() && verdict.fault->kind != FaultKind::kStoreAndFail) {
    return core->Later<Result>(verdict, [told] { return Future<Result>::Ready(*told); });
  }
  return core->Later<Result>(verdict, std::move(make))
      .Map([core, kind, record = std::move(record), told](Result result) mutable {
        if (result.outcome != WriteOutcome::kWritten) return result;
        core->Record(kind, std::move(record));
        return told.value_or(result);
      });
}

// One append of a batch: what it is told, and its events.
struct AppendPlan {
  std::optional<AppendResult> told;
  bool passed = true;  // on to the journal
  std::vector<StoredRecord> records;
};

AppendPlan PlanOf(const AtomicAppend& append, const Verdict& verdict) {
  AppendPlan plan;
  if (verdict.fault.has_value()) {
    plan.told = AppendResult{OutcomeOf(verdict.fault->kind), verdict.fault->status};
    plan.passed = verdict.fault->kind == FaultKind::kStoreAndFail;
  }
  int64_t seq = append.after_seq;
  for (const EventRecord& event : append.events) {
    plan.records.push_back(
        {append.persistence_id, ++seq, event.manifest, event.version, event.payload});
  }
  return plan;
}

// The results of all appends, out of those that were passed on.
std::vector<AppendResult> Merge(Core& core, std::vector<AppendPlan> plans,
                                std::vector<AppendResult> results) {
  std::vector<AppendResult> all;
  size_t next = 0;
  for (AppendPlan& plan : plans) {
    if (!plan.passed) {
      all.push_back(*plan.told);
      continue;
    }
    SAMPO_CHECK(next < results.size(), "the journal has answered fewer appends than it was given");
    AppendResult result = std::move(results[next++]);
    const bool written = result.outcome == WriteOutcome::kWritten;
    for (StoredRecord& record : plan.records) {
      if (written) core.Record(RecordKind::kEvent, std::move(record));
    }
    all.push_back(written && plan.told.has_value() ? *plan.told : std::move(result));
  }
  return all;
}

class FaultyJournal final : public Journal {
 public:
  FaultyJournal(std::shared_ptr<Core> core, std::shared_ptr<Journal> right)
      : core_(std::move(core)), right_(std::move(right)) {}
  std::string_view name() const override { return right_->name(); }

  Future<WriterGrant> AcquireWriter(std::string id) override {
    return Call<WriterGrant>(*core_, StorageCall::kAcquireWriter, id,
                             [right = right_, id] { return right->AcquireWriter(id); });
  }

  Future<std::vector<AppendResult>> Append(std::vector<AtomicAppend> batch) override {
    using Results = std::vector<AppendResult>;
    std::vector<AppendPlan> plans;
    std::vector<AtomicAppend> passed;
    Verdict whole;
    for (AtomicAppend& append : batch) {
      const Verdict verdict = core_->Take(StorageCall::kAppend, append.persistence_id);
      whole.delay = std::max(whole.delay, verdict.delay);
      plans.push_back(PlanOf(append, verdict));
      if (plans.back().passed) passed.push_back(std::move(append));
    }
    // Those that are told something else do not need the journal.
    std::function<Future<Results>()> make = [right = right_, passed = std::move(passed)] {
      return passed.empty() ? Future<Results>::Ready(Results()) : right->Append(passed);
    };
    return core_->Later<Results>(whole, std::move(make))
        .Map([core = core_, plans = std::move(plans)](Results results) mutable {
          return Merge(*core, std::move(plans), std::move(results));
        });
  }

  Future<EventsPage> ReadEvents(EventsRequest request) override {
    return Call<EventsPage>(*core_, StorageCall::kReadEvents, request.persistence_id,
                            [right = right_, request] { return right->ReadEvents(request); });
  }
  Future<JournalHead> ReadHead(std::string id) override { return right_->ReadHead(std::move(id)); }
  Future<void> DeleteEvents(std::string id, uint64_t epoch, int64_t to_seq) override {
    return Call<void>(*core_, StorageCall::kDeleteEvents, id, [right = right_, id, epoch, to_seq] {
      return right->DeleteEvents(id, epoch, to_seq);
    });
  }
  Future<IdsPage> ListIds(int64_t after, int64_t ids_max) override {
    return right_->ListIds(after, ids_max);
  }
  Future<TaggedPage> ReadByTag(std::string tag, int64_t after, int64_t events_max) override {
    return right_->ReadByTag(std::move(tag), after, events_max);
  }

 private:
  const std::shared_ptr<Core> core_;
  const std::shared_ptr<Journal> right_;
};

class FaultySnapshots final : public SnapshotStore {
 public:
  FaultySnapshots(std::shared_ptr<Core> core, std::shared_ptr<SnapshotStore> right)
      : core_(std::move(core)), right_(std::move(right)) {}
  std::string_view name() const override { return right_->name(); }

  Future<SnapshotLoad> Load(std::string id, SnapshotCriteria criteria) override {
    return Call<SnapshotLoad>(*core_, StorageCall::kLoadSnapshot, id,
                              [right = right_, id, criteria] { return right->Load(id, criteria); });
  }
  Future<SaveResult> Save(SnapshotRecord snapshot) override {
    StoredRecord record{snapshot.persistence_id, snapshot.seq, snapshot.manifest, snapshot.version,
                        snapshot.payload};
    return Write<SaveResult>(
        core_, StorageCall::kSaveSnapshot, RecordKind::kSnapshot, std::move(record),
        [right = right_, snapshot = std::move(snapshot)] { return right->Save(snapshot); });
  }
  Future<void> Delete(std::string id, uint64_t epoch, SnapshotCriteria criteria) override {
    return Call<void>(
        *core_, StorageCall::kDeleteSnapshots, id,
        [right = right_, id, epoch, criteria] { return right->Delete(id, epoch, criteria); });
  }

 private:
  const std::shared_ptr<Core> core_;
  const std::shared_ptr<SnapshotStore> right_;
};

class FaultyStates final : public DurableStateStore {
 public:
  FaultyStates(std::shared_ptr<Core> core, std::shared_ptr<DurableStateStore> right)
      : core_(std::move(core)), right_(std::move(right)) {}
  std::string_view name() const override { return right_->name(); }

  Future<StateGrant> AcquireWriter(std::string id) override {
    return Call<StateGrant>(*core_, StorageCall::kAcquireState, id,
                            [right = right_, id] { return right->AcquireWriter(id); });
  }
  Future<StateGrant> Read(std::string id) override { return right_->Read(std::move(id)); }
  Future<StateResult> Upsert(StateRecord state) override {
    StoredRecord record{state.persistence_id, state.revision, state.manifest, state.version,
                        state.payload};
    return Write<StateResult>(
        core_, StorageCall::kUpsertState, RecordKind::kState, std::move(record),
        [right = right_, state = std::move(state)] { return right->Upsert(state); });
  }
  // A deletion is a revision of no bytes and no manifest.
  Future<StateResult> Delete(std::string id, uint64_t epoch, int64_t revision) override {
    return Write<StateResult>(
        core_, StorageCall::kDeleteState, RecordKind::kState, {id, revision, "", 1, ""},
        [right = right_, id, epoch, revision] { return right->Delete(id, epoch, revision); });
  }
  Future<IdsPage> ListIds(int64_t after, int64_t ids_max) override {
    return right_->ListIds(after, ids_max);
  }

 private:
  const std::shared_ptr<Core> core_;
  const std::shared_ptr<DurableStateStore> right_;
};

}  // namespace

StoragePlugins PluginsWithFaults(const std::shared_ptr<Core>& core, const StoragePlugins& right) {
  StoragePlugins plugins;
  if (right.journal != nullptr) {
    plugins.journal = std::make_shared<FaultyJournal>(core, right.journal);
  }
  if (right.snapshots != nullptr) {
    plugins.snapshots = std::make_shared<FaultySnapshots>(core, right.snapshots);
  }
  if (right.states != nullptr) {
    plugins.states = std::make_shared<FaultyStates>(core, right.states);
  }
  return plugins;
}

}  // namespace sampo::persistence::internal
