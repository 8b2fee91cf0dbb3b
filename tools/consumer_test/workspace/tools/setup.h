// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// The user's own tools/setup.h. It clashes with a header of Sampo by path, and must win.
#ifndef CONSUMER_TOOLS_SETUP_H_
#define CONSUMER_TOOLS_SETUP_H_

namespace consumer {
inline constexpr bool kOwnSetup = true;
}  // namespace consumer

#endif  // CONSUMER_TOOLS_SETUP_H_
