// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/internal/client_test_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "sampo/actor/base/check.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::http::internal {
namespace {

struct Listening {
  int socket = -1;
  uint16_t port = 0;
};

Listening ListenAnywhere() {
  Listening listening;
  listening.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  SAMPO_CHECK(::bind(listening.socket, generic, size) == 0);
  SAMPO_CHECK(::getsockname(listening.socket, generic, &size) == 0);
  listening.port = ntohs(address.sin_port);
  return listening;
}

// The value of a field in a head; empty: it is not there.
std::string FieldOf(const std::string& head, std::string_view name) {
  const size_t at = head.find(StrCat("\r\n", name, ": "));
  if (at == std::string::npos) return {};
  const size_t begin = at + name.size() + 4;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

class Peer final : public ScriptedConnection {
 public:
  Peer(int socket, int index, SSL_CTX* tls) : socket_(socket), index_(index) {
    if (tls == nullptr) return;
    ssl_ = SSL_new(tls);
    SSL_set_fd(ssl_, socket_);
    if (SSL_accept(ssl_) != 1) is_broken_ = true;
    const char* name = SSL_get_servername(ssl_, TLSEXT_NAMETYPE_host_name);
    if (name != nullptr) server_name_ = name;
  }
  ~Peer() override {
    if (ssl_ != nullptr) {
      if (!is_broken_) SSL_shutdown(ssl_);
      SSL_free(ssl_);
    }
    ::close(socket_);
  }

  int index() const override { return index_; }
  bool is_broken() const { return is_broken_; }
  std::string server_name() const override { return server_name_; }

  std::optional<std::string> ReadHead() override {
    size_t end;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!ReadMore()) return std::nullopt;
    }
    return Take(end + 4);
  }
  std::optional<std::string> ReadRequest() override {
    std::optional<std::string> request = ReadHead();
    if (!request) return std::nullopt;
    if (FieldOf(*request, "Transfer-Encoding") == "chunked") {
      size_t end;
      while ((end = buffer_.find("0\r\n\r\n")) == std::string::npos) {
        if (!ReadMore()) return std::nullopt;
      }
      return *request + Take(end + 5);
    }
    const std::string length = FieldOf(*request, "Content-Length");
    const size_t bytes = length.empty() ? 0 : std::strtoull(length.c_str(), nullptr, 10);
    while (buffer_.size() < bytes) {
      if (!ReadMore()) return std::nullopt;
    }
    return *request + Take(bytes);
  }
  bool Write(std::string_view bytes) override {
    while (!bytes.empty() && !is_broken_) {
      const auto written = ssl_ != nullptr
                               ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                               : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (written <= 0) {
        is_broken_ = true;
      } else {
        bytes.remove_prefix(static_cast<size_t>(written));
      }
    }
    return !is_broken_;
  }
  size_t WriteUntilStuck(size_t total, int patience_millis) override {
    const std::string block(64 * 1024, 'x');
    size_t sum = 0;
    while (sum < total) {
      pollfd ready{.fd = socket_, .events = POLLOUT, .revents = 0};
      if (::poll(&ready, 1, patience_millis) != 1) return sum;
      const auto written = ::send(socket_, block.data(), std::min(block.size(), total - sum),
                                  MSG_NOSIGNAL | MSG_DONTWAIT);
      if (written < 0 && errno != EAGAIN) return sum;
      if (written > 0) sum += static_cast<size_t>(written);
    }
    return sum;
  }
  void AwaitClose() override {
    while (ReadMore()) buffer_.clear();
  }
  void Reset() override {
    const linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    is_broken_ = true;
  }

 private:
  bool ReadMore() {
    if (is_broken_) return false;
    char block[16 * 1024];
    const auto bytes = ssl_ != nullptr ? SSL_read(ssl_, block, sizeof(block))
                                       : ::recv(socket_, block, sizeof(block), 0);
    if (bytes <= 0) return false;
    buffer_.append(block, static_cast<size_t>(bytes));
    return true;
  }
  std::string Take(size_t bytes) {
    std::string taken = buffer_.substr(0, bytes);
    buffer_.erase(0, bytes);
    return taken;
  }

  const int socket_;
  const int index_;
  SSL* ssl_ = nullptr;
  std::string server_name_;
  std::string buffer_;
  bool is_broken_ = false;
};

std::string ContentsOf(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  std::string contents(data, static_cast<size_t>(size));
  BIO_free(memory);
  return contents;
}

SSL_CTX* MakeContext(const TestCertificate& tls) {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  BIO* certificate = BIO_new_mem_buf(tls.certificate_pem.data(), -1);
  BIO* key = BIO_new_mem_buf(tls.key_pem.data(), -1);
  X509* x509 = PEM_read_bio_X509(certificate, nullptr, nullptr, nullptr);
  EVP_PKEY* pkey = PEM_read_bio_PrivateKey(key, nullptr, nullptr, nullptr);
  SAMPO_CHECK(SSL_CTX_use_certificate(context, x509) == 1);
  SAMPO_CHECK(SSL_CTX_use_PrivateKey(context, pkey) == 1);
  X509_free(x509);
  EVP_PKEY_free(pkey);
  BIO_free(certificate);
  BIO_free(key);
  return context;
}

}  // namespace

