"""launch.html as it lies at the top of the repository, with its middle filled in."""

import re
from pathlib import Path

from flask import render_template
from markupsafe import Markup, escape

_HEAD = re.compile(r"<!--head-->.*?<!--/head-->", re.DOTALL)
_MAIN = re.compile(r"<!--main-->.*?<!--/main-->", re.DOTALL)


class LaunchPage:
    """The page in one file; what stands between its marks is for those who open the file by itself."""

    def __init__(self, path: Path) -> None:
        self._html = path.read_text(encoding="utf-8")
        if not (_HEAD.search(self._html) and _MAIN.search(self._html)):
            raise ValueError(f"{path.name} has lost its marks.")

    def starting(self, *, ehr: str, following: str) -> str:
        """Says that the launch begins, and goes on by itself, without script."""
        go_on = Markup('<meta http-equiv="refresh" content="0; url={}">').format(following)
        return self._filled(go_on, render_template("launch/starting.html", ehr=ehr, next=following))

    def standing_aside(self, *, ehr: str, again: str) -> str:
        """Offers a tab of its own, where the EHR's sign-in can be shown."""
        return self._filled("", render_template("launch/own_tab.html", ehr=ehr, again=again))

    def choosing(self, ehrs: list[tuple[str, str, bool]]) -> str:
        """Offers the registered EHRs: name, address to start with, whether it is an open test server."""
        return self._filled("", render_template("launch/choose.html", ehrs=ehrs))

    def _filled(self, head: str, main: str) -> str:
        html = _HEAD.sub(lambda _: str(escape(head)), self._html)
        return _MAIN.sub(lambda _: main, html)
