"""The toy job with pandas: join the rates by the names as written, multiply, round to cents."""

import pandas as pd

CITATION = "FR Doc. 2025-13692; 90 FR 28994"


def read_rates(path):
    """The rate table, rates in hundredths of a percent."""
    rates = pd.read_csv(path, dtype=str)
    for name, column in [("ad", "AD Percent"), ("cvd", "CVD Percent")]:
        rates[name] = rates.pop(column).str.replace(".", "", regex=False).astype("Int64")
    return rates


def annotate(lines, rates):
    """The lines with the columns of the toy job."""
    joined = lines.merge(rates, on=["Exporter", "Producer"], how="left")
    ad, cvd = joined.pop("ad"), joined.pop("cvd")
    declared = joined["AD Case Number"].notna() & (joined["AD Case Number"] != "")
    rated = declared & ad.notna()
    listed = (ad != 10272).fillna(False)
    value = joined["Entered Value"].astype("Int64")
    # Halves away from zero; values are not negative.
    ad_cents, cvd_cents = (value * ad + 50) // 100, (value * cvd + 50) // 100
    text = lambda words, rows: pd.Series(words, index=joined.index).where(rows)
    joined["Status"] = text("LISTED PAIR", rated & listed).fillna(text("EVERYONE ELSE", rated & ~listed))
    joined["AD Case"] = joined["AD Case Number"].where(rated)
    joined["AD Rate"] = (ad / 100).where(rated)
    joined["AD Base"] = value.where(rated)
    joined["AD Deposit"] = (ad_cents / 100).where(rated)
    joined["CVD Case"] = joined["CVD Case Number"].where(rated)
    joined["CVD Rate"] = (cvd / 100).where(rated)
    joined["CVD Base"] = value.where(rated)
    joined["CVD Deposit"] = (cvd_cents / 100).where(rated)
    joined["Total Deposit"] = ((ad_cents + cvd_cents) / 100).where(rated)
    joined["Citation"] = text(CITATION, rated)
    joined["Remark"] = text("the pair is not listed", rated & ~listed)
    return joined
