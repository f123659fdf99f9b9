// A counterparty on QuickFIX C++, driven line by line: the other side of the interoperation tests.
//
//   quickfix_peer acceptor|initiator PORT SENDER TARGET [SETTING=VALUE ...]
//
// Numbers live in memory and survive a disconnect, not the process. What it says and understands: peer_protocol.md.
#include <quickfix/Application.h>
#include <quickfix/MessageStore.h>
#include <quickfix/Session.h>
#include <quickfix/SessionSettings.h>
#include <quickfix/SocketAcceptor.h>
#include <quickfix/SocketInitiator.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>

namespace {

// Lines of two threads (the socket's and the commands') must not mix.
void say(const std::string& line) {
  static std::mutex mutex;
  const std::lock_guard<std::mutex> one_at_a_time(mutex);
  std::cout << line << std::endl;
}

std::string readable(const FIX::Message& message) {
  std::string text = message.toString();
  std::replace(text.begin(), text.end(), '\x01', '|');
  return text;
}

FIX::Message of_type(const std::string& msg_type) {
  FIX::Message message;
  message.getHeader().setField(FIX::MsgType(msg_type));
  return message;
}

FIX::Message order(const std::string& cl_ord_id) {
  FIX::Message message = of_type(FIX::MsgType_NewOrderSingle);
  message.setField(FIX::ClOrdID(cl_ord_id));
  message.setField(FIX::HandlInst('1'));
  message.setField(FIX::Symbol("MSFT"));
  message.setField(FIX::Side(FIX::Side_BUY));
  message.setField(FIX::OrderQty(100));
  message.setField(FIX::OrdType(FIX::OrdType_LIMIT));
  message.setField(FIX::Price(25.5));
  message.setField(FIX::TransactTime());
  return message;
}

// The order, filled.
FIX::Message execution(const FIX::Message& order, const std::string& exec_id, bool is_old) {
  FIX::Message message = of_type(FIX::MsgType_ExecutionReport);
  message.setField(FIX::ClOrdID(order.getField(FIX::FIELD::ClOrdID)));
  message.setField(FIX::OrderID("O" + exec_id));
  message.setField(FIX::ExecID(exec_id));
  if (is_old) message.setField(FIX::ExecTransType(FIX::ExecTransType_NEW));  // FIX.4.3 took it away, and what was filled became a trade
  message.setField(FIX::ExecType(is_old ? FIX::ExecType_FILL : FIX::ExecType_TRADE));
  message.setField(FIX::OrdStatus(FIX::OrdStatus_FILLED));
  message.setField(FIX::Symbol("MSFT"));
  message.setField(FIX::Side(FIX::Side_BUY));
  message.setField(FIX::OrderQty(100));
  message.setField(FIX::LeavesQty(0));
  message.setField(FIX::CumQty(100));
  message.setField(FIX::AvgPx(25.5));
  return message;
}

// Tells what happens, and fills every order it gets.
class counterparty : public FIX::Application {
 public:
  void onCreate(const FIX::SessionID&) override {}
  void onLogon(const FIX::SessionID&) override { say("logon"); }
  void onLogout(const FIX::SessionID&) override { say("logout"); }
  void toAdmin(FIX::Message&, const FIX::SessionID&) override {}
  void toApp(FIX::Message&, const FIX::SessionID&) noexcept override {}
  void fromAdmin(const FIX::Message&, const FIX::SessionID&) noexcept override {}
  void fromApp(const FIX::Message& message, const FIX::SessionID& id) noexcept override {
    say("in " + readable(message));
    if (message.getHeader().getField(FIX::FIELD::MsgType) == FIX::MsgType_NewOrderSingle) fill(message, id);
  }

 private:
  void fill(const FIX::Message& order, const FIX::SessionID& id) {
    FIX::Message report = execution(order, "Q" + std::to_string(++executions_), !id.isFIXT());
    FIX::Session::sendToTarget(report, id);
  }

