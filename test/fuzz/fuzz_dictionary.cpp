// Any bytes as a dictionary. What compiles must be whole: every table leads somewhere, and a message can be checked with it.
#include "protocol/validate.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace troupe::protocol;

void require(bool holds) {
  if (!holds) std::abort();
}

void look_at(const dictionary& d, const dictionary_scope& scope) {
  require(scope.members().size() <= dictionary::max_members);
  for (std::size_t i = 0; i < scope.members().size(); ++i) {
    const auto& m = scope.members()[i];
    require(scope.find(m.tag) == i);
    require(d.field(m).tag == m.tag && d.find_field(m.tag) == &d.field(m));
    if (m.group != 0) require(!d.scope(m.group).members().empty());
  }
}

constexpr std::string_view order =
    "8=FIX.4.9\x01" "9=5\x01" "35=D\x01" "34=2\x01" "11=A\x01" "453=2\x01" "448=P\x01" "452=1\x01" "802=1\x01" "523=S\x01" "448=Q\x01" "55=IBM\x01" "54=1\x01" "10=000\x01";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = read_dictionary({reinterpret_cast<const char*>(data), size});
  bool is_fatal = false;
  for (const auto& p : read.problems) {
    is_fatal = is_fatal || p.is_fatal;
    require(!p.text.empty());
  }
  require(is_fatal == (read.made == nullptr));
  require(read.problems.size() <= 3 * dictionary::max_problems);
  if (!read.made) return 0;
  look_at(*read.made, read.made->header());
  look_at(*read.made, read.made->trailer());
  for (const auto& m : read.made->messages()) {
    require(read.made->find_message(m.msg_type) == &m);
    look_at(*read.made, read.made->scope(m));
  }
  message_view view;
  require(view.assign(order, read.made->own_data_fields()) == parse_error::none);
  const dictionaries defined{read.made, read.made};
  for (const auto& f : validate_all(view, defined, {}, 50)) require(!describe(f, view, defined).empty());
  return 0;
}
