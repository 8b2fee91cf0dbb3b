// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// IoThread: the one thread of a system that waits for its sockets.
//
// Threads: context() from any. Lifetime: an extension; its end waits until the sockets are closed,
// which the streams have done by then. What keeps a socket longer keeps the context.
#ifndef SAMPO_STREAM_IO_INTERNAL_IO_THREAD_H_
#define SAMPO_STREAM_IO_INTERNAL_IO_THREAD_H_

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <thread>

#include "sampo/actor/extension.h"

namespace sampo::stream::internal {

class IoThread final : public Extension {
 public:
  explicit IoThread(ActorSystemBase&)
      : context_(std::make_shared<boost::asio::io_context>(1)),
        work_(context_->get_executor()),
        thread_([context = context_] { context->run(); }) {}
  ~IoThread() override {
    work_.reset();
    thread_.join();
  }
  static IoThread& Get(ActorSystemBase& system) { return GetExtension<IoThread>(system); }

  const std::shared_ptr<boost::asio::io_context>& context() const { return context_; }

 private:
  const std::shared_ptr<boost::asio::io_context> context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_IO_INTERNAL_IO_THREAD_H_
