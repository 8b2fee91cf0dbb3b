// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/structural.h"

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "sampo/stream/ops/ops_test_util.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

using StructuralTest = OpsTest;
using Optionals = std::vector<std::optional<int>>;

Source<int> UpTo(int last) { return Source<int>::Range(1, last); }
Flow<int> Doubling() {
  return Flow<int>().Map([](int n) { return 2 * n; });
}

TEST_F(StructuralTest, FromMaterializerSeesTheAttributes) {
  auto source = Source<std::string>::FromMaterializer(
      [](Materializer&, const Attributes& a) { return Source<std::string>::Single(a.name()); });
  EXPECT_EQ(Seq(source.Named("mine")), (std::vector<std::string>{"mine"}));
  auto flow =
      Flow<int, int>::FromMaterializer([](Materializer&, const Attributes&) { return Doubling(); });
  EXPECT_EQ(Seq(UpTo(2).Via(flow)), Ints({2, 4}));
  auto sink = Sink<int>::FromMaterializer(
      [](Materializer&, const Attributes&) { return Sink<int>::Seq(); });
  EXPECT_EQ(Result(UpTo(2).RunWith(sink, system())).value(), Ints({1, 2}));
}

TEST_F(StructuralTest, AsSourceGivesTheElementsToWhoRunsIt) {
  Source<int> source = UpTo(3).RunWith(Sink<int>::AsSource(), system());
  kit_.Run();
  EXPECT_EQ(Seq(source), Ints({1, 2, 3}));
  EXPECT_EQ(FailureOf(source).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(StructuralTest, AsSourceGivesAnEndThatWasThereBefore) {
  Source<int> empty = Source<int>::Empty().RunWith(Sink<int>::AsSource(), system());
  Source<int> failed =
      Source<int>::Failed(absl::DataLossError("x")).RunWith(Sink<int>::AsSource(), system());
  kit_.Run();
  EXPECT_EQ(Seq(empty), Ints());
  EXPECT_EQ(FailureOf(failed), absl::DataLossError("x"));
}

TEST_F(StructuralTest, AsSourceIsCancelledWhereNobodyRunsItInTime) {
  auto [probe, source] =
      TestSource<int>::Probe().ToMat(Sink<int>::AsSource(), KeepBoth()).Run(system());
  kit_.RunFor(absl::Seconds(6));
  EXPECT_TRUE(absl::IsDeadlineExceeded(probe.ExpectCancellation()));
  EXPECT_FALSE(TrySeq(source).ok());
}

TEST_F(StructuralTest, SourcePreMaterializesOneEnd) {
  auto [probe, source] = TestSource<int>::Probe().PreMaterialize(system());
  auto sink = source.RunWith(TestSink<int>::Probe(), system());
  sink.Request(1);
  probe.SendNext(1);
  sink.ExpectNext(1);
  sink.Cancel();
  EXPECT_TRUE(probe.ExpectCancellation().ok());
}

TEST_F(StructuralTest, SinkPreMaterializesOneEnd) {
  auto [probe, sink] = TestSink<int>::Probe().PreMaterialize(system());
  UpTo(2).RunWith(sink, system());
  probe.Request(5).ExpectNext(1).ExpectNext(2).ExpectComplete();
}

TEST_F(StructuralTest, FlowPreMaterializesBothEnds) {
  auto counting = Doubling().MapMaterializedValue([](NotUsed) { return 7; });
  auto [value, flow] = counting.PreMaterialize(system());
  EXPECT_EQ(value, 7);
  EXPECT_EQ(Seq(UpTo(3).Via(flow)), Ints({2, 4, 6}));
}

TEST_F(StructuralTest, MaterializeIntoSourceGivesThePromisedValue) {
  auto source = UpTo(4).MaterializeIntoSource(Sink<int>::Fold(0, std::plus<>()));
  EXPECT_EQ(Seq(source), Ints({10}));
  EXPECT_EQ(Seq(source), Ints({10}));
  EXPECT_EQ(Seq(Doubling().MaterializeIntoSource(UpTo(4), Sink<int>::Fold(0, std::plus<>()))),
            Ints({20}));
}

TEST_F(StructuralTest, ContramapAndDimapChangeWhatComesAndGoes) {
  auto parse = [](std::string text) { return std::stoi(text); };
  auto texts = Source<std::string>::From({"1", "2"});
  EXPECT_EQ(Result(texts.RunWith(Sink<int>::Seq().Contramap<std::string>(parse), system())).value(),
            Ints({1, 2}));
  EXPECT_EQ(Seq(texts.Via(Doubling().Contramap<std::string>(parse))), Ints({2, 4}));
  EXPECT_EQ(Seq(texts.Via(Doubling().Dimap<std::string>(parse, [](int n) { return n + 1; }))),
            Ints({3, 5}));
}

TEST_F(StructuralTest, OptionalViaLetsEmptyOnesPass) {
  auto source = Source<std::optional<int>>::From({1, std::nullopt, 3, std::nullopt});
  EXPECT_EQ(Seq(source.OptionalVia(Doubling())), Optionals({2, std::nullopt, 6, std::nullopt}));
}

TEST_F(StructuralTest, OptionalViaTakesFlowsThatDropAndHoldBack) {
  auto source = Source<std::optional<int>>::From({1, std::nullopt, 2, 3});
  EXPECT_EQ(Seq(source.OptionalVia(Flow<int>().Filter([](int n) { return n > 1; }))),
            Optionals({std::nullopt, 2, 3}));
  EXPECT_EQ(Seq(source.OptionalVia(Flow<int>().Fold(0, std::plus<>()))),
            Optionals({std::nullopt, 6}));
}

TEST_F(StructuralTest, OptionalViaFailsWithItsFlow) {
  auto source = Source<std::optional<int>>::From({1, std::nullopt, 3});
  EXPECT_EQ(FailureOf(source.OptionalVia(Flow<int>().Map([](int n) { return ThrowAt(3, n); }))),
            absl::UnknownError("bad element"));
}

TEST_F(StructuralTest, FromSinkAndSourceEndIndependently) {
  auto flow = Flow<int, int>::FromSinkAndSource(TestSink<int>::Probe(), TestSource<int>::Probe(),
                                                KeepBoth());
  auto [ends, out] = TestSource<int>::Probe()
                         .ViaMat(flow, KeepBoth())
                         .ToMat(TestSink<int>::Probe(), KeepBoth())
                         .Run(system());
  auto& [in, inner] = ends;
  in.SendComplete();
  inner.first.ExpectComplete();
  out.Request(1);
  inner.second.SendNext(7);
  out.ExpectNext(7).ExpectNoMessage();
  inner.second.SendComplete();
  out.ExpectComplete();
}

TEST_F(StructuralTest, FromSinkAndSourceCoupledEndTogether) {
  auto flow = Flow<int, int>::FromSinkAndSourceCoupled(TestSink<int>::Probe(),
                                                       TestSource<int>::Probe(), KeepBoth());
  auto run = [&] {
    return TestSource<int>::Probe()
        .ViaMat(flow, KeepBoth())
        .ToMat(TestSink<int>::Probe(), KeepBoth())
        .Run(system());
  };
  {
    auto [ends, out] = run();
    ends.first.SendComplete();
    ends.second.first.ExpectComplete();
    out.ExpectComplete();
    EXPECT_TRUE(ends.second.second.ExpectCancellation().ok());
  }
  {
    auto [ends, out] = run();
    ends.second.second.SendError(absl::DataLossError("x"));
    out.ExpectError(absl::DataLossError("x"));
    ends.second.first.ExpectError(absl::DataLossError("x"));
    EXPECT_EQ(ends.first.ExpectCancellation(), absl::DataLossError("x"));
  }
}

}  // namespace
}  // namespace sampo::stream
