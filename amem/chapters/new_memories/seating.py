"""One restaurant as it grows: its tables, and who comes next."""

from amem.sweep import Row


def seating() -> list[Row]:
    """A restaurant with α = 1 and tables of 5, 2 and 1 at the end.

    Each row is a table after so many customers, the last one new, and the chance that the next customer takes it;
    `literal` is that chance by the formula as printed in the first account.
    """
    rows: list[Row] = []
    for held in ((1,), (1, 1), (5, 2, 1)):
        seated = sum(held)
        for table, count in enumerate((*held, 0), start=1):
            chance = (count or 1.0) / (seated + 1.0)
            literal = (seated if count else 1.0) / (seated + 1.0)
            rows.append({
                "kind": "seating", "source": "theory", "customers": seated, "table": table, "held": count,
                "chance": chance, "literal": literal,
            })  # fmt: skip
    return rows
