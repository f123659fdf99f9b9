// Takes the secrets out of FIX bytes before they are logged: Password(554), NewPassword(925), EncryptedPassword(1402),
// EncryptedNewPassword(1404), and RawData(96) of a Logon, where it is a signature or a password. Each becomes `***`,
// whatever its length; the length fields in front of data (95, 1401, 1403) are masked with it.
//
// Bytes that are no frame are masked as well as they can be: better a harmless value too many than a password in a log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::protocol {

// A field whose value is masked, at least in a Logon; lengths of secrets among them.
[[nodiscard]] constexpr bool is_secret_tag(std::uint32_t tag) {
  return tag == 554 || tag == 925 || tag == 95 || tag == 96 || (tag >= 1401 && tag <= 1404);
}

// One whole frame. BodyLength(9) and CheckSum(10) of a frame that held a secret are masked too: they would tell its length.
[[nodiscard]] std::string masked_frame(std::string_view frame);

// Bytes that come in pieces and need not make sense. What comes out does not depend on how they were cut.
class garbled_masker {
 public:
  void append(std::string& into, std::string_view bytes);

 private:
  friend std::string masked_frame(std::string_view);

  enum class state : std::uint8_t {
    plain,      // copied
    tag_done,   // copied; blanks behind a number that may be a tag
    msg_type,   // copied, value of MsgType(35)
    length,     // dropped, value of a length field
    secret,     // dropped up to SOH
    data,       // dropped, so many bytes
    data_end,   // SOH is due
    lost,       // dropped up to the next 8=FIX: data that is longer than it claims
  };

  enum class type : std::uint8_t { unknown, logon, other };

  void next(std::string& into, char c);
  void plain(std::string& into, char c);
  void begin_value(std::string& into);
  void hide(std::string& into, state then);
  [[nodiscard]] bool is(std::uint32_t tag) const;

  bool is_exact_ = false;      // a tag is all digits in front of '='; otherwise the last ones are enough
  bool has_hidden_ = false;
  state state_ = state::plain;
  std::uint32_t number_ = 0;   // the digits just passed, or the last nine of them
  bool has_digits_ = false;
  type type_ = type::unknown;  // by the first MsgType(35); of garbled bytes never believed
  std::size_t data_left_ = 0;  // of the data field that a length field announced
  bool is_announced_ = false;
  std::size_t matched_ = 0;    // lost: of SOH 8=FIX
};

}  // namespace troupe::protocol
