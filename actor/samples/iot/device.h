// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Device: the actor that stands for one thermometer: it keeps what was measured last.
//
// Threads: an actor. Lifetime: until Passivate.
//
//   device.Tell(device::RecordTemperature{21.5});
//   device.Tell(device::ReadTemperature{context.Self()});
#ifndef SAMPO_ACTOR_SAMPLES_IOT_DEVICE_H_
#define SAMPO_ACTOR_SAMPLES_IOT_DEVICE_H_

#include <optional>
#include <string>
#include <variant>

#include "sampo/actor/actor.h"

namespace iot {
namespace device {

struct TemperatureRead {
  std::string device_id;
  std::optional<double> celsius;  // nothing: none was recorded yet
};
struct RecordTemperature {
  double celsius = 0;
};
struct ReadTemperature {
  sampo::ActorRef<TemperatureRead> reply_to;
};
struct Passivate {};
struct Command : std::variant<RecordTemperature, ReadTemperature, Passivate> {
  using variant::variant;
};

}  // namespace device

sampo::Behavior<device::Command> Device(std::string device_id,
                                        std::optional<double> celsius = std::nullopt);

}  // namespace iot

#endif  // SAMPO_ACTOR_SAMPLES_IOT_DEVICE_H_
