// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/internal/plugins.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "sampo/persistence/record_limits.h"

namespace sampo::persistence::internal {
namespace {

using Core = std::shared_ptr<StorageCore>;

// What a call weighs beside its payload: its strings, its place in the queue. Rounded up.
constexpr int64_t kCallBytes = 512;

int64_t BytesOf(const AtomicAppend& append) {
  size_t bytes = 0;
  for (const EventRecord& event : append.events) {
    bytes += event.payload.size() + event.metadata.size() + static_cast<size_t>(kCallBytes);
  }
  return static_cast<int64_t>(bytes);
}

// A read whose result is T, answered by `read(reader)`.
template <class T, class Read>
Future<T> PushRead(StorageCore& core, Read read) {
  Promise<T> promise;
  Future<T> future = promise.future();
  absl::Status admitted = core.PushRead([promise = std::move(promise), read = std::move(read)](
                                            absl::StatusOr<SqliteReader*> reader) mutable {
    absl::StatusOr<T> result = reader.ok() ? read(**reader) : reader.status();
    return AnswerRead([promise = std::move(promise), result = std::move(result)]() mutable {
      promise.Complete(std::move(result));
    });
  });
  return admitted.ok() ? future : Future<T>::Failed(std::move(admitted));
}

// One operation, whose result `make(WriteResult&)` makes the future's.
template <class T, class Make>
Future<T> PushWrite(StorageCore& core, WriteOp op, int64_t bytes, Make make) {
  Promise<T> promise;
  Future<T> future = promise.future();
  std::vector<WriteOp> ops;
  ops.push_back(std::move(op));
  absl::Status admitted =
      core.PushWrite(std::move(ops), bytes,
                     [promise = std::move(promise), make](std::span<WriteResult> results) mutable {
                       promise.Complete(make(results[0]));
                     });
  return admitted.ok() ? future : Future<T>::Failed(std::move(admitted));
}

// The same for results that carry their outcome: one that is not admitted is not stored.
template <class R>
Future<R> PushStored(StorageCore& core, WriteOp op, size_t bytes) {
  Promise<R> promise;
  Future<R> future = promise.future();
  std::vector<WriteOp> ops;
  ops.push_back(std::move(op));
  absl::Status admitted =
      core.PushWrite(std::move(ops), static_cast<int64_t>(bytes) + kCallBytes,
                     [promise = std::move(promise)](std::span<WriteResult> results) mutable {
                       promise.Complete(R{results[0].outcome, std::move(results[0].status)});
                     });
  if (admitted.ok()) return future;
  const bool full = admitted.code() == absl::StatusCode::kResourceExhausted;
  return Future<R>::Ready(
      R{full ? WriteOutcome::kNoRoom : WriteOutcome::kFailed, std::move(admitted)});
}

template <class R>
Future<R> Rejected(absl::Status status) {
  return Future<R>::Ready(R{WriteOutcome::kRejected, std::move(status)});
}

// --- the journal ---

class SqliteJournal final : public Journal {
 public:
  explicit SqliteJournal(Core core) : core_(std::move(core)) {}
  std::string_view name() const override { return "journal sqlite"; }

  Future<WriterGrant> AcquireWriter(std::string persistence_id) override {
    return PushWrite<WriterGrant>(*core_, AcquireWriterOp{std::move(persistence_id)}, kCallBytes,
                                  [](WriteResult& result) -> absl::StatusOr<WriterGrant> {
                                    if (!result.status.ok()) return result.status;
                                    return result.grant;
                                  });
  }

  Future<std::vector<AppendResult>> Append(std::vector<AtomicAppend> batch) override;

  Future<EventsPage> ReadEvents(EventsRequest request) override {
    return PushRead<EventsPage>(*core_, [request = std::move(request)](SqliteReader& reader) {
      return reader.ReadEvents(request);
    });
  }
  Future<JournalHead> ReadHead(std::string persistence_id) override {
    return PushRead<JournalHead>(*core_, [id = std::move(persistence_id)](SqliteReader& reader) {
      return reader.ReadHead(id);
    });
  }

