// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Page: web/index.html as a part of the program, so that it is there wherever the program is.
//
// The build makes the text (BUILD.bazel, page_html). Threads: a constant, for ever.
//
//   Entity::Strict(ContentType::HtmlUtf8(), Bytes(std::string_view(kPage)))
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_PAGE_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_PAGE_H_

namespace flightboard {

extern const char kPage[];

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_PAGE_H_
