#include "protocol/dictionary.hpp"
#include "protocol/field_text.hpp"
#include "protocol/msg_type_key.hpp"
#include "protocol/tags.hpp"

#include <algorithm>
#include <bit>
#include <unordered_map>
#include <utility>

namespace troupe::protocol {

class dictionary_compiler {
 public:
  explicit dictionary_compiler(const dictionary_model& model) : model_(model), made_(std::make_shared<dictionary>()) {}

  compiled_dictionary run() {
    made_->version_ = model_.version;
    add_fields();
    for (const auto& c : model_.components)
      if (!components_.try_emplace(c.name, &c).second) complain(c.line, "component " + c.name + " is defined twice: remove one");
    made_->scopes_.resize(3);
    fill(dictionary::header_scope, model_.header, "header");
    fill(dictionary::trailer_scope, model_.trailer, "trailer");
    for (const auto& m : model_.messages) add_message(m);
    for (std::size_t i = 0; i < groups_.size() && !has_too_much_; ++i) fill_group(i);
    if (!is_broken_) finish();
    std::stable_sort(problems_.begin(), problems_.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
    return {is_broken_ ? nullptr : std::move(made_), std::move(problems_)};
  }

 private:
  using member = dictionary_model::member;
  struct open_group {
    const member* definition;
    std::uint32_t scope;
  };
  // Where members go: to which scope, and what stands around them.
  struct place {
    std::uint32_t scope;
    const std::string& name;
    bool is_required = true;                // all components around it are
    std::size_t block = none;               // innermost optional component
    std::size_t depth = 0;
  };
  static constexpr auto none = static_cast<std::size_t>(-1);

  // ---------------------------------------------------------------- fields

  void add_fields() {
    if (model_.fields.size() > dictionary::max_fields) return complain(0, "more than " + std::to_string(dictionary::max_fields) + " fields");
    auto& fields = made_->fields_;
    fields.reserve(model_.fields.size());
    std::vector<const dictionary_model::field*> sorted;
    for (const auto& f : model_.fields) sorted.push_back(&f);
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->tag < b->tag; });
    for (const auto* f : sorted) add_field(*f);
    const std::uint32_t high = fields.empty() ? 0 : fields.back().tag;
    made_->low_tags_.assign(std::min<std::size_t>(high + 1, 65'536), dictionary::no_field);
    for (std::size_t i = 0; i < fields.size() && fields[i].tag < made_->low_tags_.size(); ++i) made_->low_tags_[fields[i].tag] = static_cast<std::uint16_t>(i);
    for (const auto& f : fields) made_->known_tags_.push_back(f.tag);
    seen_.assign(fields.size(), 0);
  }

  void add_field(const dictionary_model::field& f) {
    if (f.tag == 0 || f.tag > max_tag) return complain(f.line, "field " + f.name + ": the number must be from 1 to " + std::to_string(max_tag));
    auto& fields = made_->fields_;
    if (!fields.empty() && fields.back().tag == f.tag)
      return complain(f.line, "field " + f.name + ": the number " + std::to_string(f.tag) + " belongs to " + fields.back().name + " already");
    const auto index = static_cast<std::uint16_t>(fields.size());
    if (!fields_.try_emplace(f.name, index).second) return complain(f.line, "field " + f.name + " is defined twice: remove one");
    fields.push_back({.tag = f.tag, .type = type_of(f), .allows_other_values = f.allows_other_values, .name = f.name, .values = {}});
    add_values(f, fields.back());
  }

  field_type type_of(const dictionary_model::field& f) {
    if (const auto type = find_field_type(f.type)) return *type == field_type::Char && is_before_strings() ? field_type::String : *type;
    remark(f.line, "field " + f.name + ": \"" + f.type + "\" is no type of FIX; it is read as STRING");
    return field_type::String;
  }

  // FIX 4.0 and 4.1 call every text a char.
  [[nodiscard]] bool is_before_strings() const { return model_.version == "FIX.4.0" || model_.version == "FIX.4.1"; }
  // FIX 4.2 and before have ints for lengths, and do not say that data must follow.
  [[nodiscard]] bool is_before_lengths() const { return is_before_strings() || model_.version == "FIX.4.2"; }

  void add_values(const dictionary_model::field& f, field_definition& into) {
    for (const auto& v : f.values) {
      if (v.text.empty() || v.text.find(soh) != std::string::npos) {
        complain(v.line, "field " + f.name + ": a value of an enumeration must be text of at least one character");
        continue;
      }
      into.values.push_back({v.text, v.name});
      const auto c = static_cast<unsigned char>(v.text[0]);
      if (v.text.size() == 1 && c < 128) into.short_values[c / 64] |= std::uint64_t{1} << (c % 64);
    }
    auto& values = into.values;
    std::stable_sort(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.value < b.value; });
    const auto twice = std::adjacent_find(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.value == b.value; });
    if (twice == values.end()) return;
    remark(f.line, "field " + f.name + ": the value " + twice->value + " is defined twice; the first counts");
    values.erase(std::unique(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.value == b.value; }), values.end());
  }

  // ---------------------------------------------------------------- scopes

  void add_message(const dictionary_model::message& m) {
    const auto key = msg_type_key(m.msg_type);
    if (key == 0) return complain(m.line, "message " + m.name + ": msgtype must have 1 to 8 characters");
    if (made_->messages_.size() >= dictionary::max_fields) return complain(m.line, "too many messages");
    if (!types_.try_emplace(key, m.line).second)
      return complain(m.line, "message " + m.name + ": msgtype " + m.msg_type + " is defined in line " + std::to_string(types_[key]) + " already");
    const auto scope = add_scope();
    made_->messages_.push_back({m.name, m.msg_type, m.is_admin, scope});
    made_->types_.emplace_back(key, static_cast<std::uint16_t>(made_->messages_.size() - 1));
    fill(scope, m.members, "message " + m.name);
  }

  std::uint32_t add_scope() {
    made_->scopes_.emplace_back();
    return static_cast<std::uint32_t>(made_->scopes_.size() - 1);
  }

  void fill_group(std::size_t index) {
    const auto [definition, scope] = groups_[index];
    if (definition->members.empty()) return complain(definition->line, "group " + definition->name + " has no fields");
    fill(scope, definition->members, "group " + definition->name);
  }

  void fill(std::uint32_t scope, const std::vector<member>& members, const std::string& name) {
    add_all(members, {.scope = scope, .name = name});
    auto& s = made_->scopes_[scope];
    std::erase_if(s.blocks_, [](const optional_block& b) { return b.required.empty(); });
    const std::size_t size = std::bit_ceil(s.members_.size() * 2 + 2);
    s.shift_ = static_cast<unsigned>(32 - std::countr_zero(size));
    s.slots_.assign(size, {});
    s.required_.assign((s.members_.size() + 63) / 64, 0);
    for (std::size_t i = 0; i < s.members_.size(); ++i) index(s, i);
  }

  static void index(dictionary_scope& s, std::size_t position) {
    const auto& m = s.members_[position];
    std::size_t at = s.slot_of(m.tag);
    while (s.slots_[at].tag != 0) at = (at + 1) & (s.slots_.size() - 1);
    s.slots_[at] = {m.tag, static_cast<std::uint32_t>(position)};
    if (m.is_required) s.required_[position / 64] |= std::uint64_t{1} << (position % 64);
  }

  void add_all(const std::vector<member>& members, const place& where) {
    for (const auto& m : members) {
      if (has_too_much_) return;
      if (m.is == member::what::component)
        add_component(m, where);
      else
        add_one(m, where);
    }
  }

  void add_component(const member& m, const place& where) {
    const auto found = components_.find(m.name);
    if (found == components_.end()) return complain(m.line, where.name + ": component " + m.name + " is not defined; add it to <components>");
    if (where.depth >= dictionary::max_depth)
      return complain(m.line, "component " + m.name + " contains itself, or components lie in each other more than " + std::to_string(dictionary::max_depth) + " deep");
    if (++all_members_ > dictionary::max_all_members) return give_up(m.line, where);
    place inside{where.scope, where.name, where.is_required && m.is_required, where.block, where.depth + 1};
    if (!m.is_required) {
      auto& blocks = made_->scopes_[where.scope].blocks_;
      inside.block = blocks.size();
      blocks.push_back({static_cast<std::uint16_t>(made_->scopes_[where.scope].members_.size()), 0, {}});
    }
    add_all(found->second->members, inside);
    auto& s = made_->scopes_[where.scope];
    if (!m.is_required) s.blocks_[inside.block].end = static_cast<std::uint16_t>(s.members_.size());
  }

  void add_one(const member& m, const place& where) {
    const auto found = fields_.find(m.name);
    if (found == fields_.end()) return complain(m.line, where.name + ": field " + m.name + " is not defined; add it to <fields>");
    const auto& field = made_->fields_[found->second];
    auto& stamp = seen_[found->second];
    if (stamp == where.scope) return remark(m.line, where.name + ": " + m.name + " stands in it twice; the first counts");
    stamp = where.scope;
    const std::uint32_t group = m.is == member::what::group ? group_scope(m, field) : 0;
    auto& s = made_->scopes_[where.scope];
    if (s.members_.size() >= dictionary::max_members || ++all_members_ > dictionary::max_all_members) return give_up(m.line, where);
    if (m.is_required && !where.is_required && where.block != none) s.blocks_[where.block].required.push_back(static_cast<std::uint16_t>(s.members_.size()));
    s.members_.push_back({field.tag, group, found->second, m.is_required && where.is_required});
  }

  void give_up(std::size_t line, const place& where) {
    has_too_much_ = true;
    complain(line, where.name + ": more than " + std::to_string(dictionary::max_members) + " fields, or more than " + std::to_string(dictionary::max_all_members) +
                       " fields and components in all");
  }

  // One for each definition, however many scopes use it.
  std::uint32_t group_scope(const member& m, const field_definition& count) {
    const auto [known, is_new] = group_scopes_.try_emplace(&m, 0);
    if (!is_new) return known->second;
    if (count.type != field_type::NumInGroup && count.type != field_type::Int && count.type != field_type::Length)
      remark(m.line, "group " + m.name + ": its field should have the type NUMINGROUP, not " + std::string{to_string(count.type)});
    known->second = add_scope();
    groups_.push_back({&m, known->second});
    return known->second;
  }

  // ---------------------------------------------------------------- what needs all of them

  void finish() {
    std::sort(made_->types_.begin(), made_->types_.end());
    depths_.assign(made_->scopes_.size(), unknown);
    for (const auto& g : groups_) measure(g, 0);
    for (auto& s : made_->scopes_) pair_up(s);
    for (auto& f : made_->fields_)
      if (is_data_type(f.type) && f.length_tag == 0) pair_by_standard(f);
    for (const auto& f : made_->fields_)
      if (is_data_type(f.type) && !is_data_tag(f.tag)) made_->own_data_.push_back({f.length_tag, f.tag});
  }

  static constexpr std::size_t unknown = static_cast<std::size_t>(-1), under_way = unknown - 1;

  // How deep groups lie in this one; gathers their tags, too. Groups that contain themselves have no depth.
  std::size_t measure(const open_group& g, std::size_t level) {
    auto& depth = depths_[g.scope];
    if (depth == under_way || level > dictionary::max_depth) return dictionary::max_depth;
    if (depth != unknown) return depth;
    depth = under_way;
    auto& s = made_->scopes_[g.scope];
    std::size_t deepest = 0;
    for (const auto& m : s.members_) {
      s.all_tags_.push_back(m.tag);
      if (m.group == 0) continue;
      const open_group& inner = *std::find_if(groups_.begin(), groups_.end(), [&](const open_group& o) { return o.scope == m.group; });
      deepest = std::max(deepest, measure(inner, level + 1) + 1);
      const auto& tags = made_->scopes_[m.group].all_tags_;
      if (depths_[m.group] < under_way) s.all_tags_.insert(s.all_tags_.end(), tags.begin(), tags.end());
    }
    std::sort(s.all_tags_.begin(), s.all_tags_.end());
    s.all_tags_.erase(std::unique(s.all_tags_.begin(), s.all_tags_.end()), s.all_tags_.end());
    if (deepest >= dictionary::max_depth)
      complain(g.definition->line, "group " + g.definition->name + " contains itself, or groups lie in each other more than " + std::to_string(dictionary::max_depth) + " deep");
    return depths_[g.scope] = std::min(deepest, dictionary::max_depth);
  }

  // A data field belongs to the length field in front of it.
  void pair_up(const dictionary_scope& s) {
    for (std::size_t i = 1; i < s.members_.size(); ++i) {
      auto& data = made_->fields_[s.members_[i].field];
      auto& length = made_->fields_[s.members_[i - 1].field];
      if (!is_data_type(data.type) || data.length_tag != 0 || length.data_tag != 0) continue;
      if (length.type != field_type::Length && length.type != field_type::Int) continue;
      data.length_tag = length.tag;
      promise(length, data);
    }
  }

  // That the data field follows.
  void promise(field_definition& length, const field_definition& data) const {
    if (length.type == field_type::Length && !is_before_lengths()) length.data_tag = data.tag;
  }

  void pair_by_standard(field_definition& data) {
    data.length_tag = find_data_field(data.tag).length_tag;
    const auto length = std::find_if(made_->fields_.begin(), made_->fields_.end(), [&](const field_definition& f) { return f.tag == data.length_tag; });
    if (data.length_tag != 0 && length != made_->fields_.end()) promise(*length, data);
    if (data.length_tag == 0) {
      data.type = field_type::String;
      remark(0, "field " + data.name + " has the type DATA, and no field of type LENGTH stands in front of it in any message; it is read as STRING");
    }
  }

  // ---------------------------------------------------------------- problems

  void complain(std::size_t line, std::string text) { note(line, std::move(text), true); }
  void remark(std::size_t line, std::string text) { note(line, std::move(text), false); }
  void note(std::size_t line, std::string text, bool is_fatal) {
    is_broken_ = is_broken_ || is_fatal;
    std::size_t& room = is_fatal ? room_for_errors_ : room_for_warnings_;
    if (room == 0) return;
    --room;
    problems_.push_back({line, std::move(text), is_fatal});
  }

  const dictionary_model& model_;
  std::shared_ptr<dictionary> made_;
  std::unordered_map<std::string_view, std::uint16_t> fields_;
  std::unordered_map<std::string_view, const dictionary_model::component*> components_;
  std::unordered_map<std::uint64_t, std::size_t> types_;  // line by MsgType
  std::vector<std::uint32_t> seen_;  // by field: the scope that was given it last
  std::unordered_map<const member*, std::uint32_t> group_scopes_;
  std::vector<open_group> groups_;
  std::vector<std::size_t> depths_;  // by scope
  std::size_t all_members_ = 0;
  bool has_too_much_ = false;
  bool is_broken_ = false;
  std::size_t room_for_errors_ = dictionary::max_problems;
  std::size_t room_for_warnings_ = dictionary::max_problems;
  std::vector<dictionary_problem> problems_;
};

compiled_dictionary compile_dictionary(const dictionary_model& model) { return dictionary_compiler{model}.run(); }

}  // namespace troupe::protocol
