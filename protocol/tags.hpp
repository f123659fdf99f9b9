// Numbers and values that the FIX standard fixes, in the standard's spelling.
//
// Header, trailer and session messages are complete; of the application fields and messages those that examples, tests
// and everyday applications name. Everything else is a number like any other: no part of the engine depends on a
// tag being listed here.
#pragma once

#include "protocol/tag_kinds.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace troupe::protocol {

namespace tag {
// -- StandardHeader
inline constexpr std::uint32_t BeginString = 8;
inline constexpr std::uint32_t BodyLength = 9;
inline constexpr std::uint32_t MsgType = 35;
inline constexpr std::uint32_t ApplVerID = 1128;
inline constexpr std::uint32_t ApplExtID = 1156;
inline constexpr std::uint32_t CstmApplVerID = 1129;
inline constexpr std::uint32_t SenderCompID = 49;
inline constexpr std::uint32_t TargetCompID = 56;
inline constexpr std::uint32_t OnBehalfOfCompID = 115;
inline constexpr std::uint32_t DeliverToCompID = 128;
inline constexpr std::uint32_t SecureDataLen = 90;
inline constexpr std::uint32_t SecureData = 91;
inline constexpr std::uint32_t MsgSeqNum = 34;
inline constexpr std::uint32_t SenderSubID = 50;
inline constexpr std::uint32_t SenderLocationID = 142;
inline constexpr std::uint32_t TargetSubID = 57;
inline constexpr std::uint32_t TargetLocationID = 143;
inline constexpr std::uint32_t OnBehalfOfSubID = 116;
inline constexpr std::uint32_t OnBehalfOfLocationID = 144;
inline constexpr std::uint32_t DeliverToSubID = 129;
inline constexpr std::uint32_t DeliverToLocationID = 145;
inline constexpr std::uint32_t PossDupFlag = 43;
inline constexpr std::uint32_t PossResend = 97;
inline constexpr std::uint32_t SendingTime = 52;
inline constexpr std::uint32_t OrigSendingTime = 122;
inline constexpr std::uint32_t XmlDataLen = 212;
inline constexpr std::uint32_t XmlData = 213;
inline constexpr std::uint32_t MessageEncoding = 347;
inline constexpr std::uint32_t LastMsgSeqNumProcessed = 369;
inline constexpr std::uint32_t OnBehalfOfSendingTime = 370;
inline constexpr std::uint32_t NoHops = 627;
inline constexpr std::uint32_t HopCompID = 628;
inline constexpr std::uint32_t HopSendingTime = 629;
inline constexpr std::uint32_t HopRefID = 630;

// -- StandardTrailer
inline constexpr std::uint32_t SignatureLength = 93;
inline constexpr std::uint32_t Signature = 89;
inline constexpr std::uint32_t CheckSum = 10;

// -- session messages
inline constexpr std::uint32_t BeginSeqNo = 7;
inline constexpr std::uint32_t EndSeqNo = 16;
inline constexpr std::uint32_t NewSeqNo = 36;
inline constexpr std::uint32_t RefSeqNum = 45;
inline constexpr std::uint32_t Text = 58;
inline constexpr std::uint32_t RawDataLength = 95;
inline constexpr std::uint32_t RawData = 96;
inline constexpr std::uint32_t EncryptMethod = 98;
inline constexpr std::uint32_t HeartBtInt = 108;
inline constexpr std::uint32_t TestReqID = 112;
inline constexpr std::uint32_t GapFillFlag = 123;
inline constexpr std::uint32_t ResetSeqNumFlag = 141;
inline constexpr std::uint32_t EncodedTextLen = 354;
inline constexpr std::uint32_t EncodedText = 355;
inline constexpr std::uint32_t RefTagID = 371;
inline constexpr std::uint32_t RefMsgType = 372;
inline constexpr std::uint32_t SessionRejectReason = 373;
inline constexpr std::uint32_t BusinessRejectRefID = 379;
inline constexpr std::uint32_t BusinessRejectReason = 380;
inline constexpr std::uint32_t MaxMessageSize = 383;
inline constexpr std::uint32_t NoMsgTypes = 384;
inline constexpr std::uint32_t MsgDirection = 385;
inline constexpr std::uint32_t TestMessageIndicator = 464;
inline constexpr std::uint32_t Username = 553;
inline constexpr std::uint32_t Password = 554;
inline constexpr std::uint32_t NextExpectedMsgSeqNum = 789;
inline constexpr std::uint32_t NewPassword = 925;
inline constexpr std::uint32_t RefApplVerID = 1130;
inline constexpr std::uint32_t RefCstmApplVerID = 1131;
inline constexpr std::uint32_t DefaultApplVerID = 1137;
inline constexpr std::uint32_t EncryptedPasswordMethod = 1400;
inline constexpr std::uint32_t EncryptedPasswordLen = 1401;
inline constexpr std::uint32_t EncryptedPassword = 1402;
inline constexpr std::uint32_t EncryptedNewPasswordLen = 1403;
inline constexpr std::uint32_t EncryptedNewPassword = 1404;
inline constexpr std::uint32_t RefApplExtID = 1406;
inline constexpr std::uint32_t DefaultApplExtID = 1407;
inline constexpr std::uint32_t DefaultCstmApplVerID = 1408;
inline constexpr std::uint32_t SessionStatus = 1409;
inline constexpr std::uint32_t DefaultVerIndicator = 1410;

// -- application messages, a choice
inline constexpr std::uint32_t Account = 1;
inline constexpr std::uint32_t AvgPx = 6;
inline constexpr std::uint32_t ClOrdID = 11;
inline constexpr std::uint32_t CumQty = 14;
inline constexpr std::uint32_t Currency = 15;
inline constexpr std::uint32_t ExecID = 17;
inline constexpr std::uint32_t ExecInst = 18;
inline constexpr std::uint32_t ExecRefID = 19;
inline constexpr std::uint32_t ExecTransType = 20;
inline constexpr std::uint32_t HandlInst = 21;
inline constexpr std::uint32_t IDSource = 22;
inline constexpr std::uint32_t LastPx = 31;
inline constexpr std::uint32_t LastShares = 32;
inline constexpr std::uint32_t OrderID = 37;
inline constexpr std::uint32_t OrderQty = 38;
inline constexpr std::uint32_t OrdStatus = 39;
inline constexpr std::uint32_t OrdType = 40;
inline constexpr std::uint32_t OrigClOrdID = 41;
inline constexpr std::uint32_t Price = 44;
inline constexpr std::uint32_t SecurityID = 48;
inline constexpr std::uint32_t Shares = 53;
inline constexpr std::uint32_t Side = 54;
inline constexpr std::uint32_t Symbol = 55;
inline constexpr std::uint32_t TimeInForce = 59;
inline constexpr std::uint32_t TransactTime = 60;
inline constexpr std::uint32_t SettlmntTyp = 63;
inline constexpr std::uint32_t FutSettDate = 64;
inline constexpr std::uint32_t SymbolSfx = 65;
inline constexpr std::uint32_t ListID = 66;
inline constexpr std::uint32_t AllocID = 70;
inline constexpr std::uint32_t TradeDate = 75;
inline constexpr std::uint32_t ExecBroker = 76;
inline constexpr std::uint32_t NoAllocs = 78;
inline constexpr std::uint32_t AllocAccount = 79;
inline constexpr std::uint32_t AllocShares = 80;
inline constexpr std::uint32_t StopPx = 99;
inline constexpr std::uint32_t ExDestination = 100;
inline constexpr std::uint32_t CxlRejReason = 102;
inline constexpr std::uint32_t OrdRejReason = 103;
inline constexpr std::uint32_t ExpireTime = 126;
inline constexpr std::uint32_t QuoteReqID = 131;
inline constexpr std::uint32_t BidPx = 132;
inline constexpr std::uint32_t OfferPx = 133;
inline constexpr std::uint32_t BidSize = 134;
inline constexpr std::uint32_t OfferSize = 135;
inline constexpr std::uint32_t NoMiscFees = 136;
inline constexpr std::uint32_t NoRelatedSym = 146;
inline constexpr std::uint32_t Headline = 148;
inline constexpr std::uint32_t ExecType = 150;
inline constexpr std::uint32_t LeavesQty = 151;
inline constexpr std::uint32_t SecurityType = 167;
inline constexpr std::uint32_t SecondaryOrderID = 198;
inline constexpr std::uint32_t MaturityMonthYear = 200;
inline constexpr std::uint32_t SecurityExchange = 207;
inline constexpr std::uint32_t MDReqID = 262;
inline constexpr std::uint32_t SubscriptionRequestType = 263;
inline constexpr std::uint32_t MarketDepth = 264;
inline constexpr std::uint32_t MDUpdateType = 265;
inline constexpr std::uint32_t NoMDEntryTypes = 267;
inline constexpr std::uint32_t NoMDEntries = 268;
inline constexpr std::uint32_t MDEntryType = 269;
inline constexpr std::uint32_t MDEntryPx = 270;
inline constexpr std::uint32_t MDEntrySize = 271;
inline constexpr std::uint32_t MDEntryDate = 272;
inline constexpr std::uint32_t MDEntryTime = 273;
inline constexpr std::uint32_t MDEntryID = 278;
inline constexpr std::uint32_t MDUpdateAction = 279;
inline constexpr std::uint32_t SecurityReqID = 320;
inline constexpr std::uint32_t TradingSessionID = 336;
inline constexpr std::uint32_t ExecRestatementReason = 378;
inline constexpr std::uint32_t NoTradingSessions = 386;
inline constexpr std::uint32_t PriceType = 423;
inline constexpr std::uint32_t ExpireDate = 432;
inline constexpr std::uint32_t CxlRejResponseTo = 434;
inline constexpr std::uint32_t MultiLegReportingType = 442;
inline constexpr std::uint32_t PartyIDSource = 447;
inline constexpr std::uint32_t PartyID = 448;
inline constexpr std::uint32_t PartyRole = 452;
inline constexpr std::uint32_t NoPartyIDs = 453;
inline constexpr std::uint32_t PartySubID = 523;
inline constexpr std::uint32_t SecondaryClOrdID = 526;
inline constexpr std::uint32_t OrderCapacity = 528;
inline constexpr std::uint32_t NoNestedPartyIDs = 539;
inline constexpr std::uint32_t NoLegs = 555;
inline constexpr std::uint32_t LegSymbol = 600;
inline constexpr std::uint32_t LegSecurityID = 602;
inline constexpr std::uint32_t LegSecurityIDSource = 603;
inline constexpr std::uint32_t LegRatioQty = 623;
inline constexpr std::uint32_t LegSide = 624;
inline constexpr std::uint32_t TradingSessionSubID = 625;
inline constexpr std::uint32_t NoPartySubIDs = 802;
inline constexpr std::uint32_t PartySubIDType = 803;

}  // namespace tag

