// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors

// Fuzzes the border of the server: bytes that claim to be requests. What must hold for any bytes:
// no crash; the parser sees the same requests however the bytes are cut; a whole connection answers
// with well-formed answers, one for each request at most, and says when it closes. The first byte
// says how the bytes are cut. Corpus: testdata/server_corpus.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sampo/actor/base/check.h"
#include "sampo/actor/base/clock.h"
#include "sampo/actor/base/metrics.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/future.h"
#include "sampo/http/internal/server_connection.h"
#include "sampo/http/internal/server_loop.h"
#include "sampo/http/internal/server_parser.h"
#include "sampo/http/internal/server_shared.h"
#include "sampo/http/internal/server_transport.h"

namespace {

using sampo::Clock;
using sampo::Future;
using sampo::MetricsRegistry;
using sampo::Promise;
using sampo::http::Entity;
using sampo::http::Header;
using sampo::http::HttpRequest;
using sampo::http::HttpResponse;
using sampo::http::RequestLimits;
using sampo::http::internal::IoLoop;
using sampo::http::internal::RequestParser;
using sampo::http::internal::ServerLoop;
using sampo::http::internal::ServerShared;
using sampo::http::internal::Transport;
using sampo::http::internal::TransportOwner;

constexpr RequestLimits kLimits{.uri_bytes_max = 100,
                                .header_count_max = 8,
                                .head_bytes_max = 512,
                                .content_length_max = 200,
                                .chunk_bytes_max = 100,
                                .chunk_extension_bytes_max = 16};

// --- the parser: the same requests, however the bytes are cut ---

// All that was read, as one text.
std::string Read(std::string_view text, size_t piece) {
  RequestParser parser(kLimits);
  std::string seen;
  std::string input;
  for (size_t at = 0; at < text.size(); at += piece) {
    input += text.substr(at, piece);
    for (;;) {
      const RequestParser::Step step = parser.Next(input);
      SAMPO_CHECK(step.consumed <= input.size());
      if (step.kind == RequestParser::Kind::kHead) {
        seen += sampo::StrCat("[", parser.head().target, "]");
        for (const Header& field : parser.head().headers) seen += field.name + "=" + field.value;
      }
      seen.append(step.piece);
      if (step.kind == RequestParser::Kind::kFailed) {
        const int code = sampo::http::ToNumber(parser.refusal().code);
        SAMPO_CHECK(code >= 400 && code < 600 && !parser.refusal().reason.empty());
        return seen;  // bytes that come one by one may be refused later, with another code
      }
      input.erase(0, step.consumed);
      if (step.kind == RequestParser::Kind::kEnd) {
        seen += "|";
        parser.Reset();
        continue;
      }
      if (step.kind == RequestParser::Kind::kNeedMore) break;
    }
  }
  return seen;
}

// --- a connection: well-formed answers ---

class StoppedClock final : public Clock {
 public:
  int64_t NowNanos() const override { return 1; }
  absl::Time WallTime() const override { return absl::UnixEpoch(); }
};

// A client that has sent everything and reads everything.
class FuzzTransport final : public Transport {
 public:
  FuzzTransport(IoLoop& loop, std::string_view input, size_t piece, std::string& output)
      : loop_(loop), input_(input), piece_(piece), output_(output) {}

  bool Handshake(std::shared_ptr<TransportOwner>) override { return false; }
  void Read(char* into, size_t bytes_max, std::shared_ptr<TransportOwner> owner) override {
    const size_t bytes = std::min({bytes_max, piece_, input_.size()});
    std::memcpy(into, input_.data(), bytes);
    input_.remove_prefix(bytes);
    loop_.Post([owner = std::move(owner), bytes] { owner->OnRead(true, bytes); });
  }
  size_t TryWrite(const std::string_view* pieces, size_t count) override {
    size_t bytes = 0;
    for (size_t at = 0; at < count; ++at) {
      output_.append(pieces[at]);
      bytes += pieces[at].size();
    }
    return bytes;
  }
  void Write(const std::string_view* pieces, size_t count,
             std::shared_ptr<TransportOwner> owner) override {
    const size_t bytes = TryWrite(pieces, count);
    loop_.Post([owner = std::move(owner), bytes] { owner->OnWritten(true, bytes); });
  }
  void EndWriting(std::shared_ptr<TransportOwner>) override {}
  void Close(bool) override {}
  bool is_tls() const override { return false; }
  const std::string& peer() const override { return peer_; }

