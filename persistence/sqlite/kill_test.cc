// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// SIGKILL for real: this program, started again as a writer on a real file, tells each event that
// the store has acknowledged on its standard output, and is killed at a moment that a seed says, 50
// times on one file. After each death every event it told is there, and the chain is whole.

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/random.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/sqlite/store.h"

namespace sampo::persistence {
namespace {

constexpr int kDeaths = 50;
constexpr size_t kIds = 4;
constexpr uint64_t kToldBeforeDeathMax = 60;
// Of one id in one group: so many may be there that were not told.
constexpr int64_t kAppendsPerGroupMax = 3;
constexpr int64_t kEventsPerAppendOfTestMax = 3;

// What the writer tells: written in one piece, being shorter than PIPE_BUF.
struct Told {
  uint64_t id = 0;
  int64_t highest_seq = 0;
};

std::string IdName(uint64_t id) { return StrCat("Cart|", id); }

std::string Payload(uint64_t id, int64_t seq) {
  Random random(id * 1'000'003 + static_cast<uint64_t>(seq));
  return std::string(random.Below(3000), 'p') + StrCat(id, "/", seq);
}

// --- the writer ---

// Writes until it is killed, or nobody listens.
[[noreturn]] void WriteUntilKilled(const std::string& file, uint64_t seed) {
  Random random(seed);
  SqliteStoreOptions options;
  options.file = file;
  options.wal_pages = 60;
  absl::StatusOr<std::unique_ptr<SqliteWriter>> opened = SqliteWriter::Open(options);
  SAMPO_CHECK(opened.ok(), opened.status().ToString());
  SqliteWriter& writer = **opened;
  std::vector<WriteOp> acquire;
  for (uint64_t id = 0; id < kIds; ++id) acquire.emplace_back(AcquireWriterOp{IdName(id)});
  std::array<WriterGrant, kIds> heads;
  const std::vector<WriteResult> granted = writer.CommitGroup(acquire);
  for (size_t id = 0; id < kIds; ++id) heads[id] = granted[id].grant;
  while (true) {
    std::vector<WriteOp> group;
    std::vector<Told> told;
    for (int64_t i = 1 + static_cast<int64_t>(random.Below(kAppendsPerGroupMax)); i > 0; --i) {
      const uint64_t id = random.Below(kIds);
      AtomicAppend append{.persistence_id = IdName(id),
                          .epoch = heads[id].epoch,
                          .after_seq = heads[id].highest_seq,
                          .events = {}};
      for (uint64_t n = 1 + random.Below(kEventsPerAppendOfTestMax); n > 0; --n) {
        append.events.push_back(
            {.manifest = "test.Event", .payload = Payload(id, ++heads[id].highest_seq)});
      }
      told.push_back({id, heads[id].highest_seq});
      group.emplace_back(std::move(append));
    }
    const std::vector<WriteResult> results = writer.CommitGroup(group);
    for (size_t i = 0; i < results.size(); ++i) {
      SAMPO_CHECK(results[i].outcome == WriteOutcome::kWritten);
      if (write(STDOUT_FILENO, &told[i], sizeof(Told)) != sizeof(Told)) _exit(0);
    }
    SAMPO_CHECK(writer.CheckpointIfDue().ok());
  }
}

// --- the test ---

class Child {
 public:
  Child(const std::string& file, uint64_t seed) {
    std::array<int, 2> ends;
    SAMPO_CHECK(pipe2(ends.data(), O_CLOEXEC) == 0);
    const std::string seed_text = StrCat(seed);
    pid_ = fork();
    SAMPO_CHECK(pid_ >= 0);
    if (pid_ == 0) {
      dup2(ends[1], STDOUT_FILENO);
      execl("/proc/self/exe", "kill_test", "--writer", file.c_str(), seed_text.c_str(), nullptr);
      _exit(1);
    }
    close(ends[1]);
    pipe_ = ends[0];
  }
  Child(const Child&) = delete;
  ~Child() { close(pipe_); }

