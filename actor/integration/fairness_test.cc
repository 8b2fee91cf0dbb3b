// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Fairness, by counting: on every worker two actors play ping-pong without end, which no idle
// moment ever interrupts; a third one that comes late must answer before MessagesMax more messages
// have been exchanged on its worker. And: with every worker held in a handler, another one answers.
//
// Messages are counted on each thread, because the machine may take a core away from the worker
// that holds the late actor, while pairs go on playing elsewhere: no scheduler of ours can help it.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <latch>
#include <memory>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/dispatch/worker_queues.h"
#include "sampo/actor/testkit/simulated_runtime.h"

namespace sampo {
namespace {

constexpr absl::Duration kPatience = absl::Minutes(2);
// Of each pair that shares the late actor's worker one player may be queued before it, and each
// time the queue has its turn the next slot may win so often again.
int64_t MessagesMax(int workers) { return int64_t{WorkerQueues::kNextWinsMax + 1} * (workers + 1); }

// Turns after which a worker looks at what came from outside: Worker::kTurnsBetweenLooks.
constexpr int64_t kTurnsBetweenLooks = 64;

// Messages that were exchanged on this thread.
thread_local int64_t exchanged_here = 0;

// What a pair has exchanged so far; read by the late actor.
using Count = std::shared_ptr<std::atomic<int64_t>>;

struct Exchanged {
  int64_t messages = 0;
  bool moved = false;  // to another thread than the caller's: nothing was counted
};
// Asks the late actor how much has been exchanged since: on its thread, if that is `caller`; else,
// where there is a count, by that pair.
struct Question {
  std::thread::id caller;
  Count count;
  int64_t begun;
  ReplyTo<Exchanged> reply_to;
};
struct Ball {};
struct Call {
  ReplyTo<Exchanged> reply_to;
};
struct Player;
struct Partner {
  ActorRef<Player> ref;
};
struct Player : std::variant<Ball, Call, Partner> {
  using variant::variant;
};

Behavior<Question> LateActor() {
  return Receive<Question>([](Question&& m) {
    if (m.count != nullptr) {
      m.reply_to.Tell({.messages = m.count->load() - m.begun});
    } else if (m.caller == std::this_thread::get_id()) {
      m.reply_to.Tell({.messages = exchanged_here - m.begun});
    } else {
      m.reply_to.Tell({.moved = true});
    }
    return Same();
  });
}

class Playing final : public AbstractBehavior<Playing, Player> {
 public:
  Playing(ActorContext<Player>& context, Count count, ActorRef<Question> late)
      : AbstractBehavior(context), count_(std::move(count)), late_(std::move(late)) {}

  Behavior<Player> OnMessage(const Ball&) {
    ++exchanged_here;
    count_->store(count_->load(std::memory_order_relaxed) + 1);
    partner_.Tell(Ball{});
    return Same();
  }
  Behavior<Player> OnMessage(Call&& m) {
    late_.Tell({std::this_thread::get_id(), nullptr, exchanged_here, std::move(m.reply_to)});
    return Same();
  }
  Behavior<Player> OnMessage(const Partner& m) {
    partner_ = m.ref;
    return Same();
  }

 private:
  const Count count_;
  const ActorRef<Question> late_;
  ActorRef<Player> partner_;
};

// `workers` pairs that play, and the late actor.
class Game {
 public:
  Game(ActorSystem<Question>& system, int workers) : late_(system.guardian()) {
    for (int i = 0; i < workers; ++i) {
      auto count = std::make_shared<std::atomic<int64_t>>(0);
      ActorRef<Player> one = system.SpawnAnonymous(Playing::Create(count, late_));
      ActorRef<Player> other = system.SpawnAnonymous(Playing::Create(count, late_));
      one.Tell(Partner{other});
      other.Tell(Partner{one});
      one.Tell(Ball{});
      players_.push_back(one);
      counts_.push_back(count);
    }
  }

  // A player tells the late actor in the middle of the game.
  Future<Exchanged> CallByPlayer(size_t turn) const {
    return Ask<Exchanged>(players_[turn % players_.size()], kPatience,
                          [](auto reply_to) { return Call{std::move(reply_to)}; });
  }
  // Somebody outside tells it.
  Future<Exchanged> CallFromOutside(size_t turn) const {
    const Count& count = counts_[turn % counts_.size()];
    return Ask<Exchanged>(late_, kPatience, [&count](auto reply_to) {
      return Question{{}, count, count->load(), std::move(reply_to)};
    });
  }
  bool Playing(int64_t messages) const {
    return std::all_of(counts_.begin(), counts_.end(),
                       [&](const Count& count) { return count->load() >= messages; });
  }

