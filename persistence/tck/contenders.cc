// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/persistence/tck/contenders.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "sampo/actor/abstract_behavior.h"
#include "sampo/actor/base/status_macros.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/future.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/persistence/durable_state_store.h"
#include "sampo/persistence/journal.h"
#include "sampo/persistence/tck/records.h"
#include "sampo/persistence/tck/rule.h"

namespace sampo::persistence::tck {
namespace {

constexpr int kContenders = 3;
// Of each contender. Two that always fence each other end by the second bound.
constexpr int kWritesMax = 12;
constexpr int kGrantsMax = 20;

struct Written {
  std::string id;
  int64_t seq;  // or revision
  uint64_t epoch;
  std::string payload;
};

// What the contenders say they did.
class Report {
 public:
  void Add(Written written) {
    const std::lock_guard lock(mutex_);
    written_.push_back(std::move(written));
  }
  void Problem(std::string text) {
    const std::lock_guard lock(mutex_);
    problem_ = std::move(text);
  }
  void Done() {
    const std::lock_guard lock(mutex_);
    if (++done_ == kContenders) all_done_.Complete();
  }
  Future<void> all_done() { return all_done_.future(); }

  // By id and number; FAILED_PRECONDITION with the problem.
  absl::StatusOr<std::vector<Written>> Take() {
    const std::lock_guard lock(mutex_);
    if (!problem_.empty()) return Violation(problem_);
    std::sort(written_.begin(), written_.end(), [](const Written& a, const Written& b) {
      return std::tie(a.id, a.seq) < std::tie(b.id, b.seq);
    });
    return written_;
  }

 private:
  std::mutex mutex_;
  std::vector<Written> written_;  // guarded by mutex_
  std::string problem_;           // guarded by mutex_
  int done_ = 0;                  // guarded by mutex_
  Promise<void> all_done_;
};

template <class Grant>
struct GrantCame {
  absl::StatusOr<Grant> grant;
};
template <class Result>
struct ResultCame {
  absl::StatusOr<Result> result;
};

// The road that both kinds share. Store has Grant, Result, Acquire, Write and HighestOf.
template <class Store>
class Contender final
    : public AbstractBehavior<Contender<Store>, std::variant<GrantCame<typename Store::Grant>,
                                                             ResultCame<typename Store::Result>>> {
 public:
  using Grant = typename Store::Grant;
  using Result = typename Store::Result;
  using Command = std::variant<GrantCame<Grant>, ResultCame<Result>>;
  using Base = AbstractBehavior<Contender<Store>, Command>;

  Contender(ActorContext<Command>& context, Store store, std::string id, std::string name,
            std::shared_ptr<Report> report)
      : Base(context),
        store_(store),
        id_(std::move(id)),
        name_(std::move(name)),
        report_(std::move(report)) {
    Acquire();
  }

  Behavior<Command> OnMessage(const GrantCame<Grant>& m) {
    if (!m.grant.ok()) return End(StrCat("grant: ", m.grant.status().ToString()));
    epoch_ = m.grant->epoch;
    highest_ = Store::HighestOf(*m.grant);
    Write();
    return Same();
  }

  Behavior<Command> OnMessage(const ResultCame<Result>& m) {
    if (!m.result.ok()) return End(StrCat("write: ", m.result.status().ToString()));
    if (m.result->outcome == WriteOutcome::kFenced) {
      if (grants_ == kGrantsMax) return End("");
      Acquire();
      return Same();
    }
    if (m.result->outcome != WriteOutcome::kWritten) {
      return End(StrCat("write: ", NameOf(m.result->outcome)));
    }
    for (const std::string& payload : on_the_way_) {
      report_->Add({id_, ++highest_, epoch_, payload});
    }
    if (++writes_ == kWritesMax) return End("");
    Write();
    return Same();
  }

 private:
  void Acquire() {
    ++grants_;
    this->context().PipeToSelf(store_.Acquire(id_), [](absl::StatusOr<Grant> grant) {
      return GrantCame<Grant>{std::move(grant)};
    });
  }
  void Write() {
    on_the_way_.clear();
    const int count = Store::kSeveral ? 1 + payloads_ % 3 : 1;
    for (int i = 0; i < count; ++i) on_the_way_.push_back(StrCat(name_, "-", ++payloads_));
    this->context().PipeToSelf(
        store_.Write(id_, epoch_, highest_, on_the_way_),
        [](absl::StatusOr<Result> result) { return ResultCame<Result>{std::move(result)}; });
  }
  Behavior<Command> End(std::string problem) {
    if (!problem.empty()) report_->Problem(std::move(problem));
    report_->Done();
    return Stopped();
  }

  Store store_;
  const std::string id_;
  const std::string name_;
  const std::shared_ptr<Report> report_;
  uint64_t epoch_ = 0;
  int64_t highest_ = 0;
  int grants_ = 0;
  int writes_ = 0;
  int payloads_ = 0;
  std::vector<std::string> on_the_way_;
};

struct EventsOf {
  using Grant = WriterGrant;
  using Result = AppendResult;
  static constexpr bool kSeveral = true;
  std::shared_ptr<Journal> journal;

