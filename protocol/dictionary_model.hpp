// A dictionary as it was written down: names that refer to names. Made by `read_dictionary_xml`, or by hand in tests;
// `compile_dictionary` makes of it what messages are checked with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace troupe::protocol {

struct dictionary_model {
  struct member {
    enum class what : std::uint8_t { field, group, component };
    what is = what::field;
    std::string name;  // of the field, of the group's NumInGroup field, of the component
    bool is_required = false;
    std::vector<member> members;  // of a group, the delimiter first
    std::size_t line = 0;         // where it stands; 0: nowhere
  };
  struct value {
    std::string text;
    std::string name;
    std::size_t line = 0;
  };
  struct field {
    std::uint32_t tag = 0;
    std::string name;
    std::string type;  // as in find_field_type
    std::vector<value> values;
    bool allows_other_values = false;
    std::size_t line = 0;
  };
  struct message {
    std::string name;
    std::string msg_type;
    bool is_admin = false;
    std::vector<member> members;
    std::size_t line = 0;
  };
  struct component {
    std::string name;
    std::vector<member> members;
    std::size_t line = 0;
  };

  std::string version;  // BeginString(8) of FIX 4.x and FIXT; "FIX.5.0SP2" of an application dictionary
  std::vector<member> header;
  std::vector<member> trailer;
  std::vector<message> messages;
  std::vector<component> components;
  std::vector<field> fields;
};

// Something wrong with a dictionary.
struct dictionary_problem {
  std::size_t line = 0;
  std::string text;       // what, what was expected, what to do
  bool is_fatal = true;   // false: it can be used in spite of it
};
// "FIX44.xml:17: …"
[[nodiscard]] std::string to_string(const dictionary_problem& problem, const std::string& file);

}  // namespace troupe::protocol
