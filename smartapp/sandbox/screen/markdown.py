"""The Markdown of cards as safe HTML: paragraphs, nested bullets, bold, italics, code, links; all else is text."""

import html
import re
from collections.abc import Iterator

from markupsafe import Markup, escape

_BULLET = re.compile(r"( *)[-*+] +(.*)")
_INLINE = re.compile(
    r"\\(?P<escaped>[\\`*_{}\[\]()#+\-.!<>|~])"
    r"|\*\*(?P<strong>(?:\\.|[^*\\])+)\*\*"
    r"|(?P<mark>[*_])(?P<em>(?:\\.|(?!(?P=mark))[^\\])+)(?P=mark)"
    r"|`(?P<code>[^`]+)`"
    r"|\[(?P<label>(?:\\.|[^\]\\])+)\]\((?P<url>https?://[^\s()\"<>]+)\)"
)


def render(text: str) -> Markup:
    """The HTML of a card's detail."""
    return Markup("\n").join(_blocks(text.replace("\r\n", "\n").split("\n")))


def _blocks(lines: list[str]) -> Iterator[Markup]:
    depths: list[int] = []
    for line in lines:
        bullet = _BULLET.fullmatch(line)
        if bullet:
            yield _list_item(bullet, depths)
        elif line.strip():
            yield _closed(depths)
            yield Markup("<p>{}</p>").format(inline(line.strip()))
    yield _closed(depths)


def _list_item(bullet: re.Match[str], depths: list[int]) -> Markup:
    """What opens this bullet, after closing those that are no parents of it."""
    depth = len(bullet[1])
    parts = []
    while depths and depths[-1] > depth:
        depths.pop()
        parts.append(Markup("</li></ul>"))
    if depths and depths[-1] == depth:
        parts.append(Markup("</li>"))
    else:
        depths.append(depth)
        parts.append(Markup("<ul>"))
    parts.append(Markup("<li>{}").format(inline(bullet[2])))
    return Markup("").join(parts)


def _closed(depths: list[int]) -> Markup:
    ends = Markup("</li></ul>") * len(depths)
    depths.clear()
    return ends


def inline(text: str) -> Markup:
    """One line with its emphasis, code and links."""
    parts, end = [], 0
    for found in _INLINE.finditer(text):
        parts += [_plain(text[end : found.start()]), _marked(found)]
        end = found.end()
    return Markup("").join([*parts, _plain(text[end:])])


def _marked(found: re.Match[str]) -> Markup:
    if found["escaped"]:
        return escape(found["escaped"])
    if found["strong"]:
        return Markup("<strong>{}</strong>").format(inline(found["strong"]))
    if found["em"]:
        return Markup("<em>{}</em>").format(inline(found["em"]))
    if found["code"]:
        return Markup("<code>{}</code>").format(found["code"])
    link = Markup('<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>')
    return link.format(found["url"], inline(found["label"]))


def _plain(text: str) -> Markup:
    # entities of the source are characters; whatever HTML there is becomes text
    return escape(html.unescape(text))
