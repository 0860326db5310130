"""A plan over the quantities of a word problem: the model writes them as a graph, which is evaluated exactly."""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from fractions import Fraction

from eval.prompts.ask import Asker
from eval.prompts.domain import Planned, Problem
from eval.prompts.prompt_texts import Wording

_LINE = re.compile(r"^\s*(?:[-*•]\s+|\d+[.)]\s+)?`?(?P<name>[^\W\d]\w*)\s*=\s*(?P<expression>[^=#`]+?)`?\s*(?:#.*)?$")
_OPERATORS: Mapping[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_MOST_LINES = 24


async def quantities_planned(problem: Problem, words: Wording, asker: Asker) -> Planned:
    """Ask for the graph and evaluate it; lines that cannot be are left out. Raises models.errors.

    Nodes are quantities, an edge leads from each to those it is made of; a look-up is the value of a node.
    """
    lines = lines_of(await asker.ask(words.messages(words.plan, words.asked(problem), lambda e: e.plan.strip())))
    values = evaluated(lines)
    facts = tuple(f"{name} = {shown(values[name], lines[name])}" for name in lines if name in values)
    return Planned(tuple(f"{name} = {expression}" for name, expression in lines.items()), facts, "model")


def lines_of(reply: str) -> dict[str, str]:
    """Expressions by name, in order; a name given twice keeps its first."""
    found: dict[str, str] = {}
    for line in reply.splitlines():
        match = _LINE.match(line)
        if match and len(found) < _MOST_LINES:
            found.setdefault(match["name"], match["expression"].strip())
    return found


def evaluated(lines: Mapping[str, str]) -> dict[str, Fraction]:
    """Values of the lines that hold only numbers, + - * /, brackets and names of earlier lines that have a value."""
    values: dict[str, Fraction] = {}
    for name, expression in lines.items():
        with suppress(SyntaxError, LookupError, TypeError, ValueError, ZeroDivisionError, RecursionError):
            values[name] = _value(ast.parse(expression.replace("×", "*").replace("÷", "/"), mode="eval").body, values)
    return values


def shown(value: Fraction, expression: str) -> str:
    """The expression with its value, exact where decimals can be."""
    number = f"{value.numerator}" if value.denominator == 1 else f"{float(value):.10g}"
    return number if number == expression else f"{expression} = {number}"


def _value(node: ast.expr, known: Mapping[str, Fraction]) -> Fraction:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return Fraction(str(number))
        case ast.Name(id=name):
            return known[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, known)
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_value(left, known), _value(right, known))
    raise ValueError(f"{type(node).__name__} is no arithmetic")
