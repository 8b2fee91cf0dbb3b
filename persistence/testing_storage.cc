// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/testing_storage.h"

#include <algorithm>
#include <utility>

#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/record_digest.h"

namespace sampo::persistence::testing {
namespace {

bool Within(const SnapshotRecord& snapshot, const SnapshotCriteria& criteria) {
  return snapshot.seq >= criteria.seq_min && snapshot.seq <= criteria.seq_max &&
         snapshot.written_at_micros <= criteria.written_at_micros_max;
}

absl::Status FencedBy(const std::string& id, uint64_t epoch, uint64_t newest) {
  return absl::FailedPreconditionError(
      StrCat(id, ": epoch ", epoch, " is fenced by epoch ", newest));
}

// A future whose promise a gate can keep.
template <class T>
std::pair<std::shared_ptr<Promise<T>>, Future<T>> MakePromise() {
  auto promise = std::make_shared<Promise<T>>();
  Future<T> future = promise->future();
  return {std::move(promise), std::move(future)};
}

}  // namespace

void TestingStorage::NextAppend(AppendFate fate, int times) {
  std::lock_guard guard(mutex_);
  fates_.insert(fates_.end(), static_cast<size_t>(times), fate);
}

void TestingStorage::SetHold(Gate& gate, bool hold) {
  {
    std::lock_guard guard(mutex_);
    gate.hold = hold;
  }
  while (!hold && ReleaseOne(gate)) {
  }
}

bool TestingStorage::ReleaseOne(Gate& gate) {
  std::function<void()> answer;
  {
    std::lock_guard guard(mutex_);
    if (gate.waiting.empty()) return false;
    answer = std::move(gate.waiting.front());
    gate.waiting.pop_front();
  }
  answer();
  return true;
}

void TestingStorage::Pass(Gate& gate, std::function<void()> answer) {
  {
    std::lock_guard guard(mutex_);
    if (gate.hold) {
      gate.waiting.push_back(std::move(answer));
      reads_max_ = std::max(reads_max_, static_cast<int>(reads_.waiting.size()));
      return;
    }
  }
  answer();
}

void TestingStorage::FailSnapshots(bool fail) {
  std::lock_guard guard(mutex_);
  fail_saves_ = fail;
}

void TestingStorage::FailLoads(bool fail) {
  std::lock_guard guard(mutex_);
  fail_loads_ = fail;
}

void TestingStorage::Break(
    const std::function<void(std::vector<StoredEvent>&, std::vector<SnapshotRecord>&)>& change,
    const std::string& id) {
  std::lock_guard guard(mutex_);
  change(entities_[id].events, entities_[id].snapshots);
}

std::vector<StoredEvent> TestingStorage::EventsOf(const std::string& id) const {
  std::lock_guard guard(mutex_);
  const auto found = entities_.find(id);
  return found == entities_.end() ? std::vector<StoredEvent>() : found->second.events;
}

std::vector<SnapshotRecord> TestingStorage::SnapshotsOf(const std::string& id) const {
  std::lock_guard guard(mutex_);
  const auto found = entities_.find(id);
  return found == entities_.end() ? std::vector<SnapshotRecord>() : found->second.snapshots;
}

JournalHead TestingStorage::HeadOf(const std::string& id) const {
  std::lock_guard guard(mutex_);
  const auto found = entities_.find(id);
  return found == entities_.end() ? JournalHead() : found->second.head;
}

std::vector<std::string> TestingStorage::TakeLog() {
  std::lock_guard guard(mutex_);
  return std::exchange(log_, {});
}

int TestingStorage::held_appends() const {
  std::lock_guard guard(mutex_);
  return static_cast<int>(appends_.waiting.size());
}

int TestingStorage::reads_max() const {
  std::lock_guard guard(mutex_);
  return reads_max_;
}

Future<WriterGrant> TestingStorage::AcquireWriter(std::string persistence_id) {
  std::lock_guard guard(mutex_);
  JournalHead& head = entities_[persistence_id].head;
  ++head.epoch;
  return Future<WriterGrant>::Ready(WriterGrant{head});
}

AppendResult TestingStorage::AppendOne(AtomicAppend append) {
  std::lock_guard guard(mutex_);
  log_.push_back(StrCat("append ", append.persistence_id, " ", append.events.size()));
  AppendFate fate = AppendFate::kStore;
  if (!fates_.empty()) {
    fate = fates_.front();
    fates_.pop_front();
  }
  Entity& entity = entities_[append.persistence_id];
  JournalHead& head = entity.head;
  const absl::Status failure = absl::UnavailableError("as the test said");
  if (fate == AppendFate::kReject) return {WriteOutcome::kRejected, failure, {}};
  if (fate == AppendFate::kNoRoom) return {WriteOutcome::kNoRoom, failure, {}};
  if (fate == AppendFate::kFail) return {WriteOutcome::kFailed, failure, {}};
  if (append.epoch != head.epoch || append.after_seq != head.highest_seq) {
    return {WriteOutcome::kFenced, FencedBy(append.persistence_id, append.epoch, head.epoch), {}};
  }
  RecordDigest digest;
  for (EventRecord& event : append.events) {
    StoredEvent stored;
    static_cast<EventRecord&>(stored) = std::move(event);
    stored.seq = ++head.highest_seq;
    stored.epoch = append.epoch;
    stored.ordering = ++ordering_;
    digest.SetEvent(append.persistence_id, stored);
    head.hash = digest.ChainAfter(head.hash);
    entity.events.push_back(std::move(stored));
  }
  if (fate == AppendFate::kStoreAndFail) return {WriteOutcome::kFailed, failure, {}};
  return {WriteOutcome::kWritten, absl::OkStatus(), head.hash};
}

Future<std::vector<AppendResult>> TestingStorage::Append(std::vector<AtomicAppend> batch) {
  auto [promise, future] = MakePromise<std::vector<AppendResult>>();
  auto shared = std::make_shared<std::vector<AtomicAppend>>(std::move(batch));
  Pass(appends_, [this, shared, promise = promise] {
    std::vector<AppendResult> results;
    for (AtomicAppend& append : *shared) results.push_back(AppendOne(std::move(append)));
    promise->Complete(std::move(results));
  });
  return std::move(future);
}

EventsPage TestingStorage::Page(const EventsRequest& request) const {
  EventsPage page;
  const auto found = entities_.find(request.persistence_id);
  page.at_end = true;
  page.hash_after = request.hash_before;
  if (found == entities_.end()) return page;
  page.head = found->second.head;
  RecordDigest digest;
  std::optional<ChainHash> hash = request.hash_before;
  if (request.from_seq == 1) hash = ChainHash{};
  for (const StoredEvent& event : found->second.events) {
    if (event.seq < request.from_seq || event.seq > request.to_seq) continue;
    if (static_cast<int64_t>(page.events.size()) == request.events_max) {
      page.at_end = false;
      break;
    }
    page.events.push_back(event);
    digest.SetEvent(request.persistence_id, event);
    if (hash.has_value()) hash = digest.ChainAfter(*hash);
  }
  page.hash_after = hash;
  return page;
}

Future<EventsPage> TestingStorage::ReadEvents(EventsRequest request) {
  auto [promise, future] = MakePromise<EventsPage>();
  Pass(reads_, [this, request = std::move(request), promise = promise] {
    EventsPage page;
    {
      std::lock_guard guard(mutex_);
      page = Page(request);
    }
    promise->Complete(std::move(page));
  });
  return std::move(future);
}

Future<JournalHead> TestingStorage::ReadHead(std::string persistence_id) {
  return Future<JournalHead>::Ready(HeadOf(persistence_id));
}

Future<void> TestingStorage::DeleteEvents(std::string persistence_id, uint64_t epoch,
                                          int64_t to_seq) {
  auto [promise, future] = MakePromise<void>();
  Pass(deletes_, [this, id = std::move(persistence_id), epoch, to_seq, promise = promise] {
    absl::Status status;
    {
      std::lock_guard guard(mutex_);
      log_.push_back(StrCat("delete-events ", id, " ", to_seq));
      Entity& entity = entities_[id];
      if (epoch != entity.head.epoch) {
        status = FencedBy(id, epoch, entity.head.epoch);
      } else {
        std::erase_if(entity.events, [&](const StoredEvent& e) { return e.seq <= to_seq; });
        entity.head.deleted_to =
            std::max(entity.head.deleted_to, std::min(to_seq, entity.head.highest_seq));
      }
    }
    promise->Complete(status);
  });
  return std::move(future);
}

Future<IdsPage> TestingStorage::ListIds(int64_t, int64_t) {
  return Future<IdsPage>::Failed(absl::UnimplementedError("no test asks for it"));
}

Future<TaggedPage> TestingStorage::ReadByTag(std::string, int64_t, int64_t) {
  return Future<TaggedPage>::Failed(absl::UnimplementedError("no test asks for it"));
}

Future<SnapshotLoad> TestingStorage::Load(std::string persistence_id, SnapshotCriteria criteria) {
  auto [promise, future] = MakePromise<SnapshotLoad>();
  Pass(loads_, [this, id = std::move(persistence_id), criteria, promise = promise] {
    absl::StatusOr<SnapshotLoad> load = SnapshotLoad();
    {
      std::lock_guard guard(mutex_);
      if (fail_loads_) load = absl::UnavailableError("as the test said");
      for (const SnapshotRecord& each : entities_[id].snapshots) {
        if (load.ok() && Within(each, criteria)) load->snapshot = each;
      }
    }
    promise->Complete(std::move(load));
  });
  return std::move(future);
}

Future<SaveResult> TestingStorage::Save(SnapshotRecord snapshot) {
  auto [promise, future] = MakePromise<SaveResult>();
  Pass(saves_, [this, snapshot = std::move(snapshot), promise = promise] {
    SaveResult result{WriteOutcome::kWritten, absl::OkStatus()};
    {
      std::lock_guard guard(mutex_);
      log_.push_back(StrCat("save ", snapshot.persistence_id, " ", snapshot.seq));
      Entity& entity = entities_[snapshot.persistence_id];
      if (fail_saves_) {
        result = {WriteOutcome::kFailed, absl::UnavailableError("as the test said")};
      } else if (snapshot.epoch != entity.head.epoch) {
        result = {WriteOutcome::kFenced,
                  FencedBy(snapshot.persistence_id, snapshot.epoch, entity.head.epoch)};
      } else {
        std::erase_if(entity.snapshots,
                      [&](const SnapshotRecord& each) { return each.seq == snapshot.seq; });
        entity.snapshots.push_back(snapshot);
      }
    }
    promise->Complete(std::move(result));
  });
  return std::move(future);
}

Future<void> TestingStorage::Delete(std::string persistence_id, uint64_t epoch,
                                    SnapshotCriteria criteria) {
  auto [promise, future] = MakePromise<void>();
  Pass(deletes_, [this, id = std::move(persistence_id), epoch, criteria, promise = promise] {
    absl::Status status;
    {
      std::lock_guard guard(mutex_);
      log_.push_back(StrCat("delete-snapshots ", id, " ", criteria.seq_max));
      Entity& entity = entities_[id];
      if (epoch != entity.head.epoch) {
        status = FencedBy(id, epoch, entity.head.epoch);
      } else {
        std::erase_if(entity.snapshots,
                      [&](const SnapshotRecord& each) { return Within(each, criteria); });
      }
    }
    promise->Complete(status);
  });
  return std::move(future);
}

}  // namespace sampo::persistence::testing