  Future<void> DeleteEvents(std::string persistence_id, uint64_t epoch, int64_t to_seq) override {
    Promise<void> promise;
    Future<void> future = promise.future();
    std::vector<WriteOp> ops;
    ops.push_back(DeleteEventsOp{std::move(persistence_id), epoch, to_seq});
    const DeleteEventsOp op = std::get<DeleteEventsOp>(ops[0]);
    absl::Status admitted =
        core_->PushWrite(std::move(ops), kCallBytes, DeleteOn(*core_, op, std::move(promise)));
    return admitted.ok() ? future : Future<void>::Failed(std::move(admitted));
  }

  Future<IdsPage> ListIds(int64_t after, int64_t ids_max) override {
    return PushRead<IdsPage>(
        *core_, [after, ids_max](SqliteReader& reader) { return reader.ListIds(after, ids_max); });
  }
  Future<TaggedPage> ReadByTag(std::string tag, int64_t after, int64_t events_max) override {
    return PushRead<TaggedPage>(*core_,
                                [tag = std::move(tag), after, events_max](SqliteReader& reader) {
                                  return reader.ReadByTag(tag, after, events_max);
                                });
  }

 private:
  // A delete is as many operations as it takes. The core outlives its calls.
  static AnswerWrites DeleteOn(StorageCore& core, DeleteEventsOp op, Promise<void> promise) {
    return [&core, op = std::move(op),
            promise = std::move(promise)](std::span<WriteResult> results) mutable {
      const JournalHead& head = results[0].grant;
      // What is appended meanwhile stays.
      op.to_seq = std::min(op.to_seq, head.highest_seq);
      if (!results[0].status.ok() || head.deleted_to >= op.to_seq) {
        promise.Complete(std::move(results[0].status));
        return;
      }
      core.PushAgain(op, DeleteOn(core, op, std::move(promise)));
    };
  }

  const Core core_;
};

// Those of a batch that are refused before they are queued, and where the others stand.
struct Refusals {
  std::vector<AppendResult> results;
  std::vector<size_t> queued;  // indices into `results`
};

// Takes the refused ones out of `batch`.
Refusals TakeRefused(std::vector<AtomicAppend>& batch) {
  Refusals refusals;
  refusals.results.resize(batch.size());
  std::vector<AtomicAppend> kept;
  for (size_t i = 0; i < batch.size(); ++i) {
    if (absl::Status fit = CheckAppend(batch[i]); !fit.ok()) {
      refusals.results[i] = {.outcome = WriteOutcome::kRejected, .status = std::move(fit)};
    } else {
      refusals.queued.push_back(i);
      kept.push_back(std::move(batch[i]));
    }
  }
  batch = std::move(kept);
  return refusals;
}

Future<std::vector<AppendResult>> SqliteJournal::Append(std::vector<AtomicAppend> batch) {
  using Results = std::vector<AppendResult>;
  Refusals refusals;
  // A record that is none must not wait for room.
  const bool all_fit = std::all_of(batch.begin(), batch.end(), [](const AtomicAppend& append) {
    return CheckAppend(append).ok();
  });
  if (!all_fit) {
    refusals = TakeRefused(batch);
    if (batch.empty()) return Future<Results>::Ready(std::move(refusals.results));
  }
  if (batch.empty()) return Future<Results>::Ready(Results{});
  int64_t bytes = kCallBytes;
  for (const AtomicAppend& append : batch) bytes += BytesOf(append);
  const size_t size = batch.size();
  Promise<Results> promise;
  Future<Results> future = promise.future();
  absl::Status admitted;
  if (all_fit) {
    admitted =
        core_->PushWrite(std::move(batch), bytes,
                         [promise = std::move(promise)](std::span<WriteResult> written) mutable {
                           Results results;
                           results.reserve(written.size());
                           for (WriteResult& each : written) {
                             results.push_back({each.outcome, std::move(each.status), each.hash});
                           }
                           promise.Complete(std::move(results));
                         });
    if (admitted.ok()) return future;
    refusals.results.resize(size);
    for (size_t i = 0; i < size; ++i) refusals.queued.push_back(i);
  } else {
    admitted = core_->PushWrite(
        std::move(batch), bytes,
        [promise = std::move(promise), refusals](std::span<WriteResult> written) mutable {
          for (size_t i = 0; i < written.size(); ++i) {
            refusals.results[refusals.queued[i]] = {written[i].outcome,
                                                    std::move(written[i].status), written[i].hash};
          }
          promise.Complete(std::move(refusals.results));
        });
    if (admitted.ok()) return future;
  }
  const bool full = admitted.code() == absl::StatusCode::kResourceExhausted;
  for (const size_t i : refusals.queued) {
    refusals.results[i] = {.outcome = full ? WriteOutcome::kNoRoom : WriteOutcome::kFailed,
                           .status = admitted};
  }
  return Future<Results>::Ready(std::move(refusals.results));
}

// --- snapshots ---

class SqliteSnapshots final : public SnapshotStore {
 public:
  explicit SqliteSnapshots(Core core) : core_(std::move(core)) {}
  std::string_view name() const override { return "snapshots sqlite"; }

