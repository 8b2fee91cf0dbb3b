// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ActorRefResolver: refs as text and back: "sampo://shop/user/cart#17".
//
// Why: a ref that is stored, shown or sent to another process has to become text; nobody may make a
// ref to an actor out of text and tell it messages it does not understand: the protocol is checked.
// A path at which no actor lives (any more) resolves to a ref whose messages are dead letters, so
// that a ref of yesterday behaves as if its actor had ended since.
// Threads: all methods from any. Lifetime: an extension.
//
//   std::string text = ActorRefResolver::Get(system).ToString(cart);
//   absl::StatusOr<ActorRef<Command>> again = ActorRefResolver::Get(system).Resolve<Command>(text);
#ifndef SAMPO_ACTOR_ACTOR_REF_RESOLVER_H_
#define SAMPO_ACTOR_ACTOR_REF_RESOLVER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "sampo/actor/actor_path.h"
#include "sampo/actor/actor_ref.h"
#include "sampo/actor/extension.h"

namespace sampo {

class ActorRefResolver final : public Extension {
 public:
  explicit ActorRefResolver(ActorSystemBase& system);
  static ActorRefResolver& Get(ActorSystemBase& system) {
    return GetExtension<ActorRefResolver>(system);
  }

  const Address& address() const { return address_; }

  // "sampo://shop/user/cart#17"; of Ignore(): "sampo://shop/ignore". The text of an ask or a
  // message adapter is for people: it can't be resolved.
  std::string ToString(const AnyActorRef& ref) const;

  // The actor at that path, in the incarnation that the path names if it names one; where there is
  // none, a ref to dead letters. Also takes "/user/cart".
  // INVALID_ARGUMENT: not a path; or one of another system, whose name is in the text.
  // FAILED_PRECONDITION: the actor does not take messages of type M; names both types.
  template <class M>
  absl::StatusOr<ActorRef<M>> Resolve(std::string_view text) const {
    absl::StatusOr<Found> found = Find(text, &internal::kProtocolInfo<M>);
    if (!found.ok()) return found.status();
    return internal::RefAccess::Adopt<M>(found->target, found->index);
  }
  // The same, for a ref that can be compared, named and watched.
  absl::StatusOr<AnyActorRef> ResolveAny(std::string_view text) const;

 private:
  struct Found {
    RefTarget* target;  // with a count for the caller
    uint32_t index;
  };
  absl::StatusOr<Found> Find(std::string_view text, const internal::ProtocolInfo* wanted) const;

  ActorSystemBase& system_;
  const Address address_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_ACTOR_REF_RESOLVER_H_
