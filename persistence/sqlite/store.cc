// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/store.h"

#include <optional>
#include <utility>

#include "absl/time/time.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/sqlite/internal/connection.h"
#include "sampo/persistence/sqlite/internal/lock_file.h"
#include "sampo/persistence/sqlite/internal/schema.h"
#include "sampo/persistence/sqlite/internal/write_ops.h"
#include "sampo/persistence/sqlite/wal_check.h"

namespace sampo::persistence {
namespace internal {
namespace {

// How long a checkpoint that wants to use the WAL from its start again waits for readers; the next
// try is wal_pages / 4 pages later. Chosen, not measured: a page of a read takes a few
// milliseconds.
constexpr int kRestartWaitMillis = 100;

}  // namespace

class SqliteWriterImpl {
 public:
  SqliteWriterImpl(const SqliteStoreOptions& options, std::string file, LockFile lock)
      : options_(options),
        clock_(options.clock == nullptr ? Clock::Real() : *options.clock),
        file_(std::move(file)),
        lock_(std::move(lock)) {}
  ~SqliteWriterImpl();

  absl::Status Open();
  std::vector<WriteResult> CommitGroup(std::span<const WriteOp> group);
  absl::Status CheckpointIfDue();
  absl::Status Close();
  const absl::Status& health() const { return health_; }
  int64_t last_sync_nanos() const { return last_sync_nanos_; }
  const std::string& file() const { return file_; }

 private:
  // What a group came to as a whole.
  struct Verdict {
    WriteOutcome outcome = WriteOutcome::kWritten;
    absl::Status status = {};
    bool try_singly = false;  // rolled back for the damage that one member met
  };

  Verdict RunGroup(std::span<const WriteOp> group, std::span<WriteResult> results);
  // After a statement that failed, or COMMIT: takes the transaction back and judges the code.
  Verdict Undo(std::span<const WriteOp> group, absl::Status error, int code, bool at_commit);
  // From now on no work is done.
  void Poison(const absl::Status& error);
  absl::Status Refusal() const;
  absl::Status Checkpoint(int mode);

