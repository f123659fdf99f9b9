// What the exit code of `troupe` says; docs/settings.md and `troupe --help` repeat it.
#pragma once

namespace troupe::apps::exit_code {

inline constexpr int done = 0;
inline constexpr int wrong_settings = 1;  // the settings file has errors, or cannot be read
inline constexpr int wrong_usage = 2;     // the command line
inline constexpr int not_started = 3;     // a port, a store or a log that cannot be had
inline constexpr int not_running = 4;     // a live command found nobody to talk to
inline constexpr int failed = 5;          // the engine itself failed while it ran; the event log says why
inline constexpr int refused = 6;         // a live command could not be carried out; the text says why
inline constexpr int lost = 7;            // the demo: something was lost, doubled or out of order, or did not recover
inline constexpr int interrupted = 130;   // a second signal: ended without waiting for Logouts

}  // namespace troupe::apps::exit_code
