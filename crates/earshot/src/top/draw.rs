//! The tables on a terminal of any size.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    style::{Color, Style, Stylize as _},
    text::Line,
    widgets::{Block, Borders, Paragraph, Row, Table},
};

use super::{
    Fleet,
    cells::{self, Cells},
};

/// What is shown, and from where on.
#[derive(Debug, Default)]
pub(super) struct View {
    /// What was last seen.
    pub snapshot: Option<Fleet>,
    /// Why there is nothing newer.
    pub error: Option<String>,
    /// How many workers are passed over at the top of their table.
    pub scrolled: usize,
    /// Whether colours may be used. They never carry meaning alone.
    pub coloured: bool,
}

const KEYS: &str = "q quit · ↑ ↓ scroll workers";

impl View {
    /// Moves the table of workers by so many rows.
    pub(super) fn scroll(&mut self, rows: isize) {
        let last = self.snapshot.as_ref().map_or(0, |snapshot| snapshot.workers.len().saturating_sub(1));
        self.scrolled = self.scrolled.saturating_add_signed(rows).min(last);
    }

    pub(super) fn draw(&self, frame: &mut Frame<'_>) {
        let Some(snapshot) = &self.snapshot else {
            let said = self.error.as_deref().unwrap_or("looking…");
            frame.render_widget(Line::from(said.to_owned()), frame.area());
            return;
        };
        let [lanes, runs, workers] = cells::all(snapshot);
        // A title, a head, and at least one row of each.
        let height = |cells: &Cells| u16::try_from(cells.rows.len().max(1)).unwrap_or(u16::MAX).saturating_add(3);
        let [head, above, middle, below, foot] = Layout::vertical([
            Constraint::Length(1),
            Constraint::Max(height(&lanes)),
            Constraint::Max(height(&runs)),
            Constraint::Min(4),
            Constraint::Length(1),
        ])
        .areas(frame.area());
        frame.render_widget(Line::from(cells::headline(snapshot)).bold(), head);
        self.table(frame, lanes, above, 0);
        self.table(frame, runs, middle, 0);
        self.table(frame, workers, below, self.scrolled);
        let said = self.error.as_ref().map_or_else(|| KEYS.to_owned(), |error| format!("! {error}"));
        frame.render_widget(Line::from(said), foot);
    }

    fn table(&self, frame: &mut Frame<'_>, cells: Cells, area: Rect, from: usize) {
        let Cells { title, columns, rows, none } = cells;
        let block = Block::new().borders(Borders::TOP).title(format!(" {title} ").bold());
        if rows.is_empty() {
            frame.render_widget(Paragraph::new(none).block(block), area);
            return;
        }
        let widest = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
            let widest = cells.chain([columns[column].chars().count()]).max().unwrap_or(0);
            Constraint::Length(u16::try_from(widest).unwrap_or(u16::MAX))
        };
        let widths: Vec<_> = (0..columns.len()).map(widest).collect();
        let head = if self.coloured { Style::new().fg(Color::Cyan) } else { Style::new() };
        let table = Table::new(rows.into_iter().skip(from).map(Row::new), widths)
            .header(Row::new(columns).style(head))
            .column_spacing(2)
            .block(block);
        frame.render_widget(table, area);
    }
}
