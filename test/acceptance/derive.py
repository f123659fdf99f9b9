"""Definitions of the versions that there are none of, made from those of FIX 4.2 and 4.4 by what is known to differ.

What differs: BeginString(8) and the tester's CompID; FIXT's DefaultApplVerID(1137) in each Logon(A); in FIX 4.0 and 4.1 whole seconds,
ResendRequest(2) to 999999, Reject(3) without 371, 372 and 373, and in place of BusinessMessageReject(j); orders as each version defines
them. What a definition is about and the version has not (a group, a field, a message) is left out, and named.
"""
import collections
import pathlib
import re
import xml.etree.ElementTree as ET

SOH = "\x01"
Version = collections.namedtuple("Version", "folder base begin_string tester dictionary appl_ver_id")
VERSIONS = [
    Version("fix40", "fix42", "FIX.4.0", "TW40", "FIX40.xml", None),
    Version("fix41", "fix42", "FIX.4.1", "TW41", "FIX41.xml", None),
    Version("fix43", "fix44", "FIX.4.3", "TW43", "FIX43.xml", None),
    Version("fix50", "fix44", "FIXT.1.1", "TW50", "FIX50.xml", "7"),
    Version("fix50sp1", "fix44", "FIXT.1.1", "TW50SP1", "FIX50SP1.xml", "8"),
    Version("fix50sp2", "fix44", "FIXT.1.1", "TW50SP2", "FIX50SP2.xml", "9"),
]
BASES = {"fix42": ("FIX.4.2", "TW42"), "fix44": ("FIX.4.4", "TW44")}
DICTIONARIES = pathlib.Path(__file__).resolve().parents[2] / "dictionaries"
WITHOUT_VERSION = """iCONNECT
I8=FIXT.1.1|35=A|34=1|49=%s|52=<TIME>|56=ISLD|98=0|108=30|
eDISCONNECT
"""
SECONDS = "00000000-00:00:00"


class Underivable(Exception):
    """What the definition is about does not exist in the version."""


class Dictionary:
    """Which fields a message of a version may and must have."""

    def __init__(self, name):
        root = ET.parse(DICTIONARIES / name).getroot()
        self.numbers = {field.get("name"): field.get("number") for field in root.find("fields")}
        self.types = {field.get("number"): field.get("type") for field in root.find("fields")}
        self.components = {part.get("name"): part for part in root.find("components") or []}
        self.messages = {message.get("msgtype"): message for message in root.find("messages")}

    def fields(self, part, only_required=False, with_groups=True):
        found = set()
        for entry in part:
            if only_required and entry.get("required") != "Y":
                continue
            if entry.tag == "component":
                found |= self.fields(self.components[entry.get("name")], only_required, with_groups)
            else:
                found.add(self.numbers[entry.get("name")])
            if entry.tag == "group" and with_groups and not only_required:
                found |= self.fields(entry)
        return found


def split(message):
    return [tuple(field.split("=", 1)) for field in message.rstrip(SOH).split(SOH)]


def joined(fields):
    return "".join("%s=%s%s" % (tag, value, SOH) for tag, value in fields)


def length_of(fields, time_length):
    """BodyLength(9) of what an engine writes, whose own times are so long."""
    def size(tag, value):
        return len(tag) + 2 + (time_length if tag in ("52", "122") else len(value))
    return sum(size(*field) for field in fields if field[0] not in ("8", "9", "10"))


