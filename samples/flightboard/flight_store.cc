// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/flight_store.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "sampo/persistence/sqlite/use_sqlite.h"
#include "sampo/samples/flightboard/ask_airports.h"
#include "sampo/samples/flightboard/flight_board.h"

namespace flightboard {
namespace {

using sampo::Future;
using AirportRefs = std::vector<board::AirportRef>;

// The answer of the board itself, which comes when all airports have recovered.
template <class T, class Make>
Future<T> AskBoard(const sampo::ActorRef<board::Command>& board, Make make) {
  return sampo::AskWithStatus<T>(board, absl::InfiniteDuration(), std::move(make));
}

Future<AirportRefs> ListAirports(const sampo::ActorRef<board::Command>& board) {
  return AskBoard<AirportRefs>(
      board, [](auto reply_to) { return board::ListAirports{std::move(reply_to)}; });
}

// A batch with its permit, on its way through check and recording.
class Recording {
 public:
  Recording(Asker asker, SharedBatch batch, board::Permit permit)
      : asker_(std::move(asker)), batch_(std::move(batch)), permit_(std::move(permit)) {}
  Recording(const Recording&) = delete;
  // Others may have the record numbers now.
  ~Recording() { asker_.board.Tell(board::EndBatch{permit_.id}); }

  static Future<BatchResult> Run(std::shared_ptr<Recording> self) {
    if (self->permit_.to_check.empty()) return Store(std::move(self), {});
    Future<std::vector<airport::KnownFlights>> known = AskAirports<airport::KnownFlights>(
        self->asker_, self->permit_.to_check, [batch = self->batch_](size_t, auto reply_to) {
          return airport::CheckFlights{batch, std::move(reply_to)};
        });
    return std::move(known).FlatMap(
        [self = std::move(self)](std::vector<airport::KnownFlights> answers) mutable {
          absl::StatusOr<std::vector<Sides>> sides = self->Compare(answers);
          if (!sides.ok()) return Future<BatchResult>::Failed(sides.status());
          return Store(std::move(self), *std::move(sides));
        });
  }

 private:
  // Which sides of a flight are stored.
  struct Sides {
    bool departure = false;
    bool arrival = false;
  };

  // What is stored of each flight. ALREADY_EXISTS: something else is; the first one is named.
  absl::StatusOr<std::vector<Sides>> Compare(const std::vector<airport::KnownFlights>& answers) {
    std::vector<Sides> sides(batch_->flights.size());
    size_t conflict = sides.size();
    for (const airport::KnownFlights& answer : answers) {
      for (const airport::KnownFlights::Side& side : answer.sides) {
        const PositionedFlight& each = batch_->flights[side.index];
        const bool departs = side.direction == Direction::kDeparture;
        const Iata& airport = departs ? each.flight.origin : each.flight.destination;
        if (!side.same || airport != answer.airport) {
          conflict = std::min<size_t>(conflict, side.index);
        }
        (departs ? sides[side.index].departure : sides[side.index].arrival) = true;
      }
    }
    if (conflict == sides.size()) return sides;
    return ConflictError(batch_->source, batch_->flights[conflict].position);
  }

  static bool IsStored(const BatchShare& share, const std::vector<Sides>& sides) {
    for (uint32_t i : share.departures) {
      if (!sides[i].departure) return false;
    }
    for (uint32_t i : share.arrivals) {
      if (!sides[i].arrival) return false;
    }
    return true;
  }

  // Has each airport store its share. `sides`: empty where nothing can be stored yet. The counts
  // are made of them, not of the airports' answers: one that is asked again knows all of it.
  static Future<BatchResult> Store(std::shared_ptr<Recording> self, std::vector<Sides> sides) {
    const Batch& batch = *self->batch_;
    BatchResult result;
    for (const Sides& each : sides) result.already_known += each.departure && each.arrival ? 1 : 0;
    result.stored = static_cast<int64_t>(batch.flights.size()) - result.already_known;
    AirportRefs airports;
    std::vector<size_t> shares;
    for (size_t i = 0; i < batch.shares.size(); ++i) {
      if (!sides.empty() && IsStored(batch.shares[i], sides)) continue;
      airports.push_back(self->permit_.touched[i]);
      shares.push_back(i);
    }
    Future<std::vector<airport::Receipt>> receipts = AskAirports<airport::Receipt>(
        self->asker_, airports,
        [batch = self->batch_, shares = std::move(shares)](size_t index, auto reply_to) {
          return airport::RecordFlights{batch, shares[index], std::move(reply_to)};
        });
    return std::move(receipts).Map(
        [self = std::move(self), result](const std::vector<airport::Receipt>&) { return result; });
  }

