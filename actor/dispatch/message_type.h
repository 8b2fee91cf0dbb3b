// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// MessageType: the static record of a message's type, one for each C++ type.
//
// Why: an envelope holds one alternative of a protocol behind one pointer, so that code which does
// not know the type (mailboxes, dead letters, the remote association) can destroy, name and encode
// it. The local path does not read the record at all.
// Threads: immutable but for the codec slot, which is atomic. Lifetime: static, never destroyed.
//
//   const MessageType& type = kMessageType<AddItem>;
//   log(type.name);                                    // "cart::AddItem"
#ifndef SAMPO_ACTOR_DISPATCH_MESSAGE_TYPE_H_
#define SAMPO_ACTOR_DISPATCH_MESSAGE_TYPE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <type_traits>

namespace sampo {

struct MessageType {
  // The C++ name as the compiler spells it: for people, never for the wire or a trace hash.
  std::string_view name;
  // The name the type declares (`static constexpr std::string_view kMessageName`), or empty. Stable
  // across compilers and builds: goes into the simulator's trace hash.
  std::string_view stable_name;
  uint32_t size;
  uint32_t alignment;
  // Declared by `static constexpr bool kSuppressDeadLetter = true`: nobody's loss where it reaches
  // nobody, so it is neither counted nor published as a dead letter.
  bool suppress_dead_letter;
  // Destroys the payload in place; null where the type is trivially destructible.
  void (*destroy)(void* payload);
  // What //actor/serialization registered for the type: a const Codec*, or null. Written once
  // (release) by the registry, read (acquire) by the association.
  mutable std::atomic<const void*> codec{nullptr};
};

namespace internal {

template <class T>
constexpr std::string_view TypeName() {
  std::string_view text = __PRETTY_FUNCTION__;
  size_t begin = text.find("T = ") + 4;
  size_t end = text.find_first_of(";]", begin);
  return text.substr(begin, end - begin);
}

template <class T>
constexpr std::string_view StableName() {
  if constexpr (requires { std::string_view{T::kMessageName}; }) return T::kMessageName;
  return {};
}

template <class T>
constexpr bool SuppressesDeadLetter() {
  if constexpr (requires { bool{T::kSuppressDeadLetter}; }) return T::kSuppressDeadLetter;
  return false;
}

template <class T>
constexpr auto DestroyFunction() -> void (*)(void*) {
  if constexpr (std::is_trivially_destructible_v<T>) {
    return nullptr;
  } else {
    return [](void* payload) { std::destroy_at(static_cast<T*>(payload)); };
  }
}

}  // namespace internal

template <class T>
inline constinit const MessageType kMessageType{internal::TypeName<T>(),
                                                internal::StableName<T>(),
                                                sizeof(T),
                                                alignof(T),
                                                internal::SuppressesDeadLetter<T>(),
                                                internal::DestroyFunction<T>(),
                                                {nullptr}};

}  // namespace sampo

#endif  // SAMPO_ACTOR_DISPATCH_MESSAGE_TYPE_H_
