// Any bytes through framer, view and validation by the dictionaries of FIX.4.4, and of FIXT.1.1 with FIX.5.0SP2. The first
// byte chooses the rules and the dictionaries.
#include "protocol/framer.hpp"
#include "protocol/validate.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace {

using namespace troupe::protocol;

void require(bool holds) {
  if (!holds) std::abort();
}

std::shared_ptr<const dictionary> read(const char* name) {
  std::ifstream in{std::string{TROUPE_DICTIONARIES} + "/" + name, std::ios::binary};
  std::ostringstream bytes;
  bytes << in.rdbuf();
  auto made = read_dictionary(bytes.view()).made;
  require(made != nullptr);
  return made;
}

const dictionaries& one() {
  static const auto fix44 = read("FIX44.xml");
  static const dictionaries both{fix44, fix44};
  return both;
}
const dictionaries& two() {
  static const dictionaries both{read("FIXT11.xml"), read("FIX50SP2.xml")};
  return both;
}

validation_rules rules_of(unsigned bits) {
  const auto is = [&](unsigned at) { return (bits >> at & 1U) != 0; };
  return {.allow_empty_values = is(0), .allow_disorder = is(1), .allow_user_defined = is(2), .allow_unknown_fields = is(3),
          .allow_unknown_values = is(4), .allow_unordered_groups = is(5), .first_is_delimiter = is(5), .check_conditional = is(6)};
}

void look_at(std::string_view frame, unsigned bits) {
  const dictionaries& defined = (bits & 128U) != 0 ? two() : one();
  message_view view;
  if (view.assign(frame, defined.own_data_fields()) != parse_error::none) return;
  const auto rules = rules_of(bits);
  const auto first = validate(view, defined, rules);
  const auto all = validate_all(view, defined, rules, 50);
  require(first.has_value() == !all.empty());
  for (const auto& fault : all) {
    require(fault.field == message_fault::no_field || fault.field < view.fields().size());
    require(!describe(fault, view, defined).empty());
  }
  if (first) require(first->reason == all.front().reason && first->ref_tag == all.front().ref_tag && first->field == all.front().field);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  std::string_view stream{reinterpret_cast<const char*>(data) + 1, size - 1};
  look_at(stream, data[0]);  // as it is, whatever its BodyLength and CheckSum say
  framer cutter{4096};
  while (!stream.empty()) {
    const auto result = cutter.next(stream);
    if (result.what == frame_result::kind::need_more) break;
    if (result.what == frame_result::kind::frame) look_at(result.frame, data[0]);
    stream.remove_prefix(result.consumed);
  }
  return 0;
}
