// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/internal/adapter_cell.h"

#include <utility>

#include "sampo/actor/internal/extras.h"
#include "sampo/actor/internal/lifecycle.h"
#include "sampo/actor/internal/simulation_hook.h"
#include "sampo/actor/internal/tasks.h"

namespace sampo::internal {
namespace {

// A message of the other protocol on its way through the actor's mailbox. Dropped where the actor
// ends before its turn.
class Adapted {
 public:
  Adapted(AdapterCell* adapter, Envelope* message) : adapter_(adapter), message_(message) {
    adapter_->Ref();
  }
  Adapted(Adapted&& other) noexcept
      : adapter_(std::exchange(other.adapter_, nullptr)),
        message_(std::exchange(other.message_, nullptr)) {}
  Adapted& operator=(Adapted&&) = delete;
  ~Adapted() {
    if (message_ != nullptr) DropEnvelope(adapter_->actor, message_, "the actor has stopped");
    if (adapter_ != nullptr) adapter_->Unref();
  }

  Envelope* operator()(ContextBase& context) {
    Envelope* message = std::exchange(message_, nullptr);
    Failure failure;
    try {
      Envelope* converted = adapter_->convert(message);
      RetireEnvelope(message);
      return converted;
    } catch (...) {
      failure = FailureOfCurrentException();
    }
    RetireEnvelope(message);
    MessageAdaptionFailure signal{std::move(failure)};
    DeliverSignal(context, {SignalKind::kMessageAdaptionFailure, &signal});
    return nullptr;
  }

 private:
  AdapterCell* adapter_;
  Envelope* message_;
};

void Deliver(RefTarget* target, Envelope* envelope) {
  // Not a message of the other protocol: a ReplyTo::To(adapter) was dropped, which tells nobody.
  if (envelope->index == kReplyDroppedIndex) return RetireEnvelope(envelope);
  auto* adapter = static_cast<AdapterCell*>(target);
  ContextBase::EnqueueDeferred(adapter->actor, Adapted(adapter, envelope));
}
void Destroy(RefTarget* target) { delete static_cast<AdapterCell*>(target); }
void AppendPath(const RefTarget* target, std::string* out) {
  static_cast<const AdapterCell*>(target)->actor->AppendPath(out, /*with_uid=*/true);
  *out += "/adapter";
}

constexpr RefTargetOps kAdapterOps = {&Deliver, nullptr, &Destroy, &AppendPath};

}  // namespace

RefTarget* OwnerOf(RefTarget* target) {
  if (target == nullptr || target->ops != &kAdapterOps) return target;
  return static_cast<AdapterCell*>(target)->actor;
}

AdapterCell::AdapterCell(ActorCell* for_actor, const void* type_key)
    : RefTarget(&kAdapterOps, kSlowDelivery), actor(for_actor), key(type_key) {
  actor->Ref();
}

AdapterCell::~AdapterCell() { actor->Unref(); }

RefTarget* ContextBase::AdapterErased(const void* key,
                                      UniqueFunction<Envelope*(Envelope*)> convert) {
  CheckThread("MessageAdapter");
  std::vector<AdapterCell*>& adapters = extras().adapters;
  for (AdapterCell* adapter : adapters) {
    if (adapter->key != key) continue;
    adapter->convert = std::move(convert);
    return adapter;
  }
  auto* adapter = new AdapterCell(cell_, key);
  adapter->convert = std::move(convert);
  adapters.push_back(adapter);
  NoteEffect(*this, {.kind = EffectKind::kMessageAdapter, .target = adapter});
  return adapter;
}

void CloseAdapters(ContextBase& context) {
  Extras* extras = context.extras_or_null();
  if (extras == nullptr) return;
  for (AdapterCell* adapter : extras->adapters) {
    adapter->convert = {};
    adapter->Unref();
  }
  extras->adapters.clear();
}

}  // namespace sampo::internal
