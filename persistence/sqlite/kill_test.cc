// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// SIGKILL for real: this program, started again as a writer on a real file, tells each event that
// was acknowledged on its standard output, and is killed at a moment that a seed says, 50 times on
// one file. After each death every event it told is there, and the chain is whole. Once the writer
// is the store alone; once a system of actors, with snapshots, deletes and durable states.

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/base/check.h"
#include "sampo/actor/base/random.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/persistence/durable_state_behavior.h"
#include "sampo/persistence/event_sourced_behavior.h"
#include "sampo/persistence/sqlite/offline/verify.h"
#include "sampo/persistence/sqlite/store.h"
#include "sampo/persistence/sqlite/use_sqlite.h"
#include "sampo/persistence/testing_cart.h"
#include "sampo/persistence/testing_cart_codec.h"

namespace sampo::persistence {
namespace {

constexpr int kDeaths = 50;
constexpr size_t kIds = 4;
constexpr uint64_t kToldBeforeDeathMax = 60;
// Of one id in one group: so many may be there that were not told.
constexpr int64_t kAppendsPerGroupMax = 3;
constexpr int64_t kEventsPerAppendOfTestMax = 3;

// What the writer tells: written in one piece, being shorter than PIPE_BUF.
struct Told {
  uint64_t id = 0;
  int64_t highest_seq = 0;
};

std::string IdName(uint64_t id) { return StrCat("Cart|", id); }

std::string Payload(uint64_t id, int64_t seq) {
  Random random(id * 1'000'003 + static_cast<uint64_t>(seq));
  return std::string(random.Below(3000), 'p') + StrCat(id, "/", seq);
}

// --- the writer that is the store ---

// Writes until it is killed, or nobody listens.
[[noreturn]] void WriteUntilKilled(const std::string& file, uint64_t seed) {
  Random random(seed);
  SqliteStoreOptions options;
  options.file = file;
  options.wal_pages = 60;
  absl::StatusOr<std::unique_ptr<SqliteWriter>> opened = SqliteWriter::Open(options);
  SAMPO_CHECK(opened.ok(), opened.status().ToString());
  SqliteWriter& writer = **opened;
  std::vector<WriteOp> acquire;
  for (uint64_t id = 0; id < kIds; ++id) acquire.emplace_back(AcquireWriterOp{IdName(id)});
  std::array<WriterGrant, kIds> heads;
  const std::vector<WriteResult> granted = writer.CommitGroup(acquire);
  for (size_t id = 0; id < kIds; ++id) heads[id] = granted[id].grant;
  while (true) {
    std::vector<WriteOp> group;
    std::vector<Told> told;
    for (int64_t i = 1 + static_cast<int64_t>(random.Below(kAppendsPerGroupMax)); i > 0; --i) {
      const uint64_t id = random.Below(kIds);
      AtomicAppend append{.persistence_id = IdName(id),
                          .epoch = heads[id].epoch,
                          .after_seq = heads[id].highest_seq,
                          .events = {}};
      for (uint64_t n = 1 + random.Below(kEventsPerAppendOfTestMax); n > 0; --n) {
        append.events.push_back(
            {.manifest = "test.Event", .payload = Payload(id, ++heads[id].highest_seq)});
      }
      told.push_back({id, heads[id].highest_seq});
      group.emplace_back(std::move(append));
    }
    const std::vector<WriteResult> results = writer.CommitGroup(group);
    for (size_t i = 0; i < results.size(); ++i) {
      SAMPO_CHECK(results[i].outcome == WriteOutcome::kWritten);
      if (write(STDOUT_FILENO, &told[i], sizeof(Told)) != sizeof(Told)) _exit(0);
    }
    SAMPO_CHECK(writer.CheckpointIfDue().ok());
  }
}

// --- the writer that is a system of actors ---

constexpr uint64_t kCarts = 24;  // event-sourced; each third keeps all its events
constexpr uint64_t kEntities = kCarts + 8;
// Of one entity: commands that have not been told yet, and events of each.
constexpr int64_t kCommandsWaiting = 2;
constexpr int64_t kEventsPerCommandMax = 3;

using testing::Event;
using testing::ItemAdded;
using testing::State;

// Adds so many events, or counts a state up by so many; then answers with the number of all.
struct Add {
  int64_t events = 0;
  ActorRef<Told> reply_to;
};

int64_t CountOf(const State& state) {
  return state.items.empty() ? 0 : std::strtoll(state.items[0].c_str(), nullptr, 10);
}
State StateOf(int64_t count) { return {.items = {StrCat(count)}}; }

// Each event has its number: one that is missing or comes twice is found by whoever applies it.
absl::StatusOr<State> Apply(const State& state, const Event& event) {
  const int64_t number = std::get<ItemAdded>(event).quantity;
  const int64_t count = CountOf(state);
  if (number != count + 1) {
    return absl::DataLossError(StrCat("event ", number, " behind event ", count));
  }
  return StateOf(number);
}

Behavior<Add> Entity(uint64_t id) {
  const auto told = [id](const State& state) { return Told{id, CountOf(state)}; };
  if (id >= kCarts) {
    using Effect = StateEffect<State>;
    return DurableStateBehavior<Add, State>(
        {.persistence_id = PersistenceId::Of("Counter", StrCat(id)),
         .empty_state = State{},
         .on_command = [told](const State& state, Add&& m) {
           if (m.events == 0) return Effect::Reply(m.reply_to, told);
           return Effect::Persist(StateOf(CountOf(state) + m.events)).ThenReply(m.reply_to, told);
         }});
  }
  return EventSourcedBehavior<Add, Event, State>(
      {.persistence_id = PersistenceId::Of("Cart", StrCat(id)),
       .empty_state = State{},
       .on_command =
           [id, told](const State& state, Add&& m) {
             std::vector<Event> events;
             for (int64_t n = CountOf(state) + 1; n <= CountOf(state) + m.events; ++n) {
               events.push_back(ItemAdded{.sku = Payload(id, n), .quantity = n});
             }
             return Effect<Event, State>::PersistAll(std::move(events)).ThenReply(m.reply_to, told);
           },
       .on_event = Apply,
       .snapshot_every = id % 3 == 0 ? 0 : 4,
       .keep_snapshots = 1 + static_cast<int>(id % 2),
       .delete_events_on_snapshot = id % 3 != 0});
}

std::vector<ActorRef<Add>> SpawnEntities(ActorSystemBase& system) {
  std::vector<ActorRef<Add>> entities;
  for (uint64_t id = 0; id < kEntities; ++id) {
    entities.push_back(system.TrySpawn(Entity(id), StrCat("entity-", id)).value());
  }
  return entities;
}

// Tells each answer, and only then gives its entity the next command.
Behavior<Told> Teller(std::vector<ActorRef<Add>> entities, uint64_t seed) {
  return Setup<Told>([entities, seed](ActorContext<Told>& context) {
    const auto random = std::make_shared<Random>(seed);
    const auto next = [random, self = context.Self()](const ActorRef<Add>& entity) {
      entity.Tell(Add{1 + static_cast<int64_t>(random->Below(kEventsPerCommandMax)), self});
    };
    for (int64_t i = 0; i < kCommandsWaiting; ++i) {
      for (const ActorRef<Add>& entity : entities) next(entity);
    }
    return Receive<Told>([entities, next](const Told& told) {
      if (write(STDOUT_FILENO, &told, sizeof(told)) != sizeof(told)) _exit(0);
      next(entities[told.id]);
      return Same();
    });
  });
}

struct Nothing {};

[[noreturn]] void RunActorsUntilKilled(const std::string& file, uint64_t seed) {
  ActorSystem<Nothing> system(Ignore(), "killed");
  const absl::Status opened = UseSqlite(system, {.file = file, .wal_pages = 100});
  SAMPO_CHECK(opened.ok(), opened.ToString());
  system.Spawn(Teller(SpawnEntities(system), seed), "teller");
  while (true) pause();
}

// --- the tests ---

class Child {
 public:
  Child(const char* mode, const std::string& file, uint64_t seed) {
    std::array<int, 2> ends;
    SAMPO_CHECK(pipe2(ends.data(), O_CLOEXEC) == 0);
    const std::string seed_text = StrCat(seed);
    pid_ = fork();
    SAMPO_CHECK(pid_ >= 0);
    if (pid_ == 0) {
      dup2(ends[1], STDOUT_FILENO);
      execl("/proc/self/exe", "kill_test", mode, file.c_str(), seed_text.c_str(), nullptr);
      _exit(1);
    }
    close(ends[1]);
    pipe_ = ends[0];
  }
  Child(const Child&) = delete;
  ~Child() { close(pipe_); }

