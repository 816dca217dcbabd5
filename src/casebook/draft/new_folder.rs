//! The `case.toml` of a case folder that begins with a draft: what the text says of the family, and a gap for all that it
//! does not. The folder is refused until a person has filled the gaps; `adcvd cases check` names them.

use std::fmt::Write;

use super::Draft;
use super::writing::{case, key, quoted};
use crate::casebook::model::Rung;

/// `case.toml` for a new folder. The cases that stand in it are taken out of the draft; numbers of third countries stay
/// there, with the notice that opened them.
pub fn new_folder(draft: &mut Draft) -> String {
    let (third, own): (Vec<_>, Vec<_>) =
        std::mem::take(&mut draft.cases).into_iter().partition(|case| case.third_country);
    draft.cases = third;
    let mut to = format!(
        "# Begun from {}. This folder has what the text says, and gaps. GUIDE.md, beside this file, tells how to\n# fill \
         them; `adcvd cases new` writes a folder of invented goods with an example of every table. Rows of the text\n# stand \
         in the folder drafts, and count when a person has checked them.\n\n[family]\n",
        draft.source
    );
    let country = draft.country.map(|country| country.name().to_string());
    let title = draft.product.as_ref().map(|product| match &country {
        Some(country) => format!("{product} from {country}"),
        None => product.clone(),
    });
    key(&mut to, "title", title.map(|title| quoted(&title)));
    key(&mut to, "country", draft.country.map(|country| quoted(&country.to_string())));
    to.push_str(
        "# The last day to which somebody looked for newer notices: so far, the newest day of the draft.\n",
    );
    key(&mut to, "checked_through", draft.notices.iter().filter_map(|notice| notice.published).max());
    own.iter().for_each(|row| case(&mut to, row));
    let first = draft.notices.first();
    let id = first.map_or("...", |notice| notice.id.as_str());
    let from =
        draft.rates.iter().filter_map(|rate| rate.from).min().or(first.and_then(|notice| notice.published));
    let from = from.map_or("2025-01-31".to_string(), |day| day.to_string());
    let foreign = if draft.foreign_by_supplier { "# foreign_exporter = \"supplier\"\n" } else { "" };
    for row in &own {
        let number = quoted(&row.number.to_string());
        let asked =
            |rung: &Rung| *rung == Rung::Everyone || draft.rates.iter().any(|rate| rate.role == *rung);
        let rungs = Rung::ALL.iter().filter(|rung| asked(rung));
        let rungs: Vec<String> = rungs.map(|rung| quoted(rung.word())).collect();
        let _ = write!(
            to,
            "\n# GAP: what {} was, from the first day of suspension on (guide, 7), and in which order its rates are tried (4).\n\
             # The notice stands in the draft: with the `# ` away these rows are refused (CF04) until the draft is checked.\n\
             # [[standing]]\n# case = {number}\n# state = \"provisional\"\n# from = {from}\n# notice = {}\n#\n# [[ladder]]\n# \
             case = {number}\n# from = {from}\n# notice = {}\n# rungs = [{}]\n{foreign}# authority = {}\n",
            row.number,
            quoted(id),
            quoted(id),
            rungs.join(", "),
            quoted(&draft.source)
        );
    }
    to.push_str(
        "\n# GAP: tariff numbers under which the goods enter ([[hint]]); without one no line is tested unless it declares the \
         case.\n# GAP: the scope in words of the column Product (guide, 9); without a version of it every line is open.\n# \
         [[hint]]\n# hts = \"...\"\n# says = \"named by the order\"\n",
    );
    let _ = writeln!(to, "# notice = {}", quoted(id));
    to
}
