// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/log_sink.h"

#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace sampo {
namespace {

LogEvent Event() {
  LogEvent event;
  event.level = LogLevel::kWarning;
  event.logger = "sampo.cart";
  event.system = "shop";
  event.path = "/user/cart-7";
  event.message = "text";
  event.fields = {{"key", "value"}, {"n", "1"}};
  event.time = absl::FromCivil(absl::CivilSecond(2026, 1, 2, 3, 4, 5), absl::UTCTimeZone()) +
               absl::Microseconds(6);
  return event;
}

TEST(LogFormatTest, TextNamesTimeLevelSystemPathLoggerMessageAndFields) {
  EXPECT_EQ(FormatLogText(Event()),
            "2026-01-02T03:04:05.000006Z WARNING [shop] [/user/cart-7] sampo.cart: text "
            "{key=value, n=1}");
}

TEST(LogFormatTest, TextShowsADashForWhatIsMissing) {
  LogEvent event = Event();
  event.level = LogLevel::kInfo;
  event.system = event.path = "";
  event.fields.clear();
  EXPECT_EQ(FormatLogText(event), "2026-01-02T03:04:05.000006Z INFO    [-] [-] sampo.cart: text");
}

TEST(LogFormatTest, TextKeepsAnEventOnOneLine) {
  LogEvent event = Event();
  event.message = "a\nb\t\r\x1b[31m";
  event.fields = {{"k\n", "v\n"}};
  const std::string line = FormatLogText(event);
  EXPECT_NE(line.find("sampo.cart: a\\nb\\t\\x0d\\x1b[31m {k\\n=v\\n}"), std::string::npos) << line;
}

TEST(LogFormatTest, JsonIsOneObject) {
  EXPECT_EQ(FormatLogJson(Event()),
            R"({"time":"2026-01-02T03:04:05.000006Z","level":"warning","system":"shop",)"
            R"("path":"/user/cart-7","logger":"sampo.cart","message":"text",)"
            R"("fields":{"key":"value","n":"1"}})");
}

TEST(LogFormatTest, JsonEscapesQuotesControlsAndBytesThatAreNotUtf8) {
  LogEvent event = Event();
  event.message = "\"\\\n\xC3\xA9\xFF|\xC3";
  event.fields.clear();
  const std::string line = FormatLog(event, LogFormat::kJson);
  EXPECT_NE(line.find("\"message\":\"\\\"\\\\\\u000a\xC3\xA9\xEF\xBF\xBD|\xEF\xBF\xBD\","
                      "\"fields\":{}}"),
            std::string::npos)
      << line;
}

TEST(CaptureLogSinkTest, KeepsEventsUntilCleared) {
  CaptureLogSink sink;
  ASSERT_TRUE(sink.Write(Event()).ok());
  ASSERT_TRUE(sink.Flush().ok());
  EXPECT_EQ(sink.Count([](const LogEvent& e) { return e.path == "/user/cart-7"; }), 1u);
  EXPECT_EQ(sink.Count([](const LogEvent& e) { return e.path.empty(); }), 0u);
  sink.Clear();
  EXPECT_TRUE(sink.Events().empty());
}

TEST(CaptureLogSinkTest, AwaitsAnEventOfAnotherThread) {
  CaptureLogSink sink;
  std::thread writer([&sink] { EXPECT_TRUE(sink.Write(Event()).ok()); });
  const auto found =
      sink.Await([](const LogEvent& e) { return e.message == "text"; }, absl::InfiniteDuration());
  writer.join();
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->logger, "sampo.cart");
}

TEST(CaptureLogSinkTest, GivesUpWaitingAfterTheTimeout) {
  CaptureLogSink sink;
  EXPECT_FALSE(sink.Await([](const LogEvent&) { return true; }, absl::ZeroDuration()));
}

TEST(CaptureLogSinkTest, RefusesMoreThanItsBound) {
  CaptureLogSink sink;
  LogEvent event;
  for (size_t i = 0; i < kCapturedEventsMax; ++i) ASSERT_TRUE(sink.Write(event).ok());
  EXPECT_EQ(sink.Write(event).code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace sampo
