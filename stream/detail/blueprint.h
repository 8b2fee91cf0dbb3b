// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Blueprint<Mat>: an immutable description of a part of a stream. Build makes fresh stages of it,
// and the materialized value.
//
// Sources, flows and sinks are handles of blueprints and share them; composing makes a node that
// points at its parts. Functions inside are copied for each materialization, so that two of them
// never share state.
// Threads: immutable; Build from any thread.
#ifndef SAMPO_STREAM_DETAIL_BLUEPRINT_H_
#define SAMPO_STREAM_DETAIL_BLUEPRINT_H_

#include <memory>
#include <type_traits>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "sampo/stream/attributes.h"
#include "sampo/stream/detail/build_context.h"
#include "sampo/stream/detail/ref_counted.h"
#include "sampo/stream/not_used.h"
#include "sampo/stream/source_location.h"

namespace sampo::stream::internal {

template <class Mat>
class AppendNode;

// The operator at an end of a part, for reports: its name and the place that made it.
struct Origin {
  const char* name = nullptr;
  SourceLocation where;
};

template <class Mat>
class Blueprint : public RefCounted {
 public:
  // The operators at its first open inlet and its first open outlet, as far as they are known.
  virtual Origin InOrigin() const { return {}; }
  virtual Origin OutOrigin() const { return {}; }
  // Adds the stages to `context` and their open ports to `ports`, in order.
  virtual Mat Build(BuildContext& context, Ports& ports) const = 0;
  virtual const AppendNode<Mat>* AsAppend() const { return nullptr; }
};

template <class Mat>
using BlueprintRef = Ref<const Blueprint<Mat>>;

// All ports of a stage, in the order in which it declares them.
void CollectPorts(const GraphStageLogic* logic, Ports& ports);

// A stage's logic. Its own type is forgotten at once: each unique_ptr<Logic> would be a class more
// to instantiate, and a stream has a logic for nearly each operator.
template <class Logic, class... Args>
std::unique_ptr<GraphStageLogic> NewLogic(Args&&... args) {
  return std::unique_ptr<GraphStageLogic>(new Logic(std::forward<Args>(args)...));
}
template <class Value>
struct LogicAndValue {
  std::unique_ptr<GraphStageLogic> logic;
  Value value;
};
// Of a logic that makes its value itself.
template <class Logic, class... Args>
auto NewLogicAndValue(Args&&... args) {
  auto* logic = new Logic(std::forward<Args>(args)...);
  std::unique_ptr<GraphStageLogic> owned(logic);
  return LogicAndValue<decltype(logic->materialized())>{std::move(owned), logic->materialized()};
}

// Of a logic that its value only shares something with.
template <class Logic, class Value, class... Args>
LogicAndValue<Value> NewLogicWith(Value value, Args&&... args) {
  return {NewLogic<Logic>(std::forward<Args>(args)...), std::move(value)};
}

// A stage without a value. What its type does not matter to is compiled once, in blueprint.cc: a
// stream has a node for nearly each operator.
class LogicNode : public Blueprint<NotUsed> {
 public:
  LogicNode(const char* name, SourceLocation where) : name_(name), where_(where) {}
  Origin InOrigin() const final;
  Origin OutOrigin() const final;
  NotUsed Build(BuildContext& context, Ports& ports) const final;

 private:
  virtual std::unique_ptr<GraphStageLogic> Make() const = 0;
  const char* const name_;
  const SourceLocation where_;
};
template <class Factory>
class LogicNodeOf final : public LogicNode {
 public:
  LogicNodeOf(const char* name, SourceLocation where, Factory factory)
      : LogicNode(name, where), factory_(std::move(factory)) {}

 private:
  std::unique_ptr<GraphStageLogic> Make() const override { return factory_(); }
  const Factory factory_;
};

// A stage with a value: `factory()` makes LogicAndValue.
template <class Mat, class Factory>
class ValueNode final : public Blueprint<Mat> {
 public:
  ValueNode(const char* name, SourceLocation where, Factory factory)
      : name_(name), where_(where), factory_(std::move(factory)) {}
  Origin InOrigin() const override { return {name_, where_}; }
  Origin OutOrigin() const override { return {name_, where_}; }
  Mat Build(BuildContext& context, Ports& ports) const override {
    auto [logic, value] = factory_();
    CollectPorts(context.Add(std::move(logic), name_, where_), ports);
    return std::move(value);
  }

