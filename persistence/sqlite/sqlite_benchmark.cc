// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What the SQLite journal costs by its SPI, beside SQLite alone with the same tables, statements
// and transactions (bare_journal.h), in turns within the same run: read `ratio`, time over floor,
// for a disk's fsync differs from minute to minute. A ratio of 2 is half of the floor's speed.
#include <algorithm>
#include <latch>
#include <memory>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/base/histogram.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/benchmark_floor.h"
#include "sampo/persistence/sqlite/bare_journal.h"
#include "sampo/persistence/sqlite/use_sqlite.h"

namespace sampo::persistence {
namespace {

using benchmark_floor::NanosOf;

struct Nothing {};

SystemSettings TwoThreads() {
  SystemSettings settings;
  settings.threads = 2;
  settings.log_level = "error";
  return settings;
}

double Median(std::vector<double>& nanos) {
  std::sort(nanos.begin(), nanos.end());
  return nanos[nanos.size() / 2];
}

// In turns: the floor, and ours.
class Turns {
 public:
  Turns(benchmark::State& state, int64_t steps) : state_(state), steps_(steps) {}
  template <class Ours, class Floor>
  void Time(Ours&& ours, Floor&& floor) {
    floor_.push_back(NanosOf(floor));
    ours_.push_back(NanosOf(ours));
    state_.SetIterationTime(ours_.back() * 1e-9);
  }
  ~Turns() {
    if (ours_.empty()) return;
    const double ours = Median(ours_) / static_cast<double>(steps_);
    const double floor = Median(floor_) / static_cast<double>(steps_);
    state_.counters["median_ns"] = ours;
    state_.counters["floor_ns"] = floor;
    state_.counters["ratio"] = ours / floor;
  }

 private:
  benchmark::State& state_;
  const int64_t steps_;
  std::vector<double> ours_;
  std::vector<double> floor_;
};

// An entity that appends its next event when the one before is stored.
class Entity {
 public:
  Entity(Journal& journal, std::string id, HistogramCell& latency)
      : journal_(journal), id_(std::move(id)), latency_(latency) {}
  void Acquire() {
    absl::StatusOr<WriterGrant> grant = Await(journal_.AcquireWriter(id_), absl::Seconds(10));
    SAMPO_CHECK_OK(grant.status());
  }
  void Append(int64_t events, std::latch& done) {
    if (events == 0) return done.count_down();
    AtomicAppend append = {.persistence_id = id_, .epoch = 1, .after_seq = seq_};
    append.events.push_back({.manifest = "sampo.bench.Added", .payload = StrCat("added-", seq_)});
    const int64_t start = Clock::Real().NowNanos();
    std::vector<AtomicAppend> batch;
    batch.push_back(std::move(append));
    journal_.Append(std::move(batch))
        .OnComplete([this, events, start, &done](absl::StatusOr<std::vector<AppendResult>> result) {
          SAMPO_CHECK(result.ok() && (*result)[0].outcome == WriteOutcome::kWritten);
          latency_.Record(static_cast<uint64_t>(Clock::Real().NowNanos() - start));
          ++seq_;
          Append(events - 1, done);
        });
  }

 private:
  Journal& journal_;
  const std::string id_;
  HistogramCell& latency_;
  int64_t seq_ = 0;
};

void BM_Append(benchmark::State& state) {
  const int64_t ids = state.range(0);
  const int64_t events = std::max<int64_t>(10, 200 / ids);
  BenchFolder folder;
  ActorSystem<Nothing> system(Ignore(), "bench", TwoThreads());
  absl::StatusOr<StoragePlugins> plugins = OpenSqlite(system, {.file = folder.File("ours.db")});
  SAMPO_CHECK_OK(plugins.status());
  auto latency = std::make_unique<HistogramCell>();
  std::vector<std::unique_ptr<Entity>> entities;
  for (int64_t i = 0; i < ids; ++i) {
    entities.push_back(std::make_unique<Entity>(*plugins->journal, StrCat("e-", i), *latency));
    entities.back()->Acquire();
  }
  BareJournal bare(folder.File("bare.db"), ids);
  {
    Turns turns(state, ids * events);
    for (auto _ : state) {
      turns.Time(
          [&] {
            std::latch done(ids);
            for (const auto& entity : entities) entity->Append(events, done);
            done.wait();
          },
          [&] {
            for (int64_t i = 0; i < events; ++i) bare.CommitRound();
          });
    }
  }
  const HistogramSnapshot seen = latency->Snapshot();
  state.counters["p50_us"] = static_cast<double>(seen.Percentile(0.5)) * 1e-3;
  state.counters["p99_us"] = static_cast<double>(seen.Percentile(0.99)) * 1e-3;
  state.counters["p999_us"] = static_cast<double>(seen.Percentile(0.999)) * 1e-3;
}
BENCHMARK(BM_Append)->ArgName("ids")->Arg(1)->Arg(10)->Arg(100)->Arg(1'000)->UseManualTime();

// Pages of events of one id after another, as a recovery reads them.
void BM_Read(benchmark::State& state) {
  constexpr int64_t kIds = 1'000;
  const int64_t events = state.range(0);
  BenchFolder folder;
  BareJournal bare(folder.File("bare.db"), kIds);
  ActorSystem<Nothing> system(Ignore(), "bench", TwoThreads());
  absl::StatusOr<StoragePlugins> plugins = OpenSqlite(system, {.file = folder.File("ours.db")});
  SAMPO_CHECK_OK(plugins.status());
  Journal& journal = *plugins->journal;
  const auto id = [](int64_t i) { return StrCat("e-", i); };
  for (int64_t i = 0; i < kIds; ++i) (void)journal.AcquireWriter(id(i));
  for (int64_t seq = 0; seq < events; ++seq) {
    bare.CommitRound();
    std::vector<AtomicAppend> batch;
    for (int64_t i = 0; i < kIds; ++i) {
      batch.push_back({.persistence_id = id(i), .epoch = 1, .after_seq = seq});
      batch.back().events.push_back(
          {.manifest = "sampo.bench.Added", .payload = StrCat("added-", seq)});
    }
    SAMPO_CHECK_OK(Await(journal.Append(std::move(batch)), absl::Seconds(60)).status());
  }
  Turns turns(state, kIds * events);
  for (auto _ : state) {
    turns.Time(
        [&] {
          std::latch done(kIds);
          for (int64_t i = 0; i < kIds; ++i) {
            journal.ReadEvents({.persistence_id = id(i)})
                .OnComplete([&](const absl::StatusOr<EventsPage>& page) {
                  SAMPO_CHECK(page.ok() && static_cast<int64_t>(page->events.size()) == events);
                  done.count_down();
                });
          }
          done.wait();
        },
        [&] { SAMPO_CHECK(bare.SelectAll() == kIds * events); });
  }
}
BENCHMARK(BM_Read)->ArgName("events")->Arg(60)->UseManualTime();

}  // namespace
}  // namespace sampo::persistence
