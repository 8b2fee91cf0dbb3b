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
#include "sampo/actor/internal/tracing.h"
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

// Tell to a cell that is not a plain mailbox: a special queue, or an instrumented system.
void DeliverToCell(RefTarget* target, Envelope* envelope) {
  ActorCell* cell = ActorCell::FromTarget(target);
  StampEnqueued(cell, envelope);
  if (cell->queue == nullptr) return cell->Enqueue(envelope);
  if (target->flags.load(std::memory_order_acquire) & kTerminated) {
    return DropEnvelope(target, envelope, "the actor has stopped");
  }
  MessageQueue::Dropped dropped = cell->queue->Enqueue(envelope);
  if (dropped.envelope != nullptr) PublishDropped(target, dropped.envelope, dropped.reason);
  cell->Wake();
}

void DestroyOneCell(ActorCell* cell) {
  cell->FreeTail();
  if (cell->queue != nullptr) {
    while (Envelope* envelope = cell->queue->Dequeue()) RetireEnvelope(envelope);
    delete cell->queue;
  }
  if (cell->name != nullptr) CellName::Free(cell->name);
  delete cell->children.load(std::memory_order_relaxed);
  if (cell->parent == nullptr) {
    delete static_cast<RootCell*>(cell);
  } else {
    cell->~ActorCell();
    FreeBlock(cell, sizeof(ActorCell));
  }
}

// And the parents that only this one kept: a loop, because a chain of actors may be long.
void DestroyCell(RefTarget* target) {
  for (ActorCell* cell = ActorCell::FromTarget(target); cell != nullptr;) {
    ActorCell* parent = cell->parent;
    DestroyOneCell(cell);
    // acq_rel: as in RefTarget::Unref.
    bool last =
        parent != nullptr && parent->references.fetch_sub(1, std::memory_order_acq_rel) == 1;
    cell = last ? parent : nullptr;
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
constexpr std::string_view kDigits =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+~";

std::string AnonymousName(uint32_t number) {
  std::string name = "$";
  uint32_t rest = number - 1;
  do {
    name += kDigits[rest % 64];
    rest /= 64;
  } while (rest != 0);
  return name;
}

}  // namespace

uint32_t AnonymousNumber(std::string_view name) {
  if (name.size() < 2 || name.size() > 7 || name.front() != '$') return 0;
  uint64_t number = 0;
  for (size_t i = name.size() - 1; i > 0; --i) {
    const size_t digit = kDigits.find(name[i]);
    if (digit == std::string_view::npos) return 0;
    number = number * 64 + digit;
  }
  // One name for each number: no leading zeros ("$aa").
  const bool whole = number < UINT32_MAX && (number == 0 ? name.size() == 2 : name.back() != 'a');
  return whole ? static_cast<uint32_t>(number + 1) : 0;
}

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

RootCell::RootCell(ActorSystemBase* of, Dispatcher* where, uint64_t uid_salt)
    : ActorCell(nullptr, where, "", kLocalActor), salt(uid_salt), system(of) {}

RootCell::~RootCell() = default;

void RootCell::Close() {
  system.store(nullptr, std::memory_order_seq_cst);
  while (visitors.load(std::memory_order_seq_cst) != 0) sched_yield();
}

namespace {

// A message of the library, or something wants attention: out of the fast path.
[[gnu::noinline, gnu::cold]] void HandleRarely(ContextBase& context, Envelope& envelope) {
  HandleEnvelope(context, envelope);
}

// The commonest message: of the protocol, to a behavior that wants nothing special. The same steps
// as HandleEnvelope, in the loop of the turn. Precondition: nothing wanted attention just before.
inline void HandleFast(ContextBase& context, Envelope& envelope) {
  BehaviorNode* node = NodeOf(context.behavior());
  if (envelope.index >= kInternalIndexMin || node == nullptr) [[unlikely]] {
    return HandleRarely(context, envelope);
  }
  current_turn.envelope = &envelope;
  Word next;
  try {
    next = node->NodeReceive(context, envelope);
  } catch (...) {
    return FailMessage(context, envelope);
  }
  if (next != kSame || context.attention() != 0) [[unlikely]] {
    FinishMessage(context, envelope, next);
  } else if (!(envelope.flags & (kNoDestroy | kKept))) [[unlikely]] {
    DestroyPayload(&envelope);
  }
}

// System messages first, then user messages up to the dispatcher's throughput.
template <bool kSpecialQueue>
[[gnu::always_inline]] inline bool Run(ActorCell* cell, Turn& turn) {
  ContextBase& context = *cell->body;
  // Stays until the thread's next turn: nothing but turns runs user code on a dispatcher's thread.
  current_turn.context = &context;
  const int messages_max = turn.messages_max;
  int noted = 0;  // of what was handled, for Mailbox::Depth
  for (int handled = 0;;) {
    // relaxed: a look; TakeSystem acquires. What it misses is seen by BecomeIdle (kLookBit).
    if (cell->system_head.load(std::memory_order_relaxed) != nullptr) [[unlikely]] {
      RunSystemMessages(cell);
    }
    Attended attended = Attended::kGoOn;
    const bool wants_attention = context.attention() != 0;
    if (wants_attention) [[unlikely]] {
      cell->NoteProcessed(handled - std::exchange(noted, handled));  // observers want it exact
      attended = AttendBeforeMessage(cell);
      if (attended == Attended::kTurnOver) return false;
      if (attended == Attended::kLookAgain) continue;
    }
    if (attended == Attended::kGoOn) [[likely]] {
      Envelope* envelope = kSpecialQueue ? cell->queue->Dequeue() : cell->Front();
      if (envelope == nullptr) {
        if (cell->BecomeIdle()) return false;
        noted = handled;  // it has set the counts right
        continue;
      }
      if constexpr (!kSpecialQueue) cell->Pop(envelope);
      if (wants_attention) [[unlikely]] {
        HandleRarely(context, *envelope);
      } else {
        HandleFast(context, *envelope);
      }
      if constexpr (kSpecialQueue) FreeEnvelope(envelope);
    }
    // relaxed: set by the monitor as a hint.
    if (++handled >= messages_max || turn.slice_over->load(std::memory_order_relaxed)) {
      cell->NoteProcessed(handled - noted);
      return true;
    }
  }
}

[[gnu::noinline]] bool RunSpecialTurn(ActorCell* cell, Turn& turn) { return Run<true>(cell, turn); }

}  // namespace

bool ActorCell::RunTurn(Runnable* runnable, Turn& turn) {
  auto* cell = static_cast<ActorCell*>(static_cast<Mailbox*>(runnable));
  if (cell->queue != nullptr) [[unlikely]]
    return RunSpecialTurn(cell, turn);
  return Run<false>(cell, turn);
}

}  // namespace sampo::internal
