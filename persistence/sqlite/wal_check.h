// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Checks a write-ahead log of SQLite before SQLite opens it.
//
// Why: SQLite takes the frames of a WAL up to the first that does not verify, and drops all behind
// it without a word: one flipped bit in the middle loses every commit that came later, and
// integrity_check finds nothing wrong (wal_check_test.cc shows it). Such a WAL must not be opened:
// SQLite would write over the frames that could still be saved.
//
// The format (https://www.sqlite.org/fileformat.html, section 4), integers big-endian:
//   | header, 32 bytes | magic 0x377f0682 (sums over little-endian words) or ...83 (big-endian),
//   |                  | version 3007000, page size, checkpoint number, salt 1, salt 2,
//   |                  | two checksums of the 24 bytes before
//   | frame, 24 bytes  | page number, pages of the database where this frame is a commit (else 0),
//   | and a page       | salt 1, salt 2, two checksums over the checksums before, the first 8
//   |                  | bytes of this and the page
// A WAL that starts over keeps its bytes and takes salt 1 plus one: frames of other salts behind
// the current ones are old.
//
// What is told apart (the proof of a later commit is a frame that verifies from the checksum of a
// commit frame before it: that commit was synced before the next was written):
//   | clean     | every frame of these salts verifies, the last is a commit; or nothing is there
//   | torn tail | frames that do not verify, none of them proven to lie before a later commit: the
//   |           | last transaction was cut by a crash, and SQLite drops it
//   | damaged   | a frame that does not verify, and a later commit is proven; or a header that does
//   |           | not verify, or is of an older generation, before frames that do (but where all
//   |           | those are in the database already, the header was torn as the WAL started over)
//
// Limits:
// - Damage within the last commit looks like a torn tail: that commit is dropped. Damage that hides
//   both the end of the last commit but one and its checksum joins the two. Where the last commit
//   was checkpointed already, older frames before it lie over some of its pages.
// - A WAL cut at the end of a commit, or a file that is an older copy as a whole, is clean.
// - With synchronous below FULL, commits are not synced each: a power cut may lose frames before
//   later commits, and this reports them.
// Threads: pure functions. Memory: a frame at a time, at most 64 KiB and a header.
//
//   absl::Status whole = CheckWal("shop.db");    // before sqlite3_open_v2
#ifndef SAMPO_PERSISTENCE_SQLITE_WAL_CHECK_H_
#define SAMPO_PERSISTENCE_SQLITE_WAL_CHECK_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sampo::persistence {

inline constexpr size_t kWalHeaderBytes = 32;
inline constexpr size_t kWalFrameHeaderBytes = 24;

enum class WalState : uint8_t { kClean, kTornTail, kDamaged };

struct WalReport {
  WalState state = WalState::kClean;
  uint32_t page_bytes = 0;       // 0: there is no header
  bool big_endian_sums = false;  // the checksums are over big-endian words
  int64_t frames_whole = 0;      // that verify, from the start
  int64_t frames_committed = 0;  // of them, up to the last commit: what SQLite recovers
  int64_t commits = 0;           // in them
  // Of a torn tail and of damage: the first frame that does not verify, from 1 (0: the header),
  // where it starts, and how many frames at or behind it end a commit of the same generation.
  int64_t bad_frame = 0;
  int64_t bad_offset = 0;
  int64_t commits_behind = 0;
  // Damage of another kind: the WAL is whole, and SQLite would delete it with its commits, as it
  // does beside an empty database. Set by ExamineWalOf.
  bool database_is_empty = false;
};

// `bytes` bytes at `offset` of the file, all within its size; good until the next call.
using WalBytes = std::function<absl::StatusOr<std::string_view>(int64_t offset, size_t bytes)>;

// Looks at a WAL of `file_bytes` bytes. Errors: those of `read` alone.
absl::StatusOr<WalReport> ExamineWal(int64_t file_bytes, const WalBytes& read);

// Of a WAL whose header does not verify (`report`, bad_frame 0): whether the database has all that
// its commits hold, so that it is not needed. Memory: 16 bytes and more for each page of the WAL.
absl::StatusOr<bool> WalIsInDatabase(const WalReport& report, int64_t wal_bytes,
                                     const WalBytes& read_wal, int64_t database_bytes,
                                     const WalBytes& read_database);

// One line for people: "frame 51 at byte 206032 does not verify, ...". Empty for kClean.
std::string WalReportText(const WalReport& report);

// The report on `database_file`'s WAL, read through the SQLite VFS `vfs` ("": the default one),
// which is safe beside open connections (it keeps their POSIX locks). No WAL: clean, no header.
// Errors: UNAVAILABLE where it cannot be read.
absl::StatusOr<WalReport> ExamineWalOf(const std::string& database_file, const std::string& vfs);

// OK where SQLite may open `database_file`. DATA_LOSS: it would lose acknowledged events; also
// where the database is empty and its WAL is not, because SQLite then deletes the WAL. Writes
// nothing. Nobody may write to the file meanwhile.
absl::Status CheckWal(const std::string& database_file, const std::string& vfs = "");

// Writes the bytes of `database_file`'s WAL again, as they are, and syncs them; nothing where there
// is no WAL. Why: after a failed fsync the system shows what the disk has not got, and a later
// fsync does not bring it there. SQLite would recover such commits, put their pages into the
// database, and after a power cut lay the older pages of the WAL over them (fault_seeds_test found
// it). A page that was written again is synced again. UNAVAILABLE: it cannot be read, written or
// synced.
absl::Status WriteWalAgain(const std::string& database_file, const std::string& vfs = "");

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_SQLITE_WAL_CHECK_H_
