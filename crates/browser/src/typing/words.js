// Words by which what must not be touched, and what may be, are known: English, German, French, Spanish, Italian,
// Portuguese, Dutch. What is in doubt is left alone.

// Codes that somebody was sent, and puzzles.
const CODES = words("captcha", "one-?time", "\\botp\\b", "\\b2fa\\b", "\\bmfa\\b", "\\btotp\\b", "verification.?code",
  "security.?answer", "csrf", "xsrf", "nonce");
// Traps for machines.
const TRAPS = words("honey.?pot", "\\bhp[-_]", "leave (this|it)? ?(field )?(empty|blank)", "should be left (blank|unchanged)",
  "nicht ausfüllen", "ne (pas )?remplir", "no rellen", "non compilare", "não preencha", "niet invullen", "bot-?field");
// Choices that are agreements, statements, orders or subscriptions, or do something as soon as they are made.
const BINDS = words(
  // agrees
  "agree", "consent", "accept", "terms", "conditions", "privacy", "policy", "opt.?in", "opt.?out", "stimme", "akzept",
  "\\bagb\\b", "datenschutz", "einverstanden", "zustimm", "einwillig", "j'accepte", "confidentialit", "acept", "términos",
  "privacidad", "accett", "termini", "informativa", "aceit", "termos", "concordo", "akkoord", "voorwaarden", "toestemming",
  "cookie", "gdpr", "dsgvo", "rgpd", "\\blegal", "rechtlich",
  // says how one may be watched
  "statisti", "estatísti", "estadísti", "analy", "anális", "analis", "targeting", "tracking", "personali", "\\bads?\\b",
  "advert", "werbung", "publicit", "anunci", "anúnci", "reclame", "advertent", "\\bsell", "verkauf", "vendre", "vender",
  "\\bshar(e|ing)", "information on a device", "access information", "partner", "vendor", "interest", "intérêt", "purpose",
  "functional", "funktional", "performance", "preference", "präferenz", "préférence", "preferenc", "preferenz", "voorkeur",
  "social media",
  // subscribes
  "subscri", "newsletter", "marketing", "abonn", "infolettre", "boletín", "suscri", "iscri", "nieuwsbrief", "offer",
  "angebot", "offre", "oferta", "aanbieding", "promo", "\\bnews\\b", "neuigkeit", "nouveauté", "noved", "novità",
  "novidad", "nieuws", "update", "notif", "benachricht", "melding", "alert", "inform", "send me", "e-?mail me", "call me",
  "contact me", "per e-?mail", "remind", "erinner", "rappel", "record[ae]", "ricorda",
  // states or promises something; whoever speaks in the first person does
  "understood", "understand", "\\bread\\b", "gelesen", "verstanden", "\\blu\\b", "compri", "comprend", "leído", "letto",
  "compres", "\\blido\\b", "compreen", "gelezen", "begrepen", "certif", "zertif", "declar", "déclar", "erklär", "dichiar",
  "verklaar", "confirm", "bestätig", "conferm", "bevestig", "authori", "autori", "ermächtig", "machtig", "acknowledg",
  "reconna", "reconoz", "waive", "\\bsign", "swear", "warrant", "promis", "over ?18", "\\b1[68]\\b", "\\bage\\b", "years",
  "jahre", "\\bans\\b", "\\baños", "\\banni\\b", "\\banos\\b", "\\bjaar", "adult", "\\bminor", "volljähr", "majeur",
  "maggiorenn", "mayor de", "maior de", "meerderjarig", "robot", "captcha", "\\bi\\b", "\\bwe\\b", "\\bich\\b", "\\bwir\\b",
  "\\bje\\b", "\\bnous\\b", "\\bik\\b", "deseo", "quiero", "desidero", "voglio", "desejo", "quero",
  // keeps, allows or enables something
  "remember", "keep me", "stay (signed|logged)", "angemeldet bleiben", "merken", "enabl", "disabl", "aktivier", "activ",
  "attiva", "ativar", "inschakel", "allow", "erlaub", "permit", "permission", "berechtig", "permis", "\\brole\\b", "visib",
  "public", "öffentlich",
  // buys
  "cart\\b", "basket", "warenkorb", "panier", "carrito", "carrello", "carrinho", "winkelwagen", "wish.?list", "wunschliste",
  "favori", "favourit", "add to", "quantit", "\\bqty", "menge", "anzahl", "cantidad", "aantal", "insur", "versicher",
  "assuranc", "seguro", "assicura", "verzeker", "deliver", "liefer", "livrais", "entrega", "\\benvío", "consegn", "spediz",
  "bezorg", "lever", "shipping", "versand", "express", "expédi", "\\bplan\\b", "\\btier", "tarif", "upgrade", "warrant",
  "garant", "donat", "spende", "donaci", "donazi", "doaç", "doner", "pay", "zahl", "paiement", "pago", "pagament", "betaal",
  "billing", "invoice", "rechnung", "factur", "fattur", "fatura", "\\bbuy", "purchase", "\\border",
  // has an effect at once
  "delete", "cancel", "lösch", "supprim", "elimin", "verwijder", "status", "\\bvot", "abstimm", "\\bpoll\\b", "rating",
  "bewert",
);
// Numbers of things in a basket: shops take what is typed at once.
const AMOUNTS = words("quantit", "\\bqty", "\\bmenge", "stückzahl", "cantidad", "\\baantal");
// Forms in which a choice is looked up, bought, counted or put into a basket at once.
const SHOPS = words("\\bcart", "basket", "check.?out", "\\bbuy", "purchase", "\\border", "\\bpay", "\\badd\\b", "filter",
  "refine", "search", "update", "\\bvot", "\\bpoll", "kaufen", "kasse", "bestell", "warenkorb", "suche", "aktualis",
  "achet", "panier", "command", "recherch", "compr", "carrito", "buscar", "pagar", "acquist", "carrello", "cerca\\b", "carrinho",
  "pesquis", "koop", "kopen", "winkel", "betaal", "zoek", "apply", "anwend");
