// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/receptionist.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "sampo/actor/abstract_behavior.h"
#include "sampo/actor/internal/adapter_cell.h"

namespace sampo {
namespace internal {
namespace {

struct IdOrder {
  bool operator()(const ServiceId& a, const ServiceId& b) const {
    // By names first, so that the order is the same in every run; the address tells types of one
    // name apart (anonymous namespaces).
    return std::tie(a.id, a.type->name, a.type) < std::tie(b.id, b.type->name, b.type);
  }
};

// The actor whose end is the end of `ref`.
AnyActorRef OwnerRefOf(const ServiceRef& ref) {
  return RefAccess::ShareAny(OwnerOf(RefAccess::Target(ref.ref)));
}

struct Instance {
  ServiceRef ref;
  std::string path;
  uint64_t sequence;  // of its registration, for refs of one path (message adapters)
};
struct Subscriber {
  ServiceRef ref;
  UniqueFunction<void(const ServiceInstances&)> tell;
};

// What is known of one key.
struct Service {
  std::vector<Instance> instances;  // ordered by path, sequence
  std::vector<Subscriber> subscribers;

  ServiceInstances Instances() const {
    ServiceInstances refs;
    refs.reserve(instances.size());
    for (const Instance& each : instances) refs.push_back(each.ref);
    return refs;
  }
};

class ReceptionistActor final : public AbstractBehavior<ReceptionistActor, ReceptionistCommand> {
 public:
  using AbstractBehavior::AbstractBehavior;

  Behavior<ReceptionistCommand> OnMessage(RegisterService&& m) {
    std::vector<Instance>& instances = services_[m.id].instances;
    const bool known = std::any_of(instances.begin(), instances.end(),
                                   [&](const Instance& each) { return each.ref == m.service; });
    if (!known && !m.service.ref.is_ignore()) {
      Instance added{m.service, m.service.ref.path(), next_sequence_++};
      auto place = std::upper_bound(
          instances.begin(), instances.end(), added, [](const Instance& a, const Instance& b) {
            return std::tie(a.path, a.sequence) < std::tie(b.path, b.sequence);
          });
      instances.insert(place, std::move(added));
      BeginToWatch(m.service, m.id);
      TellSubscribers(m.id);
    }
    if (m.acknowledge) m.acknowledge();
    return Same();
  }

  Behavior<ReceptionistCommand> OnMessage(DeregisterService&& m) {
    auto found = services_.find(m.id);
    if (found != services_.end()) {
      const size_t removed = std::erase_if(
          found->second.instances, [&](const Instance& each) { return each.ref == m.service; });
      if (removed > 0) {
        EndToWatch(m.service, m.id);
        TellSubscribers(m.id);
        ForgetIfEmpty(m.id);
      }
    }
    if (m.acknowledge) m.acknowledge();
    return Same();
  }

  Behavior<ReceptionistCommand> OnMessage(FindService&& m) {
    auto found = services_.find(m.id);
    m.answer(found == services_.end() ? ServiceInstances{} : found->second.Instances());
    return Same();
  }

  Behavior<ReceptionistCommand> OnMessage(SubscribeService&& m) {
    Service& service = services_[m.id];
    m.tell(service.Instances());
    const bool known =
        std::any_of(service.subscribers.begin(), service.subscribers.end(),
                    [&](const Subscriber& each) { return each.ref == m.subscriber; });
    if (!known && !m.subscriber.ref.is_ignore()) {
      BeginToWatch(m.subscriber, m.id);
      service.subscribers.push_back({std::move(m.subscriber), std::move(m.tell)});
    }
    ForgetIfEmpty(m.id);
    return Same();
  }

  Behavior<ReceptionistCommand> OnMessage(const UnsubscribeService& m) {
    auto found = services_.find(m.id);
    if (found == services_.end()) return Same();
    const size_t removed = std::erase_if(found->second.subscribers, [&](const Subscriber& each) {
      return each.ref == m.subscriber;
    });
    if (removed > 0) EndToWatch(m.subscriber, m.id);
    ForgetIfEmpty(m.id);
    return Same();
  }

  Behavior<ReceptionistCommand> OnSignal(const Terminated& ended) {
    auto found = uses_.find(RefAccess::Target(ended.ref));
    if (found == uses_.end()) return Same();
    std::vector<ServiceId> ids = std::move(found->second);
    uses_.erase(found);
    std::sort(ids.begin(), ids.end(), IdOrder());
    auto same = [](const ServiceId& a, const ServiceId& b) {
      return a.id == b.id && a.type == b.type;
    };
    ids.erase(std::unique(ids.begin(), ids.end(), same), ids.end());
    for (const ServiceId& id : ids) RemoveAllOf(ended.ref, id);
    return Same();
  }

 private:
  void RemoveAllOf(const AnyActorRef& owner, const ServiceId& id) {
    Service& service = services_[id];
    std::erase_if(service.subscribers,
                  [&](const Subscriber& each) { return OwnerRefOf(each.ref) == owner; });
    const size_t removed = std::erase_if(
        service.instances, [&](const Instance& each) { return OwnerRefOf(each.ref) == owner; });
    if (removed > 0) TellSubscribers(id);
    ForgetIfEmpty(id);
  }

  void TellSubscribers(const ServiceId& id) {
    Service& service = services_[id];
    if (service.subscribers.empty()) return;
    const ServiceInstances instances = service.Instances();
    for (Subscriber& each : service.subscribers) each.tell(instances);
  }

  void ForgetIfEmpty(const ServiceId& id) {
    auto found = services_.find(id);
    if (found == services_.end()) return;
    if (found->second.instances.empty() && found->second.subscribers.empty())
      services_.erase(found);
  }

  // One use more, or less, of `ref` under `id`.
  void BeginToWatch(const ServiceRef& ref, const ServiceId& id) {
    AnyActorRef owner = OwnerRefOf(ref);
    std::vector<ServiceId>& ids = uses_[RefAccess::Target(owner)];
    if (ids.empty()) context().Watch(owner);
    ids.push_back(id);
  }
  void EndToWatch(const ServiceRef& ref, const ServiceId& id) {
    AnyActorRef owner = OwnerRefOf(ref);
    auto found = uses_.find(RefAccess::Target(owner));
    if (found == uses_.end()) return;
    std::vector<ServiceId>& ids = found->second;
    auto use = std::find_if(ids.begin(), ids.end(), [&](const ServiceId& each) {
      return each.id == id.id && each.type == id.type;
    });
    if (use != ids.end()) ids.erase(use);
    if (!ids.empty()) return;
    uses_.erase(found);
    context().Unwatch(owner);
  }

  std::map<ServiceId, Service, IdOrder> services_;
  uint64_t next_sequence_ = 0;
  // By watched actor: the keys under which it stands, once for each registration and subscription.
  // Never iterated. The actors are alive, or their Terminated is on its way: the addresses are
  // good.
  absl::flat_hash_map<RefTarget*, std::vector<ServiceId>> uses_;
};

ActorRef<ReceptionistCommand> SpawnReceptionist(ActorSystemBase& system) {
  absl::StatusOr<ActorRef<ReceptionistCommand>> actor =
      system.SpawnSystemActor(ReceptionistActor::Create(), "receptionist");
  if (actor.ok()) return *actor;
  // The system ends: what is told becomes dead letters.
  return RefAccess::Adopt<ReceptionistCommand>(EndedTarget(system, "receptionist"));
}

}  // namespace
}  // namespace internal

Receptionist::Receptionist(ActorSystemBase& system) : actor_(internal::SpawnReceptionist(system)) {}

}  // namespace sampo
