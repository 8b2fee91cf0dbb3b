// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What the templates know of a protocol when compiling: the alternatives of a
// `struct Command : std::variant<...>`, and the place of each. A type that is no such struct is a
// protocol of one message, itself.
#ifndef SAMPO_ACTOR_DETAIL_PROTOCOL_H_
#define SAMPO_ACTOR_DETAIL_PROTOCOL_H_

#include <cstdint>
#include <type_traits>
#include <utility>
#include <variant>

#include "sampo/actor/dispatch/envelope.h"

namespace sampo::internal {

template <class... T>
struct TypeList {
  static constexpr int kSize = sizeof...(T);
};

template <class P, class... A>
TypeList<A...> ListAlternatives(P*, const std::variant<A...>*);
template <class P>
TypeList<P> ListAlternatives(P*, const void*);

// TypeList of the alternatives of P; TypeList<P> where P is not a variant.
template <class P>
using Alternatives = decltype(ListAlternatives(static_cast<P*>(nullptr), static_cast<P*>(nullptr)));

template <class P, class List>
inline constexpr bool kIsVariant = !std::is_same_v<List, TypeList<P>>;
template <class P>
concept VariantProtocol = kIsVariant<P, Alternatives<P>>;

template <class T, class... A>
consteval int IndexIn(TypeList<A...>) {
  int index = 0;
  int found = -1;
  ((found = found < 0 && std::is_same_v<T, A> ? index : found, ++index), ...);
  return found;
}

// The place of T among the alternatives of P; -1 where it is none.
template <class P, class T>
inline constexpr int kIndexOf = IndexIn<T>(Alternatives<P>{});

template <class P, class T>
concept AlternativeOf = kIndexOf<P, std::remove_cvref_t<T>>
>= 0;

// What the templates knew of a protocol, for code that gets its refs from strings: a message of
// alternatives[i] travels with index i.
struct ProtocolInfo {
  const MessageType* whole;
  const MessageType* const* alternatives;
  int count;
};
template <class... A>
inline constexpr const MessageType* kTypesOf[] = {&kMessageType<A>...};
template <class P, class... A>
consteval ProtocolInfo MakeProtocolInfo(TypeList<A...>) {
  return {&kMessageType<P>, kTypesOf<A...>, static_cast<int>(sizeof...(A))};
}
template <class P>
inline constexpr ProtocolInfo kProtocolInfo = MakeProtocolInfo<P>(Alternatives<P>{});

// Whether the envelope holds a message of P, at the place that it has in P.
template <class P>
bool IsOf(const Envelope& envelope) {
  constexpr const ProtocolInfo& kInfo = kProtocolInfo<P>;
  return envelope.index < kInfo.count && kInfo.alternatives[envelope.index] == envelope.type;
}

// Moves the alternative that `whole` holds into an envelope with its index.
template <class P, class... A>
Envelope* EnvelopeOfWhole(bool traced, uint16_t base, P&& whole, TypeList<A...>) {
  static_assert(sizeof...(A) < kInternalIndexMin, "Sampo: a protocol has too many alternatives.");
  Envelope* envelope = nullptr;
  const size_t held = whole.index();
  size_t index = 0;
  auto take = [&]<class T>(std::type_identity<T>) {
    if (index == held) {
      envelope = MakeEnvelope<T>(traced, static_cast<uint16_t>(base + index),
                                 std::move(*std::get_if<T>(&whole)));
      return true;
    }
    ++index;
    return false;
  };
  (void)(take(std::type_identity<A>{}) || ...);
  return envelope;  // null only for a valueless variant
}

}  // namespace sampo::internal

#endif  // SAMPO_ACTOR_DETAIL_PROTOCOL_H_
