// One input of `troupe decode`, read to its end, or followed.
#pragma once

#include "apps/decode/decoder.hpp"
#include "apps/decode/message_finder.hpp"
#include "apps/decode/source.hpp"

#include <memory>
#include <string>

namespace troupe::decode {

class reading {
 public:
  // Both must outlive it.
  reading(std::string name, bool is_followed, decoder& into, output& out);

  // Reads what there is now. True: something was there. Waits on the standard input and on pipes.
  [[nodiscard]] bool step();
  // Nothing will come any more: never of a followed file, until leave().
  [[nodiscard]] bool is_over() const { return is_over_; }
  // Shows what is left at the end of a followed file.
  void leave();
  // It could not be read, or not to its end; it has been told.
  [[nodiscard]] bool has_failed() const { return has_failed_; }

 private:
  void complain(const std::string& what);
  void open();
  void decode(bool is_all);
  [[nodiscard]] bool look_for_new_file();

  std::string name_;
  bool is_followed_;
  decoder& into_;
  output& out_;
  std::unique_ptr<source> source_;
  message_finder finder_;
  std::string bytes_;
  bool is_over_ = false;
  bool has_failed_ = false;
  bool has_complained_ = false;  // that it is not there
};

}  // namespace troupe::decode
