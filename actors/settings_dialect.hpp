// Whose file it is: QuickFIX C++, QuickFIX/J, QuickFIX/Go and QuickFIX/n have many keys in common, and a few defaults that differ.
//
// SettingsDialect says which engine's defaults hold for the keys that a session does not set. It changes nothing else: what a key
// means is the same under each of them, and a key that the engine does not have keeps our default.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace troupe::actors {

struct setting_key;

enum class settings_dialect : std::uint8_t { cpp, j, go, n };

// "cpp", "j", "go", "n"; empty: no such dialect.
[[nodiscard]] std::optional<settings_dialect> dialect_of(std::string_view name);
[[nodiscard]] std::string_view to_string(settings_dialect dialect);

// A default that is another one than ours.
struct dialect_default {
  settings_dialect dialect;
  std::string_view key;
  std::string_view standard;  // as it would be written
  std::string_view unless;    // in words: when it is ours after all; empty: never
};
[[nodiscard]] std::span<const dialect_default> dialect_defaults();

// What holds if the key is not set; empty: nothing.
[[nodiscard]] std::string_view default_of(const setting_key& key, settings_dialect dialect);

}  // namespace troupe::actors
