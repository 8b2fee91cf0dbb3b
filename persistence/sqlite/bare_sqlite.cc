// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// bare_sqlite persist_N|recover_N THREADS [SCALE]: the programs of //tools/bench:persistence, done
// by SQLite alone in transactions of one event for each of N ids, and the line they print.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>

#include "sampo/persistence/sqlite/bare_journal.h"

namespace sampo::persistence {
namespace {

double CpuSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double WallSeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

int Main(int argc, char** argv) {
  const std::string bench = argc > 1 ? argv[1] : "";
  const bool recover = bench.rfind("recover_", 0) == 0;
  const int64_t ids = bench.size() > 8 ? std::atoll(bench.c_str() + 8) : 0;
  if (ids < 1 || (!recover && bench.rfind("persist_", 0) != 0)) {
    std::fprintf(stderr, "usage: bare_sqlite persist_N|recover_N THREADS [SCALE]\n");
    return 2;
  }
  // One thread whatever is asked for: SQLite has one writer.
  const int threads = argc > 2 ? std::atoi(argv[2]) : 1;
  const double scale = argc > 3 ? std::atof(argv[3]) : 1.0;
  const int64_t usual = ids == 1 ? 5'000 : std::max<int64_t>(20, 60'000 / ids);
  const int64_t rounds =
      std::max<int64_t>(1, static_cast<int64_t>(static_cast<double>(usual) * scale));
  BenchFolder folder;
  double seconds = 0;
  double cpu = 0;
  // As the other programs: three times, the last one counts. Recovery is of the last file.
  for (int i = 0; i < 3; ++i) {
    BareJournal journal(folder.File(std::to_string(i)), ids);
    const double start = WallSeconds();
    const double cpu_start = CpuSeconds();
    for (int64_t round = 0; round < rounds; ++round) journal.CommitRound();
    seconds = WallSeconds() - start;
    cpu = CpuSeconds() - cpu_start;
    if (i == 2 && recover) {
      const double read_start = WallSeconds();
      const double read_cpu_start = CpuSeconds();
      journal.SelectAll();
      seconds = WallSeconds() - read_start;
      cpu = CpuSeconds() - read_cpu_start;
    }
  }
  const auto ops = static_cast<double>(ids * rounds);
  std::printf("bench=%s peer=bare/t%d ops=%.0f seconds=%.6f ops_per_s=%.1f rss_mb=0 cpu_s=%.6f\n",
              bench.c_str(), threads, ops, seconds, ops / seconds, cpu);
  return 0;
}

}  // namespace
}  // namespace sampo::persistence

int main(int argc, char** argv) { return sampo::persistence::Main(argc, argv); }
