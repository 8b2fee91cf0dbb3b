// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Receptionist: where actors are found by what they do: they register under a key, others look the
// key up or follow its changes.
//
// Guarantees: a subscriber gets the current listing at once, then each change, in order. An actor
// that has ended leaves by itself, and so does a subscriber. Registering or subscribing twice is
// once. A Listing is a set, ordered by path. An acknowledgement is sent when the change is in
// effect. Refs of message adapters may be used; they end with their actor. Threads: all methods
// from any. Lifetime: an extension; its actor is /system/receptionist.
//
//   inline const ServiceKey<Job> kWorkers{"workers"};
//   Receptionist::Get(system).Register(kWorkers, context.Self());
//   Receptionist::Get(system).Subscribe(kWorkers, context.MessageAdapter<Listing<Job>>(...));
//   Future<Listing<Job>> workers = Receptionist::Get(system).Find(kWorkers);
#ifndef SAMPO_ACTOR_RECEPTIONIST_H_
#define SAMPO_ACTOR_RECEPTIONIST_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "sampo/actor/actor_ref.h"
#include "sampo/actor/ask.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/actor/extension.h"
#include "sampo/actor/future.h"
#include "sampo/actor/reply_to.h"

namespace sampo {

// The name of a service, and what its actors can be told. Keys are equal when both are.
template <class M>
class ServiceKey {
 public:
  explicit ServiceKey(std::string_view id) : id_(id) {}
  const std::string& id() const { return id_; }
  friend bool operator==(const ServiceKey&, const ServiceKey&) = default;

 private:
  std::string id_;
};

// Who is registered under a key: no two are equal, ordered by path.
template <class M>
struct Listing {
  ServiceKey<M> key;
  std::vector<ActorRef<M>> instances;
};

// Acknowledgements.
template <class M>
struct Registered {
  ServiceKey<M> key;
  ActorRef<M> service;
};
template <class M>
struct Deregistered {
  ServiceKey<M> key;
  ActorRef<M> service;
};

namespace internal {

// A ref without its type.
struct ServiceRef {
  AnyActorRef ref;
  uint32_t index = 0;
  friend bool operator==(const ServiceRef&, const ServiceRef&) = default;
};
struct ServiceId {
  std::string id;
  const MessageType* type;
};
using ServiceInstances = std::vector<ServiceRef>;

// The protocol of /system/receptionist.
struct RegisterService {
  ServiceId id;
  ServiceRef service;
  UniqueFunction<void()> acknowledge;  // may be empty
};
struct DeregisterService {
  ServiceId id;
  ServiceRef service;
  UniqueFunction<void()> acknowledge;  // may be empty
};
struct FindService {
  ServiceId id;
  UniqueFunction<void(const ServiceInstances&)> answer;
};
struct SubscribeService {
  ServiceId id;
  ServiceRef subscriber;
  UniqueFunction<void(const ServiceInstances&)> tell;
};
struct UnsubscribeService {
  ServiceId id;
  ServiceRef subscriber;
};
struct ReceptionistCommand : std::variant<RegisterService, DeregisterService, FindService,
                                          SubscribeService, UnsubscribeService> {
  using variant::variant;
};

template <class M>
ServiceRef EraseService(const ActorRef<M>& ref) {
  return {ref, RefAccess::Index(ref)};
}
template <class M>
ServiceId EraseKey(const ServiceKey<M>& key) {
  return {key.id(), &kMessageType<M>};
}
template <class M>
Listing<M> MakeListing(const ServiceKey<M>& key, const ServiceInstances& instances) {
  Listing<M> listing{key, {}};
  listing.instances.reserve(instances.size());
  for (const ServiceRef& each : instances) {
    listing.instances.push_back(RefAccess::Share<M>(RefAccess::Target(each.ref), each.index));
  }
  return listing;
}

}  // namespace internal

class Receptionist final : public Extension {
 public:
  explicit Receptionist(ActorSystemBase& system);
  static Receptionist& Get(ActorSystemBase& system) { return GetExtension<Receptionist>(system); }

  // From now on `service` is listed under `key`, until it ends or is deregistered.
  template <class M>
  void Register(const ServiceKey<M>& key, ActorRef<M> service,
                ActorRef<Registered<M>> reply_to = {}) {
    internal::RegisterService request{internal::EraseKey(key), internal::EraseService(service), {}};
    if (!reply_to.is_ignore()) {
      request.acknowledge = [key, service = std::move(service), reply_to = std::move(reply_to)] {
        reply_to.Tell({key, service});
      };
    }
    actor_.Tell(std::move(request));
  }
  // Undoes Register. Deregistering what is not registered is fine.
  template <class M>
  void Deregister(const ServiceKey<M>& key, ActorRef<M> service,
                  ActorRef<Deregistered<M>> reply_to = {}) {
    internal::DeregisterService request{
        internal::EraseKey(key), internal::EraseService(service), {}};
    if (!reply_to.is_ignore()) {
      request.acknowledge = [key, service = std::move(service), reply_to = std::move(reply_to)] {
        reply_to.Tell({key, service});
      };
    }
    actor_.Tell(std::move(request));
  }

  // Tells `reply_to` who is registered now.
  template <class M>
  void Find(const ServiceKey<M>& key, ActorRef<Listing<M>> reply_to) {
    actor_.Tell(internal::FindService{
        internal::EraseKey(key),
        [key, reply_to = std::move(reply_to)](const internal::ServiceInstances& instances) {
          reply_to.Tell(internal::MakeListing(key, instances));
        }});
  }
  // The same as a Future; in an actor with PipeToSelf.
  template <class M>
  Future<Listing<M>> Find(const ServiceKey<M>& key, absl::Duration timeout = absl::Seconds(10)) {
    return Ask<Listing<M>>(actor_, timeout, [&key](auto slot) {
      ReplyTo<Listing<M>> reply_to = std::move(slot);
      return internal::FindService{internal::EraseKey(key),
                                   [key, reply_to = std::move(reply_to)](
                                       const internal::ServiceInstances& instances) mutable {
                                     reply_to.Tell(internal::MakeListing(key, instances));
                                   }};
    });
  }

  // Tells `subscriber` the listing of `key` now and after each change, until it ends. Subscribing
  // again tells it the current listing again.
  template <class M>
  void Subscribe(const ServiceKey<M>& key, ActorRef<Listing<M>> subscriber) {
    internal::ServiceRef erased = internal::EraseService(subscriber);
    actor_.Tell(internal::SubscribeService{
        internal::EraseKey(key), std::move(erased),
        [key, subscriber = std::move(subscriber)](const internal::ServiceInstances& instances) {
          subscriber.Tell(internal::MakeListing(key, instances));
        }});
  }
  template <class M>
  void Unsubscribe(const ServiceKey<M>& key, const ActorRef<Listing<M>>& subscriber) {
    actor_.Tell(
        internal::UnsubscribeService{internal::EraseKey(key), internal::EraseService(subscriber)});
  }

 private:
  const ActorRef<internal::ReceptionistCommand> actor_;
};

}  // namespace sampo

#endif  // SAMPO_ACTOR_RECEPTIONIST_H_
