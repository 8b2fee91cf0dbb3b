// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// EventSourcedBehaviorTestKit: runs one event-sourced behavior, command by command, and gives back
// what each command led to: the events, the state, the reply.
//
// Why: the functions of a behavior are pure and may be tested alone; what goes wrong stands between
// them: a codec that forgets a field, an event handler that is not pure, so that a recovery makes
// another state than the one that was acknowledged. The kit looks after each command:
// - Events, as they are read from the journal, equal those that were persisted.
// - The event handler gives the same state for the same events twice, and the one that the actor
//   has.
// - Command, state and reply come back from their bytes as they were (where they have a codec).
// What it finds is a GoogleTest failure at the caller's line. Values are compared by == where they
// have one, else by their stored bytes: then a forgotten field is not seen, so give them one.
//
// The behavior runs in an actor of a small simulated system over storage in memory; supervisors,
// Setup, timers and asks are the real ones. A command has ended when the actor is ready for the
// next one; virtual time passes for it if need be.
// Threads: the test's. Lifetime: refs from the kit may be told after it.
//
//   EventSourcedBehaviorTestKit<Command, Event, State> kit([] { return Cart("7"); });
//   auto added = kit.RunCommand<absl::Status>(
//       [](auto reply_to) { return AddItem{"mill", std::move(reply_to)}; });
//   EXPECT_EQ(added.reply, absl::OkStatus());
//   EXPECT_EQ(added.event(), Event(ItemAdded{"mill"}));
//   EXPECT_EQ(kit.Restart().items.size(), 1u);      // recovered, and the same as before
#ifndef SAMPO_PERSISTENCE_TESTKIT_EVENT_SOURCED_BEHAVIOR_TEST_KIT_H_
#define SAMPO_PERSISTENCE_TESTKIT_EVENT_SOURCED_BEHAVIOR_TEST_KIT_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/actor_context.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/behaviors.h"
#include "sampo/actor/event_stream.h"
#include "sampo/actor/reply_to.h"
#include "sampo/actor/serialization/verify_round_trip.h"
#include "sampo/actor/testkit/test_inbox.h"
#include "sampo/persistence/event_sourced_behavior.h"
#include "sampo/persistence/testkit/detail/event_sourced_view.h"
#include "sampo/persistence/testkit/detail/test_kit_base.h"

namespace sampo::persistence {

// What a command led to; where several hold, the first one.
enum class CommandOutcome : uint8_t {
  kFailed,     // the actor failed: see `failure`
  kPersisted,  // events were stored
  kUnhandled,
  kStashed,
  kStopped,
  kNone,
};

// What one command led to, and all that it let go on (stashed commands that came back).
template <class Command, class Event, class State>
struct CommandResult {
  std::optional<Command> command;  // nothing where it can't be copied
  std::vector<Event> events;       // as they are stored: read from the journal
  State state;                     // after them
  CommandOutcome outcome = CommandOutcome::kNone;
  absl::Status failure;  // of the actor; OK: none

  bool HasNoEvents() const { return events.empty(); }
  // The only event; another number of them ends the test.
  const Event& event(TestLocation where = TestLocation::current()) const {
    if (events.size() == 1) return events.front();
    const std::string text = StrCat("one event is expected, there are ", events.size());
    ::sampo::internal::FailAt(where, text);
    return *absl::StatusOr<const Event*>(absl::NotFoundError(text)).value();
  }
};
template <class Reply, class Command, class Event, class State>
struct CommandReply : CommandResult<Command, Event, State> {
  std::optional<Reply> reply;  // the first one; nothing: none came
};

template <class Command, class Event, class State>
class EventSourcedBehaviorTestKit final : public internal::EventSourcedTestKitBase {
 public:
  using Result = CommandResult<Command, Event, State>;

