// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What the whole-program benchmarks share: the clock, the peak memory, the random numbers of `big`
// and the line they print, which is the line of the peers' programs, so that one reader reads all.
//
//   bench=big peer=sampo/t1 ops=8000000 seconds=0.20 ops_per_s=40000000 rss_mb=7.1 cpu_s=0.20
//
// Threads: none of its own; functions may be called from any.
#ifndef SAMPO_TOOLS_BENCH_REPORT_H_
#define SAMPO_TOOLS_BENCH_REPORT_H_

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>

namespace sampo::bench {

// What a stretch of work took. CPU time counts all threads of the process; where it is less than
// expected of `seconds`, somebody else had the cores.
struct Lap {
  double seconds = 0;
  double cpu_seconds = 0;
};

class Stopwatch {
 public:
  Lap Read() const {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start_;
    return {.seconds = passed.count(), .cpu_seconds = ProcessCpuSeconds() - cpu_start_};
  }

 private:
  static double ProcessCpuSeconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
  }
  const double cpu_start_ = ProcessCpuSeconds();
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// A "VmRSS:" or "VmHWM:" line of /proc/self/status, in KiB; 0 where there is none.
inline int64_t StatusKib(const char* key) {
  std::FILE* file = std::fopen("/proc/self/status", "r");
  if (file == nullptr) return 0;
  char line[256];
  int64_t kib = 0;
  while (std::fgets(line, sizeof line, file) != nullptr) {
    if (std::strncmp(line, key, std::strlen(key)) == 0) {
      kib = std::atoll(line + std::strlen(key));
      break;
    }
  }
  std::fclose(file);
  return kib;
}

// One program's result.
struct Result {
  std::string bench;
  std::string peer;  // "sampo/t2"
  double ops = 0;
  Lap lap = {};
  std::string extra = {};  // "bytes_per_actor=512", or nothing
};

inline void Print(const Result& result) {
  std::printf("bench=%s peer=%s ops=%.0f seconds=%.6f ops_per_s=%.1f rss_mb=%.1f cpu_s=%.6f%s%s\n",
              result.bench.c_str(), result.peer.c_str(), result.ops, result.lap.seconds,
              result.ops / result.lap.seconds, static_cast<double>(StatusKib("VmHWM:")) / 1024.0,
              result.lap.cpu_seconds, result.extra.empty() ? "" : " ", result.extra.c_str());
  std::fflush(stdout);
}

// xorshift64* (Vigna 2016), seeded as in every peer, so that `big` sends the same messages.
class BigRandom {
 public:
  explicit BigRandom(uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 0x1234567u) {
    if (state_ == 0) state_ = 1;
  }
  uint64_t Next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545F4914F6CDD1Du;
  }

 private:
  uint64_t state_;
};

}  // namespace sampo::bench

#endif  // SAMPO_TOOLS_BENCH_REPORT_H_
