// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/posted_flights.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "sampo/http/json/json.h"
#include "sampo/samples/flightboard/batch.h"
#include "sampo/samples/flightboard/flight_json.h"

namespace flightboard {
namespace {

using Json = nlohmann::json;

constexpr char kPositionRule[] = "position: expected an integer from 1";

// Nothing unless `flight` has an integer of at least 1 as its position.
std::optional<int64_t> PositionOf(const Json& flight) {
  const auto found = flight.find("position");
  if (found == flight.end() || !found->is_number_integer()) return std::nullopt;
  if (found->is_number_unsigned() && found->get<uint64_t>() > std::numeric_limits<int64_t>::max()) {
    return std::nullopt;
  }
  const auto position = found->get<int64_t>();
  return position >= 1 ? std::optional<int64_t>(position) : std::nullopt;
}

void Take(const Json& element, size_t index, PostedFlights& posted) {
  const auto reject = [&](std::optional<int64_t> position, std::string_view reason) {
    posted.rejected.push_back({index, position, std::string(reason)});
  };
  if (!element.is_object()) return reject(std::nullopt, "flight: expected an object");
  const std::optional<int64_t> position = PositionOf(element);
  if (!position.has_value()) return reject(std::nullopt, kPositionRule);
  absl::StatusOr<Flight> flight = ParseFlight(element.dump());
  if (!flight.ok()) return reject(position, std::string(flight.status().message()));
  posted.flights.push_back({*position, *flight});
}

}  // namespace

absl::StatusOr<PostedFlights> ParsePostedFlights(std::string_view body) {
  absl::StatusOr<Json> json = sampo::http::ParseJson(body);
  if (!json.ok()) return json.status();
  if (!json->is_object()) return absl::InvalidArgumentError("body: expected a JSON object");
  const auto source = json->find("source");
  if (source == json->end() || !source->is_string()) {
    return absl::InvalidArgumentError("source: expected a text: the name that the positions count");
  }
  if (absl::Status named = CheckSource(source->get_ref<const std::string&>()); !named.ok()) {
    return named;
  }
  const auto flights = json->find("flights");
  if (flights == json->end() || !flights->is_array()) {
    return absl::InvalidArgumentError("flights: expected an array of objects");
  }
  if (flights->size() > kBatchFlightsMax) {
    return absl::ResourceExhaustedError(absl::StrCat(flights->size()));
  }
  PostedFlights posted{.source = source->get<std::string>(), .flights = {}, .rejected = {}};
  for (size_t i = 0; i < flights->size(); ++i) Take((*flights)[i], i, posted);
  return posted;
}

std::string AnswerTo(const PostedFlights& posted, const BatchResult& result) {
  nlohmann::ordered_json rejections = nlohmann::ordered_json::array();
  for (const PostedFlights::Rejected& one : posted.rejected) {
    nlohmann::ordered_json position = nullptr;
    if (one.position.has_value()) position = *one.position;
    rejections.push_back(
        {{"index", one.index}, {"position", std::move(position)}, {"reason", one.reason}});
  }
  const nlohmann::ordered_json answer = {{"new", result.stored},
                                         {"already_known", result.already_known},
                                         {"rejected", posted.rejected.size()},
                                         {"rejections", std::move(rejections)}};
  return answer.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace flightboard
