// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/use_sqlite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/base/config.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/actor/testkit/simulated_runtime.h"
#include "sampo/persistence/sqlite/fault_vfs.h"
#include "sampo/persistence/tck/contenders.h"
#include "sampo/persistence/tck/storage_tck.h"

namespace sampo::persistence {
namespace {

using ::testing::HasSubstr;

// A new folder, in memory where the machine has such a place: most of these tests are about
// orders, not about disks, and each makes a file or a hundred.
std::string NewFolder() {
  std::string folder =
      (access("/dev/shm", W_OK) == 0 ? std::string("/dev/shm") : ::testing::TempDir()) +
      "/sampo-sqlite-XXXXXX";
  EXPECT_NE(mkdtemp(folder.data()), nullptr);
  return folder;
}

// Gone with all in it when the test ends.
class TestFolder {
 public:
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string File() const { return path_ + "/j.db"; }

 private:
  const std::string path_ = NewFolder();
};

bool Exists(const std::string& path) {
  struct stat found;
  return stat(path.c_str(), &found) == 0;
}

class SqliteUnderTest final : public tck::StorageUnderTest {
 public:
  absl::StatusOr<StoragePlugins> Open(ActorSystemBase& system) override {
    return OpenSqlite(system, {.file = folder_.File()});
  }
  std::optional<absl::StatusOr<StoragePlugins>> OpenBounded(ActorSystemBase& system,
                                                            int64_t queue_max) override {
    return OpenSqlite(system, {.file = folder_.File(), .queue_max = queue_max});
  }

