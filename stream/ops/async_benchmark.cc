// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What an element costs, in nanoseconds, in MapAsync with futures that are complete already, and in
// a Buffer, beside the floor: making the future and taking its result.
#include <cstdint>
#include <utility>

#include "absl/time/time.h"
#include "benchmark/benchmark.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/benchmark_floor.h"
#include "sampo/stream/stream.h"

namespace sampo::stream {
namespace {

using benchmark_floor::NanosPerStep;
using benchmark_floor::Samples;

struct Nothing {};
constexpr int64_t kElements = 1'000'000;

SystemSettings TwoThreads() {
  SystemSettings settings;
  settings.threads = 2;
  settings.log_level = "error";
  return settings;
}

double FutureFloorNanos() {
  return NanosPerStep(kElements, [](int64_t elements) {
    int64_t sum = 0;
    for (int64_t i = 0; i < elements; ++i) {
      Future<int64_t> ready = Future<int64_t>::Ready(i);
      sum += *::sampo::internal::FutureAccess::Take(std::move(ready));
    }
    benchmark::DoNotOptimize(sum);
  });
}

template <class Make>
void Run(benchmark::State& state, Make make) {
  ActorSystem<Nothing> system(Ignore(), "bench", TwoThreads());
  Samples samples(state, kElements, FutureFloorNanos());
  auto graph = make(Source<int64_t>::Range(1, kElements));
  for (auto _ : state) {
    samples.Time([&] {
      auto sum = graph.RunWith(
          Sink<int64_t>::Fold(int64_t{0}, [](int64_t a, int64_t b) { return a + b; }), system);
      if (!Await(sum, absl::Minutes(1)).ok()) state.SkipWithError("the stream failed");
    });
  }
}

void BM_MapAsyncReady(benchmark::State& state) {
  Run(state, [](Source<int64_t> source) {
    return source.MapAsync(4, [](int64_t n) { return Future<int64_t>::Ready(n); });
  });
}
BENCHMARK(BM_MapAsyncReady)->UseManualTime();

void BM_MapAsyncUnorderedReady(benchmark::State& state) {
  Run(state, [](Source<int64_t> source) {
    return source.MapAsyncUnordered(4, [](int64_t n) { return Future<int64_t>::Ready(n); });
  });
}
BENCHMARK(BM_MapAsyncUnorderedReady)->UseManualTime();

void BM_Buffer(benchmark::State& state) {
  Run(state,
      [](Source<int64_t> source) { return source.Buffer(64, OverflowStrategy::kBackpressure); });
}
BENCHMARK(BM_Buffer)->UseManualTime();

}  // namespace
}  // namespace sampo::stream
