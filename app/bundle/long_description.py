"""The README as a package index shows it: links and pictures lead to where the project lives.

An index has only the text, so what the README names by its path in the repository is not there.
"""

import re

PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)]+)\)")
RULES = re.compile(r"[|\s-]*")


def long_description(readme: str, home: str) -> str:
    """Return the README for an index; `home` is the address of the project's repository.

    Without one there is no address for a picture: they are left out, and links are plain text.
    """
    if home:
        shown = PICTURE.sub(lambda one: f"![{one[1]}]({_address(one[2], home, 'raw')})", readme)
        return LINK.sub(lambda one: f"[{one[1]}]({_address(one[2], home, 'blob')})", shown)
    blocks = [block for block in readme.split("\n\n") if not _is_gallery(block)]
    shown = PICTURE.sub("", "\n\n".join(blocks))
    return LINK.sub(lambda one: one[0] if _is_address(one[2]) else one[1], shown)


def _address(target: str, home: str, kind: str) -> str:
    return target if _is_address(target) else f"{home}/{kind}/main/{target}"


def _is_address(target: str) -> bool:
    return target.startswith(("https://", "http://"))


def _is_gallery(block: str) -> bool:
    return bool(PICTURE.search(block)) and bool(RULES.fullmatch(PICTURE.sub("", block)))
