// From a dictionary to headers in a folder.
#include "apps/generate/layout.hpp"
#include "apps/generate/output.hpp"
#include "apps/generate/writer.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

using namespace troupe;
using namespace troupe::generate;

namespace {

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::shared_ptr<const protocol::dictionary> standard(const std::string& name) {
  const auto read = protocol::read_dictionary(content_of(std::filesystem::path{TROUPE_DICTIONARIES} / name));
  BOOST_REQUIRE(read.made);
  return read.made;
}

std::string text_of(const std::vector<generated_file>& files, const std::string& path) {
  const auto found = std::find_if(files.begin(), files.end(), [&](const auto& f) { return f.path == path; });
  BOOST_REQUIRE_MESSAGE(found != files.end(), path);
  return found->text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(generation_suite)

BOOST_AUTO_TEST_CASE(every_field_value_and_message_of_every_version_is_there_under_a_name_of_its_own) {
  const auto transport = standard("FIXT11.xml");
  for (const std::string name : {"FIX40", "FIX41", "FIX42", "FIX43", "FIX44", "FIX50", "FIX50SP1", "FIX50SP2"}) {
    const auto messages = standard(name + ".xml");
    const auto what = lay_out(*messages, name >= "FIX50" ? transport.get() : nullptr, "x");
    const std::size_t session = name >= "FIX50" ? transport->messages().size() : 0;
    BOOST_TEST(what.messages.size() == messages->messages().size() + session);
    std::set<std::string> names, types, groups;
    for (const auto& f : what.fields) BOOST_TEST(names.insert(f->name).second, name << " " << f->name);
    for (const auto& m : what.messages) BOOST_TEST(types.insert(m.name).second, name << " " << m.name);
    for (const auto& g : what.groups) BOOST_TEST(groups.insert(g->name).second, name << " " << g->name);
    for (const auto& f : what.fields)
      if (!f->enumeration.empty()) BOOST_TEST(types.insert(f->enumeration).second, name << " " << f->enumeration);
    const auto fields_of = [](const protocol::dictionary& d) { return std::vector(d.fields().begin(), d.fields().end()); };
    auto all = fields_of(*messages);
    if (session != 0)
      for (auto& f : fields_of(*transport)) all.push_back(std::move(f));
    for (const auto& f : all) {
      const auto found = std::find_if(what.fields.begin(), what.fields.end(), [&](const auto& l) { return l->definition->tag == f.tag; });
      BOOST_REQUIRE(found != what.fields.end());
      if (f.is_enumerated() && f.tag != 35) BOOST_TEST(!(*found)->enumeration.empty(), name << " " << f.name);
    }
    BOOST_TEST(what.remarks.size() <= 1U, "SecurityStatus is a field and a message from 5.0 on; nothing else meets");
  }
}

BOOST_AUTO_TEST_CASE(types_follow_the_standards_data_types) {
  const auto messages = standard("FIX44.xml");
  const auto kind = [&](std::uint32_t tag) { return kind_of(*messages->find_field(tag)); };
  BOOST_CHECK(kind(11) == field_kind::text);        // ClOrdID
  BOOST_CHECK(kind(54) == field_kind::characters);  // Side
  BOOST_CHECK(kind(452) == field_kind::integers);   // PartyRole
  BOOST_CHECK(kind(44) == field_kind::decimal);     // Price
  BOOST_CHECK(kind(38) == field_kind::decimal);     // OrderQty
  BOOST_CHECK(kind(60) == field_kind::timestamp);   // TransactTime
  BOOST_CHECK(kind(64) == field_kind::date);        // SettlDate
  BOOST_CHECK(kind(273) == field_kind::time_of_day);  // MDEntryTime
  BOOST_CHECK(kind(200) == field_kind::text);       // MaturityMonthYear
  BOOST_CHECK(kind(114) == field_kind::flag);       // LocateReqd
  BOOST_CHECK(kind(45) == field_kind::seq_num);     // RefSeqNum
  BOOST_CHECK(kind(18) == field_kind::several_texts);  // ExecInst
  BOOST_CHECK(kind(96) == field_kind::data);        // RawData
  const auto what = lay_out(*messages, nullptr, "x");
  for (const auto& f : what.fields)
    if (f->definition->tag == 95) BOOST_CHECK(f->kind == field_kind::length);  // RawDataLength
}

BOOST_AUTO_TEST_CASE(the_one_header_that_all_include_changes_with_each_of_them) {
  const auto messages = standard("FIX42.xml");
  auto what = lay_out(*messages, nullptr, "a::b");
  const auto before = write_headers(what);
  BOOST_TEST(text_of(before, "a/b/news.hpp").find("#include \"a/b/values.hpp\"") != std::string::npos);
  BOOST_TEST(text_of(before, "a/b/news.hpp").find("namespace a::b {") != std::string::npos);
  what.messages.back().name += "_renamed";
  const auto after = write_headers(what);
  BOOST_TEST(text_of(before, "a/b/values.hpp") != text_of(after, "a/b/values.hpp"));
  BOOST_TEST(text_of(before, "a/b/news.hpp") == text_of(after, "a/b/news.hpp"));
}

BOOST_AUTO_TEST_CASE(only_what_changed_is_written_and_only_what_was_ours_is_removed) {
  const test::temp_folder folder;
  const std::string ours = std::string{banner} + "; x\n";
  const auto put = [&](const std::vector<generated_file>& files) { return put_files(folder.path(), files); };
  auto counts = put({{"f/a.hpp", ours + "1"}, {"f/b.hpp", ours + "1"}, {"f/groups/g.hpp", ours + "1"}});
  BOOST_TEST(counts.written == 3U);
  std::ofstream{folder.path() / "f/mine.hpp"} << "// by hand\n";
  std::ofstream{folder.path() / "f/notes.txt"} << ours;

  const auto before = std::filesystem::last_write_time(folder.path() / "f/b.hpp");
  counts = put({{"f/a.hpp", ours + "2"}, {"f/b.hpp", ours + "1"}, {"f/groups/h.hpp", ours + "1"}});
  BOOST_TEST(counts.written == 2U);
  BOOST_TEST(counts.unchanged == 1U);
  BOOST_TEST(counts.removed == 1U);
  BOOST_TEST(content_of(folder.path() / "f/a.hpp") == ours + "2");
  BOOST_CHECK(std::filesystem::last_write_time(folder.path() / "f/b.hpp") == before);
  BOOST_TEST(!std::filesystem::exists(folder.path() / "f/groups/g.hpp"));
  BOOST_TEST(std::filesystem::exists(folder.path() / "f/mine.hpp"));
  BOOST_TEST(std::filesystem::exists(folder.path() / "f/notes.txt"));
}

BOOST_AUTO_TEST_CASE(literals_hold_every_byte) {
  BOOST_TEST(character_literal('\'') == "'\\''");
  BOOST_TEST(character_literal('"') == "'\"'");
  BOOST_TEST(character_literal('\x7f') == "'\\177'");
  BOOST_TEST(text_literal("a\"\\?\xff" "1") == "\"a\\\"\\\\\\?\\3771\"");
  BOOST_TEST(comment_text("a\\\nb\xff") == "a??b?");
}

BOOST_AUTO_TEST_SUITE_END()
