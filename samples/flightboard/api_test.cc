// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The API without a socket, on a real store whose journal is in memory, in a simulation.
#include "sampo/samples/flightboard/api.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "sampo/http/testkit/route_test_kit.h"
#include "sampo/persistence/memory/in_memory_storage.h"
#include "sampo/persistence/persistence.h"
#include "sampo/samples/flightboard/airport_list.h"
#include "sampo/samples/flightboard/page.h"

namespace flightboard {
namespace {

using nlohmann::json;
using sampo::http::Get;
using sampo::http::Head;
using sampo::http::Post;
using sampo::http::StatusCode;
using sampo::http::TestResponse;

std::shared_ptr<const AirportNames> Names() {
  return std::make_shared<const AirportNames>(AirportNames{
      {*Iata::Parse("LAS"), {"McCarran", "Las Vegas", "NV", 36.08036111, -115.1523}},
      {*Iata::Parse("SFO"), {"San Francisco Intl", "San Francisco", "CA", 37.6, -122}}});
}

json FlightJson(int64_t position, const std::string& origin, const std::string& destination,
                int delay, const std::string& date = "2001/01/02 03:04") {
  return {{"position", position}, {"date", date},     {"delay", delay},
          {"distance", 407},      {"origin", origin}, {"destination", destination}};
}

class ApiTest : public testing::Test {
 protected:
  ApiTest() {
    sampo::persistence::Persistence::Get(kit_.system()).Use(storage_.PluginsFor(kit_.system()));
    routes_ = ApiRoutes(FlightStore::Start(kit_.system()), Names());
  }

  TestResponse Run(sampo::http::HttpRequest request) {
    return kit_.Run(*routes_, std::move(request));
  }
  json GetJson(const std::string& target) {
    const TestResponse response = Run(Get(target));
    EXPECT_EQ(response.status, StatusCode::kOk) << response;
    EXPECT_EQ(response.content_type, "application/json");
    return json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  }
  TestResponse PostText(const std::string& body) { return Run(Post("/flights").Json(body)); }
  TestResponse PostFlights(const std::string& source, const std::vector<json>& flights) {
    return PostText(json{{"source", source}, {"flights", flights}}.dump());
  }
  std::vector<std::string> Codes(const std::string& target) {
    std::vector<std::string> codes;
    const json answer = GetJson(target);
    for (const json& airport : answer["airports"]) codes.push_back(airport["iata"]);
    return codes;
  }

