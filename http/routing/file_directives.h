// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// GetFromFile, GetFromDirectory: answers with files, safely.
//
// A file is read in chunks as the client takes it, on the blocking dispatcher, from the descriptor
// that was checked: memory is bounded, and a file that is replaced meanwhile is sent as it was.
// Opening and its checks run in the caller: metadata, no content. Content-Type by the name,
// Last-Modified, a strong ETag of inode, size and time; If-None-Match, If-Modified-Since, If-Match,
// If-Unmodified-Since, Range and If-Range. Several ranges that touch or overlap are one; of others
// the whole is answered with 200, as RFC 9110 allows (multipart comes later).
//
// From a directory only regular files below it are served. Refused, as if they were not there: a
// segment that is empty, "." or "..", or has a slash, a backslash or a NUL in it, also encoded; a
// name that begins with a dot; a symbolic link on the way or at its end (the directory itself may
// be one): each step is opened with O_NOFOLLOW, so nothing can be put in between. A file that
// cannot be opened is not found: 404, so that nobody learns what is there.
// Others than GET and HEAD reject.
// Threads: as Route. A file that shrinks while it is sent ends the body with DATA_LOSS, and so the
// connection.
//
//   PathPrefix("static", GetFromDirectory("/srv/www"))
#ifndef SAMPO_HTTP_ROUTING_FILE_DIRECTIVES_H_
#define SAMPO_HTTP_ROUTING_FILE_DIRECTIVES_H_

#include <string>

#include "sampo/http/model/entity.h"
#include "sampo/http/routing/route.h"

namespace sampo::http {

struct FileOptions {
  // Empty: by the name.
  ContentType content_type = {};
  // Of a directory: what stands for the directory itself, such as "index.html"; empty: nothing.
  std::string index = {};
  // Of a directory: also names that begin with a dot, but not "." and "..".
  bool dot_files = false;
  // As a field of the answer, "max-age=60"; empty: none.
  std::string cache_control = {};
};

// One file. A symbolic link is followed: the program has chosen it.
Route GetFromFile(std::string path, FileOptions options = {});
// The file that the unmatched path names, below `directory`.
Route GetFromDirectory(std::string directory, FileOptions options = {});

}  // namespace sampo::http

#endif  // SAMPO_HTTP_ROUTING_FILE_DIRECTIVES_H_