namespace msg_type {
inline constexpr std::string_view Heartbeat = "0";
inline constexpr std::string_view TestRequest = "1";
inline constexpr std::string_view ResendRequest = "2";
inline constexpr std::string_view Reject = "3";
inline constexpr std::string_view SequenceReset = "4";
inline constexpr std::string_view Logout = "5";
inline constexpr std::string_view Logon = "A";
inline constexpr std::string_view BusinessMessageReject = "j";
inline constexpr std::string_view XMLnonFIX = "n";
inline constexpr std::string_view NewOrderSingle = "D";
inline constexpr std::string_view ExecutionReport = "8";
inline constexpr std::string_view OrderCancelReject = "9";
inline constexpr std::string_view OrderCancelRequest = "F";
inline constexpr std::string_view OrderCancelReplaceRequest = "G";
inline constexpr std::string_view OrderStatusRequest = "H";
inline constexpr std::string_view NewOrderList = "E";
inline constexpr std::string_view AllocationInstruction = "J";
inline constexpr std::string_view AllocationReport = "AS";
inline constexpr std::string_view AllocationInstructionAck = "P";
inline constexpr std::string_view News = "B";
inline constexpr std::string_view Email = "C";
inline constexpr std::string_view MarketDataRequest = "V";
inline constexpr std::string_view MarketDataSnapshotFullRefresh = "W";
inline constexpr std::string_view MarketDataIncrementalRefresh = "X";
inline constexpr std::string_view MarketDataRequestReject = "Y";
inline constexpr std::string_view QuoteRequest = "R";
inline constexpr std::string_view Quote = "S";
inline constexpr std::string_view MassQuoteAcknowledgement = "b";
inline constexpr std::string_view QuoteCancel = "Z";
inline constexpr std::string_view MassQuote = "i";
inline constexpr std::string_view SecurityDefinitionRequest = "c";
inline constexpr std::string_view SecurityDefinition = "d";
inline constexpr std::string_view SecurityListRequest = "x";
inline constexpr std::string_view SecurityList = "y";
inline constexpr std::string_view TradeCaptureReport = "AE";
inline constexpr std::string_view TradeCaptureReportAck = "AR";
inline constexpr std::string_view NewOrderMultileg = "AB";
inline constexpr std::string_view MultilegOrderCancelReplace = "AC";
inline constexpr std::string_view TradingSessionStatusRequest = "g";
inline constexpr std::string_view TradingSessionStatus = "h";
inline constexpr std::string_view OrderMassCancelRequest = "q";
inline constexpr std::string_view OrderMassCancelReport = "r";
inline constexpr std::string_view NewOrderCross = "s";
inline constexpr std::string_view CrossOrderCancelReplaceRequest = "t";
inline constexpr std::string_view CrossOrderCancelRequest = "u";
}  // namespace msg_type

