// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ScriptedServer: a server for tests of the client, which does on each connection what a script
// says, byte for byte, wrong or right. RecordingServer: the usual script.
//
// Blocking sockets, and a thread for each connection: a script reads like the conversation. It
// shares nothing with our server, so that a mistake in both can't hide.
// Threads: the script runs on the connection's own; everything else from any. Lifetime: the end of
// the server ends all connections and waits for their scripts, which see failing reads and writes.
//
//   ScriptedServer server([](ScriptedConnection& peer) {
//     while (peer.ReadRequest()) peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
//   });
//   client.Get(server.Url("/"));
#ifndef SAMPO_HTTP_INTERNAL_CLIENT_TEST_SERVER_H_
#define SAMPO_HTTP_INTERNAL_CLIENT_TEST_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sampo::http::internal {

class ScriptedConnection {
 public:
  virtual ~ScriptedConnection() = default;
  // 0 for the first that was accepted.
  virtual int index() const = 0;
  // A whole request as it came: its head, and its body where a length or chunks say there is one.
  // Nothing: the client has closed.
  virtual std::optional<std::string> ReadRequest() = 0;
  // Up to the empty line.
  virtual std::optional<std::string> ReadHead() = 0;
  // False: the client has closed.
  virtual bool Write(std::string_view bytes) = 0;
  // Writes what can be written until the client takes nothing for so long, or `total` is reached;
  // how much that was.
  virtual size_t WriteUntilStuck(size_t total, int patience_millis) = 0;
  // Reads on until the client closes.
  virtual void AwaitClose() = 0;
  // The client sees a reset, not an end.
  virtual void Reset() = 0;
  // Under TLS: the name the client said it wants.
  virtual std::string server_name() const = 0;
};

// A certificate that is its own authority, made for this run.
struct TestCertificate {
  // For `host`: a name, or an address in digits.
  static TestCertificate For(const std::string& host);
  std::string certificate_pem;
  std::string key_pem;
};

class ScriptedServer {
 public:
  using Script = std::function<void(ScriptedConnection&)>;

  // At a free port of 127.0.0.1.
  explicit ScriptedServer(Script script, std::optional<TestCertificate> tls = std::nullopt);
  ~ScriptedServer();

  uint16_t port() const;
  // "http://127.0.0.1:port" and `target`.
  std::string Url(std::string_view target) const;
  // Connections so far.
  int accepted() const;
  // Of those, whose script has ended and whose socket is closed.
  int closed() const;

 private:
  class Impl;
  const std::unique_ptr<Impl> impl_;
};

// Answers each request with what AnswerWith said last, and keeps the requests as they came.
class RecordingServer {
 public:
  explicit RecordingServer(std::string answer);

  void AnswerWith(std::string answer);
  std::vector<std::string> requests() const;
  uint16_t port() const { return server_.port(); }
  std::string Url(std::string_view target) const { return server_.Url(target); }
  int accepted() const { return server_.accepted(); }

 private:
  void Serve(ScriptedConnection& peer);

  mutable std::mutex mutex_;
  std::string answer_;                 // guarded by mutex_, as the next
  std::vector<std::string> requests_;  // bounded by the test
  ScriptedServer server_;
};

// A port of 127.0.0.1 at which nobody listens.
uint16_t ClosedPort();

}  // namespace sampo::http::internal

#endif  // SAMPO_HTTP_INTERNAL_CLIENT_TEST_SERVER_H_
