// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
//
// EventAdapter<E>, SnapshotAdapter<S>: how events and states become what is stored, and back.
//
// Why: what a journal keeps outlives the program that wrote it. Without an adapter an event is
// stored by its own ProtoCodec (manifest, version, payload; older versions are read by its Upcast,
// renamed ones by its kOldManifests). With one it is stored as another type J, which has the codec,
// and read from any number of types: one stored event may become none, one, or several.
// Threads: the actor's turn. Lifetime: shared by the copies.
//
//   .event_adapter = EventAdapter<Event>::Of<stored::ItemAdded>(
//       [](const Event& e) { return stored::ItemAdded{e.sku}; },
//       [](stored::ItemAdded&& j) { return Event{j.sku}; })
//       .AlsoReading<stored::ItemsAdded>([](stored::ItemsAdded&& j) { return Split(j); })
#ifndef SAMPO_PERSISTENCE_EVENT_ADAPTER_H_
#define SAMPO_PERSISTENCE_EVENT_ADAPTER_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sampo/actor/base/unique_function.h"
#include "sampo/actor/serialization/codec.h"
#include "sampo/actor/serialization/codec_context.h"
#include "sampo/actor/serialization/proto_codec.h"
#include "sampo/persistence/journal.h"
#include "sampo/persistence/snapshot_store.h"

namespace sampo::persistence {
namespace internal {

// What stands behind the codec's manifest in a stored one: the adapter's own word for readers.
inline constexpr char kHintSeparator = '#';

// The two parts of a stored manifest.
struct ManifestParts {
  std::string_view schema;
  std::string_view hint;
};
ManifestParts SplitManifest(std::string_view manifest);
bool ReadsManifest(const Codec& codec, std::string_view schema);
absl::Status UnknownManifest(std::string_view manifest);

// An encoded value as the parts of a record.
struct EncodedValue {
  std::string manifest;
  uint32_t version = 1;
  std::string payload;
};
absl::Status EncodeValue(const Codec& codec, const void* value, std::string_view hint,
                         EncodedValue& out);

template <class T>
inline constexpr bool kIsStatusOr = false;
template <class T>
inline constexpr bool kIsStatusOr<absl::StatusOr<T>> = true;

// What a reader returns: E, optional<E>, vector<E>, or a StatusOr of one of them.
template <class E, class R>
absl::Status AppendRead(R&& result, std::vector<E>& out) {
  using T = std::remove_cvref_t<R>;
  if constexpr (kIsStatusOr<T>) {
    if (!result.ok()) return result.status();
    return AppendRead<E>(*std::move(result), out);
  } else if constexpr (std::is_convertible_v<T&&, E>) {
    out.push_back(std::move(result));
  } else if constexpr (std::is_same_v<T, std::optional<E>>) {
    if (result.has_value()) out.push_back(*std::move(result));
  } else {
    static_assert(std::is_same_v<T, std::vector<E>>,
                  "Sampo: an adapter's reader returns the event, an optional or a vector of it, or "
                  "a StatusOr of one of those.");
    for (E& each : result) out.push_back(std::move(each));
  }
  return absl::OkStatus();
}

// A reader for stored values of type J: read(J&&) or read(J&&, std::string_view hint).
template <class E>
struct StoredReader {
  const Codec* codec;
  UniqueFunction<absl::Status(std::string_view payload, uint32_t version, std::string_view hint,
                              std::vector<E>& out)>
      read;
};
template <class E, class J, class Read>
StoredReader<E> MakeReader(Read read) {
  return {
      &CodecOf<J>(),
      [read = std::move(read)](std::string_view payload, uint32_t version, std::string_view hint,
                               std::vector<E>& out) mutable -> absl::Status {
        CodecContext context;
        absl::StatusOr<J> stored = CodecOf<J>().DecodeValue(payload, version, context);
        if (!stored.ok()) return stored.status();
        if constexpr (std::is_invocable_v<Read&, J&&, std::string_view>) {
          return AppendRead<E>(read(*std::move(stored), hint), out);
        } else {
          return AppendRead<E>(read(*std::move(stored)), out);
        }
      }};
}

// The part that both adapters share: V in, V out, with the stored form between.
template <class V>
class StoredForm {
 public:
  using Write = UniqueFunction<absl::Status(const V&, std::string_view hint, EncodedValue&)>;

