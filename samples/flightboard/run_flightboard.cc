// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/run_flightboard.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/coordinated_shutdown.h"
#include "sampo/actor/metrics_instrumentation.h"
#include "sampo/samples/flightboard/airport_names.h"
#include "sampo/samples/flightboard/board_json.h"
#include "sampo/samples/flightboard/data_files.h"
#include "sampo/samples/flightboard/end_signals.h"
#include "sampo/samples/flightboard/flight_store.h"
#include "sampo/samples/flightboard/ingest.h"
#include "sampo/samples/flightboard/options.h"
#include "sampo/samples/flightboard/progress.h"
#include "sampo/samples/flightboard/report.h"
#include "sampo/samples/flightboard/serve.h"

namespace flightboard {
namespace {

// How long actors may take to end after the work: a large journal is made one file meanwhile.
// Chosen. After a signal there is less (EndSignals).
constexpr absl::Duration kTerminationDeadline = absl::Minutes(1);

// How long an airport may take before its command is sent again: on a full disk it waits for room
// and says nothing. Chosen: a commit takes milliseconds.
constexpr absl::Duration kAnswerTimeout = absl::Seconds(5);

using Nothing = int;  // nobody sends the guardian anything

sampo::SystemSettings SettingsOf(const Options& options) {
  sampo::SystemSettings settings;
  settings.threads = options.threads;
  settings.log_level = "warning";
  if (options.management_port.has_value()) {
    settings.instrumentation = std::make_shared<sampo::MetricsInstrumentation>();
  }
  return settings;
}

int ExitCodeOf(IngestEnd end) {
  switch (end) {
    case IngestEnd::kComplete:
      return kDone;
    case IngestEnd::kTruncated:
    case IngestEnd::kFailed:
      return kFailed;
    case IngestEnd::kStrict:
    case IngestEnd::kConflict:
      return kRefused;
  }
  return kFailed;
}

// One run: what its steps share.
class Run {
 public:
  Run(Options options, Console console)
      : options_(std::move(options)),
        console_(console),
        progress_(console.log, {.terminal = console.log_is_terminal}) {}

  int Go() {
    const int code = RunSystem();
    if (unwritten_.has_value() && EndSignals::Received() == 0) WriteLeft();
    return EndSignals::Received() != 0 ? kKilledBySignal + EndSignals::Received() : code;
  }

 private:
  int RunSystem() {
    SignalThread signal_thread;
    if (absl::Status found = FindFiles(); !found.ok()) return WithoutBoard(found);
    sampo::ActorSystem<Nothing> system(sampo::Ignore(), "flightboard", SettingsOf(options_));
    absl::StatusOr<EndSignals> signals =
        EndSignals::Install(sampo::CoordinatedShutdown::Of(system));
    if (!signals.ok()) return WithoutBoard(signals.status());
    if (absl::Status taken = signal_thread.TakeSignals(); !taken.ok()) return WithoutBoard(taken);
    int code = Work(system);
    // The result counts for nothing where somebody ended the program before it was out.
    system.Terminate();
    const absl::Status ended = system.AwaitTermination(kTerminationDeadline);
    if (!ended.ok()) {
      progress_.Say(std::string(ended.message()));
      if (code == kDone) code = kFailed;
    }
    return code;
  }

  // The name of what is read, the table of names, the name of the source.
  absl::Status FindFiles() {
    if (options_.input.empty()) {
      absl::StatusOr<std::string> input = FindDataFile("flights-20k.json");
      if (!input.ok()) return input.status();
      options_.input = *input;
    }
    options_.source = SourceOf(options_);
    absl::StatusOr<std::string> file = FindDataFile("airports.csv");
    if (!file.ok()) return file.status();
    absl::StatusOr<AirportNames> names = ReadAirportNames(*file);
    if (!names.ok()) return names.status();
    names_ = std::make_shared<const AirportNames>(*std::move(names));
    return absl::OkStatus();
  }

  int Work(sampo::ActorSystemBase& system) {
    absl::StatusOr<FlightStore> store =
        FlightStore::Open(system, options_.journal, {.answer_timeout = kAnswerTimeout});
    if (!store.ok()) return WithoutBoard(store.status());
    absl::StatusOr<std::optional<sampo::Management>> management = Manage(system);
    if (!management.ok()) return Finish(*store, Failed(management.status()));
    std::optional<BoardServer> server;
    if (options_.serve) {
      absl::StatusOr<BoardServer> bound = BoardServer::Bind(system, options_.port, *store, names_);
      if (!bound.ok()) return Finish(*store, Failed(bound.status()));
      server = *std::move(bound);
    }
    const int code = Finish(*store, Read(system, *store));
    if (code == kDone && server.has_value()) Serve(system, *server);
    return code;
  }

  // Nothing: it is off, or its port is taken and nobody asked for it.
  absl::StatusOr<std::optional<sampo::Management>> Manage(sampo::ActorSystemBase& system) {
    if (!options_.management_port.has_value()) return std::nullopt;
    absl::StatusOr<sampo::Management> started = StartManagement(system, options_, ingest_health_);
    if (started.ok()) {
      progress_.Say(absl::StrCat("management listens on 127.0.0.1:", started->port()));
      return *std::move(started);
    }
    if (options_.ManagementMatters()) return started.status();
    progress_.Say(absl::StrCat(started.status().message(), "; going on without management"));
    return std::nullopt;
  }

