// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// persistence persist_N|recover_N THREADS [SCALE]: event-sourced entities on a SQLite journal that
// is on disk when it acknowledges (synchronous=FULL), as shared/peers/pekko/src/Persist.java has
// them on LevelDB: N entities, each with a client that has one command in flight; 60,000 events in
// all (5,000 for one entity, at least 20 each), three rounds with new entities, the last one
// counts. recover_N starts the last round's entities again.
// The file is in $TMPDIR, or /tmp. p50_us and others: of a command, from tell to reply.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <latch>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/metrics.h"
#include "sampo/actor/serialization/codec_context.h"
#include "sampo/actor/serialization/proto_codec.h"
#include "sampo/persistence/event_sourced_behavior.h"
#include "sampo/persistence/sqlite/bare_journal.h"
#include "sampo/persistence/sqlite/use_sqlite.h"
#include "sampo/tools/bench/persistence.pb.h"
#include "sampo/tools/bench/report.h"

namespace sampo::bench {

struct Added {
  std::string text;
};

}  // namespace sampo::bench

namespace sampo {

template <>
struct ProtoCodec<bench::Added> {
  using Proto = bench::proto::Added;
  static void ToProto(const bench::Added& event, CodecContext&, Proto* out) {
    out->set_text(event.text);
  }
  static absl::StatusOr<bench::Added> FromProto(const Proto& proto, CodecContext&) {
    return bench::Added{proto.text()};
  }
};

}  // namespace sampo

namespace sampo::bench {
namespace {

using persistence::EventSourcedBehavior;
using persistence::PersistenceId;
using persistence::RecoveryCompleted;

struct Sum {
  int64_t value;
};
struct Add {
  int64_t value;
  ActorRef<Sum> reply_to;
};
using Effect = persistence::Effect<Added, int64_t>;

Behavior<Add> Counter(const std::string& id, std::latch* recovered) {
  return EventSourcedBehavior<Add, Added, int64_t>({
      .persistence_id = PersistenceId::OfUniqueId(id),
      .empty_state = 0,
      .on_command =
          [](const int64_t&, Add&& m) {
            return Effect::Persist(Added{"added-" + std::to_string(m.value)})
                .ThenRun([reply_to = std::move(m.reply_to)](const int64_t& state) {
                  reply_to.Tell(Sum{state});
                });
          },
      .on_event = [](int64_t state, const Added&) { return state + 1; },
      .on_signal = [recovered](const int64_t&,
                               const RecoveryCompleted&) { recovered->count_down(); },
  });
}

struct Load {
  int64_t left;
  HistogramCell* latency;
  std::latch* done;
};

// Told Sum{0} first, then by its entity.
Behavior<Sum> Client(ActorRef<Add> entity, Load load) {
  return Setup<Sum>([entity, load](ActorContext<Sum>& context) {
    return Receive<Sum>([&context, entity, load, sent = int64_t{0}](const Sum&) mutable {
      const int64_t now = Clock::Real().NowNanos();
      if (sent != 0) load.latency->Record(static_cast<uint64_t>(now - sent));
      sent = now;
      if (load.left-- == 0) {
        load.done->count_down();
      } else {
        entity.Tell(Add{load.left, context.Self()});
      }
      return Same();
    });
  });
}

struct Program {
  std::string bench;
  bool recover = false;
  int64_t entities = 0;
  int64_t events = 0;  // of each
  int threads = 0;
};

struct Nothing {};

std::string IdOf(int round, int64_t entity) {
  return "e" + std::to_string(round) + "-" + std::to_string(entity);
}

// Starts the entities and waits until each has recovered.
std::vector<ActorRef<Add>> Start(ActorSystemBase& system, const Program& program, int round) {
  std::latch recovered(program.entities);
  std::vector<ActorRef<Add>> entities;
  for (int64_t i = 0; i < program.entities; ++i) {
    entities.push_back(system.SpawnAnonymous(Counter(IdOf(round, i), &recovered)));
  }
  recovered.wait();
  return entities;
}

Result Run(const Program& program) {
  persistence::BenchFolder folder;
  SystemSettings settings;
  settings.threads = program.threads;
  settings.log_level = "error";
  ActorSystem<Nothing> system(Ignore(), "bench", settings);
  SAMPO_CHECK_OK(persistence::UseSqlite(system, {.file = folder.File("bench.db")},
                                        {.concurrent_recoveries_max = 500}));
  auto latency = std::make_unique<HistogramCell>();
  Lap lap;
  for (int round = 0; round < 3; ++round) {
    const std::vector<ActorRef<Add>> entities = Start(system, program, round);
    std::latch done(program.entities);
    std::vector<ActorRef<Sum>> clients;
    latency = std::make_unique<HistogramCell>();
    for (const ActorRef<Add>& entity : entities) {
      clients.push_back(
          system.SpawnAnonymous(Client(entity, {program.events, latency.get(), &done})));
    }
    const Stopwatch watch;
    for (const ActorRef<Sum>& client : clients) client.Tell(Sum{0});
    done.wait();
    lap = watch.Read();
  }
  const auto ops = static_cast<double>(program.entities * program.events);
  const std::string peer = "sampo/t" + std::to_string(program.threads);
  if (program.recover) {
    const Stopwatch watch;
    Start(system, program, 2);
    return {.bench = program.bench, .peer = peer, .ops = ops, .lap = watch.Read()};
  }
  const HistogramSnapshot seen = latency->Snapshot();
  char extra[128];
  std::snprintf(extra, sizeof(extra), "p50_us=%.0f p99_us=%.0f p999_us=%.0f",
                static_cast<double>(seen.Percentile(0.5)) * 1e-3,
                static_cast<double>(seen.Percentile(0.99)) * 1e-3,
                static_cast<double>(seen.Percentile(0.999)) * 1e-3);
  return {.bench = program.bench, .peer = peer, .ops = ops, .lap = lap, .extra = extra};
}

int Main(int argc, char** argv) {
  Program program;
  program.bench = argc > 1 ? argv[1] : "";
  program.recover = program.bench.rfind("recover_", 0) == 0;
  if (program.recover || program.bench.rfind("persist_", 0) == 0) {
    program.entities = std::atoll(program.bench.c_str() + 8);
  }
  program.threads = argc > 2 ? std::atoi(argv[2]) : 0;
  const double scale = argc > 3 ? std::atof(argv[3]) : 1.0;
  if (program.entities < 1 || program.threads < 1 || scale <= 0) {
    std::fprintf(stderr, "usage: persistence persist_N|recover_N THREADS [SCALE]\n");
    return 2;
  }
  const int64_t usual =
      program.entities == 1 ? 5'000 : std::max<int64_t>(20, 60'000 / program.entities);
  program.events = std::max<int64_t>(1, static_cast<int64_t>(static_cast<double>(usual) * scale));
  Print(Run(program));
  return 0;
}

}  // namespace
}  // namespace sampo::bench

int main(int argc, char** argv) { return sampo::bench::Main(argc, argv); }
