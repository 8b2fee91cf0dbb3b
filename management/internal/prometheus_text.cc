// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/management/internal/prometheus_text.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>

#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/base/utf8.h"

namespace sampo::internal {
namespace {

// A name's ending, and what one of its unit is in seconds.
struct TimeUnit {
  std::string_view ending;
  double seconds;
};
constexpr TimeUnit kTimeUnits[] = {{"_nanos", 1e-9}, {"_ns", 1e-9},     {"_micros", 1e-6},
                                   {"_us", 1e-6},    {"_millis", 1e-3}, {"_ms", 1e-3}};

// Upper bounds: 1, 2.5 and 5 of each power of ten that a duration may sensibly have, and 0, 1, 2, 5
// for sizes and depths. Chosen, not measured.
constexpr std::array kSecondsBounds = {1e-6, 2.5e-6, 5e-6,   1e-5, 2.5e-5, 5e-5,   1e-4, 2.5e-4,
                                       5e-4, 1e-3,   2.5e-3, 5e-3, 1e-2,   2.5e-2, 5e-2, 0.1,
                                       0.25, 0.5,    1.0,    2.5,  5.0,    10.0,   30.0, 60.0};
constexpr std::array kPlainBounds = {0.,  1.,  2.,  5.,  10., 20., 50., 1e2, 2e2, 5e2, 1e3, 2e3,
                                     5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 1e7, 1e8, 1e9};

// What is no UTF-8 would make the whole text unreadable.
std::string Readable(std::string_view text) {
  std::string readable;
  for (size_t at = 0; at < text.size();) {
    const size_t length = Utf8Length(text.substr(at));
    readable += length == 0 ? "?" : text.substr(at, length);
    at += length == 0 ? 1 : length;
  }
  return readable;
}

// A help text is one line.
std::string HelpLine(std::string_view text) {
  std::string line = Readable(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

prometheus::ClientMetric WithLabels(const MetricSeries& series) {
  prometheus::ClientMetric metric;
  for (const auto& [name, value] : series.labels) {
    metric.label.push_back({.name = name, .value = Readable(value)});
  }
  return metric;
}

template <size_t kCount>
prometheus::ClientMetric::Histogram HistogramOf(const HistogramSnapshot& from, double unit,
                                                const std::array<double, kCount>& bounds) {
  prometheus::ClientMetric::Histogram to;
  to.sample_count = from.count;
  to.sample_sum = static_cast<double>(from.sum) * unit;
  for (double bound : bounds) {
    // Rounded: 1e-6 / 1e-9 is a little less than 1,000.
    const auto whole = static_cast<uint64_t>(std::llround(bound / unit));
    to.bucket.push_back({.cumulative_count = from.CountAtMost(whole), .upper_bound = bound});
  }
  return to;
}

prometheus::ClientMetric MetricOf(const MetricSeries& series, const TimeUnit* unit) {
  prometheus::ClientMetric metric = WithLabels(series);
  switch (series.kind) {
    case MetricKind::kCounter:
      metric.counter.value = static_cast<double>(series.counter);
      break;
    case MetricKind::kGauge:
      metric.gauge.value = static_cast<double>(series.gauge);
      break;
    case MetricKind::kHistogram:
      metric.histogram = unit == nullptr
                             ? HistogramOf(series.histogram, 1, kPlainBounds)
                             : HistogramOf(series.histogram, unit->seconds, kSecondsBounds);
      break;
  }
  return metric;
}

prometheus::MetricType TypeOf(MetricKind kind) {
  switch (kind) {
    case MetricKind::kCounter:
      return prometheus::MetricType::Counter;
    case MetricKind::kGauge:
      return prometheus::MetricType::Gauge;
    case MetricKind::kHistogram:
      break;
  }
  return prometheus::MetricType::Histogram;
}

// The unit of a histogram of times; null: it is none.
const TimeUnit* UnitOf(const MetricSeries& series) {
  if (series.kind != MetricKind::kHistogram) return nullptr;
  for (const TimeUnit& unit : kTimeUnits) {
    if (std::string_view(series.name).ends_with(unit.ending)) return &unit;
  }
  return nullptr;
}

}  // namespace

std::string PrometheusText(const std::vector<MetricSeries>& series) {
  std::set<std::string> names;
  for (const MetricSeries& one : series) names.insert(one.name);
  std::vector<prometheus::MetricFamily> families;
  const TimeUnit* unit = nullptr;  // of the family
  std::string_view name;
  for (const MetricSeries& one : series) {
    if (families.empty() || one.name != name) {
      name = one.name;
      unit = UnitOf(one);
      std::string shown = one.name;
      if (unit != nullptr) {
        shown = StrCat(name.substr(0, name.size() - unit->ending.size()), "_seconds");
        // A name that somebody else has is not taken away.
        if (!names.insert(shown).second) {
          shown = one.name;
          unit = nullptr;
        }
      }
      families.push_back({.name = std::move(shown),
                          .help = HelpLine(one.help),
                          .type = TypeOf(one.kind),
                          .metric = {}});
    }
    families.back().metric.push_back(MetricOf(one, unit));
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace sampo::internal
