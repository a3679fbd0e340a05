// What the page's consent interfaces say, in the page itself. Nothing is changed, plain values are read, and functions are
// called that are there to be asked. When is said by the watcher in the world beside ours, so that the page has no timer of
// ours.
if (isWindow && parent === window) {
  const LONGEST = 4096; // characters of one signal
  const SIGNALS = 100; // told of one document: each interface changes a few times
  const KEYS = 100; // purposes or services of one platform: sites have up to some dozens
  const COMMANDS = 500; // entries of a data layer that are looked at
  const SLOWLY = 5; // ticks between calls of functions
  const PATIENCE = 40; // ticks in which an interface has to answer: eight seconds
  const LISTENERS = 3; // interfaces that take the place of others, as a real one does of a stub

  const { ownKeys } = Reflect;
  const isArray = Array.isArray;
  const bind = uncurry(Function.prototype.bind);
  const heard = { __proto__: null };
  const asked = { __proto__: null };
  let room = SIGNALS;
  let ticks = 0;

  const say = (source, value) => {
    const what = text(value, LONGEST);
    if (what === "" || heard[source] === what || room <= 0) return;
    heard[source] = what;
    room -= 1;
    post("signal", { __proto__: null, source, value: what }, "");
  };
  /** A function that the page gets, which prints as a native one. */
  const lent = (note) => {
    const trap = { [SECRET]: (...values) => { try { note(...values); } catch { /* The page must not notice. */ } } }[SECRET];
    const bound = bind(trap, undefined);
    define(bound, "name", { __proto__: null, value: "", configurable: true });
    return bound;
  };
  // Functions of the page are called when nothing of ours is on the stack, and their errors go nowhere.
  const then = uncurry(Promise.prototype.then);
  const settled = Promise.resolve();
  const nothing = () => {};
  const quietly = (note) => (result) => { try { note(result); } catch { /* The page must not notice. */ } };
  const bound = (callee, self, values) => bind(callee, self, values[0], values[1], values[2]);
  const calls = [];
  let waiting = 0;
  /** Calls a function of the page soon, and gives `note` what it returns. */
  const call = (callee, self, values, note = nothing) => {
    if (typeof callee !== "function") return;
    define(calls, waiting, { __proto__: null, value: [bound(callee, self, values), quietly(note)], writable: true, configurable: true });
    waiting += 1;
  };
  const path = (...names) => {
    let at = globalThis;
    for (let depth = 0; depth < names.length; depth++) at = plain(at, names[depth]);
    return at;
  };
  /** A method of an object, or of its class. */
  const inherited = (holder, name) => {
    for (let at = holder, depth = 0; isObject(at) && depth < 8; at = getPrototypeOf(at), depth++) {
      const method = own(at, name);
      if (method) return method.value;
    }
    return undefined;
  };
  const ask = (holder, name, note) => call(inherited(holder, name), holder, [], note);

  /** Calls `each` with the names and values of an object's plain properties. */
  const every = (holder, each) => {
    if (!isObject(holder)) return;
    const keys = ownKeys(holder);
    for (let at = 0; at < keys.length && at < KEYS; at++) {
      if (typeof keys[at] === "string") each(keys[at], plain(holder, keys[at]));
    }
  };
  const YES = { __proto__: null, yes: true, no: false, ACCEPT: true, DENY: false, granted: true, denied: false };
  const flag = (value) => (typeof value === "boolean" ? value : typeof value === "string" ? YES[value] : undefined);
  /** Those that say yes or no. */
  const flags = (holder) => {
    const found = { __proto__: null };
    every(holder, (name, value) => { if (flag(value) !== undefined) found[text(name, WORD)] = flag(value); });
    return found;
  };
  const list = (into, names, value) => {
    every(names, (at, name) => { if (at !== "length" && typeof name === "string") into[text(name, WORD)] = value; });
    return into;
  };
  const platform = (source, purposes, answered) => {
    if (ownKeys(purposes).length === 0) return;
    const state = { __proto__: null, purposes };
    if (typeof answered === "boolean") state.answered = answered;
    say(source, stringify(state));
  };

  /** Notes that an interface is there, and whether it answered; tells if it does not in time. */
  const awaits = (source) => {
    const since = asked[source] ??= { __proto__: null, from: ticks, answered: false, told: false };
    if (since.answered || since.told || ticks - since.from < PATIENCE) return since;
    since.told = true;
    post("unread", { __proto__: null, source }, "");
    return since;
  };

  const listening = { __proto__: null };
  /** Whether this function was not listened to yet. */
  const isNew = (source, callee) => {
    const known = listening[source] ??= { __proto__: null, callee: undefined, count: 0 };
    if (known.callee === callee || known.count >= LISTENERS) return false;
    known.callee = callee;
    known.count += 1;
    return true;
  };

  const tcf = () => {
    const api = path("__tcfapi");
    if (typeof api !== "function") return;
    const since = awaits("tcf");
    if (!isNew("tcf", api)) return;
    call(api, globalThis, ["addEventListener", 2, lent((data, success) => {
      if (success !== true || !isObject(data)) return;
      since.answered = true;
      const string = plain(data, "tcString");
      if (typeof string === "string" && string !== "") return say("tcf", string);
      const { eventStatus, gdprApplies, cmpId } = { eventStatus: plain(data, "eventStatus"), gdprApplies: plain(data, "gdprApplies"), cmpId: plain(data, "cmpId") };
      say("tcf", stringify({ __proto__: null, eventStatus: text(eventStatus, WORD), gdprApplies: gdprApplies === true, cmpId: typeof cmpId === "number" ? cmpId : 0 }));
    })]);
  };

  const gpp = (isTime) => {
    const api = path("__gpp");
    if (typeof api !== "function") return;
    const since = awaits("gpp");
    const answer = lent((data) => {
      const ping = isObject(plain(data, "pingData")) ? plain(data, "pingData") : data;
      // A stub answers for want of a platform.
      if (!isObject(ping) || plain(ping, "cmpStatus") === "stub") return;
      since.answered = true;
      const string = plain(ping, "gppString");
      if (typeof string === "string" && string !== "") return say("gpp", string);
      say("gpp", stringify({ __proto__: null, signalStatus: text(plain(ping, "signalStatus"), WORD) }));
    });
    if (isNew("gpp", api)) call(api, globalThis, ["addEventListener", answer]);
    if (isTime) call(api, globalThis, ["ping", answer]);
  };

  const usp = () => {
    const api = path("__uspapi");
    if (typeof api !== "function") return;
    const since = awaits("usp");
    call(api, globalThis, ["getUSPData", 1, lent((data, success) => {
      if (success === false || !isObject(data)) return;
      since.answered = true;
      say("usp", plain(data, "uspString"));
    })]);
  };

  const word = (value) => (value === true || value === "granted" ? "granted" : value === false || value === "denied" ? "denied" : undefined);
  const google = () => {
    const entries = path("google_tag_data", "ics", "entries");
    const state = { __proto__: null };
    every(entries, (name, entry) => {
      const signal = { __proto__: null };
      for (let at = 0; at < 3; at++) {
        const kind = at === 0 ? "default" : at === 1 ? "update" : "implicit";
        const said = word(plain(entry, kind));
        if (said) signal[kind] = said;
      }
      if (ownKeys(signal).length > 0) state[text(name, WORD)] = signal;
    });
    if (ownKeys(state).length === 0) commands(state);
    if (ownKeys(state).length > 0) say("google_consent_mode", stringify(state));
  };
  /** The same by what the page asked of Google's tag, if that did not come yet. What holds in some regions only is left out. */
  const commands = (state) => {
    const layer = path("dataLayer");
    const length = isArray(layer) ? layer.length : 0;
    for (let at = 0; at < length && at < COMMANDS; at++) {
      const command = plain(layer, at);
      const kind = plain(command, 1);
      const said = plain(command, 2);
      if (plain(command, 0) !== "consent" || (kind !== "default" && kind !== "update") || plain(said, "region") !== undefined) continue;
      every(said, (name, value) => {
        const granted = word(value);
        if (granted) (state[text(name, WORD)] ??= { __proto__: null })[kind] = granted;
      });
    }
  };

  const onetrust = () => {
    const groups = path("OnetrustActiveGroups") ?? path("OptanonActiveGroups");
    if (typeof groups !== "string") return;
    const purposes = { __proto__: null };
    for (let from = 0, count = 0; from <= groups.length && count < KEYS; count++) {
      const end = indexOf(groups, ",", from);
      const name = trim(slice(groups, from, end < 0 ? groups.length : end));
      if (name) purposes[text(name, WORD)] = true;
      from = end < 0 ? groups.length + 1 : end + 1;
    }
    platform("onetrust", purposes);
  };
  const cookiebot = () => {
    const bot = path("Cookiebot");
    const purposes = flags(plain(bot, "consent"));
    deleteProperty(purposes, "stamp");
    platform("cookiebot", purposes, plain(bot, "hasResponse"));
  };
  const tarteaucitron = () => platform("tarteaucitron", flags(path("tarteaucitron", "state")));

  const klaro = () => {
    // Without a configuration of its own one would be made.
    if (!isObject(path("klaroConfig"))) return;
    ask(path("klaro"), "getManager", (manager) => platform("klaro", flags(plain(manager, "consents")), plain(manager, "confirmed")));
  };
  const didomi = () => ask(path("Didomi"), "getUserStatus", (status) => {
    const consent = plain(plain(status, "purposes"), "consent");
    platform("didomi", list(list({ __proto__: null }, plain(consent, "enabled"), true), plain(consent, "disabled"), false));
  });
  const usercentrics = () => ask(path("UC_UI"), "getServicesBaseInfo", (services) => {
    const purposes = { __proto__: null };
    every(services, (at, service) => {
      const given = flag(plain(plain(service, "consent"), "status"));
      if (given !== undefined) purposes[text(plain(service, "name"), WORD)] = given;
    });
    platform("usercentrics", purposes);
  });
  const cookieconsent = () => {
    const library = path("CookieConsent");
    let answered;
    ask(library, "validConsent", (valid) => { answered = valid; });
    ask(library, "getUserPreferences", (said) => {
      const purposes = list(list({ __proto__: null }, plain(said, "acceptedCategories"), true), plain(said, "rejectedCategories"), false);
      platform("cookieconsent", purposes, answered);
    });
  };
  const osano = () => ask(path("Osano", "cm"), "getConsent", (said) => platform("osano", flags(said)));
  const cookieyes = () => call(path("getCkyConsent"), globalThis, [], (said) => {
    platform("cookieyes", flags(plain(said, "categories")), plain(said, "isUserActionCompleted"));
  });
  const shopify = () => ask(path("Shopify", "customerPrivacy"), "currentVisitorConsent", (said) => platform("shopify", flags(said)));

  const [read, asks] = [[google, onetrust, cookiebot, tarteaucitron], [usp, klaro, didomi, usercentrics, cookieconsent, osano, cookieyes, shopify]];
  const attempt = (one, isTime) => {
    try {
      one(isTime);
    } catch {
      // The page must not notice.
    }
  };
  const tick = {
    [SECRET]: () => {
      const isTime = ticks % SLOWLY === 0;
      ticks += 1;
      attempt(tcf);
      attempt(gpp, isTime);
      for (let at = 0; at < read.length; at++) attempt(read[at]);
      for (let at = 0; isTime && at < asks.length; at++) attempt(asks[at]);
      // Here, where all frames are called so: they stand in the stacks of what the page asks for then.
      for (let at = 0; at < waiting; at++) then(then(settled, calls[at][0]), calls[at][1], nothing);
      waiting = 0;
    },
  }[SECRET];
  addEventListener(TICK, tick);
}
