// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The programs that tell: ping_pong, thread_ring, fan_in, counting, big.
#include <cstdlib>
#include <latch>
#include <memory>
#include <variant>
#include <vector>

#include "sampo/actor/actor.h"
#include "sampo/tools/bench/savina.h"

namespace sampo::bench {
namespace ring {

struct Command;
struct Token {
  int64_t hops_left;
};
struct SetNext {
  ActorRef<Command> next;
};
struct Command : std::variant<Token, SetNext> {
  using variant::variant;
};

class Hop final : public AbstractBehavior<Hop, Command> {
 public:
  Hop(ActorContext<Command>& context, std::latch* wired, std::latch* done)
      : AbstractBehavior(context), wired_(wired), done_(done) {}
  Behavior<Command> OnMessage(const Token& m) {
    if (m.hops_left == 0) {
      done_->count_down();
    } else {
      next_.Tell(Token{m.hops_left - 1});
    }
    return Same();
  }
  Behavior<Command> OnMessage(SetNext&& m) {
    next_ = std::move(m.next);
    wired_->count_down();
    return Same();
  }

 private:
  ActorRef<Command> next_;
  std::latch* const wired_;
  std::latch* const done_;
};

Result Ring(const Run& run, int actors, int tokens) {
  const int64_t hops = run.Scaled(4'000'000, tokens);
  std::latch wired(actors);
  std::latch done(tokens);
  ActorSystem<Command> system(Ignore(), "savina", run.Settings());
  std::vector<ActorRef<Command>> ring;
  for (int i = 0; i < actors; ++i) {
    ring.push_back(system.SpawnAnonymous(Hop::Create(&wired, &done)));
  }
  for (int i = 0; i < actors; ++i) ring[i].Tell(SetNext{ring[(i + 1) % actors]});
  wired.wait();

  Stopwatch watch;
  for (int i = 0; i < tokens; ++i) ring[i * (actors / tokens)].Tell(Token{hops / tokens});
  done.wait();
  const Lap lap = watch.Read();
  return run.Done(hops, lap);
}

}  // namespace ring

namespace counting {

struct Count {
  int64_t count;
};
struct Increment {
  int64_t value;
};
struct GetCount {
  ActorRef<Count> reply_to;
};
struct SinkCommand : std::variant<Increment, GetCount> {
  using variant::variant;
};

// Counts; tells `done` when it has counted to `expected`.
class Sink final : public AbstractBehavior<Sink, SinkCommand> {
 public:
  Sink(ActorContext<SinkCommand>& context, int64_t expected, std::latch* done)
      : AbstractBehavior(context), expected_(expected), done_(done) {}
  Behavior<SinkCommand> OnMessage(const Increment&) {
    if (++count_ == expected_) done_->count_down();
    return Same();
  }
  Behavior<SinkCommand> OnMessage(const GetCount& m) {
    m.reply_to.Tell({count_});
    return Same();
  }

 private:
  const int64_t expected_;
  std::latch* const done_;
  int64_t count_ = 0;
};

struct Begin {};
struct ProducerCommand : std::variant<Begin, Count> {
  using variant::variant;
};

// Tells `messages` in one loop. Where it has a latch it then asks for the count and checks it.
class Producer final : public AbstractBehavior<Producer, ProducerCommand> {
 public:
  Producer(ActorContext<ProducerCommand>& context, ActorRef<SinkCommand> sink, int64_t messages,
           std::latch* done)
      : AbstractBehavior(context), sink_(std::move(sink)), messages_(messages), done_(done) {}
  Behavior<ProducerCommand> OnMessage(const Begin&) {
    for (int64_t i = 0; i < messages_; ++i) sink_.Tell(Increment{i});
    if (done_ != nullptr) sink_.Tell(GetCount{context().Self()});
    return Same();
  }
  Behavior<ProducerCommand> OnMessage(const Count& m) {
    if (m.count != messages_) std::abort();
    done_->count_down();
    return Same();
  }

