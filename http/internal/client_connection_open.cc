// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// How a ClientConnection is made: the name, the socket, the TLS handshake.

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <boost/asio/connect.hpp>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/http/internal/client_connection.h"

namespace sampo::http::internal {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

absl::Status Error(std::string_view name, std::string_view what) {
  return absl::UnavailableError(StrCat("http client: ", name, ": ", what));
}

}  // namespace

void ClientConnection::Connect() {
  Arm(shared_.settings.connect_timeout, [this] {
    FailConnect(absl::DeadlineExceededError(
        StrCat("http client: ", Name(), ": no connection within ",
               absl::FormatDuration(shared_.settings.connect_timeout), " (connect_timeout)")));
  });
  error_code not_digits;
  const auto address = asio::ip::make_address(target_.host, not_digits);
  if (!not_digits) return ConnectTo({tcp::endpoint(address, target_.port)});
  resolver_.async_resolve(
      target_.host, std::to_string(target_.port),
      [self = shared_from_this()](const error_code& error,
                                  const tcp::resolver::results_type& found) {
        if (self->state_ == State::kClosed) return;
        if (error)
          return self->FailConnect(Error(self->Name(), StrCat("resolve: ", error.message())));
        self->ConnectTo(std::vector<tcp::endpoint>(found.begin(), found.end()));
      });
}

void ClientConnection::ConnectTo(const std::vector<tcp::endpoint>& endpoints) {
  auto held = std::make_shared<std::vector<tcp::endpoint>>(endpoints);
  asio::async_connect(
      socket_, held->begin(), held->end(),
      [self = shared_from_this(), held](const error_code& error, auto) {
        if (self->state_ == State::kClosed) return;
        if (error)
          return self->FailConnect(Error(self->Name(), StrCat("connect: ", error.message())));
        error_code ignored;  // works without them, too
        self->socket_.set_option(tcp::no_delay(true), ignored);
        self->socket_.non_blocking(true, ignored);
        if (self->tls_context_ != nullptr) return self->Handshake();
        self->OnConnected();
      });
}

void ClientConnection::Handshake() {
  tls_.emplace(socket_, *tls_context_);
  const absl::Status prepared = PrepareTls();
  if (!prepared.ok()) return FailConnect(prepared, true);
  tls_->async_handshake(asio::ssl::stream_base::client, [self = shared_from_this()](
                                                            const error_code& error) {
    if (self->state_ == State::kClosed) return;
    if (!error) return self->OnConnected();
    const long verified = SSL_get_verify_result(self->tls_->native_handle());
    const bool is_distrusted = verified != X509_V_OK;
    self->FailConnect(
        Error(self->Name(), StrCat("TLS handshake: ", error.message(), is_distrusted ? ": " : "",
                                   is_distrusted ? X509_verify_cert_error_string(verified) : "")),
        is_distrusted);
  });
}

// The name that the server's certificate must have, and that it is told beforehand (SNI).
absl::Status ClientConnection::PrepareTls() {
  SSL* native = tls_->native_handle();
  X509_VERIFY_PARAM* verify = SSL_get0_param(native);
  X509_VERIFY_PARAM_set_hostflags(verify, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  error_code not_digits;
  (void)asio::ip::make_address(target_.host, not_digits);  // only whether it is an address
  bool ok = true;
  if (!not_digits) {
    ok = X509_VERIFY_PARAM_set1_ip_asc(verify, target_.host.c_str()) == 1;
  } else {
    ok = SSL_set_tlsext_host_name(native, target_.host.c_str()) == 1 &&
         X509_VERIFY_PARAM_set1_host(verify, target_.host.data(), target_.host.size()) == 1;
  }
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  ok = ok && SSL_set_alpn_protos(native, kHttp11, sizeof(kHttp11) - 1) == 0;
  return ok ? absl::OkStatus() : Error(Name(), "TLS: the host's name can't be verified");
}

void ClientConnection::OnConnected() {
  BecomeIdle();
  owner_->OnConnected(*this);
}

void ClientConnection::FailConnect(absl::Status why, bool is_final) {
  ClientConnectionOwner* owner = owner_;
  const auto self = shared_from_this();
  Dispose();
  owner->OnConnectFailed(*this, why, is_final);
}

bool ClientConnection::IsStale() {
  // Under TLS what is there to read says little: the end stands behind its last words.
  pollfd end{socket_.native_handle(), POLLRDHUP, 0};
  if (::poll(&end, 1, 0) != 0) return true;
  char byte = 0;
  error_code error;
  const size_t bytes =
      socket_.receive(asio::buffer(&byte, 1), asio::socket_base::message_peek, error);
  if (error) return error != asio::error::would_block;
  // Under TLS the bytes may be a ticket for the next session.
  return bytes > 0 && !tls_;
}

}  // namespace sampo::http::internal
