// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The Savina-style programs (Imam and Sarkar, 2014) that every peer runs too, written as a user of
// Sampo would write them. What each times, and how much it does, is the table in README.md.
//
// Threads: each function runs an actor system of its own and returns when it has ended.
//
//   Print(RunPingPong({.bench = "ping_pong", .threads = 2}));
#ifndef SAMPO_TOOLS_BENCH_SAVINA_H_
#define SAMPO_TOOLS_BENCH_SAVINA_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "sampo/actor/system_settings.h"
#include "sampo/tools/bench/report.h"

namespace sampo::bench {

struct Run {
  std::string bench;
  int threads = 1;
  // Times the usual number of messages; tests run with less, a profiler with more.
  double scale = 1.0;

  // `usual`, scaled, as a multiple of `unit` and at least one unit.
  int64_t Scaled(int64_t usual, int64_t unit = 1) const {
    const auto scaled = static_cast<int64_t>(static_cast<double>(usual) * scale);
    return std::max(scaled / unit, int64_t{1}) * unit;
  }
  SystemSettings Settings() const {
    SystemSettings settings;
    settings.threads = threads;
    settings.log_level = "error";
    return settings;
  }
  Result Done(int64_t ops, const Lap& lap, std::string extra = {}) const {
    return {.bench = bench,
            .peer = "sampo/t" + std::to_string(threads),
            .ops = static_cast<double>(ops),
            .lap = lap,
            .extra = std::move(extra)};
  }
};

// savina_messages.cc
Result RunPingPong(const Run& run);
Result RunThreadRing1(const Run& run);
Result RunThreadRing100(const Run& run);
Result RunFanIn(const Run& run);
Result RunCounting(const Run& run);
Result RunBig(const Run& run);

// savina_lifecycle.cc
Result RunForkJoinCreate(const Run& run);
Result RunForkJoinCreateActor(const Run& run);
Result RunIdleMemory(const Run& run);

// savina_ask.cc; the name in `run` says how many asks are in flight and whether they time out.
Result RunAsk(const Run& run);
Result RunAskBlocking(const Run& run);

}  // namespace sampo::bench

#endif  // SAMPO_TOOLS_BENCH_SAVINA_H_