  const SqliteStoreOptions options_;
  const Clock& clock_;
  const std::string file_;
  std::optional<LockFile> lock_;
  std::unique_ptr<Connection> db_;
  std::optional<WriteOps> ops_;
  Statement begin_;
  Statement commit_;
  absl::Status health_;
  int64_t last_sync_nanos_ = 0;
  // Pages of the WAL after the last commit, and where the last checkpoint left it.
  int wal_pages_ = 0;
  int wal_pages_seen_ = 0;
  bool closed_ = false;
};

absl::Status SqliteWriterImpl::Open() {
  absl::StatusOr<std::unique_ptr<Connection>> db =
      Connection::Open({.file = file_, .vfs = options_.vfs, .busy_timeout = options_.busy_timeout});
  if (!db.ok()) return db.status();
  db_ = *std::move(db);
  // Until Close has made a checkpoint of its own: SQLite's at close trusts a WAL whose fsync
  // failed.
  sqlite3_db_config(db_->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  SAMPO_RETURN_IF_ERROR(PrepareFile(*db_, options_.durability));
  sqlite3_wal_hook(
      db_->handle(),
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<SqliteWriterImpl*>(self)->wal_pages_ = pages;
        return SQLITE_OK;
      },
      this);
  SAMPO_ASSIGN_OR_RETURN(begin_, db_->Prepare("BEGIN IMMEDIATE"));
  SAMPO_ASSIGN_OR_RETURN(commit_, db_->Prepare("COMMIT"));
  ops_.emplace(clock_, options_.ids_in_memory_max);
  SAMPO_RETURN_IF_ERROR(ops_->Prepare(*db_));
  // A program that was killed between a write and its fsync left commits in the WAL that only the
  // page cache has: nobody may act on them before they are on disk.
  return Checkpoint(SQLITE_CHECKPOINT_PASSIVE);
}

SqliteWriterImpl::~SqliteWriterImpl() {
  // Whoever wants to know calls Close; what is committed is safe either way.
  (void)Close();
}

void SqliteWriterImpl::Poison(const absl::Status& error) {
  if (health_.ok()) health_ = error;
}

absl::Status SqliteWriterImpl::Refusal() const {
  return absl::UnavailableError(
      StrCat(PrefixOf(file_), "does no more work since an error: ", health_.message()));
}

std::vector<WriteResult> SqliteWriterImpl::CommitGroup(std::span<const WriteOp> group) {
  std::vector<WriteResult> results(group.size());
  const auto fail = [](std::span<WriteResult> all, const Verdict& verdict) {
    // A record that is none stays one. Who was fenced may have been so by a member before it, which
    // is not stored either.
    for (WriteResult& result : all) {
      if (result.outcome == WriteOutcome::kRejected) continue;
      result = {.outcome = verdict.outcome, .status = verdict.status};
    }
  };
  if (!health_.ok() || closed_) {
    fail(results, {.outcome = WriteOutcome::kFailed,
                   .status = closed_ ? absl::UnavailableError(StrCat(PrefixOf(file_), "is closed"))
                                     : Refusal()});
    return results;
  }
  Verdict verdict = RunGroup(group, results);
  if (!verdict.try_singly) {
    if (verdict.outcome != WriteOutcome::kWritten) fail(results, verdict);
    return results;
  }
  for (size_t i = 0; i < group.size(); ++i) {
    const std::span<WriteResult> result(&results[i], 1);
    result[0] = {};
    const Verdict each = health_.ok() ? RunGroup(group.subspan(i, 1), result)
                                      : Verdict{WriteOutcome::kFailed, Refusal()};
    if (each.outcome != WriteOutcome::kWritten) fail(result, each);
  }
  return results;
}

SqliteWriterImpl::Verdict SqliteWriterImpl::RunGroup(std::span<const WriteOp> group,
                                                     std::span<WriteResult> results) {
  if (const int code = begin_.Run(); code != SQLITE_DONE) {
    return Undo(group, db_->Error("begin", code), code, false);
  }
  for (size_t i = 0; i < group.size(); ++i) {
    results[i] = ops_->Apply(group[i]);
    if (ops_->error() != SQLITE_OK) {
      return Undo(group, results[i].status, ops_->error(), false);
    }
    // An error of a read may end the transaction too.
    if (!db_->InTransaction()) return Undo(group, results[i].status, SQLITE_IOERR, false);
  }
  const int64_t start = clock_.NowNanos();
  if (const int code = commit_.Run(); code != SQLITE_DONE) {
    return Undo(group, db_->Error("commit", code), code, true);
  }
  last_sync_nanos_ = clock_.NowNanos() - start;
  return {};
}

SqliteWriterImpl::Verdict SqliteWriterImpl::Undo(std::span<const WriteOp> group, absl::Status error,
                                                 int code, bool at_commit) {
  ops_->Forget(group);
  const absl::Status undone = db_->InTransaction() ? db_->Run("ROLLBACK") : absl::OkStatus();
  if (!undone.ok()) {
    Poison(undone);
    return {WriteOutcome::kFailed, undone};
  }
  const SqliteFailure failure = FailureOf(code);
  const bool taken_back = failure == SqliteFailure::kFull || failure == SqliteFailure::kBusy ||
                          (failure == SqliteFailure::kNoMemory && !at_commit);
  if (taken_back) return {WriteOutcome::kNoRoom, std::move(error)};
  if (failure == SqliteFailure::kDamage && !at_commit) {
    return {WriteOutcome::kFailed, std::move(error), group.size() > 1};
  }
  Poison(error);
  return {WriteOutcome::kFailed, std::move(error)};
}

absl::Status SqliteWriterImpl::Checkpoint(int mode) {
  int pages = 0;
  int moved = 0;
  // A long read beside it (a backup of a large journal) must not hold up the writer for long.
  const bool restarts = mode == SQLITE_CHECKPOINT_RESTART;
  if (restarts) sqlite3_busy_timeout(db_->handle(), kRestartWaitMillis);
  const int code = sqlite3_wal_checkpoint_v2(db_->handle(), "main", mode, &pages, &moved);
  if (restarts) {
    sqlite3_busy_timeout(db_->handle(),
                         static_cast<int>(absl::ToInt64Milliseconds(options_.busy_timeout)));
  }
  wal_pages_seen_ = wal_pages_;
  // Readers of other processes are in the way: the next one goes further.
  if (code == SQLITE_OK || FailureOf(code) == SqliteFailure::kBusy) return absl::OkStatus();
  // Nothing was acknowledged by it, and the WAL has all: a full disk is not the end.
  if (FailureOf(code) == SqliteFailure::kFull) {
    return absl::ResourceExhaustedError(
        StrCat(db_->prefix(), "the disk is full; the WAL cannot be moved into the file"));
  }
  absl::Status error = db_->Error("checkpoint", code);
  Poison(error);
  return error;
}

absl::Status SqliteWriterImpl::CheckpointIfDue() {
  if (closed_) return absl::OkStatus();
  if (!health_.ok()) return Refusal();
  // SQLite counts from the start again where the WAL was used anew.
  if (wal_pages_ < wal_pages_seen_) wal_pages_seen_ = 0;
  if (wal_pages_ < options_.wal_pages || wal_pages_ - wal_pages_seen_ < options_.wal_pages / 4) {
    return absl::OkStatus();
  }
  // Readers that follow each other without a gap keep the WAL from its start: then wait for them.
  const bool long_wal = wal_pages_ > 4 * options_.wal_pages;
  return Checkpoint(long_wal ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE);
}

absl::Status SqliteWriterImpl::Close() {
  if (closed_) return absl::OkStatus();
  closed_ = true;
  absl::Status closed;
  if (db_ != nullptr && ops_.has_value() && health_.ok()) {
    closed = Checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
    if (closed.ok()) {
      // All is in the file: this removes the WAL.
      sqlite3_db_config(db_->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
    }
  } else if (!health_.ok()) {
    closed = Refusal();
  }
  begin_ = {};
  commit_ = {};
  ops_.reset();
  db_.reset();
  lock_.reset();
  return closed;
}

}  // namespace internal

SqliteWriter::SqliteWriter(std::unique_ptr<internal::SqliteWriterImpl> impl)
    : impl_(std::move(impl)) {}
SqliteWriter::~SqliteWriter() = default;

absl::StatusOr<std::unique_ptr<SqliteWriter>> SqliteWriter::Open(
    const SqliteStoreOptions& options) {
  SAMPO_ASSIGN_OR_RETURN(std::string file, internal::RealPathOf(options.file));
  SAMPO_ASSIGN_OR_RETURN(internal::LockFile lock, internal::LockFile::Take(file));
  if (options.check_wal && options.durability == SqliteDurability::kFull) {
    // Before SQLite opens the file: it would drop, and write over, what stands behind the damage.
    SAMPO_RETURN_IF_ERROR(CheckWal(file, options.vfs));
  }
  // What a failed fsync of an earlier process left in the page cache alone.
  SAMPO_RETURN_IF_ERROR(WriteWalAgain(file, options.vfs));
  auto impl =
      std::make_unique<internal::SqliteWriterImpl>(options, std::move(file), std::move(lock));
  SAMPO_RETURN_IF_ERROR(impl->Open());
  return std::unique_ptr<SqliteWriter>(new SqliteWriter(std::move(impl)));
}

std::vector<WriteResult> SqliteWriter::CommitGroup(std::span<const WriteOp> group) {
  return impl_->CommitGroup(group);
}
absl::Status SqliteWriter::CheckpointIfDue() { return impl_->CheckpointIfDue(); }
int64_t SqliteWriter::last_sync_nanos() const { return impl_->last_sync_nanos(); }
absl::Status SqliteWriter::health() const { return impl_->health(); }
const std::string& SqliteWriter::file() const { return impl_->file(); }
absl::Status SqliteWriter::Close() { return impl_->Close(); }

}  // namespace sampo::persistence
