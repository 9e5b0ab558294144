"""What the agent and the helper say to people can be translated: src/model/tide-told.c has each of their sentences, and no other."""
import glob
import os
import re
import sys
import unittest

ROOT = sys.argv.pop()
LITERALS = re.compile(r'(?:"(?:[^"\\]|\\.)*"\s*)+')
# For exceptions of the package and for logs, which are English as Python's own are, and texts that nobody is shown.
OTHERS = {"tide-log-thread.c", "tide-profile.c", "tide-references.c"}
NOT_SHOWN = {"Tells Pagetide of collections.", "Pagetide's agent looks what is wanted of it.", "This is another process."}
# These name what nobody can know before, as all that have a number do.
OPEN = {"This interpreter lacks %s."}


def sentences(path):
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/", "", file.read().replace("\\\n", ""), flags=re.S)
    for match in LITERALS.finditer(text):
        literal = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', match.group()))
        if re.match(r" ?[A-Z%/].* .*\.\Z", literal) and not re.search("%[^s]", literal):
            yield literal.strip()


class Told(unittest.TestCase):
    def test_sentences(self):
        known = set(sentences(os.path.join(ROOT, "src/model/tide-told.c")))
        self.assertGreater(len(known), 50)
        said, made = set(), set()
        for path in glob.glob(os.path.join(ROOT, "pyext/agent/*.c")) + glob.glob(os.path.join(ROOT, "src/helper/*.c")):
            if os.path.basename(path) not in OTHERS:
                for sentence in set(sentences(path)) - NOT_SHOWN - OPEN:
                    (made if "%s" in sentence else said).add(sentence)
        self.assertEqual(said - known, set(), "tide-told.c lacks these")
        for sentence in made:
            pattern = re.escape(sentence).replace("%s", ".+").replace(r"\%s", ".+")
            found = {other for other in known if re.fullmatch(pattern, other)}
            self.assertGreater(len(found), 1, sentence)
            said |= found
        self.assertEqual(known - said, set(), "nobody says these")


if __name__ == "__main__":
    unittest.main()
