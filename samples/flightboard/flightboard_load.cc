// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// flightboard_load flightboard THREADS [SCALE]: the road of flightboard's input under load: SCALE
// times 3,000,000 flights from a file into a journal that is on disk when it acknowledges
// (synchronous=FULL). Prints the line of //tools/bench: flights per second, the greatest resident
// set, and as extras what a flight takes in the journal and how long a restart takes.
//
// The file is the sample's 20,000 real flights over and over, as one JSON array. It is written
// before the clock starts. File and journal are in a folder of their own in $TMPDIR, or /tmp, which
// is removed at the end.

#include <stdlib.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "sampo/actor/actor.h"
#include "sampo/samples/flightboard/data_files.h"
#include "sampo/samples/flightboard/flight_store.h"
#include "sampo/samples/flightboard/ingest.h"

namespace flightboard {
namespace {

constexpr int64_t kRealFlights = 20'000;
constexpr int64_t kFlights = 3'000'000;
constexpr absl::Duration kPatience = absl::Hours(1);

struct Nothing {};

// A folder that is gone with this.
class Folder {
 public:
  Folder() {
    const char* parent = std::getenv("TMPDIR");
    path_ = absl::StrCat(parent != nullptr ? parent : "/tmp", "/flightboard-load-XXXXXX");
    is_made_ = mkdtemp(path_.data()) != nullptr;
  }
  Folder(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;  // nothing to be done about it at the end
    if (is_made_) std::filesystem::remove_all(path_, ignored);
  }
  bool is_made() const { return is_made_; }
  std::string File(const char* name) const { return absl::StrCat(path_, "/", name); }

 private:
  std::string path_;
  bool is_made_ = false;
};

// Writes the real flights `times` times. The file's own brackets become commas.
absl::Status MakeInput(const std::string& path, int64_t times) {
  absl::StatusOr<std::string> real = FindDataFile("flights-20k.json");
  if (!real.ok()) return real.status();
  std::ostringstream text;
  text << std::ifstream(*real, std::ios::binary).rdbuf();
  std::string records = text.str();
  const size_t begin = records.find('[') + 1;
  records = records.substr(begin, records.rfind(']') - begin);
  std::ofstream file(path, std::ios::binary);
  for (int64_t i = 0; i < times; ++i) file << (i == 0 ? "[" : ",") << records;
  file << "]";
  file.close();
  return file.good() ? absl::OkStatus() : absl::UnavailableError("can't write " + path);
}

double CpuSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// The greatest resident set so far.
double PeakMebibytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return static_cast<double>(std::atoll(line.c_str() + 6)) / 1024;
  }
  return 0;
}

struct Load {
  std::string input;
  std::string journal;
  int threads = 0;
  int64_t flights = 0;
};

struct Figures {
  double seconds = 0;
  double cpu_seconds = 0;
};

sampo::SystemSettings SettingsFor(const Load& load) {
  sampo::SystemSettings settings;
  settings.threads = load.threads;
  settings.log_level = "error";
  return settings;
}

absl::StatusOr<Figures> IngestAll(const Load& load) {
  sampo::ActorSystem<Nothing> system(sampo::Ignore(), "load", SettingsFor(load));
  absl::StatusOr<FlightStore> store = FlightStore::Open(system, load.journal);
  if (!store.ok()) return store.status();
  absl::Status ready = sampo::Await(store->WhenReady(), kPatience);
  if (!ready.ok()) return ready;
  const absl::Time start = absl::Now();
  const double cpu_start = CpuSeconds();
  absl::StatusOr<IngestResult> result =
      sampo::Await(Ingest(system, *store, {.input = load.input, .source = "load"}), kPatience);
  if (!result.ok()) return result.status();
  if (result->end != IngestEnd::kComplete) return result->status;
  return Figures{absl::ToDoubleSeconds(absl::Now() - start), CpuSeconds() - cpu_start};
}

// Seconds from the opening of the journal until all airports have recovered and were summed up.
absl::StatusOr<double> Restart(const Load& load) {
  const absl::Time start = absl::Now();
  sampo::ActorSystem<Nothing> system(sampo::Ignore(), "load", SettingsFor(load));
  absl::StatusOr<FlightStore> store = FlightStore::Open(system, load.journal);
  if (!store.ok()) return store.status();
  absl::StatusOr<Board> board = sampo::Await(store->Summary(), kPatience);
  if (!board.ok()) return board.status();
  if (board->flights != load.flights) {
    return absl::DataLossError(
        absl::StrCat("the journal has ", board->flights, " flights, not ", load.flights));
  }
  return absl::ToDoubleSeconds(absl::Now() - start);
}

absl::Status Run(int threads, double scale) {
  const Folder folder;
  if (!folder.is_made()) return absl::UnavailableError("can't make " + folder.File(""));
  const auto times = static_cast<int64_t>(scale * static_cast<double>(kFlights / kRealFlights));
  const Load load{.input = folder.File("flights.json"),
                  .journal = folder.File("journal.db"),
                  .threads = threads,
                  .flights = (times < 1 ? 1 : times) * kRealFlights};
  absl::Status made = MakeInput(load.input, load.flights / kRealFlights);
  if (!made.ok()) return made;
  const absl::StatusOr<Figures> figures = IngestAll(load);
  if (!figures.ok()) return figures.status();
  const double peak = PeakMebibytes();
  const absl::StatusOr<double> restart = Restart(load);
  if (!restart.ok()) return restart.status();
  const auto flights = static_cast<double>(load.flights);
  std::printf(
      "bench=flightboard peer=sampo/t%d ops=%.0f seconds=%.6f ops_per_s=%.1f rss_mb=%.1f "
      "cpu_s=%.6f journal_bytes_per_flight=%.1f restart_s=%.3f\n",
      threads, flights, figures->seconds, flights / figures->seconds, peak, figures->cpu_seconds,
      static_cast<double>(std::filesystem::file_size(load.journal)) / flights, *restart);
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  const int threads = argc > 2 ? std::atoi(argv[2]) : 0;
  const double scale = argc > 3 ? std::atof(argv[3]) : 1.0;
  if (argc < 3 || std::strcmp(argv[1], "flightboard") != 0 || threads < 1 || scale <= 0) {
    std::fprintf(stderr, "usage: flightboard_load flightboard THREADS [SCALE]\n");
    return 2;
  }
  const absl::Status done = Run(threads, scale);
  if (!done.ok()) std::fprintf(stderr, "flightboard_load: %s\n", done.ToString().c_str());
  return done.ok() ? 0 : 1;
}

}  // namespace
}  // namespace flightboard

int main(int argc, char** argv) { return flightboard::Main(argc, argv); }
