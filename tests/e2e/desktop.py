"""A desktop of one's own: an X server without a screen, a session bus, an accessibility bus, empty settings; and the eyes and hands of a
person in it, by accessibility and by the keyboard.
"""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PATIENCE = 60
ROOT = "/org/a11y/atspi/accessible/root"


def missing():
    """What is needed and not here, as a sentence, or None."""
    for program in ["Xvfb", "dbus-run-session", "xdotool"]:
        if not shutil.which(program):
            return "%s is not installed" % program
    try:
        import gi
        gi.require_version("Atspi", "2.0")
    except (ImportError, ValueError) as error:
        return str(error)
    return None


def enter(width=1400, height=1000, scale=1):
    """Runs the program that calls this again in such a desktop, and exits with its status; in there, it only returns."""
    if os.environ.get("PAGETIDE_TEST_DESKTOP"):
        return
    home = tempfile.mkdtemp(prefix="pagetide-desktop-")
    read, write = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", "%dx%dx24" % (width * scale, height * scale),
                               "-nolisten", "tcp", "-noreset"], pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as file:
            number = file.readline().strip()
        if not number:
            raise SystemExit("Xvfb did not start")
        environment = {name: value for name, value in os.environ.items()
                       if name not in ("WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS", "GTK_THEME", "LANGUAGE")}
        environment.update(PAGETIDE_TEST_DESKTOP="1", DISPLAY=":" + number, GDK_BACKEND="x11", GSK_RENDERER="cairo", GTK_A11Y="atspi",
                           GDK_SCALE=str(scale), GSETTINGS_BACKEND="memory", LC_ALL="C.UTF-8", NO_AT_BRIDGE="0")
        for name in ["XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"]:
            environment[name] = os.path.join(home, name)
            os.mkdir(environment[name], 0o700)
        # The daemons that the bus starts print; their words are no part of ours.
        out = os.dup(1)
        inner = subprocess.run(["dbus-run-session", "--", "sh", "-c", "exec \"$@\" >&%d %d>&-" % (out, out), "sh", sys.executable] + sys.argv,
                               env=environment, stdout=sys.stderr, pass_fds=[out])
    finally:
        end(server)
        shutil.rmtree(home, ignore_errors=True)
    sys.exit(inner.returncode if inner.returncode >= 0 else 128 - inner.returncode)


def end(server):
    """Ends the X server.  A signal that comes just before it waits for its clients is not seen until one of them moves: it is sent again."""
    while True:
        server.terminate()
        try:
            server.wait(0.2)
            return
        except subprocess.TimeoutExpired:
            pass


def until(question, what, patience=PATIENCE):
    """The first true answer of QUESTION (), which is asked again and again, since accessibility does not tell of all that changes; an AssertionError
    that names WHAT when none comes."""
    end = time.monotonic() + patience
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError("waited %d s for %s" % (patience, what))
        time.sleep(0.05)


