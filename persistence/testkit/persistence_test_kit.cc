// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/testkit/persistence_test_kit.h"

#include <algorithm>

#include "gtest/gtest.h"
#include "sampo/actor/after.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/testkit/internal/fault_core.h"

namespace sampo::persistence {
namespace {

bool IsWrite(StorageCall call) {
  return call == StorageCall::kAppend || call == StorageCall::kSaveSnapshot ||
         call == StorageCall::kUpsertState || call == StorageCall::kDeleteState;
}

const char* NameOf(RecordKind kind) {
  if (kind == RecordKind::kEvent) return "event";
  return kind == RecordKind::kSnapshot ? "snapshot" : "state";
}

}  // namespace

void PersistenceTestKit::Core::NoteEnd() {
  std::vector<std::shared_ptr<Promise<void>>> delayed;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    delayed.swap(delayed_);
  }
  for (const auto& each : delayed) {
    each->Complete(absl::UnavailableError("test kit: the system has ended"));
  }
}

Future<void> PersistenceTestKit::Core::Delay(absl::Duration delay) {
  auto promise = std::make_shared<Promise<void>>();
  Future<void> due = promise->future();
  {
    const std::lock_guard lock(mutex_);
    if (ended_) return Future<void>::Ready();
    delayed_.push_back(promise);
  }
  After(system_, delay).OnComplete([core = shared_from_this(), promise](const absl::Status&) {
    {
      const std::lock_guard lock(core->mutex_);
      std::erase(core->delayed_, promise);
    }
    promise->Complete();  // nothing, where the end of the system was faster
  });
  return due;
}

void PersistenceTestKit::Core::Add(Fault fault) {
  SAMPO_CHECK(fault.left >= 1, "PersistenceTestKit: the next 0 calls");
  const std::lock_guard lock(mutex_);
  faults_.push_back(std::move(fault));
}

Verdict PersistenceTestKit::Core::Take(StorageCall call, std::string_view id) {
  Verdict verdict;
  const std::lock_guard lock(mutex_);
  for (Fault& fault : faults_) {
    const bool fits = fault.call == call && (fault.id.empty() || fault.id == id);
    const bool delay = fault.kind == FaultKind::kDelay;
    const bool wanted = delay ? verdict.delay == absl::ZeroDuration() : !verdict.fault.has_value();
    if (!fits || !wanted) continue;
    --fault.left;
    if (delay) {
      verdict.delay = fault.delay;
    } else {
      verdict.fault = fault;
    }
  }
  std::erase_if(faults_, [](const Fault& fault) { return fault.left == 0; });
  return verdict;
}

int PersistenceTestKit::Core::faults_left() const {
  const std::lock_guard lock(mutex_);
  int left = 0;
  for (const Fault& fault : faults_) left += fault.left;
  return left;
}

void PersistenceTestKit::Core::ClearFaults() {
  const std::lock_guard lock(mutex_);
  faults_.clear();
}

void PersistenceTestKit::Core::Clear() {
  const std::lock_guard lock(mutex_);
  faults_.clear();
  tracks_.clear();
}

void PersistenceTestKit::Core::Record(RecordKind kind, StoredRecord record) {
  std::vector<Promise<void>> waiting;
  {
    const std::lock_guard lock(mutex_);
    Track& track = tracks_[{kind, record.persistence_id}];
    track.records.push_back(std::move(record));
    waiting.swap(track.waiting);
  }
  for (Promise<void>& promise : waiting) promise.Complete();
}

absl::StatusOr<StoredRecord> PersistenceTestKit::Core::Next(RecordKind kind, std::string_view id,
                                                            absl::Duration timeout) {
  while (true) {
    Promise<void> promise;
    Future<void> came = promise.future();
    size_t taken = 0;
    {
      const std::lock_guard lock(mutex_);
      Track& track = tracks_[{kind, std::string(id)}];
      taken = track.taken;
      if (taken < track.records.size()) return track.records[track.taken++];
      track.waiting.push_back(std::move(promise));
    }
    const absl::Status waited = Await(came, timeout);
    if (absl::IsDeadlineExceeded(waited)) {
      return absl::DeadlineExceededError(
          StrCat("no further ", NameOf(kind), " of ", id, " was stored within ",
                 absl::FormatDuration(timeout), ", behind the ", taken, " that were taken before"));
    }
    if (!waited.ok()) return waited;  // Clear was called, or this thread must not wait
  }
}

PersistenceTestKit::PersistenceTestKit(ActorSystemBase& system)
    : PersistenceTestKit(system, InMemoryStorage()) {}

PersistenceTestKit::PersistenceTestKit(ActorSystemBase& system, InMemoryStorage storage)
    : core_(std::make_shared<Core>(system)),
      right_(storage.PluginsFor(system)),
      plugins_(internal::PluginsWithFaults(core_, right_)),
      storage_(std::move(storage)) {
  system.WhenTerminated().OnComplete([core = core_](const absl::Status&) { core->NoteEnd(); });
}

