"""The generator as a user runs it: what it says of wrong input, and that it leaves what is right alone."""
import pathlib
import subprocess
import sys
import tempfile

generator, dictionaries = sys.argv[1], pathlib.Path(sys.argv[2])
failures = 0


def run(*arguments):
    done = subprocess.run([generator, *map(str, arguments)], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def expect(name, is_so, shown):
    global failures
    print(("ok      " if is_so else "FAILED  ") + name)
    if not is_so:
        failures += 1
        print("   got:", shown)


with tempfile.TemporaryDirectory() as folder:
    out = pathlib.Path(folder, "out")
    fix44, own = dictionaries / "FIX44.xml", pathlib.Path(folder, "own.xml")

    status, said, errors = run(fix44, "--namespace", "fix44", "--out", out)
    expect("FIX44 is generated", status == 0 and "93 messages" in said and errors == "", (status, said, errors))
    expect("one header a message", (out / "fix44/new_order_single.hpp").is_file() and (out / "fix44/groups/no_party_ids.hpp").is_file(), list(out.rglob("*"))[:5])
    status, said, errors = run(fix44, "--namespace", "fix44", "--out", out)
    expect("a second run writes nothing", "0 headers written" in said and "0 removed" in said, said)

    own.write_text(fix44.read_text().replace("<message name='NewOrderSingle' msgtype='D'", "<message name='OrderOfOurs' msgtype='D'"))
    status, said, errors = run(own, "--namespace", "fix44", "--out", out)
    expect("a message that is no more leaves no header", not (out / "fix44/new_order_single.hpp").exists() and (out / "fix44/order_of_ours.hpp").is_file(), said)

    status, said, errors = run(dictionaries / "FIX50SP2.xml", "--namespace", "fix50", "--out", out)
    expect("FIX 5.0 without a transport is refused, with what to do", status == 1 and "--transport" in errors and "FIXT.1.1" in errors, (status, errors))
    expect("and nothing is written", not (out / "fix50").exists(), "")

    own.write_text("<fix type='FIX' major='4' minor='4'>\n<header/>\n<messages>\n<message name='A' msgtype='U' msgcat='app'><field name='Nowhere' required='N'/></message>\n</messages><trailer/><fields/></fix>\n")
    status, said, errors = run(own, "--namespace", "x", "--out", out)
    expect("a mistake in a dictionary comes with file and line", status == 1 and f"{own}:4:" in errors and "Nowhere" in errors, (status, errors))

    status, said, errors = run(pathlib.Path(folder, "none.xml"), "--namespace", "x", "--out", out)
    expect("a file that is not there is named", status != 0 and "none.xml" in errors, (status, errors))
    field = "<field number='%d' name='%s' type='%s'/>"
    plain = "<fix type='FIX' major='4' minor='4'><header><field name='H' required='N'/></header><trailer/><messages><message name='M' msgtype='U' msgcat='app'>%s</message></messages><fields>%s</fields></fix>"
    fields = field % (8, "H", "STRING") + field % (11, "I", "STRING") + field % (453, "NoIs", "NUMINGROUP")
    own.write_text(plain % ("<group name='NoIs' required='N'><field name='I' required='N'/></group>", fields))
    run(own, "--namespace", "g", "--out", out)
    own.write_text(plain % ("<field name='I' required='N'/>", fields))
    status, said, errors = run(own, "--namespace", "g", "--out", out)
    expect("groups that are no more leave no header", status == 0 and not (out / "g/groups/no_is.hpp").exists() and "1 removed" in said, (said, errors))

    # Three groups of the same kind in each entry, fifteen levels deep: fourteen million if each were spelt out.
    levels, of_level = 15, 3
    components = "".join("<component name='L%d'>%s</component>" % (n, "".join("<group name='No%d%s' required='N'><field name='I' required='N'/>%s</group>"
                         % (n, chr(65 + k), "<component name='L%d' required='N'/>" % (n + 1) if n + 1 < levels else "") for k in range(of_level))) for n in range(levels))
    fields += "".join(field % (6000 + n * of_level + k, "No%d%s" % (n, chr(65 + k)), "NUMINGROUP") for n in range(levels) for k in range(of_level))
    own.write_text((plain % ("<component name='L0' required='N'/>", fields)).replace("<fields>", "<components>" + components + "</components><fields>"))
    status, said, errors = run(own, "--namespace", "deep", "--out", out)
    expect("entries that share what is in them take no time", status in (0, 1) and (status == 0 or "depth" in errors or "deep" in errors), (status, said[-200:], errors[-300:]))

    for name in ("std::x", "troupe::protocol", "Fix44", "fix 44", "class", "std", "", "a::", "../x", "1fix"):
        status, said, errors = run(fix44, f"--namespace={name}", "--out", out)
        expect(f"the namespace \"{name}\" is refused", status != 0 and "--namespace" in errors, (status, errors))

    blocked = pathlib.Path(folder, "blocked")
    blocked.write_text("a file")
    status, said, errors = run(fix44, "--namespace", "fix44", "--out", blocked)
    expect("an output folder that cannot be made is named", status == 1 and "blocked" in errors, (status, errors))

sys.exit(1 if failures else 0)
