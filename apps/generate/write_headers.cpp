#include "apps/generate/writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace troupe::generate {
namespace {

std::string folder_of(const layout& what) {
  std::string folder = what.name;
  for (std::size_t at; (at = folder.find("::")) != std::string::npos;) folder.replace(at, 2, "/");
  return folder;
}

class header_writer {
 public:
  explicit header_writer(const layout& what) : what_(what), folder_(folder_of(what)) {}

  std::vector<generated_file> run() {
    add("tags.hpp", "Numbers and message types", {}, {"<cstdint>", "<string_view>"}, write_tags(what_));
    add("header.hpp", "StandardHeader and StandardTrailer", groups_in(what_.header), {}, header() + trailer());
    for (const auto& g : what_.groups)
      add("groups/" + g->name + ".hpp", fmt::format("Entries of {}({})", comment_text(g->count->definition->name), g->count->definition->tag), groups_in(g->scope), {}, group(*g));
    for (const auto& m : what_.messages) {
      auto includes = groups_in(m.scope);
      includes.insert(includes.begin(), "header.hpp");
      add(m.name + ".hpp", fmt::format("{}({})", comment_text(m.definition->name), comment_text(m.definition->msg_type)), includes, {}, message(m));
    }
    add_all();
    add_values();
    return std::move(files_);
  }

 private:
  std::vector<std::string> groups_in(const scope_layout& scope) const {
    std::set<std::string> names;
    for (const auto& m : scope.members)
      if (m.group) names.insert("groups/" + m.group->name + ".hpp");
    return {names.begin(), names.end()};
  }

  // Without `system` it is one of those that use fields, which need values.hpp.
  void add(const std::string& name, const std::string& title, std::vector<std::string> includes, const std::vector<std::string>& system, const std::string& body) {
    if (system.empty()) includes.insert(includes.begin(), "values.hpp");
    files_.push_back({folder_ + "/" + name, text(title, includes, system, body)});
  }

  [[nodiscard]] std::string text(const std::string& title, const std::vector<std::string>& includes, const std::vector<std::string>& system, const std::string& body) const {
    std::string out = fmt::format("{}; change the dictionary instead.\n// {} of {}.\n#pragma once\n", banner, title, comment_text(what_.version));
    for (const auto& each : includes) out += fmt::format("\n#include \"{}/{}\"", folder_, each);
    if (!includes.empty()) out += '\n';
    for (const auto& each : system) out += fmt::format("\n#include {}", each);
    if (!system.empty()) out += '\n';
    return out + fmt::format("\nnamespace {} {{\n{}\n}}  // namespace {}\n", what_.name, body, what_.name);
  }

  // For those who want everything, and do not mind the time it takes.
  void add_all() {
    std::vector<std::string> names;
    for (const auto& f : files_)
      if (!f.path.starts_with(folder_ + "/groups/")) names.push_back(f.path.substr(folder_.size() + 1));
    files_.push_back({folder_ + "/all.hpp", text("All messages", names, {}, "")});
  }

  // Last, as it knows all others.
  void add_values() {
    std::uint64_t sum = 0xcbf29ce484222325U;  // FNV-1a
    for (const auto& f : files_)
      for (const char c : f.path + f.text) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    const std::string body = fmt::format("\n// Of all these headers: {:016x}\n", sum) + write_values(what_);
    files_.push_back({folder_ + "/values.hpp", text("Enumerations", {}, {"\"protocol/typed_message.hpp\"\n", "<chrono>", "<concepts>", "<cstdint>", "<initializer_list>", "<optional>", "<string_view>"}, body)});
  }

  [[nodiscard]] std::string header() const {
    return "\nclass header_view : public ::troupe::protocol::typed_view {\n public:\n  using typed_view::typed_view;\n\n" + write_getters(what_.header, what_, "header_view") +
           "};\n\n// Of a message that is written; what the session stamps is missing. Refers to the message.\nclass header_builder : public ::troupe::protocol::typed_header_builder {\n public:\n"
           "  explicit header_builder(::troupe::protocol::message_builder& message) : typed_header_builder(message) {}\n\n" +
           write_setters(what_.header, what_, "header_builder", "(*message_)") + "};\n";
  }

  [[nodiscard]] std::string trailer() const {
    return "\nclass trailer_view : public ::troupe::protocol::typed_view {\n public:\n  using typed_view::typed_view;\n\n" + write_getters(what_.trailer, what_, "trailer_view") + "};\n";
  }

  [[nodiscard]] std::string group(const group_layout& g) const {
    const auto entry = g.name + "_entry", builder = g.name + "_builder";
    std::string tags;
    for (const auto t : g.all_tags) tags += fmt::format("{}{}", tags.empty() ? "" : ", ", t);
    const auto count = g.count->definition->tag, delimiter = g.scope.members.front().field->definition->tag;
    return fmt::format("\nclass {0} : public ::troupe::protocol::typed_view {{\n public:\n  // Tags of an entry, those of groups in it included.\n"
                       "  static constexpr std::uint32_t members[] = {{{1}}};\n\n  {0}() : typed_view(::troupe::protocol::field_range{{}}) {{}}\n  using typed_view::typed_view;\n\n",
                       entry, tags) +
           write_getters(g.scope, what_, entry) +
           fmt::format("}};\n\n// Every entry begins with {1}({2}).\nclass {0} : public ::troupe::protocol::typed_group_builder {{\n public:\n"
                       "  template <class Around>\n  explicit {0}(Around& around) : typed_group_builder(around, {3}, {2}) {{}}\n\n  {0}& entry() {{ group_.entry(); return *this; }}\n",
                       builder, comment_text(g.scope.members.front().field->definition->name), delimiter, count) +
           write_setters(g.scope, what_, builder, "group_") + "};\n";
  }

  // Names that spare their users those of the namespace, which depend on what other messages have.
  [[nodiscard]] std::string aliases(const scope_layout& scope, std::string_view kind) const {
    std::string out;
    for (const auto& m : scope.members)
      if (m.group) out += fmt::format("  using {}_{} = ::{}::{}_{};\n", m.field->name, kind, what_.name, m.group->name, kind);
    return out.empty() ? out : out + '\n';
  }

  [[nodiscard]] std::string message(const message_layout& m) const {
    const auto type = fmt::format("  static constexpr std::string_view msg_type = {};\n", text_literal(m.definition->msg_type));
    return fmt::format("\nclass {}_view : public ::troupe::protocol::typed_view {{\n public:\n{}{}  using typed_view::typed_view;\n\n", m.name, type, aliases(m.scope, "entry")) +
           fmt::format("  [[nodiscard]] ::{0}::header_view header() const {{ return ::{0}::header_view{{fields_}}; }}\n"
                       "  [[nodiscard]] ::{0}::trailer_view trailer() const {{ return ::{0}::trailer_view{{fields_}}; }}\n\n",
                       what_.name) +
           write_getters(m.scope, what_, m.name + "_view") +
           fmt::format("}};\n\nclass {0} : public ::troupe::protocol::typed_builder {{\n public:\n{1}{2}  {0}() : typed_builder(msg_type) {{}}\n\n"
                       "  [[nodiscard]] ::{3}::header_builder header() {{ return ::{3}::header_builder{{message_}}; }}\n\n",
                       m.name, type, aliases(m.scope, "builder"), what_.name) +
           write_setters(m.scope, what_, m.name, "message_") + "};\n";
  }

  const layout& what_;
  const std::string folder_;
  std::vector<generated_file> files_;
};

}  // namespace

std::vector<generated_file> write_headers(const layout& what) { return header_writer{what}.run(); }

}  // namespace troupe::generate