  Future<SnapshotLoad> Load(std::string persistence_id, SnapshotCriteria criteria) override {
    return PushRead<SnapshotLoad>(*core_,
                                  [id = std::move(persistence_id), criteria](SqliteReader& reader) {
                                    return reader.LoadSnapshot(id, criteria);
                                  });
  }
  Future<SaveResult> Save(SnapshotRecord snapshot) override {
    if (absl::Status fit = CheckSnapshot(snapshot); !fit.ok()) {
      return Rejected<SaveResult>(std::move(fit));
    }
    const size_t bytes = snapshot.payload.size() + snapshot.metadata.size();
    return PushStored<SaveResult>(*core_, SaveSnapshotOp{std::move(snapshot)}, bytes);
  }
  Future<void> Delete(std::string persistence_id, uint64_t epoch,
                      SnapshotCriteria criteria) override {
    return PushWrite<void>(*core_, DeleteSnapshotsOp{std::move(persistence_id), epoch, criteria},
                           kCallBytes, [](WriteResult& result) { return result.status; });
  }

 private:
  const Core core_;
};

// --- states ---

class SqliteStates final : public DurableStateStore {
 public:
  explicit SqliteStates(Core core) : core_(std::move(core)) {}
  std::string_view name() const override { return "state sqlite"; }

  Future<StateGrant> AcquireWriter(std::string persistence_id) override {
    return PushWrite<StateGrant>(*core_, AcquireStateOp{std::move(persistence_id)}, kCallBytes,
                                 [](WriteResult& result) -> absl::StatusOr<StateGrant> {
                                   if (!result.status.ok()) return result.status;
                                   return std::move(result.state);
                                 });
  }
  Future<StateGrant> Read(std::string persistence_id) override {
    return PushRead<StateGrant>(*core_, [id = std::move(persistence_id)](SqliteReader& reader) {
      return reader.ReadState(id);
    });
  }
  Future<StateResult> Upsert(StateRecord state) override {
    if (absl::Status fit = CheckState(state); !fit.ok()) {
      return Rejected<StateResult>(std::move(fit));
    }
    const size_t bytes = state.payload.size();
    return PushStored<StateResult>(*core_, UpsertStateOp{std::move(state)}, bytes);
  }
  Future<StateResult> Delete(std::string persistence_id, uint64_t epoch,
                             int64_t revision) override {
    return PushStored<StateResult>(*core_,
                                   DeleteStateOp{std::move(persistence_id), epoch, revision}, 0);
  }
  Future<IdsPage> ListIds(int64_t after, int64_t ids_max) override {
    return PushRead<IdsPage>(*core_, [after, ids_max](SqliteReader& reader) {
      return reader.ListStateIds(after, ids_max);
    });
  }

 private:
  const Core core_;
};

}  // namespace

StoragePlugins MakePlugins(std::shared_ptr<StorageCore> core) {
  return {.journal = std::make_shared<SqliteJournal>(core),
          .snapshots = std::make_shared<SqliteSnapshots>(core),
          .states = std::make_shared<SqliteStates>(core)};
}

}  // namespace sampo::persistence::internal
