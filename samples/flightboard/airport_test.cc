// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// One airport: its set of record numbers, its statistics, its batches, its commands and events.

#include "sampo/samples/flightboard/airport.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "sampo/actor/serialization/codec_context.h"
#include "sampo/persistence/testkit/event_sourced_behavior_test_kit.h"
#include "sampo/samples/flightboard/airport_codec.h"
#include "sampo/samples/flightboard/airport_events.h"
#include "sampo/samples/flightboard/airport_stats.h"
#include "sampo/samples/flightboard/batch.h"
#include "sampo/samples/flightboard/record_set.h"
#include "sampo/samples/flightboard/testing_flights.h"

namespace flightboard {
namespace {

using testing::Code;
using testing::MakeFlight;
using testing::Random;

// --- RecordSet ---

using Records = std::vector<RecordSet::Record>;

Records RecordsOf(const std::map<int64_t, uint32_t>& expected) {
  Records records;
  for (const auto& [number, checksum] : expected) records.push_back({number, checksum});
  return records;
}

// Inserts groups as chunks bring them: mostly behind the end, in part in between.
TEST(RecordSetTest, HoldsExactlyWhatWasInsertedInAnyOrder) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    Random random(seed);
    RecordSet set;
    std::map<int64_t, uint32_t> expected;
    int64_t end = 0;
    for (int group = 0; group < 60; ++group) {
      std::map<int64_t, uint32_t> records;
      const bool in_between = random.Below(3) == 0;
      int64_t number =
          in_between ? static_cast<int64_t>(random.Below(1 + static_cast<uint64_t>(end))) : end;
      for (uint64_t i = random.Below(90); i > 0; --i) {
        number += 1 + static_cast<int64_t>(random.Below(random.Below(20) == 0 ? 5000 : 30));
        if (!expected.contains(number)) records[number] = static_cast<uint32_t>(random.Next());
      }
      end = std::max(end, number);
      const RecordSet before = set;
      set.Insert(RecordsOf(records));
      EXPECT_EQ(before.ToVector(), RecordsOf(expected)) << "a copy has changed, seed " << seed;
      expected.insert(records.begin(), records.end());
    }
    ASSERT_EQ(set.ToVector(), RecordsOf(expected)) << "seed " << seed;
    EXPECT_EQ(set.size(), static_cast<int64_t>(expected.size()));
    EXPECT_EQ(set.highest(), expected.empty() ? 0 : expected.rbegin()->first);
    RecordSet::Cursor cursor(set);
    for (int64_t number = 1; number < end + 3;
         number += 1 + static_cast<int64_t>(random.Below(40))) {
      const auto found = expected.find(number);
      const std::optional<uint32_t> known = cursor.Find(number);
      ASSERT_EQ(known.has_value(), found != expected.end()) << number;
      if (known.has_value()) {
        EXPECT_EQ(*known, found->second);
      }
    }
  }
}

TEST(RecordSetTest, AnEmptySetKnowsNothing) {
  const RecordSet set;
  RecordSet::Cursor cursor(set);
  EXPECT_EQ(cursor.Find(1), std::nullopt);
  EXPECT_EQ(set.highest(), 0);
}

// --- AirportStats ---

TEST(AirportStatsTest, EqualTheDefinitionsForAnyNumberOfArrivals) {
  for (int count = 0; count <= 130; ++count) {
    Random random(static_cast<uint64_t>(count) + 1);
    DelayHistogram delays;
    std::vector<PositionedFlight> flights;
    for (int i = 1; i <= count; ++i) {
      const int delay = static_cast<int>(random.Below(50)) - 20;
      delays.Add(delay);
      flights.push_back({i, MakeFlight("ABQ", "LAX", delay)});
    }
    const AirportStats stats = StatsOf(Code("LAX"), 7, delays);
    AirportStats expected{.iata = Code("LAX")};
    for (const AirportStats& each : testing::PlainFold(flights).airports) {
      if (each.iata == Code("LAX")) expected = each;
    }
    expected.departures = 7;
    EXPECT_EQ(stats, expected) << count << " arrivals";
  }
}

TEST(ChecksumTest, StaysTheSameForEver) {
  const Flight flight{.date = {2001, 1, 1, 0, 47},
                      .origin = Code("DTW"),
                      .destination = Code("LAS"),
                      .delay_minutes = 66,
                      .distance_miles = 1750};
  EXPECT_EQ(Checksum(flight), 1416559267u);
  Flight other = flight;
  other.delay_minutes = 67;
  EXPECT_NE(Checksum(other), Checksum(flight));
  other = flight;
  std::swap(other.origin, other.destination);
  EXPECT_NE(Checksum(other), Checksum(flight));
}

