// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// EventStream: publish and subscribe by the type of the event, within one system. The library
// publishes DeadLetter, Dropped and UnhandledMessage on it.
//
// Guarantees: a subscriber gets each event published after Subscribe returned, in the order of one
// publisher. A subscriber that has ended is forgotten with the next event of its type.
// Threads: all methods from any thread. Publish runs on the caller's and never blocks for long.
//
//   system.event_stream().Subscribe<DeadLetter>(adapter);
#ifndef SAMPO_ACTOR_EVENT_STREAM_H_
#define SAMPO_ACTOR_EVENT_STREAM_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "sampo/actor/actor_ref.h"

namespace sampo {

// A message that could not be delivered: its receiver has ended.
struct DeadLetter {
  std::string message_type;
  std::string recipient;  // path
  std::string reason;
};
// A message that a bound turned away (mailbox, stash of a restart, empty router).
struct Dropped {
  std::string message_type;
  std::string recipient;
  std::string reason;
};
// A message that the receiver's behavior did not handle.
struct UnhandledMessage {
  std::string message_type;
  std::string recipient;
};

class EventStream {
 public:
  EventStream();
  ~EventStream();
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  // Subscribing twice is once.
  template <class E>
  void Subscribe(ActorRef<E> subscriber) {
    Add(&kMessageType<E>, internal::RefAccess::Target(subscriber),
        internal::RefAccess::Index(subscriber));
  }
  template <class E>
  void Unsubscribe(const ActorRef<E>& subscriber) {
    Remove(&kMessageType<E>, internal::RefAccess::Target(subscriber));
  }
  template <class E>
  void Publish(const E& event) {
    ForEach(&kMessageType<E>, &event, [](RefTarget* target, uint32_t index, const void* e) {
      internal::RefAccess::Share<E>(target, index).Tell(E(*static_cast<const E*>(e)));
    });
  }
  // Anybody there? So that an event nobody wants is not even built.
  template <class E>
  bool HasSubscribers() const {
    return Has(&kMessageType<E>);
  }

 private:
  struct State;
  void Add(const MessageType* type, RefTarget* target, uint32_t index);
  void Remove(const MessageType* type, RefTarget* target);
  void ForEach(const MessageType* type, const void* event,
               void (*tell)(RefTarget*, uint32_t, const void*));
  bool Has(const MessageType* type) const;
  std::unique_ptr<State> state_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_EVENT_STREAM_H_
