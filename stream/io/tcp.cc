// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/io/tcp.h"

#include <atomic>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/stream/detail/stage_report.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/errors.h"
#include "sampo/stream/io/internal/tcp_socket.h"

namespace sampo::stream {
namespace internal {

class BindState {
 public:
  const std::shared_ptr<TcpInbox> inbox = std::make_shared<TcpInbox>();
};

namespace {

constexpr int64_t kIdleTimer = 1;
constexpr int64_t kConnectTimer = 2;

// A socket that one run of a flow may take.
class SocketHolder {
 public:
  explicit SocketHolder(std::shared_ptr<TcpSocket> socket) : socket_(std::move(socket)) {}
  ~SocketHolder() {
    if (!taken_.load()) socket_->Close(false);
  }
  // Null for the second.
  std::shared_ptr<TcpSocket> Take() { return taken_.exchange(true) ? nullptr : socket_; }

 private:
  const std::shared_ptr<TcpSocket> socket_;
  std::atomic<bool> taken_{false};
};

// Where an outgoing connection goes.
struct Target {
  std::string host;
  uint16_t port = 0;
};

// One connection: what comes in is written, what is read goes out.
class ConnectionLogic final : public FlowLogic<Bytes, Bytes> {
 public:
  // `socket` null: it was taken before.
  ConnectionLogic(std::shared_ptr<TcpSocket> socket, std::optional<Target> target,
                  TcpOptions options)
      : socket_(std::move(socket)),
        target_(std::move(target)),
        options_(options),
        inbox_(std::make_shared<TcpInbox>()) {}
  ~ConnectionLogic() override {
    if (!closed_ && socket_ != nullptr) socket_->Close(true);
  }

  Future<ConnectedTo> materialized() { return connected_promise_.future(); }

  void PreStart() override {
    if (socket_ == nullptr) {
      return Fail(absl::FailedPreconditionError(
          "tcp: the flow of an incoming connection can be run once, and was run before"));
    }
    inbox_->Open(GetAsyncCallback<int>(
        [this](int) { inbox_->Drain([this](TcpEvent& event) { Handle(event); }); }));
    socket_->Attach(inbox_);
    SetKeepGoing(true);  // until both directions have ended
    if (!target_) return Begin();
    socket_->Connect(target_->host, target_->port);
    if (options_.connect_timeout < absl::InfiniteDuration()) {
      ScheduleOnce(kConnectTimer, options_.connect_timeout);
    }
  }
  void OnTimer(int64_t key) override {
    if (key == kConnectTimer) {
      return Fail(absl::DeadlineExceededError(
          StrCat("tcp: no connection to ", target_->host, ":", target_->port, " within ",
                 absl::FormatDuration(options_.connect_timeout))));
    }
    const int64_t idle = NowNanos() - last_activity_nanos_;
    const absl::Duration left = options_.idle_timeout - absl::Nanoseconds(idle);
    if (left > absl::ZeroDuration()) return ScheduleOnce(kIdleTimer, left);
    Fail(absl::DeadlineExceededError(StrCat("tcp: nothing was read and nothing written for ",
                                            absl::FormatDuration(options_.idle_timeout))));
  }
  void PostStop() override {
    (void)inbox_->Close();  // what comes now is nobody's
    if (!closed_ && socket_ != nullptr) socket_->Close(!abort_status().ok());
    closed_ = true;
    if (!connected_promise_.IsComplete()) {
      connected_promise_.Complete(AbruptTermination("a connection that was not made yet"));
    }
  }
  void Describe(StageReport& report) const override {
    report.buffered = static_cast<int64_t>(pending_bytes_);
    report.buffer_size = static_cast<int64_t>(options_.write_buffer_bytes);
    if (!is_connected_) report.waits_for = "the connection";
  }

 private:
  void OnPush() override {
    Bytes piece = in_.Grab();
    pending_bytes_ += piece.size();
    if (!piece.empty()) pending_.push_back(std::move(piece));
    Write();
    PullMore();
  }
  void OnUpstreamFinish() override {
    upstream_done_ = true;
    MaybeEndWriting();
  }
  void OnUpstreamFailure(const absl::Status& failure) override { Fail(failure); }
  void OnPull() override {
    if (ahead_.empty()) return Read();
    out_.Push(std::exchange(ahead_, Bytes()));
    Read();
    if (!peer_ended_) return;
    out_.Complete();
    MaybeDone();
  }
  void OnDownstreamFinish(const absl::Status& cause) override {
    if (!cause.ok()) return Fail(cause);
    reads_ended_ = true;
    if (!options_.half_close) EndOurs();
    MaybeDone();
  }

