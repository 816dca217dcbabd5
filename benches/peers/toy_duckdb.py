"""The toy job as one query: join the rates by the names as written, multiply, round to cents."""

CITATION = "FR Doc. 2025-13692; 90 FR 28994"

QUERY = f"""
WITH rates AS (
    SELECT Exporter, Producer,
           CAST(replace("AD Percent", '.', '') AS BIGINT) AS ad,
           CAST(replace("CVD Percent", '.', '') AS BIGINT) AS cvd
    FROM read_csv($rates, all_varchar = true)
),
joined AS (
    SELECT lines.*, ad, cvd, CAST("Entered Value" AS BIGINT) AS value,
           coalesce("AD Case Number", '') <> '' AND ad IS NOT NULL AS rated
    FROM $lines AS lines LEFT JOIN rates USING (Exporter, Producer)
),
cents AS (
    SELECT *, (value * ad + 50) // 100 AS ad_cents, (value * cvd + 50) // 100 AS cvd_cents FROM joined
)
SELECT * EXCLUDE (ad, cvd, value, rated, ad_cents, cvd_cents),
       CASE WHEN rated AND ad <> 10272 THEN 'LISTED PAIR' WHEN rated THEN 'EVERYONE ELSE' END AS "Status",
       CASE WHEN rated THEN "AD Case Number" END AS "AD Case",
       CASE WHEN rated THEN ad / 100 END AS "AD Rate",
       CASE WHEN rated THEN value END AS "AD Base",
       CASE WHEN rated THEN ad_cents / 100 END AS "AD Deposit",
       CASE WHEN rated THEN "CVD Case Number" END AS "CVD Case",
       CASE WHEN rated THEN cvd / 100 END AS "CVD Rate",
       CASE WHEN rated THEN value END AS "CVD Base",
       CASE WHEN rated THEN cvd_cents / 100 END AS "CVD Deposit",
       CASE WHEN rated THEN (ad_cents + cvd_cents) / 100 END AS "Total Deposit",
       CASE WHEN rated THEN '{CITATION}' END AS "Citation",
       CASE WHEN rated AND ad = 10272 THEN 'the pair is not listed' END AS "Remark"
FROM cents
"""


def quoted(text):
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


FIGURES = ["AD Rate", "AD Base", "AD Deposit", "CVD Rate", "CVD Base", "CVD Deposit", "Total Deposit"]


def figures_as_text(query):
    """The query with our figures as text."""
    texts = ", ".join(f'CAST("{name}" AS VARCHAR) AS "{name}"' for name in FIGURES)
    return f"SELECT * REPLACE ({texts}) FROM ({query})"


def copy(connection, lines, rates, output, options, prepare=lambda query: query):
    """Copies the annotated lines into a file."""
    query = prepare(QUERY.replace("$rates", quoted(rates)).replace("$lines", lines))
    connection.execute(f"COPY ({query}) TO {quoted(output)} ({options})")
