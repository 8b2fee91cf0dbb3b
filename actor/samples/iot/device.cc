// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/samples/iot/device.h"

#include <utility>

namespace iot {

using device::Command;
using sampo::Behavior;

Behavior<Command> Device(std::string device_id, std::optional<double> celsius) {
  return sampo::Receive<Command>(sampo::On{
      [device_id](const device::RecordTemperature& m) { return Device(device_id, m.celsius); },
      [device_id, celsius](const device::ReadTemperature& m) {
        m.reply_to.Tell(device::TemperatureRead{device_id, celsius});
        return sampo::Same();
      },
      [](const device::Passivate&) { return sampo::Stopped(); }});
}

}  // namespace iot
