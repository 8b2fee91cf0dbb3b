// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ClientCore: what an HttpClient is inside: its pools, on the loop's thread.
//
// Threads: the methods from any. Lifetime: it goes on after Release until its last request and its
// last stream have ended.
#ifndef SAMPO_HTTP_INTERNAL_CLIENT_CORE_H_
#define SAMPO_HTTP_INTERNAL_CLIENT_CORE_H_

#include <memory>

#include "absl/time/time.h"
#include "sampo/actor/actor_system.h"
#include "sampo/actor/future.h"
#include "sampo/http/client/client_settings.h"
#include "sampo/http/model/message.h"

namespace sampo::http::internal {

class ClientCore {
 public:
  virtual ~ClientCore() = default;
  static std::shared_ptr<ClientCore> Make(ActorSystemBase& system, ClientSettings settings);

  // `is_read_at_once`: the caller reads the response's body as soon as the future is complete, so
  // that subscription_timeout is not for it: what runs the reader may be busy for a while.
  virtual Future<HttpResponse> Send(HttpRequest request, bool is_read_at_once) = 0;
  // Everything ends with CANCELLED; later requests too. Complete when all is closed.
  virtual Future<void> Shutdown() = 0;
  // Nobody will send any more.
  virtual void Release() = 0;
};

}  // namespace sampo::http::internal

#endif  // SAMPO_HTTP_INTERNAL_CLIENT_CORE_H_
