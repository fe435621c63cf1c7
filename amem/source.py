"""What code a result depends on: a hash of a module and of everything of the package that it imports."""

import ast
import hashlib
import importlib.util
import io
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path


@cache
def source_hash(module: str) -> str:
    """SHA-256 of the source of a module and of every module of `amem`, or of its own package, that it imports.

    Comments, docstrings and blank lines do not count, so that better prose does not cost hours of computing; nor do
    the names that a package only passes on, so that a new energy makes no older result stale. What counts is what
    the files say: after an edit, restart Python.
    """
    code: dict[str, str] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in code or name == "amem" or name.split(".")[0] not in ("amem", module.split(".")[0]):
            continue
        if (path := _path(name)) is None:
            waiting.append(_origin(name))
            continue
        code[name], imports = _read(path, name)
        waiting += imports
    return hashlib.sha256("\0".join(f"{name}\0{code[name]}" for name in sorted(code)).encode()).hexdigest()


@cache
def _read(path: Path, name: str) -> tuple[str, list[str]]:
    """What a module says and what it imports, the package above it included where that does more than pass on."""
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    above = [package] if package != name and not _passes_on(package) else []
    return _without_prose(text, tree), [*above, *_imports(tree, package)]


@cache
def _path(name: str) -> Path | None:
    """The file of a module, None for a name inside one."""
    try:
        spec = importlib.util.find_spec(name)
    except ModuleNotFoundError:
        return None
    return Path(spec.origin) if spec is not None and spec.origin is not None else None


def _origin(name: str) -> str:
    """Where a name inside a module comes from: that module or, if it only passes the name on, the next one."""
    module, _, last = name.rpartition(".")
    for node in _passes_on(module):
        for alias in node.names:
            if last == (alias.asname or alias.name):
                return f"{importlib.util.resolve_name('.' * node.level + (node.module or ''), module)}.{alias.name}"
    return module


@cache
def _passes_on(package: str) -> list[ast.ImportFrom]:
    """The imports of a package that holds nothing but imports, its docstring and `__all__`; else nothing."""
    path = _path(package)
    if path is None or path.name != "__init__.py":
        return []
    body = ast.parse(path.read_text("utf-8")).body
    imports = [node for node in body if isinstance(node, ast.ImportFrom)]
    rest = [node for node in body if not isinstance(node, ast.ImportFrom)]
    return imports if all(_is_label(node) for node in rest) else []


def _is_label(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(ast.Constant(str())) | ast.Assign([ast.Name("__all__")]):
            return True
        case _:
            return False


def _imports(tree: ast.Module, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            yield from (base if alias.name == "*" else f"{base}.{alias.name}" for alias in node.names)


def _without_prose(text: str, tree: ast.Module) -> str:
    lines = text.split("\n")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    prose: set[int] = set()
    strings: set[int] = set()  # where a blank line is data
    for node in ast.walk(tree):
        match node:
            case ast.Expr(ast.Constant(str()), lineno=first, end_lineno=int(last), end_col_offset=end):
                before, after = lines[first - 1][: node.col_offset], lines[last - 1].encode()[end:]
                if not before.strip() and not after.strip():
                    prose |= set(range(first, last + 1))
            case ast.Constant(str() | bytes()) | ast.JoinedStr():
                strings |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
            case _:
                pass
    rows = range(1, len(lines) + 1)
    return "\n".join(lines[row - 1] for row in rows if row not in prose and (lines[row - 1].strip() or row in strings))
