// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/io/file_io.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/base/str_cat.h"
#include "sampo/stream/attributes.h"
#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/detail/stages.h"
#include "sampo/stream/errors.h"

namespace sampo::stream {
namespace {

// An open file and the count of what went through it; tells the result when it is closed.
class OpenFile {
 public:
  explicit OpenFile(std::string path) : path_(std::move(path)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() { Close(AbruptTermination(StrCat("the stream of file ", path_))); }

  Future<IoResult> result() { return promise_.future(); }

  absl::Status Open(int flags, int64_t position) {
    constexpr int kMode = 0666;  // the umask takes away what is not wanted
    fd_ = ::open(path_.c_str(), flags | O_CLOEXEC, kMode);
    if (fd_ < 0) return Error("open");
    if (position != 0 && ::lseek(fd_, position, SEEK_SET) < 0) return Error("seek in");
    return absl::OkStatus();
  }
  // At most `size` bytes; empty: the end.
  absl::StatusOr<Bytes> Read(size_t size) {
    BytesBuilder chunk(size);
    size_t have = 0;
    while (have < size) {
      const ssize_t got = ::read(fd_, chunk.data() + have, size - have);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return Error("read");
      if (got == 0) break;
      have += static_cast<size_t>(got);
    }
    bytes_ += static_cast<int64_t>(have);
    return std::move(chunk).Finish(have);
  }
  absl::Status Write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return Error("write");
      bytes_ += written;
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    return absl::OkStatus();
  }
  // The first one counts. An error of closing is one of writing that shows late.
  void Close(absl::Status status) {
    if (fd_ >= 0 && ::close(std::exchange(fd_, -1)) < 0 && status.ok()) status = Error("close");
    if (!promise_.IsComplete()) promise_.Complete(IoResult{bytes_, std::move(status)});
  }

 private:
  absl::Status Error(const char* what) const {
    return absl::ErrnoToStatus(errno, StrCat("cannot ", what, " ", path_));
  }

  const std::string path_;
  int fd_ = -1;
  int64_t bytes_ = 0;
  Promise<IoResult> promise_;
};

class FileSourceLogic final : public internal::SourceLogic<Bytes> {
 public:
  FileSourceLogic(std::string path, FileReadOptions options)
      : file_(std::move(path)), options_(options) {}
  Future<IoResult> materialized() { return file_.result(); }
  void PreStart() override { FailUnless(file_.Open(O_RDONLY, options_.start_position)); }
  void OnPull() override {
    absl::StatusOr<Bytes> chunk = file_.Read(std::max<size_t>(1, options_.chunk_bytes));
    if (!chunk.ok()) return FailUnless(chunk.status());
    const bool last = chunk->size() < options_.chunk_bytes;
    if (!chunk->empty()) out_.Push(*std::move(chunk));
    if (last) CompleteStage();
  }
  void OnDownstreamFinish(const absl::Status& cause) override {
    file_.Close(cause);
    CompleteStage();
  }
  void PostStop() override { file_.Close(failure()); }

 private:
  void FailUnless(const absl::Status& status) {
    if (status.ok()) return;
    file_.Close(status);
    FailStage(status);
  }

  OpenFile file_;
  const FileReadOptions options_;
};

int FlagsOf(FileWriteMode mode) {
  switch (mode) {
    case FileWriteMode::kTruncate:
      return O_WRONLY | O_CREAT | O_TRUNC;
    case FileWriteMode::kAppend:
      return O_WRONLY | O_CREAT | O_APPEND;
    case FileWriteMode::kOverwrite:
      return O_WRONLY | O_CREAT;
    case FileWriteMode::kCreateNew:
      return O_WRONLY | O_CREAT | O_EXCL;
  }
  return O_WRONLY;
}

class FileSinkLogic final : public internal::SinkLogic<Bytes> {
 public:
  FileSinkLogic(std::string path, FileWriteOptions options)
      : file_(std::move(path)), options_(options) {}
  Future<IoResult> materialized() { return file_.result(); }
  void PreStart() override {
    if (Check(file_.Open(FlagsOf(options_.mode), options_.start_position))) in_.Pull();
  }
  void OnPush() override {
    if (Check(file_.Write(in_.Grab().view()))) in_.Pull();
  }
  void OnUpstreamFailure(const absl::Status& failure) override {
    file_.Close(failure);
    CompleteStage();
  }
  void PostStop() override { file_.Close(failure()); }

 private:
  bool Check(const absl::Status& status) {
    if (status.ok()) return true;
    file_.Close(status);
    FailStage(status);
    return false;
  }

  OpenFile file_;
  const FileWriteOptions options_;
};

Attributes Blocking() { return Attributes().Dispatcher(DispatcherKind::kBlocking); }

}  // namespace

Source<Bytes, Future<IoResult>> FileIo::FromPath(std::string path, FileReadOptions options,
                                                 SourceLocation where) {
  return Source<Bytes, Future<IoResult>>(internal::MakeValueStage<FileSourceLogic>(
                                             "fileSource", where, std::move(path), options))
      .Async(Blocking());
}

Sink<Bytes, Future<IoResult>> FileIo::ToPath(std::string path, FileWriteOptions options,
                                             SourceLocation where) {
  return Sink<Bytes, Future<IoResult>>(
             internal::MakeValueStage<FileSinkLogic>("fileSink", where, std::move(path), options))
      .Async(Blocking());
}

}  // namespace sampo::stream
