// Words by which what asks for consent is known, and what its buttons do: English, German, French, Spanish, Italian,
// Portuguese, Dutch, Danish, Norwegian, Swedish, Finnish, Polish, Czech.

const words = (...parts) => new RegExp(parts.join("|"), "i");

// Consent platforms by the names of their containers: what is in them is never touched.
const PLATFORMS = words(
  "onetrust", "cookiebot", "cybot", "usercentrics", "didomi", "truste", "trustarc", "qc-cmp", "quantcast", "iubenda",
  "tarteaucitron", "osano", "klaro", "axeptio", "borlabs", "cmplz", "cky-", "cookieyes", "termly", "sp_message",
  "privacy-mgmt",
  "fc-consent", "cmpbox", "cmpwrapper", "moove_gdpr", "shopify-pc__", "evidon", "ketch-", "ppms_cm", "cookie-?first",
  "cookie-?script", "cookie-?hub", "cookie-?banner", "cookie-?notice", "cookie-?consent", "cookie-?law", "cookie-?bar",
  "consent-?banner", "consent-?manager", "consent-?modal", "consent-?popup", "gdpr-?banner", "gdpr-?consent",
  "cc-window", "cc--?main", "cc_div", "cc-banner",
);
// What others call theirs: only if it lies over the page.
const CONSENT = words("cookie", "consent", "gdpr", "ccpa", "privacy", "dsgvo", "rgpd", "avg-");
// What a layer over the page says that asks for consent.
const ASKS = words("cookies?\\b", "einwillig", "consentement", "consentimiento", "consentimento", "consenso", "toestemming",
  "your privacy", "privatsph", "vie privée", "privacidad", "privacidade", "samtyck", "samtykke", "informasjonskaps", "\\bkakor\\b",
  "eväste", "ciastecz", "prywatno", "soukrom", "souhlas");
// What its buttons say.
const GRANTS = words("accept", "agree", "allow", "got it", "^ok(ay)?$", "that.?s (ok|fine)", "akzept", "zustimm", "einverstanden", "accord",
  "acept", "acuerdo", "accett", "aceit", "concordo", "akkoord", "toestaan", "stimme.{0,12} zu\\b", "erlaub", "zulass", "autoris", "permitir", "\\bconsenti",
  "verstanden", "compris", "entendido", "capito", "entendi", "begrepen", "tillad", "tillat", "tillåt", "godkend", "godkänn", "godta",
  "aksepter", "hyväksy", "salli", "akcept", "zgadzam", "zezw", "rozumiem", "přijm", "souhlas", "povol", "rozumím");

// The platforms by the same names; a group of names that many use is none.
const NAMED = [
  ["onetrust", "onetrust"], ["cookiebot", "cookiebot", "cybot"], ["usercentrics", "usercentrics"], ["didomi", "didomi"],
  ["trustarc", "truste", "trustarc"], ["quantcast", "qc-cmp", "quantcast"], ["iubenda", "iubenda"],
  ["tarteaucitron", "tarteaucitron"], ["osano", "osano-cm"], ["klaro", "klaro"], ["axeptio", "axeptio"],
  ["borlabs", "borlabs"], ["complianz", "cmplz"], ["cookieyes", "cky-", "cookieyes"], ["termly", "termly"],
  ["sourcepoint", "sp_message", "privacy-mgmt"], ["google_funding_choices", "fc-consent"],
  ["consentmanager", "cmpbox", "cmpwrapper"], ["moove_gdpr", "moove_gdpr"], ["shopify", "shopify-pc__"],
  ["evidon", "evidon"], ["ketch", "ketch-"], ["piwik_pro", "ppms_cm"], ["cookiefirst", "cookiefirst"],
  ["cookiescript", "cookiescript"], ["cookiehub", "cookiehub"], ["cookieconsent", "cc-window", "cc--?main", "cc_div"],
].map(([name, ...parts]) => [name, words(...parts)]);

