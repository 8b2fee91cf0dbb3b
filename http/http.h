// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The umbrella of what a program with HTTP most often needs: messages, routes, the server and the
// client. Beside it, where they are used: http/json/json.h, http/routing/streams.h,
// http/sse/event_stream.h, http/coding/coding_directives.h, http/testkit/route_test_kit.h.
#ifndef SAMPO_HTTP_HTTP_H_
#define SAMPO_HTTP_HTTP_H_

#include "sampo/http/client/http_client.h"  // IWYU pragma: export
#include "sampo/http/model/message.h"       // IWYU pragma: export
#include "sampo/http/routing/directives.h"  // IWYU pragma: export
#include "sampo/http/server/http_server.h"  // IWYU pragma: export

#endif  // SAMPO_HTTP_HTTP_H_