 private:
  const char* const name_;
  const SourceLocation where_;
  const Factory factory_;
};

// A stage: `factory()` makes its logic, or LogicAndValue.
template <class Mat, class Factory>
BlueprintRef<Mat> MakeStage(const char* name, SourceLocation where, Factory factory) {
  if constexpr (std::is_same_v<Mat, NotUsed>) {
    return BlueprintRef<Mat>(new LogicNodeOf<Factory>(name, where, std::move(factory)));
  } else {
    return BlueprintRef<Mat>(new ValueNode<Mat, Factory>(name, where, std::move(factory)));
  }
}

template <class... Args>
constexpr void CheckCopyable() {
  static_assert((std::is_copy_constructible_v<Args> && ...),
                "Sampo: a stream is a blueprint that may run many times, so its functions and "
                "values must be copyable.");
}

// A stage Logic(args...), of copies of `args`.
template <class Logic, class... Args>
BlueprintRef<NotUsed> MakeLogicStage(const char* name, SourceLocation where, Args... args) {
  CheckCopyable<Args...>();
  return MakeStage<NotUsed>(name, where,
                            [... args = std::move(args)] { return NewLogic<Logic>(args...); });
}

// The same; its value is the logic's materialized().
template <class Logic, class... Args>
auto MakeValueStage(const char* name, SourceLocation where, Args... args) {
  CheckCopyable<Args...>();
  using Value = decltype(std::declval<Logic&>().materialized());
  return MakeStage<Value>(
      name, where, [... args = std::move(args)] { return NewLogicAndValue<Logic>(args...); });
}

// A pipe operator from In to Out: a PushTarget<In> with a member next_ that is a PushTarget<Out>*.
template <class In, class Out>
class Pipe : public PipeOperator, public PushTarget<In> {
 public:
  using Input = In;
  using Output = Out;
  static PipeEnd EndOf(Pipe* op) {
    PipeEnd end;
    end.op = op;
    end.target = static_cast<PushTarget<In>*>(op);
    end.set_next = &SetNext;
    end.in = &kElementType<In>;
    end.out = &kElementType<Out>;
    return end;
  }

 protected:
  PushTarget<Out>* next_ = nullptr;

 private:
  static void SetNext(PipeOperator* op, void* target) {
    static_cast<Pipe*>(op)->next_ = static_cast<PushTarget<Out>*>(target);
  }
};

// Adds a pipe operator, or one that does nothing, to a stream.
void BuildPipe(const PipeEnd& end, const char* name, SourceLocation where, BuildContext& context,
               Ports& ports);

// A pipe operator; as LogicNode.
class PipeNode : public Blueprint<NotUsed> {
 public:
  PipeNode(const char* name, SourceLocation where) : name_(name), where_(where) {}
  Origin InOrigin() const final;
  Origin OutOrigin() const final;
  NotUsed Build(BuildContext& context, Ports& ports) const final;

 private:
  virtual PipeEnd Make() const = 0;
  const char* const name_;
  const SourceLocation where_;
};
template <class In, class Out, class Factory>
class PipeNodeOf final : public PipeNode {
 public:
  PipeNodeOf(const char* name, SourceLocation where, Factory factory)
      : PipeNode(name, where), factory_(std::move(factory)) {}

 private:
  PipeEnd Make() const override { return Pipe<In, Out>::EndOf(factory_()); }
  const Factory factory_;
};

template <class In, class Out, class Factory>
BlueprintRef<NotUsed> MakePipe(const char* name, SourceLocation where, Factory factory) {
  return BlueprintRef<NotUsed>(new PipeNodeOf<In, Out, Factory>(name, where, std::move(factory)));
}

// Lets everything through: the flow that does nothing. Leaves no trace in the running stream.
template <class T>
class WireNode final : public Blueprint<NotUsed> {
 public:
  NotUsed Build(BuildContext& context, Ports& ports) const override {
    PipeEnd end;
    end.in = end.out = &kElementType<T>;
    BuildPipe(end, "identity", {}, context, ports);
    return {};
  }
};

// Links what was built as `left` and then `right`; adds what stays open to `ports`.
void LinkInOrder(BuildContext& context, Ports& left, Ports& right, Ports& ports);

// `left` and then `right`, which has one inlet; `combine` makes the value of both.
template <class L, class R, class Mat, class Combine>
class ViaNode final : public Blueprint<Mat> {
 public:
  ViaNode(BlueprintRef<L> left, BlueprintRef<R> right, Combine combine)
      : left_(std::move(left)), right_(std::move(right)), combine_(std::move(combine)) {}
  Origin InOrigin() const override { return left_->InOrigin(); }
  Origin OutOrigin() const override { return right_->OutOrigin(); }
  Mat Build(BuildContext& context, Ports& ports) const override {
    Ports left;
    Ports right;
    L left_value = left_->Build(context, left);
    R right_value = right_->Build(context, right);
    LinkInOrder(context, left, right, ports);
    Combine combine = combine_;
    return combine(std::move(left_value), std::move(right_value));
  }

