// Shows what happens in a run as it happens (/api/v1/runs/RUN/live). Whatever comes from the web is put in as text.
'use strict';
(() => {
  const byId = (id) => document.getElementById(id);
  const place = byId('visits');
  if (!place || !('EventSource' in window)) return;

  // Visits that are shown: of a run with more pages those that were opened last.
  const SHOWN = 12;
  // What a timeline reaches to, in ms; it grows.
  const REACHES = [10000, 20000, 45000, 120000];
  const MARKS = {
    content: '! can hear content',
    tracker: 'tracker',
    unknown: 'nobody knows it',
    none: 'needed to show pages',
  };
  const BEHAVING = {
    untouched: 'Touching no banner',
    reject: 'Refusing what the banner asks',
    accept: 'Agreeing to what the banner asks',
    gpc: 'Under Global Privacy Control',
  };
  const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
  const millis = (ms) => `${Math.round(ms)} ms`;
  const copy = (id) => byId(id).content.firstElementChild.cloneNode(true);

  class Visit {
    constructor(told) {
      this.box = copy('visit');
      this.part = (selector) => this.box.querySelector(selector);
      this.contacts = 0;
      this.trackers = 0;
      this.typed = [];
      this.reach = REACHES[0];
      this.zero = null;
      this.part('h2').textContent = told.page;
      this.part('.behaving').textContent =
        (BEHAVING[told.profile] ?? told.profile) + (told.repetition > 0 ? `, visit ${told.repetition + 1}` : '');
      this.part('.scroll').setAttribute('aria-label', `Who was contacted by ${told.page}, ${told.profile}, visit ${told.repetition + 1}`);
      this.do('Being opened');
      this.count();
      this.scale();
    }

    do(what) {
      this.part('.doing').textContent = what;
    }

    count() {
      const { contacts, trackers } = this;
      this.part('caption').textContent =
        `First contact with each third party: ${contacts} so far, of which ${trackers} known as trackers by their address`;
    }

    /** The clock runs from navigation start; `clock_ms` is where it stands now. */
    start({ clock_ms: clock }) {
      this.zero = performance.now() - (clock ?? 0);
      this.part('.consent').textContent = 'since navigation; no choice was made';
      this.do('Watching');
    }

    tick() {
      if (this.zero !== null) this.part('.time').textContent = seconds(performance.now() - this.zero);
    }

    stop(at) {
      if (this.zero !== null && at > 0) this.part('.time').textContent = seconds(at);
      this.zero = null;
    }

    scale() {
      this.part('th.when').textContent = `From 0 to ${this.reach / 1000} s`;
      for (const line of this.box.querySelectorAll('svg')) line.setAttribute('viewBox', `0 0 ${this.reach} 10`);
      for (const mark of this.box.querySelectorAll('rect')) mark.setAttribute('width', this.reach / 66);
    }

    row(template, at) {
      const row = copy(template);
      row.querySelector('.at').textContent = millis(at);
      row.dataset.at = at;
      const rows = [...this.part('tbody').children];
      const after = rows.find((other) => Number(other.dataset.at) > at);
      this.part('tbody').insertBefore(row, after ?? null);
      while (at > this.reach && this.reach < REACHES.at(-1)) this.reach = REACHES[REACHES.indexOf(this.reach) + 1];
      this.scale();
      return row;
    }

    contact({ at_ms: at, host, address, vendor }) {
      const kind = vendor ? vendor.exposure : 'unknown';
      const row = this.row('contact', at);
      row.querySelector('.who').textContent = vendor ? vendor.name : host;
      const mark = row.querySelector('.mark');
      mark.textContent = MARKS[kind] ?? kind;
      mark.classList.add(kind);
      row.querySelector('.category').textContent = vendor ? vendor.category.replaceAll('_', ' ') : '';
      row.querySelector('.address').textContent = address;
      row.querySelector('rect').setAttribute('x', at);
      row.querySelector('svg').classList.add(kind);
      this.contacts += 1;
      if (kind === 'tracker' || kind === 'content') this.trackers += 1;
      this.count();
    }

    step(at, what) {
      this.row('step', at).querySelector('th').textContent = what;
    }

    banner({ at_ms: at, source }) {
      this.step(at, source && source !== 'plain' ? `A banner could be seen (${source})` : 'A banner could be seen');
    }

    choice({ at_ms: at, choice }) {
      const made = choice === 'accept' ? 'agreed to everything' : 'refused everything that can be refused';
      this.step(at, `The choice was made: ${made}`);
      this.part('.consent').textContent = `since navigation; ${made} after ${seconds(at)}`;
    }

    reload({ at_ms: at }) {
      this.step(at, 'The page is loaded once more');
    }

    typing({ field }) {
      this.typed.push(field);
      this.do(`Typing into ${field}`);
    }

    over({ fields, met }) {
      this.do(met === 0 ? 'Watching; there was no field to type into' : `Keystrokes typed into ${fields} of ${met} fields; watching who is sent something`);
    }

    picture({ at_ms: at, kind, jpeg }) {
      const what = kind === 'banner' ? 'The banner' : 'The page before anything was typed';
      const figure = this.part('figure');
      figure.querySelector('img').src = `data:image/jpeg;base64,${jpeg}`;
      figure.querySelector('img').alt = `${what}, as a picture`;
      figure.querySelector('figcaption').textContent = `${what}, ${seconds(at)} after navigation`;
      figure.hidden = false;
    }

    end({ at_ms: at, outcome, class: kind, detail }) {
      this.stop(at);
      const typed = this.typed.length > 0 ? ` Typed into: ${this.typed.join(', ')}.` : '';
      const seen = kind === 'seen' ? '' : ' The page was not seen: nothing can be said of it.';
      this.do(`Over: ${outcome.replaceAll('_', ' ')}${detail ? ` (${detail})` : ''}.${seen}${typed}`);
    }

    breakOff() {
      this.stop(0);
      this.do('Broken off; it will be made again.');
    }
  }

  const visits = new Map();
  const clear = () => {
    visits.clear();
    place.replaceChildren();
  };
  const open = (told) => {
    visits.get(told.visit)?.box.remove();
    visits.delete(told.visit);
    const visit = new Visit(told);
    visits.set(told.visit, visit);
    place.prepend(visit.box);
    for (const [id, oldest] of visits) {
      if (visits.size <= SHOWN) break;
      oldest.box.remove();
      visits.delete(id);
    }
  };
  const on = {
    run: clear,
    progress: ({ words }) => {
      if (byId('standing').textContent !== words) byId('standing').textContent = words;
    },
    opened: open,
    done: ({ verdict, report, called }) => {
      byId('words').textContent = verdict;
      byId('report').textContent = called;
      byId('report').setAttribute('href', report);
      byId('verdict').hidden = false;
      byId('follow-line').hidden = true;
      if (byId('follow').checked) location.assign(report);
    },
  };
  const ofVisit = {
    navigated: 'start',
    contact: 'contact',
    banner: 'banner',
    choice: 'choice',
    reload: 'reload',
    typing: 'typing',
    typed: 'over',
    picture: 'picture',
    ended: 'end',
    broken_off: 'breakOff',
  };
  for (const [name, method] of Object.entries(ofVisit)) {
    on[name] = (told) => visits.get(told.visit)?.[method](told);
  }

  const trouble = (what) => {
    byId('trouble').textContent = what;
    byId('trouble').hidden = what === '';
  };
  // It comes back by itself after a lost connection, and is opened anew where it was refused.
  const watch = () => {
    const events = new EventSource(place.dataset.events);
    events.onopen = () => trouble('');
    events.onerror = () => {
      const refused = events.readyState === EventSource.CLOSED;
      trouble(refused ? 'As many watch as can, or the connection is lost; trying again.' : 'The connection is lost; trying again.');
      if (refused) setTimeout(watch, 5000);
    };
    for (const [name, tell] of Object.entries(on)) {
      events.addEventListener(name, ({ data }) => {
        tell(JSON.parse(data));
        if (name === 'done') {
          events.close();
          trouble('');
        }
      });
    }
  };
  byId('follow-line').hidden = false;
  setInterval(() => visits.forEach((visit) => visit.tick()), 100);
  watch();
})();
