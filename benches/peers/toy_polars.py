"""The toy job as polars expressions: join the rates by the names as written, multiply, round to cents."""

import polars as pl

CITATION = "FR Doc. 2025-13692; 90 FR 28994"


def read_rates(path):
    """The rate table, rates in hundredths of a percent."""
    hundredths = lambda name: pl.col(name).str.replace(".", "", literal=True).cast(pl.Int64)
    return pl.read_csv(path, infer_schema=False).with_columns(
        hundredths("AD Percent").alias("ad"), hundredths("CVD Percent").alias("cvd")
    ).drop("AD Percent", "CVD Percent")


def annotate(lines, rates):
    """The lines with the columns of the toy job."""
    value = pl.col("Entered Value").cast(pl.Int64)
    declared = pl.col("AD Case Number").fill_null("") != ""
    rated = declared & pl.col("ad").is_not_null()
    # Halves away from zero; values are not negative.
    cents = lambda rate: (value * pl.col(rate) + 50) // 100
    listed = pl.col("ad") != 10272
    joined = lines.join(rates, on=["Exporter", "Producer"], how="left", maintain_order="left")
    return joined.with_columns(
        pl.when(rated & listed).then(pl.lit("LISTED PAIR")).when(rated).then(pl.lit("EVERYONE ELSE")).alias("Status"),
        pl.when(rated).then(pl.col("AD Case Number")).alias("AD Case"),
        pl.when(rated).then(pl.col("ad") / 100).alias("AD Rate"),
        pl.when(rated).then(value).alias("AD Base"),
        pl.when(rated).then(cents("ad") / 100).alias("AD Deposit"),
        pl.when(rated).then(pl.col("CVD Case Number")).alias("CVD Case"),
        pl.when(rated).then(pl.col("cvd") / 100).alias("CVD Rate"),
        pl.when(rated).then(value).alias("CVD Base"),
        pl.when(rated).then(cents("cvd") / 100).alias("CVD Deposit"),
        pl.when(rated).then((cents("ad") + cents("cvd")) / 100).alias("Total Deposit"),
        pl.when(rated).then(pl.lit(CITATION)).alias("Citation"),
        pl.when(rated & ~listed).then(pl.lit("the pair is not listed")).alias("Remark"),
    ).drop("ad", "cvd")
