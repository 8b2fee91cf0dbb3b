// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// PrometheusText: series of metrics in Prometheus' text format, 0.0.4.
//
// A histogram whose name ends in _ns, _nanos, _us, _micros, _ms or _millis becomes one in seconds
// (`_seconds`), as Prometheus wants units; gauges and counters keep name and number. Ours has 976
// buckets, the text some 25; what is counted in a bucket is surely below its bound, but values up
// to 6.25 % below it may be counted in the next one (actor/base/histogram.h).
//
// Threads: a pure function.
//
//   std::string text = PrometheusText(system.metrics().Snapshot());
#ifndef SAMPO_MANAGEMENT_INTERNAL_PROMETHEUS_TEXT_H_
#define SAMPO_MANAGEMENT_INTERNAL_PROMETHEUS_TEXT_H_

#include <string>
#include <string_view>
#include <vector>

#include "sampo/actor/base/metrics.h"

namespace sampo::internal {

inline constexpr std::string_view kPrometheusContentType =
    "text/plain; version=0.0.4; charset=utf-8";

// `series` as MetricsRegistry::Snapshot sorts them: those of one name together.
std::string PrometheusText(const std::vector<MetricSeries>& series);

}  // namespace sampo::internal

#endif  // SAMPO_MANAGEMENT_INTERNAL_PROMETHEUS_TEXT_H_
