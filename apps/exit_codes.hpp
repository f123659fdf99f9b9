// What the exit code of `troupe` says. docs/exit-codes.md and the end of `troupe --help` are made from the table.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace troupe::apps {

namespace exit_code {

inline constexpr int done = 0;
inline constexpr int wrong_settings = 1;
inline constexpr int wrong_usage = 2;
inline constexpr int not_started = 3;
inline constexpr int not_running = 4;
inline constexpr int failed = 5;
inline constexpr int refused = 6;
inline constexpr int lost = 7;
inline constexpr int faults_found = 8;
inline constexpr int unreadable = 9;
inline constexpr int interrupted = 130;

}  // namespace exit_code

struct exit_meaning {
  int code;
  std::string_view brief;    // for --help
  std::string_view meaning;  // for the page
};

inline constexpr std::array exit_meanings = {
    exit_meaning{exit_code::done, "done", "Done. `run`: every session has logged out or was cut, and everything is written."},
    exit_meaning{exit_code::wrong_settings, "wrong settings", "The settings file, or a dictionary, has errors, or cannot be read; every problem is on the standard error output."},
    exit_meaning{exit_code::wrong_usage, "wrong usage", "The command line is wrong; the text says where."},
    exit_meaning{exit_code::not_started, "could not start", "`run` or `demo` could not start: a port, a store, a log or a folder cannot be had, or no more files may be open."},
    exit_meaning{exit_code::not_running, "nobody to talk to", "A live command found no engine at the control socket, or one that does not answer."},
    exit_meaning{exit_code::failed, "failed while it ran", "Troupe itself failed while it ran; the text, and the event log, say why. What was committed is in the store."},
    exit_meaning{exit_code::refused, "refused", "A live command, or one about a store, could not be carried out, or `stop` waited in vain; the text says why."},
    exit_meaning{exit_code::lost, "the demo lost something",
                 "`demo`: something was lost, doubled or out of order, a side did not recover, or not every hurt of `--hurt` was done; the folder is kept."},
    exit_meaning{exit_code::faults_found, "faults found", "`decode --validate`: a message has a fault; each is printed. `verify-store`: the store is damaged. `repair-store`: something of it is, or stays, to be repaired. `import`: done, and messages are lost."},
    exit_meaning{exit_code::unreadable, "unreadable input", "`decode`: an input cannot be read, or not to its end, or holds no FIX message. `parked`, `verify-store`, `repair-store`, `import`: there is no store, or it cannot be read. The text says which."},
    exit_meaning{exit_code::interrupted, "ended by a second signal", "A second SIGINT or SIGTERM, at least a second behind the first: ended at once, without waiting for Logouts."},
};

// The end of `troupe --help`.
[[nodiscard]] std::string exit_codes_in_brief();

// docs/exit-codes.md
[[nodiscard]] std::string describe_exit_codes();

}  // namespace troupe::apps