TestCertificate TestCertificate::For(const std::string& host) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* x509 = X509_new();
  X509_set_version(x509, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x509), 24 * 3600);
  X509_set_pubkey(x509, key);
  X509_NAME* name = X509_get_subject_name(x509);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(host.c_str()), -1, -1, 0);
  X509_set_issuer_name(x509, name);
  const bool is_address = host.find_first_not_of("0123456789.") == std::string::npos;
  const std::string names = StrCat(is_address ? "IP:" : "DNS:", host);
  X509_EXTENSION* extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
  SAMPO_CHECK(extension != nullptr && X509_add_ext(x509, extension, -1) == 1);
  X509_EXTENSION_free(extension);
  SAMPO_CHECK(X509_sign(x509, key, EVP_sha256()) != 0);
  BIO* certificate_out = BIO_new(BIO_s_mem());
  BIO* key_out = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(certificate_out, x509);
  PEM_write_bio_PrivateKey(key_out, key, nullptr, nullptr, 0, nullptr, nullptr);
  X509_free(x509);
  EVP_PKEY_free(key);
  return {.certificate_pem = ContentsOf(certificate_out), .key_pem = ContentsOf(key_out)};
}

class ScriptedServer::Impl {
 public:
  Impl(Script script, const std::optional<TestCertificate>& tls)
      : script_(std::move(script)), listening_(ListenAnywhere()) {
    // OpenSSL writes without MSG_NOSIGNAL.
    if (tls) std::signal(SIGPIPE, SIG_IGN);
    if (tls) tls_ = MakeContext(*tls);
    SAMPO_CHECK(::listen(listening_.socket, 128) == 0);
    acceptor_ = std::thread([this] { Accept(); });
  }
  ~Impl() {
    ::shutdown(listening_.socket, SHUT_RDWR);
    acceptor_.join();
    ::close(listening_.socket);
    std::vector<std::thread> threads;
    {
      std::lock_guard guard(mutex_);
      for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
      threads.swap(threads_);
    }
    for (std::thread& thread : threads) thread.join();
    if (tls_ != nullptr) SSL_CTX_free(tls_);
  }

  uint16_t port() const { return listening_.port; }
  bool is_tls() const { return tls_ != nullptr; }
  int accepted() const { return accepted_.load(); }
  int closed() const { return closed_.load(); }

 private:
  void Accept() {
    for (;;) {
      const int socket = ::accept4(listening_.socket, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      const int index = accepted_.fetch_add(1);
      std::lock_guard guard(mutex_);
      sockets_.push_back(socket);
      threads_.emplace_back([this, socket, index] {
        {
          Peer peer(socket, index, tls_);
          if (!peer.is_broken()) script_(peer);
          std::lock_guard guard_of_sockets(mutex_);
          std::erase(sockets_, socket);
        }
        closed_.fetch_add(1);
      });
    }
  }

  const Script script_;
  const Listening listening_;
  SSL_CTX* tls_ = nullptr;
  std::atomic<int> accepted_{0};
  std::atomic<int> closed_{0};
  std::mutex mutex_;
  std::vector<int> sockets_;  // of scripts that run
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

ScriptedServer::ScriptedServer(Script script, std::optional<TestCertificate> tls)
    : impl_(std::make_unique<Impl>(std::move(script), tls)) {}
ScriptedServer::~ScriptedServer() = default;
uint16_t ScriptedServer::port() const { return impl_->port(); }
int ScriptedServer::accepted() const { return impl_->accepted(); }
int ScriptedServer::closed() const { return impl_->closed(); }
std::string ScriptedServer::Url(std::string_view target) const {
  return StrCat(impl_->is_tls() ? "https" : "http", "://127.0.0.1:", port(), target);
}

RecordingServer::RecordingServer(std::string answer)
    : answer_(std::move(answer)), server_([this](ScriptedConnection& peer) { Serve(peer); }) {}

void RecordingServer::Serve(ScriptedConnection& peer) {
  while (std::optional<std::string> request = peer.ReadRequest()) {
    std::string answer;
    {
      std::lock_guard guard(mutex_);
      requests_.push_back(*std::move(request));
      answer = answer_;
    }
    peer.Write(answer);
  }
}

void RecordingServer::AnswerWith(std::string answer) {
  std::lock_guard guard(mutex_);
  answer_ = std::move(answer);
}

std::vector<std::string> RecordingServer::requests() const {
  std::lock_guard guard(mutex_);
  return requests_;
}

uint16_t ClosedPort() {
  const Listening listening = ListenAnywhere();
  ::close(listening.socket);
  return listening.port;
}

}  // namespace sampo::http::internal