 private:
  const BlueprintRef<L> left_;
  const BlueprintRef<R> right_;
  const Combine combine_;
};

// The right sides of a chain of AppendNodes, the last one first.
class AppendChain {
 public:
  AppendChain();
  ~AppendChain();
  void Add(const Blueprint<NotUsed>* right);
  // Builds them behind what has `left` open.
  void Build(BuildContext& context, Ports& left, Ports& ports) const;

 private:
  absl::InlinedVector<const Blueprint<NotUsed>*, 16> rights_;
};

// The usual case of it: an operator without a value of its own. Long chains lean to the left, so
// they are built in a loop, not by recursion.
template <class Mat>
class AppendNode final : public Blueprint<Mat> {
 public:
  AppendNode(BlueprintRef<Mat> left, BlueprintRef<NotUsed> right)
      : left_(std::move(left)), right_(std::move(right)) {}
  const AppendNode* AsAppend() const override { return this; }
  Origin OutOrigin() const override { return right_->OutOrigin(); }
  Mat Build(BuildContext& context, Ports& ports) const override {
    AppendChain chain;
    const Blueprint<Mat>* first = this;
    while (const AppendNode* append = first->AsAppend()) {
      chain.Add(append->right_.get());
      first = append->left_.get();
    }
    Ports left;
    Mat value = first->Build(context, left);
    chain.Build(context, left, ports);
    return value;
  }
  // Frees a long chain in a loop, too.
  ~AppendNode() override;

 private:
  BlueprintRef<Mat> left_;
  const BlueprintRef<NotUsed> right_;
};

template <class Mat>
AppendNode<Mat>::~AppendNode() {
  BlueprintRef<Mat> next = std::move(left_);
  while (next && next->HasOneRef()) {
    const AppendNode* append = next->AsAppend();
    if (append == nullptr) break;
    // The only user is this loop, so the node may be taken apart.
    next = std::move(const_cast<AppendNode*>(append)->left_);
  }
}

// By far the most; in blueprint.cc.
extern template class AppendNode<NotUsed>;

template <class Mat>
BlueprintRef<Mat> MakeAppend(const BlueprintRef<Mat>& left, BlueprintRef<NotUsed> right) {
  return BlueprintRef<Mat>(new AppendNode<Mat>(left, std::move(right)));
}
BlueprintRef<NotUsed> MakeAppend(const BlueprintRef<NotUsed>& left, BlueprintRef<NotUsed> right);

template <class From, class Mat, class F>
class MapMatNode final : public Blueprint<Mat> {
 public:
  MapMatNode(BlueprintRef<From> inner, F f) : inner_(std::move(inner)), f_(std::move(f)) {}
  Origin InOrigin() const override { return inner_->InOrigin(); }
  Origin OutOrigin() const override { return inner_->OutOrigin(); }
  Mat Build(BuildContext& context, Ports& ports) const override {
    F f = f_;
    return f(inner_->Build(context, ports));
  }

 private:
  const BlueprintRef<From> inner_;
  const F f_;
};

template <class Mat>
class AttributesNode final : public Blueprint<Mat> {
 public:
  AttributesNode(BlueprintRef<Mat> inner, Attributes attributes, bool is_async)
      : inner_(std::move(inner)), attributes_(std::move(attributes)), is_async_(is_async) {}
  Origin InOrigin() const override { return inner_->InOrigin(); }
  Origin OutOrigin() const override { return inner_->OutOrigin(); }
  Mat Build(BuildContext& context, Ports& ports) const override {
    context.PushAttributes(attributes_);
    const int previous = is_async_ ? context.PushIsland() : 0;
    Mat value = inner_->Build(context, ports);
    if (is_async_) context.PopIsland(previous);
    context.PopAttributes();
    return value;
  }

 private:
  const BlueprintRef<Mat> inner_;
  const Attributes attributes_;
  const bool is_async_;
};

}  // namespace sampo::stream::internal

#endif  // SAMPO_STREAM_DETAIL_BLUEPRINT_H_
