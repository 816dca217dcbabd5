//! Files as brokers lay them out, through the program as it is typed: amounts with a decimal comma.

use std::fs;

use crate::commands::adcvd;

const PAIR: &str = "Resonac Corporation,\"Henan Yicheng New Energy Co., Ltd.\"";
const FACTS: &str = "active anode material,95,350,90";

fn ran(folder: &tempfile::TempDir, arguments: &[&str]) -> String {
    let (code, out, error) = adcvd(folder, &[&["run"], arguments, &["--as-of", "2026-11-22"]].concat());
    assert_eq!(code, 0, "{out}{error}");
    out
}

fn csv_cells(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_string).collect()).collect()
}

/// Two rows of one line write one amount and one day in two ways: each is read as its column is.
#[test]
fn rows_of_one_line_are_compared_as_their_columns_are_read() {
    let headings = "Entry Number,Line Number,Entry Date,HTSUS,Country of Origin,Exporter,Producer,Entered Value,\
                    AD Deposit Paid,Product,Carbon Percent,Energy Density mAh/g,Graphitization Percent";
    let row = |line: u32, date: &str, hts: &str, paid: &str| {
        format!("XYZ-1000001-3,{line},{date},{hts},CN,{PAIR},1000,\"{paid}\",{FACTS}\n")
    };
    let goods = "3801.10.5000";
    let run = |other_date: &str, first: &str, second: &str| {
        let folder = tempfile::tempdir().unwrap();
        let text = [
            headings.to_string() + "\n",
            row(1, "13/08/2025", goods, first),
            row(1, other_date, "9903.88.03", second),
            // The mark of decimals, where the first line leaves it open.
            row(2, "13/08/2025", goods, first),
        ];
        fs::write(folder.path().join("in.csv"), text.concat()).unwrap();
        ran(&folder, &["in.csv", "--format", "csv"]);
        let exceptions = fs::read_to_string(folder.path().join("out/in.exceptions.csv")).unwrap();
        csv_cells(&exceptions)
            .iter()
            .filter(|row| row[0] == "EN05")
            .map(|row| row[8].clone())
            .collect::<Vec<_>>()
    };
    for (first, second) in [("1.234,5", "1.234,50"), ("1,234.5", "1234.50"), ("1234,5", "1.234,50")] {
        assert_eq!(run("2025-08-13", first, second), Vec::<String>::new(), "{first} and {second}");
    }
    assert_eq!(run("13/08/2025", "1.234,5", "1.234,60"), ["1.234,5 / 1.234,60"]);
    // Another row of the column tells that the day comes first, so this is the first of August.
    assert_eq!(run("2025-08-14", "1", "1"), ["13/08/2025 / 2025-08-14"]);
}