  static int64_t HighestOf(const Grant& grant) { return grant.highest_seq; }
  Future<Grant> Acquire(const std::string& id) { return journal->AcquireWriter(id); }
  Future<Result> Write(const std::string& id, uint64_t epoch, int64_t highest,
                       const std::vector<std::string>& payloads) {
    AtomicAppend append{id, epoch, highest, {}};
    for (const std::string& payload : payloads) append.events.push_back(EventOf(payload, {"blue"}));
    return journal->Append({std::move(append)}).Map([](std::vector<AppendResult> results) {
      return results.at(0);
    });
  }
};

struct StatesOf {
  using Grant = StateGrant;
  using Result = StateResult;
  static constexpr bool kSeveral = false;
  std::shared_ptr<DurableStateStore> states;

  static int64_t HighestOf(const Grant& grant) { return grant.revision; }
  Future<Grant> Acquire(const std::string& id) { return states->AcquireWriter(id); }
  Future<Result> Write(const std::string& id, uint64_t epoch, int64_t highest,
                       const std::vector<std::string>& payloads) {
    StateRecord state = StateOf(id, epoch, highest + 1);
    state.payload = payloads.at(0);
    return states->Upsert(std::move(state));
  }
};

template <class Store>
std::shared_ptr<Report> Contend(Subject& subject, Store store,
                                const std::vector<std::string>& ids) {
  auto report = std::make_shared<Report>();
  for (int i = 0; i < kContenders; ++i) {
    subject.kit().Spawn(
        Contender<Store>::Create(store, ids[i % ids.size()], StrCat("c", i), report));
  }
  return report;
}

}  // namespace

absl::Status JournalContenders(Subject& subject) {
  auto report = Contend(subject, EventsOf{subject.plugins().journal}, {"A|1"});
  SAMPO_RETURN_IF_ERROR(subject.Get(report->all_done()));
  SAMPO_ASSIGN_OR_RETURN(std::vector<Written> written, report->Take());
  SAMPO_ASSIGN_OR_RETURN(std::vector<StoredEvent> events, subject.ReadAll("A|1", 7));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("events stored", events.size(), written.size()));
  uint64_t epoch = 0;
  for (size_t i = 0; i < events.size(); ++i) {
    SAMPO_RETURN_IF_ERROR(ExpectEqual("payload", events[i].payload, written[i].payload));
    SAMPO_RETURN_IF_ERROR(ExpectEqual("seq", events[i].seq, written[i].seq));
    SAMPO_RETURN_IF_ERROR(ExpectEqual("epoch", events[i].epoch, written[i].epoch));
    if (events[i].epoch < epoch) return Violation("an older writer's event behind a newer one's");
    epoch = events[i].epoch;
  }
  return absl::OkStatus();
}

absl::Status TagReaderAmongContenders(Subject& subject) {
  const Future<void> done =
      Contend(subject, EventsOf{subject.plugins().journal}, {"A|1", "B|1"})->all_done();
  int64_t after = 0;
  std::vector<int64_t> seen;
  bool last_round = false;
  while (!last_round) {
    last_round = done.IsComplete();
    SAMPO_ASSIGN_OR_RETURN(std::vector<StoredEvent> events, subject.ReadTag("blue", after, 2));
    for (const StoredEvent& event : events) seen.push_back(event.ordering);
    subject.LetOthersRun();  // those of a plugin that answers at once have not run yet
  }
  int64_t start = 0;
  SAMPO_ASSIGN_OR_RETURN(std::vector<StoredEvent> all, subject.ReadTag("blue", start));
  SAMPO_ASSIGN_OR_RETURN(std::vector<StoredEvent> a, subject.ReadAll("A|1"));
  SAMPO_ASSIGN_OR_RETURN(std::vector<StoredEvent> b, subject.ReadAll("B|1"));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("tagged events", all.size(), a.size() + b.size()));
  SAMPO_RETURN_IF_ERROR(ExpectEqual("events the reader saw", seen.size(), all.size()));
  for (size_t i = 0; i < all.size(); ++i) {
    SAMPO_RETURN_IF_ERROR(ExpectEqual("ordering the reader saw", seen[i], all[i].ordering));
  }
  return absl::OkStatus();
}

absl::Status StateContenders(Subject& subject) {
  auto report = Contend(subject, StatesOf{subject.plugins().states}, {"A|1"});
  SAMPO_RETURN_IF_ERROR(subject.Get(report->all_done()));
  SAMPO_ASSIGN_OR_RETURN(std::vector<Written> written, report->Take());
  for (size_t i = 0; i < written.size(); ++i) {
    SAMPO_RETURN_IF_ERROR(ExpectEqual("revision", written[i].seq, static_cast<int64_t>(i) + 1));
    if (i > 0 && written[i].epoch < written[i - 1].epoch) {
      return Violation("an older writer's revision behind a newer one's");
    }
  }
  SAMPO_ASSIGN_OR_RETURN(StateGrant now, subject.Get(subject.states().Read("A|1")));
  SAMPO_RETURN_IF_ERROR(
      ExpectEqual("revision", now.revision, static_cast<int64_t>(written.size())));
  if (written.empty()) return absl::OkStatus();
  if (!now.state.has_value()) return Violation("the state is gone");
  return ExpectEqual("state", now.state->payload, written.back().payload);
}

}  // namespace sampo::persistence::tck