TEST(FlightDateTest, MinutesAndDatesAreTheSame) {
  for (const char* text : {"0000/01/01 00:00", "1969/12/31 23:59", "1970/01/01 00:00",
                           "2000/02/29 12:34", "9999/12/31 23:59"}) {
    const FlightDate date = *FlightDate::Parse(text);
    EXPECT_EQ(FlightDate::FromMinutes(date.ToMinutes()), date) << text;
  }
  EXPECT_EQ(FlightDate::Parse("1970/01/02 00:01")->ToMinutes(), 1441);
  EXPECT_EQ(FlightDate::FromMinutes(FlightDate::Parse("0000/01/01 00:00")->ToMinutes() - 1),
            std::nullopt);
  EXPECT_EQ(FlightDate::FromMinutes(FlightDate::Parse("9999/12/31 23:59")->ToMinutes() + 1),
            std::nullopt);
}

// --- Batch ---

TEST(BatchTest, SortsDropsWhatIsRepeatedAndDividesByAirport) {
  const Flight to_lax = MakeFlight("ABQ", "LAX", 1);
  const Flight to_self = MakeFlight("LAX", "LAX", 2);
  const absl::StatusOr<NewBatch> made =
      MakeBatch("s", {{9, to_lax}, {3, to_self}, {9, to_lax}, {4, to_lax}});
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->repeated, 1);
  const Batch& batch = *made->batch;
  ASSERT_EQ(batch.flights.size(), 3u);
  EXPECT_EQ(batch.flights[0], (PositionedFlight{3, to_self}));
  EXPECT_EQ(batch.checksums[1], Checksum(to_lax));
  ASSERT_EQ(batch.shares.size(), 2u);
  EXPECT_EQ(batch.shares[0].airport, Code("ABQ"));
  EXPECT_EQ(batch.shares[0].departures, (std::vector<uint32_t>{1, 2}));
  EXPECT_EQ(batch.shares[1].departures, std::vector<uint32_t>{0});
  EXPECT_EQ(batch.shares[1].arrivals, (std::vector<uint32_t>{0, 1, 2}));
}

