// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// RawClient and what else the server's tests need: a client that sends any bytes and sees the bytes
// that come back, so that no library of ours (or of others) makes them well formed on the way.
//
// Threads: one at a time. Every wait has a bound of half a minute; it is a failure, not a result.
#ifndef SAMPO_HTTP_INTEGRATION_SERVER_TEST_UTIL_H_
#define SAMPO_HTTP_INTEGRATION_SERVER_TEST_UTIL_H_

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "sampo/http/server/http_server.h"

namespace sampo::http {

inline constexpr absl::Duration kSoon = absl::Seconds(30);

// An answer as it came: fields with names in lower case, the body without its chunks.
struct RawAnswer {
  int status = 0;  // 0: there was none
  std::map<std::string, std::string> fields;
  std::string body;
  bool whole = false;  // it came to its end

  std::string Field(const std::string& name) const {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string() : found->second;
  }
};

class RawClient {
 public:
  explicit RawClient(uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{30, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    const int yes = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient() { close(fd_); }

  bool connected() const { return connected_; }
  int fd() const { return fd_; }

  // False: the server does not take it any more.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }
  void EndSending() { shutdown(fd_, SHUT_WR); }

  // Reads until `bytes` are there, or the end: false.
  bool Fill(size_t bytes) {
    while (buffer_.size() < bytes) {
      char piece[16 * 1024];
      const ssize_t got = recv(fd_, piece, sizeof(piece), 0);
      if (got <= 0) return false;
      buffer_.append(piece, static_cast<size_t>(got));
    }
    return true;
  }
  // Everything up to the end of the connection.
  std::string ReadToEnd() {
    while (Fill(buffer_.size() + 1)) {
    }
    return std::exchange(buffer_, std::string());
  }
  // True: the server has closed, and nothing came before that.
  bool AtEnd() { return !Fill(1); }
  // A line without its end.
  std::string ReadLine() {
    size_t end = 0;
    while ((end = buffer_.find("\r\n")) == std::string::npos) {
      if (!Fill(buffer_.size() + 1)) return std::exchange(buffer_, std::string());
    }
    std::string line = buffer_.substr(0, end);
    buffer_.erase(0, end + 2);
    return line;
  }
  std::string Take(size_t bytes) {
    (void)Fill(bytes);
    std::string taken = buffer_.substr(0, bytes);
    buffer_.erase(0, bytes);
    return taken;
  }

  // The next answer. `has_body` false: that of a HEAD.
  RawAnswer ReadAnswer(bool has_body = true) {
    RawAnswer answer = ReadHead();
    if (answer.status == 0) return answer;
    if (!has_body || answer.status / 100 == 1 || answer.status == 204 || answer.status == 304) {
      answer.whole = true;
    } else if (answer.Field("transfer-encoding") == "chunked") {
      while (ReadChunk(answer)) {
      }
    } else if (answer.fields.count("content-length") > 0) {
      const auto length = static_cast<size_t>(std::stoull(answer.Field("content-length")));
      answer.body = Take(length);
      answer.whole = answer.body.size() == length;
    } else {
      answer.body = ReadToEnd();
      answer.whole = true;
    }
    return answer;
  }
  // Its status line and fields.
  RawAnswer ReadHead() {
    RawAnswer answer;
    const std::string first = ReadLine();
    if (first.substr(0, 9) != "HTTP/1.1 ") return answer;
    answer.status = std::atoi(first.c_str() + 9);
    for (std::string line = ReadLine(); !line.empty(); line = ReadLine()) {
      const size_t colon = line.find(": ");
      if (colon == std::string::npos) continue;
      std::string name = line.substr(0, colon);
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      answer.fields[name] = line.substr(colon + 2);
    }
    return answer;
  }
  // Adds a chunk to `answer`. False: that was the last one, or the end.
  bool ReadChunk(RawAnswer& answer) {
    const std::string line = ReadLine();
    if (line.empty()) return false;
    const size_t size = std::strtoull(line.c_str(), nullptr, 16);
    const std::string piece = Take(size);
    answer.body += piece;
    if (piece.size() < size || !Fill(2)) return false;
    Take(2);
    answer.whole = size == 0;
    return size > 0;
  }
  // Sends a request and reads its answer.
  RawAnswer Ask(std::string_view request, bool has_body = true) {
    Send(request);
    return ReadAnswer(has_body);
  }

 private:
  const int fd_;
  bool connected_ = false;
  std::string buffer_;
};

// "GET /path HTTP/1.1" with a Host.
inline std::string Get(std::string_view path, std::string_view fields = "") {
  std::string request("GET ");
  request.append(path).append(" HTTP/1.1\r\nHost: test\r\n").append(fields).append("\r\n");
  return request;
}
inline std::string Post(std::string_view path, std::string_view body,
                        std::string_view fields = "") {
  std::string request("POST ");
  request.append(path).append(" HTTP/1.1\r\nHost: test\r\n").append(fields);
  request.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
  return request.append(body);
}

// A server that must be bound.
inline HttpServer MustBind(ActorSystemBase& system, ServerSettings settings, HttpHandler handler) {
  settings.port = 0;
  absl::StatusOr<HttpServer> server =
      HttpServer::Bind(system, std::move(settings), std::move(handler));
  if (!server.ok()) {
    ADD_FAILURE() << server.status();
    std::abort();
  }
  return *std::move(server);
}

inline Future<HttpResponse> Reply(HttpResponse response) {
  return Future<HttpResponse>::Ready(std::move(response));
}
inline Future<HttpResponse> ReplyText(std::string_view text) {
  return Reply({.entity = Entity::Text(text)});
}

}  // namespace sampo::http

#endif  // SAMPO_HTTP_INTEGRATION_SERVER_TEST_UTIL_H_
