// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/ask_airports.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace flightboard::internal {

sampo::RetryOptions RetryOptionsOf(const FlightStoreSettings& settings) {
  return {.attempts = 1 + kRetriesMax,
          .backoff = {.min = settings.retry_pause,
                      .max = settings.retry_pause * (1 << kRetriesMax),
                      .random_factor = 0.2},
          .retry_when = [](const absl::Status& status) {
            switch (status.code()) {
              case absl::StatusCode::kAlreadyExists:       // other content
              case absl::StatusCode::kFailedPrecondition:  // too many sources
              case absl::StatusCode::kNotFound:            // the board does not know it
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

absl::Status WithAirport(const board::AirportRef& airport, int64_t failures_before,
                         const absl::Status& status) {
  if (IsConflict(status)) return status;
  const bool has_failed = airport.failures > failures_before && !airport.last_failure.ok();
  const absl::Status& why = has_failed ? airport.last_failure : status;
  const std::string name = absl::StrCat("airport ", airport.airport.ToString(), ": ");
  std::string text = absl::StrCat(absl::StartsWith(why.message(), name) ? "" : name, why.message());
  if (has_failed) absl::StrAppend(&text, " (", status.message(), ")");
  return absl::Status(why.code(), text);
}

}  // namespace flightboard::internal
