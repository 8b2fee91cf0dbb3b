// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/internal/body_bridge.h"

#include <atomic>
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
  address.post(
      [owner = address.owner, exchange = address.exchange, call = std::move(call)]() mutable {
        if (const std::shared_ptr<BodyOwner> alive = owner.lock()) call(*alive, exchange);
      });
}

// --- what comes ---

// A piece, or the end.
using InboundEvent = std::variant<Bytes, absl::Status>;

class InboundBridge final : public InboundBody {
 public:
  InboundBridge(BodyAddress address, const InboundTexts& texts)
      : texts_(texts), address_(std::move(address)) {}

  void Deliver(Bytes piece) override { (void)inbox_.Send(InboundEvent(std::move(piece))); }
  void Finish(absl::Status end) override {
    if (!std::exchange(is_finished_, true)) (void)inbox_.Send(InboundEvent(std::move(end)));
  }
  bool IsDropped() const override { return is_dropped_.load(); }

  // The stage's side.
  const InboundTexts& texts() const { return texts_; }
  StageInbox<InboundEvent>& inbox() { return inbox_; }
  void Subscribe() {
    Tell(address_,
         [](BodyOwner& owner, uint64_t exchange) { owner.OnInboundSubscribed(exchange); });
  }
  void Demand() {
    Tell(address_, [](BodyOwner& owner, uint64_t exchange) { owner.OnInboundDemand(exchange); });
  }
  void Drop() {
    is_dropped_.store(true);
    Tell(address_, [](BodyOwner& owner, uint64_t exchange) { owner.OnInboundDropped(exchange); });
  }
  // True for the first.
  bool Take() { return !is_taken_.exchange(true); }

 private:
  const InboundTexts& texts_;
  const BodyAddress address_;
  StageInbox<InboundEvent> inbox_;  // bounded: a piece for each demand, and the end
  std::atomic<bool> is_taken_{false};
  std::atomic<bool> is_dropped_{false};
  bool is_finished_ = false;  // the loop's
};

class InboundLogic final : public stream::internal::SourceLogic<Bytes> {
 public:
  explicit InboundLogic(std::shared_ptr<InboundBridge> bridge)
      : bridge_(std::move(bridge)), is_first_(bridge_->Take()) {}
  ~InboundLogic() override { DropRest(); }

  void PreStart() override {
    if (!is_first_) {
      return FailStage(absl::FailedPreconditionError(bridge_->texts().read_twice));
    }
    bridge_->inbox().Open(GetAsyncCallback<int>(
        [this](int) { bridge_->inbox().Drain([this](InboundEvent& event) { Handle(event); }); }));
    bridge_->Subscribe();
  }
  void PostStop() override { DropRest(); }
  void Describe(StageReport& report) const override {
    report.waits_for = bridge_->texts().waits_for;
  }

 private:
  void OnPull() override { bridge_->Demand(); }
  void Handle(InboundEvent& event) {
    if (is_over_) return;
    if (auto* piece = std::get_if<Bytes>(&event)) return out_.Push(std::move(*piece));
    is_over_ = true;
    const absl::Status& end = std::get<absl::Status>(event);
    if (end.ok()) return CompleteStage();
    FailStage(end);
  }
  void DropRest() {
    if (!is_first_ || std::exchange(is_over_, true)) return;
    (void)bridge_->inbox().Close();
    bridge_->Drop();
  }

  const std::shared_ptr<InboundBridge> bridge_;
  const bool is_first_;
  bool is_over_ = false;
};

// Ends with the last copy of an entity: what nobody has begun to read, nobody will.
struct UnreadInbound {
  explicit UnreadInbound(std::shared_ptr<InboundBridge> of) : bridge(std::move(of)) {}
  UnreadInbound(const UnreadInbound&) = delete;
  UnreadInbound& operator=(const UnreadInbound&) = delete;
  ~UnreadInbound() {
    if (bridge->Take()) bridge->Drop();
  }
  const std::shared_ptr<InboundBridge> bridge;
};

// --- what goes ---

struct OutboundEvent {
  size_t written = 0;
  bool is_cancelled = false;
};

