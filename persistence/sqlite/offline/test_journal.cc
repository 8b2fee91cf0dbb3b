// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/offline/test_journal.h"

#include <sqlite3.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <utility>

#include "sampo/actor/base/check.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::persistence::offline {
namespace {

constexpr int64_t kPageBytes = 4096;

}  // namespace

TestJournal::TestJournal() {
  const char* temp = std::getenv("TEST_TMPDIR");
  folder_ = StrCat(temp == nullptr ? "/tmp" : temp, "/journalXXXXXX");
  SAMPO_CHECK(mkdtemp(folder_.data()) != nullptr, folder_);
  file_ = folder_ + "/shop.db";
}

TestJournal::~TestJournal() {
  writer_.reset();
  std::error_code ignored;  // what stays in a test's folder is removed with it
  std::filesystem::remove_all(folder_, ignored);
}

SqliteWriter& TestJournal::writer() {
  if (writer_ == nullptr) {
    // Nobody cuts the power here, and fsync is slow.
    SqliteStoreOptions options;
    options.file = file_;
    options.clock = &clock_;
    options.durability = SqliteDurability::kNormal;
    absl::StatusOr<std::unique_ptr<SqliteWriter>> opened = SqliteWriter::Open(options);
    SAMPO_CHECK(opened.ok(), opened.status().ToString());
    writer_ = *std::move(opened);
  }
  return *writer_;
}

WriteResult TestJournal::Write(WriteOp op) {
  WriteResult result = writer().CommitGroup(std::span(&op, 1))[0];
  SAMPO_CHECK(result.outcome == WriteOutcome::kWritten, result.status.ToString());
  return result;
}

TestJournal::Position& TestJournal::PositionOf(const std::string& id) {
  Position& position = positions_[id];
  if (position.epoch == 0) {
    const WriterGrant grant = Write(AcquireWriterOp{id}).grant;
    position = {grant.epoch, grant.highest_seq, grant.hash};
  }
  return position;
}

void TestJournal::AppendEvent(const std::string& id, EventRecord event) {
  Position& position = PositionOf(id);
  AtomicAppend append;
  append.persistence_id = id;
  append.epoch = position.epoch;
  append.after_seq = position.seq;
  append.events.push_back(std::move(event));
  position.hash = Write(std::move(append)).hash;
  ++position.seq;
}

void TestJournal::Append(const std::string& id, int count, const std::vector<std::string>& tags) {
  for (int i = 0; i < count; ++i) {
    EventRecord event;
    event.manifest = "cart.v1.Event";
    event.payload = StrCat(id, "-event-", PositionOf(id).seq + 1, ";");
    event.tags = tags;
    AppendEvent(id, std::move(event));
  }
}

void TestJournal::AppendPayload(const std::string& id, std::string payload) {
  EventRecord event;
  event.manifest = "cart.v1.Event";
  event.payload = std::move(payload);
  AppendEvent(id, std::move(event));
}

void TestJournal::SaveSnapshot(const std::string& id) {
  const Position& position = PositionOf(id);
  SnapshotRecord snapshot;
  snapshot.persistence_id = id;
  snapshot.seq = position.seq;
  snapshot.epoch = position.epoch;
  snapshot.hash = position.hash;
  snapshot.manifest = "cart.v1.State";
  snapshot.payload = StrCat(id, "-snapshot-", position.seq, ";");
  snapshot.written_at_micros = absl::ToUnixMicros(clock_.WallTime());
  Write(SaveSnapshotOp{std::move(snapshot)});
}

void TestJournal::DeleteEvents(const std::string& id, int64_t to_seq) {
  Write(DeleteEventsOp{id, PositionOf(id).epoch, to_seq});
}

void TestJournal::Upsert(const std::string& id, std::string payload) {
  Position& position = states_[id];
  if (position.epoch == 0) position.epoch = Write(AcquireStateOp{id}).state.epoch;
  StateRecord state;
  state.persistence_id = id;
  state.revision = ++position.seq;
  state.epoch = position.epoch;
  state.manifest = "cart.v1.State";
  state.payload = std::move(payload);
  state.written_at_micros = absl::ToUnixMicros(clock_.WallTime());
  Write(UpsertStateOp{std::move(state)});
}

