// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// What tests of TLS need: certificates, and a client that is OpenSSL alone.
//
// Threads: one at a time. Lifetime: the files of MakeCertificate stay in the test's folder.
#ifndef SAMPO_HTTP_INTERNAL_TLS_TEST_UTIL_H_
#define SAMPO_HTTP_INTERNAL_TLS_TEST_UTIL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sampo/http/server/server_settings.h"

namespace sampo::http::internal {

// A new self-signed certificate for the host `name` (and 127.0.0.1), valid for a year, and its key,
// as files of this test. Aborts where that fails.
TlsSettings MakeCertificate(const std::string& name);

// Connects to 127.0.0.1 and trusts everybody. Each wait is bounded by half a minute.
class TlsClient {
 public:
  explicit TlsClient(uint16_t port);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  // Whether the handshake went well.
  bool connected() const;
  // Of the server's certificate.
  std::string Name() const;
  // What was chosen by ALPN.
  std::string Protocol() const;
  void Send(std::string_view bytes);
  // Up to the end of TLS.
  std::string ReadToEnd();
  // The end was said (close_notify), and not only the connection broken.
  bool ended_well() const;

 private:
  struct Parts;
  const std::unique_ptr<Parts> parts_;
};

}  // namespace sampo::http::internal

#endif  // SAMPO_HTTP_INTERNAL_TLS_TEST_UTIL_H_
