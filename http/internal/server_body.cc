// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/internal/server_body.h"

#include <utility>
#include <variant>

#include "sampo/http/model/entity_stream.h"
#include "sampo/stream/detail/stage_inbox.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/errors.h"
#include "sampo/stream/sink.h"
#include "sampo/stream/source.h"
#include "sampo/stream/source_location.h"

namespace sampo::http::internal {
namespace {

using stream::NotUsed;
using stream::Sink;
using stream::Source;
using stream::SourceLocation;
using stream::internal::StageInbox;
using stream::internal::StageReport;

// Calls `call(owner, exchange)` on the loop's thread, if the connection is still there.
template <class F>
void Tell(const BodyAddress& address, F call) {
  address.loop->Post(
      [owner = address.owner, exchange = address.exchange, call = std::move(call)]() mutable {
        if (const std::shared_ptr<BodyOwner> alive = owner.lock()) call(*alive, exchange);
      });
}

// --- requests ---

// A piece, or the end.
using BodyEvent = std::variant<Bytes, absl::Status>;

class RequestBridge final : public RequestBody {
 public:
  explicit RequestBridge(BodyAddress address) : address_(std::move(address)) {}

  void Deliver(Bytes piece) override { (void)inbox_.Send(BodyEvent(std::move(piece))); }
  void Finish(absl::Status end) override { (void)inbox_.Send(BodyEvent(std::move(end))); }
  bool IsDropped() const override { return dropped_.load(); }

  // The stage's side.
  StageInbox<BodyEvent>& inbox() { return inbox_; }
  void Demand() {
    Tell(address_, [](BodyOwner& owner, uint64_t exchange) { owner.OnBodyDemand(exchange); });
  }
  void Drop() {
    dropped_.store(true);
    Tell(address_, [](BodyOwner& owner, uint64_t exchange) { owner.OnBodyDropped(exchange); });
  }
  // True for the first.
  bool Take() { return !taken_.exchange(true); }

 private:
  const BodyAddress address_;
  StageInbox<BodyEvent> inbox_;  // bounded: a piece for each demand, and the end
  std::atomic<bool> taken_{false};
  std::atomic<bool> dropped_{false};
};

class RequestBodyLogic final : public stream::internal::SourceLogic<Bytes> {
 public:
  explicit RequestBodyLogic(std::shared_ptr<RequestBridge> bridge)
      : bridge_(std::move(bridge)), is_first_(bridge_->Take()) {}
  ~RequestBodyLogic() override { DropRest(); }

  void PreStart() override {
    if (!is_first_) {
      return FailStage(absl::FailedPreconditionError(
          "http: the body of a request can be read once, and was read before; keep the entity of "
          "ToStrict to read it again"));
    }
    bridge_->inbox().Open(GetAsyncCallback<int>(
        [this](int) { bridge_->inbox().Drain([this](BodyEvent& event) { Handle(event); }); }));
  }
  void PostStop() override { DropRest(); }
  void Describe(StageReport& report) const override { report.waits_for = "a request's body"; }

 private:
  void OnPull() override { bridge_->Demand(); }
  void Handle(BodyEvent& event) {
    if (is_over_) return;
    if (auto* piece = std::get_if<Bytes>(&event)) return out_.Push(std::move(*piece));
    is_over_ = true;
    const absl::Status& end = std::get<absl::Status>(event);
    if (end.ok()) {
      CompleteStage();
    } else {
      FailStage(end);
    }
  }
  void DropRest() {
    if (!is_first_ || std::exchange(is_over_, true)) return;
    (void)bridge_->inbox().Close();
    bridge_->Drop();
  }

  const std::shared_ptr<RequestBridge> bridge_;
  const bool is_first_;
  bool is_over_ = false;
};

// Dropped with the last copy of an entity: what nobody has begun to read, nobody will.
struct UnreadGuard {
  explicit UnreadGuard(std::shared_ptr<RequestBridge> of) : bridge(std::move(of)) {}
  UnreadGuard(const UnreadGuard&) = delete;
  UnreadGuard& operator=(const UnreadGuard&) = delete;
  ~UnreadGuard() {
    if (bridge->Take()) bridge->Drop();
  }
  const std::shared_ptr<RequestBridge> bridge;
};

// --- answers ---

struct AnswerEvent {
  size_t written = 0;
  bool cancelled = false;
};

class AnswerBridge final : public ResponseBody {
 public:
  explicit AnswerBridge(BodyAddress address) : address_(std::move(address)) {}

