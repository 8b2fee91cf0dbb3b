// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/testkit/simulated_runtime.h"

#include <algorithm>
#include <utility>

#include "sampo/actor/base/check.h"
#include "sampo/actor/base/log_sink.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/testkit/internal/simulation_core.h"

namespace sampo {
namespace {

class NullLogSink final : public LogSink {
 public:
  absl::Status Write(const LogEvent&) override { return absl::OkStatus(); }
  absl::Status Flush() override { return absl::OkStatus(); }
};

int64_t LimitNanos(const SimulatedRuntime::Core& core, absl::Duration timeout) {
  return DeadlineNanos(core.now_nanos, timeout);
}

bool Never() { return false; }

}  // namespace

SimulatedRuntime::SimulatedRuntime(SimulationOptions options)
    : core_(std::make_shared<Core>(options)) {
  core_->Attach();
}

SimulatedRuntime::~SimulatedRuntime() { core_->Detach(); }

ActorRuntime SimulatedRuntime::Runtime() { return core_->MakeRuntime(); }

SystemSettings SimulatedRuntime::Settings() {
  SystemSettings settings;
  settings.seed = core_->settings_random.Next();
  settings.log_sink = std::make_shared<NullLogSink>();
  return settings;
}

absl::Status SimulatedRuntime::RunUntilIdle() { return core_->StepUntil(&Never, core_->now_nanos); }

absl::Status SimulatedRuntime::Run() { return core_->StepUntil(&Never, kNeverNanos); }

absl::Status SimulatedRuntime::RunFor(absl::Duration duration) {
  const int64_t limit = LimitNanos(*core_, duration);
  absl::Status ran = core_->StepUntil(&Never, limit);
  if (ran.ok() && limit != kNeverNanos) core_->AdvanceTo(limit);
  return ran;
}

absl::Status SimulatedRuntime::RunUntil(const std::function<bool()>& done, absl::Duration timeout) {
  const int64_t limit = LimitNanos(*core_, timeout);
  absl::Status ran = core_->StepUntil(done, limit);
  if (!ran.ok() || done()) return ran;
  const bool idle = core_->NextDeadlineNanos() == kNeverNanos;
  if (limit != kNeverNanos) core_->AdvanceTo(limit);
  return absl::DeadlineExceededError(StrCat("simulation with seed ", seed(),
                                            ": RunUntil did not come true within ",
                                            absl::FormatDuration(timeout), " of virtual time",
                                            idle ? ", and nothing is left to do" : ""));
}

uint64_t SimulatedRuntime::seed() const { return core_->options.seed; }
int64_t SimulatedRuntime::steps() const { return core_->steps; }
int64_t SimulatedRuntime::NowNanos() const { return core_->now_nanos; }
Random& SimulatedRuntime::random() { return core_->user_random; }
uint64_t SimulatedRuntime::trace_hash() const { return core_->hash; }
const std::vector<SimulatedRuntime::TraceStep>& SimulatedRuntime::trace() const {
  return core_->trace;
}

namespace {

// Steps kept of each run: about 100 bytes each. Chosen, not measured.
constexpr int64_t kComparedStepsMax = 100'000;
// Steps before the first difference that the report shows.
constexpr int64_t kStepsShown = 8;

struct RunResult {
  std::vector<SimulatedRuntime::TraceStep> trace;
  int64_t steps = 0;
  uint64_t hash = 0;
};

RunResult RunOnce(const SimulationOptions& options,
                  const std::function<void(SimulatedRuntime&)>& scenario) {
  SimulatedRuntime simulation(options);
  scenario(simulation);
  return {std::move(simulation.core().trace), simulation.steps(), simulation.trace_hash()};
}

std::string StepText(const RunResult& run, int64_t step) {
  if (step >= run.steps) return "(it had ended)";
  if (step >= static_cast<int64_t>(run.trace.size())) return "(not kept)";
  return run.trace[static_cast<size_t>(step)].text;
}

std::string DescribeDifference(const RunResult& first, const RunResult& second, int64_t step,
                               uint64_t seed) {
  std::string text = StrCat("two runs with seed ", seed, " part at step ", step, "\n");
  for (int64_t i = std::max<int64_t>(0, step - kStepsShown); i < step; ++i) {
    text += StrCat("    both: ", StepText(first, i), "\n");
  }
  text += StrCat("   first: ", StepText(first, step), "\n  second: ", StepText(second, step), "\n");
  return text;
}

}  // namespace

ReplayReport RunTwice(SimulationOptions options,
                      const std::function<void(SimulatedRuntime&)>& scenario) {
  options.trace_steps_max = std::max(options.trace_steps_max, kComparedStepsMax);
  const RunResult first = RunOnce(options, scenario);
  const RunResult second = RunOnce(options, scenario);
  ReplayReport report;
  report.steps = first.steps;
  report.hash = first.hash;
  report.equal = first.hash == second.hash && first.steps == second.steps;
  if (report.equal) return report;
  const size_t both = std::min(first.trace.size(), second.trace.size());
  size_t step = 0;
  while (step < both && first.trace[step].hash == second.trace[step].hash) ++step;
  report.first_difference = static_cast<int64_t>(step);
  report.text = DescribeDifference(first, second, report.first_difference, options.seed);
  return report;
}

}  // namespace sampo
