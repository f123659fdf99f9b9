#include "actors/event_codes.hpp"

#include <algorithm>
#include <array>

namespace troupe::actors {
namespace {

constexpr auto info = severity::info;
constexpr auto warning = severity::warning;
constexpr auto error = severity::error;

constexpr std::array codes = {
    // -- the process
    event_code{"engine-started", info, "Everything is up: stores are open, acceptors listen, initiators connect.", ""},
    event_code{"engine-not-started", error, "The engine could not be started; the text says what, where and why.", "Do what the text says, then start again."},
    event_code{"engine-stopping", info, "A signal asked the process to end; every session logs out.", ""},
    event_code{"engine-stopped", info, "Everything is written; the process ends.", ""},
    event_code{"acceptor-failed", error, "What accepts connections failed; it is started again on the same ports. Sessions that are up stay up.", "Report it with the event log."},
    event_code{"acceptor-given-up", error, "What accepts connections failed too often and stays down.", "Remove the cause, then let any session log on: it is tried again."},
    event_code{"hangup-ignored", info, "SIGHUP came; settings are read at the start only.", "Restart the process to apply new settings."},
    event_code{"signal-ignored", info, "A signal came that means nothing to the engine (SIGUSR1, SIGUSR2); the text says from whom.", "See that a log rotation sends none: the logs are not opened anew."},
    event_code{"engine-failed", error, "The engine itself failed; the text says why. The process ends with exit code 5.", "Report it with the event log, and start again: nothing committed is lost."},
    event_code{"settings-warning", warning, "Something in the settings file is probably not what is meant; the text says where and what.", "`troupe check` says the same without a start."},
    event_code{"session-left-out", error, "A session or template of the settings file has an error and was left out (ContinueInitializationOnError=Y); the text says where and what.", "Correct the file and start again; `troupe check` says the same."},
    event_code{"control-open", info, "`troupe status` and the other live commands reach the engine at this socket.", ""},
    event_code{"control-failed", warning, "The control socket cannot be used; the sessions run without it.", "Do what the text says, or set ControlSocket."},
    event_code{"message-log-dropped", warning, "The message log could not follow; so many messages are not in it.", "A faster disk, or a greater LogMaxQueued."},
    event_code{"message-log-failed", error, "A message log cannot be written; messages are missing in it until it can.", "Make room on the disk, or check the file's permissions."},
    event_code{"message-log-back", info, "That message log is written again.", ""},

    // -- network
    event_code{"listening", info, "An acceptor waits for connections on this address.", ""},
    event_code{"listen-failed", error, "An acceptor cannot listen on this address; with ContinueInitializationOnError=Y it is tried again until it can.", "Stop whoever uses the port, or choose another."},
    event_code{"accept-paused", warning, "No connection can be accepted for a moment; it is tried again by itself.", "If files ran out, raise the limit (ulimit -n)."},
    event_code{"connect-failed", warning, "An initiator could not connect; it tries again later.", "Check host, port and network if it lasts."},
    event_code{"lobby-refused", warning, "A connection was closed before it belonged to a session; the text says why.", "If the peer is yours: compare its CompIDs and BeginString with the settings."},

    // -- a session
    event_code{"session-made", info, "A Logon made a session from a template; the text says whose connection it was.", ""},
    event_code{"session-retired", info, "A session of a template ended: it had no connection and nothing under way. If somebody had logged on its numbers stay in the store.", ""},
    event_code{"logged-on", info, "The session is up.", ""},
    event_code{"link-ended", info, "The connection of the session is over; the text says why.", ""},
    event_code{"reset-time", info, "ResetSeqTime has come: the session logs on anew with ResetSeqNumFlag(141)=Y, and stays connected.", ""},
    event_code{"schedule-closed", info, "The session's time is over: it logs out, and comes up again when its schedule says.", ""},
    event_code{"link-refused", warning, "A connection for this session was refused; the text says why.", "If it was the peer: see that it connects only once."},
    event_code{"operator-command", info, "The operator asked for something; the text says what.", ""},
    event_code{"session-failed", error, "The session's actor failed; it is started again from the store, unless it fails too often.", "Report it with the event log."},
    event_code{"application-failed", error, "The application of the session failed; it is made again, unless it fails too often. What it had not handled is delivered again.", "Look at the text: it is what the application threw."},
    event_code{"handling-failed", error, "The application threw while it handled a message; the message was rejected (RejectMessageOnUnhandledException=Y).", "Look at the text: it is what the application threw. Tell the peer."},
    event_code{"group-failed", error, "The group of the session failed; it is started again, unless it fails too often.", "Report it with the event log."},
    event_code{"timer-restarted", warning, "The session's timer failed and was replaced.", "Report it with the event log."},
    event_code{"needs-operator", error, "The session cannot go on by itself; the text says why.", "Remove the cause, then let it log on again."},
    event_code{"msg-garbled", warning, "Bytes came that are no message; they were skipped.", "Tell the peer if it happens again."},
    event_code{"forbidden-cell", error, "The state machine met a case that its table forbids.", "Report it with the message log."},
    event_code{"reject-sent", warning, "A message of the peer was rejected.", "Tell the peer; the message log has both."},
    event_code{"reject-received", warning, "The peer rejected a message of ours.", "Look it up in the message log."},
    event_code{"gap-open", info, "Messages are missing; they are asked for.", ""},
    event_code{"gap-asked", warning, "A gap did not close in time; it is asked for again.", "Ask the peer if it happens often."},
    event_code{"invalid-tolerated", warning, "A message that the dictionary objects to was let through: RejectInvalidMessage=N, or it is a Reject.", "Tell the peer; the text says what is wrong."},
    event_code{"gap-left", warning, "A message ahead of a gap was left to be asked for again.", ""},
    event_code{"held-full", warning, "Too many messages are held behind a gap; this one will be asked for again.", "A greater MaxHeldMessages or MaxHeldBytes, if memory allows."},
    event_code{"sequence-reset", info, "The peer moved its next MsgSeqNum(34).", ""},
    event_code{"numbers-reset", info, "Both sequence numbers start at 1 again.", ""},
    event_code{"reset-discarded", info, "A message of the old numbering came while a reset was not confirmed; it was dropped.", ""},
    event_code{"reset-unsent", warning, "Messages that waited for their turn had not gone out when the numbers were reset; the peer never sees them.", "Submit them again if they still matter."},
    event_code{"resend-asked", info, "The peer asked for messages again; they are sent.", ""},
    event_code{"resend-nothing", info, "The peer asked for messages that we never sent.", "Compare sequence numbers with the peer."},
    event_code{"resend-repeated", warning, "The peer asked again for what is being sent.", ""},
    event_code{"resend-dropped", warning, "The peer asked too often for messages again; this request was dropped.", "Ask the peer why."},
    event_code{"resend-refused", warning, "The peer asked for more messages at once than MaxResendSpan allows; it was rejected.", "Have the peer ask in chunks, or raise MaxResendSpan."},
    event_code{"throttled", warning, "The peer sent more application messages than InboundLimit allows; the text says which was not taken.", "Tell the peer, or raise InboundLimit."},
    event_code{"invalid-delivered", warning, "A message that the dictionary objects to went to the application, marked: DeliverInvalidMessages=Y.", "The text says what is wrong; the application answers it."},
    event_code{"submits-parked", info, "What the application submits waits for the logon (SubmitsWhileDown=park).", ""},
    event_code{"parked-expired", warning, "Submits that waited for a logon for longer than MaxParkedAge were refused; the text says how many.", ""},
    event_code{"parked-sent", info, "Submits that waited for a logon go out; the text says how many.", ""},
    event_code{"parked-dropped", warning, "Submits that waited for a logon were given up by the operator (`troupe parked --drop`); the text says how many.", ""},
    event_code{"parked-damaged", error, "A submit that waited for a logon does not fit its checksum in the store; it is not sent.", "Submit it again if it still matters; look at the disk."},
    event_code{"cancel-orders", warning, "The session has not come back in time: its application was told to cancel its orders.", ""},
    event_code{"session-fenced", error, "Another life of this session owns its numbers; this one ends.", ""},

    // -- a store
    event_code{"store-failed", error, "A store cannot be used; it is opened again, unless that fails too often. Its sessions have no link meanwhile.", "Do what the text says."},
    event_code{"store-damaged", error, "Something in a store was found wrong when it was opened. What is whole is used; what is damaged is never sent.", "Do what the text says; compare the numbers with the counterparty if they may be too low. docs/store.md."},
    event_code{"store-reopened", info, "The store is open again; its sessions start from it.", ""},
    event_code{"store-stalled", error, "A commit failed: the session sends and reads nothing until it succeeds.", "Make room on the disk, or bring the database back: the text says which. The session goes on by itself."},
    event_code{"store-unavailable", warning, "A session cannot be loaded just now; it is tried again for a minute, then the store is opened anew.", "Do what the text says; the session starts by itself."},
    event_code{"store-untidy", warning, "Messages that are not needed any more cannot be archived or removed. Nothing is lost, and the store grows; it is tried again.", "Do what the text says. docs/store.md."},
    event_code{"store-back", info, "Commits succeed again.", ""},
};

}  // namespace

std::span<const event_code> event_codes() { return codes; }

const event_code* find_event(std::string_view code) {
  const auto it = std::find_if(codes.begin(), codes.end(), [&](const event_code& c) { return c.code == code; });
  return it == codes.end() ? nullptr : &*it;
}

std::string describe_events() {
  std::string out =
      "# Events\n\n"
      "<!-- Made by `cmake --build … --target docs` from actors/event_codes.cpp. Do not edit. -->\n\n"
      "Each event is one line in `troupe.events.log` below FileLogPath and, unless ScreenLogShowEvents=N, on the standard error output:\n\n"
      "    20261123-09:37:23.123456 warning gap-open FIX.4.4:US->THEM expected 5, received 8\n\n"
      "Time (UTC), severity, code, session (`-` for the process), text. Codes are stable; texts are for people.\n\n"
      "| code | severity | what has happened | what to do |\n|---|---|---|---|\n";
  for (const event_code& c : codes)
    out += "| `" + std::string{c.code} + "` | " + std::string{to_string(c.usual)} + " | " + std::string{c.meaning} + " | " + std::string{c.what_to_do} + " |\n";
  return out;
}

}  // namespace troupe::actors
