// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The bytes of an answer: its head, the frames of its body, and the queue in which they wait for
// the socket. No socket here.
//
// The connection alone says how long a body is and whether the connection goes on: fields of the
// handler that say the same are left out.
// Threads: one at a time.
#ifndef SAMPO_HTTP_INTERNAL_SERVER_RESPONSE_H_
#define SAMPO_HTTP_INTERNAL_SERVER_RESPONSE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "sampo/http/model/message.h"

namespace sampo::http::internal {

// How the end of a body is told.
enum class BodyFraming : uint8_t {
  kNone,        // there is none, and no field says so: 1xx, 204, 304
  kLength,      // Content-Length
  kChunked,     // Transfer-Encoding: chunked
  kUntilClose,  // by the end of the connection: HTTP/1.0
};

// What the connection adds to a handler's answer.
struct HeadContext {
  BodyFraming framing = BodyFraming::kLength;
  uint64_t length = 0;  // kLength
  bool keep_alive = true;
  bool is_http_1_0 = false;
  std::string_view date;
  std::string_view server_name;  // empty: not sent
  std::string_view request_id;   // empty: not sent
};

// INVALID_ARGUMENT names the first field that would break the message apart.
absl::Status CheckFields(const Headers& headers);
// Whether an answer with this code has a body at all.
bool MayHaveBody(StatusCode code);
void AppendHead(const HttpResponse& response, const HeadContext& context, std::string& out);
// The line before a chunk of `size` bytes, which kChunkEnd follows; the last thing is kLastChunk.
void AppendChunkLine(size_t size, std::string& out);
inline constexpr std::string_view kChunkEnd = "\r\n";
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";
// An answer of the server's own: a line of text.
HttpResponse PlainAnswer(StatusCode code, std::string_view text);

// Bytes on their way to a socket, in order: text that is appended to, and bodies that are shared
// and not copied.
class OutQueue {
 public:
  // Small bodies are copied: a piece more costs more than that.
  static constexpr size_t kCopyBytesMax = 4096;
  // Pieces that one write takes.
  static constexpr size_t kGatherMax = 16;

  // Where text is appended. Call Appended afterwards.
  std::string& text();
  void Appended();
  void Append(std::string_view text);
  void Append(const Bytes& bytes);

  bool empty() const { return bytes_ == 0; }
  size_t bytes() const { return bytes_; }
  // The next pieces to write; their number. They stay until Consume or an append.
  size_t Gather(std::string_view* pieces) const;
  // Precondition: that many are there.
  void Consume(size_t bytes);
  // Everything goes; memory of moderate size is kept.
  void Clear();
  void Swap(OutQueue& other) noexcept;

 private:
  struct Segment {
    std::string text;
    Bytes bytes;  // behind the text
  };
  Segment& Open();

  std::vector<Segment> segments_;
  size_t used_ = 0;    // segments in use; the others keep their memory
  size_t first_ = 0;   // the first that has something left
  size_t offset_ = 0;  // in it
  size_t bytes_ = 0;
  size_t counted_ = 0;  // of the open segment's text, in bytes_
};

}  // namespace sampo::http::internal

#endif  // SAMPO_HTTP_INTERNAL_SERVER_RESPONSE_H_
