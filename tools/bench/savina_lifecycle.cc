// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The programs that make actors: fork_join_create and idle_memory.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "sampo/actor/actor.h"
#include "sampo/tools/bench/savina.h"

namespace sampo::bench {
namespace {

constexpr int64_t kActors = 1'000'000;

struct Job {
  int64_t value;
};

// Handles one message and stops.
Behavior<Job> Once(std::latch* done) {
  return Receive<Job>([done](const Job&) {
    done->count_down();
    return Stopped();
  });
}

struct Fork {
  int64_t actors;
};

Behavior<Fork> Forker(std::latch* done) {
  return Setup<Fork>([done](ActorContext<Fork>& context) {
    return Receive<Fork>([&context, done](const Fork& m) {
      for (int64_t i = 0; i < m.actors; ++i) context.SpawnAnonymous(Once(done)).Tell({i});
      return Same();
    });
  });
}

// Until the last of them has ended, which the end of the whole system proves.
void AwaitEnd(ActorSystemBase& system) {
  system.Terminate();
  const absl::Status ended = system.AwaitTermination(absl::Minutes(2));
  if (!ended.ok()) {
    std::fprintf(stderr, "savina: %s\n", ended.ToString().c_str());
    std::exit(1);
  }
}

Behavior<Job> Idle(std::latch* started) {
  return Setup<Job>([started](ActorContext<Job>&) {
    started->count_down();
    return Receive<Job>([](const Job&) { return Same(); });
  });
}

}  // namespace

Result RunForkJoinCreate(const Run& run) {
  const int64_t actors = run.Scaled(kActors);
  std::latch done(actors);
  ActorSystem<Job> system(Ignore(), "savina", run.Settings());

  Stopwatch watch;
  for (int64_t i = 0; i < actors; ++i) system.SpawnAnonymous(Once(&done)).Tell({i});
  done.wait();
  AwaitEnd(system);
  return run.Done(actors, watch.Read());
}

Result RunForkJoinCreateActor(const Run& run) {
  const int64_t actors = run.Scaled(kActors);
  std::latch done(actors);
  ActorSystem<Fork> system(Forker(&done), "savina", run.Settings());

  Stopwatch watch;
  system.Tell(Fork{actors});
  done.wait();
  AwaitEnd(system);
  return run.Done(actors, watch.Read());
}

Result RunIdleMemory(const Run& run) {
  const int64_t actors = run.Scaled(kActors);
  std::latch started(actors);
  ActorSystem<Job> system(Ignore(), "savina", run.Settings());
  std::vector<ActorRef<Job>> refs(actors);
  const int64_t before_kib = StatusKib("VmRSS:");

  Stopwatch watch;
  for (auto& ref : refs) ref = system.SpawnAnonymous(Idle(&started));
  started.wait();
  const Lap lap = watch.Read();
  // As in the peers' programs: whatever still gives memory back may do so.
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  const int64_t bytes = (StatusKib("VmRSS:") - before_kib) * 1024;
  return run.Done(actors, lap, "bytes_per_actor=" + std::to_string(bytes / actors));
}

}  // namespace sampo::bench
