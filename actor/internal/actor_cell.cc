// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/internal/actor_cell.h"

#include <sched.h>

#include <cstring>
#include <string>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/random.h"
#include "sampo/actor/internal/actor_children.h"
#include "sampo/actor/internal/extras.h"
#include "sampo/actor/internal/lifecycle.h"
#include "sampo/actor/internal/root_cell.h"
#include "sampo/actor/internal/turn.h"

namespace sampo::internal {

thread_local constinit CurrentTurn current_turn __attribute__((tls_model("initial-exec")));

ContextBase* CurrentContext() { return current_turn.context; }

CellName* CellName::Make(std::string_view name) {
  auto* made = static_cast<CellName*>(AllocateBlock(sizeof(CellName) + name.size()));
  made->size = static_cast<uint32_t>(name.size());
  std::memcpy(made->text, name.data(), name.size());
  return made;
}

void CellName::Free(CellName* name) { FreeBlock(name, sizeof(CellName) + name->size); }

namespace {

// Tell to a cell that is not a plain mailbox: a special queue.
void DeliverToCell(RefTarget* target, Envelope* envelope) {
  ActorCell* cell = ActorCell::FromTarget(target);
  if (cell->queue == nullptr) return cell->Enqueue(envelope);
  if (target->flags.load(std::memory_order_acquire) & kTerminated) {
    return DropEnvelope(target, envelope, "the actor has stopped");
  }
  MessageQueue::Dropped dropped = cell->queue->Enqueue(envelope);
  if (dropped.envelope != nullptr) PublishDropped(target, dropped.envelope, dropped.reason);
  cell->Wake();
}

void DestroyCell(RefTarget* target) {
  ActorCell* cell = ActorCell::FromTarget(target);
  ActorCell* parent = cell->parent;
  cell->FreeTail();
  if (cell->queue != nullptr) {
    while (Envelope* envelope = cell->queue->Dequeue()) RetireEnvelope(envelope);
    delete cell->queue;
  }
  if (cell->name != nullptr) CellName::Free(cell->name);
  delete cell->children.load(std::memory_order_relaxed);
  if (parent == nullptr) {
    delete static_cast<RootCell*>(cell);
  } else {
    cell->~ActorCell();
    FreeBlock(cell, sizeof(ActorCell));
    parent->Unref();
  }
}

void DeadLetterOfCell(RefTarget* target, Envelope* envelope) {
  PublishDeadLetter(target, envelope, "the actor has stopped");
}

void AppendCellPath(const RefTarget* target, std::string* out) {
  ActorCell::FromTarget(target)->AppendPath(out, /*with_uid=*/true);
}

constexpr RefTargetOps kCellOps = {&DeliverToCell, &DeadLetterOfCell, &DestroyCell,
                                   &AppendCellPath};

// Base 64 in Pekko's alphabet for the names of anonymous actors: $a, $b, ...
std::string AnonymousName(uint32_t number) {
  static constexpr char kDigits[] =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+~";
  std::string name = "$";
  uint32_t rest = number - 1;
  do {
    name += kDigits[rest % 64];
    rest /= 64;
  } while (rest != 0);
  return name;
}

}  // namespace

ActorCell::ActorCell(ActorCell* parent_cell, Dispatcher* where, std::string_view cell_name,
                     uint32_t initial_flags)
    : Mailbox(&kCellOps, initial_flags | kLocalActor, &RunTurn, where), parent(parent_cell) {
  if (parent != nullptr) parent->Ref();
  if (!cell_name.empty()) name = CellName::Make(cell_name);
  references.store(2, std::memory_order_relaxed);
}

ActorCell* ActorCell::New(ActorCell* parent, Dispatcher* where, std::string_view name,
                          uint32_t flags) {
  return ::new (AllocateBlock(sizeof(ActorCell))) ActorCell(parent, where, name, flags);
}

std::string ActorCell::DisplayName() const {
  return name != nullptr ? std::string(name->view()) : AnonymousName(spawn_number);
}

ActorCell* ActorCell::Root() {
  ActorCell* cell = this;
  while (cell->parent != nullptr) cell = cell->parent;
  return cell;
}

uint32_t ActorCell::uid() const {
  const auto* root = static_cast<const RootCell*>(const_cast<ActorCell*>(this)->Root());
  uint64_t bits = root->salt;
  for (const ActorCell* cell = this; cell->parent != nullptr; cell = cell->parent) {
    bits = MixBits(bits ^ cell->spawn_number);
  }
  auto low = static_cast<uint32_t>(bits & 0x7FFFFFFF);
  return low == 0 ? 1 : low;
}

void ActorCell::AppendPath(std::string* out, bool with_uid) const {
  if (parent == nullptr) {
    if (out->empty()) *out += '/';
    return;
  }
  if (parent->parent != nullptr) parent->AppendPath(out, /*with_uid=*/false);
  *out += '/';
  *out += DisplayName();
  if (with_uid && parent->parent != nullptr) {
    *out += '#';
    *out += std::to_string(uid());
  }
}

std::string ActorCell::Path() const {
  std::string path;
  AppendPath(&path, /*with_uid=*/false);
  return path;
}

std::string TargetPath(const RefTarget* target) {
  if (target == nullptr) return "/ignore";
  std::string path;
  target->ops->append_path(target, &path);
  return path;
}

void RootCell::Close() {
  system.store(nullptr, std::memory_order_seq_cst);
  while (visitors.load(std::memory_order_seq_cst) != 0) sched_yield();
}

// The turn: system messages first, then user messages up to the dispatcher's throughput.
bool ActorCell::RunTurn(Runnable* runnable, Turn& turn) {
  auto* cell = static_cast<ActorCell*>(static_cast<Mailbox*>(runnable));
  ContextBase& context = *cell->body;
  TurnScope scope(&context);
  for (int left = turn.messages_max;;) {
    // relaxed: a look; TakeSystem acquires. What it misses is seen by BecomeIdle (kLookBit).
    if (cell->system_head.load(std::memory_order_relaxed) != nullptr) [[unlikely]] {
      RunSystemMessages(cell);
    }
    if (context.attention() != 0) [[unlikely]] {
      switch (AttendBeforeMessage(cell)) {
        case Attended::kTurnOver:
          return false;
        case Attended::kLookAgain:
          continue;
        case Attended::kMessageHandled:
          if (--left <= 0) return true;
          continue;
        case Attended::kGoOn:
          break;
      }
    }
    Envelope* envelope = cell->queue == nullptr ? cell->Front() : cell->queue->Dequeue();
    if (envelope == nullptr) {
      if (cell->BecomeIdle()) return false;
      continue;
    }
    cell->processed.store(cell->processed.load(std::memory_order_relaxed) + 1,
                          std::memory_order_relaxed);
    if (cell->queue == nullptr) [[likely]] {
      cell->Pop(envelope);
      HandleEnvelope(context, *envelope);
    } else {
      HandleEnvelope(context, *envelope);
      FreeEnvelope(envelope);
    }
    // relaxed: set by the monitor as a hint.
    if (--left <= 0 || turn.slice_over->load(std::memory_order_relaxed)) return true;
  }
}

}  // namespace sampo::internal