 private:
  const ActorRef<SinkCommand> sink_;
  const int64_t messages_;
  std::latch* const done_;
};

Result FanIn(const Run& run) {
  constexpr int kProducers = 8;
  const int64_t each = run.Scaled(500'000);
  std::latch done(1);
  ActorSystem<SinkCommand> system(Sink::Create(kProducers * each, &done), "savina", run.Settings());
  std::vector<ActorRef<ProducerCommand>> producers;
  for (int i = 0; i < kProducers; ++i) {
    std::latch* const none = nullptr;
    producers.push_back(system.SpawnAnonymous(Producer::Create(system.guardian(), each, none)));
  }

  Stopwatch watch;
  for (const auto& producer : producers) producer.Tell(Begin{});
  done.wait();
  const Lap lap = watch.Read();
  return run.Done(kProducers * each, lap);
}

Result Counting(const Run& run) {
  const int64_t messages = run.Scaled(8'000'000);
  std::latch done(1);
  ActorSystem<SinkCommand> system(Sink::Create(int64_t{-1}, &done), "savina", run.Settings());
  auto producer = system.SpawnAnonymous(Producer::Create(system.guardian(), messages, &done));

  Stopwatch watch;
  producer.Tell(Begin{});
  done.wait();
  const Lap lap = watch.Read();
  return run.Done(messages, lap);
}

}  // namespace counting

namespace big {

struct Pong {};
struct Ping {
  ActorRef<Pong> reply_to;
};
using Neighbours = std::shared_ptr<const std::vector<ActorRef<Ping>>>;
struct Wire {
  Neighbours neighbours;
};
struct Begin {};
struct Command : std::variant<Ping, Pong, Wire, Begin> {
  using variant::variant;
};

// Pings a random other one, waits for its pong, and again.
class Player final : public AbstractBehavior<Player, Command> {
 public:
  Player(ActorContext<Command>& context, int id, int64_t pings, std::latch* wired, std::latch* done)
      : AbstractBehavior(context),
        id_(id),
        pings_left_(pings),
        random_(id + 1),
        wired_(wired),
        done_(done) {}
  Behavior<Command> OnMessage(Wire&& m) {
    neighbours_ = std::move(m.neighbours);
    wired_->count_down();
    return Same();
  }
  Behavior<Command> OnMessage(const Begin&) { return PingAnother(); }
  Behavior<Command> OnMessage(const Ping& m) {
    m.reply_to.Tell({});
    return Same();
  }
  Behavior<Command> OnMessage(const Pong&) {
    if (--pings_left_ > 0) return PingAnother();
    done_->count_down();
    return Same();
  }

 private:
  Behavior<Command> PingAnother() {
    uint64_t to = random_.Next() % (neighbours_->size() - 1);
    if (to >= static_cast<uint64_t>(id_)) ++to;
    (*neighbours_)[to].Tell({context().Self()});
    return Same();
  }

  const int id_;
  int64_t pings_left_;
  BigRandom random_;
  Neighbours neighbours_;
  std::latch* const wired_;
  std::latch* const done_;
};

Result Big(const Run& run) {
  constexpr int kActors = 200;
  const int64_t pings = run.Scaled(20'000);
  std::latch wired(kActors);
  std::latch done(kActors);
  ActorSystem<Command> system(Ignore(), "savina", run.Settings());
  std::vector<ActorRef<Command>> players;
  for (int i = 0; i < kActors; ++i) {
    players.push_back(system.SpawnAnonymous(Player::Create(i, pings, &wired, &done)));
  }
  const auto all =
      std::make_shared<const std::vector<ActorRef<Ping>>>(players.begin(), players.end());
  for (const auto& player : players) player.Tell(Wire{all});
  wired.wait();

  Stopwatch watch;
  for (const auto& player : players) player.Tell(Begin{});
  done.wait();
  const Lap lap = watch.Read();
  return run.Done(kActors * pings * 2, lap);
}

}  // namespace big

Result RunPingPong(const Run& run) { return ring::Ring(run, /*actors=*/2, /*tokens=*/1); }
Result RunThreadRing1(const Run& run) { return ring::Ring(run, /*actors=*/1000, /*tokens=*/1); }
Result RunThreadRing100(const Run& run) { return ring::Ring(run, /*actors=*/1000, /*tokens=*/100); }
Result RunFanIn(const Run& run) { return counting::FanIn(run); }
Result RunCounting(const Run& run) { return counting::Counting(run); }
Result RunBig(const Run& run) { return big::Big(run); }

}  // namespace sampo::bench