 private:
  const TestFolder folder_;
};

std::unique_ptr<tck::StorageUnderTest> MakeSqlite() { return std::make_unique<SqliteUnderTest>(); }

// --- fencing ---

TEST(UseSqliteTest, OfLiveWritersInAnyInterleavingTheHistoryIsAlwaysOnes) {
  ForEachSeed(100, [](uint64_t seed) {
    tck::Subject subject(MakeSqlite, seed);
    ASSERT_TRUE(subject.opened().ok()) << subject.opened();
    absl::Status one = tck::JournalContenders(subject);
    EXPECT_TRUE(one.ok()) << one;
  });
}

// --- its end ---

struct Nothing {};

AtomicAppend Append(const std::string& id, int64_t after_seq) {
  return {.persistence_id = id,
          .epoch = 1,
          .after_seq = after_seq,
          .events = {{.manifest = "test.Event", .payload = StrCat("event-", after_seq + 1)}}};
}

TEST(UseSqliteTest, TheEndOfTheSystemAnswersWhatWaitsAndLeavesTheFileAlone) {
  ForEachSeed(20, [](uint64_t seed) {
    const TestFolder folder;
    const std::string file = folder.File();
    int written = 0;
    int unavailable = 0;
    {
      SimulatedRuntime simulation(seed);
      ActorSystem<Nothing> system(Ignore(), "shop", simulation.Settings(), simulation.Runtime());
      absl::StatusOr<StoragePlugins> plugins = OpenSqlite(system, {.file = file});
      ASSERT_TRUE(plugins.ok()) << plugins.status();
      Journal& journal = *plugins->journal;
      Future<WriterGrant> grant = journal.AcquireWriter("a");
      std::vector<Future<std::vector<AppendResult>>> appends;
      for (int64_t i = 0; i < 50; ++i) appends.push_back(journal.Append({Append("a", i)}));
      // Somewhere in the middle of it.
      uint64_t steps = simulation.random().Below(20);
      (void)simulation.RunUntil([&] { return steps-- == 0; });
      system.Terminate();
      ASSERT_TRUE(system.AwaitTermination(absl::Minutes(1)).ok());
      for (const auto& append : appends) {
        ASSERT_TRUE(append.IsComplete());
        absl::StatusOr<std::vector<AppendResult>> results = Await(append, absl::ZeroDuration());
        ASSERT_TRUE(results.ok()) << results.status();
        if ((*results)[0].outcome == WriteOutcome::kWritten) ++written;
      }
      absl::StatusOr<std::vector<AppendResult>> late =
          Await(journal.Append({Append("a", 50)}), absl::Seconds(1));
      ASSERT_TRUE(late.ok());
      EXPECT_EQ((*late)[0].outcome, WriteOutcome::kFailed);
      EXPECT_EQ((*late)[0].status.code(), absl::StatusCode::kUnavailable);
      for (absl::Status status :
           {Await(journal.ReadHead("a"), absl::Seconds(1)).status(),
            Await(journal.AcquireWriter("a"), absl::Seconds(1)).status(),
            Await(plugins->snapshots->Load("a", {}), absl::Seconds(1)).status(),
            Await(plugins->states->Read("a"), absl::Seconds(1)).status()}) {
        if (status.code() == absl::StatusCode::kUnavailable) ++unavailable;
      }
    }
    EXPECT_EQ(written, 50);
    EXPECT_EQ(unavailable, 4);
    EXPECT_TRUE(Exists(file));
    EXPECT_FALSE(Exists(file + "-wal"));
    EXPECT_FALSE(Exists(file + "-lock"));
  });
}

TEST(UseSqliteTest, OnThreadsTheEndAnswersAllAndTheNextSystemReadsThem) {
  const TestFolder folder;
  const std::string file = folder.File();
  constexpr int kIds = 20;
  constexpr int64_t kEvents = 50;
  std::vector<Future<std::vector<AppendResult>>> appends;
  {
    ActorSystem<Nothing> system(Ignore(), "shop");
    ASSERT_TRUE(UseSqlite(system, {.file = file}).ok());
    const StoragePlugins plugins = Persistence::Get(system).plugins();
    absl::Status second = OpenSqlite(system, {.file = file}).status();
    EXPECT_THAT(second.ToString(), HasSubstr("is in use by pid"));
    for (int id = 0; id < kIds; ++id) {
      (void)plugins.journal->AcquireWriter(StrCat("id-", id));
    }
    for (int64_t i = 0; i < kEvents; ++i) {
      for (int id = 0; id < kIds; ++id) {
        appends.push_back(plugins.journal->Append({Append(StrCat("id-", id), i)}));
      }
    }
  }
  for (const auto& append : appends) {
    ASSERT_TRUE(append.IsComplete());
    absl::StatusOr<std::vector<AppendResult>> results = Await(append, absl::ZeroDuration());
    ASSERT_TRUE(results.ok()) << results.status();
    EXPECT_EQ((*results)[0].outcome, WriteOutcome::kWritten) << (*results)[0].status;
  }
  ActorSystem<Nothing> again(Ignore(), "shop");
  absl::StatusOr<StoragePlugins> plugins = OpenSqlite(again, {.file = file});
  ASSERT_TRUE(plugins.ok()) << plugins.status();
  for (int id = 0; id < kIds; ++id) {
    absl::StatusOr<EventsPage> page = Await(
        plugins->journal->ReadEvents({.persistence_id = StrCat("id-", id)}), absl::Seconds(10));
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_EQ(page->events.size(), static_cast<size_t>(kEvents));
    EXPECT_TRUE(page->at_end);
  }
}

TEST(UseSqliteTest, ADeleteOfManyEventsGoesOnUntilAllAreDeleted) {
  const TestFolder folder;
  SimulatedRuntime simulation(TestSeed());
  ActorSystem<Nothing> system(Ignore(), "shop", simulation.Settings(), simulation.Runtime());
  absl::StatusOr<StoragePlugins> plugins = OpenSqlite(system, {.file = folder.File()});
  ASSERT_TRUE(plugins.ok());
  Journal& journal = *plugins->journal;
  (void)journal.AcquireWriter("a");
  for (int64_t i = 0; i < 3; ++i) {
    AtomicAppend append = Append("a", i * 8'000);
    append.events.resize(8'000, append.events[0]);
    (void)journal.Append({append});
  }
  absl::Status deleted = Await(journal.DeleteEvents("a", 1, 23'000), absl::Minutes(1));
  EXPECT_TRUE(deleted.ok()) << deleted;
  absl::StatusOr<JournalHead> head = Await(journal.ReadHead("a"), absl::Minutes(1));
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(head->deleted_to, 23'000);
  EXPECT_EQ(head->highest_seq, 24'000);
}

// --- broken disks ---

// What a checkpoint's failed fsync left is not known: nobody is told anything of it.
TEST(UseSqliteTest, AfterAFailedCheckpointReadsAreRefusedToo) {
  const TestFolder folder;
  FaultVfs vfs(1);
  SimulatedRuntime simulation(1);
  ActorSystem<Nothing> system(Ignore(), "shop", simulation.Settings(), simulation.Runtime());
  absl::StatusOr<StoragePlugins> plugins =
      OpenSqlite(system, {.file = folder.File(),
                          .durability = SqliteDurability::kNormal,
                          .wal_pages = 100,
                          .vfs = vfs.name()});
  ASSERT_TRUE(plugins.ok()) << plugins.status();
  Journal& journal = *plugins->journal;
  ASSERT_TRUE(Await(journal.AcquireWriter("a"), absl::Minutes(1)).ok());
  AtomicAppend large = Append("a", 0);
  large.events[0].payload = std::string(500'000, 'x');
  vfs.disk().SetPlan({.sync_error_in = 1});
  const auto written = Await(journal.Append({large}), absl::Minutes(1));
  ASSERT_TRUE(written.ok());
  EXPECT_EQ(written->front().outcome, WriteOutcome::kWritten);  // the next step is the checkpoint
  EXPECT_EQ(simulation.RunUntilIdle(), absl::OkStatus());
  EXPECT_GT(vfs.disk().count(FaultKind::kSyncError), 0);
  const absl::Status read = Await(journal.ReadHead("a"), absl::Minutes(1)).status();
  EXPECT_EQ(read.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(read.ToString(), HasSubstr("does no more work since an error"));
  system.Terminate();
  EXPECT_TRUE(system.AwaitTermination(absl::Minutes(1)).ok());
}

// --- settings ---

TEST(UseSqliteTest, SettingsWithWhichNoCallWouldBeAnsweredAreRefused) {
  const TestFolder folder;
  ActorSystem<Nothing> system(Ignore(), "shop");
  const absl::Status readers = OpenSqlite(system, {.file = folder.File(), .readers = 0}).status();
  EXPECT_EQ(readers.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(readers.ToString(), HasSubstr("readers is 0, allowed are 1 to 64"));
  EXPECT_EQ(OpenSqlite(system, {.file = folder.File(), .queue_max = 0}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(Exists(folder.File()));
}

TEST(UseSqliteTest, SettingsAreReadAndTheirPageShowsTheDefaults) {
  std::ifstream file("docs/configuration.md");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_THAT(text.str(), HasSubstr(SqliteSettings().ToToml() + "```"));

  SqliteSettings settings;
  settings.file = "shop.db";
  settings.durability = SqliteDurability::kNormal;
  settings.readers = 3;
  settings.queue_max = 7;
  settings.queue_bytes_max = (1 << 20) + 1;
  settings.group_wait_max = absl::Microseconds(1500);
  settings.busy_timeout = absl::Milliseconds(1500);
  settings.wal_pages = 123;
  settings.ids_in_memory_max = 9;
  absl::StatusOr<Config> config = Config::FromToml(settings.ToToml());
  ASSERT_TRUE(config.ok()) << config.status();
  absl::StatusOr<SqliteSettings> read = SqliteSettings::FromConfig(*config);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->ToToml(), settings.ToToml());

  absl::Status wrong =
      SqliteSettings::FromConfig(*Config::FromToml("[persistence.sqlite]\nreaders = 0\n")).status();
  EXPECT_THAT(wrong.ToString(), HasSubstr("persistence.sqlite.readers"));
  EXPECT_THAT(wrong.ToString(), HasSubstr("persistence.sqlite.file"));
}

}  // namespace
}  // namespace sampo::persistence

SAMPO_STORAGE_TCK(Sqlite, sampo::persistence::MakeSqlite, {.seeds = 3});
