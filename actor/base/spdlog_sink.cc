// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/spdlog_sink.h"

#include <cstddef>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "sampo/actor/base/str_cat.h"
#include "spdlog/pattern_formatter.h"
#include "spdlog/sinks/rotating_file_sink.h"
#include "spdlog/sinks/stdout_sinks.h"

namespace sampo {
namespace {

// spdlog reports by exceptions (a full disk, for one); they become statuses here.
template <typename Action>
absl::Status Guarded(const Action& action) {
  try {
    action();
    return absl::OkStatus();
  } catch (const std::exception& error) {
    return absl::UnavailableError(StrCat("log sink: ", error.what()));
  }
}

class SpdlogSink final : public LogSink {
 public:
  SpdlogSink(std::shared_ptr<spdlog::sinks::sink> sink, LogFormat format)
      : sink_(std::move(sink)), format_(format) {
    // Our line as it is, and a newline.
    sink_->set_formatter(std::make_unique<spdlog::pattern_formatter>("%v"));
  }

  absl::Status Write(const LogEvent& event) override {
    return Guarded([&] {
      const std::string line = FormatLog(event, format_);
      sink_->log(spdlog::details::log_msg(spdlog::string_view_t(), spdlog::level::info, line));
    });
  }

  absl::Status Flush() override {
    return Guarded([&] { sink_->flush(); });
  }

 private:
  const std::shared_ptr<spdlog::sinks::sink> sink_;
  const LogFormat format_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<LogSink>> MakeSpdlogSink(SpdlogSinkOptions options) {
  std::shared_ptr<spdlog::sinks::sink> sink;
  // The single-threaded kinds: a registry calls a sink from one thread at a time.
  const absl::Status status = Guarded([&] {
    if (options.file.empty()) {
      sink = std::make_shared<spdlog::sinks::stderr_sink_st>();
    } else {
      sink = std::make_shared<spdlog::sinks::rotating_file_sink_st>(
          options.file, static_cast<size_t>(options.file_bytes_max),
          static_cast<size_t>(options.files_max));
    }
  });
  if (!status.ok()) return status;
  return std::make_shared<SpdlogSink>(std::move(sink), options.format);
}

}  // namespace sampo
