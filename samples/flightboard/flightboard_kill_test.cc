// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// SIGKILL for real: this program, started again as the one that ingests real flights into a real
// journal, is killed at 30 moments that a seed decides, sometimes twice in a row. After each death
// another run brings the totals of a plain fold over the file, and a run after that adds nothing.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/samples/flightboard/flight_store.h"
#include "sampo/samples/flightboard/ingest.h"
#include "sampo/samples/flightboard/testing_flights.h"

namespace flightboard {
namespace {

constexpr int kMoments = 30;
constexpr int kFlights = 6000;
constexpr int64_t kChunkFlights = 50;
constexpr absl::Duration kPatience = absl::Minutes(5);

struct Nothing {};

// One run of the program from its start to its end: the counts, then what the board shows.
struct RunResult {
  IngestResult ingest;
  Board board;
};
RunResult RunProgram(const std::string& input, const std::string& journal,
                     std::function<void(const IngestCounts&)> on_progress = nullptr) {
  sampo::SystemSettings settings;
  settings.threads = 2;
  settings.log_level = "error";
  sampo::ActorSystem<Nothing> system(sampo::Ignore(), "flightboard", settings);
  const absl::StatusOr<FlightStore> store = FlightStore::Open(system, journal);
  testing::Require(store.ok(), store.status().ToString());
  IngestSettings ingest{.input = input, .source = "real"};
  ingest.chunk_flights = kChunkFlights;
  ingest.parallelism = 4;
  ingest.on_progress = std::move(on_progress);
  absl::StatusOr<IngestResult> result = sampo::Await(Ingest(system, *store, ingest), kPatience);
  testing::Require(result.ok(), result.status().ToString());
  absl::StatusOr<Board> board = sampo::Await(store->Summary(), kPatience);
  testing::Require(board.ok(), board.status().ToString());
  return {*std::move(result), *std::move(board)};
}

// The program that is killed: tells a byte on standard output after each chunk.
int TellProgress(const std::string& input, const std::string& journal) {
  RunProgram(input, journal, [](const IngestCounts&) {
    if (write(STDOUT_FILENO, "c", 1) != 1) _exit(0);
  });
  return 0;
}

class Child {
 public:
  Child(const std::string& input, const std::string& journal) {
    std::array<int, 2> ends;
    testing::Require(pipe2(ends.data(), O_CLOEXEC) == 0, "a pipe");
    pid_ = fork();
    testing::Require(pid_ >= 0, "a child");
    if (pid_ == 0) {
      dup2(ends[1], STDOUT_FILENO);
      execl("/proc/self/exe", "flightboard_kill_test", "--ingest", input.c_str(), journal.c_str(),
            nullptr);
      _exit(1);
    }
    close(ends[1]);
    pipe_ = ends[0];
  }
  Child(const Child&) = delete;
  ~Child() { close(pipe_); }

  // Waits for so many chunks, or for its end.
  void WaitForChunks(uint64_t chunks) {
    char byte = 0;
    while (chunks-- > 0 && read(pipe_, &byte, 1) == 1) continue;
  }
  // Lets it go on for a part of a commit; a look at the pipe takes about a microsecond.
  void Linger(uint64_t looks) {
    for (; looks > 0; --looks) {
      pollfd look{.fd = pipe_, .events = 0, .revents = 0};
      poll(&look, 1, 0);
    }
  }
  // False: it had ended before.
  bool Kill() {
    kill(pid_, SIGKILL);
    int status = 0;
    EXPECT_EQ(waitpid(pid_, &status, 0), pid_);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  }

 private:
  pid_t pid_ = -1;
  int pipe_ = -1;
};

// The first records of the sample's data.
std::string RealFlights() {
  const nlohmann::json all =
      nlohmann::json::parse(testing::ReadFile("samples/flightboard/data/flights-20k.json"));
  nlohmann::json some = nlohmann::json::array();
  for (int i = 0; i < kFlights; ++i) some.push_back(all.at(static_cast<size_t>(i)));
  return some.dump();
}

TEST(FlightboardKillTest, TotalsAreThoseOfAPlainFoldAfterADeathAtAnyMoment) {
  const std::string folder = std::filesystem::canonical(::testing::TempDir());
  const std::string input = folder + "/real.json";
  const std::string journal = folder + "/killed.db";
  const std::string text = RealFlights();
  testing::WriteFile(input, text);
  const Board expected = testing::PlainFoldOfJson(text);
  testing::Random random(sampo::TestSeed());
  int killed = 0;
  int in_the_middle = 0;
  for (int moment = 1; moment <= kMoments; ++moment) {
    for (const char* suffix : {"", "-wal", "-shm", "-lock"}) {
      std::filesystem::remove(journal + suffix);
    }
    for (uint64_t deaths = 1 + random.Below(2); deaths > 0; --deaths) {
      Child child(input, journal);
      // Some die while they open the journal, or recover.
      const uint64_t chunks = random.Below(5) == 0 ? 0 : random.Below(kFlights / kChunkFlights);
      child.WaitForChunks(chunks);
      child.Linger(random.Below(chunks == 0 ? 30'000 : 3'000));
      killed += child.Kill() ? 1 : 0;
    }
    const RunResult again = RunProgram(input, journal);
    ASSERT_EQ(again.ingest.end, IngestEnd::kComplete) << again.ingest.status;
    const IngestCounts& counts = again.ingest.counts;
    ASSERT_EQ(counts.stored + counts.already_known, kFlights) << "moment " << moment;
    in_the_middle += counts.stored > 0 && counts.already_known > 0 ? 1 : 0;
    ASSERT_EQ(again.board.flights, expected.flights) << "moment " << moment;
    ASSERT_EQ(again.board.airports, expected.airports) << "moment " << moment;
    if (moment % 10 != 0) continue;
    const RunResult third = RunProgram(input, journal);
    EXPECT_EQ(third.ingest.counts.already_known, kFlights);
    EXPECT_EQ(third.board.airports, expected.airports);
  }
  EXPECT_GE(killed, kMoments);
  EXPECT_GT(in_the_middle, kMoments / 2);
  std::printf("%d deaths, %d with a part of the file stored\n", killed, in_the_middle);
}

}  // namespace
}  // namespace flightboard

int main(int argc, char** argv) {
  if (argc == 4 && std::string_view(argv[1]) == "--ingest") {
    return flightboard::TellProgress(argv[2], argv[3]);
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
