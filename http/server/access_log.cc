// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/server/access_log.h"

#include "sampo/actor/base/str_cat.h"

namespace sampo::http {
namespace {

void AppendEscaped(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f && c != '"' && c != '\\') {
      out.push_back(c);
    } else {
      out.append("\\x");
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    }
  }
}

}  // namespace

std::string FormatAccess(const AccessLogEntry& entry) {
  std::string line(entry.peer);
  line.append(" \"");
  if (entry.method.empty()) {
    line.push_back('-');
  } else {
    AppendEscaped(line, entry.method);
    line.push_back(' ');
    AppendEscaped(line, entry.target);
  }
  line.append(StrCat("\" ", entry.status, " in=", entry.request_bytes, " out=",
                     entry.response_bytes, " us=", absl::ToInt64Microseconds(entry.duration)));
  if (!entry.request_id.empty()) {
    line.append(" id=");
    AppendEscaped(line, entry.request_id);
  }
  if (entry.cut) line.append(" cut");
  return line;
}

}  // namespace sampo::http
