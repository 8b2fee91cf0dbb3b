// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// DeviceGroup: keeps track of devices and answers questions about all of them, within a time.
//
// Each question is an actor of its own (DeviceGroupQuery), so that the group goes on meanwhile.
// Threads: an actor. Lifetime: the system's, whose guardian it is in this sample.
#ifndef SAMPO_ACTOR_SAMPLES_IOT_DEVICE_GROUP_H_
#define SAMPO_ACTOR_SAMPLES_IOT_DEVICE_GROUP_H_

#include <map>
#include <string>
#include <variant>

#include "absl/time/time.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/samples/iot/device.h"

namespace iot {

// What is known of a device at the end of a query.
struct TemperatureNotAvailable {};
struct DeviceNotAvailable {};  // it stopped during the query
struct DeviceTimedOut {};
using Reading = std::variant<double, TemperatureNotAvailable, DeviceNotAvailable, DeviceTimedOut>;

struct AllTemperatures {
  std::map<std::string, Reading> readings;  // by device id
};

using Devices = std::map<std::string, sampo::ActorRef<device::Command>>;

namespace group {

// Takes a device in; one with the same id is replaced.
struct TrackDevice {
  std::string device_id;
  sampo::ActorRef<device::Command> device;
};
struct RequestAllTemperatures {
  absl::Duration timeout;
  sampo::ReplyTo<AllTemperatures> reply_to;
};
struct DeviceStopped {
  std::string device_id;
};
struct Command : std::variant<TrackDevice, RequestAllTemperatures, DeviceStopped> {
  using variant::variant;
};

}  // namespace group

sampo::Behavior<group::Command> DeviceGroup();

}  // namespace iot

#endif  // SAMPO_ACTOR_SAMPLES_IOT_DEVICE_GROUP_H_
