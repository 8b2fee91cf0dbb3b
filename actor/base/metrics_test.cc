// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/metrics.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo {
namespace {

using Lines = std::vector<std::string>;

// "name{label=value} number" for each series, without the registry's own.
Lines Show(const MetricsRegistry& registry) {
  Lines lines;
  for (const MetricSeries& series : registry.Snapshot()) {
    if (series.name.starts_with("sampo_metrics_")) continue;
    std::string labels;
    for (const auto& [key, value] : series.labels) {
      StrAppend(labels, labels.empty() ? "" : ",", key, "=", value);
    }
    lines.push_back(StrCat(series.name, "{", labels, "} ",
                           series.counter + series.gauge + series.histogram.count));
  }
  return lines;
}

uint64_t Refused(const MetricsRegistry& registry) {
  for (const MetricSeries& series : registry.Snapshot()) {
    if (series.name == "sampo_metrics_series_refused_total") return series.counter;
  }
  return ~uint64_t{0};
}

TEST(MetricsTest, DefaultHandlesDoNothing) {
  Counter().Add();
  Gauge().Set(3);
  Histogram().Record(3);
  EXPECT_EQ(Counter().Value(), 0u);
  EXPECT_EQ(Gauge().Value(), 0);
  EXPECT_EQ(Histogram().Snapshot().count, 0u);
}

TEST(MetricsTest, KeepsNumbersOfEveryKind) {
  MetricsRegistry registry;
  Counter counter = registry.GetCounter({.name = "c"});
  Gauge gauge = registry.GetGauge({.name = "g"});
  Histogram histogram = registry.GetHistogram({.name = "h_us", .help = "Time."});
  counter.Add();
  counter.Add(4);
  gauge.Set(10);
  gauge.Add(-12);
  histogram.Record(7);
  const std::vector<MetricSeries> all = registry.Snapshot();
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0].counter, 5u);
  EXPECT_EQ(all[1].gauge, -2);
  EXPECT_EQ(all[2].histogram.Percentile(0.5), 7u);
  EXPECT_EQ(all[2].help, "Time.");
  EXPECT_EQ(MetricKindName(all[2].kind), "histogram");
}

TEST(MetricsTest, SameNameAndLabelsAreTheSameSeries) {
  MetricsRegistry registry;
  registry.GetCounter({.name = "c", .labels = {{"a", "1"}, {"b", "2"}}}).Add();
  registry.GetCounter({.name = "c", .labels = {{"b", "2"}, {"a", "1"}}}).Add();
  EXPECT_EQ(Show(registry), Lines{"c{a=1,b=2} 2"});
}

TEST(MetricsTest, SnapshotsAreSortedByNameThenLabels) {
  MetricsRegistry registry;
  (void)registry.GetCounter({.name = "b", .labels = {{"x", "2"}}});
  (void)registry.GetGauge({.name = "a"});
  (void)registry.GetCounter({.name = "b", .labels = {{"x", "1"}}});
  (void)registry.GetCounter({.name = "b"});
  EXPECT_EQ(Show(registry), (Lines{"a{} 0", "b{} 0", "b{x=1} 0", "b{x=2} 0"}));
}

TEST(MetricsTest, SeriesBeyondTheBoundShareOneAndAreCounted) {
  MetricsRegistry registry({.series_per_name_max = 2});
  for (std::string id : {"1", "2", "3", "4", "2"}) {
    registry.GetCounter({.name = "c", .labels = {{"id", id}}}).Add();
  }
  EXPECT_EQ(Show(registry), (Lines{"c{id=1} 1", "c{id=2} 2", "c{other=true} 2"}));
  EXPECT_EQ(Refused(registry), 2u);
  EXPECT_TRUE(registry.Problems().empty());
}

TEST(MetricsTest, LabelsThatAreTooLongShareTheSameSeries) {
  MetricsRegistry registry;
  registry.GetCounter({.name = "c", .labels = {{"id", std::string(257, 'x')}}}).Add();
  EXPECT_EQ(Show(registry), Lines{"c{other=true} 1"});
  EXPECT_EQ(Refused(registry), 1u);
}

TEST(MetricsTest, NamesThatAreWrongGiveWorkingHandlesAndAProblem) {
  MetricsRegistry registry;
  Counter bad = registry.GetCounter({.name = "a-b"});
  bad.Add();
  EXPECT_EQ(bad.Value(), 1u);
  (void)registry.GetCounter({.name = "a-b"});
  (void)registry.GetGauge({.name = "9"});
  (void)registry.GetGauge({.name = ""});
  (void)registry.GetGauge({.name = "g", .labels = {{"x y", "1"}}});
  EXPECT_TRUE(Show(registry).empty());
  EXPECT_EQ(registry.Problems(),
            (Lines{"metric \"a-b\": not a name; use letters, digits and _",
                   "metric \"9\": not a name; use letters, digits and _",
                   "metric \"\": not a name; use letters, digits and _",
                   "metric g: label \"x y\" is not a name; use letters, digits and _"}));
}

TEST(MetricsTest, ANameHasOneKind) {
  MetricsRegistry registry;
  registry.GetCounter({.name = "c"}).Add();
  Gauge gauge = registry.GetGauge({.name = "c"});
  gauge.Set(7);
  EXPECT_EQ(gauge.Value(), 7);
  EXPECT_EQ(Show(registry), Lines{"c{} 1"});
  EXPECT_EQ(registry.Problems(), Lines{"metric c: wanted as a gauge but is a counter; rename one"});
}

TEST(MetricsTest, BoundsTheNumberOfNames) {
  MetricsRegistry registry;
  for (size_t i = 0; i < kMetricNamesMax + 5; ++i) {
    (void)registry.GetGauge({.name = StrCat("g", i)});
  }
  EXPECT_EQ(registry.Snapshot().size(), kMetricNamesMax);
  // One name is the registry's own, so six of ours found no place.
  EXPECT_EQ(registry.Problems().size(), 6u);
}

TEST(MetricsTest, HandlesMayOutliveTheRegistry) {
  auto registry = std::make_unique<MetricsRegistry>();
  Counter counter = registry->GetCounter({.name = "c"});
  registry.reset();
  counter.Add();
  EXPECT_EQ(counter.Value(), 1u);
}

TEST(MetricsTest, CountsExactlyAcrossThreads) {
  MetricsRegistry registry;
  std::vector<std::thread> threads;
  for (int t = 0; t < 12; ++t) {  // More than there are shards.
    threads.emplace_back([&registry] {
      Counter counter = registry.GetCounter({.name = "c"});
      Gauge gauge = registry.GetGauge({.name = "g"});
      for (int i = 0; i < 5000; ++i) {
        counter.Add();
        gauge.Add(i % 2 ? 1 : -1);
      }
    });
  }
  for (int i = 0; i < 10; ++i) (void)registry.Snapshot();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Show(registry), (Lines{"c{} 60000", "g{} 0"}));
}

}  // namespace
}  // namespace sampo
