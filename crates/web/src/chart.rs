//! Charts: numbers as SVG, drawn on the server, with the same numbers as a table.
//!
//! ```ignore
//! let figure = Chart::new("recorders", "Sites with a session recorder, by night", Unit::Share).lines(&lines);
//! ```
//!
//! A [`Figure`] goes into a template as it is: `{{ figure }}`. Its colours are few and fixed, so that the stylesheet can replace
//! them in the dark; what they tell apart is told by a shape, a dash or a word as well. Names may be of strangers: they are escaped.

mod bars;
mod ink;
mod lines;
mod spreads;

use askama::{Template, filters::HtmlSafe};
use earshot_store::Unit;
use jiff::civil::Date;

use crate::number;

/// A chart that is still to be drawn: what it is called, and what its numbers are.
pub(crate) struct Chart {
    id: String,
    title: String,
    unit: Unit,
    name: String,
    value: String,
}

/// One bar, and one row of the table.
#[derive(Clone, Debug)]
pub(crate) struct Bar {
    /// What stands beside it.
    pub name: String,
    /// How long it is; `None` where nothing is known.
    pub value: Option<f64>,
    /// The ends of its interval, if it has one.
    pub between: Option<(f64, f64)>,
    /// What the number is made of: `312 of 2,000`. It stands in the table.
    pub said: String,
    pub mark: Mark,
}

/// What a bar is about, where that matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Nothing that matters: filled blue.
    #[default]
    Plain,
    /// Hears what people do or type: filled vermillion, and `!` beside its name.
    Content,
    /// What stands aside, such as what nobody knows: an outline.
    Aside,
}

/// A line over the nights, of one group.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// Which group; empty if there is only one.
    pub name: String,
    /// In any order. Nights that are not among them, or have no value, break the line.
    pub points: Vec<Point>,
}

/// One night.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    pub night: Date,
    pub value: Option<f64>,
    /// The ends of its interval, if it has one.
    pub between: Option<(f64, f64)>,
    /// What the number is made of: `312 of 2,000`.
    pub said: String,
}

/// Where values lie: of ten sites one below `p10`, and so on. One row of the chart.
#[derive(Clone, Debug)]
pub(crate) struct Spread {
    pub name: String,
    pub p10: f64,
    pub p25: f64,
    pub median: f64,
    pub p75: f64,
    pub p90: f64,
    /// Of how many: `312 sites`.
    pub said: String,
}

/// A chart as HTML: the picture, and the same numbers as a table.
#[derive(Template)]
#[template(path = "chart.html")]
pub(crate) struct Figure {
    id: String,
    title: String,
    /// What the picture shows, for who cannot see it.
    description: String,
    /// The picture within the `<svg>`, and its width and height; `None` if there is nothing to show.
    drawn: Option<Drawn>,
    /// What is not in the picture; empty if nothing.
    left_out: String,
    heads: Vec<String>,
    /// The first of each names the row.
    rows: Vec<Vec<String>>,
}

/// It escapes what it is made of.
impl HtmlSafe for Figure {}

struct Drawn {
    inner: String,
    width: u32,
    height: u32,
}

impl Chart {
    /// A chart with an `id` that no other one of the page has.
    pub fn new(id: impl Into<String>, title: impl Into<String>, unit: Unit) -> Self {
        let (name, value) = (String::new(), String::new());
        Self { id: id.into(), title: title.into(), unit, name, value }
    }

