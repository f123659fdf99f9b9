// A FileStore of QuickFIX C++ itself, written or read: what `troupe import` is tested with.
//
//   quickfix_store FOLDER BEGIN_STRING SENDER TARGET QUALIFIER NEXT_SENDER NEXT_TARGET < lines of "NUMBER MESSAGE", SOH as |
//   quickfix_store FOLDER BEGIN_STRING SENDER TARGET QUALIFIER     says its numbers and creation time
#include <quickfix/FieldConvertors.h>
#include <quickfix/FileStore.h>
#include <quickfix/SessionID.h>

#include <algorithm>
#include <iostream>
#include <string>

int main(int argc, char** argv) {
  if (argc != 6 && argc != 8) return 2;
  const FIX::SessionID id(argv[2], argv[3], argv[4], argv[5]);
  FIX::FileStore store(argv[1], id);
  if (argc == 6) {
    std::cout << store.getNextSenderMsgSeqNum() << ' ' << store.getNextTargetMsgSeqNum() << ' ' << FIX::UtcTimeStampConvertor::convert(store.getCreationTime()) << '\n';
    return 0;
  }
  int number = 0;
  std::string message;
  while (std::cin >> number && std::getline(std::cin >> std::ws, message)) {
    std::replace(message.begin(), message.end(), '|', '\x01');
    store.set(number, message);
  }
  store.setNextSenderMsgSeqNum(std::stoi(argv[6]));
  store.setNextTargetMsgSeqNum(std::stoi(argv[7]));
  return 0;
}