  void Handle(TcpEvent& event) {
    if (closed_) return;
    last_activity_nanos_ = NowNanos();
    switch (event.kind) {
      case TcpEvent::Kind::kConnected:
        CancelTimer(kConnectTimer);
        connected_promise_.Complete(ConnectedTo{event.local, event.remote});
        return Begin();
      case TcpEvent::Kind::kRead:
        reading_ = false;
        return Deliver(std::move(event.bytes));
      case TcpEvent::Kind::kPeerEnded:
        reading_ = false;
        return PeerEnded();
      case TcpEvent::Kind::kWritten:
        writing_ = false;
        Write();
        PullMore();
        return MaybeEndWriting();
      case TcpEvent::Kind::kFailed:
        return Fail(std::move(event.failure));
      case TcpEvent::Kind::kBound:
      case TcpEvent::Kind::kUnbind:
        return;  // a listener's
    }
  }
  // The connection is there.
  void Begin() {
    is_connected_ = true;
    last_activity_nanos_ = NowNanos();
    if (options_.idle_timeout < absl::InfiniteDuration()) {
      ScheduleOnce(kIdleTimer, options_.idle_timeout);
    }
    Read();
    Write();
    PullMore();
    MaybeEndWriting();
  }

  // --- what is read ---
  void Read() {
    if (!is_connected_ || reading_ || reads_ended_ || !ahead_.empty()) return;
    reading_ = true;
    socket_->Read(options_.read_bytes_max);
  }
  void Deliver(Bytes bytes) {
    if (out_.IsClosed()) return;
    if (out_.IsAvailable()) {
      out_.Push(std::move(bytes));
      Read();
    } else {
      ahead_ = std::move(bytes);
    }
  }
  void PeerEnded() {
    reads_ended_ = peer_ended_ = true;
    if (ahead_.empty()) out_.Complete();
    if (!options_.half_close) EndOurs();
    MaybeDone();
  }

  // --- what is written ---
  void Write() {
    if (!is_connected_ || writing_ || pending_.empty()) return;
    writing_ = true;
    pending_bytes_ = 0;
    socket_->Write(std::exchange(pending_, {}));
  }
  void PullMore() {
    if (pending_bytes_ < options_.write_buffer_bytes) in_.TryPull();
  }
  void EndOurs() {
    upstream_done_ = true;
    in_.Cancel();
    MaybeEndWriting();
  }
  // Ends our direction once everything is written.
  void MaybeEndWriting() {
    if (!upstream_done_ || writes_ended_ || !is_connected_ || writing_ || !pending_.empty()) return;
    writes_ended_ = true;
    socket_->EndWriting();
    // Nobody reads what may still come.
    if (out_.IsClosed()) reads_ended_ = true;
    MaybeDone();
  }

  void MaybeDone() {
    if (!reads_ended_ || !writes_ended_) return;
    if (!ahead_.empty() && !out_.IsClosed()) return;  // the last piece is not taken yet
    CompleteStage();
  }
  void Fail(absl::Status failure) {
    if (!connected_promise_.IsComplete()) connected_promise_.Complete(failure);
    if (socket_ != nullptr) socket_->Close(true);
    closed_ = true;
    FailStage(std::move(failure));
  }

  const std::shared_ptr<TcpSocket> socket_;
  const std::optional<Target> target_;
  const TcpOptions options_;
  const std::shared_ptr<TcpInbox> inbox_;
  Promise<ConnectedTo> connected_promise_;
  Bytes ahead_;                 // one piece that was read and not asked for yet
  std::vector<Bytes> pending_;  // about write_buffer_bytes, and one piece more
  size_t pending_bytes_ = 0;
  int64_t last_activity_nanos_ = 0;
  bool is_connected_ = false;
  bool reading_ = false;
  bool writing_ = false;
  bool peer_ended_ = false;
  bool reads_ended_ = false;
  bool upstream_done_ = false;
  bool writes_ended_ = false;
  bool closed_ = false;
};

class BindLogic final : public SourceLogic<IncomingConnection> {
 public:
  BindLogic(std::shared_ptr<BindState> state, std::shared_ptr<TcpListener> listener, Target target,
            TcpOptions options)
      : state_(std::move(state)),
        listener_(std::move(listener)),
        target_(std::move(target)),
        options_(options) {}
  ~BindLogic() override { listener_->Close(); }
  Future<ServerBinding> materialized() { return promise_.future(); }