class Window:
    """A program with a window, seen through accessibility."""

    def __init__(self, command, **options):
        import gi
        gi.require_version("Atspi", "2.0")
        from gi.repository import Atspi, Gio, GLib
        self.atspi, self.error, self.variant = Atspi, GLib.Error, GLib.Variant
        Atspi.init()
        # Beside the window: the tip of what is below the pointer is a window as well, and might be taken for the last.
        subprocess.run(["xdotool", "mousemove", "9999", "9999"], check=True)
        self.process = subprocess.Popen(command, **options)
        self.application = until(self.find_application, "the window to be accessible")
        self.connect(Gio)
        self.own = until(self.x_window, "a visible window")

    def find_application(self):
        if self.process.poll() is not None:
            raise AssertionError("the program ended with %d before its window was there" % self.process.returncode)
        desktop = self.atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(index)
            try:
                if child is not None and child.get_process_id() == self.process.pid and child.get_child_count() > 0:
                    return child
            except self.error:
                pass
        return None

    def connect(self, gio):
        """Finds the program on the accessibility bus, for questions that the library has no words for."""
        session = gio.bus_get_sync(gio.BusType.SESSION)
        address = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None, 0, -1, None).unpack()[0]
        flags = gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        self.bus = gio.DBusConnection.new_for_address_sync(address, flags, None, None)
        names = self.ask("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "ListNames")
        self.name = next(name for name in names if name.startswith(":") and self.process.pid == self.ask(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixProcessID",
            self.variant("(s)", (name,))))

    def ask(self, name, path, interface, method, arguments=None):
        return self.bus.call_sync(name, path, interface, method, arguments, None, 0, -1, None).unpack()[0]

    def windows(self):
        """The windows of the program, and menus that stand in none.  GTK 4.8 ends with a fault when it is asked for one that it counts
        already but has no place for yet: it is asked once all of them have theirs."""
        def ready():
            count = self.ask(self.name, ROOT, "org.freedesktop.DBus.Properties", "Get",
                             self.variant("(ss)", ("org.a11y.atspi.Accessible", "ChildCount")))
            items = self.ask(self.name, "/org/a11y/atspi/cache", "org.a11y.atspi.Cache", "GetItems")
            return count > 0 and count == sum(item[2] == (self.name, ROOT) for item in items) and (count,)
        count, = until(ready, "the windows to be accessible")
        return filter(None, [self.application.get_child_at_index(index) for index in range(count)])

    def nodes(self, node=None, leaves=()):
        """NODE (the application, if not given) and all below it, in order, but not what is below a role of LEAVES.  What vanishes meanwhile
        is left out.  Each step asks the program: a whole table takes seconds."""
        node = node or self.application
        yield node
        if self.role(node) in leaves:
            return
        try:
            children = self.windows() if node == self.application else map(node.get_child_at_index, range(node.get_child_count()))
            for child in children:
                if child is not None:
                    yield from self.nodes(child, leaves)
        except self.error:
            pass

    def text(self, node):
        """Its text, or else its name.  (A text view without a name has that of its type here.)"""
        try:
            if "Text" in node.get_interfaces():
                text = self.atspi.Text.get_text(node, 0, self.atspi.Text.get_character_count(node))
                if text:
                    return text
            return node.get_name() or ""
        except self.error:
            return ""

    def texts(self, node=None):
        return [text for text in map(self.text, self.nodes(node)) if text]

    def role(self, node):
        try:
            return node.get_role_name()
        except self.error:
            return ""

    def find(self, roles, words):
        """The first node of one of ROLES that has WORDS in its name or text, or None; tables are not searched."""
        for node in self.nodes(leaves=["tree table"]):
            if self.role(node) in roles and words in self.text(node):
                return node
        return None

    def press(self, *keys):
        """Types keys, as xdotool calls them, into the window that has the name of a visible one of the process."""
        window = until(self.x_window, "a visible window")
        subprocess.run(["xdotool", "windowfocus", "--sync", window], check=True, stderr=subprocess.DEVNULL)
        subprocess.run(["xdotool", "key", "--clearmodifiers"] + list(keys), check=True)

    def type(self, text):
        """Types TEXT where the focus is, in the window that came last."""
        window = until(self.x_window, "a visible window")
        subprocess.run(["xdotool", "windowfocus", "--sync", window], check=True, stderr=subprocess.DEVNULL)
        subprocess.run(["xdotool", "type", "--clearmodifiers", "--delay", "20", "--", text], check=True)

    def x_windows(self):
        """The visible top-level windows of the process, by their X numbers."""
        result = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid)], stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL)
        return result.stdout.decode().split()

    def x_window(self):
        """The one that came last, or None."""
        numbers = self.x_windows()
        return numbers[-1] if numbers else None

    def click(self, node):
        """Activates NODE."""
        assert self.atspi.Action.do_action(node, 0), "cannot be activated: " + self.text(node)

    def answer(self, node):
        """Activates NODE of a dialog, which goes.  Until it has, nothing is asked by accessibility: GTK 4.8 ends with a fault when it is
        asked for a window that goes."""
        until(lambda: self.x_window() not in (None, self.own), "the dialog to be visible")
        dialog = self.x_window()
        self.click(node)
        until(lambda: dialog not in self.x_windows(), "the dialog to be gone")

    def ended(self):
        """Its exit status, once it has ended; else None."""
        status = self.process.poll()
        return None if status is None else (status,)

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
