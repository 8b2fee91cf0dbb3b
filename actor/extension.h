// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Extension: a service of which a system has exactly one: made on first use, ended with the system.
//
// Why: the receptionist, the scheduler, a connection pool belong to the system, not to the program:
// a test may run ten systems at once, and none of them shall see another's. Threads: GetExtension
// from any. The constructor runs once, on the thread that asked first; others that ask meanwhile
// wait for it. It may get other extensions, but not itself, and must not wait for another thread
// that asks for one. Lifetime: destroyed after all actors and threads of the system have ended,
// newest first.
//
//   struct Pool : Extension {
//     explicit Pool(ActorSystemBase& system);
//     static Pool& Get(ActorSystemBase& system) { return GetExtension<Pool>(system); }
//   };
//   Pool::Get(context.System()).Take();
#ifndef SAMPO_ACTOR_EXTENSION_H_
#define SAMPO_ACTOR_EXTENSION_H_

#include <type_traits>
#include <typeindex>

#include "sampo/actor/actor_system.h"

namespace sampo {

class Extension : public internal::ExtensionBase {};

// The T of this system. T has a constructor T(ActorSystemBase&).
template <class T>
T& GetExtension(ActorSystemBase& system) {
  static_assert(std::is_base_of_v<Extension, T>, "Sampo: an extension derives from Extension.");
  return static_cast<T&>(*system.Extension(
      typeid(T), [](ActorSystemBase& of) -> internal::ExtensionBase* { return new T(of); }));
}

}  // namespace sampo

#endif  // SAMPO_ACTOR_EXTENSION_H_
