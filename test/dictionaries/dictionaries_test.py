#!/usr/bin/env python3
"""The dictionaries that come with Troupe hold together, and are what the facts give.

    dictionaries_test.py Files Found    needs nothing but the files
    dictionaries_test.py AsMade         needs the facts, in the folder that TROUPE_FACTS names; says so where it is not set
"""
import os
import pathlib
import subprocess
import sys
import unittest

import mistakes

FOLDER = pathlib.Path(__file__).parents[2] / "dictionaries"
COUNTS = {  # fields, messages, administrative ones among them
    "FIX40": (138, 27, 7),
    "FIX41": (206, 28, 7),
    "FIX42": (405, 46, 7),
    "FIX43": (635, 68, 8),
    "FIX44": (912, 93, 7),
    "FIX50": (1090, 93, 0),
    "FIX50SP1": (1373, 105, 0),
    "FIX50SP2": (6028, 156, 0),
    "FIXT11": (92, 8, 7),
}


class Files(unittest.TestCase):
    """Every file, one after the other."""

    @classmethod
    def setUpClass(cls):
        cls.dictionaries = {name: mistakes.Dictionary((FOLDER / f"{name}.xml").read_bytes()) for name in COUNTS}

    def test_these_and_no_others(self):
        self.assertEqual(sorted(path.stem for path in FOLDER.glob("*.xml")), sorted(COUNTS))

    def test_no_mistakes(self):
        for name, dictionary in self.dictionaries.items():
            for find in mistakes.ALL:
                with self.subTest(name, find=find.__name__):
                    self.assertEqual(find(dictionary), [])

    def test_counts(self):
        for name, d in self.dictionaries.items():
            admin = [message for message in d.messages if message.get("msgcat") == "admin"]
            self.assertEqual((len(d.fields), len(d.messages), len(admin)), COUNTS[name], name)

    def test_version_is_that_of_the_name(self):
        for name, d in self.dictionaries.items():
            given = d.root.attrib
            pack = "" if given["servicepack"] == "0" else "SP" + given["servicepack"]
            self.assertEqual(given["type"] + given["major"] + given["minor"] + pack, name)

    def test_header_and_trailer(self):
        """They belong to whatever has a session: all but the application versions of FIX 5.0."""
        for name, d in self.dictionaries.items():
            header, trailer = (list(d.names(d.root.find(section))) for section in ("header", "trailer"))
            if name.startswith("FIX50"):
                self.assertEqual(header + trailer, [], name)
            else:
                self.assertEqual(header[:3], ["BeginString", "BodyLength", "MsgType"], name)
                self.assertEqual(trailer[-1], "CheckSum", name)

    def test_types_of_messages_defined_elsewhere_are_not_listed(self):
        for name, d in self.dictionaries.items():
            listed = {field.get("name") for field in d.fields if len(field)}
            self.assertNotIn("RefMsgType", listed, name)
            self.assertEqual("MsgType" in listed, name != "FIXT11", name)

    def test_text(self):
        for name in COUNTS:
            text = (FOLDER / f"{name}.xml").read_bytes().decode()
            self.assertTrue(text.endswith("</fix>\n"), name)
            self.assertIn("licences/", text.split("<fix ")[0], name)


class Found(unittest.TestCase):
    """Each kind of mistake is found in a dictionary that has it."""

    def expect(self, find, what, **changed):
        parts = {
            "header": "<header><field name='Text' required='N'/></header>",
            "messages": "<messages><message name='M' msgtype='M' msgcat='app'><component name='C' required='N'/></message></messages>",
            "components": "<components><component name='C'><group name='Count' required='N'><field name='Text' required='N'/></group></component></components>",
            "fields": "<field number='1' name='Count' type='NUMINGROUP'/><field number='2' name='Text' type='STRING'/>",
        } | {"more": ""} | changed
        text = "<fix>{header}{messages}<trailer/>{components}<fields>{fields}{more}</fields></fix>".format(**parts)
        dictionary = mistakes.Dictionary(text)
        self.assertEqual(find(dictionary), what)

    def test_none(self):
        for find in mistakes.ALL:
            self.expect(find, [])

    def test_sections(self):
        self.expect(mistakes.sections, ["the sections are ['messages', 'trailer', 'components', 'fields']"], header="")

    def test_definitions(self):
        self.expect(mistakes.repeated_definitions, ["tag 2 twice", "field Text twice"], more="<field number='2' name='Text' type='INT'/>")

    def test_attributes(self):
        self.expect(mistakes.attributes, ["field X: type Int", "field X: number x"], more="<field number='x' name='X' type='Int'/>")
        self.expect(mistakes.attributes, ["header: Text is required or not?"], header="<header><field name='Text'/></header>")

    def test_references(self):
        self.expect(mistakes.references, ["header: no field Who"], header="<header><field name='Who' required='N'/></header>")
        self.expect(mistakes.references, ["message M: no component C"], components="<components/>")

    def test_circles(self):
        self.expect(mistakes.circles, ["message M: component C is inside itself", "component C: component C is inside itself"],
                    components="<components><component name='C'><component name='C' required='N'/></component></components>")

    def test_members(self):
        twice = "<header><field name='Text' required='N'/><field name='Text' required='N'/></header>"
        self.expect(mistakes.repeated_members, ["header: member Text twice"], header=twice)

    def test_entries(self):
        self.expect(mistakes.entries, ["group Count has no delimiter"], header="<header><group name='Count' required='N'/></header>")

    def test_data(self):
        header = "<header><field name='Text' required='N'/><field name='Raw' required='N'/></header>"
        raw = "<field number='3' name='Raw' type='DATA'/>"
        self.expect(mistakes.data_without_length, ["header: no length directly before Raw"], header=header, more=raw)

    def test_enumerations(self):
        values = "<field number='3' name='E' type='CHAR'>" + "<value enum='A' description='B'/>" * 2 + "</field>"
        self.expect(mistakes.enumerations, ["field E: value A twice", "field E: description B twice"], more=values)
        self.expect(mistakes.enumerations, ["field E: an empty value"], more="<field number='3' name='E' type='CHAR'><value enum='A'/></field>")


class AsMade(unittest.TestCase):
    def test_files_are_what_the_facts_give(self):
        facts = os.environ.get("TROUPE_FACTS")
        if not facts:
            print("skipped: TROUPE_FACTS is not set")
            self.skipTest("TROUPE_FACTS is not set")
        made = subprocess.run([sys.executable, "-B", FOLDER / "make_dictionaries.py", "--check", "--facts", facts], capture_output=True, text=True)
        self.assertEqual((made.returncode, made.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