class OutboundBridge final : public OutboundBody {
 public:
  OutboundBridge(BodyAddress address, const OutboundTexts& texts)
      : texts_(texts), address_(std::move(address)) {}

  void Written(size_t bytes) override { (void)inbox_.Send({.written = bytes}); }
  void Cancel() override { (void)inbox_.Send({.is_cancelled = true}); }

  // The stage's side.
  const OutboundTexts& texts() const { return texts_; }
  StageInbox<OutboundEvent>& inbox() { return inbox_; }
  void Piece(Bytes piece) {
    Tell(address_, [piece = std::move(piece)](BodyOwner& owner, uint64_t exchange) mutable {
      owner.OnOutboundPiece(exchange, std::move(piece));
    });
  }
  void End(absl::Status end) {
    Tell(address_, [end = std::move(end)](BodyOwner& owner, uint64_t exchange) {
      owner.OnOutboundEnd(exchange, end);
    });
  }

 private:
  const OutboundTexts& texts_;
  const BodyAddress address_;
  StageInbox<OutboundEvent> inbox_;  // bounded: an event for each flush of bytes that were lent
};

class OutboundLogic final : public stream::internal::SinkLogic<Bytes> {
 public:
  OutboundLogic(std::shared_ptr<OutboundBridge> bridge, size_t buffer_bytes)
      : bridge_(std::move(bridge)), buffer_bytes_(buffer_bytes) {}
  // Also where its actor was never started.
  ~OutboundLogic() override { End(stream::AbruptTermination(bridge_->texts().body)); }

  void PreStart() override {
    bridge_->inbox().Open(GetAsyncCallback<int>(
        [this](int) { bridge_->inbox().Drain([this](OutboundEvent& event) { Handle(event); }); }));
    SinkLogic::PreStart();
  }
  void PostStop() override {
    (void)bridge_->inbox().Close();
    End(failure().ok() ? stream::AbruptTermination(bridge_->texts().body) : failure());
  }
  void Describe(StageReport& report) const override {
    report.buffered = static_cast<int64_t>(lent_bytes_);
    report.buffer_size = static_cast<int64_t>(buffer_bytes_);
    if (lent_bytes_ >= buffer_bytes_) report.waits_for = bridge_->texts().waits_for;
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
  void Handle(const OutboundEvent& event) {
    if (is_over_) return;
    if (event.is_cancelled) {
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

  const std::shared_ptr<OutboundBridge> bridge_;
  const size_t buffer_bytes_;
  size_t lent_bytes_ = 0;
  bool is_over_ = false;
};

}  // namespace

InboundBody::Made InboundBody::Make(BodyAddress address, const InboundTexts& texts,
                                    ContentType type, std::optional<uint64_t> length) {
  auto bridge = std::make_shared<InboundBridge>(std::move(address), texts);
  auto make = [unread = std::make_shared<UnreadInbound>(bridge)] {
    return stream::internal::NewLogic<InboundLogic>(unread->bridge);
  };
  Source<Bytes> source(stream::internal::MakeStage<NotUsed>(texts.stage, SourceLocation::Current(),
                                                            std::move(make)));
  return {std::move(bridge), StreamedEntity(std::move(type), std::move(source), length)};
}

absl::StatusOr<std::shared_ptr<OutboundBody>> OutboundBody::Start(ActorSystemBase& system,
                                                                  const Entity& entity,
                                                                  BodyAddress address,
                                                                  const OutboundTexts& texts,
                                                                  size_t buffer_bytes) {
  auto bridge = std::make_shared<OutboundBridge>(std::move(address), texts);
  auto make = [bridge, buffer_bytes] {
    return stream::internal::NewLogic<OutboundLogic>(bridge, buffer_bytes);
  };
  const Sink<Bytes> sink(stream::internal::MakeStage<NotUsed>(
      texts.stage, SourceLocation::Current(), std::move(make)));
  try {
    DataBytes(entity).To(sink).Run(system);
  } catch (...) {
    return stream::StatusOfCurrentException();
  }
  return std::shared_ptr<OutboundBody>(std::move(bridge));
}

}  // namespace sampo::http::internal
