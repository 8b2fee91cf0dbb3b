// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#ifndef SAMPO_ACTOR_BASE_METRICS_H_
#define SAMPO_ACTOR_BASE_METRICS_H_

// Counters, gauges and histograms of all modules, and the registry that names them.
//
// Why it exists: every module counts, and only management knows how the numbers are shown. A
// handle is got once, at start-up; what runs for every message is one relaxed atomic addition
// (a histogram: two, and seldom more), without lock and without allocation.
//
// A series is a name with a set of labels. Their number is bounded: what comes after the bound of
// its name is counted in one series with the label other="true", and the registry counts how
// often that happened. So data in a label (an entity id, say) costs accuracy, never the memory.
//
// Threads: everything may be used from any thread. Lifetime: handles keep their numbers alive, and
// may outlive the registry.
//
//   Counter sent = metrics.GetCounter({.name = "sampo_remote_frames_total",
//                                      .help = "Frames written to the wire.",
//                                      .labels = {{"lane", "control"}}});
//   sent.Add();

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sampo/actor/base/histogram.h"

namespace sampo {

// Names in one registry. Chosen, not measured: names are written by programmers.
inline constexpr size_t kMetricNamesMax = 1'000;

// Bytes of one label value; a longer one goes to the series other="true". Chosen, not measured.
inline constexpr size_t kMetricLabelBytesMax = 256;

// Ordered, so that a snapshot is too.
using MetricLabels = std::map<std::string, std::string>;

namespace detail {

// Chosen, not measured: more than the cores of the machines we know would use would cost memory,
// fewer make threads wait for each other's cache line.
inline constexpr size_t kCounterShards = 8;

// The shard of this thread, handed out in turn.
uint32_t NextCounterShard();
inline constinit thread_local uint32_t counter_shard = kCounterShards;  // No shard yet.

struct CounterCell {
  // A cache line each (64 bytes on x86-64 and most ARM), so that threads do not share one.
  struct alignas(64) Shard {
    std::atomic<uint64_t> value{0};
  };
  std::array<Shard, kCounterShards> shards;

  void Add(uint64_t n) {
    if (counter_shard == kCounterShards) [[unlikely]] {
      counter_shard = NextCounterShard();
    }
    // Relaxed: pairs with Value; a count publishes nothing else.
    shards[counter_shard].value.fetch_add(n, std::memory_order_relaxed);
  }

  uint64_t Value() const {
    uint64_t sum = 0;
    for (const Shard& shard : shards) sum += shard.value.load(std::memory_order_relaxed);
    return sum;
  }
};

struct GaugeCell {
  std::atomic<int64_t> value{0};
};

}  // namespace detail

// Counts events; only grows. A default one counts nothing.
class Counter {
 public:
  Counter() = default;

  void Add(uint64_t n = 1) const {
    if (cell_) cell_->Add(n);
  }
  // The sum over all threads, of the additions that have been seen.
  [[nodiscard]] uint64_t Value() const { return cell_ ? cell_->Value() : 0; }

 private:
  friend class MetricsRegistry;
  explicit Counter(std::shared_ptr<detail::CounterCell> cell) : cell_(std::move(cell)) {}

  std::shared_ptr<detail::CounterCell> cell_;
};

// A number that goes up and down. Whole, because sizes and states are; a ratio is given in parts
// of a thousand, with a name that ends in _permille. A default one keeps nothing.
class Gauge {
 public:
  Gauge() = default;

  void Set(int64_t value) const {
    // Relaxed, here and below: pairs with Value; a gauge publishes nothing else.
    if (cell_) cell_->value.store(value, std::memory_order_relaxed);
  }
  void Add(int64_t delta) const {
    if (cell_) cell_->value.fetch_add(delta, std::memory_order_relaxed);
  }
  [[nodiscard]] int64_t Value() const {
    return cell_ ? cell_->value.load(std::memory_order_relaxed) : 0;
  }

 private:
  friend class MetricsRegistry;
  explicit Gauge(std::shared_ptr<detail::GaugeCell> cell) : cell_(std::move(cell)) {}

  std::shared_ptr<detail::GaugeCell> cell_;
};

// The distribution of a number, whose unit ends its name: _us, _bytes. A default one keeps nothing.
class Histogram {
 public:
  Histogram() = default;

  void Record(uint64_t value) const {
    if (cell_) cell_->Record(value);
  }
  [[nodiscard]] HistogramSnapshot Snapshot() const {
    return cell_ ? cell_->Snapshot() : HistogramSnapshot();
  }

 private:
  friend class MetricsRegistry;
  explicit Histogram(std::shared_ptr<HistogramCell> cell) : cell_(std::move(cell)) {}

  std::shared_ptr<HistogramCell> cell_;
};

enum class MetricKind : uint8_t { kCounter, kGauge, kHistogram };

// "counter", "gauge" or "histogram".
[[nodiscard]] std::string_view MetricKindName(MetricKind kind);

struct MetricOptions {
  // Letters, digits and underscores, not a digit first: what Prometheus takes.
  std::string_view name;
  // One sentence for the reader of a dashboard. The first one given to a name stays.
  std::string_view help = {};
  MetricLabels labels = {};
};

// One series at the time of a snapshot; the field of its kind holds the number.
struct MetricSeries {
  std::string name;
  MetricKind kind = MetricKind::kCounter;
  std::string help;
  MetricLabels labels;
  uint64_t counter = 0;
  int64_t gauge = 0;
  HistogramSnapshot histogram;
};

class MetricsRegistry {
 public:
  struct Options {
    // Series of one name, besides the one for what exceeds it. Chosen, not measured: 1000
    // histograms are 8 MB.
    size_t series_per_name_max = 1'000;
  };

  MetricsRegistry();
  explicit MetricsRegistry(Options options);
  ~MetricsRegistry();
  MetricsRegistry(const MetricsRegistry&) = delete;
  MetricsRegistry& operator=(const MetricsRegistry&) = delete;

  // The series of that name and labels, made if it is new. Takes a lock: to be kept, not asked
  // for again with every event. A name that is malformed, in use for another kind, or beyond
  // kMetricNamesMax gives a handle that works but is not in the snapshot; Problems says why.
  [[nodiscard]] Counter GetCounter(const MetricOptions& options);
  [[nodiscard]] Gauge GetGauge(const MetricOptions& options);
  [[nodiscard]] Histogram GetHistogram(const MetricOptions& options);

  // All series, sorted by name, then by labels. Among them
  // `sampo_metrics_series_refused_total`: how often a handle of a series other="true" was given.
  [[nodiscard]] std::vector<MetricSeries> Snapshot() const;

  // What was wrong with names, each once, at most 100 lines; for the log at start-up.
  [[nodiscard]] std::vector<std::string> Problems() const;

 private:
  struct State;

  template <typename Cell>
  std::shared_ptr<Cell> Get(MetricKind kind, const MetricOptions& options);

  const std::unique_ptr<State> state_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_BASE_METRICS_H_
