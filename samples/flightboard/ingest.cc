// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/ingest.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "sampo/samples/flightboard/flight_parser.h"
#include "sampo/samples/flightboard/input_source.h"
#include "sampo/stream/io/bytes.h"
#include "sampo/stream/stream.h"

namespace flightboard {
namespace {

using sampo::Future;
using sampo::stream::Attributes;
using sampo::stream::Bytes;
using sampo::stream::Flow;
using sampo::stream::KillSwitches;
using sampo::stream::Sink;
using sampo::stream::Source;

using Piece = absl::StatusOr<Bytes>;
using Records = std::vector<ReadRecord>;

// What became of a chunk: how much it adds, and whether the input ended with it.
struct ChunkResult {
  IngestCounts counts;
  IngestEnd end = IngestEnd::kComplete;
  absl::Status status;
};

// A record as messages name it.
std::string Place(const IngestSettings& settings, int64_t number) {
  const std::string input = settings.input == "-" ? "standard input" : settings.input;
  return number == 0 ? input : absl::StrCat(input, ": record ", number);
}

absl::Status At(const std::string& place, const absl::Status& why) {
  return absl::Status(why.code(), absl::StrCat(place, ": ", why.message()));
}

// One run: what its stages share. They are parts of one actor, so one of them runs at a time.
class Run {
 public:
  Run(FlightStore store, IngestSettings settings)
      : store_(std::move(store)), settings_(std::move(settings)) {}

  const IngestSettings& settings() const { return settings_; }

  // Reports what is bad in a chunk and records the rest. Called in the order of the chunks.
  Future<ChunkResult> Record(const Records& chunk) {
    ChunkResult result;
    std::vector<PositionedFlight> flights;
    flights.reserve(chunk.size());
    for (const ReadRecord& record : chunk) {
      result.counts.records += record.number > 0 ? 1 : 0;
      if (record.kind == ReadRecord::Kind::kFlight) {
        flights.push_back({record.number, record.flight});
      } else {
        TakeOther(record, result);
      }
    }
    result.counts.bytes = chunk.back().bytes;
    if (flights.empty()) return Future<ChunkResult>::Ready(std::move(result));
    return store_.Record(settings_.source, std::move(flights))
        .Map([result](const BatchResult& recorded) {
          ChunkResult with = result;
          with.counts.stored = recorded.stored;
          with.counts.already_known = recorded.already_known;
          return with;
        })
        .Recover([result](const absl::Status& status) {
          ChunkResult failed = result;
          failed.end = IsConflict(status) ? IngestEnd::kConflict : IngestEnd::kFailed;
          failed.status = status;
          return failed;
        });
  }

  // Adds a chunk to the sum. The first one that ends the run decides; those that were under way
  // beside it are still counted.
  IngestResult Add(IngestResult sum, const ChunkResult& chunk) {
    sum.counts.records += chunk.counts.records;
    sum.counts.rejected += chunk.counts.rejected;
    sum.counts.stored += chunk.counts.stored;
    sum.counts.already_known += chunk.counts.already_known;
    sum.counts.bytes = chunk.counts.bytes;
    if (sum.end == IngestEnd::kComplete && chunk.end != IngestEnd::kComplete) {
      sum.end = chunk.end;
      sum.status = chunk.status;
      stop_.Shutdown();
    }
    if (settings_.on_progress) settings_.on_progress(sum.counts);
    return sum;
  }

  // Ends the input, and lets what is under way come to its end.
  const sampo::stream::SharedKillSwitch& stop() const { return stop_; }

 private:
  void TakeOther(const ReadRecord& record, ChunkResult& result) {
    const std::string place = Place(settings_, record.number);
    if (record.number > 0) {
      ++result.counts.rejected;
      if (settings_.on_bad_record) settings_.on_bad_record({record.number, record.why});
    }
    if (record.kind == ReadRecord::Kind::kUnreadable) {
      result.end = IngestEnd::kFailed;
      result.status = record.why;
    } else if (record.kind == ReadRecord::Kind::kCut) {
      result.end = IngestEnd::kTruncated;
      result.status = At(place, record.why);
    } else if (settings_.strict) {
      result.end = IngestEnd::kStrict;
      result.status = At(place, record.why);
    }
  }

  const FlightStore store_;
  const IngestSettings settings_;
  const sampo::stream::SharedKillSwitch stop_ = KillSwitches::Shared("ingest");
};

// Pieces of the input to records, in an actor of its own. A failure of the input becomes its last
// record, so that it does not overtake what was read before it.
Source<Records> ReadRecords(const std::string& input) {
  return InputSource(input)
      .Map([](Bytes piece) { return Piece(std::move(piece)); })
      .Recover([](const absl::Status& failure) { return Piece(failure); })
      .StatefulMap([] { return FlightParser(); },
                   [](FlightParser& parser, const Piece& piece) {
                     return piece.ok() ? parser.Feed(piece->view())
                                       : parser.FailInput(piece.status());
                   },
                   [](FlightParser& parser) { return std::optional(parser.FinishInput()); })
      .Async(Attributes().InputBuffer(1, 2));
}

}  // namespace

Future<IngestResult> Ingest(sampo::ActorSystemBase& system, const FlightStore& store,
                            IngestSettings settings) {
  auto run = std::make_shared<Run>(store, std::move(settings));
  const IngestSettings& s = run->settings();
  return ReadRecords(s.input)
      .MapConcat([](Records records) { return records; })
      // Nothing behind a bad record is stored.
      .TakeWhile(
          [strict = s.strict](const ReadRecord& record) {
            return !strict || record.kind == ReadRecord::Kind::kFlight;
          },
          /*inclusive=*/true)
      .GroupedWithin(s.chunk_flights, s.chunk_time)
      .Via(run->stop().AsFlow<Records>())
      .MapAsync(s.parallelism, [run](const Records& chunk) { return run->Record(chunk); })
      .RunWith(Sink<ChunkResult>::Fold(IngestResult(),
                                       [run](IngestResult sum, const ChunkResult& chunk) {
                                         return run->Add(std::move(sum), chunk);
                                       }),
               system);
}

}  // namespace flightboard