  void Written(size_t bytes) override { (void)inbox_.Send({.written = bytes}); }
  void Cancel() override { (void)inbox_.Send({.cancelled = true}); }

  // The stage's side.
  StageInbox<AnswerEvent>& inbox() { return inbox_; }
  void Piece(Bytes piece) {
    Tell(address_, [piece = std::move(piece)](BodyOwner& owner, uint64_t exchange) mutable {
      owner.OnAnswerPiece(exchange, std::move(piece));
    });
  }
  void End(absl::Status end) {
    Tell(address_, [end = std::move(end)](BodyOwner& owner, uint64_t exchange) {
      owner.OnAnswerEnd(exchange, end);
    });
  }

 private:
  const BodyAddress address_;
  StageInbox<AnswerEvent> inbox_;  // bounded: an event for each flush of bytes that were lent
};

class AnswerLogic final : public stream::internal::SinkLogic<Bytes> {
 public:
  AnswerLogic(std::shared_ptr<AnswerBridge> bridge, size_t buffer_bytes)
      : bridge_(std::move(bridge)), buffer_bytes_(buffer_bytes) {}
  ~AnswerLogic() override {
    // Never started: its actor could not be.
    End(stream::AbruptTermination("the body of an answer"));
  }

  void PreStart() override {
    bridge_->inbox().Open(GetAsyncCallback<int>(
        [this](int) { bridge_->inbox().Drain([this](AnswerEvent& event) { Handle(event); }); }));
    SinkLogic::PreStart();
  }
  void PostStop() override {
    (void)bridge_->inbox().Close();
    End(failure().ok() ? stream::AbruptTermination("the body of an answer") : failure());
  }
  void Describe(StageReport& report) const override {
    report.buffered = static_cast<int64_t>(lent_bytes_);
    report.buffer_size = static_cast<int64_t>(buffer_bytes_);
    if (lent_bytes_ >= buffer_bytes_) report.waits_for = "a client that reads its answer";
  }

 private:
  void OnPush() override {
    Bytes piece = in_.Grab();
    lent_bytes_ += piece.size();
    if (!piece.empty()) bridge_->Piece(std::move(piece));
    PullMore();
  }
  void OnUpstreamFinish() override {
    End(absl::OkStatus());
    CompleteStage();
  }
  void OnUpstreamFailure(const absl::Status& failure) override {
    End(failure);
    CompleteStage();
  }
  void Handle(const AnswerEvent& event) {
    if (is_over_) return;
    if (event.cancelled) {
      is_over_ = true;  // nobody is told
      return CompleteStage();
    }
    lent_bytes_ -= event.written;
    PullMore();
  }
  void PullMore() {
    if (lent_bytes_ < buffer_bytes_) in_.TryPull();
  }
  void End(absl::Status end) {
    if (!std::exchange(is_over_, true)) bridge_->End(std::move(end));
  }

  const std::shared_ptr<AnswerBridge> bridge_;
  const size_t buffer_bytes_;
  size_t lent_bytes_ = 0;
  bool is_over_ = false;
};

}  // namespace

RequestBody::Made RequestBody::Make(BodyAddress address, ContentType type,
                                    std::optional<uint64_t> length) {
  auto bridge = std::make_shared<RequestBridge>(std::move(address));
  auto make = [guard = std::make_shared<UnreadGuard>(bridge)] {
    return stream::internal::NewLogic<RequestBodyLogic>(guard->bridge);
  };
  Source<Bytes> source(stream::internal::MakeStage<NotUsed>(
      "httpRequestBody", SourceLocation::Current(), std::move(make)));
  return {std::move(bridge), StreamedEntity(std::move(type), std::move(source), length)};
}

std::shared_ptr<ResponseBody> ResponseBody::Start(ActorSystemBase& system, const Entity& entity,
                                                  BodyAddress address, size_t buffer_bytes) {
  auto bridge = std::make_shared<AnswerBridge>(std::move(address));
  auto make = [bridge, buffer_bytes] {
    return stream::internal::NewLogic<AnswerLogic>(bridge, buffer_bytes);
  };
  const Sink<Bytes> sink(stream::internal::MakeStage<NotUsed>(
      "httpAnswer", SourceLocation::Current(), std::move(make)));
  DataBytes(entity).To(sink).Run(system);
  return bridge;
}

}  // namespace sampo::http::internal
