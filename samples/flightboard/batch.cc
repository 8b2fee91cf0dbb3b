// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/batch.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sampo/samples/flightboard/flight_json.h"

namespace flightboard {
namespace {

// Whether all of `text` is UTF-8, without surrogates and overlong forms.
bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const auto byte = [&text](size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    const size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if ((first >= 0x80 && first < 0xc2) || first > 0xf4 || text.size() < size) return false;
    // What the second byte may be where not all of 0x80 to 0xbf.
    const unsigned char min = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    const unsigned char max = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    for (size_t i = 1; i < size; ++i) {
      if (byte(i) < (i == 1 ? min : 0x80) || byte(i) > (i == 1 ? max : 0xbf)) return false;
    }
    text.remove_prefix(size);
  }
  return true;
}

}  // namespace

absl::Status CheckSource(std::string_view source) {
  if (source.empty()) return absl::InvalidArgumentError("source: is empty");
  if (source.size() > kSourceBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat("source: \"", Printable(source), "\" has ",
                                                   source.size(), " bytes, at most ",
                                                   kSourceBytesMax, " are allowed"));
  }
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::any_of(source.begin(), source.end(), is_control)) {
    return absl::InvalidArgumentError(
        absl::StrCat("source: \"", Printable(source), "\" has a control character"));
  }
  if (!IsUtf8(source)) {
    return absl::InvalidArgumentError(
        absl::StrCat("source: \"", Printable(source), "\" is not UTF-8"));
  }
  return absl::OkStatus();
}

namespace {

absl::Status CheckFlights(const std::vector<PositionedFlight>& flights) {
  if (flights.empty()) return absl::InvalidArgumentError("batch: there are no flights in it");
  if (flights.size() > kBatchFlightsMax) {
    return absl::InvalidArgumentError(absl::StrCat("batch: ", flights.size(), " flights, at most ",
                                                   kBatchFlightsMax,
                                                   " are allowed: record them in several batches"));
  }
  for (const PositionedFlight& flight : flights) {
    if (flight.position >= 1) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("position: ", flight.position, " is no record number, they begin with 1"));
  }
  return absl::OkStatus();
}

// Drops what stands twice in ascending `flights`.
absl::StatusOr<int64_t> DropRepeated(std::vector<PositionedFlight>& flights) {
  for (size_t i = 1; i < flights.size(); ++i) {
    const bool differs =
        flights[i].position == flights[i - 1].position && flights[i] != flights[i - 1];
    if (differs) {
      return absl::InvalidArgumentError(absl::StrCat("position: ", flights[i].position,
                                                     " is given twice, for flights that differ"));
    }
  }
  const auto end = std::unique(flights.begin(), flights.end());
  const int64_t repeated = flights.end() - end;
  flights.erase(end, flights.end());
  return repeated;
}

std::vector<BatchShare> SharesOf(const std::vector<PositionedFlight>& flights) {
  std::map<Iata, BatchShare> shares;
  for (size_t i = 0; i < flights.size(); ++i) {
    shares[flights[i].flight.origin].departures.push_back(static_cast<uint32_t>(i));
    shares[flights[i].flight.destination].arrivals.push_back(static_cast<uint32_t>(i));
  }
  std::vector<BatchShare> sorted;
  sorted.reserve(shares.size());
  for (auto& [iata, share] : shares) {
    share.airport = iata;
    sorted.push_back(std::move(share));
  }
  return sorted;
}

}  // namespace

absl::StatusOr<NewBatch> MakeBatch(std::string_view source, std::vector<PositionedFlight> flights) {
  if (absl::Status status = CheckSource(source); !status.ok()) return status;
  if (absl::Status status = CheckFlights(flights); !status.ok()) return status;
  const auto before = [](const PositionedFlight& a, const PositionedFlight& b) {
    return a.position < b.position;
  };
  if (!std::is_sorted(flights.begin(), flights.end(), before)) {
    std::stable_sort(flights.begin(), flights.end(), before);
  }
  absl::StatusOr<int64_t> repeated = DropRepeated(flights);
  if (!repeated.ok()) return repeated.status();
  auto batch = std::make_shared<Batch>();
  batch->source = std::string(source);
  batch->flights = std::move(flights);
  batch->checksums.reserve(batch->flights.size());
  for (const PositionedFlight& each : batch->flights) {
    batch->checksums.push_back(Checksum(each.flight));
  }
  batch->shares = SharesOf(batch->flights);
  return NewBatch{std::move(batch), *repeated};
}

absl::Status ConflictError(std::string_view source, int64_t position) {
  return absl::AlreadyExistsError(absl::StrCat(
      "source \"", Printable(source), "\": record ", position,
      " is stored already, with other content: records must keep their numbers. Undo the change, "
      "or give changed data another source name"));
}

}  // namespace flightboard
