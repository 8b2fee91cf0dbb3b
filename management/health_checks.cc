// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/management/health_checks.h"

#include <array>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <map>
#include <optional>
#include <thread>
#include <utility>

#include "sampo/actor/base/logger_registry.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

// How long the system's end waits for runs that hang. Chosen, not measured.
constexpr std::chrono::seconds kEndTimeout(1);

// One run of a check.
struct CheckRun {
  std::mutex mutex;
  std::condition_variable ended;
  std::optional<absl::Status> status;  // guarded by mutex; nothing: it still runs

  void End(absl::Status result) {
    std::lock_guard lock(mutex);
    status = std::move(result);
    ended.notify_all();
  }
  // Nothing: it has not ended until then.
  std::optional<absl::Status> AwaitUntil(SteadyTime deadline) {
    std::unique_lock lock(mutex);
    ended.wait_until(lock, deadline, [this] { return status.has_value(); });
    return status;
  }
  bool has_ended() {
    std::lock_guard lock(mutex);
    return status.has_value();
  }
};

// Starts the check; `run` ends with its result, now or later.
void RunCheck(const HealthChecks::AsyncCheck& check, const std::shared_ptr<CheckRun>& run) {
  try {
    check().OnComplete([run](absl::Status status) { run->End(std::move(status)); });
  } catch (const std::exception& thrown) {
    run->End(absl::UnknownError(StrCat("the check threw: ", thrown.what())));
  } catch (...) {
    run->End(absl::UnknownError("the check threw what is no std::exception"));
  }
}

}  // namespace

struct HealthChecks::Registered {
  AsyncCheck check;
  std::shared_ptr<CheckRun> run;  // the latest; null: none yet
};

struct HealthChecks::State {
  std::map<std::string, Registered, std::less<>>& Of(HealthKind kind) {
    return checks[static_cast<size_t>(kind)];
  }
  std::shared_ptr<CheckRun> RunOf(const std::shared_ptr<State>& self, const std::string& name,
                                  Registered& registered);

  Logger log;
  std::mutex mutex;  // guards what follows
  std::condition_variable thread_ended;
  std::array<std::map<std::string, Registered, std::less<>>, 2> checks;
  std::multimap<std::string, std::shared_ptr<CheckRun>> threads;  // that run now, by check
};

// Under `mutex`: the run that goes on, or a new one.
std::shared_ptr<CheckRun> HealthChecks::State::RunOf(const std::shared_ptr<State>& self,
                                                     const std::string& name,
                                                     Registered& registered) {
  if (registered.run != nullptr && !registered.run->has_ended()) return registered.run;
  auto run = std::make_shared<CheckRun>();
  registered.run = run;
  const auto entry = threads.emplace(name, run);
  try {
    std::thread([self, entry, check = registered.check, run] {
      RunCheck(check, run);
      std::lock_guard lock(self->mutex);
      self->threads.erase(entry);
      self->thread_ended.notify_all();
    }).detach();
  } catch (const std::exception& thrown) {
    threads.erase(entry);
    run->End(absl::UnavailableError(StrCat("no thread for the check: ", thrown.what())));
  }
  return run;
}

HealthChecks::HealthChecks(ActorSystemBase& system) : state_(std::make_shared<State>()) {
  state_->log = system.loggers().Get("sampo.management.health");
}

HealthChecks::~HealthChecks() {
  std::unique_lock lock(state_->mutex);
  state_->thread_ended.wait_for(lock, kEndTimeout, [this] { return state_->threads.empty(); });
  for (const auto& [name, run] : state_->threads) {
    state_->log.Error("health check ", name, " hangs; its thread is left behind");
  }
}

absl::Status HealthChecks::Add(HealthKind kind, std::string_view name, Check check) {
  if (check == nullptr) return Add(kind, name, AsyncCheck());
  return Add(kind, name, AsyncCheck([check = std::move(check)] {
               absl::Status status = check();
               return status.ok() ? Future<void>::Ready() : Future<void>::Failed(std::move(status));
             }));
}

absl::Status HealthChecks::Add(HealthKind kind, std::string_view name, AsyncCheck check) {
  if (name.empty() || check == nullptr) {
    return absl::InvalidArgumentError(
        StrCat("health check \"", name, "\": it needs a name and a function"));
  }
  std::lock_guard lock(state_->mutex);
  auto& checks = state_->Of(kind);
  if (checks.contains(name)) {
    return absl::AlreadyExistsError(
        StrCat("health check ", name, ": there is one of that name; choose another, or Remove it"));
  }
  if (checks.size() >= kHealthChecksMax) {
    return absl::ResourceExhaustedError(StrCat("health check ", name, ": there are ",
                                               kHealthChecksMax,
                                               " already (kHealthChecksMax); join some"));
  }
  checks.emplace(std::string(name), Registered{std::move(check), nullptr});
  return absl::OkStatus();
}

bool HealthChecks::Remove(HealthKind kind, std::string_view name) {
  std::lock_guard lock(state_->mutex);
  auto& checks = state_->Of(kind);
  auto found = checks.find(name);
  if (found == checks.end()) return false;
  checks.erase(found);
  return true;
}

std::vector<HealthResult> HealthChecks::Run(HealthKind kind, absl::Duration timeout) {
  std::vector<std::pair<std::string, std::shared_ptr<CheckRun>>> runs;
  {
    std::lock_guard lock(state_->mutex);
    for (auto& [name, registered] : state_->Of(kind)) {
      runs.emplace_back(name, state_->RunOf(state_, name, registered));
    }
  }
  // The machine's time: what a check does happens in no other.
  const SteadyTime deadline = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(timeout);
  std::vector<HealthResult> results;
  for (const auto& [name, run] : runs) {
    HealthResult& result = results.emplace_back();
    result.name = name;
    std::optional<absl::Status> status = run->AwaitUntil(deadline);
    result.timed_out = !status.has_value();
    result.status = status.value_or(absl::DeadlineExceededError(
        StrCat("timed out: no answer within ", absl::FormatDuration(timeout))));
  }
  return results;
}

}  // namespace sampo
