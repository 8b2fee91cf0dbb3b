// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/internal/wait_graph.h"

#include <algorithm>
#include <utility>

namespace sampo::stream::internal {
namespace {

using Graph = std::vector<std::vector<int>>;  // [stage]: the stages it waits for

bool WaitsOutside(const StageState& stage) {
  if (!stage.waits_for.empty()) return true;
  return stage.futures_in_flight > 0 && stage.futures_in_flight >= stage.futures_max;
}

bool HasDemand(const StreamState& stream, int stage) {
  for (const ConnectionState& c : stream.connections) {
    if (c.from == stage && c.wait == ConnectionWait::kElement) return true;
  }
  return false;
}

void AddBoundaries(const StreamState& stream, Graph& graph) {
  const int count = static_cast<int>(stream.stages.size());
  for (int a = 0; a < count; ++a) {
    const StageState& out = stream.stages[static_cast<size_t>(a)];
    if (out.boundary == 0) continue;
    for (int b = 0; b < count; ++b) {
      const StageState& in = stream.stages[static_cast<size_t>(b)];
      if (a == b || in.boundary != out.boundary) continue;
      // The side with an outlet that is asked for elements waits for the other one.
      if (HasDemand(stream, b)) {
        graph[static_cast<size_t>(b)].push_back(a);
      } else if (!HasDemand(stream, a)) {
        bool sends = false;  // `a` has an inlet, so it is the sending side
        for (const ConnectionState& c : stream.connections) sends = sends || c.to == a;
        if (sends) graph[static_cast<size_t>(a)].push_back(b);
      }
    }
  }
}

Graph WaitsOf(const StreamState& stream) {
  Graph graph(stream.stages.size());
  for (const ConnectionState& c : stream.connections) {
    switch (c.wait) {
      case ConnectionWait::kDemand:
      case ConnectionWait::kTaking:
        graph[static_cast<size_t>(c.from)].push_back(c.to);
        break;
      case ConnectionWait::kElement:
        graph[static_cast<size_t>(c.to)].push_back(c.from);
        break;
      case ConnectionWait::kClosed:
        break;
    }
  }
  AddBoundaries(stream, graph);
  for (size_t i = 0; i < graph.size(); ++i) {
    if (WaitsOutside(stream.stages[i])) graph[i].clear();
  }
  return graph;
}

class Tarjan {
 public:
  explicit Tarjan(const Graph& graph)
      : graph_(graph), index_(graph.size(), -1), low_(graph.size()), part_(graph.size(), -1) {
    for (size_t i = 0; i < graph.size(); ++i) {
      if (index_[i] < 0) Visit(static_cast<int>(i));
    }
  }
  // [stage]: the number of its part.
  const std::vector<int>& part() const { return part_; }
  int parts() const { return parts_; }

 private:
  struct Frame {
    int stage;
    size_t next;
  };

  void Enter(int stage) {
    index_[static_cast<size_t>(stage)] = low_[static_cast<size_t>(stage)] = clock_++;
    open_.push_back(stage);
    frames_.push_back({stage, 0});
  }
  void Visit(int root) {
    Enter(root);
    while (!frames_.empty()) {
      const auto at = static_cast<size_t>(frames_.back().stage);
      if (frames_.back().next < graph_[at].size()) {
        const int to = graph_[at][frames_.back().next++];
        const auto other = static_cast<size_t>(to);
        if (index_[other] < 0) {
          Enter(to);
        } else if (part_[other] < 0) {
          low_[at] = std::min(low_[at], index_[other]);
        }
        continue;
      }
      frames_.pop_back();
      if (!frames_.empty()) {
        const auto above = static_cast<size_t>(frames_.back().stage);
        low_[above] = std::min(low_[above], low_[at]);
      }
      if (low_[at] == index_[at]) ClosePart(static_cast<int>(at));
    }
  }
  void ClosePart(int root) {
    for (;;) {
      const int stage = open_.back();
      open_.pop_back();
      part_[static_cast<size_t>(stage)] = parts_;
      if (stage == root) break;
    }
    ++parts_;
  }

  const Graph& graph_;
  std::vector<int> index_;
  std::vector<int> low_;
  std::vector<int> part_;
  std::vector<int> open_;
  std::vector<Frame> frames_;
  int clock_ = 0;
  int parts_ = 0;
};

}  // namespace

std::vector<std::vector<int>> FindHeads(const StreamState& stream) {
  if (!stream.running.empty()) return {};
  const Graph graph = WaitsOf(stream);
  const Tarjan tarjan(graph);
  std::vector<std::vector<int>> members(static_cast<size_t>(tarjan.parts()));
  std::vector<bool> waits(members.size(), false);
  for (size_t i = 0; i < graph.size(); ++i) {
    const auto part = static_cast<size_t>(tarjan.part()[i]);
    members[part].push_back(static_cast<int>(i));
    for (int to : graph[i]) {
      if (tarjan.part()[static_cast<size_t>(to)] != tarjan.part()[i]) waits[part] = true;
    }
  }
  std::vector<std::vector<int>> heads;
  for (size_t part = 0; part < members.size(); ++part) {
    if (!waits[part]) heads.push_back(std::move(members[part]));
  }
  std::sort(heads.begin(), heads.end());
  return heads;
}

}  // namespace sampo::stream::internal
