// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// One clock, many listeners: a stream of ticks goes to all who connect over TCP, to each of them at
// most 50 a second; each gets every tick, and the slowest sets the pace.
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "sampo/actor/actor.h"
#include "sampo/stream/hub.h"
#include "sampo/stream/io/bytes.h"
#include "sampo/stream/io/framing.h"
#include "sampo/stream/io/tcp.h"
#include "sampo/stream/stream.h"

namespace {

using sampo::Future;
using sampo::stream::BroadcastHub;
using sampo::stream::Bytes;
using sampo::stream::Framing;
using sampo::stream::IncomingConnection;
using sampo::stream::ServerBinding;
using sampo::stream::Sink;
using sampo::stream::Source;
using sampo::stream::Tcp;
using sampo::stream::ThrottleOptions;

constexpr int kListeners = 3;
constexpr int kTicks = 5;
constexpr absl::Duration kBetweenTicks = absl::Milliseconds(20);
// Of each connection. Nothing is saved up for a burst: the second tick waits, too.
constexpr ThrottleOptions kRate = {.cost = 1, .per = kBetweenTicks, .maximum_burst = 1};
constexpr absl::Duration kPatience = absl::Seconds(30);

// Serves the ticks to all who come; starts when so many listeners are there.
Future<ServerBinding> Serve(sampo::ActorSystemBase& system) {
  Source<Bytes> ticks = Source<int>::Range(1, kTicks)
                            .Map([](int n) { return Bytes("tick " + std::to_string(n) + "\n"); })
                            .RunWith(BroadcastHub<Bytes>::Sink(/*start_after=*/kListeners), system);
  return Tcp::Bind(system, "127.0.0.1", 0)
      .To(Sink<IncomingConnection>::Foreach([ticks, &system](const IncomingConnection& connection) {
        ticks.Throttle(kRate).Via(connection.flow).RunWith(Sink<Bytes>::Ignore(), system);
      }))
      .Run(system);
}

// What one listener hears until the server ends.
Future<std::vector<std::string>> Listen(uint16_t port, sampo::ActorSystemBase& system) {
  return Source<Bytes>::Empty()
      .Via(Tcp::OutgoingConnection(system, "127.0.0.1", port))
      .Via(Framing::Delimiter("\n", /*frame_bytes_max=*/100))
      .Map([](const Bytes& line) { return line.ToString(); })
      .RunWith(Sink<std::string>::Seq(), system);
}

}  // namespace

int main() {
  sampo::ActorSystem<int> system(sampo::Ignore(), "fan-out");
  const auto binding = sampo::Await(Serve(system), kPatience);
  if (!binding.ok()) {
    std::printf("cannot listen: %s\n", binding.status().ToString().c_str());
    return 1;
  }
  std::printf("the clock ticks for %d listeners\n", kListeners);
  const int64_t start = system.clock().NowNanos();
  std::vector<Future<std::vector<std::string>>> heard;
  for (int i = 0; i < kListeners; ++i) heard.push_back(Listen(binding->local().port, system));
  const auto all = sampo::Await(sampo::Sequence(std::move(heard)), kPatience);
  if (!all.ok()) {
    std::printf("failed: %s\n", all.status().ToString().c_str());
    return 1;
  }
  for (int i = 0; i < kListeners; ++i) {
    std::printf("listener %d heard:", i + 1);
    for (const std::string& tick : (*all)[static_cast<size_t>(i)])
      std::printf(" %s,", tick.c_str());
    std::printf(" the end\n");
  }
  const absl::Duration took = absl::Nanoseconds(system.clock().NowNanos() - start);
  std::printf("at most %lld ticks a second: %s\n",
              static_cast<long long>(absl::Seconds(1) / kBetweenTicks),
              took >= (kTicks - 1) * kBetweenTicks ? "yes" : "no");
  binding->Unbind();
}
