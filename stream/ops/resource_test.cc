// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// UnfoldResource and UnfoldResourceAsync: each resource is closed exactly once.
#include <memory>
#include <optional>
#include <stdexcept>

#include "sampo/stream/ops/ops_test_util.h"
#include "sampo/stream/testkit/test_sink.h"

namespace sampo::stream {
namespace {

struct Life {
  int opened = 0;
  int closed = 0;
  int reads = 0;
};

class ResourceTest : public OpsTest {
 protected:
  // Counts up to 3 from each opening; the read number `bad` throws.
  auto Counting(int bad = 0) {
    return Source<int>::UnfoldResource(
        [this] {
          ++life_.opened;
          return 0;
        },
        [this, bad](int& at) -> std::optional<int> {
          ThrowAt(bad, ++life_.reads);
          if (at == 3) return std::nullopt;
          return ++at;
        },
        [this](int&) { ++life_.closed; });
  }
  auto CountingAsync(int bad = 0) {
    using Handle = std::shared_ptr<int>;
    return Source<int>::UnfoldResourceAsync(
        [this] {
          ++life_.opened;
          return Future<Handle>::Ready(std::make_shared<int>(0));
        },
        [this, bad](Handle& at) {
          if (++life_.reads == bad) {
            return Future<std::optional<int>>::Failed(absl::DataLossError("x"));
          }
          return Future<std::optional<int>>::Ready(*at == 3 ? std::optional<int>()
                                                            : std::optional<int>(++*at));
        },
        [this](Handle) {
          ++life_.closed;
          return Future<void>::Ready();
        });
  }
  Life life_;
};

TEST_F(ResourceTest, UnfoldResourceReadsToTheEndAndCloses) {
  EXPECT_EQ(Seq(Counting()), Ints({1, 2, 3}));
  EXPECT_EQ(life_.opened, 1);
  EXPECT_EQ(life_.closed, 1);
}

TEST_F(ResourceTest, UnfoldResourceClosesWhenItFailsOrIsCancelled) {
  EXPECT_EQ(FailureOf(Counting(2)), absl::UnknownError("bad element"));
  EXPECT_EQ(life_.closed, 1);
  EXPECT_EQ(Seq(Counting().Take(1)), Ints({1}));
  kit_.Run();
  EXPECT_EQ(life_.opened, 2);
  EXPECT_EQ(life_.closed, 2);
}

TEST_F(ResourceTest, UnfoldResourceGoesOnWhereItResumesAndOpensAnewWhereItRestarts) {
  EXPECT_EQ(Seq(Counting(2).WithAttributes(Resuming())), Ints({1, 2, 3}));
  EXPECT_EQ(life_.opened, 1);
  life_ = Life();
  EXPECT_EQ(Seq(Counting(2).WithAttributes(Restarting())), Ints({1, 1, 2, 3}));
  EXPECT_EQ(life_.opened, 2);
  EXPECT_EQ(life_.closed, 2);
}

TEST_F(ResourceTest, UnfoldResourceAsyncReadsToTheEndAndCloses) {
  EXPECT_EQ(Seq(CountingAsync()), Ints({1, 2, 3}));
  EXPECT_EQ(life_.opened, 1);
  EXPECT_EQ(life_.closed, 1);
}

TEST_F(ResourceTest, UnfoldResourceAsyncClosesWhenItFailsOrIsCancelled) {
  EXPECT_EQ(FailureOf(CountingAsync(2)), absl::DataLossError("x"));
  EXPECT_EQ(life_.closed, 1);
  EXPECT_EQ(Seq(CountingAsync().Take(1)), Ints({1}));
  kit_.Run();
  EXPECT_EQ(life_.closed, 2);
}

TEST_F(ResourceTest, UnfoldResourceAsyncGoesOnWhereItResumesAndOpensAnewWhereItRestarts) {
  EXPECT_EQ(Seq(CountingAsync(2).WithAttributes(Resuming())), Ints({1, 2, 3}));
  life_ = Life();
  EXPECT_EQ(Seq(CountingAsync(2).WithAttributes(Restarting())), Ints({1, 1, 2, 3}));
  EXPECT_EQ(life_.opened, 2);
  EXPECT_EQ(life_.closed, 2);
}

TEST_F(ResourceTest, UnfoldResourceAsyncClosesWhatOpensAfterACancellation) {
  auto promise = std::make_shared<Promise<int>>();
  auto later = std::make_shared<Future<int>>(promise->future());
  int closed = 0;
  auto sink = Source<int>::UnfoldResourceAsync(
                  [later] { return *later; },
                  [](int&) { return Future<std::optional<int>>::Ready(std::nullopt); },
                  [&closed](int) {
                    ++closed;
                    return Future<void>::Ready();
                  })
                  .RunWith(TestSink<int>::Probe(), system());
  sink.Cancel();
  kit_.Run();
  EXPECT_EQ(closed, 0);
  promise->Complete(1);
  kit_.Run();
  EXPECT_EQ(closed, 1);
}

}  // namespace
}  // namespace sampo::stream
