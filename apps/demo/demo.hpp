// `troupe demo`: two supervised engines trade, are hurt, and recover; after each hurt both stores and both ledgers are compared.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace troupe::demo {

enum class hurt : unsigned char { drop, crash, lose, store, kill };
inline constexpr hurt every_hurt[] = {hurt::drop, hurt::crash, hurt::lose, hurt::store, hurt::kill};
[[nodiscard]] std::string_view to_string(hurt h);

struct demo_options {
  double seconds = 0;           // 0: until it is ended by key or signal
  std::vector<hurt> hurts;      // done by themselves, spread over the time, in this order
  double rate = 200;            // orders a second
  bool is_plain = false;        // lines also on a terminal
  bool is_lying = false;        // --sabotage skip-commit: the venue's store says that things are stored which are not
  bool keeps_folder = false;
};

// "all", "none", or names with commas between. nullopt: not known.
[[nodiscard]] std::optional<std::vector<hurt>> read_hurts(const std::string& text);

// Exit code: done; lost (something was lost, doubled, out of order, or did not recover); not_started; interrupted.
[[nodiscard]] int demo(const demo_options& options);

}  // namespace troupe::demo
