// Describes what a page can see of the functions that a watcher would replace; nothing of it depends on the machine.
// The same in a browser that nobody watches must give the same description.
// Frames are complete then: stacks from one that is about to navigate end at its border, whoever watches.
addEventListener('load', () => {
const seen = {};
const say = (name, make) => { try { seen[name] = make(); } catch (error) { seen[name] = `threw ${error}`; } };
const places = (text) => String(text).replace(/:\d+:\d+/g, '').replaceAll(location.origin, '');
const shape = (error) => {
  const stack = Object.getOwnPropertyDescriptor(error, 'stack');
  const kind = stack && Reflect.ownKeys(stack).map((key) => `${key}=${typeof stack[key]}`);
  return `${error.name}: ${places(error.stack)} | ${Reflect.ownKeys(error).map(String)} | ${kind}`;
};
const down = (depth, make) => (depth ? down(depth - 1, make) : make());
const thrown = (make) => { try { make(); return 'nothing'; } catch (error) { return shape(error); } };
const flags = (holder, name) => {
  const found = Object.getOwnPropertyDescriptor(holder, name);
  const shown = (value) => (typeof value === 'function' ? 'f' : value);
  return found && Object.keys(found).map((key) => `${key}:${shown(found[key])}`).join();
};

// Whoever has timers of their own in the page moves these on.
say('timers', () => [setTimeout(() => {}), requestAnimationFrame(() => {}), requestIdleCallback(() => {})].join());

const blank = document.createElement('iframe');
document.body.append(blank);
const inline = document.createElement('iframe');
inline.srcdoc = '<p>x';
document.body.append(inline);
const frame = document.getElementById('frame');
const field = document.getElementById('field');

// Every function of the interfaces that a watcher cares for.
const functions = {};
const add = (label, holder, name) => {
  const found = Object.getOwnPropertyDescriptor(holder, name);
  if (!found) return;
  for (const kind of ['value', 'get', 'set']) {
    if (typeof found[kind] === 'function') functions[`${label}.${String(name)} ${kind}`] = found[kind];
  }
  say(`flags ${label}.${String(name)}`, () => flags(holder, name));
};
const interfaces = {
  EventTarget, Navigator, Screen, Document, Storage, WebSocket, HTMLElement, HTMLBodyElement, Element, SVGElement,
  HTMLInputElement, HTMLTextAreaElement, HTMLSelectElement, HTMLCanvasElement, CanvasRenderingContext2D, WebGLRenderingContext,
  WebGL2RenderingContext, MutationObserver, BaseAudioContext, OfflineAudioContext, AnalyserNode, AudioBuffer,
  RTCPeerConnection, IDBFactory, CacheStorage, CookieStore, XMLHttpRequest, HTMLImageElement, Function, CustomEvent,
  FormData, HTMLFormElement, HTMLCollection,
};
// Of the large ones, what a watcher may want and every tenth of the others.
const large = ['Document', 'HTMLElement', 'Element', 'SVGElement', 'WebGLRenderingContext', 'WebGL2RenderingContext'];
const wanted = /^on(key|copy|input|click|scroll|focus|pointerup)|^cookie$|^getParameter$|^readPixels$|^getSupportedExt/;
for (const [label, { prototype }] of Object.entries(interfaces)) {
  Object.getOwnPropertyNames(prototype).forEach((name, at) => {
    if (!large.includes(label) || at % 10 === 0 || wanted.test(name)) add(label, prototype, name);
  });
  say(`keys ${label}`, () => Reflect.ownKeys(prototype).map(String).join());
}
for (const name of Object.getOwnPropertyNames(console)) add('console', console, name);
for (const name of Object.getOwnPropertyNames(Error)) add('Error', Error, name);
for (const name of Object.getOwnPropertyNames(window)) if (wanted.test(name)) add('window', window, name);
add('window', window, 'fetch');
add('window', window, 'FormData');

const printers = {
  own: (f) => f.toString(),
  text: (f) => `${f}`,
  prototype: (f) => Function.prototype.toString.call(f),
  reflect: (f) => Reflect.apply(Function.prototype.toString, f, []),
  blank: (f) => blank.contentWindow.Function.prototype.toString.call(f),
  inline: (f) => inline.contentWindow.Function.prototype.toString.call(f),
  frame: (f) => frame.contentWindow.Function.prototype.toString.call(f),
};
const cycle = (f) => {
  const was = Object.getPrototypeOf(f);
  try {
    return thrown(() => Object.setPrototypeOf(f, Object.create(f))) + Reflect.setPrototypeOf(f, Object.create(f));
  } finally {
    Object.setPrototypeOf(f, was);
  }
};
for (const [label, f] of Object.entries(functions)) {
  for (const [by, print] of Object.entries(printers)) say(`print ${label} ${by}`, () => print(f));
  say(`shape ${label}`, () => [
    f.name, f.length, 'prototype' in f, Reflect.ownKeys(f).map(String), flags(f, 'name'), flags(f, 'length'), typeof f,
    Object.prototype.toString.call(f), Object.getPrototypeOf(f) === Function.prototype, Object.isExtensible(f),
    f instanceof Function, f.constructor === Function,
  ].join('|'));
  say(`new ${label}`, () => thrown(() => new f()));
  say(`extends ${label}`, () => thrown(() => { class A extends f {} }));
  say(`construct ${label}`, () => thrown(() => Reflect.construct(Object, [], f)));
  say(`illegal ${label}`, () => thrown(() => f.call({})));
  say(`undefined ${label}`, () => thrown(() => f.apply(null)));
  say(`arguments ${label}`, () => thrown(() => f.arguments) + thrown(() => f.caller));
  say(`child ${label}`, () => thrown(() => Object.create(f).toString()));
  say(`cycle ${label}`, () => cycle(f));
}
const others = [blank, frame, inline].map((other) => other.contentWindow);
for (const [by, print] of Object.entries(printers)) {
  say(`others ${by}`, () => others.map((other) => print(other.Function.prototype.toString) + print(other.fetch)
    + print(other.document.addEventListener)
    + print(Object.getOwnPropertyDescriptor(other.Navigator.prototype, 'userAgent').get)).join());
  [1, 'x', null, undefined, {}, Symbol.iterator, Object.create(fetch)].forEach((wrong, at) => {
    say(`wrong ${by} ${at}`, () => thrown(() => print(wrong)));
  });
}
say('own functions', () => String(() => 1) + String(class A {}) + String(shape));
for (const [at, other] of [window, ...others].entries()) {
  say(`names ${at}`, () => Object.getOwnPropertyNames(other).sort().join() + Object.getOwnPropertySymbols(other).map(String));
}
say('objects', () => [document, navigator, screen, location].map((object) => Reflect.ownKeys(object).map(String)).join());

// A constructor that may be called, inherited from, and called for another.
say('constructor', () => [FormData.prototype.constructor === FormData, flags(FormData.prototype, 'constructor'),
  new FormData() instanceof FormData, Object.getPrototypeOf(new FormData()) === FormData.prototype].join());
class Heir extends FormData {
  constructor(...values) { super(...values); this.own = new.target === Heir; }
}
say('heir', () => [new Heir(field.form) instanceof FormData, new Heir().own, new Heir().constructor === Heir,
  [...new Heir(field.form).keys()]].join());
say('made for another', () => [Reflect.construct(FormData, [], Heir) instanceof Heir,
  Object.getPrototypeOf(Reflect.construct(FormData, [], Array)) === Array.prototype].join());
for (const [name, make] of Object.entries({
  wrong: () => new FormData(1), heir: () => new Heir(1), called: () => FormData(), reflect: () => Reflect.construct(FormData, [1]),
  other: () => new blank.contentWindow.FormData(1), target: () => Reflect.construct(FormData, [], 1),
})) {
  say(`form data ${name}`, () => thrown(make));
  say(`form data ${name} deep`, () => thrown(() => down(30, make)));
}

// Errors from deep below, and with the page's own limits.
say('deep', () => thrown(() => down(30, () => document.addEventListener.call({}))));
say('deep print', () => thrown(() => down(30, () => Function.prototype.toString.call({}))));
const act = () => {
  document.addEventListener('keydown', () => {});
  field.onkeydown = () => {};
  field.value;
  new FormData(field.form);
  document.cookie = 'a=b';
  localStorage.setItem('a', 'b');
  indexedDB.open('a');
  caches.open('a');
  cookieStore.set('c', 'd');
  new MutationObserver(() => {}).observe(document, { childList: true });
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  context.fillText('abc', 1, 1);
  canvas.toDataURL();
  context.getImageData(0, 0, 1, 1);
  for (const name in navigator) navigator[name];
  for (const name in screen) screen[name];
  new RTCPeerConnection().createDataChannel('a');
  Function.prototype.toString.call(fetch);
};
const limit = Error.stackTraceLimit;
Error.stackTraceLimit = 2;
act();
say('limit', () => thrown(() => navigator.sendBeacon.call({})) + Error.stackTraceLimit + flags(Error, 'stackTraceLimit'));
delete Error.stackTraceLimit;
act();
say('no limit', () => 'stackTraceLimit' in Error);
Error.stackTraceLimit = limit;

// The page's hook into the making of stacks is called for the page's errors only, and meets the page's frames only.
let prepared = [];
Error.prepareStackTrace = (error, sites) => {
  prepared.push(sites.map((site) => site.getFunctionName()).join());
  return 'mine';
};
act();
say('prepared by acting', () => prepared.join(';'));
say('prepared', () => { try { document.addEventListener.call({}); } catch (error) { return error.stack; } });
say('prepared from', () => prepared.join(';'));
say('prepare', () => flags(Error, 'prepareStackTrace') + Reflect.ownKeys(Error).map(String));
let asked = 0;
const getter = { configurable: true, get() { asked += 1; }, set() { asked += 1_000; } };
Object.defineProperty(Error, 'prepareStackTrace', getter);
act();
say('prepare asked', () => asked);
delete Error.prepareStackTrace;

// A page that has its hands in everything that a script uses without thinking.
const touched = [];
const undo = [];
const { apply } = Reflect;
for (const holder of [Array.prototype, String.prototype, Map.prototype, WeakMap.prototype, Set.prototype,
  RegExp.prototype, Promise.prototype, JSON, Reflect, Performance.prototype, Node.prototype, Blob.prototype]) {
  for (const name of Reflect.ownKeys(holder)) {
    const found = Object.getOwnPropertyDescriptor(holder, name);
    const ours = name === 'constructor' || holder === Array.prototype && name === 'push';
    if (ours || !found.configurable || typeof found.value !== 'function') continue;
    const note = function (...values) { touched.push(String(name)); return apply(found.value, this, values); };
    Object.defineProperty(holder, name, { __proto__: null, ...found, value: note });
    undo.push(() => Object.defineProperty(holder, name, found));
  }
}
const inherited = ['get', 'set', 'value', 'apply', 'writable', 'configurable', 'enumerable', 'toJSON', 'kind', 'detail'];
for (const name of inherited) {
  const found = { __proto__: null, configurable: true, get() { touched.push(name); } };
  Object.defineProperty(Object.prototype, name, found);
}
touched.length = 0;
act();
seen.touched = touched.join();
for (const name of inherited) delete Object.prototype[name];
for (const back of undo) back();

const uncaught = new Promise((done) => {
  addEventListener('error', (event) => done(`${event.message} ${shape(event.error)}`), { once: true });
  setTimeout(() => document.addEventListener.call({}));
});
const worker = new Promise((done) => {
  const code = `const print = (f) => Function.prototype.toString.call(f);
    const agent = Object.getOwnPropertyDescriptor(WorkerNavigator.prototype, 'userAgent').get;
    const functions = [indexedDB.open, WebSocket.prototype.send, console.log, Function.prototype.toString, agent, fetch];
    postMessage(Object.getOwnPropertyNames(self).sort().join() + functions.map(print))`;
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  new Worker(url).onmessage = (message) => done(message.data);
});
Promise.all([uncaught, worker]).then(([error, told]) => {
  seen.uncaught = error;
  seen.worker = told;
  say('frame after its load', () => printers.frame(document.addEventListener)
    + Function.prototype.toString.call(frame.contentDocument.addEventListener));
  return fetch('/log/seen', { method: 'POST', body: JSON.stringify(seen) });
});
});
