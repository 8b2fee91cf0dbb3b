// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What the TCK's query rules leave out: demand, failures, decoding, writers beside a query.
#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/actor/testkit/simulated_runtime.h"
#include "sampo/persistence/memory/in_memory_storage.h"
#include "sampo/persistence/persistence.h"
#include "sampo/persistence/query/event_decoder.h"
#include "sampo/persistence/query/read_journal.h"
#include "sampo/persistence/testing_cart.h"
#include "sampo/persistence/testing_cart_codec.h"
#include "sampo/stream/sink.h"
#include "sampo/stream/testkit/test_sink.h"

namespace sampo::persistence {
namespace {

using stream::Sink;
using testing::CheckedOut;
using testing::Event;
using testing::ItemAdded;

constexpr absl::Duration kWait = absl::Seconds(10);

// The plugin of a system, which also counts the pages that are read.
class CountingJournal final : public Journal {
 public:
  explicit CountingJournal(std::shared_ptr<Journal> journal) : journal_(std::move(journal)) {}
  int pages() const { return pages_; }

  std::string_view name() const override { return journal_->name(); }
  Future<WriterGrant> AcquireWriter(std::string id) override { return journal_->AcquireWriter(id); }
  Future<std::vector<AppendResult>> Append(std::vector<AtomicAppend> batch) override {
    return journal_->Append(std::move(batch));
  }
  Future<EventsPage> ReadEvents(EventsRequest request) override {
    ++pages_;
    return journal_->ReadEvents(std::move(request));
  }
  Future<JournalHead> ReadHead(std::string id) override { return journal_->ReadHead(id); }
  Future<void> DeleteEvents(std::string id, uint64_t epoch, int64_t to_seq) override {
    return journal_->DeleteEvents(id, epoch, to_seq);
  }
  Future<IdsPage> ListIds(int64_t after, int64_t ids_max) override {
    return journal_->ListIds(after, ids_max);
  }
  Future<TaggedPage> ReadByTag(std::string tag, int64_t after, int64_t events_max) override {
    ++pages_;
    return journal_->ReadByTag(std::move(tag), after, events_max);
  }

 private:
  const std::shared_ptr<Journal> journal_;
  std::atomic<int> pages_ = 0;
};

class QueryTest : public ::testing::Test {
 protected:
  QueryTest() : journal_(std::make_shared<CountingJournal>(storage_.PluginsFor(system()).journal)) {
    Persistence::Get(system()).Use({.journal = journal_});
    grant_ = Await(journal_->AcquireWriter("Cart|7"), kWait).value();
  }
  ActorSystemBase& system() { return kit_.system(); }
  ReadJournal query(int64_t page = 1000) {
    return ReadJournal::For(system(), {.page_records_max = page});
  }

  void Append(std::vector<EventRecord> events) {
    const int64_t count = static_cast<int64_t>(events.size());
    std::vector<AtomicAppend> batch;
    batch.push_back({"Cart|7", grant_.epoch, grant_.highest_seq, std::move(events)});
    auto results = Await(journal_->Append(std::move(batch)), kWait);
    ASSERT_TRUE(results.ok() && results->at(0).outcome == WriteOutcome::kWritten);
    grant_.highest_seq += count;
  }
  void AppendPlain(int count) {
    std::vector<EventRecord> events;
    for (int i = 0; i < count; ++i) {
      events.push_back({.manifest = "m", .payload = std::to_string(i), .tags = {"blue"}});
    }
    Append(std::move(events));
  }
  EventRecord Encoded(const Event& event) {
    EventRecord record{.manifest = CodecOf<Event>().manifest(),
                       .version = CodecOf<Event>().version()};
    CodecContext context;
    EXPECT_TRUE(CodecOf<Event>().Encode(&event, context, record.payload).ok());
    return record;
  }
  template <class Source>
  auto Run(const Source& source) {
    return Await(source.RunWith(Sink<typename Source::Element>::Seq(), system()), kWait);
  }

