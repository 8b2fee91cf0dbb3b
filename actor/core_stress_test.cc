// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The core on the threads of production, with as much as possible going on at once: for the thread
// sanitizer, and for counts that must come out even.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/base/random.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/actor/testkit/log_capture.h"

namespace sampo {
namespace {

#if defined(SAMPO_TSAN) || defined(SAMPO_ASAN)
constexpr int kScale = 1;
#else
constexpr int kScale = 10;
#endif
constexpr absl::Duration kPatience = absl::Seconds(60);

// Completes when it was counted down to zero.
class CountDown {
 public:
  explicit CountDown(int count) : state_(std::make_shared<State>(count)) {}
  void Done(int count = 1) const {
    if (state_->left.fetch_sub(count) == count) state_->promise.Complete();
  }
  absl::Status Wait() const { return Await(state_->future, kPatience); }
  int left() const { return state_->left.load(); }

 private:
  struct State {
    explicit State(int count) : left(count), future(promise.future()) {}
    std::atomic<int> left;
    Promise<void> promise;
    Future<void> future;
  };
  std::shared_ptr<State> state_;
};

class CoreStressTest : public testing::Test {
 protected:
  CoreStressTest() : seed_(TestSeed(EntropySeed() % 1'000'000)) {
    std::printf("seed %llu\n", static_cast<unsigned long long>(seed_));
    SystemSettings settings = log_.Settings();
    settings.threads = 4;
    settings.log_level = "error";
    kit_ = std::make_unique<ActorTestKit>(ActorTestKitOptions{.settings = settings});
  }
  ActorTestKit& kit() { return *kit_; }
  void Shutdown() { kit_->Shutdown(); }
  uint64_t seed() const { return seed_; }

