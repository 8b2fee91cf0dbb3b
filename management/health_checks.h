// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// HealthChecks: what a system asks itself before it says that it is alive, or ready for requests.
//
// Why: only the program knows what it needs: a journal that answers, a connection that stands. It
// registers a check by name, and /health/ready (or /health/live) runs all of them at the same time
// and names those that fail.
//
// A check runs on a thread of its own and may block. One that takes longer than the timeout counts
// as failed, and is not started a second time while it hangs: there is at most one run of each
// check, and those who ask meanwhile share it. What a check throws is its failure.
//
// Threads: all methods from any thread. Lifetime: an extension of the system. A check is kept until
// Remove or the system's end, and what it refers to must live as long; a run that hangs at the
// system's end is left behind after a second, and the log names it.
//
//   HealthChecks::Get(system).Add(HealthKind::kReady, "journal", [&] { return journal.Ping(); });
#ifndef SAMPO_MANAGEMENT_HEALTH_CHECKS_H_
#define SAMPO_MANAGEMENT_HEALTH_CHECKS_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/extension.h"
#include "sampo/actor/future.h"

namespace sampo {

// Checks of one kind. Chosen, not measured: they are written by people, and each may take a thread.
inline constexpr size_t kHealthChecksMax = 64;

enum class HealthKind : uint8_t {
  kLive,   // fails: restart the process
  kReady,  // fails: send it no requests for now
};

struct HealthResult {
  std::string name;
  absl::Status status;     // DEADLINE_EXCEEDED where it timed out
  bool timed_out = false;  // it still runs
};

class HealthChecks final : public Extension {
 public:
  // Done when the function returns, or when its future completes.
  using Check = std::function<absl::Status()>;
  using AsyncCheck = std::function<Future<void>()>;

  explicit HealthChecks(ActorSystemBase& system);
  ~HealthChecks() override;
  static HealthChecks& Get(ActorSystemBase& system) { return GetExtension<HealthChecks>(system); }

  // ALREADY_EXISTS: that kind has a check of that name. INVALID_ARGUMENT: no name, or no function.
  // RESOURCE_EXHAUSTED: kHealthChecksMax.
  absl::Status Add(HealthKind kind, std::string_view name, Check check);
  absl::Status Add(HealthKind kind, std::string_view name, AsyncCheck check);
  // False: there is none. A run that has begun goes on.
  bool Remove(HealthKind kind, std::string_view name);

  // Runs all checks of that kind and waits for them, together at most for `timeout`. In the order
  // of their names.
  std::vector<HealthResult> Run(HealthKind kind, absl::Duration timeout);

 private:
  struct Registered;
  struct State;

  const std::shared_ptr<State> state_;
};

}  // namespace sampo

#endif  // SAMPO_MANAGEMENT_HEALTH_CHECKS_H_
