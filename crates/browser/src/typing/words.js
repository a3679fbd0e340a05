// Words by which what must not be touched, and what may be, are known: English, German, French, Spanish, Italian,
// Portuguese, Dutch. What is in doubt is left alone.

const words = (...parts) => new RegExp(parts.join("|"), "i");

// Consent platforms by the names of their containers: what is in them is never touched.
const PLATFORMS = words(
  "onetrust", "cookiebot", "cybot", "usercentrics", "didomi", "truste", "trustarc", "qc-cmp", "quantcast", "iubenda",
  "tarteaucitron", "osano", "klaro", "axeptio", "borlabs", "cmplz", "cky-", "cookieyes", "termly", "sp_message",
  "privacy-mgmt",
  "fc-consent", "cmpbox", "cmpwrapper", "moove_gdpr", "shopify-pc__", "evidon", "ketch-", "ppms_cm", "cookie-?first",
  "cookie-?script", "cookie-?hub", "cookie-?banner", "cookie-?notice", "cookie-?consent", "cookie-?law", "cookie-?bar",
  "consent-?banner", "consent-?manager", "consent-?modal", "consent-?popup", "gdpr-?banner", "gdpr-?consent",
);
// What others call theirs: only if it lies over the page.
const CONSENT = words("cookie", "consent", "gdpr", "ccpa", "privacy", "dsgvo", "rgpd", "avg-");
// What a layer over the page says that asks for consent.
const ASKS = words("cookies?\\b", "einwillig", "consentement", "consentimiento", "consentimento", "consenso", "toestemming",
  "your privacy", "privatsph", "vie privée", "privacidad", "privacidade");
// What its buttons say.
const GRANTS = words("accept", "agree", "allow", "got it", "^ok(ay)?$", "akzept", "zustimm", "einverstanden", "accord",
  "acept", "acuerdo", "accett", "aceit", "concordo", "akkoord", "toestaan");
// Codes that somebody was sent, and puzzles.
const CODES = words("captcha", "one-?time", "\\botp\\b", "\\b2fa\\b", "\\bmfa\\b", "\\btotp\\b", "verification.?code",
  "security.?answer", "csrf", "xsrf", "nonce");
// Traps for machines.
const TRAPS = words("honey.?pot", "\\bhp[-_]", "leave (this|it)? ?(field )?(empty|blank)", "should be left (blank|unchanged)",
  "nicht ausfüllen", "ne (pas )?remplir", "no rellen", "non compilare", "não preencha", "niet invullen", "bot-?field");
// Choices that are agreements, orders or subscriptions.
const AGREES = words("agree", "consent", "accept", "terms", "conditions", "privacy", "policy", "subscri", "newsletter",
  "marketing", "opt.?in", "opt.?out", "remember", "keep me", "stay (signed|logged)", "stimme", "akzept", "agb",
  "datenschutz", "einverstanden", "zustimm", "einwillig", "abonn", "angemeldet bleiben", "accept", "j'accepte",
  "conditions", "confidentialit", "infolettre", "acepto", "términos", "privacidad", "boletín", "suscri", "accetto",
  "termini", "informativa", "iscri", "aceito", "termos", "concordo", "akkoord", "voorwaarden", "nieuwsbrief",
  "toestemming", "cookie", "gdpr", "over ?18", "\\bage\\b", "robot", "captcha", "donat", "pay", "delete", "cancel");
// Lists that lead elsewhere as soon as something is chosen.
const JUMPS = words("lang", "locale", "currenc", "country", "countries", "region", "store", "shop", "sort", "order",
  "per.?page", "limit", "navig", "menu", "jump", "archive", "sprache", "währung", "land\\b", "langue", "devise", "pays",
  "idioma", "moneda", "país", "lingua", "valuta", "paese", "moeda", "taal", "switch", "site");
const JUMPING = words("location", "submit", "href", "navigate", "open\\(", "\\.go\\(");
// What opens a search, a chat or a form to write into.
const OPENS = words("search", "suche", "recherche", "buscar", "búsqueda", "cerca\\b", "ricerca", "pesquis", "zoek",
  "\\bchat\\b", "live.?chat", "message us", "messenger", "ask (us|a question)", "contact", "kontakt", "nachricht",
  "contattaci", "scrivici", "escríbenos", "fale conosco", "nous écrire", "écrivez", "stel een vraag", "feedback",
  "get in touch", "write to us", "comment", "kommentar", "kommentieren", "commenter", "comentar", "commenta");
// What sends, buys, removes, enters, leaves, agrees or fetches. Whatever says one of these is never pressed.
const ACTS = words("submit", "\\bsend\\b", "\\bbuy\\b", "purchase", "\\border", "check.?out", "pay\\b", "payment", "donat", "cart",
  "basket", "delete", "remove", "clear", "reset", "cancel", "unsubscri", "subscri", "sign.?(in|up|out|on)",
  "log.?(in|out|on|off)", "register", "registr", "join", "download", "upload", "install", "accept", "agree", "allow",
  "reject", "deny", "decline", "consent", "cookie", "privacy", "confirm", "continue", "proceed", "apply", "book",
  "reserve", "\\bcall\\b", "\\bdial\\b", "\\bprint", "\\bshare", "\\blike\\b", "\\bfollow", "\\bvote", "\\brate\\b", "save", "add\\b", "start.?now",
  "absenden", "senden", "schicken", "kaufen", "bestell", "kasse", "bezahl", "zahlen", "warenkorb", "spenden", "lösch",
  "entfern", "abbrech", "anmeld", "abmeld", "einlogg", "auslogg", "registrier", "abonnier", "herunterlad",
  "akzept", "zustimm", "ablehn", "erlaub", "bestätig", "weiter", "buchen", "anrufen", "speicher", "hinzufüg",
  "envoyer", "achet", "command", "payer", "panier", "supprim", "effac", "annul", "connexion", "connecter",
  "inscri", "télécharg", "refus", "autoris", "confirm", "continuer", "réserv", "appeler", "enregistr", "ajout",
  "envi(ar|o)", "compr", "pedido", "pagar", "carrito", "elimin", "borrar", "cancel", "iniciar", "cerrar", "descarg",
  "acept", "rechaz", "permit", "continu", "reserv", "llamar", "guardar", "añadir",
  "invia", "acquist", "ordin", "paga", "carrello", "cancell", "accedi", "\\besci\\b", "registr", "scaric", "accett",
  "rifiut", "consent", "conferm", "prenot", "chiama", "salva", "aggiung",
  "comprar", "carrinho", "excluir", "apagar", "entrar", "sair", "baixar", "aceit", "recus", "ligar", "salvar",
  "verzend", "verstuur", "koop", "kopen", "bestel", "betaal", "winkel(mand|wagen)", "verwijder", "annuleer", "inlog",
  "uitlog", "aanmeld", "weiger", "toestaan", "bevestig", "doorgaan", "boek", "bellen", "opslaan", "toevoeg");
