// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// TestInbox<M>: a ref that keeps what it is told, without threads and without a system.
//
// For synchronous tests with BehaviorTestKit; with real threads use TestProbe. It can be watched;
// it ends, as an actor does, when the TestInbox is destroyed. Threads: told from any; read by the
// test alone. Lifetime: its ref may be told long after it.
//
//   TestInbox<Value> inbox;
//   BehaviorTestKit<Command> kit(Counter());
//   kit.Run(GetValue{inbox.ref()});
//   EXPECT_EQ(inbox.ReceiveMessage().count, 0);
#ifndef SAMPO_ACTOR_TESTKIT_TEST_INBOX_H_
#define SAMPO_ACTOR_TESTKIT_TEST_INBOX_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "sampo/actor/actor_ref.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/detail/actor_ask.h"
#include "sampo/actor/detail/protocol.h"
#include "sampo/actor/testkit/test_location.h"
#include "sampo/actor/testkit/test_probe.h"

namespace sampo {
namespace internal {

// A mailbox that no dispatcher ever runs, and the one who reads it.
class InboxReader {
 public:
  // A new target of its own.
  explicit InboxReader(std::string_view name);
  // The mailbox of an actor that is kept from running: a child in a BehaviorTestKit.
  explicit InboxReader(RefTarget* shared);
  InboxReader(InboxReader&& other) noexcept
      : target_(std::exchange(other.target_, nullptr)), is_owner_(other.is_owner_) {}
  InboxReader& operator=(InboxReader&&) = delete;
  ~InboxReader();

  RefTarget* target() const { return target_; }
  // The next one's payload is the caller's, its block stays the queue's; null where there is none.
  Envelope* Take();
  bool HasMessages() const;

 private:
  RefTarget* target_;  // counted
  const bool is_owner_;
};

template <class... A>
bool IsOneOf(const MessageType* type, TypeList<A...>) {
  return ((type == &kMessageType<A>) || ...);
}

}  // namespace internal

template <class M>
class TestInbox {
 public:
  using Where = TestLocation;

  explicit TestInbox(std::string_view name = "inbox") : reader_(name) {}
  explicit TestInbox(internal::InboxReader reader) : reader_(std::move(reader)) {}
  TestInbox(TestInbox&&) noexcept = default;

  ActorRef<M> ref() const { return internal::RefAccess::Share<M>(reader_.target()); }
  bool HasMessages() const { return reader_.HasMessages(); }

  // The next message; NOT_FOUND: there is none.
  absl::StatusOr<M> Receive() {
    Envelope* envelope = reader_.Take();
    if (envelope == nullptr) {
      return absl::NotFoundError(StrCat("TestInbox ", ref().path(), ": it is empty"));
    }
    if (!internal::IsOneOf(envelope->type, internal::Alternatives<M>{})) {
      absl::Status other = absl::InvalidArgumentError(
          StrCat("TestInbox ", ref().path(), ": holds a ", envelope->type->name, ", which is no ",
                 internal::TypeName<M>(), ": wrong type of a child's inbox?"));
      DestroyPayload(envelope);
      return other;
    }
    M message = internal::WholeMessage<M>(*envelope);
    DestroyPayload(envelope);
    return message;
  }
  // The next message; an empty inbox is a failure that ends the test.
  M ReceiveMessage(Where where = Where::current()) {
    absl::StatusOr<M> got = Receive();
    if (!got.ok()) internal::FailAt(where, got.status().ToString());
    return std::move(got).value();
  }
  // The next message equals `expected`: an M, or an alternative of a variant protocol.
  template <class E>
  void ExpectMessage(const E& expected, Where where = Where::current()) {
    absl::StatusOr<M> got = Receive();
    const std::string wanted = internal::MessageText(expected);
    if (!got.ok()) {
      return internal::FailAt(where, StrCat(got.status().ToString(), "; expected ", wanted));
    }
    if (Equals(*got, expected)) return;
    internal::FailAt(where, StrCat("TestInbox ", ref().path(), ": expected ", wanted, ", got ",
                                   internal::MessageText(*got)));
  }
  std::vector<M> ReceiveAll() {
    std::vector<M> all;
    while (HasMessages()) {
      absl::StatusOr<M> got = Receive();
      if (got.ok()) all.push_back(*std::move(got));
    }
    return all;
  }

 private:
  template <class E>
  static bool Equals(const M& got, const E& expected) {
    if constexpr (std::same_as<E, M>) {
      return got == expected;
    } else {
      const E* held = std::get_if<E>(&got);
      return held != nullptr && *held == expected;
    }
  }

  internal::InboxReader reader_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_TESTKIT_TEST_INBOX_H_
