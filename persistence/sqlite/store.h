// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The synchronous SQLite store: one connection that writes groups, and connections that read.
//
// Why: all that touches the file is here, without actors or threads, so that the fault seeds can
// run it on a broken disk in one thread. The plugins (use_sqlite.h) run it on actors. The layout of
// the file, and what is checked when: docs/formats/journal.md.
//
// A group is one transaction and one fsync, whatever is in it. A member that is fenced, rejected or
// damaged does not touch its neighbours. What the outcome of each means is in write_outcome.h:
//   | what happened                                   | outcome   | status                        |
//   | the commit is on disk                           | kWritten  | OK                            |
//   | a record is too large, or is none               | kRejected | as CheckAppend and its like   |
//   | another writer took the id over                 | kFenced   | FAILED_PRECONDITION, both     |
//   | no space on the disk; SQLite rolled back        | kNoRoom   | RESOURCE_EXHAUSTED            |
//   | another process held the file's write lock      | kNoRoom   | UNAVAILABLE                   |
//   | what it needs in the file is damaged            | kFailed   | DATA_LOSS, with id and seq    |
//   | an I/O error, also in fsync: not known          | kFailed   | UNAVAILABLE                   |
//   | any work after such an error                    | kFailed   | UNAVAILABLE, with that error  |
//
// All texts start with "journal sqlite: FILE: ", but for the lock's:
//   journal sqlite: /data/shop.db is in use by pid 4711 on host7             UNAVAILABLE
//   journal sqlite: FILE: cannot be opened: unable to open database file     UNAVAILABLE
//   journal sqlite: FILE: is read-only                                       UNAVAILABLE
//   journal sqlite: FILE: is no journal of Sampo (application id 0x...)      INVALID_ARGUMENT
//   journal sqlite: FILE: has format 2, this program knows formats up to 1   UNIMPLEMENTED
//   journal sqlite: FILE: the disk is full; nothing of the group was stored  RESOURCE_EXHAUSTED
//   journal sqlite: FILE: commit: disk I/O error (SQLite 1034)               UNAVAILABLE
//   journal sqlite: FILE: does no more work since an error: <that error>     UNAVAILABLE
//   journal sqlite: FILE: event 7 of Cart|9: <what is wrong>                 DATA_LOSS
//   journal sqlite: FILE: snapshot 7 of Cart|9: <what is wrong>              DATA_LOSS
//   journal sqlite: FILE: state of Cart|9: <what is wrong>                   DATA_LOSS
//   journal sqlite: FILE: Cart|9: <what does not fit its head>               DATA_LOSS
//   journal sqlite: FILE: append to Cart|9 behind event 7 by the writer of epoch 1: the journal
//     is at event 8 and epoch 2                                              FAILED_PRECONDITION
// Threads: each object belongs to one thread at a time. Lifetime: readers end before the writer,
// which closes the file last. Bounds: pages as in record_limits.h, ids in memory by an option.
//
//   SAMPO_ASSIGN_OR_RETURN(auto writer, SqliteWriter::Open({.file = "shop.db"}));
//   std::vector<WriteOp> group = {AcquireWriterOp{"Cart|7"}};
//   std::vector<WriteResult> results = writer->CommitGroup(group);
//   absl::Status kept = writer->CheckpointIfDue();
#ifndef SAMPO_PERSISTENCE_SQLITE_STORE_H_
#define SAMPO_PERSISTENCE_SQLITE_STORE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/base/clock.h"
#include "sampo/persistence/durable_state_store.h"
#include "sampo/persistence/journal.h"
#include "sampo/persistence/record_digest.h"
#include "sampo/persistence/snapshot_store.h"
#include "sampo/persistence/write_outcome.h"

