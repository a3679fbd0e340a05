//! What a field asks for, by what its author calls it: in English, German, French, Spanish, Italian, Portuguese, Dutch.

use earshot_model::FieldKind;

use super::field::{Listed, Shape};

/// Tokens of `autocomplete` (HTML § 4.10.18.7.1) that name a kind.
const TOKENS: &[(&str, FieldKind)] = &[
    ("email", FieldKind::Email),
    ("name", FieldKind::Name),
    ("given-name", FieldKind::Name),
    ("additional-name", FieldKind::Name),
    ("family-name", FieldKind::Name),
    ("cc-name", FieldKind::Name),
    ("nickname", FieldKind::Name),
    ("tel", FieldKind::Phone),
    ("tel-national", FieldKind::Phone),
    ("tel-local", FieldKind::Phone),
    ("cc-number", FieldKind::Card),
    ("cc-csc", FieldKind::Number),
    ("current-password", FieldKind::Password),
    ("new-password", FieldKind::Password),
    ("url", FieldKind::Url),
];

/// Parts of names and labels, each kind in the order in which they are asked: an "e-mail name" is an address.
const STEMS: &[(FieldKind, &[&str])] = &[
    (FieldKind::Email, &["email", "e-mail", "e_mail", "courriel", "correo", "posta elettronica", "mailadres"]),
    (
        FieldKind::Card,
        &["cardnumber", "card number", "card_number", "card-number", "ccnum", "kartennummer", "numéro de carte"],
    ),
    (FieldKind::Card, &["número de tarjeta", "numero carta", "numero di carta", "número do cartão", "kaartnummer"]),
    (
        FieldKind::Phone,
        &["phone", "telefon", "téléphone", "teléfono", "telefono", "telefoon", "mobile", "handy", "móvil", "celular"],
    ),
    (FieldKind::Phone, &["rufnummer", "portable", "cellulare", "telemóvel", "whatsapp"]),
    (FieldKind::Search, &["search", "suche", "suchbegriff", "recherche", "buscar", "búsqueda", "ricerca", "cerca"]),
    (FieldKind::Search, &["pesquis", "zoek"]),
    (FieldKind::Message, &["message", "comment", "nachricht", "kommentar", "anliegen", "mensaje", "comentario"]),
    (
        FieldKind::Message,
        &["messaggio", "commento", "mensagem", "bericht", "opmerking", "enquiry", "inquiry", "feedback"],
    ),
    (FieldKind::Url, &["website", "webseite", "homepage", "site web", "sitio web", "sito web"]),
];

/// The same as whole words: too short to be looked for in others.
const WORDS: &[(FieldKind, &[&str])] = &[
    (FieldKind::Email, &["mail"]),
    (FieldKind::Phone, &["tel", "tél", "gsm", "fax"]),
    (FieldKind::Search, &["q", "query", "keyword", "keywords"]),
    (FieldKind::Url, &["url"]),
];

/// What a person is called, and what is called by a name without being one.
const NAMES: &[&str] =
    &["name", "nom", "nombre", "apellido", "cognome", "nome", "sobrenome", "naam", "prénom", "surname"];
const NO_NAMES: &[&str] =
    &["user", "company", "firma", "unternehmen", "societ", "sociét", "empresa", "azienda", "bedrijf"];
const NO_NAMES_EITHER: &[&str] = &["domain", "file", "organi", "benutzer", "utilisateur", "usuario", "street", "city"];

/// What a field asks for.
pub(super) fn of(field: &Listed) -> FieldKind {
    match field.shape {
        Shape::Select => FieldKind::Select,
        Shape::Radio => FieldKind::Radio,
        Shape::Checkbox => FieldKind::Checkbox,
        Shape::Line => of_line(field),
        Shape::Area | Shape::Edit => FieldKind::Message,
    }
}

