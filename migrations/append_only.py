"""The triggers that keep the audit tables append-only and bind evidential rows to events.

Released revisions call these: a change of their wording needs a new function and a new revision.
"""

from collections.abc import Iterator

_SQLITE_ABORT = "BEGIN SELECT RAISE(ABORT, '{message}'); END"


def sqlite_evidence(table: str) -> Iterator[str]:
    """An evidential row is never deleted or replaced, and an UPDATE names a later event of the same home."""
    yield _sqlite(f"{table}_change", f"UPDATE ON {table}",
                  "NEW.event_no <= OLD.event_no OR NEW.home IS NOT OLD.home OR NEW.id <> OLD.id",
                  f"a change of {table} needs an event of its own")  # fmt: skip
    yield _sqlite(f"{table}_delete", f"DELETE ON {table}", "1", f"rows of {table} are never deleted")
    yield _sqlite(f"{table}_replace", f"INSERT ON {table}",
                  f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)",
                  f"rows of {table} are never replaced")  # fmt: skip


def sqlite_audit() -> Iterator[str]:
    """Events are only added, each with its subject's next number; heads move on to an event that exists."""
    yield _sqlite("audit_event_change", "UPDATE ON audit_event", "1", "events are never changed")
    yield _sqlite("audit_event_delete", "DELETE ON audit_event", "1", "events are never deleted")
    yield _sqlite("audit_event_insert", "INSERT ON audit_event",
                  "EXISTS (SELECT 1 FROM audit_event WHERE id = NEW.id) OR NEW.number IS NOT 1 + "
                  "(SELECT coalesce(max(number), 0) FROM audit_event WHERE subject = NEW.subject)",
                  "an event must carry the next number of its subject")  # fmt: skip
    yield _sqlite("audit_head_delete", "DELETE ON audit_head", "1", "heads are never deleted")
    yield _sqlite("audit_head_insert", "INSERT ON audit_head",
                  "NEW.number IS NOT 0 OR NEW.hash IS NOT '' "
                  "OR EXISTS (SELECT 1 FROM audit_head WHERE subject = NEW.subject OR id = NEW.id)",
                  "a head begins at 0, once for each subject")  # fmt: skip
    yield _sqlite("audit_head_change", "UPDATE ON audit_head",
                  "NEW.id <> OLD.id OR NEW.subject IS NOT OLD.subject OR NEW.number <= OLD.number "
                  "OR NEW.hash IS NOT (SELECT hash FROM audit_event "
                  "WHERE subject = NEW.subject AND number = NEW.number)",
                  "a head only moves on to a later event of its subject")  # fmt: skip


def _sqlite(name: str, on: str, when: str, message: str) -> str:
    return f"CREATE TRIGGER {name} BEFORE {on} WHEN {when} {_SQLITE_ABORT.format(message=message)}"


# The doubled %% is how the driver is given a single one.
POSTGRESQL_FUNCTIONS = (
    """CREATE FUNCTION fund_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION '%% of %% refused: %%', TG_OP, TG_TABLE_NAME, TG_ARGV[0]
             USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE FUNCTION fund_next_event() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF NEW.number IS DISTINCT FROM 1 +
            (SELECT coalesce(max(number), 0) FROM audit_event WHERE subject = NEW.subject) THEN
           RAISE EXCEPTION 'an event must carry the next number of its subject'
                 USING ERRCODE = 'integrity_constraint_violation';
         END IF;
         RETURN NEW;
       END $$""",
    """CREATE FUNCTION fund_first_head() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF NEW.number IS DISTINCT FROM 0 OR NEW.hash IS DISTINCT FROM ''
            OR EXISTS (SELECT 1 FROM audit_head WHERE subject = NEW.subject) THEN
           RAISE EXCEPTION 'a head begins at 0, once for each subject'
                 USING ERRCODE = 'integrity_constraint_violation';
         END IF;
         RETURN NEW;
       END $$""",
    """CREATE FUNCTION fund_next_head() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF NEW.id <> OLD.id OR NEW.subject <> OLD.subject OR NEW.number <= OLD.number
            OR NEW.hash IS DISTINCT FROM
               (SELECT hash FROM audit_event WHERE subject = NEW.subject AND number = NEW.number) THEN
           RAISE EXCEPTION 'a head only moves on to a later event of its subject'
                 USING ERRCODE = 'integrity_constraint_violation';
         END IF;
         RETURN NEW;
       END $$""",
)
POSTGRESQL_FUNCTION_NAMES = ("fund_refuse", "fund_next_event", "fund_first_head", "fund_next_head")


