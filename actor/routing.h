// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Routing<C>: which routee of a router gets the next message. Broadcast<C>: which messages go to
// all.
//
// | routing           | the next message goes to                                                 |
// | RoundRobin        | the routees in turn                                                      |
// | Random            | any routee, with the same chance (from the system's seed)                |
// | ConsistentHashing | the routee that owns the message's key: the same one as long as the set  |
// |                   | of routees is the same; a change of the set moves few keys               |
// | SmallestMailbox   | an idle routee with nothing waiting, else one with the fewest messages   |
// |                   | waiting; routees on other nodes last, for nobody knows                   |
//
// Threads: values; a router makes a RoutingLogic of its own of it, which stays on its turn.
//
//   Routing<Job>::ConsistentHashing(On{[](const Job& job) { return job.customer; }})
#ifndef SAMPO_ACTOR_ROUTING_H_
#define SAMPO_ACTOR_ROUTING_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "sampo/actor/actor_ref.h"
#include "sampo/actor/detail/protocol.h"

namespace sampo {

class ActorSystemBase;

// Decides by the routees and a message's key alone.
class RoutingLogic {
 public:
  virtual ~RoutingLogic() = default;
  // From now on these are the routees; in the router's order, not empty.
  virtual void SetRoutees(const std::vector<AnyActorRef>& routees) = 0;
  // The place of the next one. `key`: of the message, 0 where the routing asks for none.
  virtual size_t Select(uint64_t key) = 0;
};

namespace internal {

enum class RoutingKind : uint8_t { kRoundRobin, kRandom, kConsistentHashing, kSmallestMailbox };

std::unique_ptr<RoutingLogic> MakeRoutingLogic(RoutingKind kind, int virtual_nodes, uint64_t seed);
// A random number of the system's sequence.
uint64_t RoutingSeed(ActorSystemBase& system);
// The same on every machine and in every run: routers on different nodes agree.
uint64_t StableHash(std::string_view bytes);

// What a key function gave, as 64 well-mixed bits.
template <class Key>
uint64_t HashKey(const Key& key) {
  if constexpr (std::is_integral_v<Key> || std::is_enum_v<Key>) {
    const auto bits = static_cast<uint64_t>(key);
    return StableHash({reinterpret_cast<const char*>(&bits), sizeof(bits)});
  } else {
    static_assert(std::is_convertible_v<const Key&, std::string_view>,
                  "Sampo: a hash key is an integer, an enum or a string.");
    return StableHash(key);
  }
}

// f(message) for the message of protocol C that is in the envelope.
template <class R, class F, class... A>
R CallWithMessage(const F& f, Envelope& envelope, TypeList<A...>) {
  R result{};
  uint16_t at = 0;
  auto ask = [&]<class M>(std::type_identity<M>) {
    if (envelope.index != at++) return false;
    result = f(static_cast<const M&>(envelope.As<M>()));
    return true;
  };
  (void)(ask(std::type_identity<A>{}) || ...);
  return result;
}

template <class F, class... A>
inline constexpr bool kTakesEach = (std::is_invocable_v<const F&, const A&> && ...);
template <class... A>
constexpr bool AllCopyable(TypeList<A...>) {
  return (std::is_copy_constructible_v<A> && ...);
}
template <class F, class... A>
constexpr bool TakesEach(TypeList<A...>) {
  return kTakesEach<F, A...>;
}

}  // namespace internal

template <class C>
class Routing {
 public:
  static Routing RoundRobin() { return Routing(internal::RoutingKind::kRoundRobin); }
  static Routing Random() { return Routing(internal::RoutingKind::kRandom); }
  static Routing SmallestMailbox() { return Routing(internal::RoutingKind::kSmallestMailbox); }
  // `key` gives an integer, an enum or a string for each message of C. Each routee stands at
  // `virtual_nodes` places of the ring; more of them spread the keys more evenly (10: Pekko's).
  template <class F>
  static Routing ConsistentHashing(F key, int virtual_nodes = 10) {
    static_assert(internal::TakesEach<F>(internal::Alternatives<C>{}),
                  "Sampo: the key function takes each message of the protocol as a const M&.");
    Routing routing(internal::RoutingKind::kConsistentHashing);
    routing.virtual_nodes_ = virtual_nodes < 1 ? 1 : virtual_nodes;
    routing.key_ = [key = std::move(key)](Envelope& envelope) {
      auto hash = [&key](const auto& message) { return internal::HashKey(key(message)); };
      return internal::CallWithMessage<uint64_t>(hash, envelope, internal::Alternatives<C>{});
    };
    return routing;
  }

  // --- for the library ---
  std::unique_ptr<RoutingLogic> MakeLogic(uint64_t seed) const {
    return internal::MakeRoutingLogic(kind_, virtual_nodes_, seed);
  }
  uint64_t KeyOf(Envelope& envelope) const { return key_ == nullptr ? 0 : key_(envelope); }

 private:
  explicit Routing(internal::RoutingKind kind) : kind_(kind) {}
  internal::RoutingKind kind_;
  int virtual_nodes_ = 10;
  std::function<uint64_t(Envelope&)> key_;
};

template <class C>
class Broadcast {
 public:
  // No message goes to all.
  Broadcast() = default;
  // Messages of these types go to all routees; they must be copyable.
  template <class... M>
  static Broadcast Of() {
    static_assert((internal::AlternativeOf<C, M> && ...),
                  "Sampo: M is no message of the protocol.");
    static_assert((std::is_copy_constructible_v<M> && ...),
                  "Sampo: a message that is broadcast must be copyable.");
    Broadcast broadcast;
    broadcast.predicate_ = [](Envelope& envelope) {
      return ((envelope.index == internal::kIndexOf<C, M>) || ...);
    };
    return broadcast;
  }
  // Those for which `predicate(message)` is true. All messages of C must be copyable.
  template <class F>
  static Broadcast When(F predicate) {
    static_assert(internal::TakesEach<F>(internal::Alternatives<C>{}),
                  "Sampo: the predicate takes each message of the protocol as a const M&.");
    static_assert(internal::AllCopyable(internal::Alternatives<C>{}),
                  "Sampo: a protocol with a move-only message names what is broadcast: "
                  "Broadcast<C>::Of<M...>().");
    Broadcast broadcast;
    broadcast.predicate_ = [predicate = std::move(predicate)](Envelope& envelope) {
      return internal::CallWithMessage<bool>(predicate, envelope, internal::Alternatives<C>{});
    };
    return broadcast;
  }

  // --- for the library ---
  bool Matches(Envelope& envelope) const { return predicate_ != nullptr && predicate_(envelope); }

 private:
  std::function<bool(Envelope&)> predicate_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_ROUTING_H_
