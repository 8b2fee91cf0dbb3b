// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "sampo/actor/actor_snapshot.h"
#include "sampo/actor/base/logger_registry.h"
#include "sampo/management/internal/prometheus_text.h"
#include "sampo/management/internal/routes.h"
#include "sampo/stream/stall_report.h"

namespace sampo::internal {
namespace {

struct SeriesMaker {
  std::vector<MetricSeries> series;

  void Gauge(std::string name, std::string help, int64_t value, MetricLabels labels = {}) {
    series.push_back({.name = std::move(name),
                      .kind = MetricKind::kGauge,
                      .help = std::move(help),
                      .labels = std::move(labels),
                      .gauge = value,
                      .histogram = {}});
  }
  void Counter(std::string name, std::string help, uint64_t value) {
    series.push_back({.name = std::move(name),
                      .kind = MetricKind::kCounter,
                      .help = std::move(help),
                      .labels = {},
                      .counter = value,
                      .histogram = {}});
  }
};

void AddActors(ActorSystemBase& system, SeriesMaker& make) {
  const ActorPage page = DescribeActors(system, {.limit = kTotalsActorsMax});
  std::map<std::string, int64_t> by_state;
  std::map<std::string, int64_t> waiting;  // by dispatcher
  int64_t deepest = 0;
  absl::Duration busy = absl::ZeroDuration();
  for (ActorState state :
       {ActorState::kIdle, ActorState::kScheduled, ActorState::kRunning, ActorState::kSuspended,
        ActorState::kRestarting, ActorState::kStopping}) {
    by_state[std::string(ActorStateName(state))] = 0;
  }
  for (const ActorSnapshot& actor : page.actors) {
    ++by_state[std::string(ActorStateName(actor.state))];
    waiting[actor.dispatcher] += actor.mailbox_depth;
    deepest = std::max(deepest, actor.mailbox_depth);
    busy = std::max(busy, actor.busy);
  }
  for (const auto& [state, count] : by_state) {
    make.Gauge("sampo_system_actors", "Actors alive, by state.", count, {{"state", state}});
  }
  make.Gauge("sampo_system_actors_unseen",
             "1: there are more than the 10000 actors that sampo_system_ series look at.",
             page.more ? 1 : 0);
  make.Gauge("sampo_system_longest_turn_milliseconds", "Time for which one actor has been busy.",
             absl::ToInt64Milliseconds(busy));
  make.Gauge("sampo_system_mailbox_depth_max", "Messages waiting in the fullest mailbox.", deepest);
  for (const auto& [dispatcher, messages] : waiting) {
    make.Gauge("sampo_system_mailbox_messages", "Messages waiting in mailboxes, by dispatcher.",
               messages, {{"dispatcher", dispatcher}});
  }
}

}  // namespace

std::vector<MetricSeries> SystemSeries(ActorSystemBase& system) {
  SeriesMaker make;
  AddActors(system, make);
  make.Counter("sampo_system_dead_letters_total", "Messages that reached nobody.",
               system.dead_letter_count());
  const LogStats log = system.loggers().Stats();
  make.Counter("sampo_system_log_events_dropped_total", "Log events that found the queue full.",
               log.dropped);
  make.Counter("sampo_system_log_events_written_total", "Log events that the sink took.",
               log.written);
  make.Gauge("sampo_system_streams_running", "Streams that run.",
             static_cast<int64_t>(stream::DescribeStreams(system).streams.size()));
  std::stable_sort(make.series.begin(), make.series.end(),
                   [](const MetricSeries& a, const MetricSeries& b) { return a.name < b.name; });
  return std::move(make.series);
}

AdminResponse MetricsRoute(ActorSystemBase& system) {
  std::vector<MetricSeries> all = system.metrics().Snapshot();
  std::vector<MetricSeries> looked_at = SystemSeries(system);
  std::move(looked_at.begin(), looked_at.end(), std::back_inserter(all));
  return {.content_type = std::string(kPrometheusContentType), .body = PrometheusText(all)};
}

}  // namespace sampo::internal
