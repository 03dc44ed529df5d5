"""The result of the blind audit, compared with the full books, which the audit does not see."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ledger.causes import LOSSES, Cause
from ledger.kinds import Kind, cause_of
from ledger.reports.blind.diagnose import ZERO, Diagnosis, diagnose, verdict
from ledger.reports.blind.stripped_books import blind_copy
from ledger.reports.money.hole import hole
from ledger.reports.table import Cell, Table
from ledger.run_folder import RunFolder


@dataclass(frozen=True, slots=True)
class BlindReport:
    """The diagnosis from stripped books, and the amount of each cause in the full books."""

    found: Diagnosis
    booked_usd: Mapping[Cause, Decimal]
    names: Mapping[str, str]  # a party's name by the number that replaces it in stripped books

    def answer(self) -> str:
        """State the main cause of loss according to the audit, and according to the books."""
        diagnosed, true = verdict(self.found.usd).main, verdict(self.booked_usd).main
        if diagnosed is None:
            return "Without the names of kinds, the books show no loss."
        said = f"Without the names of kinds, the main cause of loss looks like {diagnosed}."
        if diagnosed == true:
            return f"{said} The books agree."
        return f"{said} In the books {f'the main cause is {true}' if true else 'there is no loss'}."

    def tables(self) -> list[Table]:
        """Return three tables: the verdict, the causes, and the evidence."""
        return [
            _verdict_table(self.found, self.booked_usd),
            _causes(self.found, self.booked_usd),
            _evidence(self.found, self.names),
        ]


def blind_report(run: RunFolder) -> BlindReport:
    """Make a diagnosis from a run's stripped books, and compare it with the full books."""
    books, names = blind_copy(run)
    return BlindReport(diagnose(books), booked_usd(run), names)


def booked_usd(run: RunFolder) -> dict[Cause, Decimal]:
    """Return each cause's amount in the books, summed over the kinds that belong to the cause.

    A positive amount is a use of money.
    """
    booked: dict[Cause, Decimal] = defaultdict(lambda: ZERO)
    for kind, usd in hole(run).kinds_usd.items():
        booked[cause_of(kind)] += usd
    return {cause: booked[cause] for cause in Cause}


def placed_pct(found: Mapping[Cause, Decimal], booked: Mapping[Cause, Decimal]) -> Decimal | None:
    """Return the percentage of the books' losses that the audit assigns to the right cause.

    The result is None if the books have no loss.
    """
    lost = {cause: booked[cause] for cause in LOSSES if booked[cause] > 0}
    if not lost:
        return None
    placed = sum((min(usd, max(found[cause], ZERO)) for cause, usd in lost.items()), ZERO)
    return (100 * placed / sum(lost.values(), ZERO)).quantize(Decimal("0.1"))


def _verdict_table(found: Diagnosis, booked: Mapping[Cause, Decimal]) -> Table:
    diagnosed, true = verdict(found.usd), verdict(booked)
    rows: list[tuple[Cell, ...]] = [
        ("main cause of loss", diagnosed.main, true.main),
        ("second cause of loss", diagnosed.second, true.second),
        ("main loss less second loss, % of all losses", diagnosed.margin_pct, true.margin_pct),
        ("booked losses assigned to the right cause, %", placed_pct(found.usd, booked), None),
    ]
    return Table("diagnosis", "The blind audit's verdict", ("line", "diagnosed", "booked"), rows)


def _causes(found: Diagnosis, booked: Mapping[Cause, Decimal]) -> Table:
    usd = found.usd
    kinds = {cause: [kind for kind in Kind if kind.entry.cause is cause] for cause in Cause}
    # The cause "other" has all kinds that belong to no other cause. It is shown only if its amount
    # in the books is not zero.
    shown = [cause for cause in Cause if cause is not Cause.OTHER or booked[cause]]
    rows: list[tuple[Cell, ...]] = [
        (
            "loss" if cause in LOSSES else "source",
            cause,
            usd[cause],
            booked[cause],
            usd[cause] - booked[cause],
            ", ".join(kinds[cause]),
        )
        for cause in shown
    ]
    explained, total = sum(usd.values(), ZERO), sum(booked.values(), ZERO)
    rows += [
        (None, "explained", explained, total, explained - total, None),
        (None, "not explained", found.unexplained_usd, None, None, None),
        (None, "hole", found.hole_usd, total, found.hole_usd - total, None),
    ]
    return Table(
        "causes",
        "The amount of each cause: diagnosed without names, and by the kinds in the books",
        ("side", "cause", "diagnosed_usd", "booked_usd", "difference_usd", "kinds"),
        rows,
        (
            "A positive amount is a use of money, and a negative amount is a source of money.",
            "Kinds that look the same without names share one cause. For example, a loan that is "
            "never repaid looks like a buyback, and an acquisition looks like a venture.",
        ),
    )


def _evidence(found: Diagnosis, names: Mapping[str, str]) -> Table:
    order = list(Cause)
    findings = sorted(found.findings, key=lambda each: (order.index(each.cause), -abs(each.usd)))
    rows: list[tuple[Cell, ...]] = [
        (each.cause, each.party, names.get(each.party or ""), each.usd, each.seen)
        for each in findings
    ]
    return Table(
        "evidence",
        "The evidence for each diagnosis",
        ("cause", "party", "name", "usd", "seen"),
        rows,
        ("The audit saw a number instead of each party's name. The names are added afterwards.",),
    )
