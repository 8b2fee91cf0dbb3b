// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include <algorithm>
#include <limits>
#include <string>

#include "sampo/actor/base/str_cat.h"
#include "sampo/management/internal/routes.h"
#include "sampo/stream/stall_report.h"

namespace sampo::internal {

AdminResponse StreamsRoute(ActorSystemBase& system, const AdminRequest& request) {
  ParameterReader parameters(request, {"limit", "after", "format"});
  const auto limit = static_cast<size_t>(parameters.Number("limit", 100, 1, kManagementPageMax));
  const auto after =
      static_cast<uint64_t>(parameters.Number("after", 0, 0, std::numeric_limits<int64_t>::max()));
  const std::string format = parameters.Text("format", "json");
  if (format != "json" && format != "text" && format != "dot") {
    parameters.Refuse("format", "there is no such format", "one of json, text, dot");
  }
  if (parameters.problem().has_value()) return *parameters.problem();

  stream::StreamsReport report = stream::DescribeStreams(system);
  const size_t total = report.streams.size();
  // Sorted by id: they are numbered as they start.
  std::erase_if(report.streams, [after](const auto& stream) { return stream.id <= after; });
  const bool more = report.streams.size() > limit;
  std::string next;
  if (more) {
    report.streams.erase(report.streams.begin() + static_cast<ptrdiff_t>(limit),
                         report.streams.end());
    next = StrCat("/streams?", format == "json" ? "" : StrCat("format=", format, "&"),
                  "limit=", limit, "&after=", report.streams.back().id);
  }
  // A comment in Graphviz's language, too.
  const std::string rest = more ? StrCat("// there are more: ", next, "\n") : "";
  if (format == "text") return {.content_type = "text/plain", .body = report.ToText() + rest};
  if (format == "dot") {
    return {.content_type = "text/vnd.graphviz", .body = report.ToGraphviz() + rest};
  }
  std::string json = report.ToJson();
  json.pop_back();  // the end of the object, which goes on
  StrAppend(json, ",\"total\":", total, ",\"more\":", more);
  if (more) StrAppend(json, ",\"next\":\"", next, "\"");
  return {.body = json + "}\n"};
}

}  // namespace sampo::internal
