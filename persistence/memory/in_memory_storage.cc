// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/memory/in_memory_storage.h"

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/abstract_behavior.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/future.h"
#include "sampo/persistence/memory/internal/memory_journal.h"
#include "sampo/persistence/memory/internal/memory_records.h"

namespace sampo::persistence {

namespace {

struct Contents {
  internal::MemoryJournal journal;
  internal::MemorySnapshots snapshots;
  internal::MemoryStates states;
};

}  // namespace

struct InMemoryStorage::Data {
  std::mutex mutex;
  std::unique_ptr<Contents> contents = std::make_unique<Contents>();  // guarded by mutex
};

namespace {

using Data = InMemoryStorage::Data;

// What the plugins of one system and its two actors share.
struct Shared {
  Shared(std::shared_ptr<Data> storage, int64_t calls_max)
      : data(std::move(storage)), queue_max(calls_max) {}

  const std::shared_ptr<Data> data;
  const int64_t queue_max;
  std::atomic<int64_t> waiting = 0;
  std::atomic<bool> closed = false;
};

// One call on its way: stored or read first, then answered, so that a group is stored before the
// first of its callers hears of it. One that is dropped unrun is answered, too.
class Job {
 public:
  virtual ~Job() = default;
  virtual void Run(Contents& contents, int64_t now_micros) = 0;
  virtual void Answer() = 0;
};

absl::Status Ended() {
  return absl::UnavailableError("storage memory: the actor system of this plugin has ended");
}

template <class T, class F>
class JobOf final : public Job {
 public:
  JobOf(std::shared_ptr<Shared> shared, F run) : shared_(std::move(shared)), run_(std::move(run)) {}
  ~JobOf() override {
    if (!answered_) Complete(Ended());
  }
  Future<T> future() { return promise_.future(); }
  void Run(Contents& contents, int64_t now_micros) override {
    result_.emplace(run_(contents, now_micros));
  }
  void Answer() override { Complete(*std::move(result_)); }

 private:
  // There is room before the caller hears of it, who may call again at once.
  void Complete(FutureResult<T> result) {
    answered_ = true;
    shared_->waiting.fetch_sub(1);
    promise_.Complete(std::move(result));
  }

  const std::shared_ptr<Shared> shared_;
  F run_;
  Promise<T> promise_;
  std::optional<FutureResult<T>> result_;
  bool answered_ = false;
};

int64_t MicrosNow(const Clock& clock) { return absl::ToUnixMicros(clock.WallTime()); }

struct StorageWrite {
  static constexpr std::string_view kMessageName = "StorageWrite";
  std::unique_ptr<Job> job;
};
struct StorageCommit {
  static constexpr std::string_view kMessageName = "StorageCommit";
};
using WriterCommand = std::variant<StorageWrite, StorageCommit>;

// Collects writes until its own StorageCommit comes, which is behind those that were in the mailbox
// when the first of the group came.
class WriterActor final : public AbstractBehavior<WriterActor, WriterCommand> {
 public:
  WriterActor(ActorContext<WriterCommand>& context, std::shared_ptr<Shared> shared)
      : AbstractBehavior(context), shared_(std::move(shared)) {}

  Behavior<WriterCommand> OnMessage(StorageWrite&& m) {
    if (group_.empty()) context().Self().Tell(StorageCommit{});
    group_.push_back(std::move(m.job));
    return Same();
  }
  Behavior<WriterCommand> OnMessage(const StorageCommit&) {
    Commit();
    return Same();
  }
  Behavior<WriterCommand> OnSignal(const PostStop&) {
    shared_->closed = true;
    Commit();
    return Same();
  }

 private:
  void Commit() {
    std::vector<std::unique_ptr<Job>> group = std::exchange(group_, {});
    const int64_t now_micros = MicrosNow(context().System().clock());
    {
      const std::lock_guard lock(shared_->data->mutex);
      for (const std::unique_ptr<Job>& job : group) job->Run(*shared_->data->contents, now_micros);
    }
    for (const std::unique_ptr<Job>& job : group) job->Answer();
  }

  const std::shared_ptr<Shared> shared_;
  std::vector<std::unique_ptr<Job>> group_;  // at most queue_max
};

struct StorageRead {
  static constexpr std::string_view kMessageName = "StorageRead";
  std::unique_ptr<Job> job;
};

class ReaderActor final : public AbstractBehavior<ReaderActor, StorageRead> {
 public:
  ReaderActor(ActorContext<StorageRead>& context, std::shared_ptr<Shared> shared)
      : AbstractBehavior(context), shared_(std::move(shared)) {}

  Behavior<StorageRead> OnMessage(StorageRead&& m) {
    {
      const std::lock_guard lock(shared_->data->mutex);
      m.job->Run(*shared_->data->contents, 0);
    }
    m.job->Answer();
    return Same();
  }
  Behavior<StorageRead> OnSignal(const PostStop&) {
    shared_->closed = true;
    return Same();
  }

