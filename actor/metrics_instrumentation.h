// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// MetricsInstrumentation: counts actors and messages by class into a MetricsRegistry.
//
// | series, label class="..."       | kind      | what | | sampo_actor_started_total       |
// counter   | actors started                                   | | sampo_actor_stopped_total |
// counter   | actors ended                                     | | sampo_actor_living | gauge     |
// the difference of the two                        | | sampo_actor_failed_total        | counter |
// failures, whatever the supervisor decided        | | sampo_actor_restarted_total     | counter |
// restarts                                         | | sampo_actor_messages_total      | counter |
// messages handled                                 | | sampo_actor_mailbox_time_ns     | histogram
// | from Tell to the handler                         | | sampo_actor_handling_time_ns    |
// histogram | in the handler                                   | | sampo_actor_mailbox_depth |
// histogram | messages behind the one that is handled          | and without label:
// sampo_actor_dead_letters_total, sampo_actor_dropped_total, sampo_actor_unhandled_total.
//
// Threads: as Instrumentation. Lifetime: without a registry of its own it counts into that of the
// system, and belongs to that one.
//
//   settings.instrumentation = std::make_shared<MetricsInstrumentation>();
//   ActorSystem<Command> system(Guardian(), "shop", settings);
//   for (const MetricSeries& series : system.metrics().Snapshot()) ...
#ifndef SAMPO_ACTOR_METRICS_INSTRUMENTATION_H_
#define SAMPO_ACTOR_METRICS_INSTRUMENTATION_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "sampo/actor/base/metrics.h"
#include "sampo/actor/instrumentation.h"

namespace sampo {

class MetricsInstrumentation final : public Instrumentation {
 public:
  MetricsInstrumentation() = default;
  // For several systems, or a registry that outlives them. It must live as long as they do.
  explicit MetricsInstrumentation(MetricsRegistry* registry) { UseRegistry(registry); }

  void OnSystemStart(ActorSystemBase& system) override;
  std::unique_ptr<ActorClass> MakeActorClass(std::string_view name) override;
  void OnActorStarted(const ObservedActor& actor) override;
  void OnActorFailed(const ObservedActor& actor, const absl::Status& status,
                     std::string_view decision) override;
  void OnActorRestarted(const ObservedActor& actor) override;
  void OnActorStopped(const ObservedActor& actor) override;
  void AfterMessage(const ObservedActor& actor, const ObservedMessage& message,
                    const TraceIds& trace, int64_t handling_nanos) override;
  void OnDeadLetter(const UndeliveredMessage& message) override;
  void OnDropped(const UndeliveredMessage& message) override;
  void OnUnhandled(const UndeliveredMessage& message) override;

 private:
  void UseRegistry(MetricsRegistry* registry);

  MetricsRegistry* registry_ = nullptr;  // set before the first actor starts
  bool own_system_ = false;              // registry_ is that of its only system
  Counter dead_letters_;
  Counter dropped_;
  Counter unhandled_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_METRICS_INSTRUMENTATION_H_
