// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Pipe operators beside each other: when one of them ends the stream, those above it see a
// cancellation, those below it the end, and each of them exactly one of the two.
#include <string>
#include <vector>

#include "sampo/stream/ops/ops_test_util.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

using Ends = std::vector<std::string>;

// Notes how it ends, under a name.
class EndPipe final : public internal::Pipe<int, int> {
 public:
  EndPipe(std::string name, Ends* ends) : name_(std::move(name)), ends_(*ends) {}
  void Push(int element) override { next_->Push(element); }
  void OnUpstreamFinish() override { ends_.push_back(name_ + " finish"); }
  void OnUpstreamFailure(absl::Status& failure) override {
    ends_.push_back(name_ + " failure");
    failure = absl::DataLossError(name_);
  }
  void OnDownstreamFinish(const absl::Status& cause) override {
    ends_.push_back(name_ + (cause.ok() ? " cancel" : " cancel with a failure"));
  }

 private:
  const std::string name_;
  Ends& ends_;
};

class PipeOperatorTest : public OpsTest {
 protected:
  Flow<int> Noting(const char* name) {
    return internal::AppendPipe<EndPipe>(Flow<int>(), "noting", SourceLocation::Current(),
                                         std::string(name), &ends_);
  }
  Ends ends_;
};

TEST_F(PipeOperatorTest, AllSeeTheEndOfTheSource) {
  EXPECT_EQ(Seq(Source<int>::Range(1, 2).Via(Noting("a")).Via(Noting("b"))), Ints({1, 2}));
  EXPECT_EQ(ends_, Ends({"a finish", "b finish"}));
}

TEST_F(PipeOperatorTest, AllSeeACancellation) {
  auto sink = Source<int>::Never()
                  .Via(Noting("a"))
                  .Via(Noting("b"))
                  .RunWith(TestSink<int>::Probe(), system());
  sink.Cancel();
  kit_.Run();
  EXPECT_EQ(ends_, Ends({"a cancel", "b cancel"}));
}

TEST_F(PipeOperatorTest, OneThatEndsTheStreamParts) {
  EXPECT_EQ(Seq(Source<int>::Repeat(7).Via(Noting("a")).Take(2).Via(Noting("b"))), Ints({7, 7}));
  EXPECT_EQ(ends_, Ends({"a cancel", "b finish"}));
}

TEST_F(PipeOperatorTest, OneThatEndsTheStreamTogetherWithTheSourceParts) {
  EXPECT_EQ(Seq(Source<int>::Range(1, 2).Via(Noting("a")).Take(2).Via(Noting("b"))), Ints({1, 2}));
  EXPECT_EQ(ends_, Ends({"a cancel", "b finish"}));
}

TEST_F(PipeOperatorTest, OneThatFailsIsAnsweredBelowItAlone) {
  auto source = Source<int>::Repeat(7)
                    .Via(Noting("a"))
                    .Map([](int n) { return ThrowAt(7, n); })
                    .Via(Noting("b"));
  EXPECT_EQ(FailureOf(source), absl::DataLossError("b"));
  EXPECT_EQ(ends_, Ends({"a cancel with a failure", "b failure"}));
}

TEST_F(PipeOperatorTest, ACancellationThatComesFirstIsSeenByAll) {
  // The sink has enough with the element with which Take ends the stream.
  auto first = Source<int>::Repeat(7)
                   .Via(Noting("a"))
                   .Take(1)
                   .Via(Noting("b"))
                   .RunWith(Sink<int>::Head(), system());
  EXPECT_EQ(Result(first).value(), 7);
  kit_.Run();
  EXPECT_EQ(ends_, Ends({"a cancel", "b cancel"}));
}

TEST_F(PipeOperatorTest, WhatAStageFailsWithIsWhatItPromised) {
  auto sink = Sink<int>::Foreach([](int n) { ThrowAt(2, n); });
  EXPECT_EQ(Result(Source<int>::Range(1, 3).RunWith(sink, system())),
            absl::UnknownError("bad element"));
}

}  // namespace
}  // namespace sampo::stream