TEST(BatchTest, RefusesWhatIsNone) {
  const Flight flight = MakeFlight("ABQ", "LAX", 1);
  const auto code = [](const absl::StatusOr<NewBatch>& batch) { return batch.status().code(); };
  EXPECT_EQ(code(MakeBatch("", {{1, flight}})), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(MakeBatch(std::string(256, 'x'), {{1, flight}})),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(MakeBatch("a\nb", {{1, flight}})), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(MakeBatch("s", {})), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(MakeBatch("s", {{0, flight}})), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(MakeBatch("s", testing::RandomFlights(1, 1001))),
            absl::StatusCode::kInvalidArgument);
  const absl::StatusOr<NewBatch> differs =
      MakeBatch("march", {{7, flight}, {7, MakeFlight("ABQ", "LAX", 2)}});
  // No conflict with what is stored: the batch is wrong in itself.
  EXPECT_EQ(code(differs), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(differs.status().message(), "position: 7 is given twice, for flights that differ");
}

// --- Airport ---

using Kit = sampo::persistence::EventSourcedBehaviorTestKit<airport::Command, FlightsRecorded,
                                                            AirportState>;

SharedBatch BatchOf(std::vector<PositionedFlight> flights, std::string_view source = "s") {
  absl::StatusOr<NewBatch> made = MakeBatch(source, std::move(flights));
  EXPECT_TRUE(made.ok()) << made.status();
  return made->batch;
}

auto Record(Kit& kit, const SharedBatch& batch, std::string_view code = "LAX") {
  size_t share = 0;
  while (batch->shares[share].airport != Code(code)) ++share;
  return kit.RunCommand<absl::StatusOr<airport::Receipt>>([&](auto reply_to) {
    return airport::RecordFlights{batch, share, std::move(reply_to)};
  });
}

AirportStats Stats(Kit& kit) {
  auto stats = kit.RunCommand<absl::StatusOr<AirportStats>>(
      [](auto reply_to) { return airport::GetStats{std::move(reply_to)}; });
  return stats.reply.value().value();
}

TEST(AirportTest, StoresItsShareOfABatchAsOneEventAndOnce) {
  Kit kit([] { return Airport(Code("LAX")); });
  const Flight in = MakeFlight("ABQ", "LAX", 30);
  const Flight out = MakeFlight("LAX", "ABQ", -5);
  const Flight round = MakeFlight("LAX", "LAX", 7);
  const SharedBatch batch =
      BatchOf({{1, in}, {2, out}, {5, MakeFlight("ABQ", "BOS", 1)}, {8, round}});
  auto stored = Record(kit, batch);
  EXPECT_EQ(stored.event(), (FlightsRecorded{.airport = Code("LAX"),
                                             .source = "s",
                                             .departures = {{2, out}, {8, round}},
                                             .arrivals = {{1, in}, {8, round}}}));
  EXPECT_EQ(stored.reply.value()->stored, 4);
  auto again = Record(kit, batch);
  EXPECT_TRUE(again.HasNoEvents());
  EXPECT_EQ(again.reply.value()->already_known, 4);
  const AirportStats stats = Stats(kit);
  EXPECT_EQ(stats.departures, 2);
  EXPECT_EQ(stats.arrivals, 2);
  EXPECT_EQ(stats.delay_minutes, 37);
  EXPECT_EQ(kit.Restart().departures, 2);
}

TEST(AirportTest, StoresOnlyWhatIsNewOfABatch) {
  Kit kit([] { return Airport(Code("LAX")); });
  const Flight flight = MakeFlight("ABQ", "LAX", 30);
  (void)Record(kit, BatchOf({{2, flight}}));
  auto more = Record(kit, BatchOf({{1, flight}, {2, flight}, {3, flight}}));
  EXPECT_EQ(more.event().arrivals, (std::vector<PositionedFlight>{{1, flight}, {3, flight}}));
  // Another source has numbers of its own.
  EXPECT_EQ(Record(kit, BatchOf({{2, flight}}, "t")).event().source, "t");
  EXPECT_EQ(Stats(kit).arrivals, 4);
}

TEST(AirportTest, AConflictStoresNothingOfTheCommand) {
  Kit kit([] { return Airport(Code("LAX")); });
  (void)Record(kit, BatchOf({{2, MakeFlight("ABQ", "LAX", 30)}}));
  auto conflict =
      Record(kit, BatchOf({{1, MakeFlight("ABQ", "LAX", 1)}, {2, MakeFlight("ABQ", "LAX", 31)}}));
  EXPECT_TRUE(conflict.HasNoEvents());
  EXPECT_EQ(conflict.reply.value().status(), ConflictError("s", 2));
}

TEST(AirportTest, ChecksAWholeBatchAgainstBothDirections) {
  Kit kit([] { return Airport(Code("LAX")); });
  const Flight in = MakeFlight("ABQ", "LAX", 30);
  (void)Record(kit, BatchOf({{2, in}, {4, MakeFlight("LAX", "ABQ", 3)}}));
  const SharedBatch batch = BatchOf({{1, in}, {2, in}, {4, MakeFlight("BOS", "DEN", 0)}});
  auto known = kit.RunCommand<absl::StatusOr<airport::KnownFlights>>([&](auto reply_to) {
    return airport::CheckFlights{batch, std::move(reply_to)};
  });
  const std::vector<airport::KnownFlights::Side>& sides = known.reply.value()->sides;
  ASSERT_EQ(sides.size(), 2u);
  EXPECT_EQ(sides[0].index, 2u);  // departures come first
  EXPECT_FALSE(sides[0].same);
  EXPECT_EQ(sides[1].index, 1u);
  EXPECT_TRUE(sides[1].same);
}

TEST(AirportTest, HasABoundOfSources) {
  Kit kit([] { return Airport(Code("LAX")); });
  AirportState state;
  for (size_t i = 0; i < kSourcesMax; ++i) {
    state.sources[absl::StrCat("source ", i)] = std::make_shared<SourceRecords>();
  }
  kit.Initialize(state);
  const SharedBatch batch = BatchOf({{1, MakeFlight("ABQ", "LAX", 30)}}, "one more");
  EXPECT_EQ(Record(kit, batch).reply.value().status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(
      Record(kit, BatchOf({{1, MakeFlight("ABQ", "LAX", 30)}}, "source 7")).reply.value().ok());
}

// Many batches: snapshots, and recovery from them.
TEST(AirportTest, ComesBackFromSnapshotsAndEvents) {
  Kit kit([] { return Airport(Code("LAX")); });
  const std::vector<PositionedFlight> flights = testing::RandomFlights(3, 3000);
  std::vector<PositionedFlight> own;
  for (size_t i = 0; i < flights.size(); i += 2) {
    const std::vector<PositionedFlight> pair(flights.begin() + static_cast<std::ptrdiff_t>(i),
                                             flights.begin() + static_cast<std::ptrdiff_t>(i) + 2);
    const SharedBatch batch = BatchOf(pair);
    const bool touches =
        std::any_of(batch->shares.begin(), batch->shares.end(),
                    [](const BatchShare& share) { return share.airport == Code("LAX"); });
    if (touches) (void)Record(kit, batch);
  }
  const AirportStats before = Stats(kit);
  for (const AirportStats& each : testing::PlainFold(flights).airports) {
    if (each.iata == Code("LAX")) {
      EXPECT_EQ(before, each);
    }
  }
  kit.Restart();
  EXPECT_EQ(Stats(kit), before);
}

TEST(AirportTest, KnowsItsPersistenceId) {
  EXPECT_EQ(PersistenceIdOf(Code("LAX")), "Airport|LAX");
  EXPECT_EQ(AirportOf("Airport|0R4"), Code("0R4"));
  for (const char* other : {"Airport|lax", "Airport|LAXX", "AirportLAX", "Cart|LAX", "LAX", ""}) {
    EXPECT_EQ(AirportOf(other), std::nullopt) << other;
  }
}

// --- what is stored ---

template <class T>
absl::StatusCode CodeOfReading(const typename sampo::ProtoCodec<T>::Proto& proto) {
  sampo::CodecContext context;
  return sampo::ProtoCodec<T>::FromProto(proto, context).status().code();
}

TEST(AirportCodecTest, RefusesEventsThatNoCommandCouldHaveBrought) {
  const FlightsRecorded event{
      .airport = Code("LAX"),
      .source = "s",
      .departures = {{2, MakeFlight("LAX", "ABQ", 3)}},
      .arrivals = {{1, MakeFlight("ABQ", "LAX", 4)}, {2, MakeFlight("BOS", "LAX", 5)}}};
  sampo::CodecContext context;
  v1::FlightsRecorded good;
  sampo::ProtoCodec<FlightsRecorded>::ToProto(event, context, &good);
  EXPECT_EQ(*sampo::ProtoCodec<FlightsRecorded>::FromProto(good, context), event);
  const auto with = [&good](auto change) {
    v1::FlightsRecorded proto = good;
    change(proto, *proto.mutable_arrivals());
    return CodeOfReading<FlightsRecorded>(proto);
  };
  constexpr absl::StatusCode kDataLoss = absl::StatusCode::kDataLoss;
  EXPECT_EQ(with([](auto& proto, auto&) { proto.set_airport("lax"); }), kDataLoss);
  EXPECT_EQ(with([](auto&, auto& columns) { columns.add_delays(1); }), kDataLoss);
  EXPECT_EQ(with([](auto&, auto& columns) { columns.set_positions(1, 0); }), kDataLoss);
  EXPECT_EQ(with([](auto&, auto& columns) { columns.set_positions(1, INT64_MAX); }), kDataLoss);
  EXPECT_EQ(with([](auto&, auto& columns) { columns.set_minutes(0, INT64_MIN); }), kDataLoss);
  EXPECT_EQ(with([](auto&, auto& columns) { columns.set_delays(0, 10'081); }), kDataLoss);
  EXPECT_EQ(with([](auto&, auto& columns) { columns.set_distances(0, 20'001); }), kDataLoss);
  EXPECT_EQ(with([](auto&, auto& columns) { columns.set_others("ABQbos"); }), kDataLoss);
  EXPECT_EQ(with([](auto&, auto& columns) { columns.set_others("ABQBO"); }), kDataLoss);
}

TEST(AirportCodecTest, RefusesSnapshotsThatAreNone) {
  v1::AirportState good;
  good.add_delays(5);
  good.add_counts(2);
  v1::RecordNumbers* numbers = good.add_sources()->mutable_arrivals();
  numbers->add_differences(7);
  numbers->add_checksums(1);
  EXPECT_EQ(CodeOfReading<AirportState>(good), absl::StatusCode::kOk);
  const auto with = [&good](auto change) {
    v1::AirportState proto = good;
    change(proto, *proto.mutable_sources(0)->mutable_arrivals());
    return CodeOfReading<AirportState>(proto);
  };
  constexpr absl::StatusCode kDataLoss = absl::StatusCode::kDataLoss;
  EXPECT_EQ(with([](auto& proto, auto&) { proto.add_counts(1); }), kDataLoss);
  EXPECT_EQ(with([](auto& proto, auto&) { proto.set_counts(0, 0); }), kDataLoss);
  EXPECT_EQ(with([](auto& proto, auto&) { proto.set_delays(0, 10'081); }), kDataLoss);
  EXPECT_EQ(with([](auto&, auto& column) { column.set_differences(0, 0); }), kDataLoss);
  EXPECT_EQ(with([](auto&, auto& column) { column.set_differences(0, UINT64_MAX); }), kDataLoss);
  EXPECT_EQ(with([](auto&, auto& column) { column.add_checksums(1); }), kDataLoss);
}

}  // namespace
}  // namespace flightboard
