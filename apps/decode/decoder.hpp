// Reads messages and prints those that are wanted, one after another.
#pragma once

#include "apps/decode/options.hpp"
#include "apps/decode/output.hpp"
#include "apps/decode/print.hpp"
#include "apps/decode/selection.hpp"
#include "apps/decode/shelf.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::decode {

class decoder {
 public:
  decoder(const options& chosen, shelf& books, output& out, std::vector<condition> only, std::vector<std::uint32_t> fields, style look);

  // A message that was found in `input`.
  void take(std::string_view input, const found_message& found);
  // Behind the last one.
  void finish();

  [[nodiscard]] std::uint64_t messages() const { return messages_; }       // all that were found
  [[nodiscard]] std::uint64_t faulty() const { return faulty_; }           // of those that were wanted

 private:
  enum class form : std::uint8_t { text, line, values, json, faults, none };
  [[nodiscard]] static form form_of(const options& chosen);
  void collect_faults(const protocol::dictionaries& defined);
  void add_validation(const protocol::dictionaries& defined);
  void print(const decoded_message& message);
  void count(const decoded_message& message);
  void print_summary();

  form form_;
  bool sums_up_;
  bool shows_secrets_;
  bool needs_faults_;
  shelf& books_;
  output& out_;
  std::vector<condition> only_;
  std::vector<std::uint32_t> fields_;
  style look_;
  protocol::validation_rules rules_;

  frame_reader frame_;
  placement places_;
  std::vector<shown_fault> faults_;
  std::uint64_t messages_ = 0;
  std::uint64_t faulty_ = 0;
  std::uint64_t wanted_ = 0;
  struct counted {
    std::uint64_t count = 0;
    std::uint64_t faulty = 0;
    std::string name;
  };
  std::map<std::string, counted, std::less<>> counts_;
};

}  // namespace troupe::decode