  sampo::persistence::InMemoryStorage storage_;
  sampo::http::RouteTestKit kit_{{.settings = ApiSettings()}};
  std::optional<sampo::http::Route> routes_;
};
using Strings = std::vector<std::string>;

TEST_F(ApiTest, AnEmptyBoardIsAnEmptyList) {
  EXPECT_EQ(GetJson("/airports"),
            (json{{"airports", json::array()}, {"total", 0}, {"page", 1}, {"limit", 1000}}));
}

TEST_F(ApiTest, PostedFlightsAreOnTheBoard) {
  const TestResponse posted =
      PostFlights("jan", {FlightJson(1, "LAS", "SFO", 10), FlightJson(2, "LAS", "SFO", 15)});
  EXPECT_EQ(posted.status, StatusCode::kOk) << posted;
  EXPECT_EQ(
      json::parse(posted.body),
      (json{{"new", 2}, {"already_known", 0}, {"rejected", 0}, {"rejections", json::array()}}));
  const json sfo = {{"iata", "SFO"},           {"name", "San Francisco Intl"},
                    {"city", "San Francisco"}, {"departures", 0},
                    {"arrivals", 2},           {"mean_delay_minutes", 12.5},
                    {"p95_delay_minutes", 15}, {"on_time_share", 0.5}};
  EXPECT_EQ(GetJson("/airports/SFO"), sfo);
  const json las = GetJson("/airports/LAS");
  EXPECT_TRUE(las["mean_delay_minutes"].is_null());
  EXPECT_EQ(GetJson("/airports")["airports"], json::array({las, sfo}));
}

TEST_F(ApiTest, TheSameFlightsAgainAddNothing) {
  PostFlights("jan", {FlightJson(1, "LAS", "SFO", 10)});
  const json before = GetJson("/airports");
  const TestResponse again =
      PostFlights("jan", {FlightJson(1, "LAS", "SFO", 10), FlightJson(2, "SFO", "SFO", 1)});
  EXPECT_EQ(json::parse(again.body)["new"], 1);
  EXPECT_EQ(json::parse(again.body)["already_known"], 1);
  EXPECT_EQ(GetJson("/airports/SFO")["departures"], 1);
  EXPECT_EQ(GetJson("/airports/SFO")["arrivals"], 2);
  EXPECT_NE(GetJson("/airports"), before);
}

TEST_F(ApiTest, OtherContentUnderAKnownNumberIsAConflictAndStoresNothing) {
  PostFlights("jan", {FlightJson(1, "LAS", "SFO", 10)});
  const TestResponse changed =
      PostFlights("jan", {FlightJson(2, "LAS", "SFO", 1), FlightJson(1, "LAS", "SFO", 11)});
  EXPECT_EQ(changed.status, StatusCode::kConflict) << changed;
  const std::string message = json::parse(changed.body)["error"]["message"];
  EXPECT_NE(message.find("jan"), std::string::npos) << message;
  EXPECT_EQ(GetJson("/airports/SFO")["arrivals"], 1);
  // Another source counts for itself.
  EXPECT_EQ(PostFlights("feb", {FlightJson(1, "LAS", "SFO", 11)}).status, StatusCode::kOk);
}

TEST_F(ApiTest, WhatIsNoFlightIsRejectedWithItsReasonAndTheRestIsTaken) {
  const TestResponse posted =
      PostFlights("jan", {FlightJson(1, "LAS", "SFO", 10), FlightJson(2, "LAS", "sfo", 10), json(7),
                          FlightJson(0, "LAS", "SFO", 1), FlightJson(5, "LAS", "SFO", 10081),
                          FlightJson(6, "LAS", "SFO", 1, "2001/02/30 03:04")});
  EXPECT_EQ(posted.status, StatusCode::kOk) << posted;
  const json answer = json::parse(posted.body);
  EXPECT_EQ(answer["new"], 1);
  EXPECT_EQ(answer["rejected"], 5);
  const json& why = answer["rejections"];
  ASSERT_EQ(why.size(), 5u);
  EXPECT_EQ(why[0]["index"], 1);
  EXPECT_EQ(why[0]["position"], 2);
  EXPECT_EQ(std::string(why[0]["reason"]).substr(0, 13), "destination: ");
  EXPECT_EQ(why[1]["reason"], "flight: expected an object");
  EXPECT_TRUE(why[2]["position"].is_null());
  EXPECT_EQ(why[2]["reason"], "position: expected an integer from 1");
  EXPECT_EQ(std::string(why[3]["reason"]).substr(0, 7), "delay: ");
  EXPECT_EQ(std::string(why[4]["reason"]).substr(0, 6), "date: ");
}

TEST_F(ApiTest, RefusesBodiesByTheirKind) {
  EXPECT_EQ(Run(Post("/flights").Body("{}")).status, StatusCode::kUnsupportedMediaType);
  EXPECT_EQ(PostText("{").status, StatusCode::kBadRequest);
  EXPECT_EQ(PostText("[]").status, StatusCode::kBadRequest);
  EXPECT_EQ(PostText("").status, StatusCode::kBadRequest);
  EXPECT_EQ(PostText(R"({"flights":[]})").status, StatusCode::kBadRequest);
  EXPECT_EQ(PostText(R"({"source":"jan"})").status, StatusCode::kBadRequest);
  EXPECT_EQ(PostFlights("", {FlightJson(1, "LAS", "SFO", 1)}).status, StatusCode::kBadRequest);
  EXPECT_EQ(PostFlights("", {}).status, StatusCode::kBadRequest);
  EXPECT_EQ(PostFlights("", {json(7)}).status, StatusCode::kBadRequest);
  EXPECT_EQ(
      PostFlights("jan", {FlightJson(1, "LAS", "SFO", 1), FlightJson(1, "LAS", "SFO", 2)}).status,
      StatusCode::kBadRequest);
  EXPECT_EQ(PostText(std::string(kPostBytesMax + 1, ' ')).status, StatusCode::kContentTooLarge);
  EXPECT_EQ(PostFlights("jan", std::vector<json>(1001, json(1))).status,
            StatusCode::kContentTooLarge);
  EXPECT_EQ(PostFlights("jan", std::vector<json>(1000, json(1))).status, StatusCode::kOk);
  EXPECT_EQ(PostFlights("jan", {}).status, StatusCode::kOk);
  EXPECT_EQ(Run(Get("/flights")).status, StatusCode::kMethodNotAllowed);
  EXPECT_EQ(Run(Get("/flights")).Header("Allow"), "POST");
}

TEST_F(ApiTest, SortsAndPages) {
  PostFlights("jan", {FlightJson(1, "LAS", "SFO", 30), FlightJson(2, "SFO", "LAS", 10),
                      FlightJson(3, "LAS", "XXX", 20), FlightJson(4, "LAS", "SFO", 30),
                      FlightJson(5, "YYY", "SFO", 30)});
  EXPECT_EQ(Codes("/airports"), (Strings{"LAS", "SFO", "XXX", "YYY"}));
  EXPECT_EQ(Codes("/airports?sort=-iata"), (Strings{"YYY", "XXX", "SFO", "LAS"}));
  EXPECT_EQ(Codes("/airports?sort=-mean_delay_minutes"), (Strings{"SFO", "XXX", "LAS", "YYY"}));
  // Without arrivals there is no mean, and without a name no name: last both ways.
  EXPECT_EQ(Codes("/airports?sort=mean_delay_minutes"), (Strings{"LAS", "XXX", "SFO", "YYY"}));
  EXPECT_EQ(Codes("/airports?sort=-name"), (Strings{"SFO", "LAS", "XXX", "YYY"}));
  EXPECT_EQ(Codes("/airports?sort=-departures"), (Strings{"LAS", "SFO", "YYY", "XXX"}));
  EXPECT_EQ(Codes("/airports?limit=3&page=2"), (Strings{"YYY"}));
  EXPECT_EQ(Codes("/airports?limit=1000&page=1000000"), Strings());
  EXPECT_EQ(GetJson("/airports?limit=3&page=2")["total"], 4);
  std::set<std::string> seen;
  for (int page = 1; page <= 4; ++page) {
    for (const std::string& code :
         Codes("/airports?sort=on_time_share&limit=1&page=" + std::to_string(page))) {
      EXPECT_TRUE(seen.insert(code).second);
    }
  }
  EXPECT_EQ(seen.size(), 4u);
}

TEST_F(ApiTest, NamesTheParameterThatIsWrong) {
  for (const char* target : {"/airports?limit=0", "/airports?limit=1001", "/airports?limit=x",
                             "/airports?page=0", "/airports?sort=delay"}) {
    const TestResponse response = Run(Get(target));
    EXPECT_EQ(response.status, StatusCode::kBadRequest) << target;
    const std::string parameter =
        std::string(target).substr(10, std::string(target).find('=') - 10);
    EXPECT_NE(response.body.find("query parameter " + parameter), std::string::npos) << response;
  }
  PostFlights("jan", {FlightJson(1, "LAS", "SFO", 30)});
  for (const char* query : {"from=2001-02-30", "to=yesterday", "from=2001/01/01", "limit=1001",
                            "limit=0", "after=-1"}) {
    EXPECT_EQ(Run(Get(std::string("/airports/LAS/flights?") + query)).status,
              StatusCode::kBadRequest)
        << query;
  }
}

TEST_F(ApiTest, DoesNotKnowOtherAirports) {
  for (const char* target :
       {"/airports/LAS", "/airports/las", "/airports/LASX", "/airports/L%20S",
        "/airports/LAS/flights", "/nothing", "/airports/", "/airports/LAS/x"}) {
    EXPECT_EQ(Run(Get(target)).status, StatusCode::kNotFound) << target;
  }
}

// All flights of an airport, page by page.
TEST_F(ApiTest, PagesOfFlightsLoseAndRepeatNothing) {
  std::vector<json> flights;
  for (int i = 1; i <= 40; ++i)
    flights.push_back(FlightJson(i, "LAS", i % 4 == 0 ? "LAS" : "SFO", i));
  // Two events hold them.
  PostFlights("jan", std::vector<json>(flights.begin(), flights.begin() + 25));
  PostFlights("jan", std::vector<json>(flights.begin() + 25, flights.end()));
  for (const int limit : {1, 3, 7, 50, 1000}) {
    std::multiset<std::pair<int64_t, std::string>> seen;
    int64_t last = 0;
    for (int64_t after = 0, pages = 0;; ++pages) {
      ASSERT_LT(pages, 100);
      const json page = GetJson("/airports/LAS/flights?limit=" + std::to_string(limit) +
                                "&after=" + std::to_string(after));
      EXPECT_LE(page["flights"].size(), static_cast<size_t>(limit));
      for (const json& flight : page["flights"]) {
        EXPECT_GT(flight["sequence_number"], last);
        last = flight["sequence_number"];
        seen.emplace(flight["position"].get<int64_t>(), flight["direction"].get<std::string>());
      }
      if (page["next"].is_null()) break;
      EXPECT_GE(page["next"], last);
      after = page["next"];
    }
    std::multiset<std::pair<int64_t, std::string>> expected;
    for (int i = 1; i <= 40; ++i) {
      expected.emplace(i, "departure");
      if (i % 4 == 0) expected.emplace(i, "arrival");
    }
    EXPECT_EQ(seen, expected) << limit;
  }
}

TEST_F(ApiTest, FindsFlightsByDay) {
  PostFlights("jan", {FlightJson(1, "LAS", "SFO", 1, "2001/01/01 23:59"),
                      FlightJson(2, "LAS", "SFO", 2, "2001/01/02 00:00"),
                      FlightJson(3, "LAS", "SFO", 3, "2001/01/02 23:59"),
                      FlightJson(4, "LAS", "SFO", 4, "2001/01/03 00:00")});
  const auto positions = [this](const std::string& query) {
    std::vector<int> positions;
    const json answer = GetJson("/airports/SFO/flights" + query);
    for (const json& flight : answer["flights"]) {
      positions.push_back(flight["position"]);
    }
    return positions;
  };
  EXPECT_EQ(positions("?from=2001-01-02&to=2001-01-02"), (std::vector<int>{2, 3}));
  EXPECT_EQ(positions("?from=2001-01-03"), (std::vector<int>{4}));
  EXPECT_EQ(positions("?to=2001-01-01"), (std::vector<int>{1}));
  EXPECT_EQ(positions("?from=2001-01-03&to=2001-01-01"), std::vector<int>());
  const json flight = GetJson("/airports/SFO/flights?limit=1")["flights"][0];
  EXPECT_EQ(flight["date"], "2001/01/01 23:59");
  EXPECT_EQ(flight["delay"], 1);
  EXPECT_EQ(flight["distance"], 407);
  EXPECT_EQ(flight["source"], "jan");
}

TEST_F(ApiTest, ServesThePageThatLoadsNothingFromElsewhere) {
  const TestResponse page = Run(Get("/"));
  EXPECT_EQ(page.status, StatusCode::kOk);
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(page.body, kPage);
  EXPECT_EQ(page.body.rfind("<!DOCTYPE html>", 0), 0u);
  for (const char* foreign : {"https://", "src=", "@import", "url("}) {
    EXPECT_EQ(page.body.find(foreign), std::string::npos) << foreign;
  }
  EXPECT_EQ(page.Header("Content-Security-Policy").rfind("default-src 'none'", 0), 0u);
  EXPECT_EQ(Run(Head("/")).status, StatusCode::kOk);
}

TEST_F(ApiTest, KnowsWhereAirportsAre) {
  EXPECT_EQ(Run(Get("/places")).body,
            R"({"places":[["LAS",36.0804,-115.1523],["SFO",37.6000,-122.0000]]})");
}

TEST_F(ApiTest, JsonIsNotGivenToThoseWhoDoNotWantIt) {
  EXPECT_EQ(Run(Get("/airports").Header("Accept", "text/html")).status, StatusCode::kNotAcceptable);
  const std::string body =
      json{{"source", "jan"}, {"flights", {FlightJson(1, "LAS", "SFO", 1)}}}.dump();
  EXPECT_EQ(Run(Post("/flights").Json(body).Header("Accept", "text/html")).status,
            StatusCode::kNotAcceptable);
  // Then nothing was stored either.
  EXPECT_EQ(GetJson("/airports")["total"], 0);
}

TEST_F(ApiTest, WhoHasTheAnswerIsToldSo) {
  for (const char* target : {"/", "/airports", "/airports/LAS", "/places"}) {
    PostFlights("jan", {FlightJson(1, "LAS", "SFO", 10)});
    const TestResponse first = Run(Get(target));
    const std::string etag = first.Header("ETag");
    EXPECT_EQ(first.Header("Cache-Control"), "no-cache") << target;
    const TestResponse again = Run(Get(target).Header("If-None-Match", etag));
    EXPECT_EQ(again.status, StatusCode::kNotModified) << target;
    EXPECT_EQ(again.Header("ETag"), etag);
    EXPECT_EQ(again.body, "");
    EXPECT_EQ(Run(Get(target).Header("If-None-Match", "\"other\"")).body, first.body);
  }
  const std::string before = Run(Get("/airports")).Header("ETag");
  PostFlights("jan", {FlightJson(2, "LAS", "SFO", 11)});
  EXPECT_EQ(Run(Get("/airports").Header("If-None-Match", before)).status, StatusCode::kOk);
}

}  // namespace
}  // namespace flightboard