    /// The heads of the table: of the names, and of the values.
    pub fn heads(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into(), ..self }
    }

    /// A bar for each, from top to bottom. What does not fit stands in the table only.
    pub fn bars(self, bars: &[Bar]) -> Figure {
        let shown = &bars[..bars.len().min(bars::MOST)];
        let drawn = bars::draw(shown, self.unit);
        let has_interval = bars.iter().any(|bar| bar.between.is_some());
        let row = |bar: &Bar| {
            let mut row = vec![bar.name.clone(), number::in_unit(bar.value, self.unit)];
            if has_interval {
                row.push(self.interval(bar.between));
            }
            row.push(bar.said.clone());
            row
        };
        let heads = self.table_heads("", has_interval);
        let first = shown.first().map(|bar| format!("{}, {}", bar.name, number::in_unit(bar.value, self.unit)));
        let description = first.map_or_else(String::new, |first| {
            format!("{} bars. The first is {first}. The table below has all numbers.", shown.len())
        });
        let rows = bars.iter().map(row).collect();
        self.figure(description, drawn, bars.len() - shown.len(), heads, rows)
    }

    /// A line for each group, over the nights.
    pub fn lines(self, lines: &[Line]) -> Figure {
        let shown = &lines[..lines.len().min(lines::MOST)];
        let drawn = lines::draw(shown, self.unit);
        let points = || lines.iter().flat_map(|line| line.points.iter().map(move |point| (line, point)));
        let has_interval = points().any(|(_, point)| point.between.is_some());
        let named = lines.iter().any(|line| !line.name.is_empty());
        let mut all: Vec<_> = points().collect();
        all.sort_by_key(|one| std::cmp::Reverse(one.1.night));
        let rows = all.into_iter().map(|(line, point)| {
            let mut row = vec![point.night.to_string()];
            if named {
                row.push(line.name.clone());
            }
            row.push(number::in_unit(point.value, self.unit));
            if has_interval {
                row.push(self.interval(point.between));
            }
            row.push(point.said.clone());
            row
        });
        let rows: Vec<_> = rows.collect();
        let ends = rows.first().zip(rows.last()).map(|(last, first)| format!("from {} to {}", first[0], last[0]));
        let description = ends.map_or_else(String::new, |ends| {
            format!("{} over the nights {ends}. The table below has all numbers.", counted(shown.len(), "line"))
        });
        let heads = self.table_heads(if named { "Group" } else { "" }, has_interval);
        self.figure(description, drawn, lines.len() - shown.len(), heads, rows)
    }

    /// For each a line from the first to the last tenth, a box around the middle half, and a dot at the median.
    pub fn spreads(self, spreads: &[Spread]) -> Figure {
        let shown = &spreads[..spreads.len().min(spreads::MOST)];
        let drawn = spreads::draw(shown, self.unit);
        let told = |value: f64| number::in_unit(Some(value), self.unit);
        let row = |one: &Spread| {
            let quantiles = [one.p10, one.p25, one.median, one.p75, one.p90].map(told);
            [one.name.clone()].into_iter().chain(quantiles).chain([one.said.clone()]).collect()
        };
        let first = shown.first().map(|one| format!("{}, median {}", one.name, told(one.median)));
        let description = first.map_or_else(String::new, |first| {
            format!(
                "{}: each from the first to the last tenth of values, with the middle half as a box and the median as a dot. \
                 The first is {first}. The table below has all numbers.",
                counted(shown.len(), "row")
            )
        });
        let heads = [self.name.as_str(), "10 %", "25 %", "Median", "75 %", "90 %", "Of"].map(str::to_owned).to_vec();
        let rows = spreads.iter().map(row).collect();
        self.figure(description, drawn, spreads.len() - shown.len(), heads, rows)
    }

    fn table_heads(&self, group: &str, has_interval: bool) -> Vec<String> {
        let interval = if has_interval { "95 % interval" } else { "" };
        let optional = |head: &str| (!head.is_empty()).then(|| head.to_owned());
        [Some(self.name.clone()), optional(group), Some(self.value.clone()), optional(interval), Some("Of".to_owned())]
            .into_iter()
            .flatten()
            .collect()
    }

    fn interval(&self, between: Option<(f64, f64)>) -> String {
        between.map_or_else(
            || number::NONE.to_owned(),
            |(low, high)| {
                let (low, high) = (number::in_unit(Some(low), self.unit), number::in_unit(Some(high), self.unit));
                format!("{low} to {high}")
            },
        )
    }

    fn figure(
        self,
        description: String,
        drawn: Option<Drawn>,
        left_out: usize,
        heads: Vec<String>,
        rows: Vec<Vec<String>>,
    ) -> Figure {
        let left_out = match left_out {
            0 => String::new(),
            more => format!("{more} more stand in the table only."),
        };
        let Self { id, title, .. } = self;
        Figure { id, title, description, drawn, left_out, heads, rows }
    }
}

impl Bar {
    pub fn new(name: impl Into<String>, value: Option<f64>, said: impl Into<String>) -> Self {
        Self { name: name.into(), value, between: None, said: said.into(), mark: Mark::Plain }
    }

    /// With an interval, if both ends are known.
    pub fn between(self, low: Option<f64>, high: Option<f64>) -> Self {
        Self { between: low.zip(high), ..self }
    }

    pub fn marked(self, mark: Mark) -> Self {
        Self { mark, ..self }
    }
}

fn counted(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

#[cfg(test)]
mod tests;
