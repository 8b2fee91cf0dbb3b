// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// bare_streams BENCH THREADS [SCALE]: the floor under the stream programs: the same functions as a
// chain of objects written by hand, one virtual call for each stage and element, on one thread.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sampo/tools/bench/report.h"

namespace sampo::bench {
namespace {

// Each stage has the next one and gets elements by one virtual call; false: no more, please.
struct Stage {
  virtual ~Stage() = default;
  virtual bool Push(int64_t element) = 0;
  Stage* next = nullptr;
};
struct WidenStage final : Stage {
  bool Push(int64_t element) override { return next->Push(static_cast<int>(element)); }
};
struct AddStage final : Stage {
  bool Push(int64_t element) override { return next->Push(element + 1); }
};
struct FilterStage final : Stage {
  bool Push(int64_t element) override { return (element & 3) == 0 || next->Push(element); }
};
struct TakeStage final : Stage {
  explicit TakeStage(int64_t count) : left(count) {}
  bool Push(int64_t element) override { return next->Push(element) && --left > 0; }
  int64_t left;
};
struct SumStage final : Stage {
  bool Push(int64_t element) override {
    sum += element;
    return true;
  }
  int64_t sum = 0;
};

class Chain {
 public:
  template <class S, class... Args>
  void Add(Args... args) {
    auto stage = std::make_unique<S>(args...);
    if (!stages_.empty()) stages_.back()->next = stage.get();
    stages_.push_back(std::move(stage));
  }
  int64_t Run(int64_t count) {
    Add<SumStage>();
    // The compiler must not see through the calls.
    Stage* volatile first = stages_.front().get();
    for (int64_t i = 1; i <= count && first->Push(i); ++i) {
    }
    return count;
  }

 private:
  std::vector<std::unique_ptr<Stage>> stages_;
};

int64_t Map1(double scale) {
  Chain chain;
  chain.Add<WidenStage>();
  return chain.Run(static_cast<int64_t>(10'000'000 * scale));
}
int64_t Map10(double scale) {
  Chain chain;
  chain.Add<WidenStage>();
  for (int i = 0; i < 9; ++i) chain.Add<AddStage>();
  return chain.Run(static_cast<int64_t>(2'000'000 * scale));
}
int64_t FilterTake(double scale) {
  const auto count = static_cast<int64_t>(10'000'000 * scale);
  Chain chain;
  chain.Add<FilterStage>();
  chain.Add<WidenStage>();
  chain.Add<TakeStage>(count);
  return chain.Run(count);
}

struct Program {
  const char* name;
  int64_t (*run)(double scale);
};
constexpr Program kPrograms[] = {
    {"stream_map1", &Map1},
    {"stream_map10", &Map10},
    {"stream_filter_take", &FilterTake},
};

int Main(int argc, char** argv) {
  const double scale = argc > 3 ? std::atof(argv[3]) : 1.0;
  for (const Program& program : kPrograms) {
    if (argc < 3 || scale <= 0 || std::string_view(argv[1]) != program.name) continue;
    Result result{.bench = program.name, .peer = "bare/t" + std::string(argv[2])};
    for (int round = 0; round < 3; ++round) {
      const Stopwatch watch;
      result.ops = static_cast<double>(program.run(scale));
      result.lap = watch.Read();
    }
    Print(result);
    return 0;
  }
  std::fprintf(stderr, "usage: bare_streams BENCH THREADS [SCALE]; BENCH:");
  for (const Program& program : kPrograms) std::fprintf(stderr, " %s", program.name);
  std::fprintf(stderr, "\n");
  return 2;
}

}  // namespace
}  // namespace sampo::bench

int main(int argc, char** argv) { return sampo::bench::Main(argc, argv); }
