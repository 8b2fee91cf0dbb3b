// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// streams BENCH THREADS [SCALE]: one stream program, one line: the names, sizes and line of the
// same programs on Pekko Streams.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "sampo/actor/actor.h"
#include "sampo/stream/stream.h"
#include "sampo/tools/bench/report.h"

namespace sampo::bench {
namespace {

using stream::Sink;
using stream::Source;

struct Nothing {};

auto Sum() {
  return Sink<int64_t>::Fold(int64_t{0}, [](int64_t a, int64_t b) { return a + b; });
}
int64_t Wide(int n) { return n; }

void Done(Future<int64_t> sum) {
  auto result = Await(sum, absl::Minutes(10));
  if (!result.ok()) {
    std::fprintf(stderr, "streams: %s\n", result.status().ToString().c_str());
    std::exit(1);
  }
}

int64_t Map1(ActorSystemBase& system, double scale) {
  const int n = static_cast<int>(10'000'000 * scale);
  Done(Source<int>::Range(1, n).Map(&Wide).RunWith(Sum(), system));
  return n;
}
int64_t Map10(ActorSystemBase& system, double scale) {
  const int n = static_cast<int>(2'000'000 * scale);
  auto next = [](int64_t v) { return v + 1; };
  Source<int64_t> source = Source<int>::Range(1, n).Map(&Wide);
  for (int i = 0; i < 9; ++i) source = source.Map(next);
  Done(source.RunWith(Sum(), system));
  return n;
}
int64_t FilterTake(ActorSystemBase& system, double scale) {
  const int n = static_cast<int>(10'000'000 * scale);
  Done(Source<int>::Range(1, n)
           .Filter([](int i) { return (i & 3) != 0; })
           .Map(&Wide)
           .Take(n)
           .RunWith(Sum(), system));
  return n;
}
int64_t Async(ActorSystemBase& system, double scale) {
  const int n = static_cast<int>(4'000'000 * scale);
  Done(Source<int>::Range(1, n)
           .Map(&Wide)
           .Async()
           .Map([](int64_t v) { return v + 1; })
           .RunWith(Sum(), system));
  return n;
}
int64_t MapAsync(ActorSystemBase& system, double scale) {
  const int n = static_cast<int>(2'000'000 * scale);
  Done(Source<int>::Range(1, n)
           .MapAsync(4, [](int i) { return Future<int64_t>::Ready(Wide(i)); })
           .RunWith(Sum(), system));
  return n;
}
int64_t Merge(ActorSystemBase& system, double scale) {
  const int n = static_cast<int>(4'000'000 * scale);
  Done(Source<int>::Range(1, n / 2)
           .Merge(Source<int>::Range(1, n / 2))
           .Map(&Wide)
           .RunWith(Sum(), system));
  return n;
}
int64_t FlatMap(ActorSystemBase& system, double scale) {
  const int n = static_cast<int>(2'000'000 * scale);
  Done(Source<int>::Range(1, n / 100)
           .FlatMapConcat([](int) { return Source<int>::Range(1, 100); })
           .Map(&Wide)
           .RunWith(Sum(), system));
  return n;
}
int64_t GroupBy(ActorSystemBase& system, double scale) {
  const int n = static_cast<int>(1'000'000 * scale);
  Done(Source<int>::Range(1, n)
           .Map(&Wide)
           .GroupBy(64, [](int64_t v) { return v & 63; })
           .Map([](int64_t v) { return v + 1; })
           .MergeSubstreams()
           .RunWith(Sum(), system));
  return n;
}
int64_t Start(ActorSystemBase& system, double scale) {
  const int n = static_cast<int>(20'000 * scale);
  for (int i = 0; i < n; ++i) {
    Done(Source<int64_t>::Single(1).Map([](int64_t v) { return v + 1; }).RunWith(Sum(), system));
  }
  return n;
}

struct Program {
  const char* name;
  int64_t (*run)(ActorSystemBase& system, double scale);
};
constexpr Program kPrograms[] = {
    {"stream_map1", &Map1},
    {"stream_map10", &Map10},
    {"stream_filter_take", &FilterTake},
    {"stream_async", &Async},
    {"stream_mapasync", &MapAsync},
    {"stream_merge", &Merge},
    {"stream_flatmap", &FlatMap},
    {"stream_groupby", &GroupBy},
    {"stream_start", &Start},
};

constexpr int kRounds = 3;  // as on Pekko: the last one is reported

int Usage() {
  std::fprintf(stderr,
               "usage: streams BENCH THREADS [SCALE]\n"
               "  SCALE times the usual number of elements, 1 if left out.\n"
               "  BENCH:");
  for (const Program& program : kPrograms) std::fprintf(stderr, " %s", program.name);
  std::fprintf(stderr, "\n");
  return 2;
}

int Main(int argc, char** argv) {
  if (argc < 3 || argc > 4) return Usage();
  const std::string_view bench = argv[1];
  const int threads = std::atoi(argv[2]);
  const double scale = argc > 3 ? std::atof(argv[3]) : 1.0;
  if (threads < 1 || scale <= 0) return Usage();
  for (const Program& program : kPrograms) {
    if (bench != program.name) continue;
    SystemSettings settings;
    settings.threads = threads;
    settings.log_level = "error";
    ActorSystem<Nothing> system(Ignore(), "bench", settings);
    Result result{.bench = program.name, .peer = "sampo/t" + std::to_string(threads)};
    for (int round = 0; round < kRounds; ++round) {
      const Stopwatch watch;
      result.ops = static_cast<double>(program.run(system, scale));
      result.lap = watch.Read();
    }
    Print(result);
    return 0;
  }
  std::fprintf(stderr, "streams: no program is called %s\n", argv[1]);
  return Usage();
}

}  // namespace
}  // namespace sampo::bench

int main(int argc, char** argv) { return sampo::bench::Main(argc, argv); }
