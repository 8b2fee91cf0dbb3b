// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What an actor costs from its spawn over one message to its end, beside the spawn floor of
// benchmark_floor.h.
#include <latch>
#include <string>
#include <utility>

#include "benchmark/benchmark.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/benchmark_floor.h"

namespace sampo {
namespace {

using benchmark_floor::Samples;
using benchmark_floor::SpawnFloorNanos;
using benchmark_floor::ThreadFloorNanos;

SystemSettings WithThreads(int64_t threads) {
  SystemSettings settings;
  settings.threads = static_cast<int>(threads);
  settings.log_level = "error";
  return settings;
}

struct Job {
  int64_t value;
};

Behavior<Job> Once(std::latch* done) {
  return Receive<Job>([done](const Job&) {
    done->count_down();
    return Stopped();
  });
}

struct Fork {
  int64_t actors;
  bool named;
  std::latch* done;
};

Behavior<Fork> Forker() {
  return Setup<Fork>([](ActorContext<Fork>& context) {
    return Receive<Fork>([&context, round = int64_t{0}](const Fork& m) mutable {
      ++round;
      for (int64_t i = 0; i < m.actors; ++i) {
        ActorRef<Job> child = m.named ? context.Spawn(Once(m.done), "job-" + std::to_string(round) +
                                                                        "-" + std::to_string(i))
                                      : context.SpawnAnonymous(Once(m.done));
        child.Tell({i});
      }
      return Same();
    });
  });
}

void BM_SpawnByActor(benchmark::State& state) {
  constexpr int64_t kActors = 50'000;
  ActorSystem<Fork> system(Forker(), "fork", WithThreads(state.range(1)));
  Samples samples(state, kActors, SpawnFloorNanos());
  for (auto _ : state) {
    samples.Time([&] {
      std::latch done(kActors);
      system.Tell(Fork{kActors, state.range(0) != 0, &done});
      done.wait();
    });
  }
}
BENCHMARK(BM_SpawnByActor)
    ->ArgNames({"named", "threads"})
    ->ArgsProduct({{0, 1}, {1, 2}})
    ->UseManualTime();

void BM_SpawnFromOutside(benchmark::State& state) {
  constexpr int64_t kActors = 50'000;
  ActorSystem<Job> system(Ignore(), "fork", WithThreads(state.range(0)));
  Samples samples(state, kActors, SpawnFloorNanos());
  for (auto _ : state) {
    samples.Time([&] {
      std::latch done(kActors);
      for (int64_t i = 0; i < kActors; ++i) system.SpawnAnonymous(Once(&done)).Tell({i});
      done.wait();
    });
  }
}
BENCHMARK(BM_SpawnFromOutside)->ArgName("threads")->Arg(1)->Arg(2)->UseManualTime();

// A whole system, with its threads. Its floor: as many threads that start and end.
void BM_System(benchmark::State& state) {
  constexpr int kThreads = 5;  // worker and monitor of two dispatchers, and the timers
  Samples samples(state, 1, kThreads * ThreadFloorNanos());
  for (auto _ : state) {
    samples.Time([&] { ActorSystem<Job> system(Ignore(), "short", WithThreads(1)); });
  }
}
BENCHMARK(BM_System)->UseManualTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace sampo
