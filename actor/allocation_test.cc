// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// In steady state an actor system takes nothing from the machine: no malloc, no operator new, no
// mmap, no slab of the block pool; for tells, asks, timers and behavior changes alike.
//
// Ten million operations of each kind on one worker, and a tenth of that on two.
#include <cstdint>
#include <cstdlib>
#include <latch>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/allocation_hooks.h"
#include "sampo/actor/base/block_pool.h"

namespace sampo {
namespace {

SystemSettings WithThreads(int threads) {
  SystemSettings settings;
  settings.threads = threads;
  settings.log_level = "error";
  // On a busy machine a worker that is kept from running looks blocked, and gets a spare.
  settings.spare_threads_max = 0;
  settings.blocked_after = absl::Hours(1);
  return settings;
}

class AllocationTest : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    if (!kAllocationsAreCounted) {
      GTEST_SKIP() << "sanitizers bring their own malloc and switch the block pool off";
    }
  }
  SystemSettings Settings() const { return WithThreads(GetParam()); }
  int64_t Operations() const { return GetParam() == 1 ? 10'000'000 : 1'000'000; }

  // Runs a tenth of `work(operations)` three times to warm up, and then all of it, counted.
  template <class Work>
  void ExpectNoAllocations(int64_t operations, Work work) {
    LeaveSlabsReady();
    for (int i = 0; i < 3; ++i) work(operations / 10);
    AllocationCounter counter;
    work(operations);
    const AllocationCounts counted = counter.Stop();
    EXPECT_EQ(counted.mallocs, 0) << counter.Report();
    EXPECT_EQ(counted.aligned_mallocs, 0) << counter.Report();
    EXPECT_EQ(counted.slabs, 0) << counter.Report();
    EXPECT_EQ(counted.mmaps, 0) << counter.Report();
  }

 private:
  // Actors move between workers, and each worker allocates from slabs of its own, so which of them
  // holds how many goes on shifting by a few. A process that has once had more to do has some at
  // hand: those of a thread that is gone.
  static void LeaveSlabsReady() {
    constexpr int kSlabs = 32;
    std::thread([] {
      std::vector<void*> blocks(kSlabs * internal::kSlabBytes / kPooledBytesMax);
      for (void*& block : blocks) block = AllocateBlock(kPooledBytesMax);
      for (void* block : blocks) FreeBlock(block, kPooledBytesMax);
    }).join();
  }
};
INSTANTIATE_TEST_SUITE_P(Threads, AllocationTest, testing::Values(1, 2));

// Tells.

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

TEST_P(AllocationTest, TellsInARing) {
  constexpr int kActors = 100;
  constexpr int kTokens = 10;
  ActorSystem<RingCommand> system(Ignore(), "ring", Settings());
  std::vector<ActorRef<RingCommand>> ring;
  for (int i = 0; i < kActors; ++i) ring.push_back(system.SpawnAnonymous(Hop::Create()));
  for (int i = 0; i < kActors; ++i) ring[i].Tell(SetNext{ring[(i + 1) % kActors]});
  ExpectNoAllocations(Operations(), [&](int64_t tells) {
    std::latch done(kTokens);
    for (int i = 0; i < kTokens; ++i) {
      ring[i * (kActors / kTokens)].Tell(Token{tells / kTokens, &done});
    }
    done.wait();
  });
}

// Asks.

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

struct AskMany {
  int64_t asks;
  int in_flight;
  std::latch* done;
};
struct Answered {
  absl::StatusOr<Answer> answer;
};
struct AskerCommand : std::variant<AskMany, Answered> {
  using variant::variant;
};

class Asker final : public AbstractBehavior<Asker, AskerCommand> {
 public:
  Asker(ActorContext<AskerCommand>& context, ActorRef<Question> server)
      : AbstractBehavior(context), server_(std::move(server)) {}
  Behavior<AskerCommand> OnMessage(const AskMany& m) {
    unasked_ = unanswered_ = m.asks;
    done_ = m.done;
    for (int i = 0; i < m.in_flight; ++i) AskOne();
    return Same();
  }
  Behavior<AskerCommand> OnMessage(const Answered& m) {
    if (!m.answer.ok()) return Fail(m.answer.status());
    if (--unanswered_ == 0) {
      done_->count_down();
    } else if (unasked_ > 0) {
      AskOne();
    }
    return Same();
  }

 private:
  void AskOne() {
    context().Ask<Answer>(
        server_, absl::Seconds(30),
        [value = --unasked_](auto reply_to) {
          return Question{value, std::move(reply_to)};
        },
        [](auto answer) { return Answered{std::move(answer)}; });
  }

  const ActorRef<Question> server_;
  int64_t unasked_ = 0;
  int64_t unanswered_ = 0;
  std::latch* done_ = nullptr;
};

