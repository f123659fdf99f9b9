// Every transcript × version × role is a test case of its own: transcripts/2c_too_low/4.2_acceptor.
#include "test/conformance/player.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <iostream>

namespace {

using namespace troupe::test;
using troupe::protocol::role;
namespace bt = boost::unit_test;

std::vector<std::filesystem::path> files() {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator{TROUPE_TRANSCRIPTS})
    if (entry.path().extension() == ".txt") found.push_back(entry.path());
  std::ranges::sort(found);
  return found;
}

bt::test_suite* suite_of(const std::shared_ptr<const transcript>& story, const std::string& file) {
  auto* suite = BOOST_TEST_SUITE(story->name);
  for (std::size_t v = 0; v < fix_versions.size(); ++v)
    for (const auto as : {role::acceptor, role::initiator}) {
      if (!story->where.covers(v, as)) continue;
      const auto name = std::string{fix_versions[v].name} + (as == role::acceptor ? "_acceptor" : "_initiator");
      suite->add(bt::make_test_case(
          [story, v, as] {
            const auto difference = play(*story, fix_versions[v], as);
            BOOST_TEST(difference.empty(), difference);
          },
          name, file, story->line));
    }
  return suite;
}

bool register_transcripts() {
  auto* all = BOOST_TEST_SUITE("transcripts");
  try {
    for (const auto& file : files()) all->add(suite_of(std::make_shared<const transcript>(read_transcript(file)), file.string()));
  } catch (const transcript_error& e) {
    std::cerr << e.what() << '\n';
    return false;
  }
  bt::framework::master_test_suite().add(all);
  return true;
}

}  // namespace

int main(int argc, char** argv) { return bt::unit_test_main(&register_transcripts, argc, argv); }
