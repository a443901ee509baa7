"""The counts of the real quarter in the shipped dossier are those of the table that stands beside the tests."""

from glabella.dossier import load


def test_the_counts_of_the_real_quarter_are_those_of_the_table() -> None:
    """Counts distinct reports again, in the table; the family's names are those of the shipped dictionary."""
    import polars as pl

    from tests.safety.data import suspects

    rows = suspects()
    toxins = [
        "BOTOX", "BOTOX COSMETIC", "DYSPORT", "XEOMIN", "BOTULINUM TOXIN TYPE A", "BOTULINUM TOXIN NOS", "JEUVEAU",
        "MYOBLOC", "NEUROBLOC", "RIMABOTULINUMTOXINB",
    ]  # fmt: skip
    exposed = set(rows.filter(pl.col("DRUG").str.to_uppercase().is_in(toxins))["CASEID"])
    everyone = set(rows["CASEID"])
    reports = load().reports
    assert reports is not None
    for key, row in reports.studies["quarter_2022"].rows.items():
        events = set(rows.filter(pl.col("AE").str.to_lowercase() == key)["CASEID"])
        told = [row.arm.events, row.arm.reports, row.versus.events, row.versus.reports]
        counted = [len(events & exposed), len(exposed), len(events - exposed), len(everyone - exposed)]
        assert [number.value for number in told if number] == counted, key
