// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// BehaviorTestKit<C>: runs one behavior on the caller, message by message, and keeps what it did
// with its context: the effects.
//
// The behavior lives in a real actor of a small simulated system, so its context, timers, stash,
// supervision and asks are the real ones. Run returns when the actor has handled the message and
// all that it told itself meanwhile. Its children are made but never run: what they are told stays
// in their inboxes, and a child that is stopped ends without having started. Time stands still but
// for TimePasses.
// Threads: the test's. Lifetime: refs from the kit may be told after it.
//
//   BehaviorTestKit<Command> kit(Cart());
//   kit.Run(AddItem{"mill"});
//   kit.ExpectEffect(Effect::Spawned("item-mill"));
//   kit.ChildInbox<Item>("item-mill").ExpectMessage(Open{});
//   EXPECT_TRUE(kit.IsAlive());
#ifndef SAMPO_ACTOR_TESTKIT_BEHAVIOR_TEST_KIT_H_
#define SAMPO_ACTOR_TESTKIT_BEHAVIOR_TEST_KIT_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/detail/actor_system_inl.h"
#include "sampo/actor/signal.h"
#include "sampo/actor/testkit/effect.h"
#include "sampo/actor/testkit/log_capture.h"
#include "sampo/actor/testkit/test_inbox.h"
#include "sampo/actor/testkit/test_location.h"

namespace sampo {

// What the last message's handler returned.
enum class ReturnedBehavior : uint8_t {
  kSame,       // Same(), or no message was handled
  kNew,        // another behavior
  kStopped,    //
  kUnhandled,  //
  kFailed,     // Fail(status), an exception, or a call of the context that failed
  kIgnore,     //
  kEmpty,      //
};

namespace internal {

// The part of the kit that does not know the protocol.
class BehaviorTestKitBase {
 public:
  using Where = TestLocation;

  BehaviorTestKitBase(const BehaviorTestKitBase&) = delete;
  BehaviorTestKitBase& operator=(const BehaviorTestKitBase&) = delete;

  ActorSystemBase& system() const;
  // Handles what waits in the actor's mailbox, such as answers to its asks.
  void RunPending(Where where = Where::current());
  // Moves the time; timers that are due are handled, each at its time.
  void TimePasses(absl::Duration duration, Where where = Where::current());
  // Delivers a signal as the system would.
  void Signal(PreRestart signal, Where where = Where::current());
  void Signal(PostStop signal, Where where = Where::current());
  void Signal(Terminated signal, Where where = Where::current());

  // False when the actor stops or has ended.
  bool IsAlive() const;
  ReturnedBehavior Returned() const;
  // Why the last message failed; OK where it did not.
  absl::Status failure() const;

  // --- effects, oldest first ---
  bool HasEffects() const;
  // Takes the oldest one; kNone where there is none.
  Effect RetrieveEffect();
  std::vector<Effect> RetrieveAllEffects();
  // Takes the oldest one, which must be `expected`.
  void ExpectEffect(const Effect& expected, Where where = Where::current());

  // What the actor logged.
  LogCapture& log();

 protected:
  BehaviorTestKitBase(BodyFactory body, Word behavior, std::string_view name);
  ~BehaviorTestKitBase();
  RefTarget* target() const;
  // A child's mailbox; null, and a failure, where there is no such child.
  RefTarget* ShareChild(std::string_view name, const Where& where) const;

 private:
  struct Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace internal

template <class C>
class BehaviorTestKit final : public internal::BehaviorTestKitBase {
 public:
  // Starts the behavior: its Setup has run when this returns. A behavior that can't be spawned is a
  // failure of the test.
  explicit BehaviorTestKit(Behavior<C> behavior, std::string_view name = "testkit")
      : BehaviorTestKitBase(&internal::NewTypedContext<C>,
                            internal::BehaviorAccess::Release(std::move(behavior)), name) {}

  ActorRef<C> ref() const { return internal::RefAccess::Share<C>(target()); }

  // Tells the actor and runs it until it has nothing to do.
  template <class M>
  void Run(M&& message, Where where = Where::current()) {
    ref().Tell(std::forward<M>(message));
    RunPending(where);
  }
  // What has been told to a child. B: the child's protocol.
  template <class B>
  TestInbox<B> ChildInbox(std::string_view name, Where where = Where::current()) const {
    RefTarget* child = ShareChild(name, where);
    if (child == nullptr) return TestInbox<B>();
    TestInbox<B> inbox{internal::InboxReader(child)};
    child->Unref();
    return inbox;
  }
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_TESTKIT_BEHAVIOR_TEST_KIT_H_