  const Asker asker_;
  const SharedBatch batch_;
  const board::Permit permit_;
};

airport::GetStats StatsRequest(sampo::ReplyTo<absl::StatusOr<AirportStats>> reply_to) {
  return {std::move(reply_to)};
}

}  // namespace

Board BoardOf(std::vector<AirportStats> airports) {
  std::sort(airports.begin(), airports.end(),
            [](const AirportStats& a, const AirportStats& b) { return a.iata < b.iata; });
  Board board;
  for (AirportStats& stats : airports) {
    board.flights += stats.departures;
    if (stats.departures + stats.arrivals > 0) board.airports.push_back(std::move(stats));
  }
  return board;
}

absl::StatusOr<FlightStore> FlightStore::Open(sampo::ActorSystemBase& system,
                                              const std::string& journal_file,
                                              FlightStoreSettings settings) {
  const std::filesystem::path folder = std::filesystem::path(journal_file).parent_path();
  std::error_code error;
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  if (error) {
    return absl::UnavailableError(absl::StrCat("journal ", journal_file, ": can't make the folder ",
                                               folder.string(), ": ", error.message()));
  }
  absl::Status opened = sampo::persistence::UseSqlite(system, {.file = journal_file});
  if (!opened.ok()) return opened;
  return Start(system, settings);
}

FlightStore FlightStore::Start(sampo::ActorSystemBase& system, FlightStoreSettings settings) {
  return FlightStore(system, system.Spawn(FlightBoard(settings), "flights"), settings);
}

Future<void> FlightStore::WhenReady() const {
  return ListAirports(board_).Map([](const AirportRefs&) {});
}

Future<BatchResult> FlightStore::Record(std::string_view source,
                                        std::vector<PositionedFlight> flights) const {
  absl::StatusOr<NewBatch> made = MakeBatch(source, std::move(flights));
  if (!made.ok()) return Future<BatchResult>::Failed(made.status());
  Future<board::Permit> permit =
      AskBoard<board::Permit>(board_, [batch = made->batch](auto reply_to) {
        return board::BeginBatch{batch, std::move(reply_to)};
      });
  const Asker asker{system_, board_, settings_};
  Future<BatchResult> recorded =
      std::move(permit).FlatMap([asker, batch = made->batch](board::Permit granted) {
        return Recording::Run(std::make_shared<Recording>(asker, batch, std::move(granted)));
      });
  return std::move(recorded).Map([repeated = made->repeated](BatchResult result) {
    result.already_known += repeated;
    return result;
  });
}

Future<Board> FlightStore::Summary() const {
  const Asker asker{system_, board_, settings_};
  return ListAirports(board_).FlatMap([asker](const AirportRefs& airports) {
    return AskAirports<AirportStats>(
               asker, airports,
               [](size_t, auto reply_to) { return StatsRequest(std::move(reply_to)); })
        .Map(BoardOf);
  });
}

Future<AirportStats> FlightStore::Airport(Iata iata) const {
  const Asker asker{system_, board_, settings_};
  return WhenReady()
      .FlatMap([asker, iata] { return internal::FindAgain(asker, iata); })
      .FlatMap([asker](const board::AirportRef& airport) {
        return AskAirport<AirportStats>(
            asker, airport, [](auto reply_to) { return StatsRequest(std::move(reply_to)); });
      })
      .Map([](AirportStats stats) -> absl::StatusOr<AirportStats> {
        if (stats.departures + stats.arrivals > 0) return stats;
        return absl::NotFoundError(
            absl::StrCat("airport ", stats.iata.ToString(), ": there are no flights of it"));
      });
}

}  // namespace flightboard