  // Reads the whole input.
  IngestResult Read(sampo::ActorSystemBase& system, const FlightStore& store) {
    const absl::Status ready = sampo::Await(store.WhenReady(), absl::InfiniteDuration());
    if (!ready.ok()) return Failed(ready);
    progress_.Say(absl::StrCat("reading ", InputName(), " as source ", options_.source, " into ",
                               options_.journal));
    progress_.Begin(InputBytes());
    absl::StatusOr<IngestResult> result = sampo::Await(
        Ingest(system, store,
               {.input = options_.input,
                .source = options_.source,
                .strict = options_.strict,
                .on_progress = [this](const IngestCounts& counts) { progress_.Update(counts); },
                .on_bad_record = BadRecordReporter()}),
        absl::InfiniteDuration());
    progress_.End();
    if (!result.ok()) return Failed(result.status());
    const IngestCounts& counts = result->counts;
    progress_.Say(absl::StrCat(WithCommas(counts.records),
                               " records read: ", WithCommas(counts.stored), " new, ",
                               WithCommas(counts.already_known), " already known, ",
                               WithCommas(counts.rejected), " rejected"));
    return *std::move(result);
  }

  static IngestResult Failed(absl::Status status) {
    return {.counts = {}, .end = IngestEnd::kFailed, .status = std::move(status)};
  }

  // Says what went wrong, and writes the result of what is there; the exit code.
  int Finish(const FlightStore& store, const IngestResult& ingested) {
    if (EndSignals::Received() != 0) return kFailed;
    ingest_health_->Set(ingested.status);
    // What is wrong with that record has been said already.
    if (ingested.end == IngestEnd::kStrict) {
      progress_.Say("ended at the first bad record, as --strict asks");
    } else if (!ingested.status.ok()) {
      progress_.Say(std::string(ingested.status.message()));
    }
    Report report{.board = {},
                  .new_flights = ingested.counts.stored,
                  .already_known = ingested.counts.already_known,
                  .rejected = ingested.counts.rejected};
    absl::StatusOr<Board> board = Summary(store, ingested.end != IngestEnd::kFailed);
    if (EndSignals::Received() != 0) return kFailed;
    const int code = ExitCodeOf(ingested.end);
    if (!board.ok()) {
      progress_.Say(absl::StrCat("the summary failed: ", board.status().message()));
      unwritten_ = std::move(report);
      return code == kDone ? kFailed : code;
    }
    report.board = *std::move(board);
    return Write(report) ? code : kFailed;
  }

  // The result where a storage that has given up kept it from being written: of what another one
  // finds in the journal.
  void WriteLeft() {
    sampo::SystemSettings settings;
    settings.threads = options_.threads;
    settings.log_level = "warning";
    sampo::ActorSystem<Nothing> system(sampo::Ignore(), "flightboard-left", settings);
    absl::StatusOr<Board> board =
        sampo::Await(FlightStore::ReadSummary(system, options_.journal), absl::InfiniteDuration());
    if (board.ok()) {
      unwritten_->board = *std::move(board);
    } else {
      progress_.Say(absl::StrCat("and cannot be made anew: ", board.status().message()));
    }
    Write(*unwritten_);
  }

  // Of airports that may have failed what is in the journal is asked.
  static absl::StatusOr<Board> Summary(const FlightStore& store, bool all_well) {
    if (all_well) {
      absl::StatusOr<Board> board = sampo::Await(store.Summary(), absl::InfiniteDuration());
      if (board.ok() || EndSignals::Received() != 0) return board;
    }
    return sampo::Await(store.ReadSummary(), absl::InfiniteDuration());
  }

  // Where there is no board to report, for `why`.
  int WithoutBoard(const absl::Status& why) {
    if (EndSignals::Received() != 0) return kFailed;
    progress_.Say(std::string(why.message()));
    if (options_.json) Write(Report());
    return kFailed;
  }

  bool Write(const Report& report) {
    console_.out << (options_.json ? ToJson(report, *names_) : ToText(report, *names_))
                 << std::flush;
    if (!console_.out) progress_.Say("can't write the result");
    return console_.out.good();
  }

  void Serve(sampo::ActorSystemBase& system, BoardServer& server) {
    server.Open();
    console_.log << server.url() << std::endl;
    // Ends with the shutdown that a signal runs; what is wrong with that is in the log.
    system.AwaitTermination(absl::InfiniteDuration()).IgnoreError();
  }

  std::function<void(const BadRecord&)> BadRecordReporter() {
    return [this](const BadRecord& record) {
      progress_.Say(
          absl::StrCat(InputName(), ": record ", record.number, ": ", record.why.message()));
    };
  }

  std::string InputName() const {
    return options_.input == "-" ? "standard input" : options_.input;
  }
  // Nothing: it is a pipe, or nobody knows.
  std::optional<int64_t> InputBytes() const {
    std::error_code error;
    const bool is_file = std::filesystem::is_regular_file(options_.input, error);
    if (!is_file) return std::nullopt;
    const uintmax_t bytes = std::filesystem::file_size(options_.input, error);
    return error ? std::nullopt : std::optional(static_cast<int64_t>(bytes));
  }

  Options options_;
  const Console console_;
  Progress progress_;
  std::shared_ptr<const AirportNames> names_ = std::make_shared<const AirportNames>();
  std::optional<Report> unwritten_;  // that has no board
  const std::shared_ptr<IngestHealth> ingest_health_ = std::make_shared<IngestHealth>();
};

}  // namespace

int RunFlightboard(const std::vector<std::string>& arguments, Console console) {
  absl::StatusOr<Options> options = ParseOptions(arguments);
  if (!options.ok()) {
    Progress(console.log).Say(std::string(options.status().message()));
    return kRefused;
  }
  if (options->help) {
    console.out << kHelp << std::flush;
    return console.out ? kDone : kFailed;
  }
  return Run(*std::move(options), console).Go();
}

}  // namespace flightboard
