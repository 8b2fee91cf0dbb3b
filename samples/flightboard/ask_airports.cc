// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/ask_airports.h"

#include "absl/strings/str_cat.h"

namespace flightboard::internal {

sampo::RetryOptions RetryOptionsOf(const FlightStoreSettings& settings) {
  return {.attempts = 1 + kRetriesMax,
          .backoff = {.min = settings.retry_pause,
                      .max = settings.retry_pause * (1 << kRetriesMax),
                      .random_factor = 0.2},
          .retry_when = [](const absl::Status& status) {
            switch (status.code()) {
              case absl::StatusCode::kAlreadyExists:      // other content
              case absl::StatusCode::kResourceExhausted:  // too many sources
              case absl::StatusCode::kNotFound:           // the board does not know it
                return false;
              default:
                return true;
            }
          }};
}

sampo::Future<board::AirportRef> FindAgain(const Asker& asker, Iata airport) {
  return sampo::AskWithStatus<board::AirportRef>(
      asker.board, asker.settings.answer_timeout, [airport](auto reply_to) {
        return board::FindAirport{airport, std::move(reply_to)};
      });
}

absl::Status WithAirport(const board::AirportRef& airport, const absl::Status& status) {
  if (IsConflict(status)) return status;
  if (airport.last_failure.ok()) {
    return absl::Status(status.code(), absl::StrCat("airport ", airport.airport.ToString(), ": ",
                                                    status.message()));
  }
  return absl::Status(airport.last_failure.code(),
                      absl::StrCat("airport ", airport.airport.ToString(), ": ",
                                   airport.last_failure.message(), " (", status.message(), ")"));
}

}  // namespace flightboard::internal