PersistenceTestKit::PersistenceTestKit(ActorSystemBase& system, StoragePlugins plugins)
    : core_(std::make_shared<Core>(system)),
      right_(std::move(plugins)),
      plugins_(internal::PluginsWithFaults(core_, right_)) {
  system.WhenTerminated().OnComplete([core = core_](const absl::Status&) { core->NoteEnd(); });
}

PersistenceTestKit::~PersistenceTestKit() { core_->ClearFaults(); }

StoragePlugins PersistenceTestKit::plugins() const { return plugins_; }

const InMemoryStorage& PersistenceTestKit::storage() const {
  SAMPO_CHECK(storage_.has_value(), "PersistenceTestKit::storage: the kit is around other plugins");
  return *storage_;
}

void PersistenceTestKit::FailNext(StorageCall call, int count, std::string_view id) {
  FailNextWith(absl::UnavailableError("test kit: told to fail"), call, count, id);
}

void PersistenceTestKit::FailNextWith(absl::Status status, StorageCall call, int count,
                                      std::string_view id) {
  SAMPO_CHECK(!status.ok(), "PersistenceTestKit: a failure with an OK status");
  core_->Add({call, std::string(id), count, FaultKind::kFail, std::move(status), {}});
}

void PersistenceTestKit::StoreAndFailNext(StorageCall call, int count, std::string_view id) {
  core_->Add({call,
              std::string(id),
              count,
              FaultKind::kStoreAndFail,
              absl::UnavailableError("test kit: told to store and fail"),
              {}});
}

void PersistenceTestKit::RejectNext(StorageCall call, int count, std::string_view id) {
  SAMPO_CHECK(IsWrite(call), "PersistenceTestKit: only writes are rejected");
  core_->Add({call,
              std::string(id),
              count,
              FaultKind::kReject,
              absl::InvalidArgumentError("test kit: told to reject"),
              {}});
}

void PersistenceTestKit::NoRoomNext(StorageCall call, int count, std::string_view id) {
  core_->Add({call,
              std::string(id),
              count,
              FaultKind::kNoRoom,
              absl::ResourceExhaustedError("test kit: told to have no room"),
              {}});
}

void PersistenceTestKit::DelayNext(StorageCall call, absl::Duration delay, int count,
                                   std::string_view id) {
  core_->Add({call, std::string(id), count, FaultKind::kDelay, absl::OkStatus(), delay});
}

int PersistenceTestKit::faults_left() const { return core_->faults_left(); }

void PersistenceTestKit::ClearFaults() { core_->ClearFaults(); }

void PersistenceTestKit::Clear() {
  core_->Clear();
  if (storage_.has_value()) storage_->Clear();
}

std::vector<StoredEvent> PersistenceTestKit::EventsInStorage(std::string_view id, Where where) {
  std::vector<StoredEvent> events;
  EventsRequest request{.persistence_id = std::string(id)};
  while (true) {
    absl::StatusOr<EventsPage> page = Await(right_.journal->ReadEvents(request), kWait);
    Report(where, page.status());
    if (!page.ok() || page->events.empty()) return events;
    request.from_seq = page->events.back().seq + 1;
    request.hash_before = page->hash_after;
    for (StoredEvent& event : page->events) events.push_back(std::move(event));
    if (page->at_end) return events;
  }
}

absl::StatusOr<StoredRecord> PersistenceTestKit::NextEvent(std::string_view id,
                                                           absl::Duration timeout) {
  return core_->Next(RecordKind::kEvent, id, timeout);
}
absl::StatusOr<StoredRecord> PersistenceTestKit::NextSnapshot(std::string_view id,
                                                              absl::Duration timeout) {
  return core_->Next(RecordKind::kSnapshot, id, timeout);
}
absl::StatusOr<StoredRecord> PersistenceTestKit::NextState(std::string_view id,
                                                           absl::Duration timeout) {
  return core_->Next(RecordKind::kState, id, timeout);
}

void PersistenceTestKit::ExpectNothingPersisted(std::string_view id, absl::Duration time,
                                                Where where) {
  const absl::StatusOr<StoredRecord> got = NextEvent(id, time);
  if (got.ok()) ReportOther(where, *got);
}

void PersistenceTestKit::Report(Where where, const absl::Status& status) {
  if (!status.ok()) ADD_FAILURE_AT(where.file_name(), where.line()) << status;
}

void PersistenceTestKit::ReportOther(Where where, const StoredRecord& got) {
  ADD_FAILURE_AT(where.file_name(), where.line())
      << "stored was something else: number " << got.number << " of " << got.persistence_id
      << ", a " << got.manifest << " of " << got.payload.size() << " bytes";
}

}  // namespace sampo::persistence