// SessionRejectReason(373).
enum class session_reject_reason : std::uint8_t {
  InvalidTagNumber = 0,
  RequiredTagMissing = 1,
  TagNotDefinedForThisMessageType = 2,
  UndefinedTag = 3,
  TagSpecifiedWithoutAValue = 4,
  ValueIsIncorrect = 5,
  IncorrectDataFormatForValue = 6,
  DecryptionProblem = 7,
  SignatureProblem = 8,
  CompIDProblem = 9,
  SendingTimeAccuracyProblem = 10,
  InvalidMsgType = 11,
  XMLValidationError = 12,
  TagAppearsMoreThanOnce = 13,
  TagSpecifiedOutOfRequiredOrder = 14,
  RepeatingGroupFieldsOutOfOrder = 15,
  IncorrectNumInGroupCount = 16,
  NonDataValueIncludesFieldDelimiter = 17,
  InvalidUnsupportedApplVer = 18,
  Other = 99,
};

// BusinessRejectReason(380).
enum class business_reject_reason : std::uint8_t {
  Other = 0,
  UnknownID = 1,
  UnknownSecurity = 2,
  UnsupportedMessageType = 3,
  ApplicationNotAvailable = 4,
  ConditionallyRequiredFieldMissing = 5,
  NotAuthorized = 6,
  DeliverToFirmNotAvailable = 7,
};

