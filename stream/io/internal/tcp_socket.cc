// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/io/internal/tcp_socket.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "sampo/actor/base/str_cat.h"
#include "sampo/stream/io/internal/io_thread.h"

namespace sampo::stream::internal {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

TcpAddress AddressOf(const tcp::endpoint& endpoint) {
  return {endpoint.address().to_string(), endpoint.port()};
}

TcpEvent Failed(const char* what, const error_code& error) {
  return {.kind = TcpEvent::Kind::kFailed,
          .failure = absl::UnavailableError(StrCat("tcp: ", what, ": ", error.message()))};
}

void Tell(const std::shared_ptr<TcpInbox>& inbox, TcpEvent event) {
  // A stage that has ended does not want to know.
  if (inbox != nullptr) (void)inbox->Send(std::move(event));
}

class AsioSocket final : public TcpSocket, public std::enable_shared_from_this<AsioSocket> {
 public:
  explicit AsioSocket(std::shared_ptr<asio::io_context> context)
      : context_(std::move(context)), socket_(*context_), resolver_(*context_) {}

  void Attach(std::shared_ptr<TcpInbox> inbox) override {
    Run([inbox = std::move(inbox)](AsioSocket& self) mutable { self.inbox_ = std::move(inbox); });
  }
  void Connect(std::string host, uint16_t port) override {
    Run([host = std::move(host), port](AsioSocket& self) {
      self.resolver_.async_resolve(
          host, std::to_string(port),
          [held = self.shared_from_this()](const error_code& error,
                                           const tcp::resolver::results_type& found) {
            if (error) return Tell(held->inbox_, Failed("resolve", error));
            if (held->closed_) return;
            held->ConnectTo(found);
          });
    });
  }
  void Read(size_t bytes_max) override {
    Run([bytes_max](AsioSocket& self) {
      auto held = self.shared_from_this();
      auto piece = std::make_shared<BytesBuilder>(bytes_max);
      const auto buffer = asio::buffer(piece->data(), bytes_max);
      self.socket_.async_read_some(buffer, [held, piece](const error_code& error, size_t bytes) {
        if (error == asio::error::eof) {
          return Tell(held->inbox_, {.kind = TcpEvent::Kind::kPeerEnded});
        }
        if (error) return Tell(held->inbox_, Failed("read", error));
        Tell(held->inbox_,
             {.kind = TcpEvent::Kind::kRead, .bytes = std::move(*piece).Finish(bytes)});
      });
    });
  }
  void Write(std::vector<Bytes> pieces) override {
    Run([pieces = std::move(pieces)](AsioSocket& self) mutable {
      self.writing_ = std::move(pieces);
      std::vector<asio::const_buffer> buffers;
      buffers.reserve(self.writing_.size());
      for (const Bytes& piece : self.writing_) buffers.emplace_back(piece.data(), piece.size());
      asio::async_write(
          self.socket_, buffers, [held = self.shared_from_this()](const error_code& error, size_t) {
            held->writing_.clear();
            Tell(held->inbox_,
                 error ? Failed("write", error) : TcpEvent{.kind = TcpEvent::Kind::kWritten});
          });
    });
  }
  void EndWriting() override {
    Run([](AsioSocket& self) {
      error_code ignored;  // a peer that is gone is seen by reading
      self.socket_.shutdown(tcp::socket::shutdown_send, ignored);
    });
  }
  void Close(bool abort) override {
    Run([abort](AsioSocket& self) {
      error_code ignored;  // there is nobody left to tell
      if (abort) self.socket_.set_option(asio::socket_base::linger(true, 0), ignored);
      self.closed_ = true;
      self.inbox_ = nullptr;
      self.resolver_.cancel();
      self.socket_.close(ignored);
    });
  }

  // The I/O thread's alone.
  tcp::socket& socket() { return socket_; }
  void SetUp() {
    error_code ignored;  // a socket without it works, too
    socket_.set_option(tcp::no_delay(true), ignored);
  }

