// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Ingest: the stream from an input to the store: file, framing, parse, chunk, record.
//
// An input is a JSON array of objects, or JSON lines (one object a line): what it begins with
// decides. Records are numbered from 1, bad ones too, so a record keeps its number when another one
// is mended. The file is read only as fast as chunks are stored: `parallelism` chunks are under
// way.
// Threads: Ingest from any; the functions of the settings run on the stream's turns, one at a time.
// Memory: a few chunks, whatever the size of the input; the airports' is theirs (airport.h).
//
//   Future<IngestResult> done = Ingest(system, store, {.input = "flights.json",
//                                                      .source = "flights.json"});
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_INGEST_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_INGEST_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/actor.h"
#include "sampo/samples/flightboard/flight_store.h"

namespace flightboard {

// A record that is no flight.
struct BadRecord {
  int64_t number = 0;  // from 1
  // INVALID_ARGUMENT "<field>: <reason>"; DATA_LOSS "record: <reason>" for what is no JSON.
  absl::Status why;
};

// What went through so far.
struct IngestCounts {
  int64_t records = 0;   // read, bad ones too
  int64_t rejected = 0;  // bad ones
  int64_t stored = 0;    // flights that are new, and on the disk
  int64_t already_known = 0;
  int64_t bytes = 0;  // read from the input
};

enum class IngestEnd : uint8_t {
  kComplete,   // also with rejected records
  kTruncated,  // the input ends within a record or before its array does; all before it is stored
  kStrict,     // a bad record and IngestSettings::strict; all before it is stored
  kConflict,   // a number is known with other content (IsConflict)
  kFailed,     // the input can't be read, or an airport or the journal failed
};

struct IngestResult {
  IngestCounts counts;
  IngestEnd end = IngestEnd::kComplete;
  absl::Status status;  // why it is not complete: names record, field, source; else OK
};

struct IngestSettings {
  std::string input = {};   // a path; "-": standard input
  std::string source = {};  // the name under which its records are known for ever
  bool strict = false;
  // Chunks under way at a time; at most kBatchesMax. Chosen, not measured.
  int parallelism = 8;
  // A chunk is recorded when it has so many flights, or after so long. From the issue.
  int64_t chunk_flights = 1000;
  absl::Duration chunk_time = absl::Milliseconds(20);
  // After each chunk.
  std::function<void(const IngestCounts&)> on_progress = nullptr;
  std::function<void(const BadRecord&)> on_bad_record = nullptr;
};

// Never fails but where the system ends: then with the stream's AbruptTermination or CANCELLED.
sampo::Future<IngestResult> Ingest(sampo::ActorSystemBase& system, const FlightStore& store,
                                   IngestSettings settings);

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_INGEST_H_
