// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/base/spdlog_sink.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"

namespace sampo {
namespace {

std::string ReadAll(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::shared_ptr<LogSink> Sink(SpdlogSinkOptions options) {
  absl::StatusOr<std::shared_ptr<LogSink>> sink = MakeSpdlogSink(std::move(options));
  EXPECT_TRUE(sink.ok()) << sink.status();
  return sink.ok() ? *sink : nullptr;
}

class SpdlogSinkTest : public testing::Test {
 protected:
  SpdlogSinkTest() { std::filesystem::remove_all(folder_); }

  const std::string folder_ = testing::TempDir() + "/spdlog_sink_test";
  const std::string file_ = folder_ + "/x.log";
  LogEvent event_;
};

TEST_F(SpdlogSinkTest, WritesTheLineAsFormattedWithItsNewline) {
  auto sink = Sink({.file = file_});
  event_.message = "100 % {} \xC3\xA9";  // Nothing that spdlog might take for a pattern.
  ASSERT_TRUE(sink->Write(event_).ok());
  ASSERT_TRUE(sink->Flush().ok());
  EXPECT_EQ(ReadAll(file_), FormatLogText(event_) + "\n");
}

TEST_F(SpdlogSinkTest, RotatesAndDeletesTheOldest) {
  auto sink =
      Sink({.format = LogFormat::kJson, .file = file_, .file_bytes_max = 300, .files_max = 2});
  for (int i = 0; i < 20; ++i) {
    event_.message = std::to_string(i);
    ASSERT_TRUE(sink->Write(event_).ok());
  }
  ASSERT_TRUE(sink->Flush().ok());
  EXPECT_NE(ReadAll(file_).find("\"message\":\"19\""), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/x.1.log"));
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/x.2.log"));
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/x.3.log"));
  EXPECT_LE(std::filesystem::file_size(file_), 300u);
}

TEST_F(SpdlogSinkTest, WritesToStderrWithoutAFile) {
  testing::internal::CaptureStderr();
  auto sink = Sink({});
  ASSERT_TRUE(sink->Write(event_).ok());
  ASSERT_TRUE(sink->Flush().ok());
  EXPECT_EQ(testing::internal::GetCapturedStderr(), FormatLogText(event_) + "\n");
}

TEST_F(SpdlogSinkTest, AnswersAFullDiskWithAStatus) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "needs /dev/full";
  auto sink = Sink({.file = "/dev/full", .file_bytes_max = 1 << 20, .files_max = 0});
  event_.message = std::string(1 << 16, 'x');  // More than a stdio buffer holds.
  EXPECT_EQ(sink->Write(event_).code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace sampo
