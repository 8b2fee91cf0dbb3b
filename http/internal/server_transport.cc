// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/internal/server_transport.h"

#include <openssl/ssl.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <utility>

#include "sampo/actor/base/str_cat.h"
#include "sampo/http/internal/server_response.h"

namespace sampo::http::internal {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

std::string NameOf(const tcp::endpoint& endpoint) {
  const bool is_v6 = endpoint.address().is_v6();
  return StrCat(is_v6 ? "[" : "", endpoint.address().to_string(), is_v6 ? "]:" : ":",
                endpoint.port());
}

// The pieces of one write, as Asio wants to see them.
class Gathered {
 public:
  using value_type = asio::const_buffer;
  using const_iterator = const asio::const_buffer*;

  Gathered(const std::string_view* pieces, size_t count) : count_(count) {
    for (size_t at = 0; at < count; ++at) {
      buffers_[at] = asio::const_buffer(pieces[at].data(), pieces[at].size());
    }
  }
  const_iterator begin() const { return buffers_.data(); }
  const_iterator end() const { return buffers_.data() + count_; }

 private:
  std::array<asio::const_buffer, OutQueue::kGatherMax> buffers_;
  size_t count_;
};

template <class Stream>
void StartRead(Stream& stream, char* into, size_t bytes_max,
               std::shared_ptr<TransportOwner> owner) {
  stream.async_read_some(asio::mutable_buffer(into, bytes_max),
                         [owner = std::move(owner)](const error_code& error, size_t bytes) {
                           const bool ended = error == asio::error::eof ||
                                              error == asio::ssl::error::stream_truncated;
                           owner->OnRead(!error || ended, ended ? 0 : bytes);
                         });
}

template <class Stream>
void StartWrite(Stream& stream, const std::string_view* pieces, size_t count,
                std::shared_ptr<TransportOwner> owner) {
  auto done = [owner = std::move(owner)](const error_code& error, size_t bytes) {
    owner->OnWritten(!error, bytes);
  };
  if (count == 1) {
    stream.async_write_some(asio::const_buffer(pieces->data(), pieces->size()), std::move(done));
  } else {
    stream.async_write_some(Gathered(pieces, count), std::move(done));
  }
}

void CloseSocket(tcp::socket& socket, bool abort) {
  error_code ignored;  // there is nobody left to tell
  if (abort) socket.set_option(asio::socket_base::linger(true, 0), ignored);
  socket.close(ignored);
}

class PlainTransport final : public Transport {
 public:
  PlainTransport(tcp::socket socket, std::string peer)
      : socket_(std::move(socket)), peer_(std::move(peer)) {}

  bool Handshake(std::shared_ptr<TransportOwner>) override { return false; }
  void Read(char* into, size_t bytes_max, std::shared_ptr<TransportOwner> owner) override {
    StartRead(socket_, into, bytes_max, std::move(owner));
  }
  size_t TryWrite(const std::string_view* pieces, size_t count) override {
    error_code error;  // of a broken connection: the next Write will tell
    const size_t bytes =
        count == 1 ? socket_.write_some(asio::const_buffer(pieces->data(), pieces->size()), error)
                   : socket_.write_some(Gathered(pieces, count), error);
    return error ? 0 : bytes;
  }
  void Write(const std::string_view* pieces, size_t count,
             std::shared_ptr<TransportOwner> owner) override {
    StartWrite(socket_, pieces, count, std::move(owner));
  }
  void EndWriting(std::shared_ptr<TransportOwner>) override {
    error_code ignored;  // a peer that is gone is seen by reading
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
  }
  void Close(bool abort) override { CloseSocket(socket_, abort); }
  bool is_tls() const override { return false; }
  const std::string& peer() const override { return peer_; }

 private:
  tcp::socket socket_;
  const std::string peer_;
};

class AsioTlsContext final : public TlsContext {
 public:
  AsioTlsContext() : context_(asio::ssl::context::tls_server) {
    SSL_CTX* native = context_.native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
    // OpenSSL would ask whoever sits at the terminal, and wait.
    SSL_CTX_set_default_passwd_cb(native, [](char*, int, int, void*) { return -1; });
    SSL_CTX_set_alpn_select_cb(native, &ChooseProtocol, nullptr);
  }
  asio::ssl::context& context() { return context_; }

 private:
  // HTTP/1.1 is all we speak; a client that does not offer it may still mean it.
  static int ChooseProtocol(SSL*, const unsigned char** chosen, unsigned char* size,
                            const unsigned char* offered, unsigned int offered_size, void*) {
    static constexpr std::string_view kOurs = "\x08http/1.1";
    unsigned char* found = nullptr;
    const int result =
        SSL_select_next_proto(&found, size, reinterpret_cast<const unsigned char*>(kOurs.data()),
                              static_cast<unsigned int>(kOurs.size()), offered, offered_size);
    *chosen = found;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
  }
  asio::ssl::context context_;
};

class TlsTransport final : public Transport {
 public:
  TlsTransport(tcp::socket socket, std::string peer, std::shared_ptr<TlsContext> context)
      : context_(std::move(context)),
        stream_(std::move(socket), static_cast<AsioTlsContext&>(*context_).context()),
        peer_(std::move(peer)) {}

