//! Where a visit stood with consent: its course, and what the page's own signals said.

mod course;

pub use course::{ConsentCourse, course};
