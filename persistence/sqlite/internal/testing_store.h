// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// StoreTest: a store on a new file, for the tests that write, and for those that damage the file.
//
// Threads: the test's. Lifetime: that of one test; the file stays in the test's folder.
//
//   TEST_F(StoreTest, EventsAreThere) {
//     Open();
//     Fill("a", 3);
//     EXPECT_EQ(Payloads("a").size(), 3u);
//   }
#ifndef SAMPO_PERSISTENCE_SQLITE_INTERNAL_TESTING_STORE_H_
#define SAMPO_PERSISTENCE_SQLITE_INTERNAL_TESTING_STORE_H_

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/sqlite/store.h"

namespace sampo::persistence {

inline std::string TextOf(const absl::Status& status) { return status.ToString(); }

inline EventRecord Event(std::string payload, std::vector<std::string> tags = {}) {
  return {.manifest = "test.Event", .payload = std::move(payload), .tags = std::move(tags)};
}

inline AtomicAppend Append(std::string id, uint64_t epoch, int64_t after_seq,
                           std::vector<EventRecord> events) {
  return {.persistence_id = std::move(id),
          .epoch = epoch,
          .after_seq = after_seq,
          .events = std::move(events)};
}

// A new file in a folder of its own.
class StoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string folder = ::testing::TempDir() + "/storeXXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    options_.file = folder + "/j.db";
    // Most of these tests are not about power cuts; the disk's fsync is slow.
    options_.durability = SqliteDurability::kNormal;
  }

  void Open() {
    absl::StatusOr<std::unique_ptr<SqliteWriter>> writer = SqliteWriter::Open(options_);
    ASSERT_TRUE(writer.ok()) << writer.status();
    writer_ = *std::move(writer);
    absl::StatusOr<std::unique_ptr<SqliteReader>> reader = SqliteReader::Open(options_);
    ASSERT_TRUE(reader.ok()) << reader.status();
    reader_ = *std::move(reader);
  }
  absl::Status Close() {
    reader_.reset();
    absl::Status closed = writer_->Close();
    writer_.reset();
    return closed;
  }

  WriteResult Write(WriteOp op) { return writer_->CommitGroup(std::span(&op, 1))[0]; }
  uint64_t Acquire(const std::string& id) { return Write(AcquireWriterOp{id}).grant.epoch; }
  // Events 1 to `count` of a new id, one at a time.
  void Fill(const std::string& id, int count) {
    const uint64_t epoch = Acquire(id);
    for (int i = 0; i < count; ++i) {
      ASSERT_EQ(Write(Append(id, epoch, i, {Event(StrCat("event-", i + 1))})).outcome,
                WriteOutcome::kWritten);
    }
  }
  std::vector<std::string> Payloads(const std::string& id) {
    absl::StatusOr<EventsPage> page = reader_->ReadEvents({.persistence_id = id});
    std::vector<std::string> payloads;
    if (!page.ok()) return {TextOf(page.status())};
    for (const StoredEvent& event : page->events) payloads.push_back(event.payload);
    return payloads;
  }

  // Changes the file beside the store, as a disk or a person would.
  void Sql(const std::string& sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(options_.file.c_str(), &db), SQLITE_OK);
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK)
        << (error == nullptr ? "" : error);
    sqlite3_free(error);
    sqlite3_close(db);
  }
  // Flips a bit of the first byte of `text` in the closed file.
  void FlipIn(const std::string& text) {
    std::fstream file(options_.file, std::ios::in | std::ios::out | std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const size_t at = bytes.find(text);
    ASSERT_NE(at, std::string::npos);
    file.clear();
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(bytes[at] ^ 1));
  }

  SqliteStoreOptions options_;
  std::unique_ptr<SqliteWriter> writer_;
  std::unique_ptr<SqliteReader> reader_;
};

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_SQLITE_INTERNAL_TESTING_STORE_H_
