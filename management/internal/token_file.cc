// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/management/internal/token_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "absl/strings/ascii.h"
#include "sampo/actor/base/str_cat.h"

namespace sampo::internal {
namespace {

absl::Status CannotRead(const std::string& path) {
  return absl::UnavailableError(
      StrCat("management: token file ", path, ": ", std::strerror(errno)));
}

}  // namespace

absl::StatusOr<std::string> ReadTokenFile(const std::string& path, const Logger& log) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return CannotRead(path);
  std::array<char, kTokenFileBytesMax + 1> bytes;
  size_t size = 0;
  ssize_t got = 1;
  while (got > 0 && size < bytes.size()) {
    got = read(fd, bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR)
      got = 1;
    else if (got > 0)
      size += static_cast<size_t>(got);
  }
  struct stat info = {};
  const bool known = got >= 0 && fstat(fd, &info) == 0;
  absl::Status problem = known ? absl::OkStatus() : CannotRead(path);
  close(fd);
  if (!problem.ok()) return problem;
  if (size > kTokenFileBytesMax) {
    return absl::InvalidArgumentError(StrCat("management: token file ", path, ": more than ",
                                             kTokenFileBytesMax, " bytes; it holds one token"));
  }
  const std::string token(absl::StripAsciiWhitespace(absl::string_view(bytes.data(), size)));
  const bool is_word = std::all_of(token.begin(), token.end(),
                                   [](unsigned char c) { return absl::ascii_isgraph(c); });
  if (token.empty() || !is_word) {
    return absl::InvalidArgumentError(
        StrCat("management: token file ", path, token.empty() ? ": it is empty" : ": not one word",
               "; write one of printable characters into it, such as: openssl rand -hex 32"));
  }
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    log.Warning("token file ", path, " may be read by others than its owner; chmod 600 it");
  }
  return token;
}

}  // namespace sampo::internal
