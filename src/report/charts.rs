//! The charts of the Summary: they stand below its tables, so that they cover nothing, and show what the tables say.

use rust_xlsxwriter::{Chart, ChartLegendPosition, ChartType, Format, XlsxError};

use super::sheet::Sheet;
use crate::casebook::HYPOTHETICAL;

/// The sheet that holds tables and charts.
const SHEET: &str = "Summary";
/// Width and height of a chart in pixels.
const SIZE: (u32, u32) = (960, 380);
/// Rows from one chart to the next: a row without text is 20 pixels high.
const ROWS_OF_A_CHART: u32 = 20;
/// Dollars without cents.
const DOLLARS: &str = "$#,##0";

/// Rows and columns of a table that are charted; its first column names the rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    /// The row of the headings.
    pub(super) heading: u32,
    /// First and last row.
    pub(super) rows: (u32, u32),
    /// First and last column.
    pub(super) columns: (u16, u16),
}

/// What is charted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Charted {
    /// Deposits at entry by month and case.
    pub(super) months: Option<Range>,
    /// First and last row of the table by action.
    pub(super) actions: (u32, u32),
    /// The largest stakes.
    pub(super) stakes: Option<Range>,
    /// True under an assumption.
    pub(super) hypothetical: bool,
}

/// A chart of a range, one series a column.
fn chart(of: ChartType, range: &Range, title: &str) -> Chart {
    let mut chart = Chart::new(of);
    let Range { heading, rows: (first, last), columns } = *range;
    for column in columns.0..=columns.1 {
        chart
            .add_series()
            .set_name((SHEET, heading, column))
            .set_categories((SHEET, first, 0, last, 0))
            .set_values((SHEET, first, column, last, column));
    }
    chart.title().set_name(title);
    chart.set_width(SIZE.0).set_height(SIZE.1).set_alt_text(title);
    if columns.0 == columns.1 {
        chart.legend().set_hidden();
    } else {
        chart.legend().set_position(ChartLegendPosition::Bottom);
    }
    chart
}

fn charts(charted: &Charted) -> Vec<Chart> {
    let title = |title: &str| match charted.hypothetical {
        true => format!("{HYPOTHETICAL}: {title}"),
        false => title.to_string(),
    };
    let mut charts = Vec::new();
    if let Some(months) = &charted.months {
        let mut by_month =
            chart(ChartType::ColumnStacked, months, &title("Deposit at entry by month and case"));
        by_month.x_axis().set_name("Month of the governing day");
        by_month.y_axis().set_name("Deposit at entry").set_num_format(DOLLARS);
        charts.push(by_month);
    }
    let actions = Range { heading: charted.actions.0 - 1, rows: charted.actions, columns: (1, 1) };
    let mut by_action = chart(ChartType::Column, &actions, &title("Lines by action"));
    by_action.x_axis().set_name("Action");
    by_action.y_axis().set_name("Lines").set_num_format("#,##0");
    charts.push(by_action);
    if let Some(stakes) = &charted.stakes {
        let mut largest = chart(ChartType::Bar, stakes, &title("Largest stakes, by cause"));
        // Bars lie on their side, and so do the axes; the first is drawn lowest, and the largest belongs on top.
        largest.y_axis().set_reverse();
        largest.x_axis().set_name("Stake").set_num_format(DOLLARS);
        charts.push(largest);
    }
    charts
}

/// Puts the charts below what stands on the sheet, and says on this row where they are.
pub(super) fn write(sheet: &mut Sheet<'_>, told_on: u32, charted: &Charted) -> Result<(), XlsxError> {
    let mut row = sheet.row + 1;
    let told = format!("Charts stand below the tables, from row {}.", row + 1);
    sheet.sheet.write_string_with_format(told_on, 0, told, &Format::new())?;
    for chart in charts(charted) {
        sheet.sheet.insert_chart(row, 0, &chart)?;
        row += ROWS_OF_A_CHART;
    }
    sheet.row = row;
    Ok(())
}
