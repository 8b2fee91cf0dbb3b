// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What a tell costs from the call to the end of the handler, in nanoseconds a message, beside the
// message floor of benchmark_floor.h.
#include <latch>
#include <string>
#include <variant>
#include <vector>

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

struct RingCommand;
struct Token {
  int64_t hops_left;
  std::latch* done;
};
struct SetNext {
  ActorRef<RingCommand> next;
};
struct RingCommand : std::variant<Token, SetNext> {
  using variant::variant;
};

class Hop final : public AbstractBehavior<Hop, RingCommand> {
 public:
  using AbstractBehavior::AbstractBehavior;
  Behavior<RingCommand> OnMessage(const Token& m) {
    if (m.hops_left == 0) {
      m.done->count_down();
    } else {
      next_.Tell(Token{m.hops_left - 1, m.done});
    }
    return Same();
  }
  Behavior<RingCommand> OnMessage(SetNext&& m) {
    next_ = std::move(m.next);
    return Same();
  }

 private:
  ActorRef<RingCommand> next_;
};

// `actors` in a ring with one token; 1: an actor that tells itself, 2: ping-pong.
void BM_Ring(benchmark::State& state) {
  constexpr int64_t kHops = 1'000'000;
  const auto actors = static_cast<size_t>(state.range(0));
  ActorSystem<RingCommand> system(Ignore(), "ring", WithThreads(state.range(1)));
  std::vector<ActorRef<RingCommand>> ring;
  for (size_t i = 0; i < actors; ++i) ring.push_back(system.SpawnAnonymous(Hop::Create()));
  for (size_t i = 0; i < actors; ++i) ring[i].Tell(SetNext{ring[(i + 1) % actors]});
  Samples samples(state, kHops, MessageFloorNanos());
  for (auto _ : state) {
    samples.Time([&] {
      std::latch done(1);
      ring[0].Tell(Token{kHops, &done});
      done.wait();
    });
  }
}
BENCHMARK(BM_Ring)
    ->ArgNames({"actors", "threads"})
    ->ArgsProduct({{1, 2, 1000}, {1, 2}})
    ->UseManualTime();

template <class Payload>
struct Item {
  Payload payload;
  std::latch* done;  // null but in the last one
};

template <class Payload>
Behavior<Item<Payload>> Sink() {
  return Receive<Item<Payload>>([](const Item<Payload>& m) {
    benchmark::DoNotOptimize(m.payload);
    if (m.done != nullptr) m.done->count_down();
    return Same();
  });
}

// From this thread, which is no worker, `burst` messages at a time; the wake-up is in it.
void BM_FromOutside(benchmark::State& state) {
  const int64_t burst = state.range(0);
  ActorSystem<Item<int64_t>> system(Sink<int64_t>(), "outside", WithThreads(state.range(1)));
  const double wake_up = RoundTripFloorNanos() / static_cast<double>(burst);
  Samples samples(state, burst, MessageFloorNanos() + wake_up);
  for (auto _ : state) {
    samples.Time([&] {
      std::latch done(1);
      for (int64_t i = 1; i < burst; ++i) system.Tell(Item<int64_t>{i, nullptr});
      system.Tell(Item<int64_t>{burst, &done});
      done.wait();
    });
  }
}
BENCHMARK(BM_FromOutside)
    ->ArgNames({"burst", "threads"})
    ->ArgsProduct({{1, 100, 10'000, 1'000'000}, {1, 2}})
    ->UseManualTime();

struct Flood {
  int64_t messages;
  std::latch* done;
};

// From an actor, in one loop: the sender's turn is one message, the receiver's many.
template <class Payload>
void BM_Flood(benchmark::State& state) {
  constexpr int64_t kMessages = 100'000;
  ActorSystem<Item<Payload>> system(Sink<Payload>(), "flood", WithThreads(state.range(0)));
  auto source = system.SpawnAnonymous(Receive<Flood>([sink = system.guardian()](const Flood& m) {
    for (int64_t i = 1; i < m.messages; ++i) sink.Tell({Payload{}, nullptr});
    sink.Tell({Payload{}, m.done});
    return Same();
  }));
  Samples samples(state, kMessages, MessageFloorNanos());
  for (auto _ : state) {
    samples.Time([&] {
      std::latch done(1);
      source.Tell({kMessages, &done});
      done.wait();
    });
  }
}
struct Bytes200 {
  char bytes[200] = {};
};
BENCHMARK(BM_Flood<int64_t>)->ArgName("threads")->Arg(1)->Arg(2)->UseManualTime();
BENCHMARK(BM_Flood<std::string>)->ArgName("threads")->Arg(1)->UseManualTime();
BENCHMARK(BM_Flood<Bytes200>)->ArgName("threads")->Arg(1)->UseManualTime();

// A new behavior, with state in its captures, for each message.
Behavior<Token> Changing(ActorContext<Token>& context, int64_t steps) {
  return Receive<Token>([&context, steps](const Token& m) {
    if (m.hops_left == 0) {
      m.done->count_down();
    } else {
      context.Self().Tell({m.hops_left - 1, m.done});
    }
    return Changing(context, steps + 1);
  });
}

void BM_BehaviorChange(benchmark::State& state) {
  constexpr int64_t kSteps = 1'000'000;
  ActorSystem<Token> system(
      Setup<Token>([](ActorContext<Token>& context) { return Changing(context, 0); }), "changing",
      WithThreads(1));
  Samples samples(state, kSteps, MessageFloorNanos());
  for (auto _ : state) {
    samples.Time([&] {
      std::latch done(1);
      system.Tell(Token{kSteps, &done});
      done.wait();
    });
  }
}
BENCHMARK(BM_BehaviorChange)->UseManualTime();

}  // namespace
}  // namespace sampo
