// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/routing/file_directives.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/actor/future.h"
#include "sampo/http/model/entity_stream.h"
#include "sampo/http/routing/complete.h"
#include "sampo/http/routing/conditional.h"
#include "sampo/http/routing/field_text.h"
#include "sampo/http/routing/method_directives.h"
#include "sampo/http/routing/path_matchers.h"
#include "sampo/stream/source.h"

namespace sampo::http {
namespace {

// What is read at once: chosen, not measured.
constexpr uint64_t kFileChunkBytes = 64 << 10;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

struct OpenFile {
  Descriptor descriptor;
  uint64_t size = 0;
  Validators validators;
};

// Nothing: there is no such file, or none for us. Another failure is the machine's, and passes.
using MaybeFile = absl::StatusOr<std::optional<OpenFile>>;

MaybeFile FailedToOpen(int error) {
  switch (error) {
    case EACCES:
    case ELOOP:
    case ENAMETOOLONG:
    case ENOENT:
    case ENOTDIR:
    case ENXIO:  // a socket
    case EPERM:
      return std::nullopt;
    default:
      return absl::UnavailableError(
          StrCat("opening a file that is asked for: ", absl::ErrnoToStatus(error, "").ToString()));
  }
}

// Nothing where it is no regular file. O_NONBLOCK, so that a fifo does not hold the thread.
MaybeFile OpenRegular(int directory, const char* name, int flags) {
  Descriptor fd(::openat(directory, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags));
  struct stat info;
  if (!fd.ok() || ::fstat(fd.get(), &info) != 0) return FailedToOpen(errno);
  if (!S_ISREG(info.st_mode)) return std::nullopt;
  const auto size = static_cast<uint64_t>(info.st_size);
  const absl::Time modified = absl::TimeFromTimespec(info.st_mtim);
  std::string etag = StrCat("\"", absl::Hex(info.st_ino), "-", absl::Hex(size), "-",
                            absl::Hex(static_cast<uint64_t>(absl::ToUnixNanos(modified))), "\"");
  return OpenFile{std::move(fd), size, {.etag = std::move(etag), .last_modified = modified}};
}

bool IsServed(std::string_view segment, bool dot_files) {
  if (segment.empty() || segment == "." || segment == "..") return false;
  if (segment.front() == '.' && !dot_files) return false;
  return segment.find_first_of(std::string_view("/\\\0", 3)) == std::string_view::npos;
}

// Step by step, so that no link is followed below `root`.
MaybeFile OpenBelow(const std::string& root, const std::vector<std::string>& path) {
  constexpr int kDirectory = O_RDONLY | O_CLOEXEC | O_DIRECTORY;
  Descriptor at(::open(root.c_str(), kDirectory));
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    if (!at.ok()) return FailedToOpen(errno);
    at = Descriptor(::openat(at.get(), path[i].c_str(), kDirectory | O_NOFOLLOW));
  }
  if (!at.ok()) return FailedToOpen(errno);
  if (path.empty()) return std::nullopt;
  return OpenRegular(at.get(), path.back().c_str(), O_NOFOLLOW);
}

struct Position {
  std::shared_ptr<const OpenFile> file;
  uint64_t offset;
  uint64_t left;
};
using Step = std::optional<std::pair<Position, Bytes>>;

absl::StatusOr<Step> ReadStep(Position position) {
  if (position.left == 0) return Step();
  stream::BytesBuilder chunk(std::min(position.left, kFileChunkBytes));
  ssize_t got;
  do {
    got = ::pread(position.file->descriptor.get(), chunk.data(), chunk.capacity(),
                  static_cast<off_t>(position.offset));
  } while (got < 0 && errno == EINTR);
  if (got < 0) return absl::ErrnoToStatus(errno, "reading a file that is sent");
  if (got == 0) return absl::DataLossError("a file became shorter while it was sent");
  const auto bytes = static_cast<uint64_t>(got);
  position.offset += bytes;
  position.left -= bytes;
  return Step(std::pair(std::move(position), std::move(chunk).Finish(bytes)));
}

Entity EntityOf(std::shared_ptr<const OpenFile> file, ContentType type, ByteRange range) {
  auto bytes = stream::Source<Bytes>::UnfoldAsync(
                   Position{std::move(file), range.first, range.size()},
                   [](Position at) { return Future<Step>::Of(ReadStep(std::move(at))); })
                   .Async(stream::Attributes().Dispatcher(DispatcherKind::kBlocking));
  return StreamedEntity(std::move(type), std::move(bytes), range.size());
}

// Whether the request's If-Range allows a part: its ETag or date is still that of the file.
bool RangeIsFresh(const HttpRequest& request, const Validators& validators) {
  const auto field = request.headers.Get("If-Range");
  if (!field) return true;
  if (field->starts_with('"')) return EtagListHas(*field, validators.etag, false);
  const auto date = ParseHttpDate(*field);
  return date && absl::ToUnixSeconds(*date) == absl::ToUnixSeconds(*validators.last_modified);
}

RouteAnswer AnswerOfFile(OpenFile open, ContentType type, const FileOptions& options,
                         const RequestContext& context) {
  const HttpRequest& request = context.request();
  HttpResponse response;
  AddValidators(open.validators, response);
  response.headers.AddUnchecked("Accept-Ranges", "bytes");
  if (!options.cache_control.empty()) {
    response.headers.AddUnchecked("Cache-Control", options.cache_control);
  }
  const auto outcome = EvaluatePreconditions(request, open.validators);
  if (outcome == StatusCode::kNotModified) {
    response.status = StatusCode::kNotModified;
    return response;
  }
  if (outcome) {
    return Rejection{.kind = RejectionKind::kPreconditionFailed,
                     .place = "precondition of the request",
                     .allowed = "requests that know the present ETag"};
  }
  RangeRequest range;
  if (const auto field = request.headers.Get("Range");
      field && request.method == Method::kGet && RangeIsFresh(request, open.validators)) {
    range = ParseRange(*field, open.size);
  }
  const uint64_t size = open.size;
  if (range.outcome == RangeOutcome::kNotSatisfiable) {
    return Rejection{.kind = RejectionKind::kRangeNotSatisfiable,
                     .place = "header Range",
                     .value = Shortened(request.headers.Get("Range").value_or("")),
                     .allowed = StrCat("ranges within ", size, " bytes"),
                     .header_value = StrCat("bytes */", size)};
  }
  if (size == 0) {
    response.entity = Entity::Strict(std::move(type), Bytes());
    return response;
  }
  ByteRange whole{0, size - 1};
  if (range.ranges.size() == 1) {
    whole = range.ranges[0];
    response.status = StatusCode::kPartialContent;
    response.headers.AddUnchecked("Content-Range",
                                  StrCat("bytes ", whole.first, "-", whole.last, "/", size));
  }
  response.entity =
      EntityOf(std::make_shared<const OpenFile>(std::move(open)), std::move(type), whole);
  return response;
}

ContentType TypeOf(const FileOptions& options, std::string_view name) {
  return options.content_type.empty() ? ContentType::OfFileName(name) : options.content_type;
}

RouteAnswer AnswerOfMaybe(MaybeFile file, std::string_view name, const FileOptions& options,
                          const RequestContext& context) {
  if (!file.ok()) return RouteAnswer::Failed(file.status());
  if (!file->has_value()) return RouteAnswer(Rejections());
  return AnswerOfFile(**std::move(file), TypeOf(options, name), options, context);
}

}  // namespace

Route GetFromFile(std::string path, FileOptions options) {
  return Get([path = std::move(path), options = std::move(options)](const RequestContext& context) {
    return AnswerOfMaybe(OpenRegular(AT_FDCWD, path.c_str(), 0), path, options, context);
  });
}

Route GetFromDirectory(std::string directory, FileOptions options) {
  return Get([directory = std::move(directory),
              options = std::move(options)](const RequestContext& context) {
    PathCursor cursor(context.unmatched_path());
    SegmentsMatcher::Values values;
    if (cursor.TakeSlash() && !Segments.Match(cursor, values)) return RouteAnswer(Rejections());
    std::vector<std::string>& path = std::get<0>(values);
    if ((path.empty() || path.back().empty()) && !options.index.empty()) {
      if (!path.empty()) path.pop_back();
      path.push_back(options.index);
    }
    for (const std::string& segment : path) {
      if (!IsServed(segment, options.dot_files)) return RouteAnswer(Rejections());
    }
    const std::string name = path.empty() ? "" : path.back();
    return AnswerOfMaybe(OpenBelow(directory, path), name, options, context);
  });
}

}  // namespace sampo::http
