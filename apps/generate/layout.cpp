#include "apps/generate/layout.hpp"

#include "apps/generate/names.hpp"
#include "protocol/outgoing_tags.hpp"
#include "protocol/tags.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

namespace troupe::generate {
namespace {

using protocol::dictionary;
using protocol::dictionary_scope;

// What all views and builders have beside their fields.
void reserve_members(name_scope& names) {
  for (const char* const name : {"fields", "untyped", "error", "build", "header", "trailer", "entry", "msg_type", "fields_", "message_", "group_",
                                 "typed_view", "typed_builder", "typed_header_builder", "typed_group_builder", "members"})
    names.reserve(name);
}

class layout_maker {
 public:
  layout_maker(const dictionary& messages, const dictionary* transport, std::string name_space) : messages_(messages), transport_(transport) {
    made_.version = messages.version();
    made_.name = std::move(name_space);
    made_.has_whole_seconds = made_.version == "FIX.4.0" || made_.version == "FIX.4.1";
  }

  layout run() {
    for (const char* const name : {"tag", "tags", "values", "header", "all", "msg_type", "header_builder", "header_view", "trailer_view", "known_tags", "typed_view", "typed_builder",
                                   "typed_header_builder", "typed_group_builder", "typed_group", "troupe", "std"}) types_.reserve(name);
    add_fields();
    const dictionary& session = transport_ ? *transport_ : messages_;
    fill(made_.header, session, session.header(), "header");
    fill(made_.trailer, session, session.trailer(), "trailer");
    if (transport_) add_messages(*transport_);
    add_messages(messages_);
    name_groups();
    name_enumerations();
    return std::move(made_);
  }

 private:
  // ---------------------------------------------------------------- fields

  void add_fields() {
    std::map<std::uint32_t, const protocol::field_definition*> by_tag;
    for (const auto& f : messages_.fields()) by_tag.emplace(f.tag, &f);
    if (transport_)
      for (const auto& f : transport_->fields())
        if (auto& known = by_tag.emplace(f.tag, &f).first->second; !known->is_enumerated()) known = &f;
    name_scope names;
    reserve_members(names);
    for (const auto& [tag, definition] : by_tag)  // names of the classes of its entries, which messages repeat
      for (const char* const kind : {"_entry", "_builder"})
        if (protocol::may_be_group_count(tag)) names.reserve(snake_case(definition->name) + kind);
    std::set<std::uint32_t> lengths;
    for (const auto& [tag, definition] : by_tag) lengths.insert(definition->length_tag);
    for (const auto& [tag, definition] : by_tag) {
      auto field = std::make_unique<field_layout>();
      const auto wanted = snake_case(definition->name);
      const bool is_msg_type = tag == protocol::tag::MsgType;  // of the header, where it is in nobody's way
      *field = {definition, is_msg_type ? wanted : names.take(wanted, std::to_string(tag)), {}, lengths.contains(tag) ? field_kind::length : kind_of(*definition)};
      remark_if(field->name != wanted, definition->name + "(" + std::to_string(tag) + ")", field->name);
      if (definition->is_enumerated() && field->kind == field_kind::text && !protocol::is_text_type(definition->type))
        made_.remarks.push_back(definition->name + "(" + std::to_string(tag) + "): its values do not fit its type; it is read and written as text");
      by_tag_.emplace(tag, field.get());
      made_.fields.push_back(std::move(field));
    }
  }

  void remark_if(bool differs, const std::string& what, const std::string& name) {
    if (differs) made_.remarks.push_back(what + " is called " + name + ": the name by the rule is taken");
  }

  // ---------------------------------------------------------------- messages and their scopes

  void add_messages(const dictionary& from) {
    for (const auto& m : from.messages()) {
      if (!seen_types_.insert(m.msg_type).second) continue;  // the transport's session messages come first
      const auto wanted = snake_case(m.name);
      message_layout message{&m, types_.take(wanted, m.msg_type, "_view"), {}};
      remark_if(message.name != wanted, "message " + m.name, message.name);
      fill(message.scope, from, from.scope(m), message.name);
      made_.messages.push_back(std::move(message));
    }
  }

  void fill(scope_layout& into, const dictionary& from, const dictionary_scope& scope, const std::string& path) {
    for (const auto& m : scope.members()) {
      const group_layout* const group = m.group == 0 ? nullptr : take_group(from, m.group, m.tag, path);
      into.members.push_back({by_tag_.at(m.tag), group, m.is_required, is_writable(*by_tag_.at(m.tag), path), {}});
    }
    for (auto& member : into.members)
      for (const auto& other : into.members)
        if (other.group && std::binary_search(other.group->all_tags.begin(), other.group->all_tags.end(), member.field->definition->tag))
          member.also_in.push_back(other.group);
  }

