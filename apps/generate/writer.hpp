// Spells a layout out as C++ headers.
#pragma once

#include "apps/generate/layout.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe::generate {

struct generated_file {
  std::string path;  // below the output folder: "fix44/new_order_single.hpp"
  std::string text;
};

// First line of every generated file; by it the generator knows what it may remove.
inline constexpr std::string_view banner = "// Made by troupe-generate";

// tags.hpp, values.hpp, header.hpp, all.hpp, one a message, groups/ with one a group. values.hpp, which all others include,
// holds a sum of all texts, so that it changes with any of them.
[[nodiscard]] std::vector<generated_file> write_headers(const layout& what);

// ---------------------------------------------------------------- parts

// Constants and enumerations of all fields.
[[nodiscard]] std::string write_tags(const layout& what);
[[nodiscard]] std::string write_values(const layout& what);

// Member functions for a scope. `self`: the class they belong to; `target`: the member that takes the fields.
[[nodiscard]] std::string write_getters(const scope_layout& scope, const layout& what, std::string_view self);
[[nodiscard]] std::string write_setters(const scope_layout& scope, const layout& what, std::string_view self, std::string_view target);

// As a C++ literal.
[[nodiscard]] std::string character_literal(char c);
[[nodiscard]] std::string text_literal(std::string_view text);
// For a comment: printable ASCII only.
[[nodiscard]] std::string comment_text(std::string_view text);

}  // namespace troupe::generate