def postgresql_evidence(table: str) -> Iterator[str]:
    """As on SQLite; TRUNCATE is refused too. Nothing but the condition is evaluated for a rightful UPDATE."""
    yield from _postgresql(
        table, "change", "UPDATE", "ROW", "fund_refuse('it needs an event of its own')",
        "NEW.event_no <= OLD.event_no OR NEW.home <> OLD.home OR NEW.id <> OLD.id",
    )  # fmt: skip
    yield from _postgresql(table, "delete", "DELETE", "ROW", "fund_refuse('evidence is never deleted')")
    yield from _postgresql(
        table, "truncate", "TRUNCATE", "STATEMENT", "fund_refuse('evidence is never deleted')"
    )


def postgresql_audit() -> Iterator[str]:
    """As on SQLite, and TRUNCATE is refused. An INSERT whose id exists fails on the primary key."""
    for table in ("audit_event", "audit_head"):
        for operation, level in (("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            yield from _postgresql(
                table, operation.lower(), operation, level, "fund_refuse('it is append-only')"
            )
    yield from _postgresql("audit_event", "change", "UPDATE", "ROW", "fund_refuse('it is append-only')")
    yield from _postgresql("audit_event", "insert", "INSERT", "ROW", "fund_next_event()")
    yield from _postgresql("audit_head", "insert", "INSERT", "ROW", "fund_first_head()")
    yield from _postgresql("audit_head", "change", "UPDATE", "ROW", "fund_next_head()")


def _postgresql(
    table: str, name: str, operation: str, level: str, call: str, when: str | None = None
) -> Iterator[str]:
    condition = f" WHEN ({when})" if when else ""
    yield (
        f"CREATE TRIGGER {table}_{name} BEFORE {operation} ON {table} "
        f"FOR EACH {level}{condition} EXECUTE FUNCTION {call}"
    )
    # Fires for replication sessions too, which otherwise pass by.
    yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_{name}"


#: What seals the log is only ever added to, its places one after another, its checkpoints ever larger.
_SEALED = {
    "audit_leaf": ("NEW.position IS NOT (SELECT coalesce(max(position) + 1, 0) FROM audit_leaf)",
                   "a leaf must take the next place"),
    "audit_node": ("EXISTS (SELECT 1 FROM audit_node WHERE level = NEW.level AND place = NEW.place)",
                   "a subtree is written once"),
    "audit_checkpoint": ("NEW.size <= (SELECT coalesce(max(size), -1) FROM audit_checkpoint) "
                         "OR EXISTS (SELECT 1 FROM audit_checkpoint WHERE id = NEW.id)",
                         "a checkpoint must cover more than the last"),
}  # fmt: skip


def sqlite_sealed() -> Iterator[str]:
    """Leaves, subtrees and checkpoints are neither changed nor deleted nor replaced."""
    for table, (when, message) in _SEALED.items():
        yield _sqlite(f"{table}_change", f"UPDATE ON {table}", "1", "what seals the record is never changed")
        yield _sqlite(f"{table}_delete", f"DELETE ON {table}", "1", "what seals the record is never deleted")
        yield _sqlite(f"{table}_insert", f"INSERT ON {table}", when, message)


POSTGRESQL_SEALED_FUNCTION_NAMES = tuple(f"fund_next_{table}" for table in _SEALED)


def postgresql_sealed() -> Iterator[str]:
    """As on SQLite, and TRUNCATE is refused. Leaves come by the hundred thousand: they are looked at once a statement."""
    for table, (when, message) in _SEALED.items():
        raised = f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'"
        if table == "audit_leaf":
            yield f"""CREATE FUNCTION fund_next_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
       DECLARE low bigint; high bigint; many bigint;
       BEGIN
         SELECT min(position), max(position), count(*) INTO low, high, many FROM fresh;
         IF many > 0 AND (high - low + 1 <> many OR low <> coalesce(
            (SELECT max(position) + 1 FROM audit_leaf WHERE position < low), 0)
            OR high <> (SELECT max(position) FROM audit_leaf)) THEN
           {raised};
         END IF;
         RETURN NULL;
       END $$"""
            yield (
                f"CREATE TRIGGER {table}_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh "
                f"FOR EACH STATEMENT EXECUTE FUNCTION fund_next_{table}()"
            )
            yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_insert"
        else:
            yield f"""CREATE FUNCTION fund_next_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF {when} THEN
           {raised};
         END IF;
         RETURN NEW;
       END $$"""
            yield from _postgresql(table, "insert", "INSERT", "ROW", f"fund_next_{table}()")
        for name, operation, level in (
            ("change", "UPDATE", "ROW"), ("delete", "DELETE", "ROW"), ("truncate", "TRUNCATE", "STATEMENT"),
        ):  # fmt: skip
            yield from _postgresql(table, name, operation, level, "fund_refuse('it is append-only')")