 private:
  const uint64_t seed_;
  LogCapture log_;
  std::unique_ptr<ActorTestKit> kit_;
};

struct Value {
  int number;
};
struct Get {
  ReplyTo<Value> reply_to;
  int number;
};
struct Boom {};
struct Quit {};
struct Server : std::variant<Get, Boom, Quit> {
  using variant::variant;
};

Behavior<Server> MakeServer() {
  return Setup<Server>([](ActorContext<Server>& context) {
    context.Timers().StartTimerWithFixedDelay("t", Boom{}, absl::Milliseconds(7));
    return Receive<Server>(
        On{[](Get&& m) -> Behavior<Server> {
             if (m.number % 7 == 0) return Same();  // drops it
             if (m.number % 11 == 0) throw std::runtime_error("eleven");
             m.reply_to.Tell({m.number});
             return Same();
           },
           [](const Boom&) -> Behavior<Server> { return Fail(absl::InternalError("boom")); },
           [](const Quit&) { return Stopped(); }});
  });
}

TEST_F(CoreStressTest, PairwiseOrderFromThreadsAndActors) {
  struct Numbered {
    int pair;
    int number;
  };
  constexpr int kPairs = 8;
  const int count = 2'000 * kScale;
  auto wrong = std::make_shared<std::atomic<int>>(0);
  CountDown all(kPairs * count);
  auto last = std::make_shared<std::vector<int>>(kPairs, -1);
  ActorRef<Numbered> receiver = kit().Spawn(Receive<Numbered>([=](const Numbered& m) {
    if (++(*last)[static_cast<size_t>(m.pair)] != m.number) ++*wrong;
    all.Done();
    return Same();
  }));
  std::vector<std::thread> threads;
  for (int pair = 0; pair < kPairs / 2; ++pair) {
    threads.emplace_back([=] {
      for (int i = 0; i < count; ++i) receiver.Tell({pair, i});
    });
    kit()
        .Spawn(Receive<int>([=](int) {
          for (int i = 0; i < count; ++i) receiver.Tell({pair + kPairs / 2, i});
          return Stopped();
        }))
        .Tell(0);
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(all.Wait().ok());
  EXPECT_EQ(*wrong, 0);
}

TEST_F(CoreStressTest, EachAskIsAnsweredOnce) {
  // Servers that drop, throw, restart, and at last stop; askers inside and outside.
  constexpr int kAskers = 4;
  const int count = 500 * kScale;
  std::vector<ActorRef<Server>> servers;
  for (int i = 0; i < 4; ++i) {
    servers.push_back(
        kit().Spawn(Supervise(MakeServer()).OnFailure(SupervisorStrategy::Restart())));
  }
  CountDown all(2 * kAskers * count);
  auto make = [](int number) {
    return [number](auto reply_to) { return Get{std::move(reply_to), number}; };
  };
  struct Done {};
  struct Asker : std::variant<Done, int> {
    using variant::variant;
  };
  std::vector<std::thread> threads;
  for (int asker = 0; asker < kAskers; ++asker) {
    kit().Spawn(sampo::Setup<Asker>([=](ActorContext<Asker>& context) {
      context.Self().Tell(0);
      return Receive<Asker>(On{[=](const Done&) {
                                 all.Done();
                                 return Same();
                               },
                               [=, &context](int from) {
                                 const int until = std::min(from + 50, count);
                                 for (int i = from; i < until; ++i) {
                                   context.Ask<Value>(servers[static_cast<size_t>(i) % 4],
                                                      absl::Milliseconds(i % 3 == 0 ? 1 : 30'000),
                                                      make(i), [](auto) { return Done{}; });
                                 }
                                 if (until < count) context.Self().Tell(until);
                                 return Same();
                               }});
    }));
    threads.emplace_back([=, seed = seed() + static_cast<uint64_t>(asker)] {
      Random random(seed);
      for (int i = 0; i < count; ++i) {
        const bool short_one = random.Fraction() < 0.3;
        Ask<Value>(servers[random.Next() % 4],
                   short_one ? absl::Milliseconds(1) : absl::Seconds(30), make(i))
            .OnComplete([all](absl::StatusOr<Value>) { all.Done(); });
        if (i == count / 2) servers[random.Next() % 4].Tell(Quit{});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(all.Wait().ok()) << all.left() << " left";
}

TEST_F(CoreStressTest, EachWatchIsAnsweredOnce) {
  const int count = 100 * kScale;
  constexpr int kWatchers = 3;
  CountDown all(kWatchers * count);
  auto extra = std::make_shared<std::atomic<int>>(0);
  struct See {
    ActorRef<Quit> target;
  };
  struct Watcher : std::variant<See, Value> {
    using variant::variant;
  };
  std::vector<ActorRef<Watcher>> watchers;
  for (int i = 0; i < kWatchers; ++i) {
    watchers.push_back(kit().Spawn(sampo::Setup<Watcher>([=](ActorContext<Watcher>& context) {
      auto seen = std::make_shared<std::vector<std::string>>();
      return Receive<Watcher>(On{[&context](const See& m) {
                                   context.Watch(m.target);
                                   context.Watch(m.target);
                                   return Same();
                                 },
                                 [](const Value&) { return Same(); }},
                              OnSignal{[=](const Terminated& ended) {
                                const std::string path = ended.ref.path();
                                if (std::find(seen->begin(), seen->end(), path) != seen->end()) {
                                  ++*extra;
                                }
                                seen->push_back(path);
                                all.Done();
                                return Same();
                              }});
    })));
  }
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {
      for (int i = t; i < count; i += 2) {
        ActorRef<Quit> target =
            kit().system().SpawnAnonymous(Receive<Quit>([](const Quit&) { return Stopped(); }));
        if (i % 3 == 0) target.Tell({});
        for (const auto& watcher : watchers) watcher.Tell(See{target});
        if (i % 3 != 0) target.Tell({});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(all.Wait().ok()) << all.left() << " left";
  Shutdown();
  EXPECT_EQ(*extra, 0);
}

// A tree that spawns, restarts, stashes, sleeps and asks until the system ends under it.
struct Tick {};
struct Grow {
  int depth;
};
struct Late {};
struct Tree : std::variant<Tick, Grow, Late, Boom> {
  using variant::variant;
};
Behavior<Tree> MakeTree(ActorRef<Server> server, int depth) {
  return WithStash<Tree>(100, [=](StashBuffer<Tree>& stash) {
    return sampo::Setup<Tree>([=, &stash](ActorContext<Tree>& context) {
      context.Timers().StartTimerWithFixedDelay("tick", Tick{}, absl::Milliseconds(1));
      context.SetReceiveTimeout(absl::Milliseconds(3), Late{});
      if (depth > 0) context.Self().Tell(Grow{depth - 1});
      return Receive<Tree>(
          On{[=, &stash, &context](const Tick& m) -> Task<Behavior<Tree>> {
               if (!stash.IsFull()) stash.Stash(m);
               auto pause = context.Sleep(absl::Microseconds(300));
               auto ask = context.Ask<Value>(server, absl::Milliseconds(2), [](auto reply_to) {
                 return Get{std::move(reply_to), 1};
               });
               co_await std::move(pause);
               auto value = co_await std::move(ask);
               if (!value.ok()) co_return Fail(value.status());
               co_return stash.UnstashAll(Receive<Tree>([](const auto&) { return Same(); }));
             },
             [=, &context](const Grow& m) {
               for (int i = 0; i < 2; ++i) {
                 context.Watch(context.SpawnAnonymous(
                     Supervise(MakeTree(server, m.depth))
                         .OnFailure(SupervisorStrategy::RestartWithBackoff(
                             {.min = absl::Milliseconds(1), .max = absl::Milliseconds(5)}))));
               }
               return Same();
             },
             [=, &context](const Late&) {
               context.ScheduleOnce(absl::Milliseconds(1), context.Self(), Boom{});
               return Same();
             },
             [](const Boom&) -> Behavior<Tree> { return Fail(absl::InternalError("boom")); }},
          OnSignal{[](const Terminated&) { return Same(); }});
    });
  });
}

TEST_F(CoreStressTest, TheSystemEndsUnderATreeThatIsBusy) {
  ActorRef<Server> server =
      kit().Spawn(Supervise(MakeServer()).OnFailure(SupervisorStrategy::Restart()));
  std::vector<ActorRef<Tree>> trees;
  for (int i = 0; i < 3; ++i) {
    trees.push_back(
        kit().Spawn(Supervise(MakeTree(server, 4)).OnFailure(SupervisorStrategy::Restart())));
  }
  std::atomic<bool> over{false};
  std::thread outside([&] {
    Random random(seed());
    int64_t asked = 0;
    while (!over) {
      Ask<Value>(server, absl::Milliseconds(1), [](auto reply_to) {
        return Get{std::move(reply_to), 1};
      }).OnComplete([](absl::StatusOr<Value>) {});
      trees[random.Next() % trees.size()].Tell(Tick{});
      if (++asked % 100 == 0) kit().system().SpawnAnonymous(Behavior<Tree>(Stopped()));
    }
  });
  // A time for all of it to be going on: until a timer of the system says so.
  Promise<void> enough;
  Future<void> waited = enough.future();
  auto shared = std::make_shared<Promise<void>>(std::move(enough));
  ActorRef<int> clock = kit().Spawn(Receive<int>([shared](int) {
    shared->Complete();
    return Stopped();
  }));
  kit().Spawn(sampo::Setup<int>([clock](ActorContext<int>& context) {
    context.ScheduleOnce(absl::Milliseconds(100 * kScale), clock, 1);
    return Behavior<int>(Ignore());
  }));
  EXPECT_TRUE(Await(waited, kPatience).ok());
  Shutdown();
  over = true;
  outside.join();
  for (const auto& tree : trees) tree.Tell(Tick{});
}

TEST_F(CoreStressTest, SpawningFromManyThreadsWhileTheSystemEnds) {
  auto started = std::make_shared<std::atomic<int>>(0);
  auto stopped = std::make_shared<std::atomic<int>>(0);
  auto make = [=] {
    return sampo::Setup<Quit>([=](ActorContext<Quit>&) {
      ++*started;
      return Receive<Quit>(On{[](const Quit&) { return Stopped(); }},
                           OnSignal{[=](const PostStop&) {
                             ++*stopped;
                             return Same();
                           }});
    });
  };
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200 * kScale && refused < 4; ++i) {
        absl::StatusOr<ActorRef<Quit>> ref = kit().system().TrySpawn(make(), StrCat(t, "-", i));
        if (!ref.ok()) {
          EXPECT_EQ(ref.status().code(), absl::StatusCode::kUnavailable);
          ++refused;
          break;
        }
        if (i % 2 == 0) ref->Tell({});
        if (t == 0 && i == 100) kit().system().Terminate();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  Shutdown();
  EXPECT_EQ(*started, *stopped);
}

}  // namespace
}  // namespace sampo
