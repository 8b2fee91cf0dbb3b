// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/internal/tls_test_util.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "sampo/actor/base/check.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::http::internal {
namespace {

// Writes a file by `write`, one of OpenSSL's functions.
template <class F>
void WriteFile(const std::string& path, F write) {
  FILE* file = std::fopen(path.c_str(), "w");
  SAMPO_CHECK(file != nullptr && write(file) == 1, "a file of the test's certificate");
  std::fclose(file);
}

void AddNames(X509* certificate, const std::string& name) {
  X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name,
                                              StrCat("DNS:", name, ",IP:127.0.0.1").c_str());
  SAMPO_CHECK(names != nullptr && X509_add_ext(certificate, names, -1) == 1, "names");
  X509_EXTENSION_free(names);
}

}  // namespace

TlsSettings MakeCertificate(const std::string& name) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 365 * 24 * 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate, subject);
  AddNames(certificate, name);
  SAMPO_CHECK(X509_sign(certificate, key, EVP_sha256()) > 0, "the signature of the certificate");
  const char* folder = std::getenv("TEST_TMPDIR");
  const std::string stem = StrCat(folder == nullptr ? "/tmp" : folder, "/", name);
  TlsSettings files{stem + ".pem", stem + ".key"};
  WriteFile(files.certificate_chain_file,
            [&](FILE* file) { return PEM_write_X509(file, certificate); });
  WriteFile(files.private_key_file, [&](FILE* file) {
    return PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
  X509_free(certificate);
  EVP_PKEY_free(key);
  return files;
}

struct TlsClient::Parts {
  int fd = -1;
  SSL_CTX* context = nullptr;
  SSL* ssl = nullptr;
  bool connected = false;
  bool ended_well = false;
};

TlsClient::TlsClient(uint16_t port) : parts_(std::make_unique<Parts>()) {
  parts_->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{30, 0};
  setsockopt(parts_->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  setsockopt(parts_->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  parts_->context = SSL_CTX_new(TLS_client_method());
  parts_->ssl = SSL_new(parts_->context);
  if (connect(parts_->fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) return;
  SSL_set_fd(parts_->ssl, parts_->fd);
  static constexpr unsigned char kOffered[] = "\x02h2\x08http/1.1";
  SSL_set_alpn_protos(parts_->ssl, kOffered, sizeof(kOffered) - 1);
  parts_->connected = SSL_connect(parts_->ssl) == 1;
}

TlsClient::~TlsClient() {
  SSL_free(parts_->ssl);
  SSL_CTX_free(parts_->context);
  close(parts_->fd);
}

bool TlsClient::connected() const { return parts_->connected; }
bool TlsClient::ended_well() const { return parts_->ended_well; }

std::string TlsClient::Name() const {
  X509* certificate = SSL_get1_peer_certificate(parts_->ssl);
  char name[64] = {};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof(name));
  X509_free(certificate);
  return name;
}

std::string TlsClient::Protocol() const {
  const unsigned char* chosen = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(parts_->ssl, &chosen, &size);
  return std::string(reinterpret_cast<const char*>(chosen), size);
}

void TlsClient::Send(std::string_view bytes) {
  SSL_write(parts_->ssl, bytes.data(), static_cast<int>(bytes.size()));
}

std::string TlsClient::ReadToEnd() {
  std::string all;
  char piece[4096];
  int got = 0;
  while ((got = SSL_read(parts_->ssl, piece, sizeof(piece))) > 0) {
    all.append(piece, static_cast<size_t>(got));
  }
  parts_->ended_well = SSL_get_error(parts_->ssl, got) == SSL_ERROR_ZERO_RETURN;
  return all;
}

}  // namespace sampo::http::internal
