"""Code in documentation is code that the tests compile: a block behind `<!-- quoted: FILE MARK -->` is what stands in FILE
between the lines `// [MARK]` and `// [/MARK]`, indented as little as possible.

    quotes.py ROOT           exit status 1 and a line for every block that differs
    quotes.py ROOT --write   puts the present code there
    quotes.py --self-test    a page that differs is found
"""
import pathlib
import re
import sys
import tempfile
import textwrap

BLOCK = re.compile(r"<!-- quoted: (\S+) (\S+) -->\n```[a-z+]*\n(.*?)```\n", re.S)


def code_between_marks(root, file, mark):
    text = (root / file).read_text()
    found = re.search(rf"^ *// \[{mark}\]\n(.*?)^ *// \[/{mark}\]$", text, re.S | re.M)
    if not found:
        raise SystemExit(f"{file}: no lines '// [{mark}]' and '// [/{mark}]'")
    return textwrap.dedent(found.group(1))


def pages(root):
    skipped = {"build", ".git"}
    return [p for p in root.rglob("*.md") if not skipped & set(p.relative_to(root).parts)]


def check(root, write):
    wrong, count = [], 0
    for page in pages(root):
        text = page.read_text()
        for block in BLOCK.finditer(text):
            count += 1
            file, mark, quoted = block.groups()
            code = code_between_marks(root, file, mark)
            if quoted == code:
                continue
            wrong.append(f"{page.relative_to(root)}: the quote of {file} [{mark}] differs from the code; quotes.py ROOT --write mends it")
            text = text.replace(block.group(0), block.group(0).replace(quoted + "```\n", code + "```\n"))
        if write:
            page.write_text(text)
    return ([] if write else wrong), count


def self_test():
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        (root / "a.cpp").write_text("// [x]\n  int a;\n// [/x]\n")
        (root / "good.md").write_text("<!-- quoted: a.cpp x -->\n```cpp\nint a;\n```\n")
        assert check(root, False) == ([], 1)
        (root / "bad.md").write_text("<!-- quoted: a.cpp x -->\n```cpp\nint b;\n```\n")
        assert len(check(root, False)[0]) == 1
        check(root, True)
        assert check(root, False) == ([], 2)
    return 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    wrong, count = check(pathlib.Path(arguments[0]), "--write" in arguments)
    print("\n".join(wrong) or f"{count} quotes are what the code says")
    return 1 if wrong or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
