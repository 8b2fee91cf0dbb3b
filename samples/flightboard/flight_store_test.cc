// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// The store and the stream into it, in simulations: in any order of messages, with writes that
// fail, each flight is stored exactly once.

#include "sampo/samples/flightboard/flight_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/for_each_seed.h"
#include "sampo/actor/testkit/simulated_runtime.h"
#include "sampo/persistence/memory/in_memory_storage.h"
#include "sampo/persistence/persistence.h"
#include "sampo/persistence/testkit/persistence_test_kit.h"
#include "sampo/samples/flightboard/airport.h"
#include "sampo/samples/flightboard/ingest.h"
#include "sampo/samples/flightboard/testing_flights.h"

namespace flightboard {
namespace {

using sampo::ForEachSeed;
using sampo::Future;
using sampo::persistence::InMemoryStorage;
using sampo::persistence::PersistenceTestKit;
using sampo::persistence::StorageCall;
using testing::Code;
using testing::MakeFlight;
using Flights = std::vector<PositionedFlight>;

std::string TempFile(std::string_view name) {
  return absl::StrCat(::testing::TempDir(), std::string(name));
}

// A program over a storage, from its start to its end, in a simulation of its own.
struct Program {
  Program(uint64_t seed, const InMemoryStorage& storage)
      : simulation({.seed = seed, .steps_max = 10'000'000}),
        kit({.settings = simulation.Settings(), .runtime = simulation.Runtime()}),
        faults(kit.system(), storage),
        store(Start()) {}

  FlightStore Start() {
    sampo::persistence::Persistence::Get(kit.system()).Use(faults.plugins());
    return FlightStore::Start(kit.system());
  }
  template <class T>
  sampo::FutureResult<T> Await(Future<T> future) {
    return sampo::Await(std::move(future), absl::Hours(1));
  }
  // Ingests `text`, in small chunks.
  IngestResult Run(std::string_view text, IngestSettings settings = {}) {
    const std::string file = TempFile("flight_store_test.json");
    testing::WriteFile(file, text);
    settings.input = file;
    if (settings.source.empty()) settings.source = "s";
    settings.parallelism = 3;
    settings.chunk_flights = 7;
    absl::StatusOr<IngestResult> result = Await(Ingest(kit.system(), store, std::move(settings)));
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *result : IngestResult();
  }
  absl::StatusOr<BatchResult> Record(Flights flights, std::string_view source = "s") {
    return Await(store.Record(source, std::move(flights)));
  }
  void ExpectBoard(const Board& expected) {
    const absl::StatusOr<Board> board = Await(store.Summary());
    ASSERT_TRUE(board.ok()) << board.status();
    EXPECT_EQ(board->flights, expected.flights);
    EXPECT_EQ(board->airports, expected.airports);
  }

