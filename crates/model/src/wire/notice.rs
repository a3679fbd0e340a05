//! A notice.

use super::{
    fault::{Checked, parsed, word},
    proto,
    road::Road,
};
use crate::Notice;

impl Road for Notice {
    const NOUN: &'static str = "notice";
    type Form = proto::Notice;

    fn to_form(&self) -> Self::Form {
        proto::Notice {
            earlier: self.earlier.to_string(),
            later: self.later.to_string(),
            channel: self.channel.clone(),
        }
    }

    fn from_form(form: Self::Form) -> Checked<Self> {
        Ok(Self {
            earlier: parsed("earlier", &form.earlier)?,
            later: parsed("later", &form.later)?,
            channel: word("channel", form.channel)?,
        })
    }
}