  template <class J, class To, class From>
  static std::shared_ptr<StoredForm> Of(To to, From from) {
    static_assert(HasCodec<J>, "Sampo: what an adapter stores needs a ProtoCodec.");
    auto form = std::make_shared<StoredForm>();
    form->write_ = [to = std::move(to)](const V& value, std::string_view hint,
                                        EncodedValue& out) mutable {
      const J stored = to(value);
      return EncodeValue(CodecOf<J>(), &stored, hint, out);
    };
    form->readers_.push_back(MakeReader<V, J>(std::move(from)));
    return form;
  }
  // By the codec of V itself.
  static std::shared_ptr<StoredForm> Own() requires HasCodec<V> {
    auto form = std::make_shared<StoredForm>();
    form->write_ = [](const V& value, std::string_view hint, EncodedValue& out) {
      return EncodeValue(CodecOf<V>(), &value, hint, out);
    };
    form->readers_.push_back(MakeReader<V, V>([](V&& value) { return std::move(value); }));
    return form;
  }

  template <class J, class From>
  void AlsoReading(From from) {
    readers_.push_back(MakeReader<V, J>(std::move(from)));
  }
  void SetHint(UniqueFunction<std::string(const V&)> hint) { hint_ = std::move(hint); }

  absl::Status Encode(const V& value, EncodedValue& out) {
    if (!hint_) return write_(value, {}, out);
    return write_(value, hint_(value), out);
  }
  // Appends to `out`. UNIMPLEMENTED: nobody reads this manifest.
  absl::Status Decode(std::string_view manifest, uint32_t version, std::string_view payload,
                      std::vector<V>& out) {
    const ManifestParts parts = SplitManifest(manifest);
    for (StoredReader<V>& reader : readers_) {
      if (!ReadsManifest(*reader.codec, parts.schema)) continue;
      return reader.read(payload, version, parts.hint, out);
    }
    return UnknownManifest(manifest);
  }

 private:
  Write write_;
  UniqueFunction<std::string(const V&)> hint_;
  std::vector<StoredReader<V>> readers_;  // few, fixed at the start
};

struct AdapterAccess;

// EventAdapter and SnapshotAdapter.
template <class V>
class Adapter {
 public:
  // None: the ProtoCodec of V itself.
  Adapter() = default;
  // Stores V as the J that to(const V&) makes, and reads a J by from(J&&) or from(J&&, hint).
  template <class J, class To, class From>
  static Adapter Of(To to, From from) {
    Adapter adapter;
    adapter.form_ = StoredForm<V>::template Of<J>(std::move(to), std::move(from));
    return adapter;
  }
  // Reads what was stored as a J once, too.
  template <class J, class From>
  Adapter AlsoReading(From from) && {
    form_->template AlsoReading<J>(std::move(from));
    return std::move(*this);
  }
  // A word of the adapter's own, stored behind the schema's name and given to the reader.
  template <class F>
  Adapter WithHint(F hint) && {
    form_->SetHint(std::move(hint));
    return std::move(*this);
  }

 private:
  friend struct AdapterAccess;
  std::shared_ptr<StoredForm<V>> form_;
};

struct AdapterAccess {
  // The adapter's form, else that of the type's own codec, else null.
  template <class V>
  static std::shared_ptr<StoredForm<V>> FormOf(const Adapter<V>& adapter) {
    if (adapter.form_ != nullptr) return adapter.form_;
    if constexpr (HasCodec<V>) {
      return StoredForm<V>::Own();
    } else {
      return nullptr;
    }
  }
};

}  // namespace internal

template <class Event>
using EventAdapter = internal::Adapter<Event>;
template <class State>
using SnapshotAdapter = internal::Adapter<State>;

}  // namespace sampo::persistence

#endif  // SAMPO_PERSISTENCE_EVENT_ADAPTER_H_
