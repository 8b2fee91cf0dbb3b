// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// DeviceGroupQuery: asks all devices, waits for answers until a timeout, answers once and stops.
//
// A device that stops meanwhile is known at once, because the query watches all of them.
// Threads: an actor. Lifetime: one question.
#ifndef SAMPO_ACTOR_SAMPLES_IOT_DEVICE_GROUP_QUERY_H_
#define SAMPO_ACTOR_SAMPLES_IOT_DEVICE_GROUP_QUERY_H_

#include <string>
#include <variant>

#include "absl/time/time.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/samples/iot/device.h"
#include "sampo/actor/samples/iot/device_group.h"

namespace iot {
namespace query {

struct QueryTimeout {};
struct DeviceStopped {
  std::string device_id;
};
struct Command : std::variant<device::TemperatureRead, DeviceStopped, QueryTimeout> {
  using variant::variant;
};

}  // namespace query

sampo::Behavior<query::Command> DeviceGroupQuery(Devices devices, absl::Duration timeout,
                                                 sampo::ReplyTo<AllTemperatures> reply_to);

}  // namespace iot

#endif  // SAMPO_ACTOR_SAMPLES_IOT_DEVICE_GROUP_QUERY_H_
