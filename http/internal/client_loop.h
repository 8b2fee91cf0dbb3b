// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// ClientLoop: the one thread of a system on which the connections of its HTTP clients live, and the
// way onto it.
//
// Its timers are Asio's, on the machine's clock: real sockets answer in real time only, so clients
// do not run in a simulation.
// Threads: all methods from any. Lifetime: an extension owns the thread; whoever posts holds a
// ClientLoop, which outlives it: what is posted after the end is dropped.
//
//   std::shared_ptr<ClientLoop> loop = ClientLoop::Of(system);
//   loop->Post([](boost::asio::io_context& context) { ... });
#ifndef SAMPO_HTTP_INTERNAL_CLIENT_LOOP_H_
#define SAMPO_HTTP_INTERNAL_CLIENT_LOOP_H_

#include <memory>
#include <mutex>
#include <vector>

#include "sampo/actor/actor_system.h"
#include "sampo/actor/base/unique_function.h"

namespace boost::asio {
class io_context;
}

namespace sampo::http::internal {

// What lives on the loop until it ends.
class ClientLoopResident {
 public:
  virtual ~ClientLoopResident() = default;
  // The loop ends: the last call, on its thread.
  virtual void OnLoopEnd() = 0;
};

class ClientLoop {
 public:
  using Work = UniqueFunction<void(boost::asio::io_context& context)>;

  static std::shared_ptr<ClientLoop> Of(ActorSystemBase& system);

  // Runs `work` on the loop's thread, in order for each caller. False: the loop has ended.
  bool Post(Work work);

  // On the loop's thread: who is told of its end, until Remove.
  void Add(std::shared_ptr<ClientLoopResident> resident);
  void Remove(ClientLoopResident* resident);

 private:
  friend class ClientIo;
  std::vector<std::shared_ptr<ClientLoopResident>> residents_;  // one for each client in use
  std::mutex mutex_;
  boost::asio::io_context* context_ = nullptr;  // null: ended
};

}  // namespace sampo::http::internal

#endif  // SAMPO_HTTP_INTERNAL_CLIENT_LOOP_H_