void TestJournal::DeleteState(const std::string& id) {
  Position& position = states_[id];
  Write(DeleteStateOp{id, position.epoch, ++position.seq});
}

void TestJournal::Fill() {
  Append("Cart|7", 5, {"red", "blue"});
  SaveSnapshot("Cart|7");
  Append("Cart|7", 5);
  Append("Cart|8", 4);
  Append("Order|1", 6);
  SaveSnapshot("Order|1");
  Append("Order|1", 2);
  DeleteEvents("Order|1", 3);
  Upsert("Cart|7", "state-of-7;");
  Upsert("Cart|9", "state-of-9;");
  DeleteState("Cart|9");
  Close();
}

void TestJournal::Close() {
  absl::Status closed = writer().Close();
  SAMPO_CHECK(closed.ok(), closed.ToString());
  writer_.reset();
  positions_.clear();
  states_.clear();
}

void TestJournal::Sql(const std::string& sql) {
  sqlite3* database = nullptr;
  SAMPO_CHECK(sqlite3_open(file_.c_str(), &database) == SQLITE_OK, file_);
  const int code = sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr);
  SAMPO_CHECK(code == SQLITE_OK, StrCat(sql, ": ", sqlite3_errmsg(database)));
  sqlite3_close(database);
}

void TestJournal::FlipByteOf(const std::string& text, const std::string& ending) {
  const size_t at = BytesOf(file_ + ending).find(text);
  SAMPO_CHECK(at != std::string::npos, StrCat(file_, ending, " does not have ", text));
  FlipByteAt(static_cast<int64_t>(at), ending);
}

void TestJournal::FlipByteAt(int64_t offset, const std::string& ending) {
  std::fstream file(file_ + ending, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(offset);
  const int byte = file.get();
  file.seekp(offset);
  file.put(static_cast<char>(byte ^ 0x20));
  SAMPO_CHECK(file.good(), file_);
}

int64_t TestJournal::RootOffsetOf(const std::string& name) {
  sqlite3* database = nullptr;
  sqlite3_stmt* row = nullptr;
  SAMPO_CHECK(sqlite3_open(file_.c_str(), &database) == SQLITE_OK, file_);
  const std::string sql = StrCat("SELECT rootpage FROM sqlite_schema WHERE name = '", name, "'");
  SAMPO_CHECK(sqlite3_prepare_v2(database, sql.c_str(), -1, &row, nullptr) == SQLITE_OK, sql);
  SAMPO_CHECK(sqlite3_step(row) == SQLITE_ROW, name);
  const int64_t page = sqlite3_column_int64(row, 0);
  sqlite3_finalize(row);
  sqlite3_close(database);
  return (page - 1) * kPageBytes;
}

std::string TestJournal::RootPageOf(const std::string& name) {
  return BytesOf(file_).substr(static_cast<size_t>(RootOffsetOf(name)), kPageBytes);
}

void TestJournal::PutRootPageOf(const std::string& name, const std::string& page) {
  std::string bytes = BytesOf(file_);
  bytes.replace(static_cast<size_t>(RootOffsetOf(name)), kPageBytes, page);
  WriteBytes(file_, bytes);
}

std::string TestJournal::CopyAfterCrash(const std::string& name) {
  const std::string copy = PathOf(name);
  // By another process: closing the file in this one would drop SQLite's locks on it.
  const std::string command =
      StrCat("cp ", file_, " ", copy, " && cp ", file_, "-wal ", copy, "-wal");
  SAMPO_CHECK(std::system(command.c_str()) == 0, command);
  return copy;
}

std::string BytesOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

void WriteBytes(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << bytes;
  SAMPO_CHECK(file.good(), path);
}

bool FileExists(const std::string& path) { return std::filesystem::exists(path); }

}  // namespace sampo::persistence::offline
