// Messages as a transcript writes them, in the words of one version.
//
// `|` stands for SOH; {order A} for the body of a valid NewOrderSingle(D) with ClOrdID(11)=A; @ and an offset for a UTC time in the
// version's precision: 122=@-30s|.
#pragma once

#include "protocol/utc.hpp"
#include "test/conformance/version.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::test {

using written_field = std::pair<std::string, std::string>;  // tag, value
using written_fields = std::vector<written_field>;

// Of `35=…|34=…|…`, with orders and times filled in. Throws transcript_error.
[[nodiscard]] written_fields fields_of(std::string_view text, const fix_version& version, protocol::utc_time now);
[[nodiscard]] std::string text_of(const written_fields& fields);
[[nodiscard]] const std::string* find(const written_fields& fields, std::string_view tag);

// What the peer sends: 49, 52, 56 and in a Logon(A) 1137 are added unless they are given; `52=-|` leaves one out. BodyLength(9) and
// CheckSum(10) are true unless given.
[[nodiscard]] std::string frame_of_peer(written_fields fields, const fix_version& version, protocol::utc_time now);

// What we are to send, from how FIX 4.2 and later have it: infinity, Reject(3) and BusinessMessageReject(j) of before; 1137 of FIXT.
[[nodiscard]] written_fields as_expected(written_fields fields, const fix_version& version);

[[nodiscard]] std::string utc_in(const fix_version& version, protocol::utc_time t);

}  // namespace troupe::test
