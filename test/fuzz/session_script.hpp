// A dialogue with one session as text, for fuzz_session and its seeds: the settings in the first line, a step in each further one.
//
//   i4dn                     letters of `settings_of`: an initiator, FIX.4.4, with dictionary, NextExpectedMsgSeqNum(789)
//   c                        a connection comes up; d: it is gone; n: one is being made
//   <35=A|98=0|108=30|       the peer says this; 49, 52 and 56 are added unless given, 34 is the expected one unless given; 34=+2 is two
//                            above that, 34=-1 one below; BodyLength and CheckSum are worked out
//   ,35=D|11=A|              the same, and it is read together with the next one
//   !8=FIX.4.2|9=5|…         bytes as they are
//   %7                       from now on reads have 7 bytes; 0: as many as there are
//   sD 11=A|                 the application submits a message
//   a / a2                   it handles one delivery, or of the next delivery two messages; A: and answers each of them
//   k / r / q / Q            one step: the store commits, a page is read, a hook says yes, a hook says no
//   mwHRK                    how the world is: the store commits (c), waits (w), fails (f), commits and says it failed (u); the
//                            application handles at once (h) or not (H); pages (r, R) and hooks (k, K) the same; e, E: it answers
//   t500 / T500              so many milliseconds pass; T: at one blow
//   gd                       in the next page a record is damaged (d), one is missing (m), or it is of another numbering (g)
//   x                        crash, and back from the store; X: the application is replaced
//   o / l / p                the operator resets, the session is to log out, a period begins
//   b900                     so many bytes are not written yet
//   v                        the application does not know what to do with what it was given last
//   z0 … z9                  something that is too late: an answer for a connection, a numbering, a question of before
//
// What stands for nothing is passed over.
#pragma once

#include "protocol/session_config.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::fuzz {

[[nodiscard]] protocol::session_config settings_of(std::string_view letters);

// Plays it to the end and lets the session come to rest. What it broke: empty if it kept all its promises. `says`: told each step, if
// not empty.
using listener = void (*)(std::string_view what);
[[nodiscard]] std::vector<std::string> play(std::string_view script, listener says = nullptr);

}  // namespace troupe::fuzz
