// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/internal/client_body.h"

#include <atomic>
#include <utility>
#include <variant>

#include "sampo/http/model/entity_stream.h"
#include "sampo/stream/detail/stage_inbox.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/errors.h"
#include "sampo/stream/stream.h"

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
void Tell(const ClientBodyAddress& address, F call) {
  // False: the loop has ended, and all its connections, which have told their streams so.
  (void)address.loop->Post([owner = address.owner, exchange = address.exchange,
                            call = std::move(call)](boost::asio::io_context&) mutable {
    if (const std::shared_ptr<ClientBodyOwner> alive = owner.lock()) call(*alive, exchange);
  });
}

// --- responses ---

// A piece, or the end.
using DownloadEvent = std::variant<Bytes, absl::Status>;

class DownloadBridge final : public ClientDownload {
 public:
  explicit DownloadBridge(ClientBodyAddress address) : address_(std::move(address)) {}

  void Deliver(Bytes piece) override { (void)inbox_.Send(DownloadEvent(std::move(piece))); }
  void Finish(absl::Status end) override {
    if (!std::exchange(is_finished_, true)) (void)inbox_.Send(DownloadEvent(std::move(end)));
  }

  // The stage's side.
  StageInbox<DownloadEvent>& inbox() { return inbox_; }
  void Subscribe() {
    Tell(address_, [](ClientBodyOwner& owner, uint64_t exchange) { owner.OnSubscribed(exchange); });
  }
  void Demand() {
    Tell(address_, [](ClientBodyOwner& owner, uint64_t exchange) { owner.OnDemand(exchange); });
  }
  void Drop() {
    Tell(address_, [](ClientBodyOwner& owner, uint64_t exchange) { owner.OnDropped(exchange); });
  }
  // True for the first.
  bool Take() { return !is_taken_.exchange(true); }

 private:
  const ClientBodyAddress address_;
  StageInbox<DownloadEvent> inbox_;  // bounded: a piece for each demand, and the end
  std::atomic<bool> is_taken_{false};
  bool is_finished_ = false;  // the loop's
};

class DownloadLogic final : public stream::internal::SourceLogic<Bytes> {
 public:
  explicit DownloadLogic(std::shared_ptr<DownloadBridge> bridge)
      : bridge_(std::move(bridge)), is_first_(bridge_->Take()) {}
  ~DownloadLogic() override { DropRest(); }

  void PreStart() override {
    if (!is_first_) {
      return FailStage(absl::FailedPreconditionError(
          "http client: the body of a response can be read once, and was read before; keep the "
          "entity of ToStrict to read it again"));
    }
    bridge_->inbox().Open(GetAsyncCallback<int>(
        [this](int) { bridge_->inbox().Drain([this](DownloadEvent& event) { Handle(event); }); }));
    bridge_->Subscribe();
  }
  void PostStop() override { DropRest(); }
  void Describe(StageReport& report) const override { report.waits_for = "a response's body"; }

 private:
  void OnPull() override { bridge_->Demand(); }
  void Handle(DownloadEvent& event) {
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

  const std::shared_ptr<DownloadBridge> bridge_;
  const bool is_first_;
  bool is_over_ = false;
};

// Ends with the last copy of an entity: what nobody has begun to read, nobody will.
struct UnreadDownload {
  explicit UnreadDownload(std::shared_ptr<DownloadBridge> of) : bridge(std::move(of)) {}
  UnreadDownload(const UnreadDownload&) = delete;
  UnreadDownload& operator=(const UnreadDownload&) = delete;
  ~UnreadDownload() {
    if (bridge->Take()) bridge->Drop();
  }
  const std::shared_ptr<DownloadBridge> bridge;
};

// --- requests ---

struct UploadEvent {
  size_t written = 0;
  bool is_cancelled = false;
};

class UploadBridge final : public ClientUpload {
 public:
  explicit UploadBridge(ClientBodyAddress address) : address_(std::move(address)) {}

  void Written(size_t bytes) override { (void)inbox_.Send({.written = bytes}); }
  void Cancel() override { (void)inbox_.Send({.is_cancelled = true}); }

  // The stage's side.
  StageInbox<UploadEvent>& inbox() { return inbox_; }
  void Piece(Bytes piece) {
    Tell(address_, [piece = std::move(piece)](ClientBodyOwner& owner, uint64_t exchange) mutable {
      owner.OnUploadPiece(exchange, std::move(piece));
    });
  }
  void End(absl::Status end) {
    Tell(address_, [end = std::move(end)](ClientBodyOwner& owner, uint64_t exchange) {
      owner.OnUploadEnd(exchange, end);
    });
  }

 private:
  const ClientBodyAddress address_;
  StageInbox<UploadEvent> inbox_;  // bounded: an event for each write of bytes that were lent
};

class UploadLogic final : public stream::internal::SinkLogic<Bytes> {
 public:
  UploadLogic(std::shared_ptr<UploadBridge> bridge, size_t buffer_bytes)
      : bridge_(std::move(bridge)), buffer_bytes_(buffer_bytes) {}
  // Also where its actor was never started.
  ~UploadLogic() override { End(stream::AbruptTermination("the body of a request")); }

  void PreStart() override {
    bridge_->inbox().Open(GetAsyncCallback<int>(
        [this](int) { bridge_->inbox().Drain([this](UploadEvent& event) { Handle(event); }); }));
    SinkLogic::PreStart();
  }
  void PostStop() override {
    (void)bridge_->inbox().Close();
    End(failure().ok() ? stream::AbruptTermination("the body of a request") : failure());
  }
  void Describe(StageReport& report) const override {
    report.buffered = static_cast<int64_t>(lent_bytes_);
    report.buffer_size = static_cast<int64_t>(buffer_bytes_);
    if (lent_bytes_ >= buffer_bytes_) report.waits_for = "a server that takes its request";
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
  void Handle(const UploadEvent& event) {
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

  const std::shared_ptr<UploadBridge> bridge_;
  const size_t buffer_bytes_;
  size_t lent_bytes_ = 0;
  bool is_over_ = false;
};

}  // namespace

ClientDownload::Made ClientDownload::Make(ClientBodyAddress address, ContentType type,
                                          std::optional<uint64_t> length) {
  auto bridge = std::make_shared<DownloadBridge>(std::move(address));
  auto make = [unread = std::make_shared<UnreadDownload>(bridge)] {
    return stream::internal::NewLogic<DownloadLogic>(unread->bridge);
  };
  Source<Bytes> source(stream::internal::MakeStage<NotUsed>(
      "httpResponseBody", SourceLocation::Current(), std::move(make)));
  return {std::move(bridge), StreamedEntity(std::move(type), std::move(source), length)};
}

std::shared_ptr<ClientUpload> ClientUpload::Start(ActorSystemBase& system, const Entity& entity,
                                                  ClientBodyAddress address, size_t buffer_bytes) {
  auto bridge = std::make_shared<UploadBridge>(std::move(address));
  auto make = [bridge, buffer_bytes] {
    return stream::internal::NewLogic<UploadLogic>(bridge, buffer_bytes);
  };
  const Sink<Bytes> sink(stream::internal::MakeStage<NotUsed>(
      "httpRequestBody", SourceLocation::Current(), std::move(make)));
  DataBytes(entity).To(sink).Run(system);
  return bridge;
}

}  // namespace sampo::http::internal