// A length field and the data field that follows it: the value of the second has that many bytes, and they may be SOH.
struct data_field {
  std::uint32_t length_tag = 0;
  std::uint32_t data_tag = 0;
};

// The data field (type data or XMLData) with this tag; its length_tag is 0 if there is no such data field.
[[nodiscard]] data_field find_data_field(std::uint32_t data_tag);
// The same by the length field's tag.
[[nodiscard]] data_field find_length_field(std::uint32_t length_tag);
// Cheap tests for the same; the tags are those of FIX 4.0 to 5.0 SP2.
[[nodiscard]] inline bool is_data_tag(std::uint32_t tag) { return (kinds_of(tag) & tag_kind::data) != 0; }
[[nodiscard]] inline bool is_length_tag(std::uint32_t tag) { return (kinds_of(tag) & tag_kind::length) != 0; }

// Of a data field, as the standard or a dictionary of one's own knows it; 0: it is none. `kinds`: those of the tag.
[[nodiscard]] inline std::uint32_t length_tag_of(std::uint32_t tag, std::uint32_t kinds, std::span<const data_field> own_data) {
  if ((kinds & tag_kind::data) != 0) return find_data_field(tag).length_tag;
  for (const auto& own : own_data)
    if (own.data_tag == tag) return own.length_tag;
  return 0;
}
[[nodiscard]] inline std::uint32_t length_tag_of(std::uint32_t tag, std::span<const data_field> own_data) { return length_tag_of(tag, kinds_of(tag), own_data); }

// Heads a repeating group in some version of FIX; or is not the standard's (5000 and above), so that it might.
[[nodiscard]] inline bool may_be_group_count(std::uint32_t tag) { return (kinds_of(tag) & tag_kind::group) != 0; }

// Belongs to StandardHeader (FIX 4.0 to FIXT 1.1, the group of NoHops(627) included).
[[nodiscard]] constexpr bool is_header_tag(std::uint32_t tag) {
  switch (tag) {
    case tag::BeginString:
    case tag::BodyLength:
    case tag::MsgSeqNum:
    case tag::MsgType:
    case tag::PossDupFlag:
    case tag::SenderCompID:
    case tag::SenderSubID:
    case tag::SendingTime:
    case tag::TargetCompID:
    case tag::TargetSubID:
    case tag::SecureDataLen:
    case tag::SecureData:
    case tag::PossResend:
    case tag::OnBehalfOfCompID:
    case tag::OnBehalfOfSubID:
    case tag::OrigSendingTime:
    case tag::DeliverToCompID:
    case tag::DeliverToSubID:
    case tag::SenderLocationID:
    case tag::TargetLocationID:
    case tag::OnBehalfOfLocationID:
    case tag::DeliverToLocationID:
    case tag::XmlDataLen:
    case tag::XmlData:
    case tag::MessageEncoding:
    case tag::LastMsgSeqNumProcessed:
    case tag::OnBehalfOfSendingTime:
    case tag::NoHops:
    case tag::HopCompID:
    case tag::HopSendingTime:
    case tag::HopRefID:
    case tag::ApplVerID:
    case tag::CstmApplVerID:
    case tag::ApplExtID:
      return true;
    default:
      return false;
  }
}

// Belongs to StandardTrailer.
[[nodiscard]] constexpr bool is_trailer_tag(std::uint32_t tag) {
  return tag == tag::CheckSum || tag == tag::Signature || tag == tag::SignatureLength;
}

}  // namespace troupe::protocol
