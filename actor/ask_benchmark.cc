// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What an ask costs, from the question to the handler of the answer. Inside actors its floor is
// two messages, outside of them two threads that wake each other; see benchmark_floor.h.
#include <latch>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "benchmark/benchmark.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/benchmark_floor.h"

namespace sampo {
namespace {

using benchmark_floor::MessageFloorNanos;
using benchmark_floor::RoundTripFloorNanos;
using benchmark_floor::Samples;

SystemSettings WithThreads(int64_t threads) {
  SystemSettings settings;
  settings.threads = static_cast<int>(threads);
  settings.log_level = "error";
  return settings;
}

struct Answer {
  int64_t value;
};
struct Question {
  int64_t value;
  ReplyTo<Answer> reply_to;
};

Behavior<Question> Server() {
  return Receive<Question>([](Question&& m) {
    m.reply_to.Tell({m.value + 1});
    return Same();
  });
}

constexpr auto kMakeQuestion = [](auto reply_to) { return Question{1, std::move(reply_to)}; };

struct AskMany {
  int64_t asks;
  int64_t in_flight;
  absl::Duration timeout;
  std::latch* done;
};
struct Answered {
  absl::StatusOr<Answer> answer;
};
struct Command : std::variant<AskMany, Answered> {
  using variant::variant;
};

class Asker final : public AbstractBehavior<Asker, Command> {
 public:
  Asker(ActorContext<Command>& context, ActorRef<Question> server)
      : AbstractBehavior(context), server_(std::move(server)) {}
  Behavior<Command> OnMessage(const AskMany& m) {
    order_ = m;
    unasked_ = m.asks;
    for (int64_t i = 0; i < m.in_flight; ++i) AskOne();
    return Same();
  }
  Behavior<Command> OnMessage(const Answered& m) {
    if (!m.answer.ok()) return Fail(m.answer.status());
    if (--order_.asks == 0) order_.done->count_down();
    if (unasked_ > 0) AskOne();
    return Same();
  }

 private:
  void AskOne() {
    --unasked_;
    context().Ask<Answer>(server_, order_.timeout, kMakeQuestion,
                          [](auto answer) { return Answered{std::move(answer)}; });
  }

  const ActorRef<Question> server_;
  AskMany order_{};
  int64_t unasked_ = 0;
};

void BM_AskInside(benchmark::State& state) {
  constexpr int64_t kAsks = 200'000;
  const auto timeout = state.range(2) != 0 ? absl::Seconds(5) : absl::InfiniteDuration();
  ActorSystem<Question> system(Server(), "ask", WithThreads(state.range(1)));
  auto asker = system.SpawnAnonymous(Asker::Create(system.guardian()));
  Samples samples(state, kAsks, 2 * MessageFloorNanos());
  for (auto _ : state) {
    samples.Time([&] {
      std::latch done(1);
      asker.Tell(AskMany{kAsks, state.range(0), timeout, &done});
      done.wait();
    });
  }
}
BENCHMARK(BM_AskInside)
    ->ArgNames({"in_flight", "threads", "timeout"})
    ->ArgsProduct({{1, 1000}, {1, 2}, {0, 1}})
    ->UseManualTime();

// The same as a coroutine that waits for each answer.
Behavior<AskMany> Coroutine(ActorRef<Question> server) {
  return Setup<AskMany>([server](ActorContext<AskMany>& context) {
    return Receive<AskMany>(On{[&context, server](AskMany m) -> Task<Behavior<AskMany>> {
      for (int64_t i = 0; i < m.asks; ++i) {
        auto ask = context.Ask<Answer>(server, m.timeout, kMakeQuestion);
        auto answer = co_await std::move(ask);
        if (!answer.ok()) co_return Fail(answer.status());
      }
      m.done->count_down();
      co_return Same();
    }});
  });
}

void BM_AskCoroutine(benchmark::State& state) {
  constexpr int64_t kAsks = 200'000;
  ActorSystem<Question> system(Server(), "ask", WithThreads(1));
  auto asker = system.SpawnAnonymous(Coroutine(system.guardian()));
  Samples samples(state, kAsks, 2 * MessageFloorNanos());
  for (auto _ : state) {
    samples.Time([&] {
      std::latch done(1);
      asker.Tell({kAsks, 1, absl::Seconds(5), &done});
      done.wait();
    });
  }
}
BENCHMARK(BM_AskCoroutine)->UseManualTime();

void BM_AskOutside(benchmark::State& state) {
  constexpr int64_t kAsks = 1'000;
  ActorSystem<Question> system(Server(), "ask", WithThreads(state.range(0)));
  Samples samples(state, kAsks, RoundTripFloorNanos());
  for (auto _ : state) {
    samples.Time([&] {
      for (int64_t i = 0; i < kAsks; ++i) {
        auto answer = Ask<Answer>(system.guardian(), absl::Seconds(5), kMakeQuestion);
        if (!Await(std::move(answer), absl::Seconds(10)).ok()) state.SkipWithError("no answer");
      }
    });
  }
}
BENCHMARK(BM_AskOutside)->ArgName("threads")->Arg(1)->Arg(2)->UseManualTime();

}  // namespace
}  // namespace sampo
