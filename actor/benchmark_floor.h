// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What the benchmarks of actors are laid beside: the least work that could do the same, measured in
// the same run, because machines differ from day to day; read `ratio`, not the nanoseconds.
//
//   message floor     a block from a list, an atomic exchange, a virtual call, the block back
//   spawn floor       new and delete of an object as large as an idle actor, and one message
//   thread floor      a thread that starts and ends
//   round trip floor  two threads that wake each other by a std::atomic wait
//
// Threads: the functions run on the caller's, which the round trip floor adds one to.
//
//   Samples samples(state, /*steps=*/1'000'000, MessageFloorNanos());
//   for (auto _ : state) samples.Time([&] { ... });
#ifndef SAMPO_ACTOR_BENCHMARK_FLOOR_H_
#define SAMPO_ACTOR_BENCHMARK_FLOOR_H_

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "benchmark/benchmark.h"
#include "sampo/actor/base/clock.h"

namespace sampo::benchmark_floor {

template <class Work>
double NanosOf(Work&& work) {
  const int64_t start = Clock::Real().NowNanos();
  work();
  return static_cast<double>(Clock::Real().NowNanos() - start);
}

// Nanoseconds of one of `steps` steps; the best of three runs, which others disturb least.
template <class Work>
double NanosPerStep(int64_t steps, Work work) {
  double best = 1e18;
  for (int i = 0; i < 3; ++i) {
    best = std::min(best, NanosOf([&] { work(steps); }) / static_cast<double>(steps));
  }
  return best;
}

// Collects the time of each iteration of a benchmark, and reports at its end.
class Samples {
 public:
  Samples(benchmark::State& state, int64_t steps, double floor_nanos)
      : state_(state), steps_(steps), floor_nanos_(floor_nanos) {}
  Samples(const Samples&) = delete;
  ~Samples() {
    if (nanos_.empty()) return;
    std::sort(nanos_.begin(), nanos_.end());
    const double best = nanos_.front() / static_cast<double>(steps_);
    state_.counters["best_ns"] = best;
    state_.counters["median_ns"] = nanos_[nanos_.size() / 2] / static_cast<double>(steps_);
    state_.counters["floor_ns"] = floor_nanos_;
    // Of the best ones, as the floor is a best one: the machine is shared.
    state_.counters["ratio"] = best / floor_nanos_;
  }
  template <class Work>
  void Time(Work&& work) {
    const double nanos = NanosOf(work);
    nanos_.push_back(nanos);
    state_.SetIterationTime(nanos * 1e-9);
  }

 private:
  benchmark::State& state_;
  const int64_t steps_;
  const double floor_nanos_;
  std::vector<double> nanos_;
};

struct FloorMessage {
  std::atomic<FloorMessage*> next{nullptr};
  int64_t value = 0;
  char rest[48] = {};
};
static_assert(sizeof(FloorMessage) == 64);

struct FloorReceiver {
  virtual ~FloorReceiver() = default;
  virtual void Handle(FloorMessage& message) = 0;
};
struct FloorCounter final : FloorReceiver {
  void Handle(FloorMessage& message) override { sum += message.value; }
  int64_t sum = 0;
};

// One message after another through a queue of one receiver.
inline double MessageFloorNanos() {
  static const double nanos = [] {
    const std::unique_ptr<FloorReceiver> receiver = std::make_unique<FloorCounter>();
    benchmark::DoNotOptimize(receiver.get());
    auto blocks = std::make_unique<FloorMessage[]>(4);
    FloorMessage* free = nullptr;
    for (int i = 0; i < 4; ++i) {
      blocks[i].next.store(free, std::memory_order_relaxed);
      free = &blocks[i];
    }
    std::atomic<FloorMessage*> newest{nullptr};
    return NanosPerStep(5'000'000, [&](int64_t steps) {
      for (int64_t i = 0; i < steps; ++i) {
        FloorMessage* const message = free;
        free = message->next.load(std::memory_order_relaxed);
        message->value = i;
        message->next.store(nullptr, std::memory_order_relaxed);
        newest.exchange(message, std::memory_order_acq_rel);
        FloorMessage* const taken = newest.exchange(nullptr, std::memory_order_acq_rel);
        receiver->Handle(*taken);
        taken->next.store(free, std::memory_order_relaxed);
        free = taken;
      }
    });
  }();
  return nanos;
}

inline double SpawnFloorNanos() {
  struct Object final : FloorReceiver {
    void Handle(FloorMessage& message) override { state[0] += message.value; }
    int64_t state[25] = {};  // 208 bytes with the table: what an idle actor takes, 2026-11
  };
  static const double nanos = NanosPerStep(2'000'000, [](int64_t steps) {
    for (int64_t i = 0; i < steps; ++i) {
      const std::unique_ptr<FloorReceiver> actor = std::make_unique<Object>();
      benchmark::DoNotOptimize(actor.get());
    }
  });
  return nanos + MessageFloorNanos();
}

inline double ThreadFloorNanos() {
  static const double nanos = NanosPerStep(100, [](int64_t steps) {
    for (int64_t i = 0; i < steps; ++i) std::thread([] {}).join();
  });
  return nanos;
}

inline double RoundTripFloorNanos() {
  static const double nanos = [] {
    constexpr int64_t kTrips = 20'000;
    std::atomic<int64_t> there{0};
    std::atomic<int64_t> back{0};
    std::thread echo([&] {
      for (int64_t i = 1; i <= 3 * kTrips; ++i) {
        for (int64_t seen = i - 1; seen < i; seen = there.load()) there.wait(seen);
        back.store(i);
        back.notify_one();
      }
    });
    int64_t sent = 0;
    const double best = NanosPerStep(kTrips, [&](int64_t steps) {
      for (int64_t i = 0; i < steps; ++i) {
        there.store(++sent);
        there.notify_one();
        for (int64_t seen = sent - 1; seen < sent; seen = back.load()) back.wait(seen);
      }
    });
    echo.join();
    return best;
  }();
  return nanos;
}

}  // namespace sampo::benchmark_floor

#endif  // SAMPO_ACTOR_BENCHMARK_FLOOR_H_
