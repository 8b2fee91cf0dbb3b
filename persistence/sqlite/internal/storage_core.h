// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// StorageCore: what the plugins and the actors of one SQLite file share: the bounded queues of
// calls, the connections, and their end.
//
// Why: a call is admitted or refused on its own thread, and those that were admitted are answered
// whatever happens; messages in a mailbox would be dead letters when the actor stops. The actors
// are told only that there is work.
//
//   Append -> queue -> [writer actor: TakeWrites, CommitGroup, answer, CheckpointIfDue]
//   Read   -> queue -> [reader actor: ReadSome: read and answer some]
//
// Threads: Push, health and End from any; the rest belongs to the actors as said. Lifetime: shared
// by plugins and actors. Bounds: its limits.
#ifndef SAMPO_PERSISTENCE_SQLITE_INTERNAL_STORAGE_CORE_H_
#define SAMPO_PERSISTENCE_SQLITE_INTERNAL_STORAGE_CORE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/actor_ref.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/metrics.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/persistence/sqlite/store.h"

namespace sampo::persistence::internal {

// What a call is answered with: the results of its operations, in their order.
using AnswerWrites = UniqueFunction<void(std::span<WriteResult>)>;
// Answers a read that was made.
using AnswerRead = UniqueFunction<void()>;
// Reads; a status where there is nothing to read with.
using RunRead = UniqueFunction<AnswerRead(absl::StatusOr<SqliteReader*>)>;

// What the actors are told.
struct WriterWork {
  static constexpr std::string_view kMessageName = "SqliteWriterWork";
};
// The writer has waited long enough for a larger group.
struct WriterWaited {
  static constexpr std::string_view kMessageName = "SqliteWriterWaited";
};
using WriterCommand = std::variant<WriterWork, WriterWaited>;
struct ReaderWork {
  static constexpr std::string_view kMessageName = "SqliteReaderWork";
};

// The calls of a group.
struct WriteGroup {
  struct Call {
    size_t ops;
    AnswerWrites answer;
  };
  std::vector<WriteOp> ops;
  std::vector<Call> calls;
  size_t grants = 0;  // of the calls: new writers, who read next and do not write soon
};

struct QueueLimits {
  int64_t calls_max = 0;
  int64_t bytes_max = 0;
  // See StorageCore::Next.
  absl::Duration group_wait_max = absl::ZeroDuration();
};

class StorageCore {
 public:
  // What it tells the system's metrics, and the clock for it.
  struct Meters {
    const Clock& clock;
    Counter groups;
    Counter operations;
    Counter events;
    Histogram commit_nanos;
    explicit Meters(ActorSystemBase& system) : Meters(system, system.clock()) {}
    Meters(ActorSystemBase& system, const Clock& clock);
  };

  StorageCore(std::unique_ptr<SqliteWriter> writer,
              std::vector<std::unique_ptr<SqliteReader>> readers, QueueLimits limits,
              Meters meters);
  ~StorageCore();

  // OK: `answer` will be called once. RESOURCE_EXHAUSTED: no room; UNAVAILABLE: it has ended; then
  // `answer` is not called. An empty queue has room for any call.
  template <class Ops>
  absl::Status PushWrite(Ops ops, int64_t bytes, AnswerWrites answer) {
    absl::Status admitted;
    PushOps(std::span(ops), bytes, answer, admitted);
    return admitted;
  }
  absl::Status PushRead(RunRead run);
  // The call goes on: what it has admitted stays so. Only from within an answer.
  void PushAgain(WriteOp op, AnswerWrites answer);

