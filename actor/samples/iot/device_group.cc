// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/samples/iot/device_group.h"

#include <utility>

#include "sampo/actor/samples/iot/device_group_query.h"

namespace iot {
namespace {

using group::Command;
using sampo::ActorContext;
using sampo::Behavior;
using sampo::Same;

class Group final : public sampo::AbstractBehavior<Group, Command> {
 public:
  explicit Group(ActorContext<Command>& context) : AbstractBehavior(context) {}

  Behavior<Command> OnMessage(const group::TrackDevice& m) {
    auto [place, is_new] = devices_.try_emplace(m.device_id);
    if (!is_new) context().Unwatch(place->second);
    place->second = m.device;
    context().WatchWith(m.device, group::DeviceStopped{m.device_id});
    return Same();
  }
  Behavior<Command> OnMessage(group::RequestAllTemperatures&& m) {
    context().SpawnAnonymous(DeviceGroupQuery(devices_, m.timeout, std::move(m.reply_to)));
    return Same();
  }
  Behavior<Command> OnMessage(const group::DeviceStopped& m) {
    devices_.erase(m.device_id);
    return Same();
  }

 private:
  Devices devices_;
};

}  // namespace

Behavior<Command> DeviceGroup() { return Group::Create(); }

}  // namespace iot