 private:
  const ActorRef<Question> late_;
  std::vector<ActorRef<Player>> players_;
  std::vector<Count> counts_;
};

class FairnessTest : public testing::TestWithParam<int> {
 protected:
  static constexpr int kCalls = 200;

  int workers() const { return GetParam(); }
  SystemSettings Settings() const {
    SystemSettings settings;
    settings.threads = workers();
    settings.log_level = "error";
    return settings;
  }
  // Makes kCalls calls one after the other.
  template <class MakeCall>
  std::vector<Exchanged> Answers(MakeCall call) const {
    std::vector<Exchanged> answers;
    for (size_t i = 0; i < kCalls; ++i) {
      absl::StatusOr<Exchanged> exchanged = Await(call(i), kPatience);
      EXPECT_TRUE(exchanged.ok()) << exchanged.status();
      if (!exchanged.ok()) break;
      answers.push_back(*exchanged);
    }
    return answers;
  }
};
INSTANTIATE_TEST_SUITE_P(Workers, FairnessTest, testing::Values(1, 2, 4));

TEST_P(FairnessTest, ALateActorThatAPlayerTellsAnswersInTime) {
  ActorSystem<Question> system(LateActor(), "fair", Settings());
  const Game game(system, workers());
  int counted = 0;
  int in_time = 0;
  for (const Exchanged& each : Answers([&](size_t i) { return game.CallByPlayer(i); })) {
    if (each.moved) continue;
    ++counted;
    if (each.messages <= MessagesMax(workers())) ++in_time;
  }
  EXPECT_GT(counted, 0);
  // Not all: what a worker has that lost its core in a turn is offered to the others, and where
  // none takes it, comes back behind everything else.
  EXPECT_GE(in_time, counted * 9 / 10) << "of " << counted;
  system.Terminate();
}

// Nobody outside knows which worker will have it, so a pair is counted, and most calls must be in
// time: where a scheduler starves the late actor, none is.
TEST_P(FairnessTest, ALateActorThatIsToldFromOutsideAnswersInTime) {
  ActorSystem<Question> system(LateActor(), "fair", Settings());
  const Game game(system, workers());
  const std::vector<Exchanged> answers = Answers([&](size_t i) { return game.CallFromOutside(i); });
  EXPECT_GT(std::count_if(answers.begin(), answers.end(),
                          [&](const Exchanged& each) {
                            return each.messages <= kTurnsBetweenLooks + MessagesMax(workers());
                          }),
            kCalls / 2);
  system.Terminate();
}

TEST_P(FairnessTest, WithEveryWorkerHeldAnotherActorAnswers) {
  SystemSettings settings = Settings();
  settings.blocked_after = absl::Milliseconds(2);
  std::latch held(workers());
  std::latch release(1);
  struct Hold {};
  ActorSystem<Question> system(LateActor(), "held", settings);
  for (int i = 0; i < workers(); ++i) {
    system
        .SpawnAnonymous(Receive<Hold>([&](const Hold&) {
          held.count_down();
          release.wait();
          return Same();
        }))
        .Tell({});
  }
  held.wait();
  auto count = std::make_shared<std::atomic<int64_t>>(0);
  absl::StatusOr<Exchanged> answer =
      Await(Ask<Exchanged>(system.guardian(), kPatience,
                           [&](auto reply_to) {
                             return Question{{}, count, 0, std::move(reply_to)};
                           }),
            kPatience);
  EXPECT_TRUE(answer.ok()) << answer.status();
  release.count_down();
}

// In the simulation nothing takes a core away: each call must be in time, in every order.
TEST_P(FairnessTest, InTheSimulationEveryCallIsInTime) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    for (SchedulePolicyKind policy : {SchedulePolicyKind::kUniform, SchedulePolicyKind::kFifo}) {
      SimulatedRuntime simulation(SimulationOptions{.seed = seed, .policy = policy});
      ActorSystem<Question> system(LateActor(), "fair", simulation.Settings(),
                                   simulation.Runtime());
      const Game game(system, workers());
      ASSERT_TRUE(simulation.RunUntil([&] { return game.Playing(100); }).ok());
      for (size_t i = 0; i < 4; ++i) {
        Future<Exchanged> call = i % 2 == 0 ? game.CallByPlayer(i) : game.CallFromOutside(i);
        absl::StatusOr<Exchanged> exchanged = Await(call, kPatience);
        ASSERT_TRUE(exchanged.ok()) << exchanged.status() << " with seed " << seed;
        EXPECT_LE(exchanged->messages, MessagesMax(workers())) << "with seed " << seed;
      }
      system.Terminate();
    }
  }
}

}  // namespace
}  // namespace sampo
