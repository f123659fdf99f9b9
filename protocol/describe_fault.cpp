#include "protocol/mask.hpp"
#include "protocol/validate.hpp"

#include <string>

namespace troupe::protocol {
namespace {

constexpr std::size_t most_values = 8;     // of an enumeration that are listed
constexpr std::size_t longest_value = 40;  // of what came

class description {
 public:
  description(const message_fault& fault, const message_view& message, const dictionaries& defined)
      : fault_(fault), message_(message), defined_(defined) {}

  std::string text() const {
    using reason = session_reject_reason;
    switch (fault_.reason) {
      case reason::InvalidTagNumber: return "tag " + tag_text() + " is not defined in " + versions();
      case reason::RequiredTagMissing: return name() + " is missing" + where_missing();
      case reason::TagNotDefinedForThisMessageType: return name() + " is not defined for " + message_name();
      case reason::TagSpecifiedWithoutAValue: return name() + " has no value";
      case reason::ValueIsIncorrect: return assignment() + " is none of " + values();
      case reason::IncorrectDataFormatForValue: return assignment() + ": expected " + format();
      case reason::InvalidMsgType: return assignment() + " is not defined in " + versions();
      case reason::TagAppearsMoreThanOnce: return name() + " appears more than once";
      case reason::TagSpecifiedOutOfRequiredOrder: return name() + " stands out of order: the header comes first, then the body, then the trailer";
      case reason::RepeatingGroupFieldsOutOfOrder: return name() + " stands out of order in the entry of its group";
      case reason::IncorrectNumInGroupCount: return assignment() + " is not the number of entries that follow";
      case reason::InvalidUnsupportedApplVer: return assignment() + ": there is no dictionary of this version here";
      default: return "SessionRejectReason(373) " + std::to_string(static_cast<int>(fault_.reason));
    }
  }

 private:
  const field_definition* definition() const {
    if (!fault_.ref_tag || *fault_.ref_tag <= 0) return nullptr;
    const auto tag = static_cast<std::uint32_t>(*fault_.ref_tag);
    const bool is_of_session = defined_.session && (defined_.session->find_message(message_.msg_type()) != nullptr || is_around(*defined_.session, tag));
    const auto application = application_version();
    const auto* first = is_of_session ? defined_.session.get() : application;
    for (const auto* d : {first, application, defined_.session.get()})
      if (const auto* found = d == nullptr ? nullptr : d->find_field(tag)) return found;
    return nullptr;
  }

  static bool is_around(const dictionary& session, std::uint32_t tag) {
    return session.header().find(tag) != dictionary_scope::none || session.trailer().find(tag) != dictionary_scope::none;
  }

  const dictionary* application_version() const {
    const auto named = defined_.find_version(message_.find(tag::ApplVerID).value_or(std::string_view{}));
    return named ? named.get() : defined_.application.get();
  }

  std::string tag_text() const {
    return fault_.field == message_fault::no_field ? std::to_string(fault_.ref_tag.value_or(0)) : std::string{message_.tag_text(message_.fields()[fault_.field])};
  }

  std::string name() const {
    if (fault_.reason == session_reject_reason::InvalidMsgType) return "MsgType(35)";
    const auto* d = definition();
    return d == nullptr ? "tag " + std::to_string(fault_.ref_tag.value_or(0)) : d->name + "(" + std::to_string(d->tag) + ")";
  }

  std::string assignment() const {
    if (fault_.field == message_fault::no_field) return name();
    const auto& field = message_.fields()[fault_.field];
    return name() + "=" + (is_secret_tag(field.tag) ? "***" : printable(message_.value(field)));
  }

  static std::string printable(std::string_view value) {
    std::string text;
    for (const char c : value.substr(0, longest_value)) text += static_cast<unsigned char>(c) < ' ' ? '?' : c;
    return value.size() > longest_value ? text + "…" : text;
  }

  std::string values() const {
    const auto* d = definition();
    std::string text;
    for (std::size_t i = 0; d != nullptr && i < d->values.size() && i < most_values; ++i)
      text += (i > 0 ? ", " : "") + d->values[i].value + (d->values[i].name.empty() ? "" : " (" + d->values[i].name + ")");
    return d != nullptr && d->values.size() > most_values ? text + ", … (" + std::to_string(d->values.size()) + " values)" : text;
  }

  std::string format() const {
    const auto* d = definition();
    if (d == nullptr) return "another format";
    if (is_data_type(d->type) && d->length_tag != 0) return "as many bytes as its length field (" + std::to_string(d->length_tag) + ") says";
    if (d->data_tag != 0 && fault_.field != message_fault::no_field && has_format(d->type, message_.value(message_.fields()[fault_.field])))
      return "the number of bytes of the field behind it (" + std::to_string(d->data_tag) + ")";
    return std::string{to_string(d->type)} + ", " + std::string{describe_format(d->type)};
  }

  std::string message_name() const {
    for (const auto* d : {defined_.session.get(), defined_.application.get()})
      if (const auto* found = d == nullptr ? nullptr : d->find_message(message_.msg_type())) return found->name + "(" + found->msg_type + ")";
    return "this message";
  }

  std::string where_missing() const {
    if (fault_.field == message_fault::no_field) return ": it is required in " + message_name();
    return ": it is required here, at " + std::string{message_.tag_text(message_.fields()[fault_.field])} + "=" + printable(message_.value(message_.fields()[fault_.field]));
  }

  std::string versions() const {
    const bool is_two = defined_.application && defined_.application != defined_.session;
    return defined_.session->version() + (is_two ? " and " + defined_.application->version() : "");
  }

  const message_fault& fault_;
  const message_view& message_;
  const dictionaries& defined_;
};

}  // namespace

std::string describe(const message_fault& fault, const message_view& message, const dictionaries& defined) {
  dictionaries of_message = defined;
  if (const auto named = defined.versions.empty() ? std::nullopt : message.find(tag::ApplVerID))
    if (auto application = defined.find_version(*named)) of_message.application = std::move(application);
  return description{fault, message, of_message}.text();
}

}  // namespace troupe::protocol
