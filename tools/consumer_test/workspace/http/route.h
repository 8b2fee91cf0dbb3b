// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The user's own http/route.h. It clashes with a header of Sampo by path, and must win.
#ifndef CONSUMER_HTTP_ROUTE_H_
#define CONSUMER_HTTP_ROUTE_H_

namespace consumer {
inline constexpr bool kOwnRoute = true;
}  // namespace consumer

#endif  // CONSUMER_HTTP_ROUTE_H_
