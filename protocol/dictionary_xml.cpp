#include "protocol/dictionary.hpp"
#include "protocol/number.hpp"

#include <pugixml.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace troupe::protocol {
namespace {

constexpr std::size_t max_xml = 64 * 1024 * 1024;

class xml_reader {
 public:
  explicit xml_reader(std::string_view xml) : xml_(xml) {}

  compiled_dictionary run() {
    if (xml_.size() > max_xml) return fail(0, "longer than 64 MiB: this is no dictionary");
    pugi::xml_document document;
    const auto parsed = document.load_buffer(xml_.data(), xml_.size(), pugi::parse_minimal | pugi::parse_escapes, pugi::encoding_utf8);
    for (std::size_t at = xml_.find('\n'); at != std::string_view::npos; at = xml_.find('\n', at + 1)) line_ends_.push_back(at);
    if (!parsed) return fail(line_at(static_cast<std::size_t>(std::max<std::ptrdiff_t>(parsed.offset, 0))), std::string{"not XML: "} + parsed.description());
    const auto fix = document.child("fix");
    if (!fix) return fail(1, "no element <fix>: expected a dictionary in the QuickFIX schema, <fix type='FIX' major='4' minor='4'>");
    read(fix);
    auto compiled = compile_dictionary(model_);
    compiled.problems.insert(compiled.problems.end(), problems_.begin(), problems_.end());
    std::stable_sort(compiled.problems.begin(), compiled.problems.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
    if (is_broken_) compiled.made = nullptr;
    return compiled;
  }

 private:
  using member = dictionary_model::member;

  void read(const pugi::xml_node& fix) {
    model_.version = version(fix);
    for (const auto& part : fix) {
      const std::string_view name = part.name();
      if (name == "header")
        model_.header = members(part, 0);
      else if (name == "trailer")
        model_.trailer = members(part, 0);
      else if (name == "messages")
        each(part, "message", [&](const pugi::xml_node& m) { add_message(m); });
      else if (name == "components")
        each(part, "component", [&](const pugi::xml_node& c) { model_.components.push_back({text(c, "name"), members(c, 0), line(c)}); });
      else if (name == "fields")
        each(part, "field", [&](const pugi::xml_node& f) { add_field(f); });
      else
        unexpected(part, "header, trailer, messages, components or fields");
    }
  }

  std::string version(const pugi::xml_node& fix) {
    const std::string type = fix.attribute("type").as_string("FIX"), major = text(fix, "major"), minor = text(fix, "minor");
    const std::string_view pack = fix.attribute("servicepack").as_string("0");
    return type + "." + major + "." + minor + (pack == "0" || pack.empty() ? "" : "SP" + std::string{pack});
  }

  void add_message(const pugi::xml_node& m) {
    const std::string_view category = m.attribute("msgcat").as_string("app");
    if (category != "admin" && category != "app") complain(m, "msgcat is \"" + std::string{category} + "\": expected admin or app");
    model_.messages.push_back({text(m, "name"), text(m, "msgtype"), category == "admin", members(m, 0), line(m)});
  }

  void add_field(const pugi::xml_node& f) {
    dictionary_model::field field;
    field.name = text(f, "name");
    field.type = text(f, "type");
    field.line = line(f);
    field.allows_other_values = flag(f, "allowOtherValues");
    const std::string number = text(f, "number");
    if (const auto tag = parse_unsigned(number); tag && *tag <= 0xFFFFFFFFU)
      field.tag = static_cast<std::uint32_t>(*tag);
    else
      complain(f, "number is \"" + number + "\": expected a tag, digits only");
    for (const auto& v : f.children()) {
      if (v.type() != pugi::node_element) continue;
      if (std::string_view{v.name()} == "values") {  // some files wrap them
        each(v, "value", [&](const pugi::xml_node& inner) { field.values.push_back({text(inner, "enum"), inner.attribute("description").as_string(), line(inner)}); });
      } else if (std::string_view{v.name()} == "value") {
        field.values.push_back({text(v, "enum"), v.attribute("description").as_string(), line(v)});
      } else {
        unexpected(v, "value");
      }
    }
    if (field.tag != 0) model_.fields.push_back(std::move(field));
  }

  std::vector<member> members(const pugi::xml_node& of, std::size_t depth) {
    std::vector<member> all;
    if (depth > dictionary::max_depth) {
      complain(of, "groups lie in each other more than " + std::to_string(dictionary::max_depth) + " deep");
      return all;
    }
    for (const auto& m : of) {
      const std::string_view name = m.name();
      if (m.type() != pugi::node_element) continue;
      if (name == "field")
        all.push_back({member::what::field, text(m, "name"), flag(m, "required"), {}, line(m)});
      else if (name == "component")
        all.push_back({member::what::component, text(m, "name"), flag(m, "required"), {}, line(m)});
      else if (name == "group")
        all.push_back({member::what::group, text(m, "name"), flag(m, "required"), members(m, depth + 1), line(m)});
      else
        unexpected(m, "field, group or component");
    }
    return all;
  }

  template <class Use>
  void each(const pugi::xml_node& of, std::string_view wanted, Use use) {
    for (const auto& child : of) {
      if (child.type() != pugi::node_element) continue;
      if (child.name() == wanted)
        use(child);
      else
        unexpected(child, wanted);
    }
  }

  std::string text(const pugi::xml_node& of, const char* attribute) {
    const auto found = of.attribute(attribute);
    if (!found) complain(of, std::string{"the attribute "} + attribute + " is missing");
    else if (*found.value() == '\0') complain(of, std::string{"the attribute "} + attribute + " is empty");
    return found.as_string();
  }

  bool flag(const pugi::xml_node& of, const char* attribute) {
    const std::string_view value = of.attribute(attribute).as_string("N");
    const bool is_set = value == "Y" || value == "y" || value == "true";
    if (!is_set && value != "N" && value != "n" && value != "false")
      complain(of, std::string{attribute} + " is \"" + std::string{value} + "\": expected Y or N");
    return is_set;
  }

  std::size_t line(const pugi::xml_node& of) const { return line_at(static_cast<std::size_t>(std::max<std::ptrdiff_t>(of.offset_debug(), 0))); }
  std::size_t line_at(std::size_t offset) const {
    return static_cast<std::size_t>(std::lower_bound(line_ends_.begin(), line_ends_.end(), offset) - line_ends_.begin()) + 1;
  }

  void unexpected(const pugi::xml_node& found, std::string_view wanted) {
    if (found.type() == pugi::node_element) complain(found, "expected " + std::string{wanted} + " here");
  }
  void complain(const pugi::xml_node& at, const std::string& what) {
    is_broken_ = true;
    if (problems_.size() < dictionary::max_problems) problems_.push_back({line(at), std::string{"<"} + at.name() + "> " + what, true});
  }
  static compiled_dictionary fail(std::size_t line, std::string text) { return {nullptr, {{line, std::move(text), true}}}; }

  std::string_view xml_;
  std::vector<std::size_t> line_ends_;
  dictionary_model model_;
  std::vector<dictionary_problem> problems_;
  bool is_broken_ = false;
};

}  // namespace

compiled_dictionary read_dictionary(std::string_view xml) { return xml_reader{xml}.run(); }

}  // namespace troupe::protocol
