#include "actors/event_codes.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

using namespace troupe::actors;

namespace {

std::string contents(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

// Whatever the sources hand to note, session_note or record as a literal code.
std::set<std::string> codes_in_sources() {
  static const std::regex use{R"re((?:\bnote\(|\bnote\{|session_note\{|\brecord\(\s*(?:actors::)?severity::\w+,\s*)"([a-z0-9-]+)")re"};
  std::set<std::string> found;
  for (const char* room : {"protocol", "store", "actors", "apps"})
    for (const auto& file : std::filesystem::recursive_directory_iterator{std::filesystem::path{TROUPE_SOURCE} / room}) {
      if (file.path().extension() != ".cpp" && file.path().extension() != ".hpp") continue;
      const std::string text = contents(file.path());
      for (std::sregex_iterator it{text.begin(), text.end(), use}, end; it != end; ++it) found.insert((*it)[1]);
    }
  return found;
}

// Of everything that may record an event.
std::string all_sources() {
  std::string all;
  for (const char* room : {"protocol", "store", "actors", "apps"})
    for (const auto& file : std::filesystem::recursive_directory_iterator{std::filesystem::path{TROUPE_SOURCE} / room})
      if (file.path().extension() == ".cpp" && file.path().filename() != "event_codes.cpp") all += contents(file.path());
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(event_codes)

BOOST_AUTO_TEST_CASE(every_code_in_the_sources_is_in_the_table) {
  for (const std::string& code : codes_in_sources())
    BOOST_TEST(find_event(code) != nullptr, "event code \"" << code << "\" is not in actors/event_codes.cpp: add it there and build the target docs");
}

// Promising an event that never comes is as bad: somebody waits for it.
BOOST_AUTO_TEST_CASE(every_code_in_the_table_is_in_the_sources) {
  const std::string sources = all_sources();
  for (const auto& c : troupe::actors::event_codes())
    BOOST_TEST((sources.find('"' + std::string{c.code} + '"') != std::string::npos), "event code \"" << c.code << "\" is in the table, but nothing records it");
}

BOOST_AUTO_TEST_CASE(codes_are_unique_and_in_one_style) {
  std::set<std::string_view> seen;
  for (const auto& c : troupe::actors::event_codes()) {
    BOOST_TEST(seen.insert(c.code).second, c.code);
    BOOST_TEST(c.code.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos, c.code);
    BOOST_TEST(!c.meaning.empty());
    BOOST_TEST((c.usual != severity::error || !c.what_to_do.empty() || c.code == "session-fenced"), c.code);
  }
}

BOOST_AUTO_TEST_CASE(the_page_is_what_the_table_says) {
  BOOST_TEST((contents(TROUPE_SOURCE "/docs/events.md") == describe_events()), "docs/events.md is stale: build the target docs");
}

BOOST_AUTO_TEST_SUITE_END()
