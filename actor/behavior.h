// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Behavior<C>: what an actor does with the next message of protocol C. A handler returns the
// behavior for the message after this one; Same() keeps the current one.
//
// Move-only, one pointer: to a block of the pool, or a tagged constant. A behavior is entered by
// one virtual call and dispatches by comparing the message's index.
// Threads: belongs to whoever holds it; once spawned, to its actor.
//
//   Behavior<Command> Counter(int64_t count) {
//     return Receive<Command>(On{[count](const Increment& m) { return Counter(count + m.by); },
//                                [](const Reset&) { return Counter(0); }});
//   }
#ifndef SAMPO_ACTOR_BEHAVIOR_H_
#define SAMPO_ACTOR_BEHAVIOR_H_

#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "sampo/actor/base/block_pool.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/actor/dispatch/envelope.h"
#include "sampo/actor/signal.h"

namespace sampo {

template <class C>
class ActorContext;

namespace internal {

class ContextBase;
struct BehaviorAccess;

// A behavior in one word.
// | low 3 bits | rest                                                        |
// | 000        | BehaviorNode*, owned; all zero: moved away                  |
// | 001        | a constant: kSame, kUnhandled...                            |
// | 010        | FailBlock*, owned: Fail(status)                             |
// | 011        | StopBlock*, owned: Stopped(hook)                            |
using Word = uintptr_t;
inline constexpr Word kWordTagMask = 7;
inline constexpr Word kConstantTag = 1;
inline constexpr Word kFailTag = 2;
inline constexpr Word kStopTag = 3;
inline constexpr Word kSame = 0x01;
inline constexpr Word kUnhandled = 0x09;
inline constexpr Word kStopped = 0x11;
inline constexpr Word kIgnore = 0x19;
inline constexpr Word kEmpty = 0x21;
inline constexpr Word kSuspended = 0x29;  // the handler is a coroutine that waits

// What stands behind a Behavior; allocated from the pool. Each name begins with Node: classes of
// users inherit them (AbstractBehavior), and would no longer see their own message Start or Signal.
class BehaviorNode {
 public:
  BehaviorNode() = default;
  BehaviorNode(const BehaviorNode&) = delete;
  BehaviorNode& operator=(const BehaviorNode&) = delete;
  virtual ~BehaviorNode();

  static void* operator new(size_t bytes) { return AllocateBlock(bytes); }
  static void operator delete(void* block, size_t bytes) { FreeBlock(block, bytes); }

  // Handles one message; returns the next behavior. May throw what the user's code throws.
  virtual Word NodeReceive(ContextBase& context, Envelope& envelope) = 0;
  // Handles a signal; kUnhandled where there is no handler for it.
  virtual Word NodeSignal(ContextBase& context, SignalRef signal);
  // Whether Start has to run before the first message.
  virtual bool node_needs_start() const { return false; }
  // Makes the behavior ready for messages (runs Setup). kSame: ready as it is; anything else
  // replaces it.
  virtual Word NodeStart(ContextBase& context);
  // A fresh, started copy of this blueprint. Only where node_restartable().
  virtual Word NodeInstantiate(ContextBase& context) const;
  virtual bool node_restartable() const { return false; }
  // The late result of a coroutine handler below this node; wrappers take it in.
  virtual Word NodeComplete(ContextBase& context, Word late);
  // Decides about a failure of this node or what it wraps, innermost first. False: not mine.
  virtual bool NodeHandleFailure(ContextBase& context, const Failure& failure, bool starting,
                                 Word* next);
  // Carries out a restart that had to wait (children, backoff) if this node or one inside asked
  // for it. False: not mine.
  virtual bool NodeFinishRestart(ContextBase& context, const void* token, Word* next);
  // True where `other` is a wrapper that does the same, so that one of the two is enough.
  virtual bool NodeIsSameWrapper(const BehaviorNode& other) const;
  // What this node wraps; 0 where it wraps nothing.
  virtual Word node_inner() const { return 0; }
  // Ok, or why an actor can't be spawned with this behavior (a restart of what can't restart).
  virtual absl::Status NodeCheckSpawnable() const;
};

inline BehaviorNode* NodeOf(Word word) {
  return (word & kWordTagMask) == 0 ? reinterpret_cast<BehaviorNode*>(word) : nullptr;
}

struct FailBlock {
  absl::Status status;
};
struct StopBlock {
  UniqueFunction<void()> hook;
};
Word MakeFailWord(absl::Status status);
Word MakeStopWord(UniqueFunction<void()> hook);
// Frees what an owned word points at.
void DestroyWordSlow(Word word);
inline void DestroyWord(Word word) {
  if (word != 0 && (word & kWordTagMask) != kConstantTag) DestroyWordSlow(word);
}

// The message that Stash and the like mean from now on in this turn.
void SetCurrentEnvelope(Envelope* envelope);

// An owned word.
class WordHolder {
 public:
  WordHolder() = default;
  explicit WordHolder(Word word) : word_(word) {}
  WordHolder(WordHolder&& other) noexcept : word_(std::exchange(other.word_, 0)) {}
  WordHolder& operator=(WordHolder&& other) noexcept {
    if (this != &other) {
      DestroyWord(word_);
      word_ = std::exchange(other.word_, 0);
    }
    return *this;
  }
  ~WordHolder() { DestroyWord(word_); }
  Word get() const { return word_; }
  Word Release() { return std::exchange(word_, 0); }

