// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// A user's program: its own actor/actor_ref.h and Sampo's, side by side, and a counter that counts.

#include "sampo/actor/actor.h"

#include <cstdint>
#include <cstdio>
#include <utility>
#include <variant>

#include "absl/time/time.h"
#include "actor/actor.h"
#include "actor/actor_ref.h"
#include "actor/base/clock.h"
#include "actor/behavior.h"
#include "http/route.h"
#include "tools/setup.h"

static_assert(consumer::kOwnActor && consumer::kOwnActorRef && consumer::kOwnClock &&
              consumer::kOwnBehavior && consumer::kOwnRoute && consumer::kOwnSetup);

namespace {

struct Value {
  int64_t count;
};
struct Increment {
  int64_t by = 1;
};
struct GetValue {
  sampo::ActorRef<Value> reply_to;
};
struct Command : std::variant<Increment, GetValue> {
  using variant::variant;
};

sampo::Behavior<Command> Counter(int64_t count = 0) {
  return sampo::Receive<Command>(
      sampo::On{[count](const Increment& m) { return Counter(count + m.by); },
                [count](const GetValue& m) {
                  m.reply_to.Tell({count});
                  return sampo::Same();
                }});
}

}  // namespace

int main() {
  sampo::ActorSystem<Command> system(Counter(), "consumer");
  for (int i = 1; i <= 4; ++i) system.Tell(Increment{i});
  auto answer =
      sampo::Await(sampo::Ask<Value>(system.guardian(), absl::Seconds(10),
                                     [](auto reply_to) { return GetValue{std::move(reply_to)}; }),
                   absl::Seconds(20));
  if (!answer.ok() || answer->count != 10) {
    std::fprintf(stderr, "expected 10, got %s\n", answer.status().ToString().c_str());
    return 1;
  }
  std::printf("counted to %lld\n", static_cast<long long>(answer->count));
  return 0;
}
