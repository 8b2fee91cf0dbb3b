// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/trace_context.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "sampo/actor/base/random.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo {
namespace {

constexpr std::string_view kExample = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TraceContext Example() { return TraceContext::Parse(kExample).value(); }

// The part of the error behind what was found.
std::string ErrorOf(std::string_view traceparent) {
  absl::StatusOr<TraceContext> parsed = TraceContext::Parse(traceparent);
  if (parsed.ok()) return "OK";
  EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument);
  const std::string text(parsed.status().message());
  return text.substr(text.rfind("\", ") + 3);
}

std::string StateErrorOf(std::string_view tracestate) {
  TraceContext context = Example();
  const absl::Status status = context.SetTraceState(tracestate);
  if (status.ok()) return "OK";
  EXPECT_EQ(context.trace_state(), "");
  EXPECT_EQ(context, Example());
  const std::string text(status.message());
  return text.substr(text.rfind("\", ") + 3);
}

std::string StateAfter(std::string_view tracestate) {
  TraceContext context = Example();
  EXPECT_TRUE(context.SetTraceState(tracestate).ok());
  return context.trace_state();
}

TEST(TraceContextTest, ParsesTheExampleOfTheStandardAndWritesItBack) {
  TraceContext context = Example();
  EXPECT_TRUE(context.IsValid());
  EXPECT_TRUE(context.IsSampled());
  EXPECT_EQ(context.TraceIdHex(), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(context.ParentIdHex(), "b7ad6b7169203331");
  EXPECT_EQ(context.ToTraceParent(), kExample);
}

TEST(TraceContextTest, KeepsAllFlagsOfVersion00) {
  TraceContext context =
      TraceContext::Parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-fe").value();
  EXPECT_EQ(context.flags(), 0xFE);
  EXPECT_FALSE(context.IsSampled());
}

TEST(TraceContextTest, RefusesWhatIsNotVersion00Exactly) {
  const std::string good(kExample);
  EXPECT_EQ(ErrorOf(""), "want at least 55 characters");
  EXPECT_EQ(ErrorOf(good.substr(0, 54)), "want at least 55 characters");
  EXPECT_EQ(ErrorOf(good + "-"), "want 55 characters in version 00");
  EXPECT_EQ(ErrorOf(good + " "), "want 55 characters in version 00");
  EXPECT_EQ(ErrorOf("0x" + good.substr(2)), "want a version in hex");
  EXPECT_EQ(ErrorOf("ff" + good.substr(2)), "version ff is forbidden");
  EXPECT_EQ(ErrorOf("00_" + good.substr(3)), "want version-traceid-parentid-flags");
  EXPECT_EQ(ErrorOf("00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
            "want lower-case hex digits");
  EXPECT_EQ(ErrorOf("00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333g-01"),
            "want lower-case hex digits");
  EXPECT_EQ(ErrorOf("00-00000000000000000000000000000000-b7ad6b7169203331-01"),
            "want a trace id other than zero");
  EXPECT_EQ(ErrorOf("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"),
            "want a parent id other than zero");
}

TEST(TraceContextTest, ReadsLaterVersionsAsFarAs00Goes) {
  const std::string rest(kExample.substr(2));
  EXPECT_EQ(ErrorOf("01" + rest), "OK");
  EXPECT_EQ(ErrorOf("cc" + rest + "-what-the-future-will-be-like"), "OK");
  EXPECT_EQ(ErrorOf("cc" + rest + ".what"), "want a dash behind the flags");
  TraceContext context =
      TraceContext::Parse("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff-x").value();
  EXPECT_EQ(context.ToTraceParent(), kExample);
}

TEST(TraceContextTest, ErrorsShowWhatWasFoundEscapedAndCut) {
  EXPECT_EQ(TraceContext::Parse("a\n").status().message(),
            "traceparent: found \"a\\n\", want at least 55 characters");
  EXPECT_LT(TraceContext::Parse(std::string(9999, 'x')).status().message().size(), 200u);
}

TEST(TraceContextTest, TheDefaultIsNoTrace) {
  TraceContext none;
  EXPECT_FALSE(none.IsValid());
  EXPECT_EQ(none.ToTraceParent(), "");
  EXPECT_EQ(none.Child([] { return uint64_t{1}; }), none);
}

TEST(TraceContextTest, RootsComeFromTheInjectedBits) {
  uint64_t next = 1;
  TraceContext root = TraceContext::NewRoot([&next] { return next++; }, true);
  EXPECT_EQ(root.ToTraceParent(), "00-00000000000000010000000000000002-0000000000000003-01");
  EXPECT_FALSE(TraceContext::NewRoot([&next] { return next++; }, false).IsSampled());
}

TEST(TraceContextTest, ASourceOfZerosStillGivesValidIds) {
  TraceContext root = TraceContext::NewRoot([] { return uint64_t{0}; }, false);
  EXPECT_TRUE(TraceContext::Parse(root.ToTraceParent()).ok()) << root.ToTraceParent();
}

TEST(TraceContextTest, ChildrenKeepTraceStateAndSamplingButNotTheParent) {
  TraceContext parent =
      TraceContext::Parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff").value();
  ASSERT_TRUE(parent.SetTraceState("a=1").ok());
  Random random(1);
  TraceContext child = parent.Child([&random] { return random.Next(); });
  EXPECT_EQ(child.trace_id(), parent.trace_id());
  EXPECT_NE(child.parent_id(), parent.parent_id());
  EXPECT_EQ(child.flags(), kTraceSampled);
  EXPECT_EQ(child.trace_state(), "a=1");
}

TEST(TraceContextTest, MayBeMadeFromIdsOfABinaryFormat) {
  TraceContext context = Example();
  EXPECT_EQ(TraceContext::FromIds(context.trace_id(), context.parent_id(), 1).value(), context);
  EXPECT_FALSE(TraceContext::FromIds({}, context.parent_id(), 1).ok());
  EXPECT_FALSE(TraceContext::FromIds(context.trace_id(), {}, 1).ok());
}

TEST(TraceStateTest, KeepsEntriesInOrderWithoutTheSpaceBetween) {
  EXPECT_EQ(StateAfter(""), "");
  EXPECT_EQ(StateAfter("congo=t61rcWkgMzE"), "congo=t61rcWkgMzE");
  EXPECT_EQ(StateAfter("b=2 ,\ta=1,,  , 0t@sys=x y"), "b=2,a=1,0t@sys=x y");
}

TEST(TraceStateTest, RefusesWhatIsMalformedAndKeepsTheContext) {
  EXPECT_EQ(StateErrorOf("a"), "want key=value between commas");
  const std::string keys = "want keys of a-z, 0-9, _-*/ and one @";
  EXPECT_EQ(StateErrorOf("A=1"), keys);
  EXPECT_EQ(StateErrorOf("1a=1"), keys);
  EXPECT_EQ(StateErrorOf("=1"), keys);
  EXPECT_EQ(StateErrorOf("a@=1"), keys);
  EXPECT_EQ(StateErrorOf("@a=1"), keys);
  EXPECT_EQ(StateErrorOf("a@b@c=1"), keys);
  EXPECT_EQ(StateErrorOf("a@1b=1"), keys);
  EXPECT_EQ(StateErrorOf(std::string(257, 'a') + "=1"), keys);
  EXPECT_EQ(StateErrorOf("a@" + std::string(15, 's') + "=1"), keys);
  const std::string values = "want values of printable ASCII";
  EXPECT_EQ(StateErrorOf("a="), values);
  EXPECT_EQ(StateErrorOf("a=1=2"), values);
  EXPECT_EQ(StateErrorOf("a=\x7F"), values);
  EXPECT_EQ(StateErrorOf("a=\xC3\xA9"), values);
  EXPECT_EQ(StateErrorOf("a=" + std::string(257, 'v')), values);
  EXPECT_EQ(StateErrorOf("a=1,b=2,a=3"), "want each key once");
  std::string many;
  for (int i = 0; i < 33; ++i) StrAppend(many, "k", i, "=1,");
  EXPECT_EQ(StateErrorOf(many), "want at most 32 entries");
}

TEST(TraceStateTest, ShortensByLongEntriesFirstThenFromTheEnd) {
  const std::string long_entry = "long=" + std::string(200, 'v');
  std::string state = "a=1," + long_entry;
  std::string kept = "a=1";
  for (char c = 'b'; c <= 'f'; ++c) {
    const std::string entry = std::string(1, c) + "=" + std::string(98, 'v');
    StrAppend(state, ",", entry);
    StrAppend(kept, ",", entry);
  }
  ASSERT_LE(kept.size(), kTraceStateBytesMax);
  EXPECT_EQ(StateAfter(state), kept);
  EXPECT_EQ(StateAfter(state + ",g=" + std::string(98, 'v')), kept);
}

TEST(TraceStateTest, KeepsLongEntriesThatFit) {
  const std::string state = "a=" + std::string(250, 'v') + ",b=" + std::string(250, 'v');
  EXPECT_EQ(StateAfter(state), state);
}

}  // namespace
}  // namespace sampo
