// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The umbrella of the routing directives that need no streams and no JSON: what most route files
// include. Beside it, where they are used: http/json/json.h, http/routing/streams.h,
// http/sse/event_stream.h, http/coding/coding_directives.h.
#ifndef SAMPO_HTTP_ROUTING_DIRECTIVES_H_
#define SAMPO_HTTP_ROUTING_DIRECTIVES_H_

#include "sampo/http/routing/basic_directives.h"     // IWYU pragma: export
#include "sampo/http/routing/complete.h"             // IWYU pragma: export
#include "sampo/http/routing/conditional.h"          // IWYU pragma: export
#include "sampo/http/routing/entity_directives.h"    // IWYU pragma: export
#include "sampo/http/routing/file_directives.h"      // IWYU pragma: export
#include "sampo/http/routing/method_directives.h"    // IWYU pragma: export
#include "sampo/http/routing/path_directives.h"      // IWYU pragma: export
#include "sampo/http/routing/route.h"                // IWYU pragma: export
#include "sampo/http/routing/router.h"               // IWYU pragma: export
#include "sampo/http/routing/security_directives.h"  // IWYU pragma: export
#include "sampo/http/routing/value_directives.h"     // IWYU pragma: export

#endif  // SAMPO_HTTP_ROUTING_DIRECTIVES_H_
