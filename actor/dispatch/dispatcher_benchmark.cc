// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What a turn, a push from outside, a steal and a timer cost. Each benchmark measures its floor in
// the same run, because machines differ from day to day; read `ratio`, not the nanoseconds.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <latch>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "benchmark/benchmark.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/dispatch/dispatcher.h"
#include "sampo/actor/dispatch/runnable.h"
#include "sampo/actor/dispatch/timer_service.h"
#include "sampo/actor/dispatch/timer_wheel.h"
#include "sampo/actor/dispatch/work_stealing_dispatcher.h"
#include "sampo/actor/dispatch/worker_queues.h"

namespace sampo {
namespace {

constexpr int64_t kFloorSteps = 5'000'000;

// Nanoseconds that one of `steps` steps of `work` takes; the best of three.
template <class Work>
double NanosPerStep(int64_t steps, Work work) {
  double best = 1e18;
  for (int i = 0; i < 3; ++i) {
    int64_t start = Clock::Real().NowNanos();
    work(steps);
    best = std::min(best, double(Clock::Real().NowNanos() - start) / double(steps));
  }
  return best;
}

// Prints the figures of one step beside their floor. `samples` are nanoseconds of `steps` steps
// each. The ratio is of the best ones, as the floor is a best one: the machine is shared.
void Report(benchmark::State& state, std::vector<int64_t>& samples, int64_t steps, double floor) {
  std::sort(samples.begin(), samples.end());
  double best = double(samples.front()) / double(steps);
  state.counters["best_ns"] = best;
  state.counters["median_ns"] = double(samples[samples.size() / 2]) / double(steps);
  state.counters["p99_ns"] = double(samples[samples.size() * 99 / 100]) / double(steps);
  state.counters["floor_ns"] = floor;
  state.counters["ratio"] = best / floor;
}

// The same where one step is too short to be measured alone: the mean of all.
void ReportMean(benchmark::State& state, int64_t nanos, double floor) {
  double each = double(nanos) / double(state.iterations());
  state.counters["mean_ns"] = each;
  state.counters["floor_ns"] = floor;
  state.counters["ratio"] = each / floor;
}

// Counts down on a dispatcher; the last turn ends the wait of whoever started it.
struct Counter : Runnable {
  explicit Counter(RunFunction function) : Runnable(function) {}
  int64_t left = 0;
  Counter* other = nullptr;
  std::latch* done = nullptr;
};

bool RunAgain(Runnable* runnable, Turn&) {
  auto* self = static_cast<Counter*>(runnable);
  if (--self->left > 0) return true;
  self->done->count_down();
  return false;
}

bool WakeOther(Runnable* runnable, Turn& turn) {
  auto* self = static_cast<Counter*>(runnable);
  if (--self->left > 0) {
    turn.dispatcher->Execute(self->other);
  } else if (self->done != nullptr) {
    self->done->count_down();
  }
  return false;
}

bool RunOnce(Runnable* runnable, Turn&) {
  static_cast<Counter*>(runnable)->done->count_down();
  return false;
}

// The floor of a turn: a std::deque of pointers and a call through the pointer, one thread.
double DequeFloor(RunFunction function, int runnables) {
  std::vector<Counter> counters(runnables, Counter(function));
  std::latch never(1'000'000);
  static std::atomic<bool> slice{false};
  Turn turn{nullptr, 64, &slice};
  return NanosPerStep(kFloorSteps, [&](int64_t steps) {
    std::deque<Runnable*> queue;
    for (Counter& counter : counters) {
      counter.left = steps / runnables + 2;
      counter.done = &never;
      queue.push_back(&counter);
    }
    for (int64_t i = 0; i < steps; ++i) {
      Runnable* front = queue.front();
      queue.pop_front();
      if (front->run(front, turn)) queue.push_back(front);
    }
  });
}

// `runnables` Runnables that always want to run again, on one worker.
void BM_RunAgain(benchmark::State& state) {
  int count = static_cast<int>(state.range(0));
  double floor = DequeFloor(&RunAgain, count);
  WorkStealingDispatcher dispatcher({.threads = 1});
  constexpr int64_t kSteps = 2'000'000;
  std::vector<int64_t> samples;
  for (auto _ : state) {
    std::vector<Counter> counters(count, Counter(&RunAgain));
    std::latch done(count);
    int64_t start = Clock::Real().NowNanos();
    for (Counter& counter : counters) {
      counter.left = kSteps / count;
      counter.done = &done;
      dispatcher.Execute(&counter);
    }
    done.wait();
    samples.push_back(Clock::Real().NowNanos() - start);
  }
  Report(state, samples, kSteps, floor);
}
BENCHMARK(BM_RunAgain)->Arg(1)->Arg(100)->UseRealTime();

// A ring of Runnables, each waking the next one, on one worker: 2 is ping-pong.
void BM_WakeNext(benchmark::State& state) {
  int count = static_cast<int>(state.range(0));
  double floor = DequeFloor(&RunAgain, count);
  WorkStealingDispatcher dispatcher({.threads = static_cast<int>(state.range(1))});
  constexpr int64_t kSteps = 2'000'000;
  std::vector<int64_t> samples;
  for (auto _ : state) {
    std::vector<Counter> ring(count, Counter(&WakeOther));
    std::latch done(1);
    for (int i = 0; i < count; ++i) {
      ring[i].left = kSteps / count;
      ring[i].other = &ring[(i + 1) % count];
      ring[i].done = &done;
    }
    int64_t start = Clock::Real().NowNanos();
    dispatcher.Execute(&ring[0]);
    done.wait();
    samples.push_back(Clock::Real().NowNanos() - start);
  }
  Report(state, samples, kSteps, floor);
}
BENCHMARK(BM_WakeNext)->Args({2, 1})->Args({2, 2})->Args({1000, 1})->Args({1000, 2})->UseRealTime();

// A million Runnables pushed from a thread that is no worker, and run. `push_ns`: the pushes alone.
void BM_PushFromOutside(benchmark::State& state) {
  double floor = NanosPerStep(kFloorSteps, [](int64_t steps) {
    std::mutex mutex;
    std::deque<Runnable*> queue;
    for (int64_t i = 0; i < steps; ++i) {
      std::lock_guard<std::mutex> hold(mutex);
      queue.push_back(nullptr);
    }
  });
  WorkStealingDispatcher dispatcher({.threads = static_cast<int>(state.range(0))});
  constexpr int64_t kSteps = 1'000'000;
  std::vector<Counter> counters(kSteps, Counter(&RunOnce));
  std::vector<int64_t> samples;
  int64_t push_nanos = 0;
  for (auto _ : state) {
    std::latch done(kSteps);
    int64_t start = Clock::Real().NowNanos();
    for (Counter& counter : counters) {
      counter.done = &done;
      dispatcher.Execute(&counter);
    }
    push_nanos += Clock::Real().NowNanos() - start;
    done.wait();
    samples.push_back(Clock::Real().NowNanos() - start);
  }
  Report(state, samples, kSteps, floor);
  state.counters["push_ns"] = double(push_nanos) / double(kSteps * state.iterations());
}
BENCHMARK(BM_PushFromOutside)->Arg(1)->Arg(2)->UseRealTime();

// One push from outside to a worker that is searching or asleep, and its answer: the spinning
// floor is the hand-off of a cache line there and back.
void BM_OutsideRoundTrip(benchmark::State& state) {
  std::atomic<int64_t> ping{0}, pong{0};
  std::thread echo([&] {
    for (int64_t i = 1; i <= 300'000; ++i) {
      while (ping.load(std::memory_order_acquire) < i) __builtin_ia32_pause();
      pong.store(i, std::memory_order_release);
    }
  });
  int64_t sent = 0;
  double floor = NanosPerStep(100'000, [&](int64_t steps) {
    for (int64_t i = 0; i < steps; ++i) {
      ping.store(++sent, std::memory_order_release);
      while (pong.load(std::memory_order_acquire) < sent) __builtin_ia32_pause();
    }
  });
  echo.join();
  WorkStealingDispatcher dispatcher({.threads = static_cast<int>(state.range(0))});
  struct Flag : Runnable {
    Flag() : Runnable(&Run) {}
    static bool Run(Runnable* self, Turn&) {
      static_cast<Flag*>(self)->ran.store(true, std::memory_order_release);
      return false;
    }
    std::atomic<bool> ran{false};
  } flag;
  std::vector<int64_t> samples;
  for (auto _ : state) {
    flag.ran.store(false, std::memory_order_relaxed);
    int64_t start = Clock::Real().NowNanos();
    dispatcher.Execute(&flag);
    while (!flag.ran.load(std::memory_order_acquire)) __builtin_ia32_pause();
    samples.push_back(Clock::Real().NowNanos() - start);
  }
  Report(state, samples, 1, floor);
}
BENCHMARK(BM_OutsideRoundTrip)->Arg(1)->Arg(2)->UseRealTime();

// A worker wakes `n` others in one turn; each works for 2 us. The floor is that work on all cores.
void BM_ForkJoin(benchmark::State& state) {
  int threads = static_cast<int>(state.range(0));
  int children = static_cast<int>(state.range(1));
  constexpr int64_t kWorkNanos = 2'000;
  struct Child : Runnable {
    Child() : Runnable(&Run) {}
    static bool Run(Runnable* self, Turn&) {
      int64_t end = Clock::Real().NowNanos() + kWorkNanos;
      while (Clock::Real().NowNanos() < end) {
      }
      static_cast<Child*>(self)->done->count_down();
      return false;
    }
    std::latch* done = nullptr;
  };
  struct Parent : Runnable {
    explicit Parent(std::vector<Child>* children) : Runnable(&Run), children(children) {}
    static bool Run(Runnable* self, Turn& turn) {
      for (Child& child : *static_cast<Parent*>(self)->children) turn.dispatcher->Execute(&child);
      return false;
    }
    std::vector<Child>* children;
  };
  WorkStealingDispatcher dispatcher({.threads = threads});
  std::vector<Child> all(children);
  Parent parent(&all);
  std::vector<int64_t> samples;
  for (auto _ : state) {
    std::latch done(children);
    for (Child& child : all) child.done = &done;
    int64_t start = Clock::Real().NowNanos();
    dispatcher.Execute(&parent);
    done.wait();
    samples.push_back(Clock::Real().NowNanos() - start);
  }
  Report(state, samples, children, double(kWorkNanos) / threads);
}
BENCHMARK(BM_ForkJoin)->ArgsProduct({{1, 2}, {20, 200, 2000, 20000}})->UseRealTime();

// A steal of one Runnable, victim idle: the system call and two locks. Floor: a std::mutex pair.
void BM_Steal(benchmark::State& state) {
  std::mutex mutex;
  double floor = NanosPerStep(kFloorSteps, [&](int64_t steps) {
    for (int64_t i = 0; i < steps; ++i) std::lock_guard<std::mutex> hold(mutex);
  });
  WorkerQueues queues;
  Counter counter(&RunOnce);
  std::atomic<bool> stop{false};
  std::thread owner;
  std::atomic<int64_t> owner_steps{0};
  if (state.range(0) == 1) {
    owner = std::thread([&] {
      Counter own(&RunOnce);
      while (!stop.load(std::memory_order_relaxed)) {
        queues.Push(&own);
        benchmark::DoNotOptimize(queues.Pop());
        owner_steps.fetch_add(1, std::memory_order_relaxed);
      }
    });
  }
  int64_t start = Clock::Real().NowNanos();
  for (auto _ : state) {
    RunList stolen = queues.StealAll();
    benchmark::DoNotOptimize(stolen);
  }
  ReportMean(state, Clock::Real().NowNanos() - start, floor);
  stop = true;
  if (owner.joinable()) owner.join();
}
BENCHMARK(BM_Steal)->ArgName("owner_runs")->Arg(0)->Arg(1)->UseRealTime();

// A pair of Push and Pop on the worker's own queues. Floor: the same without the lock.
void BM_PushPop(benchmark::State& state) {
  Counter counter(&RunOnce);
  Runnable* volatile slot = nullptr;
  double floor = NanosPerStep(kFloorSteps, [&](int64_t steps) {
    for (int64_t i = 0; i < steps; ++i) {
      slot = &counter;
      Runnable* taken = slot;
      slot = nullptr;
      benchmark::DoNotOptimize(taken);
    }
  });
  WorkerQueues queues;
  int64_t start = Clock::Real().NowNanos();
  for (auto _ : state) {
    queues.Push(&counter);
    benchmark::DoNotOptimize(queues.Pop());
  }
  ReportMean(state, Clock::Real().NowNanos() - start, floor);
}
BENCHMARK(BM_PushPop);

// Schedule and cancel, as an ask does, with `n` other entries in the wheel. Floor: two pairs of
// lock and unlock of a std::mutex.
void BM_TimerScheduleCancel(benchmark::State& state) {
  std::mutex mutex;
  double floor = 2 * NanosPerStep(kFloorSteps, [&](int64_t steps) {
                   for (int64_t i = 0; i < steps; ++i) std::lock_guard<std::mutex> hold(mutex);
                 });
  TimerWheel wheel(Clock::Real());
  auto nothing = [](TimerEntry*) {};
  std::vector<std::unique_ptr<TimerEntry>> others;
  int64_t now = wheel.NowNanos();
  for (int64_t i = 0; i < state.range(0); ++i) {
    others.push_back(std::make_unique<TimerEntry>(+nothing));
    wheel.Schedule(others.back().get(), now + 3'600'000'000'000 + i * 1'000);
  }
  TimerEntry entry(+nothing);
  int64_t start = Clock::Real().NowNanos();
  for (auto _ : state) {
    wheel.Schedule(&entry, now + 5'000'000'000);
    benchmark::DoNotOptimize(wheel.Cancel(&entry));
  }
  ReportMean(state, Clock::Real().NowNanos() - start, floor);
  wheel.Shutdown();
}
BENCHMARK(BM_TimerScheduleCancel)->Arg(0)->Arg(1'000'000)->UseRealTime();

}  // namespace
}  // namespace sampo