// What buttons do. The first that fits counts: `accept only what is necessary` refuses.
const SAYS = 80; // characters of a button's words: whoever says more says no single thing
const NOT = "(do not|don.?t|nicht|ne pas|n'|\\bpas\\b|\\bno\\b|\\bnon\\b|não|niet|geen|keine)";
const TAKES = "(accept|agree|consent|allow|akzept|zustimm|erlaub|zulass|einwillig|accord|autoris|acept|permit|accett|aceit|concord|akkoord)";
const NEEDED_ONLY = "(necess|nécess|neces[ai]|essen[tz]i|esenci|técnic|tecnic|noodzak|notwendig|erforderlich|mandatory|required)";
const MEANS = [
  // Whatever was ticked before: neither everything nor nothing.
  ["other", "select(ed|ion)", "my choices", "\\bsave\\b", "auswahl (erlaub|akzept|bestät|speicher|übernehm)", "ausgewählt", "speicher",
    "sélection", "enregistr", "selecci", "guardar", "selezion", "salva", "seleç", "selectie", "opslaan", "\\bgem\\b", "\\blagre", "\\bspara\\b",
    "tallenna", "\\bzapisz", "ulož", "\\bvalgte", "\\bvalda\\b", "valitut", "wybran", "vybran"],
  ["reject", "reject", "refuse", "declin", "\\bden(y|ied)\\b", "disagree", "object to all", "opt.?out", "without (accept|agree|consent)",
    "no,? thank", "(only|just|strictly) .{0,20}(necessary|essential|required|functional)", "(necessary|essential|required)( cookies)? only",
    "use (only )?(necessary|essential)", "ablehn", "verweiger", "widersprech",
    "\\bnur\\b.{0,24}(notwendig|erforderlich|essen[zt]iell|technisch|funktional)", "ohne (zustimm|einwillig|akzept|zu akzept)",
    "refus", "rejet", "continuer sans", "(uniquement|seulement).{0,24}(nécessaire|essentiel|fonctionnel|technique)", "rechaz", "deneg",
    "continuar sin", "(solo|sólo|únicamente|solamente).{0,24}(necesari|esencial|técnic|necessar|essenzial|tecnic)", "rifiut", "\\bnega\\b",
    "(continua|prosegui|procedi) senza", "rejeit", "recus", "continuar sem", "(apenas|somente|só).{0,24}(necess|essenc|obrigat)", "weiger",
    "\\bafvis", "\\bavvis", "\\bavslå", "\\bneka\\b", "avböj", "\\bnei,? takk", "\\bnej,? tac?k", "fravælg", "\\b(ikke|inte) .{0,12}(godta|godkänn|till(ad|at|åt)|accept|aksept)",
    "(godta|godkend|godkänn|till(ad|at|åt)|accepter|aksepter).{0,3} (ikke|inte)\\b", "fortsæt(te)? uden", "fortsett uten", "fortsätt utan",
    "\\b(kun|bare|endast|bara)\\b.{0,24}(nødvendig|påkræv|nödvändig|funk[st]|tekni)", "hylkää", "kiellä", "en (hyväksy|salli)", "jatka ilman",
    "\\bvain\\b.{0,24}(välttämät|pakolli|tarpeelli)", "odrzu", "odm[óa]w", "\\bnie (zgadzam|wyrażam|zezwalam|akcept)", "kontynuuj bez",
    "\\btylko\\b.{0,24}(niezbędn|koniecz|wymagan)", "odmít", "zamít", "nesouhlas", "nepřij", "pokračovat bez",
    "\\b(pouze|jen)\\b.{0,24}(nezbytn|nutn|technick|potřebn)",
    "afwijz", "afwijs", "(alleen|enkel|uitsluitend).{0,24}(noodzakelijk|functione|essenti|vereist)", "(doorgaan|verder) zonder",
    `${NOT}.{0,16}${TAKES}`, `${TAKES}.{0,20}${NEEDED_ONLY}`, `${NEEDED_ONLY}.{0,20}${TAKES}`],
  ["settings", "setting", "preference", "customi[sz]e", "\\bmanage", "option", "choices", "choose", "configur", "purposes", "details",
    "einstell", "anpass", "auswahl", "auswähl", "verwalt", "präferenz", "zwecke", "paramètr", "paramétr", "personnalis", "\\bgére", "préférenc",
    "\\bchoi(x|s)", "ajust", "preferen", "gestion", "opcion", "personaliz", "impostaz", "gestis", "preferenz", "opzion", "definiç", "\\bger(ir|enc)",
    "opç", "instelling", "voorkeur", "aanpass", "beheer", "opties", "indstilling", "innstilling", "inställning", "\\btilpas", "vis detaljer",
    "hantera", "\\bvælg\\b", "\\bvelg\\b", "asetu[ks]", "muokkaa", "mukauta", "ustawie", "dostosuj", "zarządzaj", "preferencj", "nastaven", "přizpůsob",
    "spravovat", "podrobnosti"],
  ["other", "polic(y|ies)", "\\bterms", "\\blearn", "\\bmore\\b", "read", "privacy (notice|statement)", "datenschutz", "impressum", "imprint",
    "mehr", "en savoir", "politique", "política", "politica", "más info", "informativa", "saiba", "beleid", "meer\\b", "partner", "vendors", "lieferanten",
    "(læs|les|läs) me(re|r)\\b", "politik", "retningslinjer", "lue lisää", "käytän", "seloste", "dowiedz", "polityk", "více", "zásad"],
  ["accept", "accept", "\\bagree", "allow", "consent\\b", "that.?s (ok|fine)", "akzept", "zustimm", "einverstanden", "einwillig", "stimme.{0,12} zu\\b", "erlaub", "zulass", "annehm", "d'accord", "autoris",
    "acept", "de acuerdo", "permitir", "accett", "acconsent", "\\bconsenti", "aceit", "concord", "akkoord", "toestaan", "instem", "\\btill(ad|at|åt)", "godkend", "godkänn",
    "\\bgodta", "aksepter", "samtyck", "samtykk", "hyväksy", "\\bsalli", "suostu", "akcept", "zgadzam", "zezw[óa]l", "wyrażam zgod", "\\bprzyjm", "přijm",
    "souhlas", "povol"],
  ["dismiss", "^ok(ay)?\\b", "got it", "underst", "\\bclose", "dismiss", "^[×✕✖✗xX⨯]$", "continue", "verstanden", "schließ", "schliess", "alles klar",
    "fermer", "compris", "continuer", "cerrar", "entendido", "continuar", "chiudi", "ho capito", "capito", "continua", "fechar", "entendi", "percebi", "sluit",
    "begrepen", "doorgaan", "^luk\\b", "^lukk\\b", "forstå", "stäng", "förstår", "sulje", "selvä", "zamknij", "rozumiem", "zavřít", "rozumím"],
].map(([means, ...parts]) => [means, words(...parts)]);