namespace sampo::persistence {

// What kWritten means.
enum class SqliteDurability : uint8_t {
  // On disk (fsync): survives a crash of the program, of the system, and a power cut.
  kFull,
  // Handed to the operating system: survives a crash of the program. After a crash of the system or
  // a power cut the newest commits may be gone, all since the last checkpoint (about 4,000 pages),
  // though never one from the middle; nobody is told which. The WAL is not checked at the start,
  // for there such a loss looks like a damaged disk.
  kNormal,
};

struct SqliteStoreOptions {
  std::string file;  // made where there is none; its folder is not
  std::string vfs;   // SQLite's name of it; empty: the machine's. Faults are injected by it
  const Clock* clock = nullptr;  // for written_at; null: the machine's. Outlives the store
  SqliteDurability durability = SqliteDurability::kFull;
  // Whether Open looks for commits behind a damaged frame in the WAL (wal_check.h). Off for tests.
  bool check_wal = true;
  // How long a write waits for another process, such as `journal compact`.
  absl::Duration busy_timeout = absl::Seconds(5);
  // Ids whose head is kept in memory; others are read when they are written. Chosen, not measured:
  // about 200 bytes each.
  size_t ids_in_memory_max = 100'000;
  // CheckpointIfDue works from so many pages in the WAL on.
  int wal_pages = 4'000;
};

// --- what a group is made of; see journal.h, snapshot_store.h and durable_state_store.h ---

struct AcquireWriterOp {
  std::string persistence_id;
};
struct DeleteEventsOp {
  std::string persistence_id;
  uint64_t epoch = 0;
  int64_t to_seq = 0;
};
struct SaveSnapshotOp {
  SnapshotRecord snapshot;
};
struct DeleteSnapshotsOp {
  std::string persistence_id;
  uint64_t epoch = 0;
  SnapshotCriteria criteria;
};
struct AcquireStateOp {
  std::string persistence_id;
};
struct UpsertStateOp {
  StateRecord state;
};
struct DeleteStateOp {
  std::string persistence_id;
  uint64_t epoch = 0;
  int64_t revision = 0;
};
using WriteOp = std::variant<AtomicAppend, AcquireWriterOp, DeleteEventsOp, SaveSnapshotOp,
                             DeleteSnapshotsOp, AcquireStateOp, UpsertStateOp, DeleteStateOp>;

struct WriteResult {
  WriteOutcome outcome = WriteOutcome::kFailed;
  absl::Status status = {};  // OK for kWritten alone
  ChainHash hash = {};       // of an append: at its last event
  WriterGrant grant = {};    // of AcquireWriterOp; of DeleteEventsOp: where the id stands now
  StateGrant state = {};     // of AcquireStateOp
};

// One DeleteEventsOp deletes at most so many events: a transaction is bounded. The grant in its
// result says how far it came; give it again until deleted_to is there. Chosen, not measured.
inline constexpr int64_t kEventsPerDeleteMax = 10'000;

namespace internal {
class SqliteWriterImpl;
class SqliteReaderImpl;
}  // namespace internal

// The one that writes, and that holds the file's lock.
class SqliteWriter {
 public:
  // Takes the lock `<real path of file>-lock`, checks the WAL, opens the file or makes it, and
  // migrates an older format. The errors are those above.
  static absl::StatusOr<std::unique_ptr<SqliteWriter>> Open(const SqliteStoreOptions& options);
  // Close, if nobody has.
  ~SqliteWriter();
  SqliteWriter(const SqliteWriter&) = delete;
  SqliteWriter& operator=(const SqliteWriter&) = delete;

  // One transaction; the results are in the order of `group`. The strings of `group` are read, and
  // are as before when it returns.
  std::vector<WriteResult> CommitGroup(std::span<const WriteOp> group);
  // What the last COMMIT took of that: mostly the fsync, which is the same whatever the group has
  // in it; beside it the group's pages are summed and written to the WAL.
  int64_t last_sync_nanos() const;
  // Moves the WAL into the file where it has become long, so that it is used again from its start.
  // CommitGroup never does: call this when its results were passed on. An error is as in the table.
  absl::Status CheckpointIfDue();
  // OK, or the error since which no work is done.
  absl::Status health() const;
  // The path without symbolic links.
  const std::string& file() const;
  // Checkpoints, removes the WAL, closes, and gives the lock back: the file alone is the journal
  // then. After an I/O error the WAL stays as it is. No work after it. Readers are closed before.
  absl::Status Close();

 private:
  explicit SqliteWriter(std::unique_ptr<internal::SqliteWriterImpl> impl);
  std::unique_ptr<internal::SqliteWriterImpl> impl_;
};

// One that reads, beside the writer. Each call is a transaction of its own, but where they share.
class SqliteReader {
 public:
  // Precondition: the file is there and has this format (a writer opened it). Takes no lock.
  static absl::StatusOr<std::unique_ptr<SqliteReader>> Open(const SqliteStoreOptions& options);
  ~SqliteReader();
  SqliteReader(const SqliteReader&) = delete;
  SqliteReader& operator=(const SqliteReader&) = delete;

  // While it lives, calls of `reader` share a transaction: each sees the same commit, the newest at
  // the first call, or a newer one. A checkpoint waits for it: keep it short.
  class SharedTransaction {
   public:
    explicit SharedTransaction(SqliteReader& reader);
    ~SharedTransaction();
    SharedTransaction(const SharedTransaction&) = delete;
    SharedTransaction& operator=(const SharedTransaction&) = delete;

   private:
    SqliteReader& reader_;
  };

  // Checks the checksum of each event, that none is missing, and the chain where it can be
  // followed: from request.hash_before, or from the anchor where the page starts there; against the
  // head where the page reaches it. DATA_LOSS: what the checks found; UNAVAILABLE: I/O error, busy.
  absl::StatusOr<EventsPage> ReadEvents(const EventsRequest& request);
  absl::StatusOr<JournalHead> ReadHead(std::string_view persistence_id);
  absl::StatusOr<IdsPage> ListIds(int64_t after, int64_t ids_max);
  absl::StatusOr<TaggedPage> ReadByTag(std::string_view tag, int64_t after, int64_t events_max);
  absl::StatusOr<SnapshotLoad> LoadSnapshot(std::string_view persistence_id,
                                            const SnapshotCriteria& criteria);
  absl::StatusOr<StateGrant> ReadState(std::string_view persistence_id);
  absl::StatusOr<IdsPage> ListStateIds(int64_t after, int64_t ids_max);

 private:
  explicit SqliteReader(std::unique_ptr<internal::SqliteReaderImpl> impl);
  std::unique_ptr<internal::SqliteReaderImpl> impl_;
};

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_SQLITE_STORE_H_
