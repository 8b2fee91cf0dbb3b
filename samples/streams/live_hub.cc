// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// A hub that sources join and leave while it runs: three reporters send to one desk; one of them
// breaks off, one joins late, and the desk goes on until it is told to close.
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "sampo/actor/actor.h"
#include "sampo/stream/hub.h"
#include "sampo/stream/stream.h"

namespace {

using sampo::Future;
using sampo::stream::KeepBoth;
using sampo::stream::MergeHub;
using sampo::stream::Sink;
using sampo::stream::Source;

constexpr absl::Duration kPatience = absl::Seconds(30);

// 6 of aino, 2 of joukahainen before the line is cut, 4 of kullervo.
constexpr int kReports = 12;

struct News {
  std::string reporter;
  int number = 0;
};
using Desk = std::map<std::string, std::vector<int>>;

Source<News> Reporter(std::string name, int reports) {
  return Source<int>::Range(1, reports).Map([name = std::move(name)](int n) {
    return News{name, n};
  });
}

}  // namespace

int main() {
  sampo::ActorSystem<int> system(sampo::Ignore(), "newsroom");
  auto everything_came = std::make_shared<sampo::Promise<void>>();
  Future<void> came = everything_came->future();
  auto [hub, desk] = MergeHub<News>::SourceWithDraining(/*per_producer_buffer=*/4)
                         .Map([everything_came, seen = 0](News news) mutable {
                           if (++seen == kReports) everything_came->Complete();
                           return news;
                         })
                         .ToMat(Sink<News>::Fold(Desk(),
                                                 [](Desk all, const News& news) {
                                                   all[news.reporter].push_back(news.number);
                                                   return all;
                                                 }),
                                KeepBoth())
                         .Run(system);
  auto& [wire, control] = hub;

  Reporter("aino", 6).RunWith(wire, system);
  Reporter("joukahainen", 9)
      .Map([](const News& news) {
        if (news.number == 3) throw absl::BadStatusOrAccess(absl::AbortedError("the line is cut"));
        return news;
      })
      .RunWith(wire, system);
  std::printf("aino and joukahainen report\n");
  Reporter("kullervo", 4).RunWith(wire, system);
  std::printf("kullervo joins\n");

  if (sampo::Await(came, kPatience).ok())
    std::printf("%d reports came; the desk closes\n", kReports);
  control.DrainAndComplete();
  const auto all = sampo::Await(desk, kPatience);
  if (!all.ok()) {
    std::printf("failed: %s\n", all.status().ToString().c_str());
    return 1;
  }
  for (const auto& [reporter, numbers] : *all) {
    std::printf("%s:", reporter.c_str());
    for (int number : numbers) std::printf(" %d", number);
    std::printf("\n");
  }
}