  // `make()` or `make(ActorSystemBase&)` returns the behavior; it is called for each start. Starts
  // it; one that does not start is a failure of the test.
  template <class Make>
  explicit EventSourcedBehaviorTestKit(Make make, EventSourcedTestKitOptions options = {},
                                       Where where = Where::current())
      : EventSourcedTestKitBase(options),
        make_([make = std::move(make)](ActorSystemBase& system) mutable -> Behavior<Command> {
          if constexpr (std::is_invocable_v<Make&, ActorSystemBase&>) {
            return make(system);
          } else {
            return make();
          }
        }) {
    static_assert(std::is_copy_constructible_v<Event>,
                  "Sampo: the kit copies events, to compare them with what is stored.");
    system().event_stream().template Subscribe<PersistedEvent<Event>>(persisted_.ref());
    system().event_stream().template Subscribe<UnhandledMessage>(unhandled_.ref());
    Start(where);
  }

  // Gives the actor a command (or an alternative of it) and runs until it is ready for the next.
  template <class M>
  requires std::is_constructible_v<Command, M&&> Result RunCommand(M&& command,
                                                                   Where where = Where::current()) {
    return Run(Command(std::forward<M>(command)), where);
  }
  // The same with a command that make(reply_to) builds; reply_to becomes an ActorRef<Reply> or a
  // ReplyTo<Reply>.
  template <class Reply, class Make>
  requires std::is_invocable_v<Make&, ReplySlot<Reply>> CommandReply<Reply, Command, Event, State>
  RunCommand(Make make, Where where = Where::current()) {
    TestInbox<Reply> inbox("reply");
    ActorRef<Reply> ref = inbox.ref();
    Result result =
        Run(Command(make(ReplySlot<Reply>(::sampo::internal::RefAccess::Release(ref)))), where);
    CommandReply<Reply, Command, Event, State> with_reply{std::move(result), std::nullopt};
    if (!inbox.HasMessages()) return with_reply;
    with_reply.reply = inbox.ReceiveMessage(where);
    if constexpr (HasCodec<Reply>) {
      if (options().verify_replies) Verify(*with_reply.reply, "the reply", where);
    }
    return with_reply;
  }

  // The visible state; after the actor's end the last one. Ends the test where there never was one.
  const State& GetState() {
    if (std::optional<View> view = Find()) last_state_ = *view->state;
    if (last_state_.has_value()) return *last_state_;
    absl::StatusOr<const State*> none = absl::NotFoundError("the behavior has never started");
    return **none;
  }
  // The actor itself, and the number of its newest event.
  ActorRef<Command> ref() const { return ref_; }
  int64_t last_sequence_number() {
    std::optional<View> view = Find();
    return view.has_value() ? view->seq : 0;
  }

  // Ends the actor and starts it again: recovers from what is stored. Its state must be that from
  // before. Returns it.
  const State& Restart(Where where = Where::current()) {
    const State before = GetState();
    const bool comparable = last_outcome_ != CommandOutcome::kFailed;
    Stop(ref_, where);
    if (Start(where) && comparable) {
      const std::string difference =
          internal::Difference(before, GetState(), last_view_.states.get());
      if (!difference.empty()) {
        Tell(where, StrCat("the recovered state is another one than before: ", difference));
      }
    }
    return GetState();
  }
  // Forgets all that is stored, and starts with the empty state.
  void Clear(Where where = Where::current()) { Initialize(std::nullopt, {}, where); }
  // As if these events had been stored; in the place of all that is.
  void Initialize(std::vector<Event> events, Where where = Where::current()) {
    Initialize(std::nullopt, std::move(events), where);
  }
  // As if there were a snapshot of `state`, and these events after it. State needs a codec.
  void Initialize(State state, std::vector<Event> events = {}, Where where = Where::current()) {
    Initialize(std::optional<State>(std::move(state)), std::move(events), where);
  }

 private:
  using View = internal::EventSourcedView<Event, State>;
  struct Slot {
    const internal::ContextBase* context = nullptr;
  };

  std::optional<View> Find() const {
    if (!IsAlive() || slot_ == nullptr || slot_->context == nullptr) return std::nullopt;
    return internal::EventSourcedAccess::Find<Command, Event, State>(*slot_->context);
  }
  bool ReadyOrEnded() const {
    if (!IsAlive()) return true;
    const std::optional<View> view = Find();
    return view.has_value() && view->ready;
  }
  void Tell(Where where, std::string_view text) const {
    Report(where, last_view_.persistence_id.empty()
                      ? std::string(text)
                      : StrCat(last_view_.persistence_id, ": ", text));
  }

