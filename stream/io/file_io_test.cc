// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/stream/io/file_io.h"

#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "sampo/actor/actor.h"
#include "sampo/actor/testkit/actor_test_kit.h"
#include "sampo/stream/stream.h"
#include "sampo/stream/testkit/all_stages_stopped.h"
#include "sampo/stream/testkit/test_sink.h"
#include "sampo/stream/testkit/test_source.h"

namespace sampo::stream {
namespace {

class FileIoTest : public testing::Test {
 protected:
  FileIoTest() : path_(testing::TempDir() + "/sampo_file_io_test") { ::unlink(path_.c_str()); }
  ~FileIoTest() override { ::unlink(path_.c_str()); }

  void Write(const std::string& text) { std::ofstream(path_, std::ios::binary) << text; }
  std::string Read() {
    std::stringstream text;
    text << std::ifstream(path_, std::ios::binary).rdbuf();
    return text.str();
  }
  IoResult Store(std::vector<std::string> parts, FileWriteOptions options) {
    auto stored = Source<std::string>::From(std::move(parts))
                      .Map([](const std::string& part) { return Bytes(part); })
                      .RunWith(FileIo::ToPath(path_, options), kit_.system());
    return Await(stored, absl::Seconds(5)).value();
  }

  const std::string path_;
  ActorTestKit kit_;
};

TEST_F(FileIoTest, ReadsInChunksFromAPositionOn) {
  Write("0123456789");
  auto [read, chunks] = FileIo::FromPath(path_, {.chunk_bytes = 4, .start_position = 1})
                            .ToMat(Sink<Bytes>::Seq(), KeepBoth())
                            .Run(kit_.system());
  EXPECT_EQ(Await(chunks, absl::Seconds(5)).value(),
            (std::vector<Bytes>{Bytes("1234"), Bytes("5678"), Bytes("9")}));
  const IoResult result = Await(read, absl::Seconds(5)).value();
  EXPECT_EQ(result.bytes, 9);
  EXPECT_TRUE(result.status.ok()) << result.status;
  AssertAllStagesStopped(kit_.system());
}

TEST_F(FileIoTest, AMissingFileFailsTheStreamAndTheResult) {
  auto [read, all] =
      FileIo::FromPath(path_).ToMat(Sink<Bytes>::Seq(), KeepBoth()).Run(kit_.system());
  EXPECT_EQ(Await(all, absl::Seconds(5)).status().code(), absl::StatusCode::kNotFound);
  const IoResult result = Await(read, absl::Seconds(5)).value();
  EXPECT_EQ(result.status.code(), absl::StatusCode::kNotFound);
  EXPECT_NE(result.status.message().find(path_), std::string::npos);
}

TEST_F(FileIoTest, CancellingEndsReadingWithTheCause) {
  Write(std::string(100000, 'x'));
  auto [read, out] =
      FileIo::FromPath(path_).ToMat(TestSink<Bytes>::Probe(), KeepBoth()).Run(kit_.system());
  EXPECT_EQ(out.RequestNext().size(), 8192u);
  out.Cancel();
  const IoResult result = Await(read, absl::Seconds(5)).value();
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_GE(result.bytes, 8192);
  AssertAllStagesStopped(kit_.system());
}

TEST_F(FileIoTest, WritesInEachMode) {
  EXPECT_EQ(Store({"hello ", "world"}, {}).bytes, 11);
  EXPECT_EQ(Read(), "hello world");
  EXPECT_EQ(Store({"!"}, {.mode = FileWriteMode::kAppend}).bytes, 1);
  EXPECT_EQ(Read(), "hello world!");
  EXPECT_TRUE(Store({"W"}, {.mode = FileWriteMode::kOverwrite, .start_position = 6}).status.ok());
  EXPECT_EQ(Read(), "hello World!");
  EXPECT_EQ(Store({"x"}, {.mode = FileWriteMode::kCreateNew}).status.code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Store({"new"}, {}).bytes, 3);
  EXPECT_EQ(Read(), "new");
}

TEST_F(FileIoTest, AFailureAboveIsInTheResultWithTheBytesUntilThen) {
  auto [in, stored] =
      TestSource<Bytes>::Probe().ToMat(FileIo::ToPath(path_), KeepBoth()).Run(kit_.system());
  in.SendNext(Bytes("abc"));
  in.ExpectRequest();
  in.SendError(absl::DataLossError("broken"));
  const IoResult result = Await(stored, absl::Seconds(5)).value();
  EXPECT_EQ(result.status, absl::DataLossError("broken"));
}

TEST_F(FileIoTest, AFailureToOpenCancelsWhatIsAbove) {
  auto [in, stored] = TestSource<Bytes>::Probe()
                          .ToMat(FileIo::ToPath("/no/such/folder/file"), KeepBoth())
                          .Run(kit_.system());
  EXPECT_EQ(in.ExpectCancellation().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Await(stored, absl::Seconds(5)).value().bytes, 0);
}

}  // namespace
}  // namespace sampo::stream
