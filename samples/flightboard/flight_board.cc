// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/flight_board.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace flightboard {
namespace {

using sampo::ActorContext;
using sampo::ActorRef;
using sampo::Behavior;
using sampo::Same;

class BoardActor final : public sampo::AbstractBehavior<BoardActor, board::Command> {
 public:
  BoardActor(ActorContext<board::Command>& context, std::shared_ptr<FlightReader> reader,
             const BoardSettings& settings)
      : AbstractBehavior(context),
        settings_(settings),
        source_(
            context.Spawn(FlightSource(std::move(reader)), "source", sampo::Props().Blocking())) {
    // If the source or an airport fails, so does the board, and whoever waits for it is told.
    context.Watch(source_);
    settings_.in_flight_max = std::max(1, settings_.in_flight_max);
    settings_.read_count = std::clamp(settings_.read_count, 1, settings_.in_flight_max);
  }

  Behavior<board::Command> OnMessage(board::Run&& m) {
    if (reply_to_.has_value()) {
      m.reply_to.Tell(absl::FailedPreconditionError("flight board: it runs already"));
      return Same();
    }
    reply_to_.emplace(std::move(m.reply_to));
    return ReadOn();
  }

  Behavior<board::Command> OnMessage(const source::FlightsRead& m) {
    is_reading_ = false;
    is_end_ = m.is_end;
    source_status_ = m.status;
    result_.bad_records = m.bad_records;
    for (const Flight& flight : m.flights) {
      AirportOf(flight.destination).Tell(airport::RecordArrival{flight, context().Self()});
    }
    in_flight_ += static_cast<int>(m.flights.size());
    result_.in_flight_peak = std::max(result_.in_flight_peak, in_flight_);
    return ReadOn();
  }

  Behavior<board::Command> OnMessage(const airport::ArrivalRecorded&) {
    --in_flight_;
    ++result_.flights;
    return ReadOn();
  }

  Behavior<board::Command> OnMessage(const airport::AirportDelays& m) {
    result_.delays[m.iata] = m.delays;
    return result_.delays.size() == airports_.size() ? Finish() : Same();
  }

 private:
  // Asks for flights where there is room for them, for the sums when all flights are recorded.
  Behavior<board::Command> ReadOn() {
    if (is_reading_) return Same();
    if (!is_end_) {
      if (in_flight_ + settings_.read_count > settings_.in_flight_max) return Same();
      if (settings_.on_progress) settings_.on_progress(result_.flights);
      is_reading_ = true;
      source_.Tell(source::ReadFlights{settings_.read_count, context().Self()});
      return Same();
    }
    if (in_flight_ > 0) return Same();
    if (airports_.empty() || !source_status_.ok()) return Finish();
    for (auto& [iata, actor] : airports_) actor.Tell(airport::GetDelays{context().Self()});
    return Same();
  }

  ActorRef<airport::Command>& AirportOf(Iata iata) {
    auto [place, is_new] = airports_.try_emplace(iata);
    if (is_new) {
      place->second = context().Spawn(Airport(iata), iata.ToString());
      context().Watch(place->second);
    }
    return place->second;
  }

  Behavior<board::Command> Finish() {
    if (source_status_.ok()) {
      reply_to_->Tell(std::move(result_));
    } else {
      reply_to_->Tell(source_status_);
    }
    return sampo::Stopped();
  }

  BoardSettings settings_;
  ActorRef<source::ReadFlights> source_;
  std::map<Iata, ActorRef<airport::Command>> airports_;
  std::optional<sampo::ReplyTo<absl::StatusOr<BoardResult>>> reply_to_;
  bool is_reading_ = false;
  bool is_end_ = false;
  absl::Status source_status_;
  int in_flight_ = 0;
  BoardResult result_;
};

}  // namespace

Behavior<board::Command> FlightBoard(std::shared_ptr<FlightReader> reader, BoardSettings settings) {
  return BoardActor::Create(std::move(reader), std::move(settings));
}

}  // namespace flightboard
