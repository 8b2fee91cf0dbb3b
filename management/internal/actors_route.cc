// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include <map>
#include <string>
#include <utility>

#include "sampo/actor/actor_snapshot.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/management/internal/json_text.h"
#include "sampo/management/internal/routes.h"

namespace sampo::internal {
namespace {

std::string Rfc3339(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

// "/user/a" of "/user/a/b"; "/" of "/user".
std::string ParentOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

// What the whole tree holds, or as much of it as is looked at.
struct Totals {
  size_t actors = 0;
  int64_t messages_waiting = 0;
  std::map<std::string, int64_t> by_state;
  std::map<std::string, int64_t, std::less<>> children;  // by path of the parent
  bool more = false;                                     // there are others
};

Totals TotalsOf(const ActorPage& all) {
  Totals totals;
  totals.more = all.more;
  totals.actors = all.actors.size();
  for (const ActorSnapshot& actor : all.actors) {
    totals.messages_waiting += actor.mailbox_depth;
    ++totals.by_state[std::string(ActorStateName(actor.state))];
    ++totals.children[ParentOf(actor.path)];
  }
  return totals;
}

// What it does now, for a reader.
std::string Doing(const ActorSnapshot& actor, absl::Time since) {
  if (actor.thread.empty()) return std::string(ActorStateName(actor.state));
  return StrCat("busy since ", Rfc3339(since));
}

JsonText JsonOf(const ActorSnapshot& actor, const Totals& totals, absl::Time now) {
  const absl::Time since = now - actor.busy;
  JsonText json = JsonText::Object();
  json.Set("path", actor.path);
  json.Set("uid", actor.uid);
  json.Set("state", ActorStateName(actor.state));
  json.Set("doing", Doing(actor, since));
  json.Set("messages_waiting", actor.mailbox_depth);
  json.Set("dispatcher", actor.dispatcher);
  // Those of an actor beyond what the totals saw are not known.
  if (!totals.more) {
    const auto children = totals.children.find(actor.path);
    json.Set("children", children == totals.children.end() ? 0 : children->second);
  }
  if (actor.thread.empty()) return json;
  json.Set("thread", actor.thread);
  json.Set("busy_since", Rfc3339(since));
  json.Set("busy_seconds", absl::ToDoubleSeconds(actor.busy));
  return json;
}

JsonText JsonOf(const Totals& totals) {
  JsonText states = JsonText::Object();
  for (const auto& [state, count] : totals.by_state) states.Set(state, count);
  JsonText json = JsonText::Object();
  json.Set("actors", totals.actors);
  json.Set("messages_waiting", totals.messages_waiting);
  json.Set("by_state", std::move(states));
  json.Set("more", totals.more);
  return json;
}

// A path may hold what a query may not: it is a list of URL-safe names, or comes from a user.
std::string QueryEscaped(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= 'a' && byte <= 'z') ||
                       std::string_view("/-_.~").find(c) != std::string_view::npos;
    if (plain) {
      escaped += c;
    } else {
      escaped += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return escaped;
}

}  // namespace

AdminResponse ActorsRoute(ActorSystemBase& system, const AdminRequest& request) {
  ParameterReader parameters(request, {"limit", "after", "below"});
  DescribeActorsOptions options;
  options.limit = static_cast<size_t>(parameters.Number("limit", 100, 1, kManagementPageMax));
  options.after = parameters.Text("after", "");
  options.below = parameters.Text("below", "/");
  for (const std::string name : {"after", "below"}) {
    if (parameters.Has(name) && !parameters.Text(name, "").starts_with('/')) {
      parameters.Refuse(name, "it is no path", "give a path such as /user/shop");
    }
  }
  if (parameters.problem().has_value()) return *parameters.problem();

  const absl::Time now = system.clock().WallTime();
  const ActorPage page = DescribeActors(system, options);
  const Totals totals =
      TotalsOf(DescribeActors(system, {.limit = kTotalsActorsMax, .below = options.below}));
  JsonText actors = JsonText::Array();
  for (const ActorSnapshot& actor : page.actors) actors.Add(JsonOf(actor, totals, now));
  JsonText json = JsonText::Object();
  json.Set("system", system.name());
  json.Set("now", Rfc3339(now));
  json.Set("totals", JsonOf(totals));
  json.Set("actors", std::move(actors));
  json.Set("more", page.more);
  if (page.more && !page.actors.empty()) {
    std::string next =
        StrCat("/actors?limit=", options.limit, "&after=", QueryEscaped(page.actors.back().path));
    if (options.below != "/") StrAppend(next, "&below=", QueryEscaped(options.below));
    json.Set("next", next);
  }
  return {.body = json.ToString()};
}

}  // namespace sampo::internal