 private:
  IoLoop& loop_;
  std::string_view input_;
  const size_t piece_;
  std::string& output_;
  const std::string peer_ = "fuzz";
};

// Takes an answer off `output`; whether it said that it is the last one.
bool TakeAnswer(std::string_view& output, bool is_head) {
  SAMPO_CHECK(output.substr(0, 9) == "HTTP/1.1 ");
  const size_t end = output.find("\r\n\r\n");
  SAMPO_CHECK(end != std::string_view::npos);
  const std::string_view head = output.substr(0, end + 2);
  output.remove_prefix(end + 4);
  constexpr std::string_view kLength = "\r\nContent-Length: ";
  const size_t at = head.find(kLength);
  SAMPO_CHECK(at != std::string_view::npos);
  const size_t length = std::stoul(std::string(head.substr(at + kLength.size(), 8)));
  const bool is_last = head.find("\r\nConnection: close\r\n") != std::string_view::npos;
  if (is_head) return is_last;
  // A HEAD that was refused has no body either.
  SAMPO_CHECK(output.size() >= length || (is_last && output.empty()));
  output.remove_prefix(std::min(length, output.size()));
  return is_last;
}

// When the handler answers, and until when it holds the request's body, which it never reads.
enum class Answers { kAtOnce, kLater, kLaterAndHoldsTheBody };

void Serve(std::string_view text, size_t piece, Answers when) {
  static const StoppedClock clock;
  static MetricsRegistry metrics;
  std::vector<bool> heads;
  auto shared = std::make_shared<ServerShared>();
  shared->settings.limits = kLimits;
  shared->settings.strict_body_bytes_max = 32;
  shared->metrics = &metrics;
  std::vector<Promise<HttpResponse>> owed;
  std::vector<Entity> held;
  shared->handler = [&](HttpRequest request) {
    heads.push_back(request.method == sampo::http::Method::kHead);
    if (when == Answers::kAtOnce) return Future<HttpResponse>::Ready(HttpResponse{});
    if (when == Answers::kLaterAndHoldsTheBody) held.push_back(request.entity);
    return owed.emplace_back().future();
  };
  const auto loop = std::make_shared<IoLoop>(clock, 1);
  ServerLoop home(shared, loop, nullptr);
  std::string output;
  home.Add(std::make_unique<FuzzTransport>(*loop, text, piece, output));
  loop->RunReady();
  while (!owed.empty()) {
    Promise<HttpResponse> next = std::move(owed.back());
    owed.pop_back();
    next.Complete(HttpResponse{});
    loop->RunReady();
    held.clear();
    loop->RunReady();
  }
  std::string_view rest = output;
  size_t answers = 0;
  bool was_last = false;
  while (!rest.empty()) {
    SAMPO_CHECK(!was_last);  // nothing follows the last one
    was_last = TakeAnswer(rest, answers < heads.size() && heads[answers]);
    ++answers;
  }
  // A refusal of the server's own comes last.
  SAMPO_CHECK(answers <= heads.size() + 1 && (answers <= heads.size() || was_last));
  home.AbortAll();
  loop->RunReady();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const size_t piece = 1 + data[0] % 17;
  SAMPO_CHECK(Read(text, text.size()) == Read(text, piece));
  Serve(text, piece, Answers::kAtOnce);
  Serve(text, text.size(), Answers::kAtOnce);
  Serve(text, piece, Answers::kLater);
  Serve(text, piece, Answers::kLaterAndHoldsTheBody);
  return 0;
}
