// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include <algorithm>

#include "sampo/actor/base/check.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/detail/stash_base.h"
#include "sampo/actor/internal/extras.h"

namespace sampo::internal {

StashBase::~StashBase() {
  Clear();
  if (Extras* extras = context_.extras_or_null()) std::erase(extras->unstashing, this);
}

void StashBase::Clear() {
  unstashing_ = 0;
  std::deque<Envelope*> envelopes;
  envelopes.swap(envelopes_);
  for (Envelope* envelope : envelopes) {
    PublishDeadLetter(context_.cell(), envelope, "the stash was discarded");
    ReleaseKept(envelope);
  }
}

absl::Status StashBase::TryStash(const void* message) {
  context_.CheckThread("Stash");
  Envelope* envelope = context_.current_envelope();
  SAMPO_CHECK(envelope != nullptr && envelope->payload() == message,
              "Stash takes the message that is being handled, by its reference");
  if (full()) {
    return absl::ResourceExhaustedError(
        StrCat("actor ", context_.path(), ": stash is full (", capacity_, " messages)"));
  }
  Extras* extras = context_.extras_or_null();
  ActiveTask* task = extras == nullptr ? nullptr : extras->running_task;
  const bool of_task = task != nullptr && task->envelope == envelope && !task->stashed;
  if ((envelope->flags & kKept) != 0 && !of_task) {
    return absl::FailedPreconditionError(
        StrCat("actor ", context_.path(), ": this message is in a stash already"));
  }
  envelopes_.push_back(envelope);
  KeepEnvelope(envelope);
  if (of_task) task->stashed = true;
  return absl::OkStatus();
}

void StashBase::BeginUnstash(size_t count) {
  count = std::min(count, envelopes_.size());
  if (count <= unstashing_) return;
  unstashing_ = count;
  std::vector<StashBase*>& unstashing = context_.extras().unstashing;
  if (std::find(unstashing.begin(), unstashing.end(), this) == unstashing.end()) {
    unstashing.push_back(this);
  }
  context_.set(kUnstashing);
}

Envelope* StashBase::NextUnstashed() {
  if (unstashing_ == 0) return nullptr;
  --unstashing_;
  Envelope* envelope = envelopes_.front();
  envelopes_.pop_front();
  return envelope;
}

}  // namespace sampo::internal
