"""What is wrong with a dictionary, told in words. One function for each kind of mistake; all of them take a Dictionary."""
import xml.etree.ElementTree as ElementTree
from collections import Counter

TYPES = set("""
    STRING CHAR BOOLEAN MULTIPLECHARVALUE MULTIPLESTRINGVALUE MULTIPLEVALUESTRING COUNTRY CURRENCY EXCHANGE LANGUAGE
    INT LENGTH SEQNUM NUMINGROUP TAGNUM DAYOFMONTH FLOAT QTY PRICE PRICEOFFSET AMT PERCENTAGE
    UTCTIMESTAMP UTCTIMEONLY UTCDATE UTCDATEONLY LOCALMKTDATE LOCALMKTTIME TZTIMEONLY TZTIMESTAMP MONTHYEAR TIME DATE
    DATA XMLDATA XID XIDREF""".split())
SECTIONS = ["header", "messages", "trailer", "components", "fields"]


class Dictionary:
    def __init__(self, text):
        self.root = ElementTree.fromstring(text)
        self.fields = self.root.findall("fields/field")
        self.messages = self.root.findall("messages/message")
        self.type_of = {field.get("name"): field.get("type") for field in self.fields}
        self.components = {component.get("name"): component for component in self.root.findall("components/component")}

    def holders(self):
        """Everything that has members: (what to call it, element)."""
        for section in ("header", "trailer"):
            yield section, self.root.find(section)
        for holder in [*self.messages, *self.components.values()]:
            yield f"{holder.tag} {holder.get('name')}", holder
        for group in self.root.iter("group"):
            yield f"group {group.get('name')}", group

    def names(self, holder, inside=()):
        """The fields that stand side by side in a holder: components opened, entries of groups not."""
        for member in holder:
            name = member.get("name")
            if member.tag != "component":
                yield name
            elif name in inside:
                raise RecursionError(name)
            elif name in self.components:
                yield from self.names(self.components[name], (*inside, name))


def twice(what, keys):
    return [f"{what} {key} twice" for key, count in Counter(keys).items() if count > 1]


def sections(d):
    found = [section.tag for section in d.root]
    return [] if found == SECTIONS else [f"the sections are {found}"]


def repeated_definitions(d):
    return [
        *twice("tag", (field.get("number") for field in d.fields)),
        *twice("field", (field.get("name") for field in d.fields)),
        *twice("message", (message.get("name") for message in d.messages)),
        *twice("msgtype", (message.get("msgtype") for message in d.messages)),
        *twice("component", (component.get("name") for component in d.root.findall("components/component"))),
    ]


def attributes(d):
    wrong = [f"field {field.get('name')}: type {field.get('type')}" for field in d.fields if field.get("type") not in TYPES]
    wrong += [f"field {field.get('name')}: number {field.get('number')}" for field in d.fields if not field.get("number", "").isdecimal()]
    wrong += [f"message {message.get('name')}: msgcat" for message in d.messages if message.get("msgcat") not in ("admin", "app")]
    return wrong + [f"{called}: {member.get('name')} is required or not?" for called, holder in d.holders()
                    for member in holder if member.get("required") not in ("Y", "N")]


def references(d):
    known = {"field": d.type_of, "group": d.type_of, "component": d.components}
    return [f"{called}: no {member.tag} {member.get('name')}" for called, holder in d.holders()
            for member in holder if member.get("name") not in known[member.tag]]


def circles(d):
    wrong = []
    for called, holder in d.holders():
        try:
            list(d.names(holder))
        except RecursionError as component:
            wrong.append(f"{called}: component {component} is inside itself")
    return wrong


def repeated_members(d):
    return [f"{called}: {name}" for called, holder in d.holders() for name in twice("member", d.names(holder))]


def entries(d):
    """Each entry of a group starts with a field: its delimiter."""
    return [f"group {group.get('name')} has no delimiter" for group in d.root.iter("group") if next(d.names(group), None) not in d.type_of]


def data_without_length(d):
    wrong = []
    for called, holder in d.holders():
        before = None
        for member in holder:
            kind = d.type_of.get(member.get("name")) if member.tag == "field" else None
            if kind in ("DATA", "XMLDATA") and before != "LENGTH":
                wrong.append(f"{called}: no length directly before {member.get('name')}")
            before = kind
    return wrong


def enumerations(d):
    wrong = []
    for field in d.fields:
        values = [value.get("enum") for value in field]
        described = [value.get("description") for value in field]
        wrong += [f"field {field.get('name')}: {what}" for what in [*twice("value", values), *twice("description", described)]]
        wrong += [f"field {field.get('name')}: an empty value" for text in values + described if not text]
        wrong += [f"field {field.get('name')}: open, but no values" for _ in [0] if field.get("allowOtherValues") and not values]
    return wrong


ALL = [sections, repeated_definitions, attributes, references, circles, repeated_members, entries, data_without_length, enumerations]