  // --- the writer actor ---
  // At its start, after which it looks for work once: calls may have come before.
  void SetWriter(ActorRef<WriterCommand> writer);
  // What the writer does when a group is done. Callers that are answered mostly call again at once.
  // An fsync costs as much as the events of some dozens of them, so where many are known to be on
  // their way back, the writer lets them arrive (it is told when most have, or when the group is
  // large enough for the fsync to be a seventh of it), but no longer than half of the time the last
  // commit took. Without it every group is half as large (measured).
  struct Next {
    bool more = false;         // there is a group already
    absl::Duration wait = {};  // else: tell WriterWaited after so long; zero: do not
  };
  // Commits and answers all that waits.
  Next WriteOnce();
  // True: there is a group, and the writer has not been told yet.
  bool StopWaiting();
  // What the writer actor shall log: an error since the last call.
  absl::Status TakeNews();
  // Answers what waits, closes the connections. Once; readers' actors have ended.
  void End();

  // --- the reader actors ---
  void AddReader(size_t index, ActorRef<ReaderWork> reader);
  // Reads and answers for some of the calls that wait: its share, at most kCallsPerTurn. They share
  // short transactions (a few milliseconds at most, or one call), for each costs some locks, and
  // what SQLite has cached is checked anew. True: there are more calls.
  bool ReadSome(size_t index);
  void CloseReader(size_t index);

  const std::string& prefix() const { return prefix_; }

 private:
  void PushOps(std::span<WriteOp> ops, int64_t bytes, AnswerWrites& answer, absl::Status& admitted);
  void PushOps(std::span<AtomicAppend> ops, int64_t bytes, AnswerWrites& answer,
               absl::Status& admitted);
  template <class Op>
  void Admit(std::span<Op> ops, int64_t bytes, AnswerWrites& answer, absl::Status& admitted);
  absl::Status Ended() const;
  // Calls that are expected back soon: those of the group, and those that came meanwhile.
  size_t Commit(WriteGroup& group);
  void NoteHealth();                // holding mutex_
  Next NextAfter(size_t expected);  // holding mutex_
  // Whether the group that waits is of new writers alone, whose reads would queue up behind those
  // that wait already. Each commit makes the readers drop what they have cached, and costs an
  // fsync: so the writer is told when most of these reads are done. Holding mutex_.
  bool HoldGrants();
  struct Reads {
    std::vector<RunRead> calls;
    absl::Status health;
    std::optional<ActorRef<WriterCommand>> wake;  // to be told that grants wait no longer
  };
  // A reader's share of the calls that wait.
  Reads TakeReads();

  const std::string prefix_;
  const QueueLimits limits_;
  std::unique_ptr<SqliteWriter> writer_;                // the writer actor's
  std::vector<std::unique_ptr<SqliteReader>> readers_;  // each its actor's
  absl::Status news_;                                   // the writer actor's
  Meters meters_;                  // the writer actor's, but for the clock, which is everybody's
  int64_t last_commit_nanos_ = 0;  // the writer actor's
  size_t calls_enough_ = 0;        // of a group; the writer actor's

  std::mutex mutex_;
  WriteGroup waiting_;                  // guarded by mutex_
  int64_t waiting_bytes_ = 0;           // guarded by mutex_
  ActorRef<WriterCommand> writer_ref_;  // guarded by mutex_
  // It has been told, and has not looked since. True until its start, when it looks unasked.
  bool writer_woken_ = true;       // guarded by mutex_
  size_t wake_at_calls_ = 1;       // guarded by mutex_
  int64_t grants_held_until_ = 0;  // reads_taken_ then; 0: they do not wait. Guarded by mutex_
  bool ended_ = false;             // guarded by mutex_
  std::deque<RunRead> reads_;      // guarded by mutex_
  int64_t reads_taken_ = 0;        // guarded by mutex_
  struct ReaderSlot {
    ActorRef<ReaderWork> ref;
    bool woken = true;  // as writer_woken_
  };
  std::vector<ReaderSlot> slots_;  // guarded by mutex_
  absl::Status health_;            // guarded by mutex_
};

}  // namespace sampo::persistence::internal

#endif  // SAMPO_PERSISTENCE_SQLITE_INTERNAL_STORAGE_CORE_H_