class Derivation:
    def __init__(self, version):
        self.version = version
        self.is_old = version.begin_string in ("FIX.4.0", "FIX.4.1")
        self.dictionary = Dictionary(version.dictionary)

    def definition(self, lines):
        """All lines, less the steps about fields that the version has not, and the numbers behind them."""
        self.dropped = 0
        for line in lines:
            made = self.line(line)
            if made is None:
                self.dropped += line.startswith("I")  # each such message, and the answer to it, used a number
            else:
                yield made

    def line(self, line):
        match = re.match(r"([IE])((?:\d,)?)(8=.*)", line, re.S)
        if not match:
            return line
        kind, connection, message = match.groups()
        fields = split(message)
        if self.is_old and ("35", "d") in fields:
            raise Underivable("SecurityDefinition(d) came with FIX 4.2")
        if self.is_of_a_later_version(dict(fields)):
            return None
        is_expected = kind == "E"
        changed = [self.renumbered(self.renamed(field)) for field in fields]
        kind_of = dict(fields).get("35")
        changed = self.with_version(changed, kind_of)
        if self.is_old:
            changed = self.old(changed, kind_of, is_expected)
        if kind_of in ("D", "d", "8"):
            changed = self.as_defined(changed, kind_of)
        if kind_of == "3" and self.version.appl_ver_id:
            changed = self.unknown_to_fixt(changed)
        return kind + connection + joined(self.measured(fields, changed))

    def renamed(self, field):
        tag, value = field
        begin_string, tester = BASES[self.version.base]
        if tag == "8" and value == begin_string:
            return tag, self.version.begin_string
        if tag == "8" and value == self.version.begin_string:
            return tag, begin_string  # the wrong one of the definition is the right one here
        return (tag, self.version.tester) if value == tester else field

    def renumbered(self, field):
        tag, value = field
        return (tag, str(int(value) - self.dropped)) if tag in ("34", "45") and value.isdigit() else field

    def is_of_a_later_version(self, values):
        """A step, or the answer to it, about a field that the version has not."""
        if self.version.begin_string != "FIX.4.0":
            return False
        about = {"144", "145", "167"}
        return bool(about & set(values)) or values.get("371") in about

    @staticmethod
    def unknown_to_fixt(fields):
        """Fields of orders are none of the transport's: no tags at all where FIX 4.x has them, but not in this message."""
        if ("371", "55") not in fields or ("372", "0") not in fields:
            return fields
        said = {"58": "Invalid tag number", "373": "0"}
        return [(tag, said.get(tag, value)) for tag, value in fields]

    def with_version(self, fields, kind):
        if self.version.appl_ver_id is None or kind not in ("A", "j"):
            return fields
        # In `j` it is a quirk that the definitions of these versions have.
        at = next((i for i, (tag, _) in enumerate(fields) if tag == "10"), len(fields))
        return fields[:at] + [("1137", self.version.appl_ver_id)] + fields[at:]

    def old(self, fields, kind, is_expected):
        values = dict(fields)
        if kind == "2":
            fields = [(tag, "999999" if (tag, value) == ("16", "0") else value) for tag, value in fields]
        if is_expected and kind in ("3", "j"):
            fields = [self.old_reject(field, values, kind) for field in fields if field[0] not in ("371", "372", "373", "380")]
        if is_expected:
            fields = [(tag, SECONDS if tag in ("52", "122") else value) for tag, value in fields]
        return fields

    @staticmethod
    def old_reject(field, values, kind):
        tag, value = field
        if tag == "35":
            return tag, "3"
        if tag == "58" and kind == "j":
            return tag, "Unsupported message type"
        return (tag, "%s (%s)" % (value, values["371"])) if tag == "58" and "371" in values else field

    def as_defined(self, fields, kind):
        """A message as this version defines it: what it has not goes, what it must have comes, and integers are such."""
        message = self.dictionary.messages[kind]
        known, must = self.dictionary.fields(message), self.dictionary.fields(message, only_required=True)
        if kind == "D" and "386" not in known and any(tag == "386" for tag, _ in fields):
            raise Underivable("an order has no group of trading sessions")
        fields = [(tag, self.quantity(value) if tag == "38" else value) for tag, value in fields if not self.is_gone(tag, kind, known, message)]
        if "38" in must and not any(tag == "38" for tag, _ in fields):
            at = next((i for i, (tag, _) in enumerate(fields) if tag in ("40", "37")), None)
            fields = fields[:at] + [("38", "100")] + fields[at:]
        return self.report(fields, must) if kind == "8" else fields

    def is_gone(self, tag, kind, known, message):
        if kind == "d":
            return tag == "336" and tag not in self.dictionary.fields(message, with_groups=False)
        return tag in ("60", "150", "151") and tag not in known

    def report(self, fields, must):
        values = {"17": "1"} if self.dictionary.types["17"] == "INT" else {}
        fields = [(tag, values.get(tag, value)) for tag, value in fields]
        return fields + [(tag, "1") for tag in ("31", "32") if tag in must and tag not in dict(fields)]

    def quantity(self, value):
        is_whole = self.dictionary.types["38"] == "INT"
        return value.split(".")[0] if is_whole and value[0].isdigit() else value

    def measured(self, before, after):
        """BodyLength(9) that was right is made right again, and a wrong one stays."""
        said = dict(before).get("9")
        if said != str(length_of(before, len(SECONDS + ".000"))):
            return after
        return [(tag, str(length_of(after, len(SECONDS) if self.is_old else len(SECONDS + ".000"))) if tag == "9" else value) for tag, value in after]


def write(version, source, target):
    """Writes the definitions of one version into a folder; gives how many, and {name: why} of those left out."""
    target.mkdir(parents=True, exist_ok=True)
    derivation, made, left_out = Derivation(version), 0, {}
    for path in sorted((source / version.base).glob("*.def")):
        if path.name == "SessionReset.def" and version.folder == "fix43":
            continue
        try:
            with open(path, encoding="latin-1", newline="") as lines:
                text = "\n".join(derivation.definition(line.rstrip("\r") for line in lines.read().split("\n")))
        except Underivable as why:
            left_out[path.name] = str(why)
            continue
        (target / path.name).write_text(text, encoding="latin-1")
        made += 1
    if version.appl_ver_id:
        (target / "1d_NoDefaultApplVerID.def").write_text(WITHOUT_VERSION.replace("|", SOH) % version.tester)
        made += 1
    return made, left_out
