//! What is true of a page or of its hosts, rather than something that happened at a moment.

use serde::{Deserialize, Serialize};

/// DNS says that a host of the page's own site is another name for somebody else's (RFC 1034 § 3.6.2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    /// The host as the page asked for it.
    pub host: String,
    /// The names that its CNAMEs lead through, in order, without the host itself; never empty.
    pub chain: Vec<String>,
}

impl Alias {
    /// How long a chain is kept: resolvers give up at 8 to 16.
    pub const MAX_CHAIN: usize = 16;
}

/// Something about the page that tells how it is built, or what runs in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// What kind of thing.
    pub kind: MarkKind,
    /// Its name: the global's, the attribute's; empty for a generator.
    pub name: String,
    /// What it says; may be empty.
    pub value: String,
}

/// What kind of mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// `<meta name="generator">`: the value is its content.
    #[default]
    Generator,
    /// A property of `window` that no browser has: the name is the property's.
    Global,
    /// A container of a tag manager that runs: the name is the manager's global, the value the container's id.
    Container,
    /// A `<script>` without `src` that names a host: the name is the element's `id` or class (a plug-in's mark), the
    /// value the hosts, separated by blanks.
    InlineScript,
    /// A `<script src>`: the name is the element's `id`, the value the address. Only those with an `id` or of a plug-in.
    Script,
    /// A string in an inline script or a `data-` attribute of the page that could be a key for hashing: the value. The
    /// name says where it stands.
    Literal,
}

impl MarkKind {
    /// The name used in reports and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Generator => "generator",
            Self::Global => "global",
            Self::Container => "container",
            Self::InlineScript => "inline_script",
            Self::Script => "script",
            Self::Literal => "literal",
        }
    }
}
