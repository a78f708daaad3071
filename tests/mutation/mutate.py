"""Small wrong versions of a function: each differs from the original in one place only."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

COMPARED = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
COUNTED = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.BitOr: (ast.BitAnd,),
    ast.BitAnd: (ast.BitOr,),
}
SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Mutant:
    """One wrong version: of which function, where, what was changed, and the code of its whole module."""

    function: str
    line: int
    change: str
    code: CodeType


def mutants_of(source: str, filename: str = "mutant") -> Iterator[Mutant]:
    """Every mutant of every function and method of a module.

    Left alone: docstrings, annotations, decorators, defaults, sentences (texts with a space in them), error
    messages (a test that repeats a sentence proves nothing) and None for False or "" (no caller asks which).
    The tree is changed in place, compiled and put right again.
    """
    tree = ast.parse(source)
    line = 0
    for function, parent, node, field, position in list(_walk(tree)):
        line = getattr(node, "lineno", line)
        for change, wrong in _wrong(node):
            _put(parent, field, position, wrong)
            ast.fix_missing_locations(tree)
            yield Mutant(function, line, change, compile(tree, filename, "exec"))
            _put(parent, field, position, node)


def _put(parent: ast.AST, field: str, position: int | None, node: ast.AST) -> None:
    if position is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[position] = node


def _walk(tree: ast.Module) -> Iterator[tuple[str, ast.AST, ast.AST, str, int | None]]:
    """(function, parent, node, field, position) of everything inside functions, in a fixed order."""

    def inside(name: str, parent: ast.AST) -> Iterator[tuple[str, ast.AST, ast.AST, str, int | None]]:
        for field, value in ast.iter_fields(parent):
            if field in ("annotation", "returns", "decorator_list", "args") and isinstance(
                parent, ast.FunctionDef | ast.AnnAssign | ast.arg
            ):
                continue
            for position, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if not isinstance(node, ast.AST) or isinstance(node, ast.FormattedValue | ast.JoinedStr):
                    continue
                if isinstance(node, ast.Raise) or _is_docstring(node):
                    continue
                if not isinstance(node, ast.FunctionDef | ast.Lambda):
                    yield name, parent, node, field, position
                if not isinstance(node, ast.FunctionDef):
                    yield from inside(name, node)

    def functions(prefix: str, owner: ast.AST) -> Iterator[tuple[str, ast.FunctionDef]]:
        for node in getattr(owner, "body", ()):
            if isinstance(node, ast.FunctionDef):
                yield f"{prefix}{node.name}", node
            elif isinstance(node, ast.ClassDef):
                yield from functions(f"{prefix}{node.name}.", node)

    for name, function in functions("", tree):
        yield from inside(name, function)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _wrong(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """(what changed, the wrong node), one change each."""
    if isinstance(node, ast.Compare):
        for i, operator in enumerate(node.ops):
            for other in COMPARED.get(type(operator), ()):
                wrong = copy.deepcopy(node)
                wrong.ops[i] = other()
                yield f"{type(operator).__name__} -> {other.__name__}", wrong
    elif isinstance(node, ast.BinOp):
        for other in COUNTED.get(type(node.op), ()):
            wrong = copy.deepcopy(node)
            wrong.op = other()
            yield f"{type(node.op).__name__} -> {other.__name__}", wrong
    elif isinstance(node, ast.BoolOp):
        wrong = copy.deepcopy(node)
        wrong.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield "and <-> or", wrong
        for i in range(len(node.values)):
            if len(node.values) > 1:
                rest = [v for j, v in enumerate(copy.deepcopy(node.values)) if j != i]
                yield (
                    f"part {i + 1} of and/or dropped",
                    rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest),
                )
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not dropped", copy.deepcopy(node.operand)
    elif isinstance(node, ast.Constant):
        yield from _constants(node)
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        for value in (True, False):
            wrong = copy.deepcopy(node)
            wrong.test = ast.Constant(value)
            if not (isinstance(node, ast.While) and value):
                yield f"condition always {value}", wrong
    elif isinstance(node, ast.comprehension) and node.ifs:
        wrong = copy.deepcopy(node)
        wrong.ifs = []
        yield "filter dropped", wrong
    elif isinstance(node, ast.Return) and node.value is not None:
        if not (
            isinstance(node.value, ast.Constant)
            and (node.value.value in (None, "") or node.value.value is False)
        ):
            yield "returns None", ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Continue):
        yield "continue -> break", ast.Break()
    elif isinstance(node, ast.Break):
        yield "break -> continue", ast.Continue()
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield "call dropped", ast.Pass()
    elif isinstance(node, ast.AugAssign):
        yield "assignment dropped", ast.Pass()
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SWAPPED:
        wrong = copy.deepcopy(node)
        wrong.func = ast.Name(SWAPPED[node.func.id], ast.Load())
        yield f"{node.func.id} -> {SWAPPED[node.func.id]}", wrong


def _constants(node: ast.Constant) -> Iterator[tuple[str, ast.AST]]:
    value = node.value
    if isinstance(value, bool):
        yield f"{value} -> {not value}", ast.Constant(not value)
    elif isinstance(value, int | float):
        yield f"{value} -> {value + 1}", ast.Constant(value + 1)
        if value:
            yield f"{value} -> {value - 1}", ast.Constant(value - 1)
    elif isinstance(value, str) and value and " " not in value.strip() and value.strip(" .,:;-|/()"):
        yield f"{value!r} -> 'XX'", ast.Constant(f"XX{value}")