  void PreStart() override {
    state_->inbox->Open(GetAsyncCallback<int>(
        [this](int) { state_->inbox->Drain([this](TcpEvent& event) { Handle(event); }); }));
    listener_->Listen(target_.host, target_.port, options_.backlog);
  }
  void PostStop() override {
    for (TcpEvent& late : state_->inbox->Close()) {
      if (late.socket != nullptr) late.socket->Close(true);
    }
    if (!promise_.IsComplete()) promise_.Complete(AbruptTermination("a server that was not bound"));
  }
  void Describe(StageReport& report) const override { report.waits_for = "a connection"; }

 private:
  void OnPull() override {
    if (bound_) listener_->Accept();
  }
  void Handle(TcpEvent& event) {
    switch (event.kind) {
      case TcpEvent::Kind::kBound:
        bound_ = true;
        promise_.Complete(ServerBinding(event.local, state_));
        if (out_.IsAvailable()) listener_->Accept();
        return;
      case TcpEvent::Kind::kConnected:
        return Emit(event);
      case TcpEvent::Kind::kFailed:
        if (!promise_.IsComplete()) promise_.Complete(event.failure);
        return FailStage(std::move(event.failure));
      case TcpEvent::Kind::kUnbind:
        return CompleteStage();
      default:
        return;  // a connection's
    }
  }
  void Emit(TcpEvent& event) {
    if (!out_.IsAvailable()) return event.socket->Close(true);
    auto holder = std::make_shared<SocketHolder>(std::move(event.socket));
    auto make = [holder, options = options_] {
      return NewLogic<ConnectionLogic>(holder->Take(), std::nullopt, options);
    };
    out_.Push(IncomingConnection{
        event.local, event.remote,
        Flow<Bytes, Bytes>(MakeStage<NotUsed>("tcpConnection", where(), std::move(make)))});
  }

  const std::shared_ptr<BindState> state_;
  const std::shared_ptr<TcpListener> listener_;
  const Target target_;
  const TcpOptions options_;
  Promise<ServerBinding> promise_;
  bool bound_ = false;
};

}  // namespace
}  // namespace internal

std::string TcpAddress::ToString() const { return StrCat(host, ":", port); }

void ServerBinding::Unbind() const {
  // Where the stage has ended nothing is bound.
  (void)state_->inbox->Send({.kind = internal::TcpEvent::Kind::kUnbind});
}

Source<IncomingConnection, Future<ServerBinding>> Tcp::Bind(ActorSystemBase& system,
                                                            std::string host, uint16_t port,
                                                            TcpOptions options,
                                                            SourceLocation where) {
  auto make = [&system, target = internal::Target{std::move(host), port}, options] {
    auto state = std::make_shared<internal::BindState>();
    return internal::NewLogicAndValue<internal::BindLogic>(
        state, internal::MakeTcpListener(system, state->inbox), target, options);
  };
  return Source<IncomingConnection, Future<ServerBinding>>(
      internal::MakeStage<Future<ServerBinding>>("tcpBind", where, std::move(make)));
}

Flow<Bytes, Bytes, Future<ConnectedTo>> Tcp::OutgoingConnection(ActorSystemBase& system,
                                                                std::string host, uint16_t port,
                                                                TcpOptions options,
                                                                SourceLocation where) {
  auto make = [&system, target = internal::Target{std::move(host), port}, options] {
    return internal::NewLogicAndValue<internal::ConnectionLogic>(internal::MakeTcpSocket(system),
                                                                 target, options);
  };
  return Flow<Bytes, Bytes, Future<ConnectedTo>>(
      internal::MakeStage<Future<ConnectedTo>>("tcpOutgoing", where, std::move(make)));
}

}  // namespace sampo::stream
