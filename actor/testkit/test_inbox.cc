// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/testkit/test_inbox.h"

#include <atomic>
#include <memory>

#include "sampo/actor/internal/actor_cell.h"
#include "sampo/actor/internal/root_cell.h"

namespace sampo::internal {
namespace {

// Runs nothing: what is scheduled here stays as it is.
class NullDispatcher final : public Dispatcher {
 public:
  NullDispatcher() : Dispatcher("inbox") {}
  int Shutdown(absl::Duration) override { return 0; }
  std::vector<WorkerSnapshot> Describe() const override { return {}; }

 private:
  void ExecuteFromOutside(Runnable*) override {}
};

// The root of all inboxes: a tree without a system, never destroyed.
RootCell* InboxRoot() {
  static RootCell* const root = new RootCell(nullptr, new NullDispatcher, /*uid_salt=*/0);
  return root;
}

std::atomic<uint32_t> inboxes{0};

}  // namespace

InboxReader::InboxReader(std::string_view name) : is_owner_(true) {
  RootCell* root = InboxRoot();
  ActorCell* cell = ActorCell::New(root, root->dispatcher, name, 0);
  cell->spawn_number = inboxes.fetch_add(1, std::memory_order_relaxed) + 1;
  // Never idle, so that nobody ever schedules it. relaxed: nobody else knows the cell yet.
  cell->head.store(reinterpret_cast<uintptr_t>(&cell->stub), std::memory_order_relaxed);
  target_ = cell;
  cell->Unref();  // of the two counts of a new cell: the reader's stays
}

InboxReader::InboxReader(RefTarget* shared) : target_(shared), is_owner_(false) { shared->Ref(); }

// The owner's end is the end of an actor: watchers are told, later messages are dead letters.
InboxReader::~InboxReader() {
  if (target_ == nullptr) return;
  ActorCell* cell = ActorCell::FromTarget(target_);
  if (is_owner_) {
    cell->flags.fetch_or(kTerminated, std::memory_order_release);
    for (SystemMessage* message = cell->CloseSystem(); message != nullptr;) {
      SystemMessage* next = message->next;
      message->discard(message, cell);
      message = next;
    }
    do {
      while (Envelope* envelope = Take()) DestroyPayload(envelope);
    } while (!cell->BecomeIdle());
  }
  target_->Unref();
}

Envelope* InboxReader::Take() {
  ActorCell* cell = ActorCell::FromTarget(target_);
  Envelope* envelope = cell->Front();
  if (envelope != nullptr) cell->Pop(envelope);
  return envelope;
}

bool InboxReader::HasMessages() const { return ActorCell::FromTarget(target_)->Front() != nullptr; }

}  // namespace sampo::internal
