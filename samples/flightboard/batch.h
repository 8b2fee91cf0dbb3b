// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Batch: flights of one source under their record numbers, that are recorded together.
//
// Why: a source and a record number name a flight for ever, so a flight that comes again adds
// nothing, and other content under the same number is an error. A batch is what the stream of a
// file makes of each thousand records, and what a POST brings.
// Threads: immutable once made; shared by the commands to all airports it touches.
//
//   absl::StatusOr<NewBatch> batch = MakeBatch("flights-20k.json", std::move(flights));
//   store.Record(batch->batch);
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_BATCH_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_BATCH_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/samples/flightboard/flight.h"

namespace flightboard {

// Flights of a batch; bytes of a source's name. Chosen, not measured.
inline constexpr size_t kBatchFlightsMax = 1000;
inline constexpr size_t kSourceBytesMax = 255;

// What a batch holds for one airport, by the indices of the flights, which ascend.
struct BatchShare {
  Iata airport;
  std::vector<uint32_t> departures = {};  // flights that leave from there
  std::vector<uint32_t> arrivals = {};    // flights that arrive there
};

struct Batch {
  std::string source = {};
  // By their positions, which ascend; checksums[i] is that of flights[i].
  std::vector<PositionedFlight> flights = {};
  std::vector<uint32_t> checksums = {};
  std::vector<BatchShare> shares = {};  // by airport
};
using SharedBatch = std::shared_ptr<const Batch>;

struct NewBatch {
  SharedBatch batch;
  int64_t repeated = 0;  // flights that were given twice with the same content, and left out
};

// INVALID_ARGUMENT: a name that no source can have: empty, too long, with control characters or not
// UTF-8.
absl::Status CheckSource(std::string_view source);

// Sorts them. INVALID_ARGUMENT: as CheckSource, a position below 1, two flights that differ at one
// position, no flights or too many.
absl::StatusOr<NewBatch> MakeBatch(std::string_view source, std::vector<PositionedFlight> flights);

// ALREADY_EXISTS: names the source, the record number and the remedy.
absl::Status ConflictError(std::string_view source, int64_t position);
inline bool IsConflict(const absl::Status& status) { return absl::IsAlreadyExists(status); }

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_BATCH_H_
