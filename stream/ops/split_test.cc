// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/ops/split.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sampo/stream/ops/runtimes.h"
#include "sampo/stream/stream.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

using Substream = Source<int, NotUsed>;
using Groups = std::vector<std::vector<int>>;

bool IsTenth(const int& n) { return n % 10 == 0; }

// The substreams themselves, as elements.
template <internal::SplitAt kAt>
auto Substreams(SubstreamCancel on_cancel = SubstreamCancel::kDrain) {
  using Logic = internal::SplitLogic<int, bool (*)(const int&), kAt>;
  return internal::AppendStage<Substream, Logic>(TestSource<int>::Probe(), "split",
                                                 SourceLocation::Current(), &IsTenth, on_cancel);
}
auto Before(SubstreamCancel on_cancel = SubstreamCancel::kDrain) {
  return Substreams<internal::SplitAt::kBefore>(on_cancel);
}
auto After() { return Substreams<internal::SplitAt::kAfter>(); }

// Each substream as a vector.
template <class Split>
Groups GroupsOf(const Split& split, const Materializer& materializer) {
  auto words = Get(split.Map([](int n) { return std::to_string(n); })
                       .ConcatSubstreams()
                       .RunWith(Sink<std::string>::Seq(), materializer));
  Groups groups(1);
  for (const std::string& word : words) groups.back().push_back(std::stoi(word));
  return groups;
}

TEST(SplitTest, ConcatSubstreamsKeepsAllInOrder) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto source = Source<int>::From({1, 2, 10, 11, 20, 30, 31});
    const Groups all{{1, 2, 10, 11, 20, 30, 31}};
    EXPECT_EQ(GroupsOf(source.SplitWhen(IsTenth), materializer), all);
    EXPECT_EQ(GroupsOf(source.SplitAfter(IsTenth), materializer), all);
    EXPECT_EQ(GroupsOf(source.Async().SplitAfter(IsTenth), materializer), all);
    EXPECT_EQ(GroupsOf(Source<int>::Empty().SplitWhen(IsTenth), materializer), Groups{{}});
  });
}

TEST(SplitTest, WhenCutsBeforeTheElement) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [in, out] = Before().ToMat(TestSink<Substream>::Probe(), KeepBoth()).Run(materializer);
    out.Request(3);
    in.SendNext(10);  // no empty substream before the first one
    auto first = out.ExpectNext().RunWith(TestSink<int>::Probe(), materializer);
    first.Request(3).ExpectNext(10);
    in.SendNext(11).SendNext(20);
    first.ExpectNext(11).ExpectComplete();
    auto second = out.ExpectNext().RunWith(TestSink<int>::Probe(), materializer);
    in.SendComplete();
    out.ExpectComplete();
    second.Request(1).ExpectNext(20).ExpectComplete();
  });
}

TEST(SplitTest, AfterCutsBehindTheElement) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [in, out] = After().ToMat(TestSink<Substream>::Probe(), KeepBoth()).Run(materializer);
    out.Request(3);
    in.SendNext(10);
    auto first = out.ExpectNext().RunWith(TestSink<int>::Probe(), materializer);
    first.Request(2).ExpectNext(10).ExpectComplete();
    in.SendNext(11);
    auto second = out.ExpectNext().RunWith(TestSink<int>::Probe(), materializer);
    second.Request(3).ExpectNext(11);
    in.SendNext(12).SendNext(20);
    second.ExpectNext(12);
    second.Request(1).ExpectNext(20).ExpectComplete();
    in.SendComplete();
    out.ExpectComplete();
  });
}

TEST(SplitTest, ACancelledSubstreamIsDrained) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [in, out] = Before().ToMat(TestSink<Substream>::Probe(), KeepBoth()).Run(materializer);
    out.Request(3);
    in.SendNext(1);
    auto first = out.ExpectNext().RunWith(TestSink<int>::Probe(), materializer);
    first.Request(1).ExpectNext(1);
    first.Cancel();
    in.SendNext(2).SendNext(3).SendNext(10);
    auto second = out.ExpectNext().RunWith(TestSink<int>::Probe(), materializer);
    second.Request(1).ExpectNext(10);
    out.Cancel();
    in.SendNext(11).SendNext(20);
    second.Request(1).ExpectNext(11);
    in.ExpectCancellation(absl::OkStatus());
    second.ExpectComplete();
  });
}

TEST(SplitTest, ACancelledSubstreamEndsAllWithPropagate) {
  OnAllRuntimes([](const Materializer& materializer) {
    auto [in, out] = Before(SubstreamCancel::kPropagate)
                         .ToMat(TestSink<Substream>::Probe(), KeepBoth())
                         .Run(materializer);
    out.Request(3);
    in.SendNext(1);
    auto first = out.ExpectNext().RunWith(TestSink<int>::Probe(), materializer);
    first.Request(1).ExpectNext(1).Cancel();
    in.ExpectCancellation(absl::OkStatus());
    out.ExpectComplete();
  });
}

TEST(SplitTest, FailuresReachTheSubstream) {
  InSimulations([](const Materializer& materializer) {
    auto [in, out] = Before().ToMat(TestSink<Substream>::Probe(), KeepBoth()).Run(materializer);
    out.Request(3);
    in.SendNext(1);
    auto first = out.ExpectNext().RunWith(TestSink<int>::Probe(), materializer);
    first.Request(2).ExpectNext(1);
    in.SendError(absl::DataLossError("broken"));
    first.ExpectError(absl::DataLossError("broken"));
    out.ExpectError(absl::DataLossError("broken"));
  });
}

TEST(SplitTest, AnUnreadSubstreamTimesOutAndIsDrained) {
  InSimulations([](const Materializer& materializer) {
    auto [in, out] =
        Before()
            .WithAttributes(Attributes().Subscription({.timeout = absl::Milliseconds(300)}))
            .ToMat(TestSink<Substream>::Probe(), KeepBoth())
            .Run(materializer);
    out.Request(3);
    in.SendNext(1);
    auto unread = out.ExpectNext();
    in.SendNext(2).SendNext(10);
    auto second = out.ExpectNext().RunWith(TestSink<int>::Probe(), materializer);
    second.Request(1).ExpectNext(10);
    EXPECT_EQ(StatusOf(unread.RunWith(Sink<int>::Seq(), materializer)).code(),
              absl::StatusCode::kDeadlineExceeded);
    out.Cancel();
    second.Cancel();
    in.ExpectCancellation(absl::OkStatus());
  });
}

}  // namespace
}  // namespace sampo::stream
