// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/serialization/reply_codec.h"

#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/dispatch/ref_target.h"

namespace sampo {
namespace {

constexpr absl::Duration kPatience = absl::Minutes(1);

struct Value {
  int number;
};
struct Get {
  ReplyTo<Value> reply_to;
};

// Knows one target, as remoting would know its peers'.
class OneRef final : public RefResolver {
 public:
  ~OneRef() override {
    if (known_ != nullptr) known_->Unref();
  }
  absl::StatusOr<std::string> ToPath(RefParts ref, const MessageType&) override {
    ref.target->Ref();
    known_ = ref.target;
    return "the asker";
  }
  absl::StatusOr<RefParts> FromPath(std::string_view path, const MessageType&) override {
    EXPECT_EQ(path, "the asker");
    return RefParts{std::exchange(known_, nullptr), 0};
  }

 private:
  RefTarget* known_ = nullptr;
};

class ReplyCodecTest : public testing::Test {
 protected:
  // Asks an actor, which hands its request out.
  void Request() {
    Promise<Get> handed_out;
    Future<Get> request = handed_out.future();
    ActorRef<Get> server =
        system_.SpawnAnonymous(Receive<Get>([promise = std::move(handed_out)](Get&& m) mutable {
          promise.Complete(std::move(m));
          return Same();
        }));
    answer_ = std::make_unique<Future<Value>>(Ask<Value>(
        server, absl::InfiniteDuration(), [](auto reply_to) { return Get{std::move(reply_to)}; }));
    absl::StatusOr<Get> got = Await(std::move(request), kPatience);
    ASSERT_TRUE(got.ok()) << got.status();
    request_ = std::make_unique<Get>(*std::move(got));
  }
  absl::StatusOr<Value> Answer() { return Await(std::move(*answer_), kPatience); }
  std::string Write() { return PathOfReply(context_, request_->reply_to); }
  ReplyTo<Value> Read(const std::string& path) {
    absl::StatusOr<ReplyTo<Value>> read = ReplyOfPath<Value>(context_, path);
    EXPECT_TRUE(read.ok()) << read.status();
    return *std::move(read);
  }

  ActorSystem<Get> system_{Ignore(), "shop"};
  OneRef resolver_;
  CodecContext context_{.refs = &resolver_};
  std::unique_ptr<Get> request_;
  std::unique_ptr<Future<Value>> answer_;
};

TEST_F(ReplyCodecTest, WhoReadsItAnswers) {
  Request();
  const std::string path = Write();
  context_.PassObligations();
  EXPECT_FALSE(request_->reply_to.pending());
  request_.reset();
  Read(path).Tell({42});
  absl::StatusOr<Value> answer = Answer();
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->number, 42);
}

TEST_F(ReplyCodecTest, WhoReadsItAndDropsItTellsTheAsker) {
  Request();
  const std::string path = Write();
  context_.PassObligations();
  request_.reset();
  { ReplyTo<Value> dropped = Read(path); }
  EXPECT_EQ(Answer().status().code(), absl::StatusCode::kCancelled);
}

TEST_F(ReplyCodecTest, BytesThatNeverLeaveAreADroppedRequest) {
  Request();
  Write();
  request_.reset();
  EXPECT_EQ(Answer().status().code(), absl::StatusCode::kCancelled);
}

TEST_F(ReplyCodecTest, WithoutAResolverItIsRefused) {
  Request();
  CodecContext context;
  EXPECT_EQ(PathOfReply(context, request_->reply_to), "");
  EXPECT_EQ(context.TakeFailure().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReplyOfPath<Value>(context, "x").status().code(),
            absl::StatusCode::kFailedPrecondition);
  request_->reply_to.Tell({1});
  EXPECT_TRUE(Answer().ok());
}

}  // namespace
}  // namespace sampo
