"""Runs `pagetide render` as a script would, on the recording that is kept for ever.  PAGETIDE names the program."""

import os
import struct
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree
import zlib

PAGETIDE = os.environ["PAGETIDE"]
RECORDING = os.path.join(os.environ["PAGETIDE_TEST_DATA"], "recordings", "v1-small.pagetide")


def png(path):
    """Width, height and the first pixel (red, green, blue) of a PNG with eight bits a channel; checks every chunk's checksum."""
    with open(path, "rb") as file:
        data = file.read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    position, pixels, header = 8, b"", None
    while position < len(data):
        length, kind = struct.unpack(">I4s", data[position:position + 8])
        body = data[position + 8:position + 8 + length]
        assert struct.unpack(">I", data[position + 8 + length:position + 12 + length])[0] == zlib.crc32(kind + body)
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", body)
        elif kind == b"IDAT":
            pixels += body
        position += 12 + length
    # The first pixel of the first row is as it is under every filter: what would be subtracted lies outside.
    return header[0], header[1], tuple(zlib.decompress(pixels)[1:4])


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tide-render-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def render(self, *args, **options):
        options.setdefault("input", b"")
        return subprocess.run([PAGETIDE, "render", *args], cwd=self.folder, env=dict(os.environ, LC_ALL="C.UTF-8"),
                              capture_output=True, timeout=60, check=False, **options)

    def assert_silent(self, result):
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, b"", b""))

    def assert_sentence(self, result, part):
        text = result.stderr.decode()
        self.assertEqual((result.returncode, result.stdout), (1, b""), text)
        self.assertRegex(text, r"\Apagetide: [^\n]+\n\Z")
        self.assertIn(part, text)


class Pictures(Case):
    def test_png(self):
        self.assert_silent(self.render(RECORDING, "-o", "a.png"))
        self.assertEqual(png(self.path("a.png")), (1200, 720, (0xfa, 0xfa, 0xfa)))

    def test_size_scale_dark(self):
        self.assert_silent(self.render(RECORDING, "--output", "a.png", "--size", "640x360", "--scale", "1.5", "--dark"))
        self.assertEqual(png(self.path("a.png")), (960, 540, (0x24, 0x24, 0x24)))

    def test_svg(self):
        self.assert_silent(self.render(RECORDING, "-o", "a.SVG", "--size", "640x360", "--view", "timeline"))
        root = xml.etree.ElementTree.parse(self.path("a.SVG")).getroot()
        self.assertEqual(root.tag, "{http://www.w3.org/2000/svg}svg")
        self.assertEqual(root.get("viewBox"), "0 0 640 360")

    def test_range_changes_the_picture(self):
        pictures = []
        for number, option in enumerate([[], ["--range", "..0.001"], ["--range", "0.001.."], ["--range=0..3600"]]):
            name = f"{number}.png"
            self.assert_silent(self.render(RECORDING, "-o", name, *option))
            with open(self.path(name), "rb") as file:
                pictures.append(file.read())
        self.assertEqual(len(set(pictures)), 4)

    def test_standard_input(self):
        with open(RECORDING, "rb") as file:
            self.assert_silent(self.render("-", "-o", "a.png", input=file.read()))
        self.assertEqual(png(self.path("a.png"))[:2], (1200, 720))

    def test_cut_file(self):
        with open(RECORDING, "rb") as file:
            data = file.read()
        with open(self.path("cut.pagetide"), "wb") as file:
            file.write(data[:-10])
        self.assert_silent(self.render("cut.pagetide", "-o", "a.png"))

    def test_help(self):
        result = self.render("--help")
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        for option in [b"--output", b"--view", b"--size", b"--scale", b"--dark", b"--range"]:
            self.assertIn(option, result.stdout)


class Errors(Case):
    def test_arguments(self):
        for args, part in [
            ([], "render FILE"),
            ([RECORDING, RECORDING, "-o", "a.png"], "One recording"),
            ([RECORDING], "-o OUT.png"),
            ([RECORDING, "-o", "a.jpeg"], "a.jpeg"),
            ([RECORDING, "-o", "a.png", "--bogus"], "--bogus"),
            ([RECORDING, "-o", "a.png", "--view", "pie"], "pie"),
            ([RECORDING, "-o", "a.png", "--view", "flamegraph"], "not built yet"),
            ([RECORDING, "-o", "a.png", "--scale", "x"], "x"),
            ([RECORDING, "-o", "a.png", "--scale", "0"], "pixels"),
            ([RECORDING, "-o", "a.png", "--scale", "nan"], "pixels"),
        ]:
            with self.subTest(args=args):
                self.assert_sentence(self.render(*args), part)
        self.assertEqual(os.listdir(self.folder), [])

    def test_sizes(self):
        for size in ["", "x", "640", "640x", "x360", "-640x360", "640x360x", " 640x360", "0x360", "99999x2", "9" * 400 + "x9"]:
            with self.subTest(size=size):
                self.assert_sentence(self.render(RECORDING, "-o", "a.png", f"--size={size}"), "")
        self.assertEqual(os.listdir(self.folder), [])

    def test_ranges(self):
        for text in ["", "5", "a..b", "5..5", "6..5", "..nan", "1e400..", "1...2", "..-inf"]:
            with self.subTest(range=text):
                self.assert_sentence(self.render(RECORDING, "-o", "a.png", f"--range={text}"), "range")
        self.assertEqual(os.listdir(self.folder), [])

    def test_files(self):
        with open(self.path("foreign"), "wb") as file:
            file.write(b"\x00\x01 this is no recording" * 100)
        self.assert_sentence(self.render("foreign", "-o", "a.png"), "recording")
        self.assert_sentence(self.render("absent", "-o", "a.png"), "absent")
        self.assert_sentence(self.render(".", "-o", "a.png"), "")
        self.assert_sentence(self.render(RECORDING, "-o", "nowhere/a.png"), "nowhere/a.png cannot be written")
        self.assertEqual(os.listdir(self.folder), ["foreign"])

    def test_a_failure_leaves_the_old_picture(self):
        with open(self.path("a.png"), "wb") as file:
            file.write(b"old")
        self.assert_sentence(self.render(RECORDING, "-o", "a.png", "--size", "99999x2"), "pixels")
        with open(self.path("a.png"), "rb") as file:
            self.assertEqual(file.read(), b"old")


if __name__ == "__main__":
    unittest.main()
