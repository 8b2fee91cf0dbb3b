// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// Shapes: which ports a part of a graph has, with their types; and Graph<Shape, Mat>, a blueprint
// of that shape.
//
// GraphBuilder::Add gives a shape, whose ports are what Connect takes. A port is known by the
// graph, the part and its number there.
// Threads: values.
//
//   auto merge = b.Add(Merge<int>(2));        // UniformFanInShape<int, int>
//   b.Connect(numbers.Out(), merge.In(0));
#ifndef SAMPO_STREAM_SHAPE_H_
#define SAMPO_STREAM_SHAPE_H_

#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

#include "sampo/stream/detail/blueprint.h"
#include "sampo/stream/detail/port.h"
#include "sampo/stream/not_used.h"
#include "sampo/stream/source_location.h"

namespace sampo::stream {

namespace internal {

// A part of a graph that is being built.
struct PartRef {
  const void* graph = nullptr;
  int part = -1;
};
// Any port of one.
struct GraphPort {
  PartRef at;
  int number = 0;
  const ElementType* type = nullptr;
};
using ElementTypes = std::vector<const ElementType*>;

}  // namespace internal

// An inlet of a part, for elements of T.
template <class T>
struct InPort {
  internal::PartRef at;
  int number = 0;
  internal::GraphPort erased() const { return {at, number, &internal::kElementType<T>}; }
};
// An outlet of a part.
template <class T>
struct OutPort {
  internal::PartRef at;
  int number = 0;
  internal::GraphPort erased() const { return {at, number, &internal::kElementType<T>}; }
};

// What all shapes are: the place of a part. InTypes and OutTypes of a shape give its ports for
// `count` of those whose number is not fixed.
class Shape {
 public:
  explicit Shape(internal::PartRef at) : at_(at) {}

 protected:
  template <class T>
  InPort<T> InAt(int number) const {
    return {at_, number};
  }
  template <class T>
  OutPort<T> OutAt(int number) const {
    return {at_, number};
  }
  template <class... T>
  static internal::ElementTypes TypesOf() {
    return {&internal::kElementType<T>...};
  }

 private:
  internal::PartRef at_;
};

template <class T>
class SourceShape : public Shape {
 public:
  using Shape::Shape;
  OutPort<T> Out() const { return OutAt<T>(0); }
  static internal::ElementTypes InTypes(int) { return {}; }
  static internal::ElementTypes OutTypes(int) { return TypesOf<T>(); }
};

template <class T>
class SinkShape : public Shape {
 public:
  using Shape::Shape;
  InPort<T> In() const { return InAt<T>(0); }
  static internal::ElementTypes InTypes(int) { return TypesOf<T>(); }
  static internal::ElementTypes OutTypes(int) { return {}; }
};

template <class I, class O>
class FlowShape : public Shape {
 public:
  using Shape::Shape;
  InPort<I> In() const { return InAt<I>(0); }
  OutPort<O> Out() const { return OutAt<O>(0); }
  static internal::ElementTypes InTypes(int) { return TypesOf<I>(); }
  static internal::ElementTypes OutTypes(int) { return TypesOf<O>(); }
};

// Two flows in opposite directions: I1 to O1, and I2 to O2.
template <class I1, class O1, class I2, class O2>
class BidiShape : public Shape {
 public:
  using Shape::Shape;
  InPort<I1> In1() const { return InAt<I1>(0); }
  OutPort<O1> Out1() const { return OutAt<O1>(0); }
  InPort<I2> In2() const { return InAt<I2>(1); }
  OutPort<O2> Out2() const { return OutAt<O2>(1); }
  static internal::ElementTypes InTypes(int) { return TypesOf<I1, I2>(); }
  static internal::ElementTypes OutTypes(int) { return TypesOf<O1, O2>(); }
};

// Any number of inlets of one type, and an outlet.
template <class I, class O>
class UniformFanInShape : public Shape {
 public:
  using Shape::Shape;
  InPort<I> In(int number) const { return InAt<I>(number); }
  OutPort<O> Out() const { return OutAt<O>(0); }
  static internal::ElementTypes InTypes(int count) {
    return internal::ElementTypes(static_cast<size_t>(count), &internal::kElementType<I>);
  }
  static internal::ElementTypes OutTypes(int) { return TypesOf<O>(); }
};

// An inlet, and any number of outlets of one type.
template <class I, class O>
class UniformFanOutShape : public Shape {
 public:
  using Shape::Shape;
  InPort<I> In() const { return InAt<I>(0); }
  OutPort<O> Out(int number) const { return OutAt<O>(number); }
  static internal::ElementTypes InTypes(int) { return TypesOf<I>(); }
  static internal::ElementTypes OutTypes(int count) {
    return internal::ElementTypes(static_cast<size_t>(count), &internal::kElementType<O>);
  }
};

// Inlets of different types: In<0>(), In<1>()..., and an outlet of O.
template <class O, class... Is>
class FanInShape : public Shape {
 public:
  using Shape::Shape;
  template <int kNumber>
  auto In() const {
    return InAt<std::tuple_element_t<kNumber, std::tuple<Is...>>>(kNumber);
  }
  OutPort<O> Out() const { return OutAt<O>(0); }
  static internal::ElementTypes InTypes(int) { return TypesOf<Is...>(); }
  static internal::ElementTypes OutTypes(int) { return TypesOf<O>(); }
};

// An inlet of I, and outlets of different types: Out<0>(), Out<1>()...
template <class I, class... Os>
class FanOutShape : public Shape {
 public:
  using Shape::Shape;
  InPort<I> In() const { return InAt<I>(0); }
  template <int kNumber>
  auto Out() const {
    return OutAt<std::tuple_element_t<kNumber, std::tuple<Os...>>>(kNumber);
  }
  static internal::ElementTypes InTypes(int) { return TypesOf<I>(); }
  static internal::ElementTypes OutTypes(int) { return TypesOf<Os...>(); }
};

// A blueprint with the ports of `Shape`: a junction, or a part that GraphBuilder made.
template <class ShapeT, class Mat = NotUsed>
class Graph {
 public:
  using Shape = ShapeT;
  using MaterializedValue = Mat;
  // `count`: of the ports whose number the shape leaves open.
  Graph(internal::BlueprintRef<Mat> blueprint, int count)
      : blueprint_(std::move(blueprint)), count_(count) {}

  const internal::BlueprintRef<Mat>& blueprint() const { return blueprint_; }
  internal::ElementTypes in_types() const { return ShapeT::InTypes(count_); }
  internal::ElementTypes out_types() const { return ShapeT::OutTypes(count_); }
  int count() const { return count_; }

 private:
  internal::BlueprintRef<Mat> blueprint_;
  int count_;
};

}  // namespace sampo::stream

#endif  // SAMPO_STREAM_SHAPE_H_
