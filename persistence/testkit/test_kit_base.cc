// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/testkit/detail/test_kit_base.h"

#include <optional>
#include <utility>

#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/future.h"
#include "sampo/actor/instrumentation.h"
#include "sampo/actor/testkit/simulated_runtime.h"
#include "sampo/persistence/memory/in_memory_storage.h"

namespace sampo::persistence::internal {
namespace {

// What becomes of the one actor whose path is given.
class Watcher final : public Instrumentation {
 public:
  void OnActorFailed(const ObservedActor& actor, const absl::Status& status,
                     std::string_view) override {
    if (actor.path() == path) failure = status;
  }
  void OnActorStopped(const ObservedActor& actor) override {
    if (actor.path() == path) alive = false;
  }

  std::string path;
  bool alive = false;
  absl::Status failure;
};

// Names for the refs in one message: each ref is kept, and found again by its place.
class RefTable final : public RefResolver {
 public:
  ~RefTable() override { Clear(); }
  absl::StatusOr<std::string> ToPath(RefParts ref, const MessageType&) override {
    ref.target->Ref();
    refs_.push_back(ref);
    return StrCat("ref-", refs_.size() - 1);
  }
  absl::StatusOr<RefParts> FromPath(std::string_view path, const MessageType&) override {
    for (size_t i = 0; i < refs_.size(); ++i) {
      if (path != StrCat("ref-", i)) continue;
      refs_[i].target->Ref();
      return refs_[i];
    }
    return absl::NotFoundError(StrCat("no such ref: ", path));
  }
  void Clear() {
    for (const RefParts& each : refs_) each.target->Unref();
    refs_.clear();
  }

 private:
  std::vector<RefParts> refs_;
};

}  // namespace

struct EventSourcedTestKitBase::Impl {
  explicit Impl(const EventSourcedTestKitOptions& from)
      : options(from), simulation(from.seed), kit(MakeOptions()) {
    plugins = storage.PluginsFor(kit.system());
    if (options.storage) plugins = options.storage(kit.system(), plugins);
    Persistence::Get(kit.system()).Use(plugins);
  }
  ActorTestKitOptions MakeOptions() {
    ActorTestKitOptions made{
        .name = "testkit", .settings = simulation.Settings(), .runtime = simulation.Runtime()};
    made.settings.instrumentation = watcher;
    return made;
  }

  const EventSourcedTestKitOptions options;
  const std::shared_ptr<Watcher> watcher = std::make_shared<Watcher>();
  SimulatedRuntime simulation;
  InMemoryStorage storage;
  StoragePlugins plugins;
  RefTable refs;
  ActorTestKit kit;
};

EventSourcedTestKitBase::EventSourcedTestKitBase(const EventSourcedTestKitOptions& options)
    : impl_(std::make_unique<Impl>(options)) {}
EventSourcedTestKitBase::~EventSourcedTestKitBase() = default;

ActorSystemBase& EventSourcedTestKitBase::system() const { return impl_->kit.system(); }
ActorTestKit& EventSourcedTestKitBase::kit() const { return impl_->kit; }
const EventSourcedTestKitOptions& EventSourcedTestKitBase::options() const {
  return impl_->options;
}
bool EventSourcedTestKitBase::IsAlive() const { return impl_->watcher->alive; }

void EventSourcedTestKitBase::Report(Where where, std::string_view text) {
  ::sampo::internal::FailAt(where, StrCat("EventSourcedBehaviorTestKit: ", text));
}

void EventSourcedTestKitBase::TimePasses(absl::Duration duration, Where where) {
  absl::Status ran = impl_->simulation.RunFor(duration);
  if (!ran.ok()) Report(where, ran.ToString());
}

void EventSourcedTestKitBase::NoteStart(const std::string& path) {
  impl_->watcher->path = path;
  impl_->watcher->alive = true;
  impl_->watcher->failure = absl::OkStatus();
}

absl::Status EventSourcedTestKitBase::TakeFailure() {
  return std::exchange(impl_->watcher->failure, absl::OkStatus());
}

void EventSourcedTestKitBase::Stop(const AnyActorRef& ref, Where where) {
  if (IsAlive()) impl_->kit.Stop(ref, kTimeout, where);
}

void EventSourcedTestKitBase::RunUntil(const std::function<bool()>& done, std::string_view what,
                                       Where where) {
  // What does not need time comes first: `done` may be true before anything has happened.
  absl::Status ran = impl_->simulation.RunUntilIdle();
  if (ran.ok() && !done()) ran = impl_->simulation.RunUntil(done, kTimeout);
  if (!ran.ok()) Report(where, StrCat(what, " has not ended: ", ran.ToString()));
}

RefResolver& EventSourcedTestKitBase::refs() const {
  impl_->refs.Clear();
  return impl_->refs;
}

void EventSourcedTestKitBase::ClearStorage() { impl_->storage.Clear(); }

std::vector<StoredEvent> EventSourcedTestKitBase::ReadEvents(const std::string& persistence_id,
                                                             int64_t after_seq, Where where) {
  std::vector<StoredEvent> events;
  for (bool at_end = false; !at_end;) {
    absl::StatusOr<EventsPage> page =
        Await(impl_->plugins.journal->ReadEvents(
                  {.persistence_id = persistence_id, .from_seq = after_seq + 1}),
              kTimeout);
    if (!page.ok()) {
      Report(where, StrCat("reading events behind ", after_seq, ": ", page.status().ToString()));
      break;
    }
    at_end = page->at_end || page->events.empty();
    for (StoredEvent& event : page->events) {
      after_seq = event.seq;
      events.push_back(std::move(event));
    }
  }
  return events;
}

absl::Status EventSourcedTestKitBase::Store(const std::string& persistence_id,
                                            std::vector<EventRecord> events,
                                            std::optional<SnapshotRecord> snapshot) {
  absl::StatusOr<WriterGrant> grant =
      Await(impl_->plugins.journal->AcquireWriter(persistence_id), kTimeout);
  if (!grant.ok()) return grant.status();
  if (snapshot.has_value()) {
    // A state before the first event.
    snapshot->persistence_id = persistence_id;
    snapshot->epoch = grant->epoch;
    absl::StatusOr<SaveResult> saved =
        Await(impl_->plugins.snapshots->Save(*std::move(snapshot)), kTimeout);
    if (!saved.ok()) return saved.status();
    if (!saved->status.ok()) return saved->status;
  }
  if (events.empty()) return absl::OkStatus();
  std::vector<AtomicAppend> batch;
  batch.push_back({.persistence_id = persistence_id,
                   .epoch = grant->epoch,
                   .after_seq = 0,
                   .events = std::move(events)});
  absl::StatusOr<std::vector<AppendResult>> appended =
      Await(impl_->plugins.journal->Append(std::move(batch)), kTimeout);
  if (!appended.ok()) return appended.status();
  return appended->front().status;
}

}  // namespace sampo::persistence::internal
