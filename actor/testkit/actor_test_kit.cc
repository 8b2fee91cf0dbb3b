// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/testkit/actor_test_kit.h"

#include "sampo/actor/internal/actor_cell.h"
#include "sampo/actor/receive.h"

namespace sampo {

namespace {

ActorTestKitOptions TwoThreads() {
  ActorTestKitOptions options;
  options.settings.threads = 2;
  return options;
}

}  // namespace

ActorTestKit::ActorTestKit() : ActorTestKit(TwoThreads()) {}

ActorTestKit::ActorTestKit(ActorTestKitOptions options)
    : shutdown_timeout_(options.shutdown_timeout) {
  options.settings.shutdown_timeout = options.shutdown_timeout;
  system_ = std::make_unique<ActorSystem<Nothing>>(
      Receive<Nothing>([](const Nothing&) { return Same(); }), options.name,
      std::move(options.settings), std::move(options.runtime));
}

ActorTestKit::~ActorTestKit() { Shutdown(); }

ActorSystemBase& ActorTestKit::system() const { return *system_; }

void ActorTestKit::Stop(const AnyActorRef& ref, absl::Duration timeout, Where where) {
  RefTarget* target = internal::RefAccess::Target(ref);
  if (target == nullptr || (target->flags.load(std::memory_order_acquire) & kLocalActor) == 0) {
    return internal::FailAt(where, StrCat("ActorTestKit::Stop(", ref.path(), "): no local actor"));
  }
  TestProbe<Nothing> probe(*system_);
  internal::RequestStop(internal::ActorCell::FromTarget(target));
  probe.ExpectTerminated(ref, timeout, where);
}

void ActorTestKit::Shutdown(Where where) {
  if (std::exchange(is_shut_down_, true)) return;
  system_->Terminate();
  absl::Status ended = system_->AwaitTermination(shutdown_timeout_);
  if (!ended.ok()) internal::FailAt(where, ended.ToString());
}

}  // namespace sampo
