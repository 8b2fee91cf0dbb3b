// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/options.h"

#include <charconv>
#include <cstddef>
#include <optional>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace flightboard {

const char kHelp[] =
    R"(flightboard: which airports make their passengers wait the longest?

Reads flights from a JSON array, one record at a time, through one actor for each airport, and
prints the ten airports with the worst mean arrival delay among those with at least 50 arrivals.

  --input FILE      the flights; "-" is standard input (default: the 20,000 that come with it)
  --airports FILE   names of the airports (default: the table that comes with it)
  --threads N       worker threads, 1 to 256 (default: as many as the machine runs at once)
  --json            one JSON object instead of the table
  --verify          compare the actors' result with a plain fold over the same input (default)
  --no-verify       leave that out
  --help            this text

The result goes to stdout; progress and bad records go to stderr. Bad records are left out and
counted; the first 20 are reported with file, record number, field and reason.

Exit codes: 0 done; 1 the result is wrong or could not be made; 2 wrong arguments; 3 an input could
not be read.
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
    if (value_.has_value()) return *value_;
    if (at_ < all_.size()) return all_[at_++];
    return absl::InvalidArgumentError(absl::StrCat(name_, " needs a value"));
  }

 private:
  const std::vector<std::string>& all_;
  size_t at_ = 0;
  std::string name_;
  std::optional<std::string> value_;
};

absl::StatusOr<int> ParseThreads(const std::string& text) {
  int threads = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), threads);
  if (error != std::errc() || end != text.data() + text.size() || threads < 1 ||
      threads > kThreadsMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("--threads ", text, ": expected a number from 1 to ", kThreadsMax));
  }
  return threads;
}

// Takes a flag that has no value; nothing where it is not such a flag.
bool* FlagNamed(const std::string& name, Options& options) {
  if (name == "--json") return &options.json;
  if (name == "--verify" || name == "--no-verify") return &options.verify;
  if (name == "--help" || name == "-h") return &options.help;
  return nullptr;
}

absl::Status TakeValue(Arguments& arguments, Options& options) {
  const std::string name = arguments.name();
  const bool known = name == "--input" || name == "--airports" || name == "--threads";
  if (!known) {
    return absl::InvalidArgumentError(absl::StrCat("unknown argument ", name, "; see --help"));
  }
  const absl::StatusOr<std::string> value = arguments.Value();
  if (!value.ok()) return value.status();
  if (value->empty()) return absl::InvalidArgumentError(absl::StrCat(name, " needs a value"));
  if (name == "--threads") {
    const absl::StatusOr<int> threads = ParseThreads(*value);
    if (!threads.ok()) return threads.status();
    options.threads = *threads;
  } else {
    (name == "--input" ? options.input : options.airports) = *value;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Options> ParseOptions(const std::vector<std::string>& arguments) {
  Options options;
  Arguments rest(arguments);
  while (rest.Next()) {
    if (bool* flag = FlagNamed(rest.name(), options)) {
      if (rest.has_value()) {
        return absl::InvalidArgumentError(absl::StrCat(rest.name(), " takes no value"));
      }
      *flag = rest.name() != "--no-verify";
    } else if (absl::Status status = TakeValue(rest, options); !status.ok()) {
      return status;
    }
  }
  return options;
}

}  // namespace flightboard
