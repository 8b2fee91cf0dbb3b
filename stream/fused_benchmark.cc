// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What an element costs in a fused stream, in nanoseconds, beside the floor: the same functions as
// a chain of calls written by hand, one virtual call for each stage.
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

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

// --- the floor ---

struct Step {
  virtual ~Step() = default;
  virtual void Push(int64_t element) = 0;
  Step* next = nullptr;
};
struct AddStep final : Step {
  void Push(int64_t element) override { next->Push(element + 1); }
};
struct SumStep final : Step {
  void Push(int64_t element) override { sum += element; }
  int64_t sum = 0;
};

double ChainFloorNanos(int maps) {
  std::vector<std::unique_ptr<Step>> chain;
  SumStep sum;
  Step* next = &sum;
  for (int i = 0; i < maps; ++i) {
    chain.push_back(std::make_unique<AddStep>());
    chain.back()->next = next;
    next = chain.back().get();
  }
  return NanosPerStep(kElements, [&](int64_t elements) {
    for (int64_t i = 0; i < elements; ++i) {
      benchmark::DoNotOptimize(next);
      next->Push(i);
    }
    benchmark::DoNotOptimize(sum.sum);
  });
}

// --- the streams ---

Source<int64_t> Maps(int64_t count) {
  Source<int64_t> source = Source<int64_t>::Range(1, kElements);
  for (int64_t i = 0; i < count; ++i) source = source.Map([](int64_t n) { return n + 1; });
  return source;
}
auto Sum() {
  return Sink<int64_t>::Fold(int64_t{0}, [](int64_t a, int64_t b) { return a + b; });
}
SystemSettings TwoThreads() {
  SystemSettings settings;
  settings.threads = 2;
  settings.log_level = "error";
  return settings;
}

void Run(benchmark::State& state, const Source<int64_t>& source, double floor) {
  ActorSystem<Nothing> system(Ignore(), "bench", TwoThreads());
  Samples samples(state, kElements, floor);
  for (auto _ : state) {
    samples.Time([&] {
      auto sum = Await(source.RunWith(Sum(), system), absl::Minutes(1));
      if (!sum.ok()) state.SkipWithError("the stream failed");
    });
  }
}

// Pipe operators: one call each.
void BM_FusedMaps(benchmark::State& state) {
  Run(state, Maps(state.range(0)), ChainFloorNanos(static_cast<int>(state.range(0))));
}
BENCHMARK(BM_FusedMaps)->ArgName("maps")->Arg(1)->Arg(10)->UseManualTime()->Iterations(10);

// A stage with handlers, as users write them.
class AddStage final : public internal::FlowLogic<int64_t, int64_t> {
 public:
  void OnPush() override { out_.Push(in_.Grab() + 1); }
};
void BM_FusedStages(benchmark::State& state) {
  Source<int64_t> source = Source<int64_t>::Range(1, kElements);
  for (int64_t i = 0; i < state.range(0); ++i) {
    source = internal::AppendStage<int64_t, AddStage>(source, "add", SourceLocation::Current());
  }
  Run(state, source, ChainFloorNanos(static_cast<int>(state.range(0))));
}
BENCHMARK(BM_FusedStages)->ArgName("stages")->Arg(1)->Arg(10)->UseManualTime()->Iterations(10);

void BM_AsyncBoundary(benchmark::State& state) {
  Run(state, Maps(1).Async().Map([](int64_t n) { return n + 1; }), ChainFloorNanos(2));
}
BENCHMARK(BM_AsyncBoundary)->UseManualTime()->Iterations(10);

}  // namespace
}  // namespace sampo::stream
