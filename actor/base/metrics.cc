// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/metrics.h"

#include <algorithm>
#include <functional>
#include <mutex>
#include <variant>

#include "absl/strings/ascii.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo {
namespace {

constexpr std::string_view kRefusedName = "sampo_metrics_series_refused_total";

// Chosen, not measured: a start-up log with more lines is not read.
constexpr size_t kProblemsMax = 100;

using AnyCell = std::variant<std::shared_ptr<detail::CounterCell>,
                             std::shared_ptr<detail::GaugeCell>, std::shared_ptr<HistogramCell>>;

struct Family {
  MetricKind kind = MetricKind::kCounter;
  std::string help;
  std::map<MetricLabels, AnyCell> series;
};

// The data model of Prometheus without the colon, which it keeps for recording rules.
bool IsName(std::string_view name) {
  if (name.empty() || name.size() > kMetricLabelBytesMax || absl::ascii_isdigit(name.front())) {
    return false;
  }
  return std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return absl::ascii_isalnum(c) || c == '_'; });
}

bool FitsLabelBound(const MetricLabels& labels) {
  return std::all_of(labels.begin(), labels.end(),
                     [](const auto& label) { return label.second.size() <= kMetricLabelBytesMax; });
}

void Fill(const AnyCell& cell, MetricSeries& series) {
  if (const auto* counter = std::get_if<std::shared_ptr<detail::CounterCell>>(&cell)) {
    series.counter = (*counter)->Value();
  } else if (const auto* gauge = std::get_if<std::shared_ptr<detail::GaugeCell>>(&cell)) {
    // Relaxed: pairs with Gauge::Set and Add.
    series.gauge = (*gauge)->value.load(std::memory_order_relaxed);
  } else if (const auto* histogram = std::get_if<std::shared_ptr<HistogramCell>>(&cell)) {
    series.histogram = (*histogram)->Snapshot();
  }
}

}  // namespace

namespace detail {

uint32_t NextCounterShard() {
  static std::atomic<uint32_t> next{0};
  // Relaxed: only the number matters.
  return next.fetch_add(1, std::memory_order_relaxed) % kCounterShards;
}

}  // namespace detail

std::string_view MetricKindName(MetricKind kind) {
  switch (kind) {
    case MetricKind::kCounter:
      return "counter";
    case MetricKind::kGauge:
      return "gauge";
    case MetricKind::kHistogram:
      break;
  }
  return "histogram";
}

struct MetricsRegistry::State {
  Options options;
  Counter refused;  // Of the series kRefusedName.

  mutable std::mutex mutex;  // Guards what follows.
  std::map<std::string, Family, std::less<>> families;
  std::vector<std::string> problems;

  // Adds a line to the problems, unless it is there.
  void AddProblem(std::string line) {
    const bool known = std::find(problems.begin(), problems.end(), line) != problems.end();
    if (!known && problems.size() < kProblemsMax) problems.push_back(std::move(line));
  }

  // The family for a series of that name and kind; null, with a problem noted, if there is none.
  Family* FamilyFor(MetricKind kind, const MetricOptions& wanted) {
    // The name is cut, because it may be anything and is kept.
    const std::string_view name = wanted.name.substr(0, kMetricLabelBytesMax);
    if (!IsName(wanted.name)) {
      AddProblem(StrCat("metric \"", name, "\": not a name; use letters, digits and _"));
      return nullptr;
    }
    for (const auto& [label, value] : wanted.labels) {
      if (IsName(label)) continue;
      AddProblem(StrCat("metric ", name, ": label \"",
                        ToStd(absl::string_view(label).substr(0, kMetricLabelBytesMax)),
                        "\" is not a name; use letters, digits and _"));
      return nullptr;
    }
    auto found = families.find(name);
    if (found == families.end()) {
      if (families.size() >= kMetricNamesMax) {
        AddProblem(StrCat("metric ", name, ": there are ", kMetricNamesMax,
                          " names already; put what varies into a label"));
        return nullptr;
      }
      Family family{.kind = kind, .help = std::string(wanted.help), .series = {}};
      found = families.emplace(std::string(name), std::move(family)).first;
    }
    if (found->second.kind != kind) {
      AddProblem(StrCat("metric ", name, ": wanted as a ", MetricKindName(kind), " but is a ",
                        MetricKindName(found->second.kind), "; rename one"));
      return nullptr;
    }
    return &found->second;
  }
};

MetricsRegistry::MetricsRegistry() : MetricsRegistry(Options()) {}

MetricsRegistry::MetricsRegistry(Options options) : state_(std::make_unique<State>()) {
  state_->options = options;
  state_->refused = GetCounter(
      {.name = kRefusedName, .help = "Requests for a series beyond the bound of its name."});
}

MetricsRegistry::~MetricsRegistry() = default;

template <typename Cell>
std::shared_ptr<Cell> MetricsRegistry::Get(MetricKind kind, const MetricOptions& options) {
  std::lock_guard<std::mutex> lock(state_->mutex);
  Family* const family = state_->FamilyFor(kind, options);
  if (family == nullptr) return std::make_shared<Cell>();
  MetricLabels labels = options.labels;
  const bool is_new = !family->series.contains(labels);
  const bool full = family->series.size() >= state_->options.series_per_name_max;
  if ((is_new && full) || !FitsLabelBound(labels)) {
    state_->refused.Add();
    labels = {{"other", "true"}};
  }
  AnyCell& cell = family->series[labels];
  // A new entry holds the first alternative without a cell. The kind of a family never changes,
  // so an old one holds ours.
  if (auto* held = std::get_if<std::shared_ptr<Cell>>(&cell); held != nullptr && *held) {
    return *held;
  }
  auto made = std::make_shared<Cell>();
  cell = made;
  return made;
}

Counter MetricsRegistry::GetCounter(const MetricOptions& options) {
  return Counter(Get<detail::CounterCell>(MetricKind::kCounter, options));
}

Gauge MetricsRegistry::GetGauge(const MetricOptions& options) {
  return Gauge(Get<detail::GaugeCell>(MetricKind::kGauge, options));
}

Histogram MetricsRegistry::GetHistogram(const MetricOptions& options) {
  return Histogram(Get<HistogramCell>(MetricKind::kHistogram, options));
}

std::vector<MetricSeries> MetricsRegistry::Snapshot() const {
  std::lock_guard<std::mutex> lock(state_->mutex);
  std::vector<MetricSeries> all;
  for (const auto& [name, family] : state_->families) {
    for (const auto& [labels, cell] : family.series) {
      MetricSeries& series = all.emplace_back();
      series.name = name;
      series.kind = family.kind;
      series.help = family.help;
      series.labels = labels;
      Fill(cell, series);
    }
  }
  return all;
}

std::vector<std::string> MetricsRegistry::Problems() const {
  std::lock_guard<std::mutex> lock(state_->mutex);
  return state_->problems;
}

}  // namespace sampo
