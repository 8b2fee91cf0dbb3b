// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// savina BENCH THREADS [SCALE]: runs one program and prints one line; see savina.h.
#include "sampo/tools/bench/savina.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace sampo::bench {
namespace {

struct Program {
  const char* name;
  Result (*run)(const Run& run);
};

constexpr Program kPrograms[] = {
    {"ping_pong", RunPingPong},
    {"fan_in", RunFanIn},
    {"thread_ring_1", RunThreadRing1},
    {"thread_ring_100", RunThreadRing100},
    {"fork_join_create", RunForkJoinCreate},
    {"fork_join_create_actor", RunForkJoinCreateActor},
    {"idle_memory", RunIdleMemory},
    {"big", RunBig},
    {"counting", RunCounting},
    {"ask_seq", RunAsk},
    {"ask_1000", RunAsk},
    {"ask_seq_timeout", RunAsk},
    {"ask_1000_timeout", RunAsk},
    {"ask_blocking", RunAskBlocking},
};

int Usage() {
  std::fprintf(stderr,
               "usage: savina BENCH THREADS [SCALE]\n"
               "  SCALE times the usual number of messages or actors, 1 if left out.\n"
               "  BENCH:");
  for (const Program& program : kPrograms) std::fprintf(stderr, " %s", program.name);
  std::fprintf(stderr, "\n");
  return 2;
}

int Main(int argc, char** argv) {
  if (argc < 3 || argc > 4) return Usage();
  const Run run = {.bench = argv[1],
                   .threads = std::atoi(argv[2]),
                   .scale = argc > 3 ? std::atof(argv[3]) : 1.0};
  if (run.threads < 1 || run.scale <= 0) return Usage();
  for (const Program& program : kPrograms) {
    if (run.bench != program.name) continue;
    Print(program.run(run));
    return 0;
  }
  std::fprintf(stderr, "savina: no program is called %s\n", argv[1]);
  return Usage();
}

}  // namespace
}  // namespace sampo::bench

int main(int argc, char** argv) { return sampo::bench::Main(argc, argv); }
