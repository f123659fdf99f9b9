#!/usr/bin/env python3
"""Writes the dictionaries of this folder from tables of facts (README.md says where those come from).

    make_dictionaries.py --facts DIR [--out DIR]    writes FIX40.xml … FIXT11.xml; the same facts give the same bytes
    make_dictionaries.py --facts DIR --check        writes nothing; exit status 1 and a line for every file that differs
"""
import argparse
import json
import pathlib
import re
import sys
from xml.sax.saxutils import escape

VERSIONS = ["FIX.4.0", "FIX.4.1", "FIX.4.2", "FIX.4.3", "FIX.4.4", "FIX.5.0", "FIX.5.0SP1", "FIX.5.0SP2", "FIXT.1.1"]
TYPES = set("""
    STRING CHAR BOOLEAN MULTIPLECHARVALUE MULTIPLESTRINGVALUE MULTIPLEVALUESTRING COUNTRY CURRENCY EXCHANGE LANGUAGE
    INT LENGTH SEQNUM NUMINGROUP TAGNUM DAYOFMONTH FLOAT QTY PRICE PRICEOFFSET AMT PERCENTAGE
    UTCTIMESTAMP UTCTIMEONLY UTCDATE UTCDATEONLY LOCALMKTDATE LOCALMKTTIME TZTIMEONLY TZTIMESTAMP MONTHYEAR TIME DATE
    DATA XMLDATA XID XIDREF""".split())
# OrderSingle and OrderList in the table; the values of MsgType(35) beside it, and every other version, call them so:
MESSAGE_NAMES = {("FIX.4.2", "D"): "NewOrderSingle", ("FIX.4.2", "E"): "NewOrderList"}
FRAME = {"header": "StandardHeader", "trailer": "StandardTrailer"}
SOURCES = {
    "orchestra": "github.com/FIXTradingCommunity/orchestrations, FIX Standard/{file}, commit 4bf03a956b7f48156caa73c7c6c6a045df776e3a,\n"
                 "   copyright FIX Protocol Ltd., Apache License 2.0 (licences/Apache-2.0.txt).",
    "quickfix": "github.com/quickfix/quickfix, {file}, commit 50787185, copyright (c) 2001-2020 Oren Miller,\n"
                "   The QuickFIX Software License, Version 1.0 (licences/QuickFIX-1.0.txt).\n"
                '   This product includes software developed by quickfixengine.org (http://www.quickfixengine.org/).',
}


class Facts:
    """The rows of one version. Fields by tag, groups and components by id, messages in the order of the table."""

    def __init__(self, path):
        self.path, self.fields, self.groups, self.components, self.messages = path, {}, {}, {}, []
        for line in path.read_text(encoding="utf-8").splitlines():
            self.add(json.loads(line))
        self.lengths = {field["length"] for field in self.fields.values() if "length" in field}

    def add(self, row):
        kind = row["kind"]
        if kind == "version":
            self.id, self.source = row["id"], row["source"]
        elif kind == "field":
            self.fields[row["tag"]] = row
        elif kind == "message":
            self.messages.append(row)
        else:
            {"group": self.groups, "component": self.components}[kind][row["id"]] = row

    def wrong(self, what):
        raise SystemExit(f"{self.path}: {what}")

    def tags(self, members):
        """The tags that stand side by side: components opened, entries of groups not."""
        for member in members:
            if "component" in member:
                yield from self.tags(self.components[member["component"]]["members"])
            else:
                yield member["field"] if "field" in member else self.groups[member["group"]]["count"]

    def groups_outside_frame(self):
        """Ids of the groups that messages, components and entries of groups refer to; header and trailer do not count."""
        components = [row for name, row in self.components.items() if name not in FRAME.values()]
        rows = [*self.messages, *components, *self.groups.values()]
        return {member["group"] for row in rows for member in row["members"] if "group" in member}

    def distinct(self, members):
        """Without the fields that already stood before on the same level: no message can hold those twice."""
        before = set()
        for member in members:
            own = set(self.tags([member]))
            if own & before and ("field" not in member or member["required"]):
                self.wrong(f"{member} repeats {sorted(own & before)}")
            if not own & before:
                yield member
            before |= own


def element(tag, attributes, children=()):
    """Lines of an element, children one space deeper."""
    start = f"<{tag}" + "".join(f" {key}='{escape(str(value), QUOTE)}'" for key, value in attributes.items())
    if not children:
        return [start + "/>"]
    return [start + ">", *(" " + line for line in children), f"</{tag}>"]


QUOTE = {"'": "&apos;"}


def reference(tag, name, required):
    return {"name": name, "required": "Y" if required else "N"}


def group(facts, row, required):
    """A group where it stands, its entry as children; the first of them is what each entry starts with."""
    first = next(facts.tags(row["members"]))
    if first != row["delimiter"]:
        facts.wrong(f"an entry of {row['id']} starts with {first}, not with its delimiter {row['delimiter']}")
    name = facts.fields[row["count"]]["name"]
    return element("group", reference("group", name, required), member_lines(facts, row["members"]))


