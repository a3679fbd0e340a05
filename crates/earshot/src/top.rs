//! A view of the fleet: what waits in each lane, who works and at how much, how far runs are.

mod cells;
mod draw;
mod live;

use earshot_web::Fleet;

pub use live::live;

use crate::terminal;
use cells::Cells;

/// Tables for people, one below the other.
#[must_use]
pub fn text(snapshot: &Fleet) -> String {
    let mut text = format!("{}\n", cells::headline(snapshot));
    for Cells { title, columns, rows, none } in cells::all(snapshot) {
        let body = match rows.is_empty() {
            true => none.to_owned(),
            false => {
                let mut table = terminal::table(false);
                table.set_header(columns);
                table.add_rows(rows);
                table.to_string()
            }
        };
        text.push_str(&format!("\n{title}\n{body}\n"));
    }
    text
}

#[cfg(test)]
mod tests;
