// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// EventSourcedView: what the EventSourcedBehaviorTestKit sees of a running event-sourced actor: its
// state, its event handler, and how it stores events and states. Also how two values are compared.
//
// Threads: the simulation's, between two steps. Lifetime: `state` is the actor's own; the rest is
// shared and outlives it.
#ifndef SAMPO_PERSISTENCE_TESTKIT_DETAIL_EVENT_SOURCED_VIEW_H_
#define SAMPO_PERSISTENCE_TESTKIT_DETAIL_EVENT_SOURCED_VIEW_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/detail/protocol.h"
#include "sampo/actor/serialization/verify_round_trip.h"
#include "sampo/actor/testkit/test_probe.h"
#include "sampo/persistence/detail/persistent_node.h"
#include "sampo/persistence/detail/typed_event_sourced_node.h"
#include "sampo/persistence/event_adapter.h"
#include "sampo/persistence/event_sourced_behavior.h"

namespace sampo::persistence::internal {

template <class T>
inline constexpr bool kComparable =
    ::sampo::internal::AllComparable(::sampo::internal::Alternatives<T>{});

template <class Event, class State>
struct EventSourcedView {
  bool ready = false;  // for the next command
  size_t stashed = 0;  // by Effect::Stash
  int64_t seq = 0;
  std::string persistence_id;
  const State* state = nullptr;
  std::shared_ptr<StoredForm<Event>> events;
  std::shared_ptr<StoredForm<State>> states;  // null: no codec
  std::function<absl::StatusOr<State>(const State&, const Event&)> apply;
};

struct EventSourcedAccess {
  template <class Node>
  static auto ViewOf(Node& node) {
    EventSourcedView<typename Node::Event, typename Node::State> view;
    view.ready = node.ready();
    view.stashed = node.stash().user_size();
    view.seq = node.last_sequence_number();
    view.persistence_id = node.persistence_id().text();
    view.state = &node.state();
    view.events = node.shared()->events;
    view.states = node.shared()->states;
    view.apply = [shared = node.shared()](const typename Node::State& state,
                                          const typename Node::Event& event) {
      return shared->options.on_event.Apply(state, event);
    };
    // The kit reads the events as they were before they became bytes.
    node.options().publish_events = true;
    return view;
  }

  // Nothing: the actor's behavior is no event-sourced one of these types, or is not there just now.
  template <class Command, class Event, class State>
  static std::optional<EventSourcedView<Event, State>> Find(const ContextBase& context) {
    using Plain = TypedEventSourcedNode<EventSourcedOptions<Command, Event, State>>;
    using Enforced = TypedEventSourcedNode<EnforcedRepliesOptions<Command, Event, State>>;
    PersistentNode* node = PersistentNode::Of(context);
    if (auto* plain = dynamic_cast<Plain*>(node)) return ViewOf(*plain);
    if (auto* enforced = dynamic_cast<Enforced*>(node)) return ViewOf(*enforced);
    return std::nullopt;
  }
};

// "" where `a` equals `b`: by == where there is one, else by the bytes that are stored of them.
template <class T>
std::string Difference(const T& a, const T& b, StoredForm<T>* form) {
  if constexpr (kComparable<T>) {
    if (a == b) return {};
    return StrCat(::sampo::internal::MessageText(a), ", and ", ::sampo::internal::MessageText(b));
  } else {
    if (form == nullptr) return {};
    EncodedValue of_a;
    EncodedValue of_b;
    absl::Status encoded = form->Encode(a, of_a);
    if (encoded.ok()) encoded = form->Encode(b, of_b);
    if (!encoded.ok()) return encoded.ToString();
    if (of_a.manifest == of_b.manifest && of_a.payload == of_b.payload) return {};
    return StrCat("two ", ::sampo::internal::TypeName<T>(), " that are stored as ",
                  of_a.payload.size(), " and ", of_b.payload.size(),
                  " bytes, and the bytes differ (it has no == and can't be compared otherwise)");
  }
}

// OK where `value` comes back from its stored form as it was.
template <class T>
absl::Status CheckStoredForm(const T& value, StoredForm<T>& form) {
  EncodedValue stored;
  absl::Status status = form.Encode(value, stored);
  if (!status.ok()) return status;
  std::vector<T> read;
  status = form.Decode(stored.manifest, stored.version, stored.payload, read);
  if (!status.ok()) return status;
  if (read.size() != 1) return absl::OkStatus();  // an adapter that splits or drops, on purpose
  const std::string difference = Difference(value, read.front(), &form);
  if (difference.empty()) return absl::OkStatus();
  return absl::InternalError(StrCat("it does not come back from its bytes as it was: ", difference,
                                    " came back; does the codec or the adapter forget a field?"));
}

}  // namespace sampo::persistence::internal

#endif  // SAMPO_PERSISTENCE_TESTKIT_DETAIL_EVENT_SOURCED_VIEW_H_
