// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/metrics_instrumentation.h"

#include <string>
#include <utility>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/check.h"

namespace sampo {
namespace {

struct CountedClass final : ActorClass {
  CountedClass(std::string class_name, MetricsRegistry& metrics)
      : ActorClass(std::move(class_name)), labels{{"class", name()}} {
    auto counter = [&](std::string_view series, std::string_view help) {
      return metrics.GetCounter({.name = series, .help = help, .labels = labels});
    };
    auto histogram = [&](std::string_view series, std::string_view help) {
      return metrics.GetHistogram({.name = series, .help = help, .labels = labels});
    };
    started = counter("sampo_actor_started_total", "Actors started.");
    stopped = counter("sampo_actor_stopped_total", "Actors ended.");
    failed = counter("sampo_actor_failed_total", "Failures of actors.");
    restarted = counter("sampo_actor_restarted_total", "Restarts of actors.");
    messages = counter("sampo_actor_messages_total", "Messages handled by actors.");
    living = metrics.GetGauge(
        {.name = "sampo_actor_living", .help = "Actors alive now.", .labels = labels});
    mailbox_time = histogram("sampo_actor_mailbox_time_ns", "Time from Tell to the handler.");
    handling_time = histogram("sampo_actor_handling_time_ns", "Time in the handler.");
    depth = histogram("sampo_actor_mailbox_depth", "Messages waiting behind the one handled.");
  }

  const MetricLabels labels;
  Counter started, stopped, failed, restarted, messages;
  Gauge living;
  Histogram mailbox_time, handling_time, depth;
};

CountedClass& CountersOf(const ObservedActor& actor) {
  return static_cast<CountedClass&>(actor.actor_class());
}

uint64_t Positive(int64_t value) { return value < 0 ? 0 : static_cast<uint64_t>(value); }

}  // namespace

void MetricsInstrumentation::UseRegistry(MetricsRegistry* registry) {
  registry_ = registry;
  dead_letters_ = registry->GetCounter(
      {.name = "sampo_actor_dead_letters_total", .help = "Messages whose receiver had ended."});
  dropped_ = registry->GetCounter(
      {.name = "sampo_actor_dropped_total", .help = "Messages that a bound turned away."});
  unhandled_ = registry->GetCounter(
      {.name = "sampo_actor_unhandled_total", .help = "Messages that a behavior did not handle."});
}

void MetricsInstrumentation::OnSystemStart(ActorSystemBase& system) {
  if (registry_ == nullptr) {
    own_system_ = true;
    return UseRegistry(&system.metrics());
  }
  SAMPO_CHECK(!own_system_,
              "a MetricsInstrumentation without a registry of its own belongs to one system");
}

std::unique_ptr<ActorClass> MetricsInstrumentation::MakeActorClass(std::string_view name) {
  return std::make_unique<CountedClass>(std::string(name), *registry_);
}

void MetricsInstrumentation::OnActorStarted(const ObservedActor& actor) {
  CountersOf(actor).started.Add();
  CountersOf(actor).living.Add(1);
}

void MetricsInstrumentation::OnActorFailed(const ObservedActor& actor, const absl::Status&,
                                           std::string_view) {
  CountersOf(actor).failed.Add();
}

void MetricsInstrumentation::OnActorRestarted(const ObservedActor& actor) {
  CountersOf(actor).restarted.Add();
}

void MetricsInstrumentation::OnActorStopped(const ObservedActor& actor) {
  CountersOf(actor).stopped.Add();
  CountersOf(actor).living.Add(-1);
}

void MetricsInstrumentation::AfterMessage(const ObservedActor& actor,
                                          const ObservedMessage& message, const TraceIds&,
                                          int64_t handling_nanos) {
  CountedClass& counters = CountersOf(actor);
  counters.messages.Add();
  if (message.mailbox_nanos >= 0) counters.mailbox_time.Record(Positive(message.mailbox_nanos));
  counters.handling_time.Record(Positive(handling_nanos));
  counters.depth.Record(Positive(message.depth));
}

void MetricsInstrumentation::OnDeadLetter(const UndeliveredMessage&) { dead_letters_.Add(); }
void MetricsInstrumentation::OnDropped(const UndeliveredMessage&) { dropped_.Add(); }
void MetricsInstrumentation::OnUnhandled(const UndeliveredMessage&) { unhandled_.Add(); }

}  // namespace sampo