// Lists that lead elsewhere as soon as something is chosen.
const JUMPS = words("lang", "locale", "currenc", "country", "countries", "region", "store", "shop", "sort", "order",
  "per.?page", "limit", "navig", "menu", "jump", "archive", "sprache", "währung", "land\\b", "langue", "devise", "pays",
  "idioma", "moneda", "país", "lingua", "valuta", "paese", "moeda", "taal", "switch", "site", "filter", "variant");
const JUMPING = words("location", "submit", "href", "navigate", "open\\(", "\\.go\\(", "fetch", "send");
// What opens a search, or a chat. A chat's launcher often says nothing of its state.
const SEARCHES = words("search", "suche", "recherche", "buscar", "búsqueda", "cerca\\b", "ricerca", "pesquis", "zoek");
const CHATS = words("\\bchat(bot|ten|tare|tear)?s?\\b", "live.?chat", "messenger", "\\bhelp\\b", "hilfe", "\\baide\\b", "ayuda",
  "aiuto", "ajuda", "\\bhulp\\b");
// What opens these, or a form to write into.
const OPENS = words(SEARCHES.source, CHATS.source, "message us", "contact", "kontakt", "nachricht", "contattaci", "scrivici",
  "escríbenos", "fale conosco", "nous écrire", "écrivez", "feedback", "get in touch", "write to us");
// Classes that only say where something stands.
const LAYOUT = new RegExp("^(?:[\\w-]+:)*(?:(?:items|justify|justify-content|align|align-items|align-self|align-content|self|" +
  "content|place|float|text|d|btn|inline|rounded|border|position|flex)(?:-(?:xs|sm|md|lg|xl|xxl))*-(?:start|end|block|" +
  "inline-block)|(?:inline-)?block|clearfix|order-(?:\\d+|first|last|none))$", "i");