  // What message_builder refuses is not offered, and told about.
  bool is_writable(const field_layout& field, const std::string& path) {
    const auto& d = *field.definition;
    const bool is_data = field.kind == field_kind::data;
    const bool is_in_entry = path.find('/') != std::string::npos && !path.starts_with("header/");
    const char* why = nullptr;
    if (is_data && !protocol::may_be_data_pair(d.length_tag, d.tag)) why = "its length field is none that goes with it";
    if (!is_data && protocol::is_data_tag(d.tag)) why = "the standard has data under this number";
    if (field.kind != field_kind::length && protocol::is_length_tag(d.tag)) why = "the standard has the length of data under this number";
    if (is_in_entry && protocol::is_header_tag(d.tag)) why = "a field of the header stands in no entry";
    if (why != nullptr && told_.insert(d.tag).second) made_.remarks.push_back(d.name + "(" + std::to_string(d.tag) + ") of " + path + " can be read, and not written: " + why);
    return why == nullptr;
  }

  // ---------------------------------------------------------------- groups

  struct group_use {
    group_layout* group;
    std::set<std::string> messages;
    std::string path;  // where it was met first
  };

  // Equal for entries of the same fields in the same order, at any depth.
  using shape = std::vector<std::pair<std::uint32_t, std::size_t>>;  // of each member: tag, and number of the shape of its entries

  // A number for each shape, found once for each scope: scopes share what is in them, so that spelling it all out has no end.
  std::size_t shape_of(const dictionary& from, std::uint32_t scope) {
    if (const auto known = shape_of_scope_.find({&from, scope}); known != shape_of_scope_.end()) return known->second;
    shape members;
    for (const auto& m : from.scope(scope).members()) members.emplace_back(m.tag, m.group == 0 ? 0 : shape_of(from, m.group));
    const std::size_t number = shapes_.try_emplace(std::move(members), shapes_.size() + 1).first->second;
    shape_of_scope_.emplace(std::pair{&from, scope}, number);
    return number;
  }

  const group_layout* take_group(const dictionary& from, std::uint32_t number, std::uint32_t count_tag, const std::string& path) {
    const auto& scope = from.scope(number);
    auto& variants = uses_[count_tag];
    const std::size_t form = shape_of(from, number);
    const std::string message = path.substr(0, path.find('/'));
    auto [use, is_new] = variants.try_emplace(form);
    use->second.messages.insert(message);
    if (!is_new) return use->second.group;
    made_.groups.push_back(std::make_unique<group_layout>());
    auto* const group = made_.groups.back().get();
    use->second.group = group;
    use->second.path = path;
    group->count = by_tag_.at(count_tag);
    group->all_tags = scope.all_tags();
    fill(group->scope, from, scope, path + "/" + group->count->name);
    return group;
  }

  void name_groups() {
    for (auto& [count_tag, variants] : uses_) {
      const auto& count = by_tag_.at(count_tag)->name;
      auto most = variants.begin();
      for (auto v = variants.begin(); v != variants.end(); ++v)
        if (is_more_common(v->second, most->second)) most = v;
      name_group(most->second, count);
      for (auto v = variants.begin(); v != variants.end(); ++v)
        if (v != most) name_group(v->second, v->second.path.substr(0, v->second.path.find('/')) + "_" + count);
    }
  }

  static bool is_more_common(const group_use& a, const group_use& b) {
    return a.messages.size() != b.messages.size() ? a.messages.size() > b.messages.size() : a.path < b.path;
  }

  void name_group(group_use& use, const std::string& wanted) {
    std::string name = wanted;
    for (int i = 2; types_.is_taken(name + "_entry") || types_.is_taken(name + "_builder"); ++i) name = wanted + "_" + std::to_string(i);
    types_.reserve(name + "_entry");
    types_.reserve(name + "_builder");
    use.group->name = name;
  }

  // ---------------------------------------------------------------- enumerations

  void name_enumerations() {
    for (auto& f : made_.fields) {
      if (!f->definition->is_enumerated() || f->kind == field_kind::data || f->kind == field_kind::timestamp || f->definition->tag == protocol::tag::MsgType) continue;
      f->enumeration = types_.take(f->name, "values");
      remark_if(f->enumeration != f->name, "the enumeration of " + f->definition->name, f->enumeration);
    }
  }

  const dictionary& messages_;
  const dictionary* const transport_;
  layout made_;
  name_scope types_;  // of the namespace
  std::unordered_map<std::uint32_t, const field_layout*> by_tag_;
  std::set<std::string> seen_types_;
  std::set<std::uint32_t> told_;
  std::map<shape, std::size_t> shapes_;
  std::map<std::pair<const dictionary*, std::uint32_t>, std::size_t> shape_of_scope_;
  std::map<std::uint32_t, std::map<std::size_t, group_use>> uses_;  // by count tag, by shape
};

}  // namespace

layout lay_out(const dictionary& messages, const dictionary* transport, std::string name_space) {
  return layout_maker{messages, transport, std::move(name_space)}.run();
}

}  // namespace troupe::generate