  int executions_ = 0;
};

// What the test asks of the session.
class commands {
 public:
  explicit commands(FIX::Session& session) : session_(session) {
    known_["orders"] = [this](std::istream& line) { send_orders(line); };
    known_["numbers"] = [this](std::istream&) { say_numbers(); };
    known_["sender"] = [this](std::istream& line) { session_.setNextSenderMsgSeqNum(number(line)); };
    known_["target"] = [this](std::istream& line) { session_.setNextTargetMsgSeqNum(number(line)); };
    known_["skip"] = [this](std::istream& line) { skip_to(number(line)); };
    known_["reset-at-logon"] = [this](std::istream&) { session_.setResetOnLogon(true); };
    known_["reset"] = [this](std::istream&) { session_.reset(); };
    known_["logon"] = [this](std::istream&) { session_.logon(); };
    known_["logout"] = [this](std::istream&) { session_.logout(); };
  }

  // Until "quit" or the end of the input.
  void obey(std::istream& input) {
    for (std::string line; std::getline(input, line) && line != "quit";) {
      std::istringstream words(line);
      std::string name;
      words >> name;
      const auto found = known_.find(name);
      if (found == known_.end()) {
        say("unknown " + line);
        continue;
      }
      found->second(words);
      say("done " + name);
    }
  }

 private:
  static int number(std::istream& line) {
    int n = 0;
    line >> n;
    return n;
  }

  void send_orders(std::istream& line) {
    const int count = number(line);
    std::string prefix;
    line >> prefix;
    for (int i = 1; i <= count; ++i) {
      FIX::Message message = order(prefix + std::to_string(i));
      FIX::Session::sendToTarget(message, session_.getSessionID());
    }
  }

  void say_numbers() {
    say("numbers " + std::to_string(session_.getExpectedSenderNum()) + " " + std::to_string(session_.getExpectedTargetNum()));
  }

  // SequenceReset in its reset mode: the next message will be this one, whatever went before.
  void skip_to(int next) {
    FIX::Message message = of_type(FIX::MsgType_SequenceReset);
    message.setField(FIX::NewSeqNo(next));
    FIX::Session::sendToTarget(message, session_.getSessionID());
    session_.setNextSenderMsgSeqNum(next);
  }

  FIX::Session& session_;
  std::map<std::string, std::function<void(std::istream&)>> known_;
};

std::string settings_text(int argc, char** argv) {
  std::ostringstream text;
  text << "[DEFAULT]\nConnectionType=" << argv[1] << "\nSocketAcceptPort=" << argv[2] << "\nSocketConnectPort=" << argv[2]
       << "\nSocketConnectHost=127.0.0.1\nReconnectInterval=1\nHeartBtInt=30\nStartTime=00:00:00\nEndTime=00:00:00\n"
       << "UseDataDictionary=N\nSocketReuseAddress=Y\nSocketNodelay=Y\nBeginString=FIX.4.2\n";
  for (int i = 5; i < argc; ++i) text << argv[i] << '\n';
  text << "[SESSION]\nSenderCompID=" << argv[3] << "\nTargetCompID=" << argv[4] << '\n';
  return text.str();
}

template <class Engine>
void play(counterparty& application, const FIX::SessionSettings& settings) {
  FIX::MemoryStoreFactory stores;
  Engine engine(application, stores, settings);
  engine.start();
  say("ready");
  commands(*FIX::Session::lookupSession(*settings.getSessions().begin())).obey(std::cin);
  engine.stop(true);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 5) {
    std::cerr << "usage: quickfix_peer acceptor|initiator PORT SENDER TARGET [SETTING=VALUE ...]\n";
    return 64;
  }
  std::istringstream text(settings_text(argc, argv));
  const FIX::SessionSettings settings(text);
  counterparty application;
  if (argv[1] == std::string("acceptor"))
    play<FIX::SocketAcceptor>(application, settings);
  else
    play<FIX::SocketInitiator>(application, settings);
} catch (const std::exception& error) {
  std::cerr << "quickfix_peer: " << error.what() << '\n';
  return 1;
}