// What sends, asks, publishes, buys, removes, begins or ends, enters, leaves, agrees or fetches. Whatever says one of these,
// or is called so, is never pressed.
const ACTS = words("submit", "send", "\\bbuy", "purchase", "\\border", "check.?out", "pay\\b", "payment", "donat", "cart",
  "basket", "delete", "remove", "clear", "reset", "cancel", "subscri", "sign.?(in|up|out|on)\\b",
  "log.?(in|out|on|off)\\b", "register", "registr", "join", "download", "upload", "install", "accept", "agree", "allow",
  "reject", "deny", "decline", "consent", "cookie", "privacy", "confirm", "continue", "proceed", "apply", "book",
  "reserve", "\\bcall\\b", "\\bdial\\b", "\\bprint", "\\bshare", "\\blike\\b", "\\bfollow", "\\bvote", "\\brate\\b", "save",
  "\\badd\\b", "\\bpost(s|ed|ing)?\\b", "publish", "\\brepl(y|ies)", "report", "\\bblock", "\\bstart", "begin", "\\bask\\b",
  "request", "alert", "\\bmark\\b", "\\bend\\b", "\\bstop\\b", "close", "dismiss", "create", "\\bgo\\b", "notif", "mute",
  "\\bban\\b", "\\bspam", "archive", "invite", "refresh", "generate", "transfer", "upgrade", "enabl", "\\btoggle (theme|dark)",
  "senden", "schicken", "kaufen", "bestell", "kasse", "bezahl", "zahlen", "warenkorb", "spenden", "lösch",
  "entfern", "abbrech", "anmeld", "abmeld", "einlogg", "auslogg", "registrier", "abonnier", "herunterlad",
  "akzept", "zustimm", "ablehn", "erlaub", "bestätig", "weiter", "buchen", "anrufen", "speicher", "hinzufüg",
  "übermittel", "veröffentlich", "posten", "kommentier", "antwort", "melden", "blockier", "sperr", "start", "beginn", "frag",
  "anforder", "anfrag", "beantrag", "alarm", "suchauftrag", "markier", "beend", "schließ", "erstell", "anlegen", "stellen",
  "envoyer", "achet", "command", "payer", "panier", "supprim", "effac", "annul", "connexion", "connecter",
  "inscri", "télécharg", "refus", "autoris", "continuer", "réserv", "appeler", "enregistr", "ajout",
  "transmet", "publi", "poster", "commenter", "répon", "signal", "bloqu", "démarr", "commenc", "lancer", "\\bposer\\b", "demand",
  "alerte", "marqu", "termin", "fermer", "créer", "quitter",
  "envi(ar|e|o)", "compr", "pedido", "pagar", "carrito", "elimin", "borrar", "iniciar", "inicia", "cerrar", "descarg",
  "acept", "rechaz", "permit", "continu", "reserv", "llamar", "guardar", "añadir", "comentar", "respond", "denunci", "empez",
  "empiez", "comenz", "comienz", "pregunt", "solicit", "\\bpedir", "alerta", "\\bmarca", "finaliz", "crear",
  "invia", "acquist", "ordin", "paga\\b", "pagare", "carrello", "cancell", "accedi", "\\besci\\b", "scaric", "accett",
  "rifiut", "conferm", "prenot", "chiama", "salva", "aggiung", "pubblic", "rispond", "segnal", "blocca", "avvia", "inizia",
  "chied", "domand", "richied", "richiest", "avvis", "chiud", "\\bcrea\\b", "commenta\\b",
  "comprar", "carrinho", "excluir", "apagar", "entrar", "sair", "baixar", "aceit", "recus", "ligar", "salvar", "começ",
  "pergunt", "encerr", "fechar", "\\bcriar", "sinaliz",
  "verzend", "verstuur", "koop", "kopen", "bestel", "betaal", "winkel(mand|wagen)", "verwijder", "annuleer", "inlog",
  "uitlog", "aanmeld", "weiger", "toestaan", "bevestig", "doorgaan", "boek", "bellen", "opslaan", "toevoeg", "plaats",
  "beantwoord", "rapporteer", "meld", "blokke", "vraag", "vragen", "aanvra", "markeer", "beëindig", "sluit", "maak");
