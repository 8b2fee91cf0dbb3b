// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The Sampo Authors
#include "sampo/actor/actor_path.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace sampo {
namespace {

ActorPath Parsed(std::string_view text) {
  absl::StatusOr<ActorPath> path = ActorPath::Parse(text);
  EXPECT_TRUE(path.ok()) << path.status();
  return path.ok() ? *std::move(path) : ActorPath();
}
std::string ErrorOf(std::string_view text) {
  absl::StatusOr<ActorPath> path = ActorPath::Parse(text);
  EXPECT_FALSE(path.ok()) << text;
  if (path.ok()) return "";
  EXPECT_EQ(path.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(path.status().message());
}

TEST(ActorPathTest, ReadsItsParts) {
  ActorPath path = Parsed("sampo://shop@10.0.0.7:7355/user/cart/$a#17");
  EXPECT_EQ(path.address(), (Address{"shop", "10.0.0.7", 7355}));
  EXPECT_EQ(path.elements(), (std::vector<std::string>{"user", "cart", "$a"}));
  EXPECT_EQ(path.uid(), 17u);
  EXPECT_EQ(path.name(), "$a");
  EXPECT_EQ(path.LocalString(), "/user/cart/$a#17");
}

TEST(ActorPathTest, GivesBackWhatItAccepts) {
  for (const char* text :
       {"sampo://shop/", "sampo://shop/user", "sampo://shop/user/a-b_c.*$+:@&=,!~';%#2147483647",
        "sampo://s-1_2@host.example:1/user", "sampo://shop@[::1]:65535/system/receptionist#1"}) {
    EXPECT_EQ(Parsed(text).ToString(), text);
  }
}

TEST(ActorPathTest, ALocalTextIsAtTheBase) {
  const Address base{"shop", "", 0};
  absl::StatusOr<ActorPath> path = ActorPath::Parse("/user/cart#3", base);
  ASSERT_TRUE(path.ok());
  EXPECT_EQ(path->ToString(), "sampo://shop/user/cart#3");
  EXPECT_EQ(ActorPath::Parse("sampo://mill/user", base)->address().system, "mill");
  EXPECT_FALSE(ActorPath::Parse("user/cart", base).ok());
}

TEST(ActorPathTest, ErrorsNameTheByteAndWhatIsWanted) {
  EXPECT_EQ(ErrorOf("/user/cart"), "actor path \"/user/cart\": byte 0: want \"sampo://\"");
  EXPECT_EQ(ErrorOf("sampo://"),
            "actor path \"sampo://\": byte 8: want a system's name (letters, "
            "digits, '-', '_')");
  EXPECT_EQ(ErrorOf("sampo://shop"), "actor path \"sampo://shop\": byte 12: want '/'");
  EXPECT_NE(ErrorOf("sampo://shop//a").find("byte 13: want a name"), std::string::npos);
  EXPECT_NE(ErrorOf("sampo://shop/a/").find("byte 15: want a name"), std::string::npos);
  EXPECT_NE(ErrorOf("sampo://shop/a b").find("byte 14: want '/', '#' or the end"),
            std::string::npos);
  EXPECT_NE(ErrorOf("sampo://shop/a#").find("byte 15: want a uid"), std::string::npos);
  EXPECT_NE(ErrorOf("sampo://shop@host/a").find("byte 17: want ':' and a port"), std::string::npos);
}

TEST(ActorPathTest, RefusesWhatHasASecondSpelling) {
  for (const char* text :
       {"sampo://shop/a#0", "sampo://shop/a#01", "sampo://shop/a#2147483648", "sampo://shop/#1",
        "sampo://shop@h:0/a", "sampo://shop@h:07/a", "sampo://shop@h:65536/a", "SAMPO://shop/a",
        "sampo://shop@[::1/a", "sampo://shop@[]:1/a", "sampo://shop@:1/a", " sampo://shop/a",
        "sampo://shop/a ", "sampo://sh.op/a", "sampo://shop/\xC3\xA4"}) {
    EXPECT_FALSE(ActorPath::Parse(text).ok()) << text;
  }
}

TEST(ActorPathTest, RefusesWhatIsTooLong) {
  std::string text = "sampo://shop/user/";
  text.resize(kActorPathBytesMax, 'a');
  EXPECT_TRUE(ActorPath::Parse(text).ok());
  text += 'a';
  EXPECT_NE(ErrorOf(text).find("has 4097 bytes, at most 4096 are allowed"), std::string::npos);
}

TEST(ActorPathTest, ErrorsShowNoRawBytes) {
  const std::string error = ErrorOf(std::string("sampo://shop/\0\x1b[31m", 18));
  EXPECT_EQ(error.find('\x1b'), std::string::npos);
  EXPECT_NE(error.find("\\x00"), std::string::npos) << error;
}

TEST(ActorPathTest, WalksUpAndDown) {
  ActorPath user = Parsed("sampo://shop/user");
  ActorPath cart = user.Child("cart").WithUid(5);
  EXPECT_EQ(cart.ToString(), "sampo://shop/user/cart#5");
  EXPECT_EQ(cart.Parent(), user);
  EXPECT_EQ(user.Parent().Parent().ToString(), "sampo://shop/");
  EXPECT_EQ(user.Parent().name(), "");
}

TEST(ActorPathTest, OfChecksItsParts) {
  EXPECT_EQ(ActorPath::Of({"shop", "", 0}, {"user", "cart"}, 7)->ToString(),
            "sampo://shop/user/cart#7");
  EXPECT_FALSE(ActorPath::Of({"shop", "", 0}, {"user", ""}).ok());
  EXPECT_FALSE(ActorPath::Of({"shop", "", 0}, {"a/b"}).ok());
  EXPECT_FALSE(ActorPath::Of({"shop", "", 0}, {"a"}, 0x80000000u).ok());
  EXPECT_FALSE(ActorPath::Of({"shop", "", 0}, {}, 1).ok());
}

TEST(ActorPathTest, IsOrdered) {
  EXPECT_LT(Parsed("sampo://a/user/a"), Parsed("sampo://a/user/b"));
  EXPECT_LT(Parsed("sampo://a/user/a"), Parsed("sampo://b/user/a"));
  EXPECT_NE(Parsed("sampo://a/user/a#1"), Parsed("sampo://a/user/a#2"));
}

TEST(AddressTest, ReadsAndPrints) {
  EXPECT_EQ(Address::Parse("sampo://shop@host:7355")->ToString(), "sampo://shop@host:7355");
  EXPECT_TRUE(Address::Parse("sampo://shop")->is_local());
  EXPECT_FALSE(Address::Parse("sampo://shop/").ok());
  EXPECT_FALSE(Address::Parse("sampo://shop@host:7355x").ok());
}

}  // namespace
}  // namespace sampo
