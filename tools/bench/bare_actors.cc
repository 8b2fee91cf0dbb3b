// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// bare_actors BENCH THREADS [SCALE]: the programs of savina on the machinery of bare_actor.h, the
// floor under them. A timeout costs nothing here: there is none.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "sampo/tools/bench/bare_actor.h"
#include "sampo/tools/bench/report.h"

namespace sampo::bench {
namespace {

struct Options {
  std::string bench;
  int threads = 1;
  double scale = 1.0;

  int64_t Scaled(int64_t usual, int64_t unit = 1) const {
    const auto scaled = static_cast<int64_t>(static_cast<double>(usual) * scale);
    return std::max(scaled / unit, int64_t{1}) * unit;
  }
  void Report(int64_t ops, const Lap& lap, std::string extra = {}) const {
    Print({.bench = bench,
           .peer = "bare/t" + std::to_string(threads),
           .ops = static_cast<double>(ops),
           .lap = lap,
           .extra = std::move(extra)});
  }
};

struct Begin {};

struct Token {
  int64_t hops_left;
};
struct Hop final : Bare<Hop, Token> {
  explicit Hop(std::latch* finished) : done(finished) {}
  bool On(Token& m) {
    if (m.hops_left == 0) {
      done->count_down();
    } else {
      Tell(next, Token{m.hops_left - 1});
    }
    return true;
  }
  Hop* next = nullptr;
  std::latch* const done;
};

void Ring(const Options& options, int actors, int tokens) {
  const int64_t hops = options.Scaled(4'000'000, tokens);
  std::latch done(tokens);
  Scheduler scheduler(options.threads);
  std::vector<Hop*> ring(actors);
  for (Hop*& hop : ring) hop = new Hop(&done);
  for (int i = 0; i < actors; ++i) ring[i]->next = ring[(i + 1) % actors];
  Stopwatch watch;
  for (int i = 0; i < tokens; ++i) Tell(ring[i * (actors / tokens)], Token{hops / tokens});
  done.wait();
  options.Report(hops, watch.Read());
}

struct Increment {
  int64_t value;
};
struct Sink final : Bare<Sink, Increment> {
  Sink(int64_t all, std::latch* finished) : expected(all), done(finished) {}
  bool On(Increment&) {
    if (++count == expected) done->count_down();
    return true;
  }
  int64_t count = 0;
  const int64_t expected;
  std::latch* const done;
};
struct Producer final : Bare<Producer, Begin> {
  Producer(Sink* to, int64_t how_many) : sink(to), messages(how_many) {}
  bool On(Begin&) {
    for (int64_t i = 0; i < messages; ++i) Tell(sink, Increment{i});
    return true;
  }
  Sink* const sink;
  const int64_t messages;
};

void Flood(const Options& options, int producers, int64_t each) {
  std::latch done(1);
  Scheduler scheduler(options.threads);
  auto* const sink = new Sink(producers * each, &done);
  std::vector<Producer*> all(producers);
  for (Producer*& producer : all) producer = new Producer(sink, each);
  Stopwatch watch;
  for (Producer* producer : all) Tell(producer, Begin{});
  done.wait();
  options.Report(producers * each, watch.Read());
}

struct Player;
struct Ping {
  Player* reply_to;
};
struct Pong {};
struct Player final : Bare<Player, Ping, Pong, Begin> {
  Player(int own, const std::vector<Player*>& players, int64_t pings, std::latch* finished)
      : id(own), all(players), pings_left(pings), random(own + 1), done(finished) {}
  bool On(Ping& m) {
    Tell(m.reply_to, Pong{});
    return true;
  }
  bool On(Pong&) {
    if (--pings_left == 0) {
      done->count_down();
      return true;
    }
    return PingAnother();
  }
  bool On(Begin&) { return PingAnother(); }
  bool PingAnother() {
    uint64_t to = random.Next() % (all.size() - 1);
    if (to >= static_cast<uint64_t>(id)) ++to;
    Tell(all[to], Ping{this});
    return true;
  }
  const int id;
  const std::vector<Player*>& all;
  int64_t pings_left;
  BigRandom random;
  std::latch* const done;
};

void Big(const Options& options) {
  constexpr int kActors = 200;
  const int64_t pings = options.Scaled(20'000);
  std::latch done(kActors);
  std::vector<Player*> players(kActors);
  Scheduler scheduler(options.threads);
  for (int i = 0; i < kActors; ++i) players[i] = new Player(i, players, pings, &done);
  Stopwatch watch;
  for (Player* player : players) Tell(player, Begin{});
  done.wait();
  options.Report(kActors * pings * 2, watch.Read());
}

// Counts down when it has ended.
struct Once final : Bare<Once, Increment> {
  explicit Once(std::latch* ended) : done(ended) {}
  ~Once() override { done->count_down(); }
  bool On(Increment&) { return false; }
  std::latch* const done;
};
struct Forker final : Bare<Forker, Increment> {
  explicit Forker(std::latch* ended) : done(ended) {}
  bool On(Increment& m) {
    for (int64_t i = 0; i < m.value; ++i) Tell(new Once(done), Increment{i});
    return true;
  }
  std::latch* const done;
};

void ForkJoin(const Options& options, bool from_an_actor) {
  const int64_t actors = options.Scaled(1'000'000);
  std::latch done(actors);
  Scheduler scheduler(options.threads);
  Stopwatch watch;
  if (from_an_actor) {
    Tell(new Forker(&done), Increment{actors});
  } else {
    for (int64_t i = 0; i < actors; ++i) Tell(new Once(&done), Increment{i});
  }
  done.wait();
  options.Report(actors, watch.Read());
}

// Its start-up is a message, as nothing else runs on a turn.
struct Idle final : Bare<Idle, Begin> {
  explicit Idle(std::latch* running) : started(running) {}
  bool On(Begin&) {
    started->count_down();
    return true;
  }
  std::latch* const started;
};

void IdleMemory(const Options& options) {
  const int64_t actors = options.Scaled(1'000'000);
  std::latch started(actors);
  Scheduler scheduler(options.threads);
  std::vector<Idle*> all(actors);
  const int64_t before_kib = StatusKib("VmRSS:");
  Stopwatch watch;
  for (Idle*& idle : all) {
    idle = new Idle(&started);
    Tell(idle, Begin{});
  }
  started.wait();
  const Lap lap = watch.Read();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  const int64_t bytes = (StatusKib("VmRSS:") - before_kib) * 1024;
  options.Report(actors, lap, "bytes_per_actor=" + std::to_string(bytes / actors));
}

struct Asker;
struct Question {
  int64_t value;
  Asker* reply_to;
};
struct Answer {
  int64_t value;
};
struct Server final : Bare<Server, Question> {
  bool On(Question& m);
};
struct Asker final : Bare<Asker, Begin, Answer> {
  Asker(Server* whom, int64_t asks, int64_t window, std::latch* finished)
      : server(whom), left(asks), unanswered(asks), in_flight(window), done(finished) {}
  bool On(Begin&) {
    for (int64_t i = 0; i < in_flight; ++i) AskOne();
    return true;
  }
  bool On(Answer&) {
    if (--unanswered == 0) {
      done->count_down();
    } else if (left > 0) {
      AskOne();
    }
    return true;
  }
  void AskOne() { Tell(server, Question{left--, this}); }
  Server* const server;
  int64_t left;
  int64_t unanswered;
  const int64_t in_flight;
  std::latch* const done;
};
bool Server::On(Question& m) {
  Tell(m.reply_to, Answer{m.value + 1});
  return true;
}

void Ask(const Options& options, int64_t in_flight) {
  const int64_t asks = options.Scaled(500'000, in_flight);
  std::latch done(1);
  Scheduler scheduler(options.threads);
  auto* const asker = new Asker(new Server, asks, in_flight, &done);
  Stopwatch watch;
  Tell(asker, Begin{});
  done.wait();
  options.Report(asks, watch.Read());
}

bool RunProgram(const Options& options) {
  const std::string& bench = options.bench;
  if (bench == "ping_pong") {
    Ring(options, 2, 1);
  } else if (bench == "thread_ring_1") {
    Ring(options, 1000, 1);
  } else if (bench == "thread_ring_100") {
    Ring(options, 1000, 100);
  } else if (bench == "fan_in") {
    Flood(options, 8, options.Scaled(500'000));
  } else if (bench == "counting") {
    Flood(options, 1, options.Scaled(8'000'000));
  } else if (bench == "big") {
    Big(options);
  } else if (bench.starts_with("fork_join_create")) {
    ForkJoin(options, /*from_an_actor=*/bench.ends_with("_actor"));
  } else if (bench == "idle_memory") {
    IdleMemory(options);
  } else if (bench == "ask_seq" || bench == "ask_seq_timeout") {
    Ask(options, 1);
  } else if (bench == "ask_1000" || bench == "ask_1000_timeout") {
    Ask(options, 1000);
  } else {
    return false;
  }
  return true;
}

}  // namespace
}  // namespace sampo::bench

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4) {
    std::fprintf(stderr, "usage: bare_actors BENCH THREADS [SCALE]; see savina\n");
    return 2;
  }
  const sampo::bench::Options options = {.bench = argv[1],
                                         .threads = std::atoi(argv[2]),
                                         .scale = argc > 3 ? std::atof(argv[3]) : 1.0};
  if (options.threads < 1 || options.scale <= 0 || !sampo::bench::RunProgram(options)) {
    std::fprintf(stderr, "bare_actors: no such program: %s %s\n", argv[1], argv[2]);
    return 2;
  }
  // The actors are not freed one by one: the program is over.
  std::fflush(stdout);
  std::_Exit(0);
}
