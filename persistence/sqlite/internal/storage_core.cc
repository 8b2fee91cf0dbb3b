// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/internal/storage_core.h"

#include <algorithm>
#include <utility>

#include "sampo/actor/base/str_cat.h"

namespace sampo::persistence::internal {
namespace {

// Chosen, not measured: a timer's tick is 1 ms, so a wait for one who does not come may take four
// times as long; where a commit takes half a millisecond a group of half the size costs less.
constexpr int64_t kShortestWaitNanos = 250'000;
// Of reads that share a transaction: how many calls, and how long it goes on taking the next.
// A checkpoint may wait for it.
constexpr size_t kCallsPerTurn = 16;
constexpr int64_t kTransactionNanos = 2'000'000;
// Reads left when new writers are granted: about what is read while some hundred grants are
// committed. Chosen, not measured.
constexpr size_t kReadsAhead = 200;

// One whose owner reads next. That of a durable state brings the state with it.
bool IsGrant(std::span<const WriteOp> ops) {
  return ops.size() == 1 && std::holds_alternative<AcquireWriterOp>(ops[0]);
}
bool IsGrant(std::span<const AtomicAppend>) { return false; }

}  // namespace

StorageCore::Meters::Meters(ActorSystemBase& system, const Clock& time)
    : clock(time),
      groups(system.metrics().GetCounter({.name = "sampo_persistence_sqlite_groups_total",
                                          .help = "Groups that were committed."})),
      operations(system.metrics().GetCounter(
          {.name = "sampo_persistence_sqlite_operations_total",
           .help = "Appends, grants, snapshots and other operations in these groups."})),
      events(system.metrics().GetCounter(
          {.name = "sampo_persistence_events_total", .help = "Events that were stored."})),
      commit_nanos(
          system.metrics().GetHistogram({.name = "sampo_persistence_sqlite_commit_nanos",
                                         .help = "What a group took, its fsync included."})) {}

StorageCore::StorageCore(std::unique_ptr<SqliteWriter> writer,
                         std::vector<std::unique_ptr<SqliteReader>> readers, QueueLimits limits,
                         Meters meters)
    : prefix_(StrCat("journal sqlite: ", writer->file(), ": ")),
      limits_(limits),
      writer_(std::move(writer)),
      readers_(std::move(readers)),
      meters_(std::move(meters)),
      slots_(readers_.size()) {}

StorageCore::~StorageCore() { End(); }

void StorageCore::SetWriter(ActorRef<WriterCommand> writer) {
  const std::lock_guard lock(mutex_);
  writer_ref_ = std::move(writer);
}

void StorageCore::AddReader(size_t index, ActorRef<ReaderWork> reader) {
  const std::lock_guard lock(mutex_);
  slots_[index].ref = std::move(reader);
}

absl::Status StorageCore::Ended() const {
  return absl::UnavailableError(StrCat(prefix_, "its actor system has ended"));
}

template <class Op>
void StorageCore::Admit(std::span<Op> ops, int64_t bytes, AnswerWrites& answer,
                        absl::Status& admitted) {
  ActorRef<WriterCommand> wake;
  {
    const std::lock_guard lock(mutex_);
    if (ended_) {
      admitted = Ended();
      return;
    }
    const auto calls = static_cast<int64_t>(waiting_.calls.size());
    if (calls > 0 && (calls >= limits_.calls_max || waiting_bytes_ + bytes > limits_.bytes_max)) {
      admitted = absl::ResourceExhaustedError(StrCat(
          prefix_, calls, " calls with ", waiting_bytes_, " bytes wait to be written (queue_max ",
          limits_.calls_max, ", queue_bytes_max ", limits_.bytes_max, ")"));
      return;
    }
    waiting_.grants += IsGrant(ops) ? 1 : 0;
    for (Op& op : ops) waiting_.ops.emplace_back(std::move(op));
    waiting_.calls.push_back({ops.size(), std::move(answer)});
    waiting_bytes_ += bytes;
    // Half of the room is enough of a group, whatever is expected.
    const bool enough = waiting_.calls.size() >= wake_at_calls_ ||
                        2 * (calls + 1) >= limits_.calls_max ||
                        2 * waiting_bytes_ >= limits_.bytes_max;
    if (!enough || HoldGrants() || std::exchange(writer_woken_, true)) return;
    wake = writer_ref_;
  }
  wake.Tell(WriterWork{});
}

void StorageCore::PushOps(std::span<WriteOp> ops, int64_t bytes, AnswerWrites& answer,
                          absl::Status& admitted) {
  Admit(ops, bytes, answer, admitted);
}

void StorageCore::PushOps(std::span<AtomicAppend> ops, int64_t bytes, AnswerWrites& answer,
                          absl::Status& admitted) {
  Admit(ops, bytes, answer, admitted);
}

void StorageCore::PushAgain(WriteOp op, AnswerWrites answer) {
  // The writer's turn looks again at its end; End does so until nothing is left.
  const std::lock_guard lock(mutex_);
  waiting_.ops.push_back(std::move(op));
  waiting_.calls.push_back({1, std::move(answer)});
}

absl::Status StorageCore::PushRead(RunRead run) {
  ActorRef<ReaderWork> wake;
  {
    const std::lock_guard lock(mutex_);
    if (ended_) return Ended();
    if (static_cast<int64_t>(reads_.size()) >= limits_.calls_max) {
      return absl::ResourceExhaustedError(StrCat(
          prefix_, reads_.size(), " calls wait to be read (queue_max ", limits_.calls_max, ")"));
    }
    reads_.push_back(std::move(run));
    const auto idle = std::find_if(slots_.begin(), slots_.end(),
                                   [](const ReaderSlot& slot) { return !slot.woken; });
    if (idle == slots_.end()) return absl::OkStatus();
    idle->woken = true;
    wake = idle->ref;
  }
  wake.Tell(ReaderWork{});
  return absl::OkStatus();
}

namespace {

// Of the appends among `ops` that were written.
uint64_t EventsWritten(std::span<const WriteOp> ops, std::span<const WriteResult> results) {
  uint64_t events = 0;
  for (size_t i = 0; i < ops.size(); ++i) {
    const auto* append = std::get_if<AtomicAppend>(&ops[i]);
    if (append != nullptr && results[i].status.ok()) events += append->events.size();
  }
  return events;
}

}  // namespace

size_t StorageCore::Commit(WriteGroup& group) {
  const int64_t start = meters_.clock.NowNanos();
  std::vector<WriteResult> results = writer_->CommitGroup(group.ops);
  last_commit_nanos_ = meters_.clock.NowNanos() - start;
  // Callers work while others are written: beyond this size that is worth more than fewer fsyncs.
  const int64_t sync = writer_->last_sync_nanos();
  const auto calls = static_cast<int64_t>(group.calls.size());
  calls_enough_ =
      static_cast<size_t>(6 * sync * calls / std::max<int64_t>(1, last_commit_nanos_ - sync));
  meters_.groups.Add();
  meters_.operations.Add(group.ops.size());
  meters_.events.Add(EventsWritten(group.ops, results));
  meters_.commit_nanos.Record(static_cast<uint64_t>(last_commit_nanos_));
  // New writers read next.
  size_t expected = group.calls.size() - group.grants;
  {
    const std::lock_guard lock(mutex_);
    expected += waiting_.calls.size() - waiting_.grants;
    NoteHealth();
  }
  size_t first = 0;
  for (WriteGroup::Call& call : group.calls) {
    call.answer(std::span(results).subspan(first, call.ops));
    first += call.ops;
  }
  return expected;
}

void StorageCore::NoteHealth() {
  absl::Status health = writer_->health();
  if (health.ok() || !health_.ok()) return;
  news_ = health;
  health_ = std::move(health);
}

StorageCore::Next StorageCore::NextAfter(size_t expected) {
  // Most of them; the last ones arrive while the writer wakes up.
  const size_t most = std::min(expected - expected / 8, std::max<size_t>(calls_enough_, 1));
  const int64_t wait_max = absl::ToInt64Nanoseconds(limits_.group_wait_max);
  const int64_t wait = std::min(last_commit_nanos_ / 2, wait_max);
  const bool pays = expected > 1 && wait >= kShortestWaitNanos;
  if (waiting_.calls.size() >= (pays ? most : 1) && !HoldGrants()) {
    writer_woken_ = true;
    return {.more = true};
  }
  writer_woken_ = false;
  wake_at_calls_ = pays ? most : 1;
  return {.wait = pays ? absl::Nanoseconds(wait) : absl::ZeroDuration()};
}

bool StorageCore::HoldGrants() {
  const size_t calls = waiting_.calls.size();
  const bool may_wait = calls > 0 && waiting_.grants == calls &&
                        2 * static_cast<int64_t>(calls) < limits_.calls_max &&
                        2 * waiting_bytes_ < limits_.bytes_max;
  if (may_wait && grants_held_until_ == 0 && reads_.size() > kReadsAhead) {
    grants_held_until_ = reads_taken_ + static_cast<int64_t>(reads_.size() - kReadsAhead);
  }
  if (may_wait && reads_taken_ < grants_held_until_) return true;
  grants_held_until_ = 0;
  return false;
}

StorageCore::Next StorageCore::WriteOnce() {
  WriteGroup group;
  {
    const std::lock_guard lock(mutex_);
    std::swap(group, waiting_);
    waiting_bytes_ = 0;
    grants_held_until_ = 0;
    // Nobody need tell: the end of this looks again.
    writer_woken_ = true;
  }
  const size_t expected = group.calls.empty() ? 0 : Commit(group);
  absl::Status kept = writer_->CheckpointIfDue();
  const std::lock_guard lock(mutex_);
  // Of what the writer refuses since an error there was news when it happened.
  if (health_.ok() && !kept.ok()) news_ = std::move(kept);
  NoteHealth();
  return NextAfter(expected);
}

bool StorageCore::StopWaiting() {
  const std::lock_guard lock(mutex_);
  wake_at_calls_ = 1;
  return !waiting_.calls.empty() && !writer_woken_ && !HoldGrants();
}

absl::Status StorageCore::TakeNews() { return std::exchange(news_, absl::OkStatus()); }

StorageCore::Reads StorageCore::TakeReads() {
  Reads taken;
  const std::lock_guard lock(mutex_);
  const size_t share = (reads_.size() + slots_.size() - 1) / slots_.size();
  for (size_t left = std::min(share, kCallsPerTurn); left > 0; --left) {
    taken.calls.push_back(std::move(reads_.front()));
    reads_.pop_front();
  }
  taken.health = health_;
  reads_taken_ += static_cast<int64_t>(taken.calls.size());
  if (grants_held_until_ != 0 && !HoldGrants() && !std::exchange(writer_woken_, true)) {
    taken.wake = writer_ref_;
  }
  return taken;
}

bool StorageCore::ReadSome(size_t index) {
  Reads taken = TakeReads();
  if (taken.wake.has_value()) taken.wake->Tell(WriterWork{});
  std::vector<AnswerRead> answers;
  // At once: those who wait for them wake up once.
  const auto answer_all = [&answers] {
    for (AnswerRead& answer : answers) answer();
    answers.clear();
  };
  if (!taken.health.ok()) {
    // What one would read may never have reached the disk.
    const absl::Status refused = absl::UnavailableError(
        StrCat(prefix_, "does no more work since an error: ", taken.health.message()));
    for (RunRead& run : taken.calls) answers.push_back(run(refused));
    taken.calls.clear();
    answer_all();
  }
  for (size_t next = 0; next < taken.calls.size(); answer_all()) {
    // Of calls that came before it: it has what was acknowledged when they came.
    const SqliteReader::SharedTransaction shared(*readers_[index]);
    const int64_t end = meters_.clock.NowNanos() + kTransactionNanos;
    do {
      answers.push_back(taken.calls[next++](readers_[index].get()));
    } while (next < taken.calls.size() && meters_.clock.NowNanos() < end);
  }
  const std::lock_guard lock(mutex_);
  slots_[index].woken = !reads_.empty();
  return slots_[index].woken;
}

void StorageCore::CloseReader(size_t index) { readers_[index].reset(); }

void StorageCore::End() {
  for (;;) {
    WriteGroup group;
    std::deque<RunRead> reads;
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
      std::swap(group, waiting_);
      std::swap(reads, reads_);
    }
    for (RunRead& run : reads) run(Ended())();
    if (group.calls.empty()) break;
    Commit(group);
  }
  // The writer removes the WAL, which it can as the last one.
  for (std::unique_ptr<SqliteReader>& reader : readers_) reader.reset();
  if (writer_ == nullptr) return;
  if (absl::Status closed = writer_->Close(); !closed.ok() && news_.ok()) news_ = closed;
  writer_.reset();
}

}  // namespace sampo::persistence::internal
