"""The grammar of functions: their arguments, and the few with a form of their own."""

from __future__ import annotations

from kpi_site.problems import Message, did_you_mean, unknown
from kpi_site.sql.cursor import Cursor, binary
from kpi_site.sql.folding import AGGREGATES, WINDOWS, after_aggregate, aggregate, over
from kpi_site.sql.functions import FUNCTIONS, SPELLINGS
from kpi_site.sql.literals import type_name
from kpi_site.sql.nodes import Aggregate, Call, Literal_, Node
from kpi_site.sql.tokens import Token, refuse


def call(cursor: Cursor) -> Node:
    """Read a function, an aggregate or a window, its name being the next token."""
    name = cursor.advance()
    cursor.expect("(")
    word = name.word
    if word in AGGREGATES:
        return after_aggregate(cursor, name, aggregate(cursor, name))
    if word in WINDOWS:
        args = cursor.arguments()
        cursor.check_count(name, args, *WINDOWS[word])
        return over(cursor, name, args)
    if word in {"CAST", "TRY_CAST"}:
        value = cursor.expression()
        cursor.expect("AS")
        to = read_type(cursor)
        cursor.expect(")")
        return Call(word.lower(), (value, to), name.start)
    if word == "EXTRACT":
        part = cursor.advance()
        if part.kind not in {"name", "string"}:
            cursor.fail()
        cursor.expect("FROM")
        value = cursor.expression()
        cursor.expect(")")
        return Call("date_part", (Literal_(part.text, part.start), value), name.start)
    if word not in SPELLINGS:
        return _unknown(cursor, name)
    return _function(cursor, name, cursor.arguments())


def _unknown(cursor: Cursor, name: Token) -> Node:
    """Report the name, and read on as after an aggregate, so that later mistakes show too."""
    known = [*SPELLINGS, *AGGREGATES, *WINDOWS, "CAST", "TRY_CAST", "EXTRACT"]
    where, kind = cursor.code.locate(name.start), Message("函数", "function")
    cursor.problems.append(unknown(where, "unknown-function", kind, name.text, known))
    cursor.take("DISTINCT")
    if cursor.take("*"):
        cursor.expect(")")
    else:
        cursor.arguments()
    after_aggregate(cursor, name, Aggregate("count", None, at=name.start))
    return Literal_(None, name.start)


def _function(cursor: Cursor, name: Token, args: tuple[Node, ...]) -> Node:
    op = SPELLINGS[name.word]
    function = FUNCTIONS[op]
    part = function.part.get(name.word)
    if part is not None:
        cursor.check_count(name, args, 1, 1)
        return Call(op, (Literal_(part, name.start), *args), name.start)
    cursor.check_count(name, args, function.least, function.most)
    if op == "date_add" and len(args) == 2:
        return binary(Token("sign", "+", name.start, name.end), *args)
    return Call(op, args, name.start)


def read_type(cursor: Cursor) -> Literal_:
    """Read a type's name after AS or ``::``; the literal holds its canonical name."""
    token = cursor.advance()
    text = token.text
    if cursor.token.word == "(":
        cursor.advance()
        sizes = [cursor.advance().text]
        while cursor.take(","):
            sizes.append(cursor.advance().text)
        cursor.expect(")")
        text += f"({','.join(sizes)})"
    found = type_name(text)
    if found is None:
        known = [
            "INTEGER",
            "DECIMAL(18,4)",
            "DOUBLE",
            "VARCHAR",
            "BOOLEAN",
            "DATE",
            "TIMESTAMP",
        ]
        zh, en = f"不能转换为类型“{text}”", f"no conversion to type '{text}'"
        hint = did_you_mean(text, known)
        raise refuse(cursor.code, token.start, "sql-type-name", zh, en, hint)
    return Literal_(found, token.start)
