"""Takes a picture of the window on a sample program, in an X server of its own: /usr/bin/python3 tools/screenshot.py OUT.png

Called with the environment that ./dev run sets up; `./dev screenshots` does so and writes those of data/screenshots/.
"""
import argparse
import os
import subprocess
import sys
import time

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir)
sys.path.insert(0, os.path.join(TOP, "tests", "e2e"))
import desktop  # noqa: E402


def dress():
    """GNOME's own font, as people have it there; where it is not installed, that of the system."""
    folder = os.path.join(os.environ["XDG_CONFIG_HOME"], "gtk-4.0")
    os.makedirs(folder)
    with open(os.path.join(folder, "settings.ini"), "w") as file:
        file.write("[Settings]\ngtk-font-name=Cantarell 11\ngtk-enable-animations=0\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out")
    parser.add_argument("--scheme", choices=["light", "dark"], default="light")
    parser.add_argument("--scale", type=int, default=1)
    parser.add_argument("--after", type=float, default=14, help="seconds of the sample's life before the picture (%(default)s)")
    parser.add_argument("--sample", default="batch_job")
    parser.add_argument("--keys", default="", help="what to type before, as xdotool calls it, separated by blanks")
    options = parser.parse_args()
    problem = desktop.missing()
    if problem:
        parser.error(problem)
    desktop.enter(scale=options.scale)
    dress()
    window = desktop.Window([os.environ["PAGETIDE"], "run", "--python", "/usr/bin/python3",
                             os.path.join(TOP, "pyext", "pagetide", "examples", options.sample + ".py")],
                            env=dict(os.environ, PAGETIDE_COLOR_SCHEME=options.scheme))
    try:
        time.sleep(options.after)
        if options.keys:
            window.press(*options.keys.split())
            time.sleep(1)
        subprocess.run(["import", "-window", window.x_window(), options.out], check=True)
    finally:
        window.kill()
    return 0


if __name__ == "__main__":
    sys.exit(main())