  sampo::SimulatedRuntime simulation;
  sampo::ActorTestKit kit;
  PersistenceTestKit faults;
  FlightStore store;
};

void ExpectCounts(const IngestCounts& counts, int64_t stored, int64_t known, int64_t rejected = 0) {
  EXPECT_EQ(counts.stored, stored);
  EXPECT_EQ(counts.already_known, known);
  EXPECT_EQ(counts.rejected, rejected);
  EXPECT_EQ(counts.records, stored + known + rejected);
}

TEST(IngestTest, EqualsThePlainFoldAndASecondRunAddsNothing) {
  ForEachSeed(20, [](uint64_t seed) {
    const Flights flights = testing::RandomFlights(seed, 100);
    const Board expected = testing::PlainFold(flights);
    InMemoryStorage storage;
    for (int run = 0; run < 3; ++run) {
      Program program(seed, storage);
      const IngestResult result =
          program.Run(run == 1 ? testing::JsonLines(flights) : testing::JsonArray(flights));
      EXPECT_EQ(result.end, IngestEnd::kComplete) << result.status;
      ExpectCounts(result.counts, run == 0 ? 100 : 0, run == 0 ? 0 : 100);
      program.ExpectBoard(expected);
    }
  });
}

// A write of one airport fails in the middle of the run, stored or not, up to as often as a request
// is sent again.
TEST(IngestTest, AFailedWriteBetweenTwoGoodOnesLosesAndDoublesNothing) {
  ForEachSeed(30, [](uint64_t seed) {
    const Flights flights = testing::RandomFlights(seed, 100);
    InMemoryStorage storage;
    {
      Program program(seed, storage);
      int chunks = 0;
      const IngestResult result = program.Run(
          testing::JsonArray(flights), {.on_progress = [&](const IngestCounts&) {
            if (++chunks != 4) return;
            const int count = 1 + static_cast<int>(seed % kRetriesMax);
            if (seed % 2 == 0) {
              program.faults.FailNext(StorageCall::kAppend, count, "Airport|LAX");
            } else {
              program.faults.StoreAndFailNext(StorageCall::kAppend, count, "Airport|LAX");
            }
          }});
      EXPECT_EQ(result.end, IngestEnd::kComplete) << result.status;
      EXPECT_LT(program.faults.faults_left(), 5) << "no fault was met";
      ExpectCounts(result.counts, 100, 0);
      program.ExpectBoard(testing::PlainFold(flights));
    }
    Program(seed, storage).ExpectBoard(testing::PlainFold(flights));
  });
}

TEST(IngestTest, AWriteThatFailsForGoodEndsTheRunAndTheNextRunMakesUpForIt) {
  const Flights flights = testing::RandomFlights(1, 100);
  InMemoryStorage storage;
  {
    Program program(1, storage);
    program.faults.FailNext(StorageCall::kAppend, 1'000, "Airport|LAX");
    const IngestResult result = program.Run(testing::JsonArray(flights));
    EXPECT_EQ(result.end, IngestEnd::kFailed);
    EXPECT_NE(result.status.message().find("airport LAX: "), absl::string_view::npos)
        << result.status;
    EXPECT_NE(result.status.message().find("attempt 6 of 6"), absl::string_view::npos)
        << result.status;
    EXPECT_LT(result.counts.records, 100) << "it went on reading";
    // Without that airport's actor: what is in the journal.
    const absl::StatusOr<Board> left = program.Await(program.store.ReadSummary());
    ASSERT_TRUE(left.ok()) << left.status();
    program.faults.ClearFaults();
    program.ExpectBoard(*left);
    EXPECT_GE(left->flights, result.counts.stored);
  }
  Program program(2, storage);
  const IngestResult result = program.Run(testing::JsonArray(flights));
  EXPECT_EQ(result.end, IngestEnd::kComplete) << result.status;
  EXPECT_GT(result.counts.stored, 0);
  program.ExpectBoard(testing::PlainFold(flights));
}

// Its write is late, so its answer is, and it is asked again meanwhile.
TEST(IngestTest, ACommandThatTimesOutIsSentAgainAndDoublesNothing) {
  ForEachSeed(10, [](uint64_t seed) {
    const Flights flights = testing::RandomFlights(seed, 100);
    InMemoryStorage storage;
    Program program(seed, storage);
    program.faults.DelayNext(StorageCall::kAppend, absl::Seconds(70), 2, "Airport|LAX");
    const IngestResult result = program.Run(testing::JsonArray(flights));
    EXPECT_EQ(result.end, IngestEnd::kComplete) << result.status;
    EXPECT_EQ(program.faults.faults_left(), 0);
    ExpectCounts(result.counts, 100, 0);
    program.ExpectBoard(testing::PlainFold(flights));
  });
}

TEST(IngestTest, ACommandIsSentAgainFiveTimesThenTheRunFails) {
  const Flights flights = testing::RandomFlights(1, 100);
  InMemoryStorage storage;
  Program program(1, storage);
  program.faults.DelayNext(StorageCall::kAppend, absl::Seconds(200), 1, "Airport|LAX");
  const IngestResult failed = program.Run(testing::JsonArray(flights));
  EXPECT_EQ(failed.end, IngestEnd::kFailed);
  EXPECT_TRUE(absl::IsDeadlineExceeded(failed.status)) << failed.status;
  EXPECT_NE(failed.status.message().find("airport LAX: "), absl::string_view::npos);
  EXPECT_NE(failed.status.message().find("attempt 6 of 6"), absl::string_view::npos);
  // What was late is stored all the same, and known to the next run.
  const IngestResult again = program.Run(testing::JsonArray(flights));
  EXPECT_EQ(again.end, IngestEnd::kComplete) << again.status;
  EXPECT_EQ(again.counts.stored + again.counts.already_known, 100);
  program.ExpectBoard(testing::PlainFold(flights));
}

// Objects in it are no records, whether it is good or bad.
TEST(IngestTest, ANestedRecordThatIsMendedIsStoredUnderItsNumber) {
  const Flights flights = testing::RandomFlights(1, 40);
  const std::string inside = testing::ToJson(MakeFlight("ZZZ", "YYY", 1));
  const std::string record = testing::ToJson(flights[19].flight);
  std::string nested = record;
  nested.insert(1, "\"legs\":[" + inside + "," + inside + "],\"note\":\"caf\xc3\xa9\",");
  std::string good = testing::JsonArray(flights);
  good.replace(good.find(record), record.size(), nested);
  for (const std::string& lost : {std::string("\xc3"), std::string("]"), std::string("\"note")}) {
    std::string bad = good;
    bad.erase(bad.find(lost), 1);
    InMemoryStorage storage;
    Program program(1, storage);
    ExpectCounts(program.Run(bad).counts, 39, 0, 1);
    ExpectCounts(program.Run(good).counts, 1, 39);
    program.ExpectBoard(testing::PlainFold(flights));
  }
}

TEST(IngestTest, AMendedRecordIsStoredUnderItsNumber) {
  const Flights flights = testing::RandomFlights(1, 40);
  const std::string good = testing::JsonArray(flights);
  const std::string record = testing::ToJson(flights[19].flight);
  std::string bad = good;
  bad.replace(bad.find(record), record.size(), R"({"date":"2001/02/30 10:00"})");
  InMemoryStorage storage;
  Program program(1, storage);
  std::vector<int64_t> reported;
  const IngestResult first =
      program.Run(bad, {.on_bad_record = [&](const BadRecord& record) {
                    reported.push_back(record.number);
                    EXPECT_EQ(record.why.message(),
                              "date: expected yyyy/mm/dd HH:MM, found \"2001/02/30 10:00\"");
                  }});
  EXPECT_EQ(first.end, IngestEnd::kComplete);
  EXPECT_EQ(reported, std::vector<int64_t>{20});
  ExpectCounts(first.counts, 39, 0, 1);
  ExpectCounts(program.Run(good).counts, 1, 39);
  program.ExpectBoard(testing::PlainFold(flights));
  // And back: what is stored stays.
  ExpectCounts(program.Run(bad).counts, 0, 39, 1);
}

TEST(IngestTest, RowsInsertedInFrontAreAConflictAndStoreNothing) {
  const Flights flights = testing::RandomFlights(1, 100);
  InMemoryStorage storage;
  ExpectCounts(Program(1, storage).Run(testing::JsonArray(flights)).counts, 100, 0);
  // The new first flight is between airports that have no record 1, or no record at all.
  Flights inserted = flights;
  inserted.insert(inserted.begin(), {1, MakeFlight("ZZZ", "YYY", 1)});
  for (size_t i = 0; i < inserted.size(); ++i) inserted[i].position = static_cast<int64_t>(i) + 1;
  Program program(2, storage);
  const IngestResult result = program.Run(testing::JsonArray(inserted));
  EXPECT_EQ(result.end, IngestEnd::kConflict);
  EXPECT_EQ(result.status, ConflictError("s", 1));
  EXPECT_EQ(result.counts.stored, 0);
  program.ExpectBoard(testing::PlainFold(flights));
  // Under another name they are other records.
  EXPECT_EQ(program.Run(testing::JsonArray(inserted), {.source = "t"}).counts.stored, 101);
}

TEST(IngestTest, ATruncatedInputIsStoredUpToTheCut) {
  const Flights flights = testing::RandomFlights(1, 50);
  for (const std::string& whole : {testing::JsonArray(flights), testing::JsonLines(flights)}) {
    InMemoryStorage storage;
    Program program(1, storage);
    const std::string record = testing::ToJson(flights[30].flight);
    const IngestResult cut = program.Run(whole.substr(0, whole.find(record) + 30));
    EXPECT_EQ(cut.end, IngestEnd::kTruncated);
    EXPECT_NE(cut.status.message().find("record 31: record: "), absl::string_view::npos)
        << cut.status;
    ExpectCounts(cut.counts, 30, 0, 1);
    program.ExpectBoard(testing::PlainFold(Flights(flights.begin(), flights.begin() + 30)));
    ExpectCounts(program.Run(whole).counts, 20, 30);
  }
}

TEST(IngestTest, StrictEndsAtTheFirstBadRecord) {
  const Flights flights = testing::RandomFlights(1, 50);
  std::string text = testing::JsonLines(flights);
  const std::string record = testing::ToJson(flights[30].flight);
  text.replace(text.find(record), record.size(), "{}");
  InMemoryStorage storage;
  Program program(1, storage);
  const IngestResult result = program.Run(text, {.strict = true});
  EXPECT_EQ(result.end, IngestEnd::kStrict);
  EXPECT_NE(result.status.message().find("record 31: date: is missing"), absl::string_view::npos);
  ExpectCounts(result.counts, 30, 0, 1);
  program.ExpectBoard(testing::PlainFold(Flights(flights.begin(), flights.begin() + 30)));
}

TEST(IngestTest, SaysWhyAnInputCannotBeRead) {
  Program program(1, InMemoryStorage());
  const absl::StatusOr<IngestResult> result = program.Await(
      Ingest(program.kit.system(), program.store, {.input = "/no/such/file.json", .source = "s"}));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->end, IngestEnd::kFailed);
  EXPECT_EQ(result->status.code(), absl::StatusCode::kNotFound);
  EXPECT_NE(result->status.message().find("/no/such/file.json"), absl::string_view::npos);
}

TEST(IngestTest, TakesAnInputWithoutRecords) {
  for (const char* text : {"", "[]", " \n"}) {
    Program program(1, InMemoryStorage());
    EXPECT_EQ(program.Run(text).end, IngestEnd::kComplete) << text;
    program.ExpectBoard(Board());
  }
}

// --- batches, as POSTs bring them ---

TEST(FlightStoreTest, BatchesInAnyOrderThatOverlapStoreEachFlightOnce) {
  ForEachSeed(30, [](uint64_t seed) {
    const Flights flights = testing::RandomFlights(seed, 60);
    InMemoryStorage storage;
    Program program(seed, storage);
    if (seed % 3 == 0) program.faults.FailNext(StorageCall::kAppend, 2, "Airport|DEN");
    std::set<int64_t> given;
    std::vector<Future<BatchResult>> answers;
    int64_t sent = 0;
    for (int batch = 0; batch < 25; ++batch) {
      Flights some;
      for (uint64_t i = 1 + program.simulation.random().Below(8); i > 0; --i) {
        some.push_back(flights[program.simulation.random().Below(flights.size())]);
        given.insert(some.back().position);
      }
      sent += static_cast<int64_t>(some.size());
      answers.push_back(program.store.Record("s", std::move(some)));
    }
    int64_t stored = 0;
    int64_t known = 0;
    for (Future<BatchResult>& answer : answers) {
      const absl::StatusOr<BatchResult> result = program.Await(std::move(answer));
      ASSERT_TRUE(result.ok()) << result.status();
      stored += result->stored;
      known += result->already_known;
    }
    EXPECT_EQ(stored, static_cast<int64_t>(given.size()));
    EXPECT_EQ(stored + known, sent);
    Flights expected;
    for (int64_t position : given) expected.push_back(flights[static_cast<size_t>(position - 1)]);
    program.ExpectBoard(testing::PlainFold(expected));
  });
}

TEST(FlightStoreTest, OfTwoBatchesThatDifferOneIsStoredAndNothingOfTheOther) {
  int first_wins = 0;
  ForEachSeed(40, [&first_wins](uint64_t seed) {
    Program program(seed, InMemoryStorage());
    // They have no airport in common.
    const Flights a = {{1, MakeFlight("ABQ", "BOS", 1)}, {2, MakeFlight("ABQ", "ABQ", 2)}};
    const Flights b = {{2, MakeFlight("DEN", "LAX", 3)}, {3, MakeFlight("ORD", "LAX", 4)}};
    Future<BatchResult> answer_a = program.store.Record("s", a);
    Future<BatchResult> answer_b = program.store.Record("s", b);
    const absl::StatusOr<BatchResult> result_a = program.Await(answer_a);
    const absl::StatusOr<BatchResult> result_b = program.Await(answer_b);
    ASSERT_NE(result_a.ok(), result_b.ok());
    first_wins += result_a.ok() ? 1 : 0;
    EXPECT_EQ(result_a.ok() ? result_b.status() : result_a.status(), ConflictError("s", 2));
    program.ExpectBoard(testing::PlainFold(result_a.ok() ? a : b));
  });
  EXPECT_GT(first_wins, 0);
}

TEST(FlightStoreTest, AConflictStoresNothingOfItsBatchAnywhere) {
  Program program(1, InMemoryStorage());
  const Flights known = {{5, MakeFlight("ABQ", "BOS", 1)}};
  ASSERT_TRUE(program.Record(known).ok());
  // Record 5 is between airports that do not know it; the others are new.
  Flights batch = testing::RandomFlights(2, 4);
  batch.push_back({5, MakeFlight("LAX", "ORD", 1)});
  EXPECT_EQ(program.Record(batch).status(), ConflictError("s", 5));
  // The same airports the other way round.
  batch.back() = {5, MakeFlight("BOS", "ABQ", 1)};
  EXPECT_EQ(program.Record(batch).status(), ConflictError("s", 5));
  program.ExpectBoard(testing::PlainFold(known));
}

// A batch that failed is over: the one that gets its record numbers finds all that it stored.
TEST(FlightStoreTest, NothingOfAFailedBatchIsStoredAfterItsFailure) {
  ForEachSeed(20, [](uint64_t seed) {
    Program program(seed, InMemoryStorage());
    program.faults.FailNext(StorageCall::kAppend, 1 + kRetriesMax, "Airport|LAX");
    program.faults.FailNext(StorageCall::kAppend, kRetriesMax, "Airport|ABQ");
    Future<BatchResult> failed = program.store.Record("s", {{1, MakeFlight("ABQ", "LAX", 1)}});
    const absl::Status status = program.Await(std::move(failed)).status();
    EXPECT_NE(status.message().find("airport LAX: "), absl::string_view::npos) << status;
    EXPECT_EQ(program.Record({{1, MakeFlight("ABQ", "BOS", 2)}}).status(), ConflictError("s", 1));
  });
}

TEST(FlightStoreTest, ASourceTooManyStoresNothing) {
  Program program(1, InMemoryStorage());
  for (size_t i = 0; i < kSourcesMax; ++i) {
    ASSERT_TRUE(program.Record({{1, MakeFlight("ABQ", "BOS", 1)}}, absl::StrCat("s", i)).ok());
  }
  EXPECT_EQ(program.Record({{1, MakeFlight("ABQ", "LAX", 1)}}, "more").status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(program.Await(program.store.Summary())->flights, static_cast<int64_t>(kSourcesMax));
  EXPECT_EQ(program.Record({{2, MakeFlight("ABQ", "LAX", 1)}}, "s0")->stored, 1);
}

TEST(FlightStoreTest, ASourceMustBeUtf8) {
  Program program(1, InMemoryStorage());
  for (const char* bad :
       {"\xff", "a\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80"}) {
    EXPECT_EQ(program.Record({{1, MakeFlight("ABQ", "BOS", 1)}}, bad).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
  for (const char* good : {"f\xc3\xbcr", "\xe2\x82\xac", "\xf0\x9f\x9b\xab"}) {
    EXPECT_TRUE(program.Record({{1, MakeFlight("ABQ", "BOS", 1)}}, good).ok()) << good;
  }
}

TEST(FlightStoreTest, RefusesOnePositionForTwoFlights) {
  Program program(1, InMemoryStorage());
  const absl::Status status =
      program.Record({{1, MakeFlight("ABQ", "BOS", 1)}, {1, MakeFlight("ABQ", "BOS", 2)}}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "position: 1 is given twice, for flights that differ");
}

TEST(FlightStoreTest, RefusesMoreBatchesThanItsBound) {
  Program program(1, InMemoryStorage());
  ASSERT_TRUE(program.Await(program.store.WhenReady()).ok());
  std::vector<Future<BatchResult>> answers;
  for (size_t i = 0; i < kBatchesMax + 40; ++i) {
    answers.push_back(program.store.Record("s", {{1, MakeFlight("ABQ", "BOS", 1)}}));
  }
  size_t refused = 0;
  for (Future<BatchResult>& answer : answers) {
    const absl::Status status = program.Await(std::move(answer)).status();
    EXPECT_TRUE(status.ok() || absl::IsResourceExhausted(status)) << status;
    refused += status.ok() ? 0 : 1;
  }
  EXPECT_GT(refused, 0u);
  EXPECT_LE(refused, 40u);
  // There is room again.
  EXPECT_EQ(program.Record({{1, MakeFlight("ABQ", "BOS", 1)}})->already_known, 1);
}

// --- queries ---

TEST(FlightStoreTest, KnowsOneAirport) {
  const Flights flights = testing::RandomFlights(1, 50);
  InMemoryStorage storage;
  EXPECT_EQ(Program(1, storage).Record(flights)->stored, 50);
  Program program(2, storage);
  for (const AirportStats& each : testing::PlainFold(flights).airports) {
    EXPECT_EQ(program.Await(program.store.Airport(each.iata)).value(), each);
  }
  EXPECT_EQ(program.Await(program.store.Airport(Code("ZZZ"))).status().code(),
            absl::StatusCode::kNotFound);
}

TEST(FlightStoreTest, GivesTheFlightsOfAnAirportInPages) {
  const Flights flights = testing::RandomFlights(1, 200);
  Program program(1, InMemoryStorage());
  for (size_t i = 0; i < flights.size(); i += 20) {
    const auto begin = flights.begin() + static_cast<std::ptrdiff_t>(i);
    ASSERT_TRUE(program.Record(Flights(begin, begin + 20)).ok());
  }
  const auto from = std::chrono::year_month_day(std::chrono::year(2001), std::chrono::month(3),
                                                std::chrono::day(1));
  const auto to = std::chrono::year_month_day(std::chrono::year(2001), std::chrono::month(6),
                                              std::chrono::day(30));
  for (const bool by_date : {false, true}) {
    std::multiset<int64_t> expected;
    for (const PositionedFlight& each : flights) {
      if (by_date && (each.flight.date.month < 3 || each.flight.date.month > 6)) continue;
      if (each.flight.origin == Code("LAX")) expected.insert(each.position);
      if (each.flight.destination == Code("LAX")) expected.insert(each.position);
    }
    FlightsQuery query{.airport = Code("LAX"), .limit = 7};
    if (by_date) {
      query.from = from;
      query.to = to;
    }
    std::multiset<int64_t> found;
    for (bool more = true; more;) {
      const absl::StatusOr<FlightsPage> page = program.Await(program.store.Flights(query));
      ASSERT_TRUE(page.ok()) << page.status();
      EXPECT_LE(page->flights.size(), 7u);
      for (const StoredFlight& each : page->flights) {
        EXPECT_GT(each.sequence_number, query.after);
        query.after = each.sequence_number;
        EXPECT_EQ(each.source, "s");
        EXPECT_EQ(each.flight, flights[static_cast<size_t>(each.position - 1)].flight);
        found.insert(each.position);
      }
      more = page->next.has_value();
      if (more) {
        EXPECT_EQ(*page->next, query.after);
      }
    }
    EXPECT_EQ(found, expected) << by_date;
  }
  EXPECT_TRUE(program.Await(program.store.Flights({.airport = Code("ZZZ")}))->flights.empty());
  for (int64_t limit : {0, 1001}) {
    EXPECT_EQ(program.Await(program.store.Flights({.airport = Code("LAX"), .limit = limit}))
                  .status()
                  .code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST(FlightStoreTest, ADamagedJournalIsNoShorterOne) {
  InMemoryStorage storage;
  ASSERT_TRUE(Program(1, storage).Record(testing::RandomFlights(1, 50)).ok());
  ASSERT_TRUE(storage.DamageEvent("Airport|LAX", 1).ok());
  Program program(2, storage);
  const absl::Status ready = program.Await(program.store.WhenReady());
  EXPECT_EQ(ready.code(), absl::StatusCode::kDataLoss) << ready;
  EXPECT_NE(ready.message().find("airport LAX: "), absl::string_view::npos) << ready;
  EXPECT_EQ(program.Await(program.store.Summary()).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(program.Record({{51, MakeFlight("ABQ", "BOS", 1)}}).status().code(),
            absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace flightboard
