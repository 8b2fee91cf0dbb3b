// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Four thermometers, of which one has read nothing yet and one never answers, and one question to
// all of them.
#include <cstdio>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/samples/iot/device.h"
#include "sampo/actor/samples/iot/device_group.h"

namespace {

using iot::device::RecordTemperature;
using sampo::ActorRef;

std::string Describe(const iot::Reading& reading) {
  return std::visit(
      sampo::On{[](double celsius) {
                  char text[32];
                  std::snprintf(text, sizeof(text), "%.1f degrees", celsius);
                  return std::string(text);
                },
                [](iot::TemperatureNotAvailable) { return std::string("no temperature yet"); },
                [](iot::DeviceNotAvailable) { return std::string("gone"); },
                [](iot::DeviceTimedOut) { return std::string("does not answer"); }},
      reading);
}

}  // namespace

int main() {
  sampo::ActorSystem<iot::group::Command> home(iot::DeviceGroup(), "home");
  auto track = [&home](sampo::Behavior<iot::device::Command> device, const std::string& id) {
    ActorRef<iot::device::Command> ref = home.Spawn(std::move(device), id);
    home.Tell(iot::group::TrackDevice{id, ref});
    return ref;
  };
  track(iot::Device("kitchen"), "kitchen").Tell(RecordTemperature{21.5});
  track(iot::Device("garden"), "garden").Tell(RecordTemperature{-3});
  track(iot::Device("attic"), "attic");
  track(sampo::Ignore(), "cellar");  // the cable is cut

  // [begin: ask]
  sampo::Future<iot::AllTemperatures> future =
      sampo::Ask<iot::AllTemperatures>(home.guardian(), absl::Seconds(10), [](auto reply_to) {
        return iot::group::RequestAllTemperatures{absl::Milliseconds(300), std::move(reply_to)};
      });
  absl::StatusOr<iot::AllTemperatures> all = sampo::Await(future, absl::Seconds(10));
  // [end: ask]
  if (!all.ok()) {
    std::fprintf(stderr, "%s\n", all.status().ToString().c_str());
    return 1;
  }
  for (const auto& [id, reading] : all->readings) {
    std::printf("%-8s %s\n", id.c_str(), Describe(reading).c_str());
  }
}