 private:
  const std::shared_ptr<Shared> shared_;
};

// The way from a plugin's call to where it is done.
class Road {
 public:
  Road(std::shared_ptr<Data> data, ActorSystemBase& system, const InMemoryOptions& options)
      : shared_(std::make_shared<Shared>(std::move(data), options.queue_max)),
        at_once_(options.at_once ? &system.clock() : nullptr),
        terminated_(system.WhenTerminated()) {
    if (at_once_ != nullptr) return;
    auto writer = system.SpawnSystemActor(WriterActor::Create(shared_), "");
    auto reader = system.SpawnSystemActor(ReaderActor::Create(shared_), "");
    if (writer.ok()) writer_ = *writer;
    if (reader.ok()) reader_ = *reader;
    if (!writer.ok() || !reader.ok()) shared_->closed = true;
  }

  // `run(Contents&, now_micros)` is called with the lock held. `full` makes the answer of a call
  // that is beyond the bound.
  template <class T, class Run, class Full>
  Future<T> Write(Run run, Full full) {
    return Submit<T>(std::move(run), std::move(full), [this](std::unique_ptr<Job> job) {
      writer_.Tell(StorageWrite{std::move(job)});
    });
  }
  template <class T, class Run>
  Future<T> Write(Run run) {
    return Write<T>(std::move(run), [this] { return FutureResult<T>(Full()); });
  }
  template <class T, class Run>
  Future<T> Read(Run run) {
    return Submit<T>(
        [run = std::move(run)](Contents& contents, int64_t) { return run(contents); },
        [this] { return FutureResult<T>(Full()); },
        [this](std::unique_ptr<Job> job) { reader_.Tell(StorageRead{std::move(job)}); });
  }
  absl::Status Full() const {
    return absl::ResourceExhaustedError(
        StrCat("storage memory: queue_max of ", shared_->queue_max, " calls wait already"));
  }

 private:
  template <class T, class Run, class Full, class Tell>
  Future<T> Submit(Run run, Full full, Tell tell) {
    // The actors close later, when they have answered what waits.
    const bool ended = at_once_ != nullptr && terminated_.IsComplete();
    if (ended || shared_->closed) return Future<T>::Failed(Ended());
    if (at_once_ != nullptr) {
      const std::lock_guard lock(shared_->data->mutex);
      return Future<T>::Of(run(*shared_->data->contents, MicrosNow(*at_once_)));
    }
    if (shared_->waiting.fetch_add(1) >= shared_->queue_max) {
      shared_->waiting.fetch_sub(1);
      return Future<T>::Of(full());
    }
    auto job = std::make_unique<JobOf<T, Run>>(shared_, std::move(run));
    Future<T> future = job->future();
    tell(std::move(job));
    return future;
  }

  const std::shared_ptr<Shared> shared_;
  const Clock* const at_once_;  // null: through the actors
  const Future<void> terminated_;
  ActorRef<WriterCommand> writer_;
  ActorRef<StorageRead> reader_;
};

class JournalPlugin final : public Journal {
 public:
  explicit JournalPlugin(std::shared_ptr<Road> road) : road_(std::move(road)) {}
  std::string_view name() const override { return "journal memory"; }

  Future<WriterGrant> AcquireWriter(std::string id) override {
    return road_->Write<WriterGrant>([id = std::move(id)](Contents& contents, int64_t) {
      return contents.journal.AcquireWriter(id);
    });
  }

  Future<std::vector<AppendResult>> Append(std::vector<AtomicAppend> batch) override {
    using Results = std::vector<AppendResult>;
    const size_t count = batch.size();
    return road_->Write<Results>(
        [batch = std::move(batch)](Contents& contents, int64_t now_micros) mutable {
          Results results;
          results.reserve(batch.size());
          for (AtomicAppend& append : batch) {
            results.push_back(contents.journal.Append(std::move(append), now_micros));
          }
          return absl::StatusOr<Results>(std::move(results));
        },
        [this, count] {
          return absl::StatusOr<Results>(
              Results(count, AppendResult{WriteOutcome::kNoRoom, road_->Full()}));
        });
  }

  Future<EventsPage> ReadEvents(EventsRequest request) override {
    return road_->Read<EventsPage>([request = std::move(request)](Contents& contents) {
      return contents.journal.ReadEvents(request);
    });
  }
  Future<JournalHead> ReadHead(std::string id) override {
    return road_->Read<JournalHead>(
        [id = std::move(id)](Contents& contents) { return contents.journal.ReadHead(id); });
  }
  Future<void> DeleteEvents(std::string id, uint64_t epoch, int64_t to_seq) override {
    return road_->Write<void>([id = std::move(id), epoch, to_seq](Contents& contents, int64_t) {
      return contents.journal.DeleteEvents(id, epoch, to_seq);
    });
  }
  Future<IdsPage> ListIds(int64_t after, int64_t ids_max) override {
    return road_->Read<IdsPage>(
        [after, ids_max](Contents& contents) { return contents.journal.ListIds(after, ids_max); });
  }
  Future<TaggedPage> ReadByTag(std::string tag, int64_t after, int64_t events_max) override {
    return road_->Read<TaggedPage>([tag = std::move(tag), after, events_max](Contents& contents) {
      return contents.journal.ReadByTag(tag, after, events_max);
    });
  }