  bool Start(Where where) {
    slot_ = std::make_shared<Slot>();
    NoteStart({});
    ref_ = kit().Spawn(Setup<Command>([this, slot = slot_](ActorContext<Command>& context) {
                         slot->context = &context;
                         NoteStart(context.path());
                         return make_(system());
                       }),
                       "subject", {}, where);
    RunUntil([this] { return ReadyOrEnded(); }, "the start", where);
    const absl::Status failure = TakeFailure();
    std::optional<View> view = Find();
    last_outcome_ = view.has_value() ? CommandOutcome::kNone : CommandOutcome::kFailed;
    if (!view.has_value()) {
      Tell(where, StrCat("the behavior did not start: ",
                         IsAlive() ? std::string("it is no EventSourcedBehavior of these types")
                                   : failure.ToString()));
      return false;
    }
    last_state_ = *view->state;
    view->state = nullptr;
    last_view_ = *std::move(view);
    return true;
  }

  Result Run(Command command, Where where) {
    Result result{.command = {}, .events = {}, .state = GetState(), .failure = {}};
    if constexpr (std::is_copy_constructible_v<Command>) result.command = command;
    if constexpr (HasCodec<Command>) {
      if (options().verify_commands) Verify(command, "the command", where);
    }
    std::optional<View> before = Find();
    if (!before.has_value()) {
      Tell(where, "the actor has ended; Restart starts it again");
      result.failure = absl::FailedPreconditionError("the actor has ended");
      return result;
    }
    unhandled_.ReceiveAll();
    persisted_.ReceiveAll();
    ref_.Tell(std::move(command));
    RunUntil([this] { return ReadyOrEnded(); }, "the command", where);
    result.failure = TakeFailure();
    std::vector<Event> persisted;
    for (PersistedEvent<Event>& each : persisted_.ReceiveAll()) {
      persisted.push_back(std::move(each.event));
    }
    ReadBack(before->seq, persisted, result, where);
    const State state_before = std::exchange(result.state, GetState());
    if (!IsAlive()) result.state = Fold(state_before, result.events);
    last_state_ = result.state;
    result.outcome = OutcomeOf(result, before->stashed);
    last_outcome_ = result.outcome;
    if (options().verify_event_handler && result.failure.ok()) {
      VerifyEventHandler(state_before, persisted, result.state, where);
    }
    if (options().verify_state && last_view_.states != nullptr) {
      absl::Status same = internal::CheckStoredForm(result.state, *last_view_.states);
      if (!same.ok()) Tell(where, StrCat("the state: ", std::string(same.message())));
    }
    return result;
  }

  CommandOutcome OutcomeOf(const Result& result, size_t stashed_before) {
    if (!result.failure.ok()) return CommandOutcome::kFailed;
    if (!result.events.empty()) return CommandOutcome::kPersisted;
    for (const UnhandledMessage& each : unhandled_.ReceiveAll()) {
      if (each.recipient == ref_.path()) return CommandOutcome::kUnhandled;
    }
    const std::optional<View> view = Find();
    if (!view.has_value()) return CommandOutcome::kStopped;
    return view->stashed > stashed_before ? CommandOutcome::kStashed : CommandOutcome::kNone;
  }

  // The events from the journal, each compared with the one that was persisted.
  void ReadBack(int64_t after_seq, const std::vector<Event>& persisted, Result& result,
                Where where) {
    const std::vector<StoredEvent> stored = ReadEvents(last_view_.persistence_id, after_seq, where);
    // Retention may have deleted the oldest of them already.
    const size_t deleted = std::max(persisted.size(), stored.size()) - stored.size();
    result.events.assign(persisted.begin(),
                         persisted.begin() + static_cast<std::ptrdiff_t>(deleted));
    for (size_t i = 0; i < stored.size(); ++i) {
      std::vector<Event> read;
      absl::Status decoded =
          last_view_.events->Decode(stored[i].manifest, stored[i].version, stored[i].payload, read);
      if (!decoded.ok()) Tell(where, StrCat("event ", stored[i].seq, ": ", decoded.ToString()));
      // An adapter may split or drop an event on purpose; which one it was then can't be said.
      if (options().verify_events && read.size() == 1 &&
          persisted.size() == deleted + stored.size()) {
        const std::string difference =
            internal::Difference(persisted[deleted + i], read.front(), last_view_.events.get());
        if (!difference.empty()) {
          Tell(where, StrCat("event ", stored[i].seq, " was persisted and is read differently: ",
                             difference, "; does the codec or the adapter forget a field?"));
        }
      }
      for (Event& each : read) result.events.push_back(std::move(each));
    }
  }