TEST_P(AllocationTest, AsksOneAfterAnother) {
  ActorSystem<Question> system(Server(), "ask", Settings());
  auto asker = system.SpawnAnonymous(Asker::Create(system.guardian()));
  ExpectNoAllocations(Operations(), [&](int64_t asks) {
    std::latch done(1);
    asker.Tell(AskMany{asks, /*in_flight=*/1, &done});
    done.wait();
  });
}

TEST_P(AllocationTest, AsksAThousandInFlight) {
  ActorSystem<Question> system(Server(), "ask", Settings());
  auto asker = system.SpawnAnonymous(Asker::Create(system.guardian()));
  ExpectNoAllocations(Operations(), [&](int64_t asks) {
    std::latch done(1);
    asker.Tell(AskMany{asks, /*in_flight=*/1000, &done});
    done.wait();
  });
}

TEST_P(AllocationTest, AsksFromOutside) {
  ActorSystem<Question> system(Server(), "ask", Settings());
  ExpectNoAllocations(10'000, [&](int64_t asks) {
    for (int64_t i = 0; i < asks; ++i) {
      auto answer = Ask<Answer>(system.guardian(), absl::Seconds(30), [i](auto reply_to) {
        return Question{i, std::move(reply_to)};
      });
      ASSERT_TRUE(Await(std::move(answer), absl::Seconds(60)).ok());
    }
  });
}

// Behaviors that change and timers.

struct Step {
  int64_t left;
  std::latch* done;
};
struct Tick {};
struct StepCommand : std::variant<Step, Tick> {
  using variant::variant;
};

// A new behavior, with state in its captures, for each message.
Behavior<StepCommand> Changing(ActorContext<StepCommand>& context, int64_t steps) {
  return ReceivePartial<StepCommand>(On{[&context, steps](const Step& m) {
    if (m.left == 0) {
      m.done->count_down();
    } else {
      context.Self().Tell(Step{m.left - 1, m.done});
    }
    return Changing(context, steps + 1);
  }});
}

TEST_P(AllocationTest, BehaviorChanges) {
  ActorSystem<StepCommand> system(
      sampo::Setup<StepCommand>([](auto& context) { return Changing(context, 0); }), "steps",
      Settings());
  ExpectNoAllocations(Operations(), [&](int64_t steps) {
    std::latch done(1);
    system.Tell(Step{steps, &done});
    done.wait();
  });
}

// Starts its timer again, long before it is due, with each message.
Behavior<StepCommand> Restarting(ActorContext<StepCommand>& context) {
  return Receive<StepCommand>(On{[&context](const Step& m) {
                                   context.Timers().StartSingleTimer("timeout", Tick{},
                                                                     absl::Minutes(5));
                                   if (m.left == 0) {
                                     m.done->count_down();
                                   } else {
                                     context.Self().Tell(Step{m.left - 1, m.done});
                                   }
                                   return Same();
                                 },
                                 [](const Tick&) { return Same(); }});
}

TEST_P(AllocationTest, TimerRestarts) {
  ActorSystem<StepCommand> system(
      sampo::Setup<StepCommand>([](auto& context) { return Restarting(context); }), "timers",
      Settings());
  ExpectNoAllocations(Operations(), [&](int64_t steps) {
    std::latch done(1);
    system.Tell(Step{steps, &done});
    done.wait();
  });
}

// A timer that is due at once and started again by its own tick.
class Ticker final : public AbstractBehavior<Ticker, StepCommand> {
 public:
  using AbstractBehavior::AbstractBehavior;
  Behavior<StepCommand> OnMessage(const Step& m) {
    step_ = m;
    return OnMessage(Tick{});
  }
  Behavior<StepCommand> OnMessage(const Tick&) {
    if (step_.left-- == 0) {
      step_.done->count_down();
    } else {
      context().Timers().StartSingleTimer("tick", Tick{}, absl::ZeroDuration());
    }
    return Same();
  }

 private:
  Step step_{};
};

TEST_P(AllocationTest, TimersThatFire) {
  ActorSystem<StepCommand> system(Ticker::Create(), "ticks", Settings());
  ExpectNoAllocations(100, [&](int64_t ticks) {
    std::latch done(1);
    system.Tell(Step{ticks, &done});
    done.wait();
  });
}

// The counter itself.

TEST(AllocationCounterTest, SeesWhatIsAllocated) {
  if (!kAllocationsAreCounted) {
    GTEST_SKIP() << "sanitizers bring their own malloc and switch the block pool off";
  }
  AllocationCounter counter;
  auto* const number = new int64_t(1);
  void* const aligned = std::aligned_alloc(64, 128);
  asm volatile("" ::"r"(number), "r"(aligned) : "memory");  // else both are optimised away
  const AllocationCounts counted = counter.Stop();
  delete number;
  std::free(aligned);
  EXPECT_EQ(counted, (AllocationCounts{.mallocs = 1, .aligned_mallocs = 1}));
  EXPECT_NE(counter.Report(), "");
}

}  // namespace
}  // namespace sampo
