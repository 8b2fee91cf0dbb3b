// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The examples of actor/README.md, so that they compile and do what the page says.

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/actor.h"

namespace readme {
namespace {

using namespace sampo;  // NOLINT: as in the page's text

// [begin: protocol]
struct Value {
  int64_t count;
};
struct Increment {
  int64_t by = 1;
};
struct GetValue {
  ReplyTo<Value> reply_to;
};
struct Command : std::variant<Increment, GetValue> {
  using variant::variant;
};
// [end: protocol]

// [begin: functional]
Behavior<Command> Counter(int64_t count = 0) {
  return Receive<Command>(On{[count](const Increment& m) { return Counter(count + m.by); },
                             [count](GetValue&& m) {
                               m.reply_to.Tell({count});
                               return Same();
                             }});
}
// [end: functional]

// [begin: class]
class CounterActor final : public AbstractBehavior<CounterActor, Command> {
 public:
  using AbstractBehavior::AbstractBehavior;

  Behavior<Command> OnMessage(const Increment& m) {
    if (m.by < 0) return Fail(absl::InvalidArgumentError("counter: it only counts up"));
    count_ += m.by;
    return Same();
  }
  Behavior<Command> OnMessage(GetValue&& m) {
    m.reply_to.Tell({count_});
    return Same();
  }

 private:
  int64_t count_ = 0;
};
// [end: class]

// [begin: supervise]
Behavior<Command> SafeCounter() {
  return Supervise(CounterActor::Create())
      .OnFailure(absl::StatusCode::kInvalidArgument, SupervisorStrategy::Resume())
      .OnFailure(SupervisorStrategy::RestartWithBackoff(
          {.min = absl::Milliseconds(200), .max = absl::Seconds(30)}));
}
// [end: supervise]

absl::StatusOr<Value> Read(const ActorRef<Command>& counter) {
  // [begin: ask]
  Future<Value> value = Ask<Value>(counter, absl::Seconds(30),
                                   [](auto reply_to) { return GetValue{std::move(reply_to)}; });
  return Await(value, absl::Seconds(30));  // main() and tests only: it blocks
  // [end: ask]
}

TEST(ReadmeTest, BothCountersCount) {
  ActorSystem<Command> system(Counter(), "readme");
  ActorRef<Command> as_class = system.Spawn(CounterActor::Create(), "class");
  for (const ActorRef<Command>& counter : {system.guardian(), as_class}) {
    counter.Tell(Increment{40});
    counter.Tell(Increment{2});
    const absl::StatusOr<Value> value = Read(counter);
    ASSERT_TRUE(value.ok()) << value.status();
    EXPECT_EQ(value->count, 42);
  }
}

TEST(ReadmeTest, ASupervisedCounterKeepsItsState) {
  ActorSystem<Command> system(SafeCounter(), "readme");
  system.Tell(Increment{42});
  system.Tell(Increment{-1});
  const absl::StatusOr<Value> value = Read(system.guardian());
  ASSERT_TRUE(value.ok()) << value.status();
  EXPECT_EQ(value->count, 42);
}

TEST(ReadmeTest, AnUnsupervisedCounterStopsAndTheAskKnowsAtOnce) {
  ActorSystem<Command> system(CounterActor::Create(), "readme");
  system.Tell(Increment{-1});
  EXPECT_EQ(Read(system.guardian()).status().code(), absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace readme
