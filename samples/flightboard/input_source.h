// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// InputSource: the bytes of a file or of standard input, as a stream.
//
// Standard input, and what else is no regular file, may stand still for as long as it likes, a
// named pipe already before anybody writes into it: it is looked at in turns of a tenth of a
// second, so that a stream that waits for it can be ended. A look without bytes gives an empty
// piece. Reading blocks, so it has an actor of its own on the blocking dispatcher.
// Threads: a value; sources run any number of times, standard input gives its bytes once.
//
//   InputSource("-").RunWith(Sink<Bytes>::Foreach(Print), system);
#ifndef SAMPO_SAMPLES_FLIGHTBOARD_INPUT_SOURCE_H_
#define SAMPO_SAMPLES_FLIGHTBOARD_INPUT_SOURCE_H_

#include <string>

#include "sampo/stream/io/bytes.h"
#include "sampo/stream/source.h"

namespace flightboard {

// `path`, or standard input for "-". Fails with the code of errno where it can't be read.
sampo::stream::Source<sampo::stream::Bytes> InputSource(const std::string& path);

}  // namespace flightboard

#endif  // SAMPO_SAMPLES_FLIGHTBOARD_INPUT_SOURCE_H_
