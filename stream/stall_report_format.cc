// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// A report about streams as text, as JSON and for Graphviz.
#include <string>
#include <string_view>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/stream/stall_report.h"

namespace sampo::stream {
namespace {

std::string_view WaitName(ConnectionWait wait) {
  switch (wait) {
    case ConnectionWait::kDemand:
      return "waits for demand";
    case ConnectionWait::kElement:
      return "waits for an element";
    case ConnectionWait::kTaking:
      return "element not taken";
    case ConnectionWait::kClosed:
      return "closed";
  }
  return "";
}

std::string Since(int64_t since_nanos, int64_t now_nanos) {
  return absl::FormatDuration(
      absl::Trunc(absl::Nanoseconds(now_nanos - since_nanos), absl::Milliseconds(1)));
}

std::string Holds(const StageState& stage) {
  std::string text;
  if (stage.buffered >= 0) {
    text += StrCat(", buffer ", stage.buffered, " of ", stage.buffer_size);
  }
  if (stage.futures_in_flight >= 0) {
    text += StrCat(", futures ", stage.futures_in_flight, " of ", stage.futures_max);
  }
  if (!stage.waits_for.empty()) text += StrCat(", waits for ", stage.waits_for);
  return text;
}

std::string HeadText(const StreamState& stream, const std::vector<int>& head) {
  std::string text = head.size() > 1 ? "deadlock: " : "stalled at: ";
  std::string_view separator;
  for (int stage : head) {
    const StageState& state = stream.stages[static_cast<size_t>(stage)];
    text += StrCat(separator, DisplayName(state), Holds(state));
    separator = "; ";
  }
  return text;
}

std::string Json(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += absl::StrFormat("\\u%04x", static_cast<int>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string JsonOfStage(const StageState& stage) {
  std::string out = StrCat("{\"name\":", Json(stage.name), ",\"file\":", Json(stage.file),
                           ",\"line\":", stage.line, ",\"island\":", stage.island);
  if (stage.buffered >= 0) {
    out += StrCat(",\"buffered\":", stage.buffered, ",\"buffer_size\":", stage.buffer_size);
  }
  if (stage.futures_in_flight >= 0) {
    out += StrCat(",\"futures_in_flight\":", stage.futures_in_flight,
                  ",\"futures_max\":", stage.futures_max);
  }
  if (!stage.waits_for.empty()) out += StrCat(",\"waits_for\":", Json(stage.waits_for));
  return out + "}";
}

template <class List, class F>
std::string JsonList(const List& list, F f) {
  std::string out = "[";
  std::string_view separator;
  for (const auto& item : list) {
    out += StrCat(separator, f(item));
    separator = ",";
  }
  return out + "]";
}

std::string JsonOfStream(const StreamState& stream, int64_t now_nanos) {
  auto nanos = [now_nanos](int64_t since) { return now_nanos - since; };
  return StrCat("{\"id\":", stream.id, ",\"stages\":", JsonList(stream.stages, &JsonOfStage),
                ",\"connections\":",
                JsonList(stream.connections,
                         [&](const ConnectionState& c) {
                           return StrCat("{\"from\":", c.from, ",\"to\":", c.to,
                                         ",\"state\":", Json(WaitName(c.wait)),
                                         ",\"for_nanos\":", nanos(c.since_nanos),
                                         ",\"operators\":", JsonList(c.operators, &Json), "}");
                         }),
                ",\"running\":",
                JsonList(stream.running,
                         [&](const RunningIsland& r) {
                           return StrCat("{\"island\":", r.island, ",\"stage\":", Json(r.stage),
                                         ",\"for_nanos\":", nanos(r.since_nanos), "}");
                         }),
                ",\"heads\":",
                JsonList(stream.heads,
                         [](const std::vector<int>& head) {
                           return JsonList(head, [](int stage) { return StrCat(stage); });
                         }),
                "}");
}

}  // namespace

std::string StreamsReport::ToText() const {
  if (streams.empty()) return "no stream runs\n";
  std::string text;
  for (const StreamState& stream : streams) {
    text += StrCat("stream ", stream.id, "\n");
    for (const RunningIsland& running : stream.running) {
      text += StrCat("  island ", running.island, " runs ",
                     running.stage.empty() ? std::string("now") : running.stage, ", busy since ",
                     Since(running.since_nanos, now_nanos), "\n");
    }
    for (const std::vector<int>& head : stream.heads) {
      text += StrCat("  ", HeadText(stream, head), "\n");
    }
    for (const ConnectionState& c : stream.connections) {
      text += StrCat("  ", DisplayName(stream.stages[static_cast<size_t>(c.from)]), " -> ");
      for (const std::string& op : c.operators) text += StrCat(op, " -> ");
      text += StrCat(DisplayName(stream.stages[static_cast<size_t>(c.to)]), ": ", WaitName(c.wait),
                     " since ", Since(c.since_nanos, now_nanos), "\n");
    }
    for (const StageState& stage : stream.stages) {
      const std::string holds = Holds(stage);
      if (!holds.empty()) text += StrCat("  ", DisplayName(stage), holds, "\n");
    }
  }
  return text;
}

std::string StreamsReport::ToJson() const {
  return StrCat(
      "{\"streams\":",
      JsonList(streams,
               [this](const StreamState& stream) { return JsonOfStream(stream, now_nanos); }),
      "}");
}

std::string StreamsReport::ToGraphviz() const {
  std::string text = "digraph streams {\n  rankdir=LR;\n  node [shape=box];\n";
  for (const StreamState& stream : streams) {
    std::vector<bool> is_head(stream.stages.size(), false);
    for (const std::vector<int>& head : stream.heads) {
      for (int stage : head) is_head[static_cast<size_t>(stage)] = true;
    }
    text += StrCat("  subgraph cluster_", stream.id, " {\n    label=\"stream ", stream.id, "\";\n");
    for (size_t i = 0; i < stream.stages.size(); ++i) {
      const StageState& stage = stream.stages[i];
      text +=
          StrCat("    s", stream.id, "_", i, " [label=", Json(DisplayName(stage) + Holds(stage)),
                 is_head[i] ? ", style=filled, fillcolor=orange" : "", "];\n");
    }
    for (const ConnectionState& c : stream.connections) {
      std::string label(WaitName(c.wait));
      for (const std::string& op : c.operators) label += StrCat("\n", op);
      text += StrCat("    s", stream.id, "_", c.from, " -> s", stream.id, "_", c.to,
                     " [label=", Json(label), "];\n");
    }
    text += "  }\n";
  }
  return text + "}\n";
}

}  // namespace sampo::stream