  // False: it has ended and told all.
  bool Next(Told& told) {
    size_t have = 0;
    while (have < sizeof(told)) {
      const ssize_t got = read(pipe_, reinterpret_cast<char*>(&told) + have, sizeof(told) - have);
      if (got <= 0) return false;
      have += static_cast<size_t>(got);
    }
    return true;
  }
  // Lets it go on for a part of a commit; a look at the pipe takes about a microsecond.
  void Linger(uint64_t looks) {
    for (; looks > 0; --looks) {
      pollfd look{.fd = pipe_, .events = 0, .revents = 0};
      poll(&look, 1, 0);
    }
  }
  void Kill() {
    kill(pid_, SIGKILL);
    int status = 0;
    EXPECT_EQ(waitpid(pid_, &status, 0), pid_);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
  }

 private:
  pid_t pid_ = -1;
  int pipe_ = -1;
};

// Reads all of each id with its chain; `known` becomes what is there. At each of `deaths` a group
// may have been stored that was not told.
void ExpectAllTold(SqliteReader& reader, int64_t deaths, std::array<int64_t, kIds>& known) {
  for (uint64_t id = 0; id < kIds; ++id) {
    int64_t seq = 0;
    EventsRequest request{.persistence_id = IdName(id), .events_max = 100};
    bool at_end = false;
    while (!at_end) {
      absl::StatusOr<EventsPage> page = reader.ReadEvents(request);
      ASSERT_TRUE(page.ok()) << page.status();
      for (const StoredEvent& event : page->events) {
        ASSERT_EQ(event.seq, ++seq);
        ASSERT_EQ(event.payload, Payload(id, seq));
      }
      at_end = page->at_end;
      request.from_seq = seq + 1;
      request.hash_before = page->hash_after;
    }
    ASSERT_GE(seq, known[id]) << "acknowledged events of " << IdName(id) << " are gone";
    ASSERT_LE(seq, known[id] + deaths * kAppendsPerGroupMax * kEventsPerAppendOfTestMax);
    known[id] = seq;
  }
}

TEST(KillTest, EveryAcknowledgedEventIsThereAfterEachOf50Deaths) {
  const std::string file = std::filesystem::canonical(::testing::TempDir()) / "killed.db";
  for (const char* suffix : {"", "-wal", "-shm", "-lock"}) std::filesystem::remove(file + suffix);
  SqliteStoreOptions options;
  options.file = file;
  Random random(1);
  std::array<int64_t, kIds> known{};
  int64_t unread_deaths = 0;
  int wal_left = 0;
  for (int death = 1; death <= kDeaths; ++death) {
    Child writer("--writer", file, static_cast<uint64_t>(death));
    Told told;
    // Some die before they have told anything: while they open the file and recover.
    const uint64_t lives_for = random.Below(8) == 0 ? 0 : 1 + random.Below(kToldBeforeDeathMax);
    for (uint64_t i = 0; i < lives_for; ++i) {
      ASSERT_TRUE(writer.Next(told)) << "the writer has ended";
      known[told.id] = told.highest_seq;
    }
    ++unread_deaths;
    writer.Linger(random.Below(3000));
    writer.Kill();
    while (writer.Next(told)) known[told.id] = told.highest_seq;
    if (!std::filesystem::exists(file)) continue;
    wal_left += std::filesystem::exists(file + "-wal") ? 1 : 0;
    // The next writer recovers the file by itself, or finds it recovered and closed.
    if (random.Below(2) == 0) continue;
    absl::StatusOr<std::unique_ptr<SqliteWriter>> opened = SqliteWriter::Open(options);
    ASSERT_TRUE(opened.ok()) << opened.status();
    absl::StatusOr<std::unique_ptr<SqliteReader>> reader = SqliteReader::Open(options);
    ASSERT_TRUE(reader.ok()) << reader.status();
    ExpectAllTold(**reader, unread_deaths, known);
    if (HasFatalFailure()) return;
    reader->reset();
    unread_deaths = 0;
    if (random.Below(2) == 0) {
      EXPECT_EQ((*opened)->Close(), absl::OkStatus());
    }
  }
  EXPECT_GT(wal_left, kDeaths / 2);
  int64_t events = 0;
  for (const int64_t seq : known) events += seq;
  std::printf("%d deaths, %lld events\n", kDeaths, static_cast<long long>(events));
}

// Recovers all entities of `file`; `known` becomes what they have. What was waiting at the death
// may have been stored and not told.
void ExpectAllRecovered(const std::string& file, std::array<int64_t, kEntities>& known) {
  ActorSystem<Nothing> system(Ignore(), "reader");
  const absl::Status opened = UseSqlite(system, {.file = file});
  ASSERT_TRUE(opened.ok()) << opened;
  std::vector<Future<Told>> asked;
  for (const ActorRef<Add>& entity : SpawnEntities(system)) {
    asked.push_back(Ask<Told>(entity, absl::Minutes(1), [](ActorRef<Told> reply_to) {
      return Add{0, std::move(reply_to)};
    }));
  }
  for (uint64_t id = 0; id < kEntities; ++id) {
    const absl::StatusOr<Told> has = Await(asked[id], absl::Minutes(1));
    ASSERT_TRUE(has.ok()) << "entity " << id << ": " << has.status();
    ASSERT_GE(has->highest_seq, known[id]) << "acknowledged events of " << id << " are gone";
    ASSERT_LE(has->highest_seq, known[id] + kCommandsWaiting * kEventsPerCommandMax) << id;
    known[id] = has->highest_seq;
  }
}

void ExpectVerified(const std::string& file, offline::VerifyReport& seen) {
  offline::VerifyOptions options;
  options.on_finding = [&](const offline::Finding& finding) {
    ADD_FAILURE() << offline::FindingText(file, finding);
  };
  const absl::StatusOr<offline::VerifyReport> report = offline::VerifyJournal(file, options);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->findings, 0);
  seen = *report;
}

TEST(KillTest, OfActorsUnderLoadAllThatWasAcknowledgedIsRecoveredAfterEachOf50Deaths) {
  const std::string folder = std::filesystem::canonical(::testing::TempDir());
  const std::string file = folder + "/killed_actors.db";
  const std::string copy = folder + "/killed_actors_copy.db";
  for (const char* suffix : {"", "-wal", "-shm", "-lock"}) std::filesystem::remove(file + suffix);
  Random random(2);
  std::array<int64_t, kEntities> known{};
  offline::VerifyReport seen;
  int64_t told_in_all = 0;
  int wal_left = 0;
  for (int death = 1; death <= kDeaths; ++death) {
    Child writer("--actors", file, static_cast<uint64_t>(death));
    Told told;
    const auto note = [&] {
      known[told.id] = told.highest_seq;
      ++told_in_all;
    };
    // Some die while they open the file and recover.
    const uint64_t lives_for = random.Below(8) == 0 ? 0 : 1 + random.Below(400);
    for (uint64_t i = 0; i < lives_for; ++i) {
      ASSERT_TRUE(writer.Next(told)) << "the writer has ended";
      note();
    }
    writer.Linger(random.Below(3000));
    writer.Kill();
    while (writer.Next(told)) note();
    if (!std::filesystem::exists(file)) continue;
    wal_left += std::filesystem::exists(file + "-wal") ? 1 : 0;
    // All is read in a copy, so that the next writer finds what this one has left; but for some.
    for (const char* suffix : {"", "-wal"}) {
      std::filesystem::remove(copy + suffix);
      if (!std::filesystem::exists(file + suffix)) continue;
      std::filesystem::copy_file(file + suffix, copy + suffix);
    }
    const std::string& read = random.Below(4) == 0 ? file : copy;
    ExpectVerified(read, seen);
    ExpectAllRecovered(read, known);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(wal_left, kDeaths / 2);
  int64_t events = 0;
  for (uint64_t id = 0; id < kCarts; ++id) events += known[id];
  EXPECT_LT(seen.events, events) << "nothing was deleted";
  EXPECT_GT(seen.snapshots, 0);
  EXPECT_EQ(seen.states, static_cast<int64_t>(kEntities - kCarts));
  std::printf("%d deaths, %lld answers told, %lld events stored, %lld of them there\n", kDeaths,
              static_cast<long long>(told_in_all), static_cast<long long>(events),
              static_cast<long long>(seen.events));
}

}  // namespace
}  // namespace sampo::persistence

int main(int argc, char** argv) {
  const std::string_view mode = argc == 4 ? argv[1] : "";
  if (mode == "--writer") {
    sampo::persistence::WriteUntilKilled(argv[2], std::strtoull(argv[3], nullptr, 10));
  }
  if (mode == "--actors") {
    sampo::persistence::RunActorsUntilKilled(argv[2], std::strtoull(argv[3], nullptr, 10));
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