  ActorTestKit kit_;
  InMemoryStorage storage_;
  std::shared_ptr<CountingJournal> journal_;
  WriterGrant grant_;
};

TEST_F(QueryTest, ReadsThePagesThatAreAskedForAndNoMore) {
  AppendPlain(100);
  auto events = query(10).CurrentEventsByPersistenceId("Cart|7").RunWith(
      stream::TestSink<EventEnvelope>::Probe(), system());
  EXPECT_EQ(journal_->pages(), 0);
  events.Request(10);
  for (int64_t seq = 1; seq <= 10; ++seq) EXPECT_EQ(events.ExpectNext().seq, seq);
  EXPECT_EQ(journal_->pages(), 1);
  events.Request(1);
  EXPECT_EQ(events.ExpectNext().seq, 11);
  EXPECT_EQ(journal_->pages(), 2);
  events.Cancel();

  auto tagged = query(10).CurrentEventsByTag("blue").RunWith(
      stream::TestSink<EventEnvelope>::Probe(), system());
  tagged.Request(20);
  for (int i = 0; i < 20; ++i) tagged.ExpectNext();
  EXPECT_EQ(journal_->pages(), 4);
  tagged.Cancel();
}

TEST_F(QueryTest, EndsWhereTheIdStoodWhenItBegan) {
  AppendPlain(20);
  auto events = query(10).CurrentEventsByPersistenceId("Cart|7").RunWith(
      stream::TestSink<EventEnvelope>::Probe(), system());
  events.Request(5);
  for (int i = 0; i < 5; ++i) events.ExpectNext();
  AppendPlain(20);
  events.Request(100);
  for (int64_t seq = 6; seq <= 20; ++seq) EXPECT_EQ(events.ExpectNext().seq, seq);
  events.ExpectComplete();
}

// Whatever the pages are, and wherever in one the damage is.
TEST_F(QueryTest, DamageComesBehindAllEventsBeforeItAndNamesItsPlace) {
  AppendPlain(30);
  ASSERT_TRUE(storage_.DamageEvent("Cart|7", 15).ok());
  for (const int64_t page : {1, 2, 7, 14, 15, 1000}) {
    for (const bool tagged : {false, true}) {
      auto events = (tagged ? query(page).CurrentEventsByTag("blue")
                            : query(page).CurrentEventsByPersistenceId("Cart|7"))
                        .RunWith(stream::TestSink<EventEnvelope>::Probe(), system());
      events.Request(100);
      for (int64_t seq = 1; seq < 15; ++seq) EXPECT_EQ(events.ExpectNext().seq, seq);
      const absl::Status failure = events.ExpectError();
      EXPECT_EQ(failure.code(), absl::StatusCode::kDataLoss);
      EXPECT_NE(failure.ToString().find("event 15 of Cart|7"), std::string::npos) << failure;
    }
  }
  const auto behind = Run(query().CurrentEventsByPersistenceId("Cart|7", 16));
  ASSERT_TRUE(behind.ok()) << behind.status();
  EXPECT_EQ(behind->size(), 15u);
}

TEST_F(QueryTest, ASystemWithoutAJournalSaysSo) {
  ActorTestKit other;
  const ReadJournal none = ReadJournal::For(other.system());
  for (const absl::Status& status : {Run(none.CurrentPersistenceIds()).status(),
                                     Run(none.CurrentEventsByPersistenceId("A")).status(),
                                     Run(none.CurrentEventsByTag("blue")).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  }
}

TEST_F(QueryTest, DecodesEventsAndOlderVersionsOfThem) {
  Append({Encoded(ItemAdded{"apple", 2}), Encoded(CheckedOut{})});
  const auto events =
      Run(query().CurrentEventsByPersistenceId("Cart|7").TryMap(DecodeEvents<Event>()));
  ASSERT_TRUE(events.ok()) << events.status();
  ASSERT_EQ(events->size(), 2u);
  EXPECT_EQ(std::get<ItemAdded>(events->at(0).at(0)), (ItemAdded{"apple", 2}));
  EXPECT_EQ(std::get<CheckedOut>(events->at(1).at(0)), CheckedOut{});

  // As another type, of which one becomes several.
  const auto adapter = EventAdapter<std::string>::Of<Event>(
      [](const std::string& sku) {
        return Event{ItemAdded{sku, 1}};
      },
      [](Event&& event) {
        const auto* added = std::get_if<ItemAdded>(&event);
        return added == nullptr ? std::vector<std::string>()
                                : std::vector<std::string>(added->quantity, added->sku);
      });
  const auto skus =
      Run(query().CurrentEventsByPersistenceId("Cart|7").TryMap(DecodeEvents(adapter)));
  ASSERT_TRUE(skus.ok()) << skus.status();
  EXPECT_EQ(skus->at(0), (std::vector<std::string>{"apple", "apple"}));
  EXPECT_EQ(skus->at(1).size(), 0u);
}

TEST_F(QueryTest, WhatCannotBeDecodedIsNamed) {
  EventRecord unknown = Encoded(CheckedOut{});
  unknown.manifest = "other.v1.Event";
  EventRecord newer = Encoded(CheckedOut{});
  newer.version = 1000;
  Append({Encoded(CheckedOut{}), unknown, newer});
  for (int64_t seq : {2, 3}) {
    const absl::Status status =
        Run(query().CurrentEventsByPersistenceId("Cart|7", seq, seq).TryMap(DecodeEvents<Event>()))
            .status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented) << status;
    const std::string place = "event " + std::to_string(seq) + " of Cart|7";
    EXPECT_NE(status.ToString().find(place), std::string::npos) << status;
  }
}

// A projection that goes on behind its last offset, beside a writer, in any interleaving.
TEST(QuerySimulationTest, GoingOnBehindTheLastOffsetMissesNothing) {
  ForEachSeed(50, [](uint64_t seed) {
    SimulatedRuntime simulation(seed);
    InMemoryStorage storage;
    ActorTestKit kit({.settings = simulation.Settings(), .runtime = simulation.Runtime()});
    const std::shared_ptr<Journal> journal = storage.PluginsFor(kit.system()).journal;
    const uint64_t epoch = Await(journal->AcquireWriter("A"), kWait)->epoch;
    const ReadJournal query(journal, {.page_records_max = 2});
    std::vector<int64_t> seen;
    int64_t offset = 0;
    std::vector<Future<std::vector<AppendResult>>> writes;
    for (int64_t seq = 1; seq <= 12 || seen.size() < 12; ++seq) {
      if (seq <= 12) {
        writes.push_back(journal->Append(
            {{"A", epoch, seq - 1, {{.manifest = "m", .payload = "x", .tags = {"blue"}}}}}));
      }
      ASSERT_LT(seq, 100) << "only " << seen.size() << " of 12 events";
      const auto page = Await(query.CurrentEventsByTag("blue", offset)
                                  .RunWith(Sink<EventEnvelope>::Seq(), kit.system()),
                              kWait);
      ASSERT_TRUE(page.ok()) << page.status();
      for (const EventEnvelope& each : *page) {
        seen.push_back(each.seq);
        offset = each.ordering;
      }
    }
    for (size_t i = 0; i < seen.size(); ++i) ASSERT_EQ(seen[i], static_cast<int64_t>(i) + 1);
  });
}

}  // namespace
}  // namespace sampo::persistence
