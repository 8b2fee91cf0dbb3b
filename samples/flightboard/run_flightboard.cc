// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/run_flightboard.h"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "sampo/actor/actor.h"
#include "sampo/samples/flightboard/airport_names.h"
#include "sampo/samples/flightboard/data_files.h"
#include "sampo/samples/flightboard/delays.h"
#include "sampo/samples/flightboard/flight_board.h"
#include "sampo/samples/flightboard/flight_reader.h"
#include "sampo/samples/flightboard/options.h"
#include "sampo/samples/flightboard/record_reader.h"
#include "sampo/samples/flightboard/report.h"

namespace flightboard {
namespace {

constexpr int64_t kBadRecordsReported = 20;  // the rest is counted
constexpr int64_t kFlightsPerProgress = 100'000;

// Lines to stderr, from the main thread and from the actors.
class ProgressLog {
 public:
  explicit ProgressLog(std::ostream& stream) : stream_(stream) {}
  void Say(const std::string& line) {
    std::lock_guard hold(mutex_);
    stream_ << "flightboard: " << line << std::endl;
  }

 private:
  std::mutex mutex_;
  std::ostream& stream_;
};

// One run: what its steps share.
class Run {
 public:
  Run(Options options, std::ostream& out, std::ostream& log)
      : options_(std::move(options)), out_(out), log_(log) {}

  int Go() {
    absl::Status prepared = FindFiles();
    if (!prepared.ok()) return Fail(kUnreadableInput, prepared);
    absl::StatusOr<AirportNames> names = ReadAirportNames(options_.airports);
    if (!names.ok()) return Fail(kUnreadableInput, names.status());
    absl::StatusOr<ByteSource> source = OpenInput(options_.input);
    if (!source.ok()) return Fail(kUnreadableInput, source.status());

    log_.Say(absl::StrCat("reading ", InputName()));
    auto reader = std::make_shared<FlightReader>(*std::move(source), BadRecordReporter());
    if (reads_stdin() && options_.verify) {
      reader->set_on_flight([this](const Flight& flight) {
        stdin_fold_[flight.destination].Add(flight.delay_minutes);
      });
    }
    absl::StatusOr<BoardResult> result = RunActors(reader);
    if (!reader->status().ok()) return Fail(kUnreadableInput, reader->status());
    if (!result.ok()) return Fail(kFailed, result.status());
    log_.Say(absl::StrCat(result->flights, " flights read, ", result->bad_records, " bad records"));
    if (result->flights == 0 && result->bad_records > 0) {
      return Fail(kUnreadableInput,
                  absl::InvalidArgumentError(absl::StrCat(InputName(), " holds no flights")));
    }
    return Finish(*result, *names);
  }

 private:
  absl::Status FindFiles() {
    if (options_.input.empty()) {
      absl::StatusOr<std::string> input = FindDataFile("flights-20k.json");
      if (!input.ok()) return input.status();
      options_.input = *input;
    }
    if (options_.airports.empty()) {
      absl::StatusOr<std::string> airports = FindDataFile("airports.csv");
      if (!airports.ok()) return airports.status();
      options_.airports = *airports;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<BoardResult> RunActors(std::shared_ptr<FlightReader> reader) {
    sampo::SystemSettings settings;
    settings.threads = options_.threads;
    settings.log_level = "warning";
    BoardSettings board_settings;
    board_settings.on_progress = ProgressReporter();
    sampo::ActorSystem<board::Command> system(
        FlightBoard(std::move(reader), std::move(board_settings)), "flightboard", settings);
    sampo::Future<BoardResult> result = sampo::AskWithStatus<BoardResult>(
        system.guardian(), absl::InfiniteDuration(),
        [](auto reply_to) { return board::Run{std::move(reply_to)}; });
    return sampo::Await(std::move(result), absl::InfiniteDuration());
  }

  int Finish(const BoardResult& result, const AirportNames& names) {
    Report report;
    report.worst = WorstAirports(result.delays, report.rule);
    report.flights = result.flights;
    report.airports = static_cast<int64_t>(result.delays.size());
    report.bad_records = result.bad_records;
    if (options_.verify) {
      absl::StatusOr<DelaysByAirport> fold = PlainFold();
      if (!fold.ok()) return Fail(kUnreadableInput, fold.status());
      report.equals_fold = *fold == result.delays;
    }
    out_ << (options_.json ? ToJson(report, names) : ToText(report, names)) << std::flush;
    if (!out_) return Fail(kFailed, absl::UnavailableError("can't write the result"));
    return report.equals_fold == false ? kFailed : kDone;
  }

  // A file is read again, by a loop that knows no actor. Standard input can be read only once: its
  // fold was made while the flights passed on their way to the actors.
  absl::StatusOr<DelaysByAirport> PlainFold() {
    if (reads_stdin()) return stdin_fold_;
    absl::StatusOr<ByteSource> source = OpenInput(options_.input);
    if (!source.ok()) return source.status();
    FlightReader reader(*source, [](int64_t, const absl::Status&) {});
    DelaysByAirport fold = FoldDelays(reader);
    if (!reader.status().ok()) return reader.status();
    return fold;
  }

  FlightReader::BadRecord BadRecordReporter() {
    return [this, reported = int64_t{0}](int64_t record, const absl::Status& why) mutable {
      if (++reported > kBadRecordsReported + 1) return;
      log_.Say(reported <= kBadRecordsReported
                   ? absl::StrCat(InputName(), ": record ", record, ": ", why.message())
                   : absl::StrCat(InputName(), ": further bad records are only counted"));
    };
  }

  std::function<void(int64_t)> ProgressReporter() {
    return [this, next = kFlightsPerProgress](int64_t flights) mutable {
      if (flights < next) return;
      next = flights - flights % kFlightsPerProgress + kFlightsPerProgress;
      log_.Say(absl::StrCat(flights, " flights so far"));
    };
  }

  bool reads_stdin() const { return options_.input == "-"; }
  std::string InputName() const { return reads_stdin() ? "standard input" : options_.input; }

  int Fail(int code, const absl::Status& why) {
    log_.Say(std::string(why.message()));
    return code;
  }

  Options options_;
  std::ostream& out_;
  ProgressLog log_;
  // Written by the actor that reads, read when the actors are done.
  DelaysByAirport stdin_fold_;
};

}  // namespace

int RunFlightboard(const std::vector<std::string>& arguments, std::ostream& out,
                   std::ostream& log) {
  absl::StatusOr<Options> options = ParseOptions(arguments);
  if (!options.ok()) {
    ProgressLog(log).Say(std::string(options.status().message()));
    return kWrongArguments;
  }
  if (options->help) {
    out << kHelp << std::flush;
    return out ? kDone : kFailed;
  }
  return Run(*std::move(options), out, log).Go();
}

}  // namespace flightboard