def member_lines(facts, members, named_groups=True):
    """A group to which the standard gives a name is a component of that name, one for all places."""
    lines = []
    for member in facts.distinct(members):
        required = member["required"]
        if "group" in member:
            row = facts.groups[member["group"]]
            if named_groups and "label" in row:
                lines += element("component", reference("component", row["label"], required))
            else:
                lines += group(facts, row, required)
        else:
            kind = "field" if "field" in member else "component"
            name = facts.fields[member["field"]]["name"] if kind == "field" else member["component"]
            lines += element(kind, reference(kind, name, required))
    return lines


def frame(facts, section):
    """<header> or <trailer>; empty where the transport has its own dictionary."""
    if FRAME[section] not in facts.components:
        return element(section, {})
    members = facts.components[FRAME[section]]["members"]
    if section == "header" and list(facts.tags(members))[:3] != [8, 9, 35]:
        facts.wrong("a header starts with 8, 9, 35")
    return element(section, {}, member_lines(facts, members, named_groups=False))


def message(facts, row):
    name = MESSAGE_NAMES.get((facts.id, row["type"]), row["name"])
    return element("message", {"name": name, "msgtype": row["type"], "msgcat": row["category"]}, member_lines(facts, row["members"]))


def component_lines(facts):
    """By name. The group of a named group is required: the reference to the component says whether there must be one."""
    bodies = {name: member_lines(facts, row["members"]) for name, row in facts.components.items() if name not in FRAME.values()}
    for row in (facts.groups[name] for name in facts.groups_outside_frame()):
        if row.get("label") in bodies:
            facts.wrong(f"two components are called {row['label']}")
        if "label" in row:
            bodies[row["label"]] = group(facts, row, True)
    return [line for name in sorted(bodies) for line in element("component", {"name": name}, bodies[name])]


def upper_snake(name):
    """ExDividend -> EX_DIVIDEND, ISINNumber -> ISIN_NUMBER: the spelling of this schema."""
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).upper()


def values(listed):
    """Values with their descriptions; where two are described by the same words the later is told apart by a number."""
    lines, described = [], {}
    for value, name in listed:
        description = upper_snake(name)
        described[description] = described.get(description, 0) + 1
        if described[description] > 1:
            description += f"_{described[description]}"
        lines += element("value", {"enum": value, "description": description})
    return lines


def names_messages_elsewhere(facts, tag):
    """RefMsgType(372), which must be able to name a type that nobody knows, and MsgType(35) where the transport has a
    dictionary of its own. A list of this version's types would refuse them, so they get none."""
    return tag == 372 or (tag == 35 and facts.id.startswith("FIXT"))


def field(facts, row):
    """A "value" of several words stands for a set of values (ISO Country Code): the list is left open instead."""
    kind = "LENGTH" if row["tag"] in facts.lengths else row["type"].upper()
    if kind not in TYPES:
        facts.wrong(f"field {row['tag']} has type {row['type']}, which the schema does not have")
    given = [] if names_messages_elsewhere(facts, row["tag"]) else row.get("values", [])
    listed = [value for value in given if " " not in value[0]]
    is_open = {"allowOtherValues": "true"} if len(listed) < len(given) else {}
    return element("field", {"number": row["tag"], "name": row["name"], "type": kind} | is_open, values(listed))


def comment(facts):
    origin, file = facts.source.split(":")
    return (f"<!-- {facts.id}. Made by make_dictionaries.py; change nothing here, what you write is lost.\n"
            f"   Facts: {SOURCES[origin].format(file=file)} -->")


def file_name(version):
    return version.replace(".", "") + ".xml"


def dictionary(facts):
    kind, major, minor, pack = re.fullmatch(r"(FIXT?)\.(\d)\.(\d)(?:SP(\d))?", facts.id).groups()
    sections = [
        *frame(facts, "header"),
        *element("messages", {}, [line for row in facts.messages for line in message(facts, row)]),
        *frame(facts, "trailer"),
        *element("components", {}, component_lines(facts)),
        *element("fields", {}, [line for tag in sorted(facts.fields) for line in field(facts, facts.fields[tag])]),
    ]
    root = element("fix", {"type": kind, "major": major, "minor": minor, "servicepack": pack or "0"}, sections)
    return "\n".join(["<?xml version='1.0' encoding='UTF-8'?>", comment(facts), *root, ""])


def write(texts):
    for path, text in texts.items():
        path.write_bytes(text)
    return 0


def compare(texts, facts):
    differing = [path for path, text in texts.items() if not path.exists() or path.read_bytes() != text]
    for path in differing:
        print(f"{path} is not what the facts in {facts} give", file=sys.stderr)
    return 1 if differing else 0


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--facts", type=pathlib.Path, required=True, metavar="DIR", help="folder of FIX.4.0.jsonl … FIXT.1.1.jsonl")
    arguments.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent, metavar="DIR", help="default: where this script is")
    arguments.add_argument("--check", action="store_true", help="compare instead of writing")
    given = arguments.parse_args()
    try:
        texts = {given.out / file_name(version): dictionary(Facts(given.facts / f"{version}.jsonl")).encode() for version in VERSIONS}
        return compare(texts, given.facts) if given.check else write(texts)
    except OSError as error:
        raise SystemExit(f"{error.filename}: {error.strerror}") from error


if __name__ == "__main__":
    sys.exit(main())