  bool Handshake(std::shared_ptr<TransportOwner> owner) override {
    stream_.async_handshake(
        asio::ssl::stream_base::server,
        [owner = std::move(owner)](const error_code& error) { owner->OnHandshake(!error); });
    return true;
  }
  void Read(char* into, size_t bytes_max, std::shared_ptr<TransportOwner> owner) override {
    if (writing_ended_) {
      StartRead(stream_.next_layer(), into, bytes_max, std::move(owner));
    } else {
      StartRead(stream_, into, bytes_max, std::move(owner));
    }
  }
  // The stream has no such thing: it may have to read before it can write.
  size_t TryWrite(const std::string_view*, size_t) override { return 0; }
  void Write(const std::string_view* pieces, size_t count,
             std::shared_ptr<TransportOwner> owner) override {
    StartWrite(stream_, pieces, count, std::move(owner));
  }
  void EndWriting(std::shared_ptr<TransportOwner> owner) override {
    if (std::exchange(writing_ended_, true)) return;
    // The answer may never come; closing ends the wait.
    stream_.async_shutdown([owner = std::move(owner)](const error_code&) {});
  }
  void Close(bool abort) override { CloseSocket(stream_.next_layer(), abort); }
  bool is_tls() const override { return true; }
  const std::string& peer() const override { return peer_; }

 private:
  const std::shared_ptr<TlsContext> context_;
  asio::ssl::stream<tcp::socket> stream_;
  const std::string peer_;
  bool writing_ended_ = false;
};

absl::Status FailedListen(const char* what, const std::string& host, uint16_t port,
                          const error_code& error) {
  return absl::UnavailableError(StrCat(
      "http server: ", what, " ", host, ":", port, ": ", error.message(),
      error == asio::error::address_in_use ? "; stop who uses it, or take another port" : ""));
}

class AsioListener final : public Listener {
 public:
  explicit AsioListener(std::shared_ptr<IoLoop> loop)
      : loop_(std::move(loop)), acceptor_(loop_->context()) {}

  absl::Status Open(const std::string& host, uint16_t port, int backlog) {
    error_code error;
    const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
    if (error) {
      return absl::InvalidArgumentError(
          StrCat("http server: host \"", host, "\" is neither a numeric address nor localhost"));
    }
    const tcp::endpoint endpoint(address, port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (error) return FailedListen("bind", host, port, error);
    acceptor_.listen(backlog, error);
    if (error) return FailedListen("listen", host, port, error);
    port_ = acceptor_.local_endpoint(error).port();
    return error ? FailedListen("listen", host, port, error) : absl::OkStatus();
  }

  uint16_t port() const override { return port_; }

  void Accept(std::shared_ptr<IoLoop> on, TlsSource tls, OnAccept done) override {
    asio::io_context& context = on->context();
    acceptor_.async_accept(
        context, [on = std::move(on), tls = std::move(tls), done = std::move(done)](
                     const error_code& error, tcp::socket socket) mutable {
          if (error == asio::error::operation_aborted) {
            return done(absl::CancelledError("http server: it does not listen any more"));
          }
          if (error == asio::error::connection_aborted) return done(Gone(error));
          if (error) return done(absl::UnavailableError(StrCat("accept: ", error.message())));
          done(Make(std::move(socket), tls()));
        });
  }
  void WhenOneWaits(UniqueFunction<void()> done) override {
    acceptor_.async_wait(tcp::acceptor::wait_read,
                         [done = std::move(done)](const error_code& error) mutable {
                           if (!error) done();
                         });
  }
  void Close() override {
    error_code ignored;  // there is nobody left to tell
    acceptor_.close(ignored);
  }

 private:
  static absl::Status Gone(const error_code& error) {
    return absl::AbortedError(StrCat("accept: ", error.message()));
  }
  static absl::StatusOr<std::unique_ptr<Transport>> Make(tcp::socket socket,
                                                         std::shared_ptr<TlsContext> tls) {
    error_code error;
    const tcp::endpoint peer = socket.remote_endpoint(error);
    if (error) return Gone(error);
    error_code ignored;  // works without them, too
    socket.set_option(tcp::no_delay(true), ignored);
    socket.non_blocking(true, ignored);  // for TryWrite
    if (tls == nullptr) return std::make_unique<PlainTransport>(std::move(socket), NameOf(peer));
    return std::make_unique<TlsTransport>(std::move(socket), NameOf(peer), std::move(tls));
  }

  const std::shared_ptr<IoLoop> loop_;
  tcp::acceptor acceptor_;
  uint16_t port_ = 0;
};

absl::Status FailedFile(const char* what, const std::string& file, const error_code& error) {
  return absl::InvalidArgumentError(
      StrCat("http server: tls: ", file, " is not readable as ", what, ": ", error.message()));
}

}  // namespace

absl::StatusOr<std::shared_ptr<TlsContext>> TlsContext::Load(const TlsSettings& settings) {
  auto made = std::make_shared<AsioTlsContext>();
  error_code error;
  made->context().use_certificate_chain_file(settings.certificate_chain_file, error);
  if (error) {
    return FailedFile("a PEM certificate chain", settings.certificate_chain_file, error);
  }
  made->context().use_private_key_file(settings.private_key_file, asio::ssl::context::pem, error);
  if (error) return FailedFile("a plain PEM private key", settings.private_key_file, error);
  if (SSL_CTX_check_private_key(made->context().native_handle()) != 1) {
    return absl::InvalidArgumentError(
        StrCat("http server: tls: the key in ", settings.private_key_file,
               " does not belong to the certificate in ", settings.certificate_chain_file));
  }
  return std::shared_ptr<TlsContext>(std::move(made));
}

absl::StatusOr<std::unique_ptr<Listener>> Listener::Bind(std::shared_ptr<IoLoop> loop,
                                                         const std::string& host, uint16_t port,
                                                         int backlog) {
  auto made = std::make_unique<AsioListener>(std::move(loop));
  const absl::Status status = made->Open(host, port, backlog);
  if (!status.ok()) return status;
  return std::unique_ptr<Listener>(std::move(made));
}

}  // namespace sampo::http::internal
