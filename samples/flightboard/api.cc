// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/samples/flightboard/api.h"

#include <chrono>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sampo/http/coding/coding_directives.h"
#include "sampo/http/model/entity.h"
#include "sampo/http/model/message.h"
#include "sampo/http/routing/accept.h"
#include "sampo/http/routing/basic_directives.h"
#include "sampo/http/routing/complete.h"
#include "sampo/http/routing/conditional.h"
#include "sampo/http/routing/entity_directives.h"
#include "sampo/http/routing/from_text.h"
#include "sampo/http/routing/method_directives.h"
#include "sampo/http/routing/path_directives.h"
#include "sampo/http/routing/path_matchers.h"
#include "sampo/http/routing/value_directives.h"
#include "sampo/http/routing/value_spec.h"
#include "sampo/samples/flightboard/airport_list.h"
#include "sampo/samples/flightboard/batch.h"
#include "sampo/samples/flightboard/board_json.h"
#include "sampo/samples/flightboard/page.h"
#include "sampo/samples/flightboard/posted_flights.h"

namespace flightboard {
namespace {

using SharedNames = std::shared_ptr<const AirportNames>;

// A body that is JSON already.
struct JsonText {
  std::string text;
};
// A body that says it is JSON, not parsed yet.
struct JsonBody {
  std::string text;
};

}  // namespace
}  // namespace flightboard

namespace sampo::http {

template <>
struct Marshaller<flightboard::JsonText> {
  static Entity ToEntity(flightboard::JsonText json) {
    return Entity::Strict(ContentType::Json(), Bytes(std::move(json.text)));
  }
};
template <>
struct Unmarshaller<flightboard::JsonBody> {
  static constexpr std::string_view kMediaType = "application/json";
  static constexpr bool kNeedsContent = true;
  static absl::StatusOr<flightboard::JsonBody> FromEntity(const Entity& entity) {
    return flightboard::JsonBody{entity.bytes().ToString()};
  }
};
template <>
struct FromText<std::chrono::year_month_day> {
  static std::optional<std::chrono::year_month_day> Parse(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto number = [text](size_t at, size_t count) -> int {
      int value = 0;
      for (const char c : text.substr(at, count)) {
        if (c < '0' || c > '9') return -1;
        value = 10 * value + (c - '0');
      }
      return value;
    };
    const int year = number(0, 4);
    const int month = number(5, 2);
    const int day = number(8, 2);
    if (year < 0 || month < 0 || day < 0) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    return date.ok() ? std::optional(date) : std::nullopt;
  }
  static std::string Allowed() { return "a date yyyy-mm-dd"; }
};

}  // namespace sampo::http

namespace flightboard {
namespace {

using sampo::http::Complete;
using sampo::http::HttpRequest;
using sampo::http::HttpResponse;
using sampo::http::Param;
using sampo::http::Route;
using sampo::http::StatusCode;
using Date = std::chrono::year_month_day;

// What a browser may do with the page: nothing from elsewhere.
constexpr char kPagePolicy[] =
    "default-src 'none'; connect-src 'self'; img-src data:; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

HttpResponse PageResponse() {
  return {
      .headers = {{"Content-Security-Policy", kPagePolicy}, {"X-Content-Type-Options", "nosniff"}},
      .entity = sampo::http::Entity::Strict(sampo::http::ContentType::HtmlUtf8(),
                                            sampo::http::Bytes(std::string_view(kPage)))};
}

// A strong one: answers that differ in a byte have others (FNV-1a).
std::string EtagOf(std::string_view body) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : body) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return absl::StrFormat("\"%016x\"", hash);
}

// The answer, or 304 where `request` says that the client has it.
HttpResponse Tagged(const HttpRequest& request, HttpResponse response) {
  if (response.status != StatusCode::kOk || !response.entity.IsStrict()) return response;
  const sampo::http::Validators validators{.etag = EtagOf(response.entity.bytes().view()),
                                           .last_modified = {}};
  if (EvaluatePreconditions(request, validators) == StatusCode::kNotModified) {
    response.status = StatusCode::kNotModified;
    response.entity = {};
  }
  AddValidators(validators, response);
  return response;
}

// Answers have an ETag of what they say, and are asked for again each time with it: that saves
// their way over the network, not their making.
Route WithEtag(const Route& inner) {
  return sampo::http::RespondWithDefaultHeader(
      "Cache-Control", "no-cache", sampo::http::ExtractRequest([inner](const HttpRequest& request) {
        auto head = std::make_shared<HttpRequest>();
        head->method = request.method;
        head->headers = request.headers;
        return sampo::http::MapResponse(
            [head](HttpResponse response) { return Tagged(*head, std::move(response)); }, inner);
      }));
}

absl::Status NoSuchAirport(const std::string& code) {
  return absl::NotFoundError(
      absl::StrCat("no flights from or to \"", code, "\"; GET /airports lists the airports"));
}

// {"places":[["LAS",36.08036111,-115.15233333],...]}, by iata.
std::string PlacesJson(const AirportNames& names) {
  std::string text = "{\"places\":[";
  for (const auto& [iata, name] : names) {
    absl::StrAppendFormat(&text, "%s[\"%s\",%.4f,%.4f]", text.back() == '[' ? "" : ",",
                          iata.ToString(), name.latitude_degrees, name.longitude_degrees);
  }
  return text + "]}";
}

