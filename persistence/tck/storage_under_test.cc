// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/tck/storage_under_test.h"

#include <utility>

#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/actor/testkit/simulated_runtime.h"

namespace sampo::persistence::tck {

Subject::Subject(const MakeStorage& make, std::optional<uint64_t> seed) : storage_(make()) {
  if (seed.has_value()) simulation_ = std::make_unique<SimulatedRuntime>(*seed);
  opened_ = Reopen();
}

// The system goes first, then what it ran on, then the storage.
Subject::~Subject() {
  plugins_ = {};
  kit_.reset();
  simulation_.reset();
}

void Subject::End() { kit_->Shutdown(); }

void Subject::LetOthersRun() {
  if (simulation_ == nullptr) return;
  int steps_left = 3;
  // That nothing is left to run is fine.
  (void)simulation_->RunUntil([&] { return steps_left-- == 0; });
}

absl::Status Subject::Start() {
  plugins_ = {};
  kit_.reset();
  kit_ = simulation_ == nullptr ? std::make_unique<ActorTestKit>()
                                : std::make_unique<ActorTestKit>(ActorTestKitOptions{
                                      .settings = simulation_->Settings(),
                                      .runtime = simulation_->Runtime(),
                                  });
  return absl::OkStatus();
}

absl::Status Subject::Accept(absl::StatusOr<StoragePlugins> plugins) {
  SAMPO_ASSIGN_OR_RETURN(plugins_, std::move(plugins));
  return absl::OkStatus();
}

absl::Status Subject::Reopen() {
  SAMPO_RETURN_IF_ERROR(Start());
  return Accept(storage_->Open(kit_->system()));
}

absl::Status Subject::ReopenBounded(int64_t queue_max) {
  SAMPO_RETURN_IF_ERROR(Start());
  std::optional<absl::StatusOr<StoragePlugins>> plugins =
      storage_->OpenBounded(kit_->system(), queue_max);
  if (!plugins.has_value()) return absl::UnimplementedError("its queue's bound cannot be set");
  return Accept(*std::move(plugins));
}

absl::StatusOr<WriterGrant> Subject::Acquire(std::string_view id) {
  return Get(journal().AcquireWriter(std::string(id)));
}

absl::StatusOr<AppendResult> Subject::Append(AtomicAppend append) {
  std::vector<AtomicAppend> batch;
  batch.push_back(std::move(append));
  SAMPO_ASSIGN_OR_RETURN(std::vector<AppendResult> results,
                         Get(journal().Append(std::move(batch))));
  if (results.size() == 1) return std::move(results.front());
  return absl::FailedPreconditionError(StrCat(results.size(), " results of 1 append"));
}

absl::Status Subject::Write(AtomicAppend append) {
  const std::string what =
      StrCat("append to ", append.persistence_id, " behind ", append.after_seq);
  SAMPO_ASSIGN_OR_RETURN(AppendResult result, Append(std::move(append)));
  if (result.outcome == WriteOutcome::kWritten && result.status.ok()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      StrCat(what, " is ", NameOf(result.outcome), ": ", result.status.ToString()));
}

absl::StatusOr<JournalHead> Subject::Head(std::string_view id) {
  return Get(journal().ReadHead(std::string(id)));
}

absl::StatusOr<EventsPage> Subject::Page(EventsRequest request) {
  return Get(journal().ReadEvents(std::move(request)));
}

absl::StatusOr<std::vector<StoredEvent>> Subject::ReadAll(std::string_view id, int64_t events_max) {
  std::vector<StoredEvent> events;
  EventsRequest request{.persistence_id = std::string(id), .events_max = events_max};
  while (true) {
    SAMPO_ASSIGN_OR_RETURN(EventsPage page, Page(request));
    if (page.events.empty() && !page.at_end) {
      return absl::FailedPreconditionError("an empty page that is not the last");
    }
    if (!page.events.empty()) request.from_seq = page.events.back().seq + 1;
    request.hash_before = page.hash_after;
    events.insert(events.end(), page.events.begin(), page.events.end());
    if (page.at_end) return events;
  }
}

absl::StatusOr<std::vector<StoredEvent>> Subject::ReadTag(std::string_view tag, int64_t& after,
                                                          int64_t events_max) {
  std::vector<StoredEvent> events;
  while (true) {
    SAMPO_ASSIGN_OR_RETURN(TaggedPage page,
                           Get(journal().ReadByTag(std::string(tag), after, events_max)));
    if (page.events.empty() && !page.at_end) {
      return absl::FailedPreconditionError("an empty page that is not the last");
    }
    if (page.next < after || (!page.events.empty() && page.next < page.events.back().ordering)) {
      return absl::FailedPreconditionError("a page's next lies before what it shows");
    }
    after = page.next;
    events.insert(events.end(), page.events.begin(), page.events.end());
    if (page.at_end) return events;
  }
}

}  // namespace sampo::persistence::tck
