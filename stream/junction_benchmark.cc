// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What an element costs where streams meet and part, in nanoseconds, beside the floor of a chain of
// three virtual calls.
#include <cstdint>
#include <memory>

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

struct Step {
  virtual ~Step() = default;
  virtual void Push(int64_t element) {
    if (next != nullptr) next->Push(element + 1);
    last = element;
  }
  Step* next = nullptr;
  int64_t last = 0;
};
double FloorNanos() {
  Step third;
  Step second;
  second.next = &third;
  Step first;
  first.next = &second;
  Step* begin = &first;
  return NanosPerStep(kElements, [&](int64_t elements) {
    for (int64_t i = 0; i < elements; ++i) {
      benchmark::DoNotOptimize(begin);
      begin->Push(i);
    }
    benchmark::DoNotOptimize(third.last);
  });
}

auto Sum() {
  return Sink<int64_t>::Fold(int64_t{0}, [](int64_t a, int64_t b) { return a + b; });
}

void Run(benchmark::State& state, const Source<int64_t>& source) {
  SystemSettings settings;
  settings.threads = 2;
  settings.log_level = "error";
  ActorSystem<Nothing> system(Ignore(), "bench", settings);
  Samples samples(state, kElements, FloorNanos());
  for (auto _ : state) {
    samples.Time([&] {
      auto sum = Await(source.RunWith(Sum(), system), absl::Minutes(1));
      if (!sum.ok()) state.SkipWithError("the stream failed");
    });
  }
}

void BM_Merge(benchmark::State& state) {
  Run(state,
      Source<int64_t>::Range(1, kElements / 2).Merge(Source<int64_t>::Range(1, kElements / 2)));
}
BENCHMARK(BM_Merge)->UseManualTime()->Iterations(10);

void BM_Zip(benchmark::State& state) {
  Run(state, Source<int64_t>::Range(1, kElements)
                 .ZipWith(Source<int64_t>::Range(1, kElements),
                          [](int64_t a, int64_t b) { return a + b; }));
}
BENCHMARK(BM_Zip)->UseManualTime()->Iterations(10);

void BM_FlatMapConcat(benchmark::State& state) {
  const int64_t each = state.range(0);
  Run(state, Source<int64_t>::Range(1, kElements / each).FlatMapConcat([each](int64_t) {
    return Source<int64_t>::Range(1, each);
  }));
}
BENCHMARK(BM_FlatMapConcat)->ArgName("each")->Arg(1)->Arg(100)->UseManualTime()->Iterations(10);

void BM_GroupBy(benchmark::State& state) {
  Run(state, Source<int64_t>::Range(1, kElements)
                 .GroupBy(64, [](const int64_t& n) { return n & 63; })
                 .Map([](int64_t n) { return n + 1; })
                 .MergeSubstreams());
}
BENCHMARK(BM_GroupBy)->UseManualTime()->Iterations(10);

void BM_Broadcast(benchmark::State& state) {
  Run(state, Source<int64_t>::Range(1, kElements).AlsoTo(Sink<int64_t>::Ignore()));
}
BENCHMARK(BM_Broadcast)->UseManualTime()->Iterations(10);

}  // namespace
}  // namespace sampo::stream