Route ListRoute(const FlightStore& store, const SharedNames& names) {
  return Parameters(Param<std::string>("sort").OneOf(SortNames()).Default("iata"),
                    Param<int64_t>("limit").Between(1, kPageAirportsMax).Default(kPageAirportsMax),
                    Param<int64_t>("page").Between(1, kPagesMax).Default(1),
                    [store, names](std::string sort, int64_t limit, int64_t page) {
                      const ListQuery query{.sort = std::move(sort), .limit = limit, .page = page};
                      return Complete(store.Summary().Map([names, query](const Board& board) {
                        return JsonText{AirportList(board, *names, query)};
                      }));
                    });
}

Route AirportRoute(const FlightStore& store, const SharedNames& names, const std::string& code) {
  return Route([store, names, code] {
    const std::optional<Iata> iata = Iata::Parse(code);
    if (!iata.has_value()) return Complete(NoSuchAirport(code));
    return Complete(store.Airport(*iata).Map(
        [names](const AirportStats& airport) { return JsonText{ToJson(airport, *names)}; }));
  });
}

std::string PageJson(const FlightsPage& page) {
  std::string text = "{\"flights\":[";
  for (const StoredFlight& flight : page.flights) {
    absl::StrAppend(&text, text.back() == '[' ? "" : ",", ToJson(flight));
  }
  return absl::StrCat(
      text, "],\"next\":", page.next.has_value() ? absl::StrCat(*page.next) : "null", "}");
}

Route FlightsRoute(const FlightStore& store, const std::string& code) {
  return Parameters(
      Param<Date>("from").Optional(), Param<Date>("to").Optional(),
      Param<int64_t>("limit").Between(1, kPageFlightsMax).Default(100),
      Param<int64_t>("after").Between(0, std::numeric_limits<int64_t>::max()).Default(0),
      [store, code](std::optional<Date> from, std::optional<Date> to, int64_t limit,
                    int64_t after) {
        const std::optional<Iata> iata = Iata::Parse(code);
        if (!iata.has_value()) return Complete(NoSuchAirport(code));
        FlightsQuery query{
            .airport = *iata, .from = from, .to = to, .after = after, .limit = limit};
        // The airport says whether it is there: an empty page says nothing about that.
        return Complete(
            store.Airport(*iata)
                .FlatMap([store, query](const AirportStats&) { return store.Flights(query); })
                .Map([](const FlightsPage& page) { return JsonText{PageJson(page)}; }));
      });
}

sampo::http::Completion Post(const FlightStore& store, PostedFlights posted) {
  if (posted.flights.empty()) return Complete(JsonText{AnswerTo(posted, {})});
  std::vector<PositionedFlight> flights = std::move(posted.flights);
  sampo::Future<BatchResult> recorded = store.Record(posted.source, std::move(flights));
  return Complete(std::move(recorded).Map([posted = std::move(posted)](const BatchResult& result) {
    return JsonText{AnswerTo(posted, result)};
  }));
}

Route PostRoute(const FlightStore& store) {
  const Route take = sampo::http::EntityAs<JsonBody>([store](const JsonBody& body) -> Route {
    absl::StatusOr<PostedFlights> posted = ParsePostedFlights(body.text);
    if (absl::IsResourceExhausted(posted.status())) {
      return sampo::http::Reject({.kind = sampo::http::RejectionKind::kContentTooLarge,
                                  .place = "flights",
                                  .value = std::string(posted.status().message()),
                                  .allowed = absl::StrCat("at most ", kBatchFlightsMax)});
    }
    if (!posted.ok()) return Complete(posted.status());
    return Post(store, *std::move(posted));
  });
  // Asked for first: what is answered 406 must not have been stored.
  return sampo::http::ExtractRequest([take](const HttpRequest& request) -> Route {
    if (WeightOfType(request.headers, "application/json") > 0) return take;
    return sampo::http::Reject({.kind = sampo::http::RejectionKind::kNotAcceptable,
                                .place = "header Accept",
                                .value = std::string(request.headers.Get("Accept").value_or("")),
                                .allowed = "application/json"});
  });
}

}  // namespace

Route ApiRoutes(FlightStore store, SharedNames names) {
  using sampo::http::Get;
  using sampo::http::PathEnd;
  using sampo::http::PathPrefix;
  using sampo::http::PathSingleSlash;
  const std::string places = PlacesJson(*names);
  Route routes = Concat(
      PathSingleSlash(Get(WithEtag(Route([] { return Complete(PageResponse()); })))),
      PathPrefix("airports",
                 Concat(PathEnd(Get(WithEtag(ListRoute(store, names)))),
                        PathPrefix(sampo::http::Segment,
                                   [store, names](const std::string& code) {
                                     return Concat(
                                         PathEnd(Get(WithEtag(AirportRoute(store, names, code)))),
                                         Path("flights", Get(FlightsRoute(store, code))));
                                   }))),
      Path("flights", sampo::http::Post(PostRoute(store))),
      Path("places", Get(WithEtag(Route([places] { return Complete(JsonText{places}); })))));
  return sampo::http::EncodeResponse(sampo::http::DecodeRequest(std::move(routes)));
}

sampo::http::RoutingSettings ApiSettings() { return {.content_bytes_max = kPostBytesMax}; }

}  // namespace flightboard
