#include "apps/decode/reading.hpp"

#include "apps/decode/printable.hpp"

#include <iostream>
#include <utility>

namespace troupe::decode {

reading::reading(std::string name, bool is_followed, decoder& into, output& out)
    : name_(std::move(name)), is_followed_(is_followed), into_(into), out_(out) {
  open();
  if (source_->is_open() && is_followed_ && !source_->can_follow()) is_followed_ = false;
}

void reading::complain(const std::string& what) {
  out_.flush();
  std::string text = "troupe: ";
  append_printable(text, name_);
  std::cerr << text << ": " << what << '\n';
}

void reading::open() {
  source_ = std::make_unique<source>(name_, is_followed_);
  finder_.reset();
  if (source_->is_open()) {
    has_complained_ = false;
    return;
  }
  if (!std::exchange(has_complained_, true)) complain(source_->why() + (is_followed_ ? "; waiting for it" : ""));
  is_over_ = has_failed_ = !is_followed_;
}

bool reading::step() {
  if (is_over_) return false;
  if (!source_->is_open()) {
    open();
    if (!source_->is_open()) return false;
  }
  const auto state = source_->read(bytes_);
  if (state == source_state::bytes) {
    finder_.append(bytes_);
    decode(false);
    return true;
  }
  if (state == source_state::end && is_followed_) return look_for_new_file();
  decode(true);
  if (state == source_state::failed) complain(source_->why());
  has_failed_ = has_failed_ || state == source_state::failed;
  is_over_ = true;
  return false;
}

bool reading::look_for_new_file() {
  if (source_->is_truncated()) {
    complain("truncated; reading it from its start");
    finder_.reset();
    return true;
  }
  if (!source_->is_replaced()) return false;
  if (source_->read(bytes_) == source_state::bytes) {  // what came in last
    finder_.append(bytes_);
    decode(false);
    return true;
  }
  decode(true);
  complain("replaced; going on with the new file");
  open();
  return true;
}

void reading::leave() {
  if (!is_over_ && source_->is_open()) decode(true);
  is_over_ = true;
}

void reading::decode(bool is_all) {
  for (auto what = finder_.next(is_all); out_.is_good() && what != message_finder::outcome::need_more; what = finder_.next(is_all)) {
    const auto& found = finder_.found();
    if (what == message_finder::outcome::message) {
      into_.take(name_, found);
      out_.offer();
      continue;
    }
    has_failed_ = true;
    complain("line " + std::to_string(found.line) + ", offset " + std::to_string(found.offset) + ": a message of more than " +
             std::to_string(message_finder::default_limit / 1024 / 1024) + " MiB is skipped");
  }
}

}  // namespace troupe::decode
