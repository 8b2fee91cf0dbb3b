// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/http/internal/client_loop.h"

#include <pthread.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "sampo/actor/extension.h"
#include "sampo/actor/future.h"

namespace sampo::http::internal {
namespace {

namespace asio = boost::asio;

absl::Status RefuseToWait() {
  return absl::FailedPreconditionError(
      "Await on the thread of the HTTP client: it would hold all its connections; use the future's "
      "Map or FlatMap, or wait on a thread of your own");
}

}  // namespace

class ClientIo final : public Extension {
 public:
  explicit ClientIo(ActorSystemBase&)
      : work_(context_.get_executor()), loop_(std::make_shared<ClientLoop>()) {
    loop_->context_ = &context_;
    thread_ = std::thread([this] { Run(); });
  }
  ~ClientIo() override {
    asio::post(context_, [this] {
      for (const auto& resident : std::exchange(loop_->residents_, {})) resident->OnLoopEnd();
      // A name that is being resolved is not waited for here, only by the context's destructor.
      context_.stop();
    });
    thread_.join();
    std::lock_guard guard(loop_->mutex_);
    loop_->context_ = nullptr;
  }
  static ClientIo& Get(ActorSystemBase& system) { return GetExtension<ClientIo>(system); }

  const std::shared_ptr<ClientLoop>& loop() const { return loop_; }

 private:
  void Run() {
    pthread_setname_np(pthread_self(), "sampo-http-cli");
    await_hook = AwaitHook{.refuse = &RefuseToWait};
    context_.run();
  }

  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  const std::shared_ptr<ClientLoop> loop_;
  std::thread thread_;
};

std::shared_ptr<ClientLoop> ClientLoop::Of(ActorSystemBase& system) {
  return ClientIo::Get(system).loop();
}

bool ClientLoop::Post(Work work) {
  std::lock_guard guard(mutex_);
  if (context_ == nullptr) return false;
  asio::post(*context_, [context = context_, work = std::move(work)]() mutable { work(*context); });
  return true;
}

void ClientLoop::Add(std::shared_ptr<ClientLoopResident> resident) {
  residents_.push_back(std::move(resident));
}

void ClientLoop::Remove(ClientLoopResident* resident) {
  std::erase_if(residents_, [resident](const auto& one) { return one.get() == resident; });
}

}  // namespace sampo::http::internal