  // False: it has ended and told all.
  bool Next(Told& told) {
    size_t have = 0;
    while (have < sizeof(told)) {
      const ssize_t got = read(pipe_, reinterpret_cast<char*>(&told) + have, sizeof(told) - have);
      if (got <= 0) return false;
      have += static_cast<size_t>(got);
    }
    return true;
  }
  // Lets it go on for a part of a commit; a look at the pipe takes about a microsecond.
  void Linger(uint64_t looks) {
    for (; looks > 0; --looks) {
      pollfd look{.fd = pipe_, .events = 0, .revents = 0};
      poll(&look, 1, 0);
    }
  }
  void Kill() {
    kill(pid_, SIGKILL);
    int status = 0;
    EXPECT_EQ(waitpid(pid_, &status, 0), pid_);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
  }

 private:
  pid_t pid_ = -1;
  int pipe_ = -1;
};

// Reads all of each id with its chain; `known` becomes what is there. At each of `deaths` a group
// may have been stored that was not told.
void ExpectAllTold(SqliteReader& reader, int64_t deaths, std::array<int64_t, kIds>& known) {
  for (uint64_t id = 0; id < kIds; ++id) {
    int64_t seq = 0;
    EventsRequest request{.persistence_id = IdName(id), .events_max = 100};
    bool at_end = false;
    while (!at_end) {
      absl::StatusOr<EventsPage> page = reader.ReadEvents(request);
      ASSERT_TRUE(page.ok()) << page.status();
      for (const StoredEvent& event : page->events) {
        ASSERT_EQ(event.seq, ++seq);
        ASSERT_EQ(event.payload, Payload(id, seq));
      }
      at_end = page->at_end;
      request.from_seq = seq + 1;
      request.hash_before = page->hash_after;
    }
    ASSERT_GE(seq, known[id]) << "acknowledged events of " << IdName(id) << " are gone";
    ASSERT_LE(seq, known[id] + deaths * kAppendsPerGroupMax * kEventsPerAppendOfTestMax);
    known[id] = seq;
  }
}

TEST(KillTest, EveryAcknowledgedEventIsThereAfterEachOf50Deaths) {
  const std::string file = std::filesystem::canonical(testing::TempDir()) / "killed.db";
  for (const char* suffix : {"", "-wal", "-shm", "-lock"}) std::filesystem::remove(file + suffix);
  SqliteStoreOptions options;
  options.file = file;
  Random random(1);
  std::array<int64_t, kIds> known{};
  int64_t unread_deaths = 0;
  int wal_left = 0;
  for (int death = 1; death <= kDeaths; ++death) {
    Child writer(file, static_cast<uint64_t>(death));
    Told told;
    // Some die before they have told anything: while they open the file and recover.
    const uint64_t lives_for = random.Below(8) == 0 ? 0 : 1 + random.Below(kToldBeforeDeathMax);
    for (uint64_t i = 0; i < lives_for; ++i) {
      ASSERT_TRUE(writer.Next(told)) << "the writer has ended";
      known[told.id] = told.highest_seq;
    }
    ++unread_deaths;
    writer.Linger(random.Below(3000));
    writer.Kill();
    while (writer.Next(told)) known[told.id] = told.highest_seq;
    if (!std::filesystem::exists(file)) continue;
    wal_left += std::filesystem::exists(file + "-wal") ? 1 : 0;
    // The next writer recovers the file by itself, or finds it recovered and closed.
    if (random.Below(2) == 0) continue;
    absl::StatusOr<std::unique_ptr<SqliteWriter>> opened = SqliteWriter::Open(options);
    ASSERT_TRUE(opened.ok()) << opened.status();
    absl::StatusOr<std::unique_ptr<SqliteReader>> reader = SqliteReader::Open(options);
    ASSERT_TRUE(reader.ok()) << reader.status();
    ExpectAllTold(**reader, unread_deaths, known);
    if (HasFatalFailure()) return;
    reader->reset();
    unread_deaths = 0;
    if (random.Below(2) == 0) {
      EXPECT_EQ((*opened)->Close(), absl::OkStatus());
    }
  }
  EXPECT_GT(wal_left, kDeaths / 2);
  int64_t events = 0;
  for (const int64_t seq : known) events += seq;
  std::printf("%d deaths, %lld events\n", kDeaths, static_cast<long long>(events));
}

}  // namespace
}  // namespace sampo::persistence

int main(int argc, char** argv) {
  if (argc == 4 && std::string_view(argv[1]) == "--writer") {
    sampo::persistence::WriteUntilKilled(argv[2], std::strtoull(argv[3], nullptr, 10));
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