 private:
  Word word_ = 0;
};

}  // namespace internal

// The constants and small results a handler may return; each converts to Behavior<C>.
struct SameBehavior {};
struct StoppedBehavior {};
struct UnhandledBehavior {};
struct IgnoreBehavior {};
struct EmptyBehavior {};
struct FailedBehavior {
  absl::Status status;
};
struct StoppedWithHook {
  UniqueFunction<void()> hook;
};

// Keeps the current behavior.
constexpr SameBehavior Same() { return {}; }
// Stops the actor after this message: children first, then PostStop, then Terminated to watchers.
constexpr StoppedBehavior Stopped() { return {}; }
// The same; `hook` runs after the current behavior's PostStop handler.
inline StoppedWithHook Stopped(UniqueFunction<void()> hook) { return {std::move(hook)}; }
// Keeps the current behavior and reports the message as unhandled (EventStream, OrElse). Not for a
// handler that takes its message away (M&& or M): the return type is then Partial<C>.
constexpr UnhandledBehavior Unhandled() { return {}; }
// From now on: swallow every message silently.
constexpr IgnoreBehavior Ignore() { return {}; }
// From now on: every message is unhandled.
constexpr EmptyBehavior Empty() { return {}; }
// The message failed: the supervisor decides, by the code of `status`. Precondition: !status.ok().
inline FailedBehavior Fail(absl::Status status) { return {std::move(status)}; }

template <class C>
class [[nodiscard]] Behavior {
 public:
  using Protocol = C;

  Behavior(SameBehavior) : word_(internal::kSame) {}        // NOLINT: implicit on purpose
  Behavior(StoppedBehavior) : word_(internal::kStopped) {}  // NOLINT
  Behavior(IgnoreBehavior) : word_(internal::kIgnore) {}    // NOLINT
  Behavior(EmptyBehavior) : word_(internal::kEmpty) {}      // NOLINT
  Behavior(FailedBehavior failed)                           // NOLINT
      : word_(internal::MakeFailWord(std::move(failed.status))) {}
  Behavior(StoppedWithHook stopped)  // NOLINT
      : word_(internal::MakeStopWord(std::move(stopped.hook))) {}
  // A class behavior; see AbstractBehavior.
  template <class Node>
  requires(
      std::is_base_of_v<internal::BehaviorNode, Node>&& std::is_same_v<typename Node::Protocol, C>)
      Behavior(std::unique_ptr<Node> node)  // NOLINT
      : word_(reinterpret_cast<internal::Word>(
            static_cast<internal::BehaviorNode*>(node.release()))) {}

  Behavior(Behavior&& other) noexcept : word_(std::exchange(other.word_, 0)) {}
  Behavior& operator=(Behavior&& other) noexcept {
    if (this != &other) {
      internal::DestroyWord(word_);
      word_ = std::exchange(other.word_, 0);
    }
    return *this;
  }
  ~Behavior() { internal::DestroyWord(word_); }

 private:
  friend struct internal::BehaviorAccess;
  explicit Behavior(internal::Word word) : word_(word) {}
  internal::Word word_;
};

// What a handler returns that may also say Unhandled().
template <class C>
class [[nodiscard]] Partial {
 public:
  template <class T>
  requires std::is_convertible_v<T&&, Behavior<C>> Partial(T&& next)
      : behavior_(std::forward<T>(next)), unhandled_(false) {}                 // NOLINT
  Partial(UnhandledBehavior) : behavior_(SameBehavior{}), unhandled_(true) {}  // NOLINT

 private:
  friend struct internal::BehaviorAccess;
  Behavior<C> behavior_;
  bool unhandled_;
};

namespace internal {

// For the library: words in and out of behaviors.
struct BehaviorAccess {
  template <class C>
  static Behavior<C> Make(Word word) {
    return Behavior<C>(word);
  }
  template <class C>
  static Word Release(Behavior<C>&& behavior) {
    return std::exchange(behavior.word_, 0);
  }
  template <class C>
  static Word Release(Partial<C>&& partial) {
    if (partial.unhandled_) return kUnhandled;
    return std::exchange(partial.behavior_.word_, 0);
  }
  template <class C>
  static Word Peek(const Behavior<C>& behavior) {
    return behavior.word_;
  }
};

// A new node as a Behavior.
template <class C, class Node, class... Args>
Behavior<C> MakeNode(Args&&... args) {
  BehaviorNode* node = new Node(std::forward<Args>(args)...);
  return BehaviorAccess::Make<C>(reinterpret_cast<Word>(node));
}

}  // namespace internal
}  // namespace sampo

#endif  // SAMPO_ACTOR_BEHAVIOR_H_
