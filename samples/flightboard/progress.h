// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Progress: what the flight board says on stderr while it works.
//
// On a terminal: one line that is drawn again, with a bar where the size of the input is known, the
// rate, and the time that is left at that rate. Elsewhere (a file, a pipe): a plain line now and
// then. What is said in between stands above the bar.
// Threads: all methods from any. Time comes from a function, so that tests have their own.
//
//   Progress progress(std::cerr, {.terminal = isatty(STDERR_FILENO) == 1});
//   progress.Begin(/*bytes_total=*/1'784'867);
//   progress.Update(counts);   // flightboard: [=====>     ]  50 %   10,000 records ...
//   progress.End();
//   progress.Say("done");      // flightboard: done
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_PROGRESS_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_PROGRESS_H_

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "sampo/samples/flightboard/ingest.h"

namespace flightboard {

struct ProgressOptions {
  bool terminal = false;
  std::function<absl::Time()> now = absl::Now;
};

class Progress {
 public:
  explicit Progress(std::ostream& stream, ProgressOptions options = {});

  // A line of its own.
  void Say(std::string_view line);

  // Reading starts; Update may be called until End. Nothing: nobody knows the size of the input.
  void Begin(std::optional<int64_t> bytes_total);
  // Draws if the last time was long enough ago.
  void Update(const IngestCounts& counts);
  // Takes the bar away.
  void End();

 private:
  // Where things stand, as text.
  std::string Line(const IngestCounts& counts, absl::Duration since_start) const;
  void Wipe();

  std::mutex mutex_;
  std::ostream& stream_;
  const ProgressOptions options_;
  bool reading_ = false;
  std::string bar_;  // what is on the terminal's last line
  std::optional<int64_t> bytes_total_;
  absl::Time start_;
  absl::Time drawn_;
};

// 1234567 as "1,234,567".
std::string WithCommas(int64_t number);

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_PROGRESS_H_
