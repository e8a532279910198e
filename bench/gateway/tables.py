"""Medians, spread, tables."""
import statistics


def median(values):
    return statistics.median(values)


def spread(values, form):
    """Median, and least to most in brackets."""
    if not values:
        return "-"
    return f"{form(median(values))} ({form(min(values))} - {form(max(values))})" if len(values) > 1 else form(values[0])


def whole(value):
    return f"{value:.0f}"


def two(value):
    return f"{value:.2f}"


def one(value):
    return f"{value:.1f}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)