fn of_line(field: &Listed) -> FieldKind {
    let token = field
        .autocomplete
        .split_whitespace()
        .find_map(|token| TOKENS.iter().find(|(known, _)| *known == token).map(|(_, kind)| *kind));
    match (field.type_.as_str(), token) {
        ("email", _) => FieldKind::Email,
        ("password", _) => FieldKind::Password,
        ("url", _) => FieldKind::Url,
        // It takes nothing but digits.
        ("number", Some(FieldKind::Card)) | ("tel", Some(FieldKind::Card)) => FieldKind::Card,
        ("number", _) => FieldKind::Number,
        (_, Some(kind)) => kind,
        ("search", _) => FieldKind::Search,
        ("tel", _) => by_words(&field.words).filter(|kind| *kind == FieldKind::Card).unwrap_or(FieldKind::Phone),
        _ if field.role == "searchbox" => FieldKind::Search,
        _ => by_words(&field.words).or_else(|| by_mode(&field.mode)).unwrap_or_default(),
    }
}

fn by_words(said: &str) -> Option<FieldKind> {
    let parts: Vec<&str> = said.split(|c: char| !c.is_alphanumeric()).collect();
    let stem = STEMS.iter().find(|(_, stems)| stems.iter().any(|stem| said.contains(stem)));
    let word = WORDS.iter().find(|(_, words)| words.iter().any(|word| parts.contains(word)));
    stem.or(word).map(|(kind, _)| *kind).or_else(|| is_name(said).then_some(FieldKind::Name))
}

fn is_name(said: &str) -> bool {
    let holds = |known: &&str| said.contains(known);
    NAMES.iter().any(holds) && !NO_NAMES.iter().any(holds) && !NO_NAMES_EITHER.iter().any(holds)
}

/// `inputmode`, HTML § 6.9.
fn by_mode(mode: &str) -> Option<FieldKind> {
    match mode {
        "email" => Some(FieldKind::Email),
        "tel" => Some(FieldKind::Phone),
        "url" => Some(FieldKind::Url),
        "search" => Some(FieldKind::Search),
        "numeric" | "decimal" => Some(FieldKind::Number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(type_: &str, autocomplete: &str, words: &str) -> FieldKind {
        let field =
            Listed { type_: type_.into(), autocomplete: autocomplete.into(), words: words.into(), ..Listed::default() };
        of(&field)
    }

    #[test]
    fn a_fields_type_and_token_say_what_it_asks_for() {
        assert_eq!(line("email", "", "your name"), FieldKind::Email);
        assert_eq!(line("text", "section-a shipping family-name", "x"), FieldKind::Name);
        assert_eq!(line("tel", "cc-number", ""), FieldKind::Card);
        assert_eq!(line("tel", "", "kartennummer"), FieldKind::Card);
        assert_eq!(line("tel", "", "kontakt"), FieldKind::Phone);
        assert_eq!(line("number", "", "telefon"), FieldKind::Number);
        assert_eq!(line("text", "off", "plz"), FieldKind::Text);
    }

    #[test]
    fn labels_in_seven_languages_are_understood() {
        for (words, kind) in [
            ("your_email | e-mail address", FieldKind::Email),
            ("votre courriel", FieldKind::Email),
            ("correo electrónico", FieldKind::Email),
            ("telefonnummer", FieldKind::Phone),
            ("numéro de téléphone", FieldKind::Phone),
            ("telefoonnummer", FieldKind::Phone),
            ("tel", FieldKind::Phone),
            ("hotel", FieldKind::Text),
            ("vorname", FieldKind::Name),
            ("firstname | first name", FieldKind::Name),
            ("prénom", FieldKind::Name),
            ("sobrenome", FieldKind::Name),
            ("achternaam", FieldKind::Name),
            ("username", FieldKind::Text),
            ("company name", FieldKind::Text),
            ("was suchen sie?", FieldKind::Search),
            ("suche", FieldKind::Search),
            ("q", FieldKind::Search),
            ("zoeken", FieldKind::Search),
            ("ihre nachricht", FieldKind::Message),
            ("messaggio", FieldKind::Message),
            ("card number", FieldKind::Card),
            ("número de tarjeta", FieldKind::Card),
            ("webseite", FieldKind::Url),
        ] {
            assert_eq!(line("text", "", words), kind, "{words}");
        }
    }
}
