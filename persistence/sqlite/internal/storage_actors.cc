// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/sqlite/internal/storage_actors.h"

#include <utility>

#include "absl/status/statusor.h"
#include "sampo/actor/abstract_behavior.h"
#include "sampo/actor/base/log.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::persistence::internal {
namespace {

// Ends the core when the actors are gone, also where they never started: what waits is answered.
struct EndGuard {
  explicit EndGuard(std::shared_ptr<StorageCore> ended) : core(std::move(ended)) {}
  ~EndGuard() { core->End(); }
  EndGuard(const EndGuard&) = delete;
  EndGuard& operator=(const EndGuard&) = delete;
  const std::shared_ptr<StorageCore> core;
};
using Guard = std::shared_ptr<EndGuard>;

class ReaderActor final : public AbstractBehavior<ReaderActor, ReaderWork> {
 public:
  ReaderActor(ActorContext<ReaderWork>& context, Guard guard, size_t index)
      : AbstractBehavior(context), core_(guard->core), index_(index) {
    core_->AddReader(index_, context.Self());
    context.Self().Tell(ReaderWork{});
  }
  Behavior<ReaderWork> OnMessage(const ReaderWork&) {
    // Some at a time, so that a stop need not wait for all.
    if (core_->ReadSome(index_)) context().Self().Tell(ReaderWork{});
    return Same();
  }
  Behavior<ReaderWork> OnSignal(const PostStop&) {
    core_->CloseReader(index_);
    return Same();
  }

 private:
  const std::shared_ptr<StorageCore> core_;
  const size_t index_;
};

class WriterActor final : public AbstractBehavior<WriterActor, WriterCommand> {
 public:
  WriterActor(ActorContext<WriterCommand>& context, Guard guard, size_t readers)
      : AbstractBehavior(context), core_(guard->core) {
    for (size_t i = 0; i < readers; ++i) {
      context.Spawn(ReaderActor::Create(guard, i), StrCat("reader-", i), Props().Blocking());
    }
    core_->SetWriter(context.Self());
    context.Self().Tell(WriterWork{});
  }
  Behavior<WriterCommand> OnMessage(const WriterWork&) {
    const StorageCore::Next next = core_->WriteOnce();
    if (next.more) context().Self().Tell(WriterWork{});
    if (next.wait > absl::ZeroDuration()) {
      context().Timers().StartSingleTimer("group", WriterWaited{}, next.wait);
    }
    LogNews();
    return Same();
  }
  Behavior<WriterCommand> OnMessage(const WriterWaited&) {
    if (core_->StopWaiting()) return OnMessage(WriterWork{});
    return Same();
  }
  Behavior<WriterCommand> OnSignal(const PostStop&) {
    core_->End();
    LogNews();
    return Same();
  }

 private:
  void LogNews() {
    if (absl::Status news = core_->TakeNews(); !news.ok()) context().Log().Error(news);
  }

  const std::shared_ptr<StorageCore> core_;
};

struct Nothing {};

class StorageActor final : public AbstractBehavior<StorageActor, Nothing> {
 public:
  StorageActor(ActorContext<Nothing>& context, Guard guard, size_t readers)
      : AbstractBehavior(context), guard_(std::move(guard)) {
    context.Spawn(WriterActor::Create(guard_, readers), "writer", Props().Pinned());
  }
  Behavior<Nothing> OnMessage(const Nothing&) { return Same(); }

 private:
  // The last one, for this actor ends after its children.
  const Guard guard_;
};

}  // namespace

absl::Status SpawnStorage(ActorSystemBase& system, std::shared_ptr<StorageCore> core,
                          size_t readers) {
  return system
      .SpawnSystemActor(StorageActor::Create(std::make_shared<EndGuard>(std::move(core)), readers),
                        "")
      .status();
}

}  // namespace sampo::persistence::internal
