// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/options.h"

#include <charconv>
#include <cstddef>
#include <filesystem>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "sampo/samples/flightboard/batch.h"

namespace flightboard {

const char kHelp[] =
    R"(flightboard: which airports make their passengers wait the longest?

Reads flights, stores each of them exactly once as events of one persistent actor for each airport,
and prints the ten worst and the ten best airports by mean arrival delay among those with at least
50 arrivals. A run over what is stored already adds nothing, so an interrupted run is simply run
again.

  --input FILE      the flights: a JSON array of objects, or one object a line; "-" is standard
                    input (default: the 20,000 flights that come with it)
  --source NAME     what the records' numbers belong to: the same name and number is the same flight
                    (default: the input's base name; --input - needs it)
  --journal FILE    where the flights are kept (default: flightboard-data/journal.db)
  --strict          end at the first bad record, with exit code 2
  --json            one JSON object on stdout instead of the table
  --serve           afterwards serve the board over HTTP on 127.0.0.1 until SIGINT or SIGTERM
  --port N          the port of --serve; 0: any free one (default: 8080)
  --management-port N|off
                    health, metrics, actors, streams and loggers, on 127.0.0.1 from the start to
                    the end; 0: any free port (default: 8558; where that is taken, a run with
                    neither this option nor --serve says so and goes on without)
  --management-token-file FILE
                    management asks for the token that is in FILE
  --threads N       worker threads, 1 to 256 (default: as many as the machine runs at once)
  --help            this text

The result goes to stdout; progress and bad records go to stderr. Bad records are left out,
counted, and reported with file, record number, field and reason.

Exit codes: 0 done, also with rejected records; 1 the input is cut off or cannot be read, or the
journal failed; 2 wrong arguments, a bad record with --strict, or a record that was stored with
other content before; 130 after SIGINT; 143 after SIGTERM.
)";

namespace {

// "--name" and "--name=value" apart; a flag without "=" takes the next argument as its value.
class Arguments {
 public:
  explicit Arguments(const std::vector<std::string>& all) : all_(all) {}
  // Goes to the next argument; false: there is none.
  bool Next() {
    if (at_ == all_.size()) return false;
    name_ = all_[at_++];
    value_.reset();
    const size_t equals = name_.find('=');
    if (name_.starts_with("--") && equals != std::string::npos) {
      value_ = name_.substr(equals + 1);
      name_.resize(equals);
    }
    return true;
  }
  const std::string& name() const { return name_; }
  bool has_value() const { return value_.has_value(); }
  absl::StatusOr<std::string> Value() {
    if (!value_.has_value() && at_ < all_.size()) value_ = all_[at_++];
    if (value_.value_or("").empty()) {
      return absl::InvalidArgumentError(absl::StrCat(name_, " needs a value; see --help"));
    }
    return *value_;
  }

 private:
  const std::vector<std::string>& all_;
  size_t at_ = 0;
  std::string name_;
  std::optional<std::string> value_;
};

// A whole number from `min` to `max`; `also` is a word that the caller takes besides.
absl::StatusOr<int> ParseNumber(const std::string& name, const std::string& text, int min, int max,
                                const char* also = "") {
  int number = 0;
  const char* const end_of_text = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), end_of_text, number);
  if (error == std::errc() && end == end_of_text && number >= min && number <= max) return number;
  return absl::InvalidArgumentError(
      absl::StrCat(name, " ", text, ": expected a number from ", min, " to ", max, also));
}

constexpr int kPortMax = 65535;

absl::Status SetPort(const std::string& name, const std::string& text, Options& options) {
  const bool is_management = name == "--management-port";
  if (is_management) options.management_port_given = true;
  if (is_management && text == "off") {
    options.management_port.reset();
    return absl::OkStatus();
  }
  const absl::StatusOr<int> port =
      ParseNumber(name, text, 0, kPortMax, is_management ? ", or off" : "");
  if (!port.ok()) return port.status();
  if (is_management) {
    options.management_port = static_cast<Port>(*port);
  } else {
    options.port = static_cast<Port>(*port);
  }
  return absl::OkStatus();
}

// The member for a flag that has no value; null where it is not such a flag.
bool* FlagNamed(const std::string& name, Options& options) {
  if (name == "--strict") return &options.strict;
  if (name == "--json") return &options.json;
  if (name == "--serve") return &options.serve;
  if (name == "--help" || name == "-h") return &options.help;
  return nullptr;
}

std::string* TextNamed(const std::string& name, Options& options) {
  if (name == "--input") return &options.input;
  if (name == "--source") return &options.source;
  if (name == "--journal") return &options.journal;
  if (name == "--management-token-file") return &options.management_token_file;
  return nullptr;
}

absl::Status TakeValue(Arguments& arguments, Options& options) {
  const std::string name = arguments.name();
  std::string* const text = TextNamed(name, options);
  const bool is_port = name == "--port" || name == "--management-port";
  if (text == nullptr && !is_port && name != "--threads") {
    return absl::InvalidArgumentError(absl::StrCat("unknown argument ", name, "; see --help"));
  }
  const absl::StatusOr<std::string> value = arguments.Value();
  if (!value.ok()) return value.status();
  if (is_port) return SetPort(name, *value, options);
  if (text != nullptr) {
    *text = *value;
    return absl::OkStatus();
  }
  const absl::StatusOr<int> threads = ParseNumber(name, *value, 1, kThreadsMax);
  if (!threads.ok()) return threads.status();
  options.threads = *threads;
  return absl::OkStatus();
}

// What no single argument shows.
absl::Status CheckTogether(const Options& options) {
  if (options.input == "-" && options.source.empty()) {
    return absl::InvalidArgumentError(
        "--input - needs --source NAME: standard input has no name that its records could keep");
  }
  if (options.input.empty() && options.source.empty()) return absl::OkStatus();
  const std::string source = SourceOf(options);
  if (absl::Status status = CheckSource(source); !status.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(status.message(),
                     options.source.empty() ? "; give it one with --source" : "; see --source"));
  }
  return absl::OkStatus();
}

}  // namespace

std::string SourceOf(const Options& options) {
  if (!options.source.empty()) return options.source;
  return std::filesystem::path(options.input).filename().string();
}

absl::StatusOr<Options> ParseOptions(const std::vector<std::string>& arguments) {
  Options options;
  Arguments rest(arguments);
  while (rest.Next()) {
    if (bool* flag = FlagNamed(rest.name(), options)) {
      if (rest.has_value()) {
        return absl::InvalidArgumentError(absl::StrCat(rest.name(), " takes no value"));
      }
      *flag = true;
    } else if (absl::Status status = TakeValue(rest, options); !status.ok()) {
      return status;
    }
  }
  if (options.help) return options;
  if (absl::Status status = CheckTogether(options); !status.ok()) return status;
  return options;
}

}  // namespace flightboard