  void VerifyEventHandler(const State& before, const std::vector<Event>& events, const State& after,
                          Where where) {
    if (events.empty()) return;
    State state = before;
    for (const Event& event : events) {
      absl::StatusOr<State> once = Apply(state, event);
      absl::StatusOr<State> again = Apply(state, event);
      const std::string what =
          StrCat("the event handler is not pure: for ", ::sampo::internal::MessageText(event));
      if (!once.ok() || !again.ok()) {
        const absl::Status& status = once.ok() ? again.status() : once.status();
        return Tell(where, StrCat(what, " it fails when it is run again: ", status.ToString()));
      }
      const std::string difference = internal::Difference(*once, *again, last_view_.states.get());
      if (!difference.empty()) {
        return Tell(where, StrCat(what, " and one state it makes two: ", difference));
      }
      state = *std::move(once);
    }
    const std::string difference = internal::Difference(after, state, last_view_.states.get());
    if (difference.empty()) return;
    Tell(where, StrCat("the event handler is not pure: the actor's state and the one its events "
                       "make again differ: ",
                       difference));
  }
  absl::StatusOr<State> Apply(const State& state, const Event& event) {
    try {
      return last_view_.apply(state, event);
    } catch (...) {  // of the user's function
      return internal::StatusOfHandlerException();
    }
  }
  State Fold(State state, const std::vector<Event>& events) {
    for (const Event& event : events) {
      absl::StatusOr<State> next = Apply(state, event);
      if (next.ok()) state = *std::move(next);
    }
    return state;
  }
  template <class T>
  void Verify(const T& value, std::string_view what, Where where) {
    CodecContext context{.refs = &refs()};
    absl::Status same = VerifyRoundTrip(value, context);
    if (!same.ok()) {
      Tell(where, StrCat(what, " ", ::sampo::internal::MessageText(value), ": ",
                         std::string(same.message())));
    }
  }

  void Initialize(std::optional<State> state, std::vector<Event> events, Where where) {
    Stop(ref_, where);
    ClearStorage();
    absl::Status stored = StoreAll(state, events);
    if (!stored.ok()) Tell(where, StrCat("Initialize: ", stored.ToString()));
    Start(where);
  }
  absl::Status StoreAll(const std::optional<State>& state, const std::vector<Event>& events) {
    if (!state.has_value() && events.empty()) return absl::OkStatus();
    if (last_view_.events == nullptr) return absl::FailedPreconditionError("it has never started");
    std::optional<SnapshotRecord> snapshot;
    internal::EncodedValue encoded;
    if (state.has_value()) {
      if (last_view_.states == nullptr) {
        return absl::FailedPreconditionError("the state has no codec, so it can't be stored");
      }
      absl::Status status = last_view_.states->Encode(*state, encoded);
      if (!status.ok()) return status;
      snapshot.emplace();
      snapshot->manifest = encoded.manifest;
      snapshot->version = encoded.version;
      snapshot->payload = encoded.payload;
    }
    std::vector<EventRecord> records;
    for (const Event& event : events) {
      absl::Status status = last_view_.events->Encode(event, encoded);
      if (!status.ok()) return status;
      records.push_back(
          {.manifest = encoded.manifest, .version = encoded.version, .payload = encoded.payload});
    }
    return Store(last_view_.persistence_id, std::move(records), std::move(snapshot));
  }

  const std::function<Behavior<Command>(ActorSystemBase&)> make_;
  TestInbox<PersistedEvent<Event>> persisted_{"persisted"};
  TestInbox<UnhandledMessage> unhandled_{"unhandled"};
  std::shared_ptr<Slot> slot_;
  ActorRef<Command> ref_;
  View last_view_;  // without its state
  std::optional<State> last_state_;
  CommandOutcome last_outcome_ = CommandOutcome::kNone;
};

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_TESTKIT_EVENT_SOURCED_BEHAVIOR_TEST_KIT_H_