 private:
  // Calls `work` on the I/O thread.
  template <class F>
  void Run(F work) {
    asio::post(*context_,
               [held = shared_from_this(), work = std::move(work)]() mutable { work(*held); });
  }
  void ConnectTo(const tcp::resolver::results_type& endpoints) {
    asio::async_connect(socket_, endpoints,
                        [held = shared_from_this()](const error_code& error, const tcp::endpoint&) {
                          if (error) return Tell(held->inbox_, Failed("connect", error));
                          held->SetUp();
                          held->TellConnected();
                        });
  }
  void TellConnected() {
    error_code local_error;
    error_code remote_error;
    const tcp::endpoint local = socket_.local_endpoint(local_error);
    const tcp::endpoint remote = socket_.remote_endpoint(remote_error);
    if (local_error || remote_error) {
      return Tell(inbox_, Failed("connect", local_error ? local_error : remote_error));
    }
    Tell(inbox_, {.kind = TcpEvent::Kind::kConnected,
                  .local = AddressOf(local),
                  .remote = AddressOf(remote)});
  }

  const std::shared_ptr<asio::io_context> context_;
  tcp::socket socket_;
  tcp::resolver resolver_;
  std::shared_ptr<TcpInbox> inbox_;
  std::vector<Bytes> writing_;  // on their way
  bool closed_ = false;
};

class AsioListener final : public TcpListener, public std::enable_shared_from_this<AsioListener> {
 public:
  AsioListener(std::shared_ptr<asio::io_context> context, std::shared_ptr<TcpInbox> inbox)
      : context_(std::move(context)), acceptor_(*context_), inbox_(std::move(inbox)) {}

  void Listen(std::string host, uint16_t port, int backlog) override {
    Run([host = std::move(host), port, backlog](AsioListener& self) {
      error_code error;
      const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
      if (error) return Tell(self.inbox_, Failed("bind", error));
      const tcp::endpoint endpoint(address, port);
      if (!error) self.acceptor_.open(endpoint.protocol(), error);
      if (!error) self.acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
      if (!error) self.acceptor_.bind(endpoint, error);
      if (!error) self.acceptor_.listen(backlog, error);
      if (error) return Tell(self.inbox_, Failed("bind", error));
      Tell(self.inbox_, {.kind = TcpEvent::Kind::kBound,
                         .local = AddressOf(self.acceptor_.local_endpoint(error))});
    });
  }
  void Accept() override {
    Run([](AsioListener& self) { self.AcceptNext(); });
  }
  void Close() override {
    Run([](AsioListener& self) {
      error_code ignored;  // there is nobody left to tell
      self.acceptor_.close(ignored);
      self.inbox_ = nullptr;
    });
  }

 private:
  template <class F>
  void Run(F work) {
    asio::post(*context_,
               [held = shared_from_this(), work = std::move(work)]() mutable { work(*held); });
  }
  void AcceptNext() {
    auto socket = std::make_shared<AsioSocket>(context_);
    tcp::socket& into = socket->socket();
    acceptor_.async_accept(
        into, [held = shared_from_this(), socket = std::move(socket)](const error_code& error) {
          if (error == asio::error::connection_aborted) return held->AcceptNext();
          if (error) return Tell(held->inbox_, Failed("accept", error));
          socket->SetUp();
          error_code gone;
          const tcp::endpoint local = socket->socket().local_endpoint(gone);
          const tcp::endpoint remote = socket->socket().remote_endpoint(gone);
          if (gone) return held->AcceptNext();
          Tell(held->inbox_, {.kind = TcpEvent::Kind::kConnected,
                              .local = AddressOf(local),
                              .remote = AddressOf(remote),
                              .socket = socket});
        });
  }

  const std::shared_ptr<asio::io_context> context_;
  tcp::acceptor acceptor_;
  std::shared_ptr<TcpInbox> inbox_;
};

}  // namespace

std::shared_ptr<TcpSocket> MakeTcpSocket(ActorSystemBase& system) {
  return std::make_shared<AsioSocket>(IoThread::Get(system).context());
}

std::shared_ptr<TcpListener> MakeTcpListener(ActorSystemBase& system,
                                             std::shared_ptr<TcpInbox> inbox) {
  return std::make_shared<AsioListener>(IoThread::Get(system).context(), std::move(inbox));
}

}  // namespace sampo::stream::internal
