#include "apps/demo/screen.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe::demo {
namespace {

std::vector<std::string> newest(const std::vector<std::string>& lines, std::size_t most) {
  const auto skipped = lines.size() > most ? lines.size() - most : 0;
  return {lines.begin() + static_cast<std::ptrdiff_t>(skipped), lines.end()};
}

std::string line_of(const side_view& s) {
  return fmt::format("  {:<21} {:<13} {:<10} {:>7} {:>7} {:>5} {:>5}  {}", s.name, s.state, s.supervision, s.next_out, s.next_in, s.restarts,
                     s.connects, s.note);
}

// What is always there; the lists share the rest.
std::vector<std::string> head_of(const screen_view& v) {
  std::vector<std::string> lines;
  lines.push_back(fmt::format("troupe demo   {}", v.elapsed));
  lines.emplace_back();
  lines.push_back(fmt::format("  {:<21} {:<13} {:<10} {:>7} {:>7} {:>5} {:>5}", "SIDE", "SESSION", "GROUP", "OUT", "IN", "FAILS", "LINKS"));
  for (const auto& s : v.sides) lines.push_back(line_of(s));
  lines.emplace_back();
  lines.push_back(fmt::format("  orders {}   reports {}   refused {}   {:.0f} reports/s", v.orders, v.reports, v.refused, v.rate));
  lines.emplace_back();
  return lines;
}

}  // namespace

std::string render(const screen_view& v, std::size_t columns, std::size_t rows) {
  auto lines = head_of(v);
  const std::size_t fixed = lines.size() + 5;  // verdict, legend and blank lines
  const std::size_t room = rows > fixed ? rows - fixed : 0;
  const std::size_t for_messages = std::min(v.messages.size(), room / 2);
  for (const auto& m : newest(v.messages, for_messages)) lines.push_back("  " + m);
  lines.emplace_back();
  for (const auto& s : newest(v.story, room - for_messages)) lines.push_back(s);
  lines.emplace_back();
  lines.push_back(v.verdict);
  lines.push_back(v.legend);
  if (lines.size() > rows) lines.resize(rows);
  std::string all;
  for (const auto& l : lines) all += l.substr(0, columns) + '\n';
  return all;
}

}  // namespace troupe::demo
