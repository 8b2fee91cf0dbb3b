// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The templates of actor_system.h.
#ifndef SAMPO_ACTOR_DETAIL_ACTOR_SYSTEM_INL_H_
#define SAMPO_ACTOR_DETAIL_ACTOR_SYSTEM_INL_H_

#include <utility>

#include "sampo/actor/actor_runtime.h"
#include "sampo/actor/actor_system.h"

namespace sampo {

template <class C>
absl::StatusOr<ActorRef<C>> ActorSystemBase::TrySpawn(Behavior<C> behavior, std::string_view name,
                                                      const Props& props) {
  absl::StatusOr<RefTarget*> target =
      SpawnTopLevel(&internal::NewTypedContext<C>,
                    internal::BehaviorAccess::Release(std::move(behavior)), name, props, false);
  if (!target.ok()) return target.status();
  return internal::RefAccess::Adopt<C>(*target);
}

template <class C>
ActorRef<C> ActorSystemBase::Spawn(Behavior<C> behavior, std::string_view name,
                                   const Props& props) {
  return internal::RefAccess::Adopt<C>(
      SpawnTopLevelOrEnded(&internal::NewTypedContext<C>,
                           internal::BehaviorAccess::Release(std::move(behavior)), name, props));
}

template <class C>
ActorRef<C> ActorSystemBase::SpawnAnonymous(Behavior<C> behavior, const Props& props) {
  return Spawn(std::move(behavior), {}, props);
}

template <class C>
absl::StatusOr<ActorRef<C>> ActorSystemBase::SpawnSystemActor(Behavior<C> behavior,
                                                              std::string_view name) {
  absl::StatusOr<RefTarget*> target = SpawnTopLevel(
      &internal::NewTypedContext<C>, internal::BehaviorAccess::Release(std::move(behavior)), name,
      Props().OnDispatcher(DispatcherKind::kInternal), true);
  if (!target.ok()) return target.status();
  return internal::RefAccess::Adopt<C>(*target);
}

template <class C>
ActorSystem<C>::ActorSystem(Behavior<C> guardian, std::string_view name, SystemSettings settings,
                            ActorRuntime runtime)
    : ActorSystemBase(internal::StartSystem(
          name, std::move(settings), std::move(runtime), &internal::NewTypedContext<C>,
          internal::BehaviorAccess::Release(std::move(guardian)))) {}

template <class C>
ActorRuntime ActorSystem<C>::DefaultRuntime() {
  return ActorRuntime();
}

}  // namespace sampo

#endif  // SAMPO_ACTOR_DETAIL_ACTOR_SYSTEM_INL_H_
