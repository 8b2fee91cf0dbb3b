// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/tck/wrong_plugins.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "sampo/persistence/record_limits.h"
#include "sampo/persistence/tck/records.h"

namespace sampo::persistence::tck {
namespace {

// What a wrapper may know about all ids, to get past the plugin it wraps.
class Newest {
 public:
  void Note(const std::string& id, uint64_t epoch) {
    const std::lock_guard lock(mutex_);
    epochs_[id] = epoch;
  }
  uint64_t Epoch(const std::string& id) {
    const std::lock_guard lock(mutex_);
    return epochs_[id];
  }
  // How often it was called.
  int64_t Count() {
    const std::lock_guard lock(mutex_);
    return ++count_;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, uint64_t> epochs_;  // guarded by mutex_
  int64_t count_ = 0;                       // guarded by mutex_
};

std::string LowerCase(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// A failure that says too little.
template <class T>
Future<T> Cancelled(Future<T> future) {
  return std::move(future).Recover([](const absl::Status& status) -> FutureResult<T> {
    return absl::IsUnavailable(status) ? absl::CancelledError("promise dropped") : status;
  });
}

class WrongJournal final : public Journal {
 public:
  // `snapshots` go with the events, where that is what is wrong.
  WrongJournal(std::shared_ptr<Journal> right, std::string wrong,
               std::shared_ptr<SnapshotStore> snapshots = nullptr)
      : right_(std::move(right)), wrong_(std::move(wrong)), snapshots_(std::move(snapshots)) {}
  std::string_view name() const override { return "journal wrong"; }

  Future<WriterGrant> AcquireWriter(std::string id) override {
    if (Breaks("RefusesWhatIsNoId") && id.empty()) id = "nobody";
    if (Breaks("KeepsIdsApart")) id = LowerCase(id);
    return Changed(right_->AcquireWriter(id), [this, id](WriterGrant& grant) {
      newest_->Note(id, grant.epoch);
      if (Breaks("GrantsGrowingEpochs")) grant.epoch = 1;
      if (Breaks("DeletingKeepsTheHighest") && grant.deleted_to == grant.highest_seq) {
        grant.highest_seq = 0;
      }
      if (Breaks("KeepsEverythingForTheNextSystem"))
        grant.epoch = std::min<uint64_t>(grant.epoch, 1);
    });
  }

  Future<std::vector<AppendResult>> Append(std::vector<AtomicAppend> batch) override {
    const bool loses = Breaks("KeepsTheOrderOfAppends") && newest_->Count() == 20;
    for (AtomicAppend& append : batch) Bend(append);
    if (loses) batch.clear();
    return Changed(right_->Append(std::move(batch)), [=, this](std::vector<AppendResult>& results) {
      if (Breaks("StoresABatchOfSeveralIds") && results.size() > 1) results.pop_back();
      if (loses) results.push_back({WriteOutcome::kWritten, absl::OkStatus()});
      for (AppendResult& result : results) {
        if (Breaks("FencesAnOldEpoch") && result.outcome == WriteOutcome::kFenced) {
          result.status = absl::FailedPreconditionError("fenced");
        }
        if (Breaks("FencesAnIdWithoutAWriter")) result = {WriteOutcome::kWritten, absl::OkStatus()};
      }
    });
  }

  Future<EventsPage> ReadEvents(EventsRequest request) override {
    if (Breaks("AWrongChainIsDataLoss")) request.hash_before.reset();
    const bool inside = request.from_seq > 1 && request.hash_before.has_value();
    const int64_t events_max = request.events_max;
    if (Breaks("ReplaysRanges") && request.to_seq < kSeqMax) ++request.to_seq;
    return Changed(right_->ReadEvents(std::move(request)), [=, this](EventsPage& page) {
      if (Breaks("DeletesUpTo") && page.head.deleted_to > 0) page.head.deleted_to = 0;
      if (Breaks("ReplaysPages")) page.at_end = page.events.size() < size_t(events_max);
      if (Breaks("StreamsEventsOfAnId")) page.at_end = true;
      if (Breaks("ChainsEvents")) page.hash_after.reset();
      if (Breaks("ChainsBehindDeletedEvents") && page.head.deleted_to > 0 && !inside) {
        page.hash_after.reset();
      }
      for (StoredEvent& event : page.events) Bend(event);
    });
  }

  Future<JournalHead> ReadHead(std::string id) override {
    if (Breaks("KeepsIdsApart")) id = LowerCase(id);
    if (Breaks("KnowsNothingAtFirst")) {
      return right_->AcquireWriter(id).Map([](WriterGrant grant) { return JournalHead(grant); });
    }
    return Changed(right_->ReadHead(std::move(id)), [this](JournalHead& head) {
      if (Breaks("DeletesAtMostAll") && head.deleted_to == head.highest_seq) head.highest_seq = 0;
    });
  }

  Future<void> DeleteEvents(std::string id, uint64_t epoch, int64_t to_seq) override {
    if (Breaks("KeepsIdsApart")) id = LowerCase(id);
    if (Breaks("FencesADelete")) epoch = newest_->Epoch(id);
    Future<void> deleted = right_->DeleteEvents(id, epoch, to_seq);
    if (!Breaks("KeepsThemWithoutEvents")) return deleted;
    return std::move(deleted).FlatMap(
        [snapshots = snapshots_, id, epoch] { return snapshots->Delete(id, epoch, {}); });
  }

  Future<IdsPage> ListIds(int64_t after, int64_t ids_max) override {
    return Changed(right_->ListIds(after, ids_max), [this](IdsPage& page) {
      if (Breaks("ListsIdsInPages") && !page.at_end) --page.next;
      if (Breaks("StreamsAllIds")) std::reverse(page.ids.begin(), page.ids.end());
    });
  }

  Future<TaggedPage> ReadByTag(std::string tag, int64_t after, int64_t events_max) override {
    if (Breaks("FindsEventsByTag")) tag = LowerCase(tag);
    if (Breaks("StreamsEventsByTag") && after > 0) --after;
    return Changed(right_->ReadByTag(std::move(tag), after, events_max), [this](TaggedPage& page) {
      if (Breaks("TagsMissNothing")) ++page.next;  // as if orderings had no gaps
    });
  }

 private:
  bool Breaks(const char* rule) const { return wrong_ == rule; }

  // What the future brings, changed by `change`; with another failure after the end.
  template <class T, class F>
  Future<T> Changed(Future<T> future, F change) {
    if (Breaks("IsUnavailableAfterTheEnd")) return Cancelled(std::move(future));
    return std::move(future).Map([change](T value) mutable {
      change(value);
      return value;
    });
  }

  void Bend(AtomicAppend& append) {
    if (Breaks("KeepsIdsApart")) append.persistence_id = LowerCase(append.persistence_id);
    const uint64_t newest = newest_->Epoch(append.persistence_id);
    if (Breaks("OneWriterAtATime") || Breaks("FencedAppendLeavesItsNeighbours")) {
      append.epoch = newest;
    }
    if (Breaks("FencesAWrongPlace") && append.after_seq == 3) append.after_seq = 2;
    if (Breaks("StoresAnAppendOfSeveral") && append.events.size() == 5) append.events.pop_back();
    if (Breaks("RejectedAppendLeavesItsNeighbours") && append.events.back().manifest.empty()) {
      append.events.pop_back();
    }
    if (Breaks("RejectsAnEmptyAppend") && append.events.empty()) append.events = {EventOf("none")};
    for (EventRecord& event : append.events) {
      if (Breaks("RejectsATooLargePayload")) event.payload.resize(1);
      if (Breaks("RejectsAWrongManifest")) event.manifest.resize(1);
      if (Breaks("RejectsWrongTags") && event.tags.size() > 1) event.tags.resize(1);
    }
  }

  void Bend(StoredEvent& event) {
    if (Breaks("KeepsEveryByte")) event.payload = event.payload.c_str();  // up to the first zero
    if (Breaks("ReplaysLargePayloads") && event.payload.size() > 1000) event.payload.resize(1000);
    if (Breaks("NeverRepeatsAnOrdering")) event.ordering = event.seq;
  }

  const std::shared_ptr<Journal> right_;
  const std::string wrong_;
  const std::shared_ptr<SnapshotStore> snapshots_;
  const std::shared_ptr<Newest> newest_ = std::make_shared<Newest>();
};

class WrongSnapshots final : public SnapshotStore {
 public:
  WrongSnapshots(std::shared_ptr<SnapshotStore> right, std::string wrong)
      : right_(std::move(right)), wrong_(std::move(wrong)) {}
  std::string_view name() const override { return "snapshots wrong"; }

  Future<SnapshotLoad> Load(std::string id, SnapshotCriteria criteria) override {
    if (Breaks("LoadsByCriteria")) criteria.written_at_micros_max = kSeqMax;
    if (Breaks("LoadsTheNewest") && criteria.seq_max == kSeqMax) criteria.seq_max = 40;
    const auto change = [this](SnapshotLoad load) -> absl::StatusOr<SnapshotLoad> {
      if (Breaks("KeepsEveryByte") && load.snapshot) load.snapshot->metadata.clear();
      if (Breaks("KeepsThemForTheNextSystem")) load.snapshot.reset();
      if (Breaks("LoadsNothingAtFirst") && !load.snapshot) return absl::NotFoundError("none");
      return load;
    };
    Future<SnapshotLoad> load = right_->Load(std::move(id), criteria);
    if (Breaks("IsUnavailableAfterTheEnd")) return Cancelled(std::move(load));
    return std::move(load).Map(change);
  }
  Future<SaveResult> Save(SnapshotRecord snapshot) override {
    newest_->Note(snapshot.persistence_id, snapshot.epoch);
    if (Breaks("FencesASave")) snapshot.epoch = std::max(newest_->Epoch(""), snapshot.epoch);
    if (Breaks("RejectsWhatDoesNotFit")) snapshot.manifest.resize(1, 'm');
    if (Breaks("ReplacesTheSameNumber") && snapshot.version == 7) {
      return Future<SaveResult>::Ready(SaveResult{WriteOutcome::kWritten, absl::OkStatus()});
    }
    return right_->Save(std::move(snapshot)).Map([this](SaveResult result) {
      if (Breaks("FencesASave") && result.outcome == WriteOutcome::kFenced) {
        return SaveResult{WriteOutcome::kRejected, result.status};
      }
      return result;
    });
  }
  Future<void> Delete(std::string id, uint64_t epoch, SnapshotCriteria criteria) override {
    if (Breaks("DeletesByCriteria")) criteria.seq_min = 0;
    const std::string other = LowerCase(id);
    Future<void> deleted = right_->Delete(std::move(id), epoch, criteria);
    if (Breaks("DeletesOnlyItsOwn")) {
      return std::move(deleted).FlatMap([right = right_, other, epoch, criteria] {
        return right->Delete(other, epoch, criteria);
      });
    }
    if (!Breaks("FencesADelete")) return deleted;
    return deleted.Recover([](const absl::Status&) { return absl::OkStatus(); });
  }

 private:
  bool Breaks(const char* rule) const { return wrong_ == rule; }

  const std::shared_ptr<SnapshotStore> right_;
  const std::string wrong_;
  const std::shared_ptr<Newest> newest_ = std::make_shared<Newest>();
};

class WrongStates final : public DurableStateStore {
 public:
  WrongStates(std::shared_ptr<DurableStateStore> right, std::string wrong)
      : right_(std::move(right)), wrong_(std::move(wrong)) {}
  std::string_view name() const override { return "state wrong"; }

  Future<StateGrant> AcquireWriter(std::string id) override {
    if (Breaks("KeepsIdsApart")) id = LowerCase(id);
    return right_->AcquireWriter(id).Map([this, id](StateGrant grant) {
      newest_->Note(id, grant.epoch);
      if (Breaks("KeepsTheNewest")) grant.state.reset();
      return grant;
    });
  }
  Future<StateGrant> Read(std::string id) override {
    if (Breaks("ReadingTakesNothingOver")) return AcquireWriter(std::move(id));
    if (Breaks("KeepsIdsApart")) id = LowerCase(id);
    Future<StateGrant> read = right_->Read(id);
    if (Breaks("IsUnavailableAfterTheEnd")) return Cancelled(std::move(read));
    return std::move(read).Map([this, id](StateGrant grant) {
      if (Breaks("DeletingKeepsTheRevision") && !grant.state.has_value()) grant.revision = 0;
      if (Breaks("KeepsEveryByte") && grant.state.has_value()) grant.state->tag.clear();
      if (Breaks("KnowsNothingAtFirst") && grant.epoch == 0) grant.state.emplace();
      // Of a system before: this wrapper is made anew for each.
      const bool is_older = newest_->Epoch(id) == 0;
      return Breaks("KeepsThemForTheNextSystem") && is_older ? StateGrant() : grant;
    });
  }
  Future<StateResult> Upsert(StateRecord state) override {
    if (Breaks("KeepsIdsApart")) state.persistence_id = LowerCase(state.persistence_id);
    if (Breaks("FencesAnOldEpoch")) state.epoch = newest_->Epoch(state.persistence_id);
    if (Breaks("FencesAWrongRevision") && state.revision == 5) state.revision = 4;
    if (Breaks("RejectsWhatDoesNotFit") && state.tag.size() > kTagBytesMax) state.tag.clear();
    return right_->Upsert(std::move(state)).Map([this](StateResult result) {
      if (Breaks("OneWriterAtATime")) result = {WriteOutcome::kWritten, absl::OkStatus()};
      return result;
    });
  }
  Future<StateResult> Delete(std::string id, uint64_t epoch, int64_t revision) override {
    if (Breaks("KeepsIdsApart")) id = LowerCase(id);
    if (!Breaks("DeletesWhatIsNotThere")) {
      return right_->Delete(std::move(id), epoch, revision);
    }
    return right_->Read(id).FlatMap([right = right_, id, epoch, revision](StateGrant now) {
      return now.state.has_value() ? right->Delete(id, epoch, revision)
                                   : Future<StateResult>::Ready(StateResult{
                                         WriteOutcome::kRejected, absl::NotFoundError("no state")});
    });
  }
  Future<IdsPage> ListIds(int64_t after, int64_t ids_max) override {
    return right_->ListIds(after, ids_max).Map([this](IdsPage page) {
      if (Breaks("ListsIdsInPages") && !page.at_end) ++page.next;
      return page;
    });
  }

 private:
  bool Breaks(const char* rule) const { return wrong_ == rule; }

  const std::shared_ptr<DurableStateStore> right_;
  const std::string wrong_;
  const std::shared_ptr<Newest> newest_ = std::make_shared<Newest>();
};

}  // namespace

StoragePlugins WrongStorage::Wrap(StoragePlugins plugins) {
  switch (part_) {
    case Part::kJournal:
    case Part::kQueries:
      plugins.journal = std::make_shared<WrongJournal>(std::move(plugins.journal), wrong_);
      break;
    case Part::kSnapshots:
      if (wrong_ == "KeepsThemWithoutEvents") {
        plugins.journal =
            std::make_shared<WrongJournal>(std::move(plugins.journal), wrong_, plugins.snapshots);
      }
      plugins.snapshots = std::make_shared<WrongSnapshots>(std::move(plugins.snapshots), wrong_);
      break;
    case Part::kStates:
      plugins.states = std::make_shared<WrongStates>(std::move(plugins.states), wrong_);
      break;
  }
  return plugins;
}

absl::StatusOr<StoragePlugins> WrongStorage::Open(ActorSystemBase& system) {
  return Wrap(storage_.PluginsFor(system));
}

std::optional<absl::StatusOr<StoragePlugins>> WrongStorage::OpenBounded(ActorSystemBase& system,
                                                                        int64_t queue_max) {
  if (wrong_ == "BoundsItsQueue") queue_max = 1000;
  return Wrap(storage_.PluginsFor(system, {.queue_max = queue_max}));
}

}  // namespace sampo::persistence::tck
