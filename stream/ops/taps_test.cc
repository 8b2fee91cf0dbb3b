// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/taps.h"

#include <string>

#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/log_capture.h"
#include "sampo/stream/ops/ops_test_util.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

using TapsTest = OpsTest;

Source<int> UpTo(int last) { return Source<int>::Range(1, last); }

TEST_F(TapsTest, DoOnFirstSeesTheFirstOnly) {
  Ints seen;
  EXPECT_EQ(Seq(UpTo(3).DoOnFirst([&seen](int n) { seen.push_back(n); })), Ints({1, 2, 3}));
  EXPECT_EQ(seen, Ints({1}));
}

TEST_F(TapsTest, DoOnFirstIsTriedAgainAfterARestart) {
  auto source = UpTo(3).DoOnFirst([](int n) { ThrowAt(1, n); });
  EXPECT_EQ(FailureOf(source), absl::UnknownError("bad element"));
  EXPECT_EQ(Seq(source.WithAttributes(Resuming())), Ints({2, 3}));
  EXPECT_EQ(Seq(source.WithAttributes(Restarting())), Ints({2, 3}));
}

TEST_F(TapsTest, DoOnCancelSeesTheCause) {
  std::vector<absl::Status> causes;
  auto note = [&causes](const absl::Status& cause) { causes.push_back(cause); };
  EXPECT_EQ(Seq(UpTo(3).DoOnCancel(note)), Ints({1, 2, 3}));
  EXPECT_TRUE(causes.empty());
  EXPECT_EQ(Seq(Source<int>::Repeat(7).DoOnCancel(note).Take(1)), Ints({7}));
  auto sink = Source<int>::Never().DoOnCancel(note).RunWith(TestSink<int>::Probe(), system());
  sink.Cancel(absl::DataLossError("x"));
  kit_.Run();
  EXPECT_EQ(causes, (std::vector<absl::Status>{absl::OkStatus(), absl::DataLossError("x")}));
}

TEST_F(TapsTest, DetachAsksAheadForOneElement) {
  auto [source, sink] =
      TestSource<int>::Probe().Detach().ToMat(TestSink<int>::Probe(), KeepBoth()).Run(system());
  source.SendNext(1);
  source.SendComplete();
  sink.ExpectNoMessage();
  sink.RequestNext(1).ExpectComplete();
  EXPECT_EQ(Seq(UpTo(100).Detach()).size(), 100u);
}

class LogTest : public testing::Test {
 protected:
  template <class Out>
  void Run(const Source<Out>& source) {
    (void)Await(source.RunWith(Sink<Out>::Ignore(), kit_.system()), absl::Seconds(10));
  }
  size_t Count(LogLevel level, std::string text) {
    return log_.Count({.level = level, .message_contains = std::move(text)});
  }
  SimulatedRuntime simulation_{TestSeed()};
  LogCapture log_;
  ActorTestKit kit_{
      {.settings = log_.Settings(simulation_.Settings()), .runtime = simulation_.Runtime()}};
};

TEST_F(LogTest, LogWritesElementsAndTheEnd) {
  Run(UpTo(2).Log("numbers"));
  EXPECT_EQ(Count(LogLevel::kDebug, "[numbers] Element: 1"), 1u);
  EXPECT_EQ(Count(LogLevel::kDebug, "[numbers] Element: 2"), 1u);
  EXPECT_EQ(Count(LogLevel::kDebug, "[numbers] Upstream finished"), 1u);
}

TEST_F(LogTest, LogWritesFailuresAndCancellations) {
  Run(Source<int>::Failed(absl::DataLossError("x")).Log("failing"));
  EXPECT_EQ(Count(LogLevel::kError, "[failing] Upstream failed: DATA_LOSS: x"), 1u);
  Run(Source<int>::Repeat(1).Log("endless").Take(1));
  EXPECT_EQ(Count(LogLevel::kDebug, "[endless] Downstream finished"), 1u);
}

TEST_F(LogTest, LogGoesByTheLevelsAndShows) {
  Run(UpTo(1)
          .Log("shown", [](int n) { return std::string(3, static_cast<char>('a' + n)); })
          .WithAttributes(
              Attributes().Levels({.on_element = LogLevel::kInfo, .on_finish = LogLevel::kOff})));
  EXPECT_EQ(Count(LogLevel::kInfo, "[shown] Element: bbb"), 1u);
  EXPECT_EQ(Count(LogLevel::kDebug, "[shown]"), 0u);
}

TEST_F(LogTest, LogWithMarkerAddsAField) {
  Run(UpTo(1).LogWithMarker("marked", [](int n) { return LogField{"n", std::to_string(n)}; }));
  bool found = false;
  for (const LogEvent& event : log_.Events()) {
    for (const LogField& field : event.fields) {
      found = found || field == LogField{"n", "1"};
    }
  }
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace sampo::stream
