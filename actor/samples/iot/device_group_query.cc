// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/samples/iot/device_group_query.h"

#include <memory>
#include <set>
#include <utility>

namespace iot {
namespace {

using query::Command;
using sampo::ActorContext;
using sampo::Behavior;
using sampo::Same;

class Query final : public sampo::AbstractBehavior<Query, Command> {
 public:
  Query(ActorContext<Command>& context, const Devices& devices, absl::Duration timeout,
        sampo::ReplyTo<AllTemperatures> reply_to)
      : AbstractBehavior(context), reply_to_(std::move(reply_to)) {
    if (devices.empty()) timeout = absl::ZeroDuration();  // there is nothing to wait for
    // [begin: query]
    context.Timers().StartSingleTimer("timeout", query::QueryTimeout{}, timeout);
    for (const auto& [device_id, device] : devices) {
      waiting_.insert(device_id);
      context.WatchWith(device, query::DeviceStopped{device_id});
      device.Tell(device::ReadTemperature{context.Self()});
    }
    // [end: query]
  }

  Behavior<Command> OnMessage(const device::TemperatureRead& m) {
    if (m.celsius.has_value()) return Note(m.device_id, *m.celsius);
    return Note(m.device_id, TemperatureNotAvailable{});
  }
  Behavior<Command> OnMessage(const query::DeviceStopped& m) {
    return Note(m.device_id, DeviceNotAvailable{});
  }
  Behavior<Command> OnMessage(const query::QueryTimeout&) {
    for (const std::string& device_id : waiting_) result_.readings[device_id] = DeviceTimedOut{};
    return Answer();
  }

 private:
  // The first thing that is known of a device counts: it may answer and stop then.
  Behavior<Command> Note(const std::string& device_id, Reading reading) {
    if (waiting_.erase(device_id) == 0) return Same();
    result_.readings[device_id] = reading;
    return waiting_.empty() ? Answer() : Same();
  }
  Behavior<Command> Answer() {
    reply_to_.Tell(std::move(result_));
    return sampo::Stopped();
  }

  std::set<std::string> waiting_;
  AllTemperatures result_;
  sampo::ReplyTo<AllTemperatures> reply_to_;
};

}  // namespace

Behavior<Command> DeviceGroupQuery(Devices devices, absl::Duration timeout,
                                   sampo::ReplyTo<AllTemperatures> reply_to) {
  // A ReplyTo can't be copied, and a factory may run again, so it is handed over once.
  auto reply = std::make_shared<sampo::ReplyTo<AllTemperatures>>(std::move(reply_to));
  return sampo::Setup<Command>([devices = std::move(devices), timeout,
                                reply](ActorContext<Command>& context) -> Behavior<Command> {
    return std::make_unique<Query>(context, devices, timeout, std::move(*reply));
  });
}

}  // namespace iot