// What keeps the choices that are shown, and what takes everything instead.
const SAVES = words("\\bsave\\b", "confirm", "speicher", "bestätig", "enregistr", "guardar", "salva", "opslaan", "\\bgem\\b", "\\blagre", "\\bspara\\b",
  "tallenna", "\\bzapisz", "ulož");
const EVERYTHING = words("\\ball\\b", "\\balle[nrs]?\\b", "\\btou(t|te|s)", "\\btod[oa]", "\\btutt", "\\btudo", "\\balla\\b", "\\bkaik",
  "wszystk", "\\bvše\\b", "všech", TAKES);
// What makes a button's words doubtful for who is about to press it: it may show choices, or take more than is needed.
const DOUBTFUL = words("setting", "manage", "customi", "individual", "preferen", "option", "einstell", "anpass", "verwalt", "param", "personnal",
  "g[ée]re", "configur", "ajust", "impostaz", "gestis", "instelling", "beheer", "problem", "souci", "\\bnon-", "\\bun(necess|essent)", "market",
  "analy", "statisti", "advert", "werb", "publicit", "\\bor\\b", "\\boder\\b", "\\bou\\b", "indstil", "innstil", "inställ", "tilpas", "hantera", "asetu[ks]",
  "ustaw", "dostos", "nastav", "přizp", "mar[kn]e?[kd]sf", "\\beller\\b", "\\btai\\b", "\\blub\\b", "\\bnebo\\b");
// What turns taking into refusing.
const ONLY = words("\\bonly\\b", "\\bjust\\b", "\\bnur\\b", "seulement", "uniquement", "\\bs[oó]lo\\b", "[uú]nicamente", "solamente", "apenas",
  "somente", "alleen", "enkel", "uitsluitend", "without", "\\bohne\\b", "\\bsans\\b", "\\bsin\\b", "\\bsenza\\b", "\\bsem\\b", "zonder",
  "do not", "don.?t", "\\bnicht\\b", "ne pas", "disagree", "\\bkun\\b", "\\bbare\\b", "\\bendast\\b", "\\bbara\\b", "\\bikke\\b", "\\binte\\b", "\\bud?ten\\b",
  "\\butan\\b", "\\bvain\\b", "\\bilman\\b", "\\btylko\\b", "\\bbez\\b", "\\bnie\\b", "\\bpouze\\b", "\\bjen\\b");
const TAKING = words(TAKES);

/** Whether words leave no doubt: `accept only what is necessary` refuses, `accept or reject individually` says neither. */
const isClear = (means, text) => {
  if (means === "settings") return true;
  if (DOUBTFUL.test(text)) return false;
  return means !== "reject" || !TAKING.test(text) || ONLY.test(text);
};

/** What a button does, by its words: `accept`, `reject`, `settings`, `dismiss`, `other`, or `unknown`. */
const meansOf = (text) => {
  const said = String(text).replace(/\s+/g, " ").trim();
  if (said === "" || said.length > SAYS) return "other";
  return (MEANS.find(([, expression]) => expression.test(said)) ?? ["unknown"])[0];
};
