// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// EncodeResponse, DecodeRequest: gzip for answers that the client can read so, and of bodies that
// come so.
//
// An answer is encoded where Accept-Encoding prefers gzip to nothing, its type is one that shrinks
// (text, JSON, XML, JavaScript, SVG), it is at least kGzipBytesMin long, is whole (no 206) and has
// no Content-Encoding yet. Up to kGzipInPlaceMax it is done at once; longer and streamed bodies
// become streams, which flush each piece. A strong ETag becomes a weak one, as the bytes differ.
// Events (text/event-stream) are left alone. Vary: Accept-Encoding is added either way.
//
// A body with Content-Encoding: gzip is decoded before the inner route sees it; within the limit of
// bodies, so that a bomb becomes 413 and no memory. One that is in memory and becomes at most
// kGunzipInPlaceMax is decoded at once; what becomes more, and a streamed one, is decoded as the
// inner route reads it, by a stream of its own. Another coding is answered 415, damaged gzip 400.
// Threads: as Route.
//
//   EncodeResponse(DecodeRequest(routes))
#ifndef SAMPO_HTTP_CODING_CODING_DIRECTIVES_H_
#define SAMPO_HTTP_CODING_CODING_DIRECTIVES_H_

#include <cstddef>

#include "sampo/http/routing/route.h"

namespace sampo::http {

// Shorter ones would fit into one packet anyway: chosen, not measured.
inline constexpr size_t kGzipBytesMin = 512;
// About 1 ms of one core.
inline constexpr size_t kGzipInPlaceMax = 64 << 10;
// Of decoded bytes: about 1 ms of one core.
inline constexpr size_t kGunzipInPlaceMax = 256 << 10;

Route EncodeResponse(Route inner);
Route DecodeRequest(Route inner);

}  // namespace sampo::http

#endif  // SAMPO_HTTP_CODING_CODING_DIRECTIVES_H_