 private:
  const std::shared_ptr<Road> road_;
};

class SnapshotPlugin final : public SnapshotStore {
 public:
  explicit SnapshotPlugin(std::shared_ptr<Road> road) : road_(std::move(road)) {}
  std::string_view name() const override { return "snapshots memory"; }

  Future<SnapshotLoad> Load(std::string id, SnapshotCriteria criteria) override {
    return road_->Read<SnapshotLoad>([id = std::move(id), criteria](Contents& contents) {
      return contents.snapshots.Load(id, criteria);
    });
  }
  Future<SaveResult> Save(SnapshotRecord snapshot) override {
    return road_->Write<SaveResult>(
        [snapshot = std::move(snapshot)](Contents& contents, int64_t) mutable {
          const uint64_t granted = contents.journal.EpochOf(snapshot.persistence_id);
          return absl::StatusOr<SaveResult>(contents.snapshots.Save(std::move(snapshot), granted));
        },
        [this] {
          return absl::StatusOr<SaveResult>(SaveResult{WriteOutcome::kNoRoom, road_->Full()});
        });
  }
  Future<void> Delete(std::string id, uint64_t epoch, SnapshotCriteria criteria) override {
    return road_->Write<void>([id = std::move(id), epoch, criteria](Contents& contents, int64_t) {
      return contents.snapshots.Delete(id, epoch, contents.journal.EpochOf(id), criteria);
    });
  }

 private:
  const std::shared_ptr<Road> road_;
};

class StatePlugin final : public DurableStateStore {
 public:
  explicit StatePlugin(std::shared_ptr<Road> road) : road_(std::move(road)) {}
  std::string_view name() const override { return "state memory"; }

  Future<StateGrant> AcquireWriter(std::string id) override {
    return road_->Write<StateGrant>([id = std::move(id)](Contents& contents, int64_t) {
      return contents.states.AcquireWriter(id);
    });
  }
  Future<StateGrant> Read(std::string id) override {
    return road_->Read<StateGrant>(
        [id = std::move(id)](Contents& contents) { return contents.states.Read(id); });
  }
  Future<StateResult> Upsert(StateRecord state) override {
    return Change([state = std::move(state)](internal::MemoryStates& states) mutable {
      return states.Upsert(std::move(state));
    });
  }
  Future<StateResult> Delete(std::string id, uint64_t epoch, int64_t revision) override {
    return Change([id = std::move(id), epoch, revision](internal::MemoryStates& states) {
      return states.Delete(id, epoch, revision);
    });
  }
  Future<IdsPage> ListIds(int64_t after, int64_t ids_max) override {
    return road_->Read<IdsPage>(
        [after, ids_max](Contents& contents) { return contents.states.ListIds(after, ids_max); });
  }

 private:
  template <class F>
  Future<StateResult> Change(F change) {
    return road_->Write<StateResult>(
        [change = std::move(change)](Contents& contents, int64_t) mutable {
          return absl::StatusOr<StateResult>(change(contents.states));
        },
        [this] {
          return absl::StatusOr<StateResult>(StateResult{WriteOutcome::kNoRoom, road_->Full()});
        });
  }

  const std::shared_ptr<Road> road_;
};

}  // namespace

InMemoryStorage::InMemoryStorage() : data_(std::make_shared<Data>()) {}

StoragePlugins InMemoryStorage::PluginsFor(ActorSystemBase& system, InMemoryOptions options) const {
  auto road = std::make_shared<Road>(data_, system, options);
  return {std::make_shared<JournalPlugin>(road), std::make_shared<SnapshotPlugin>(road),
          std::make_shared<StatePlugin>(road)};
}

void InMemoryStorage::Clear() const {
  const std::lock_guard lock(data_->mutex);
  data_->contents = std::make_unique<Contents>();
}

absl::Status InMemoryStorage::DamageEvent(std::string_view persistence_id, int64_t seq) const {
  const std::lock_guard lock(data_->mutex);
  return data_->contents->journal.Damage(persistence_id, seq);
}

absl::Status InMemoryStorage::DamageSnapshot(std::string_view persistence_id, int64_t seq) const {
  const std::lock_guard lock(data_->mutex);
  return data_->contents->snapshots.Damage(persistence_id, seq);
}

absl::Status InMemoryStorage::DamageState(std::string_view persistence_id) const {
  const std::lock_guard lock(data_->mutex);
  return data_->contents->states.Damage(persistence_id);
}

}  // namespace sampo::persistence
