// Read in a world of our own: the page can neither see nor change these functions.
(() => {
  const cut = (text, limit) => String(text ?? '').slice(0, limit);
  const all = (selector, limit) => Array.from(document.querySelectorAll(selector)).slice(0, limit);
  const shown = (element) => element.getClientRects().length > 0;
  const isScript = (type) => type === '' || type === 'module' || type.includes('javascript');
  const hosts = (text) => {
    const found = new Set();
    for (const match of text.slice(0, LIMIT_TEXT).matchAll(/(?:https?:)?\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)+)/gi)) {
      found.add(match[1].toLowerCase());
      if (found.size >= 20) break;
    }
    return Array.from(found);
  };
  // What could be a key: long, of many different characters, no word, path or number.
  const isKey = (text) => {
    if (!/^[A-Za-z0-9_+/=-]{16,128}$/.test(text) || !/[0-9]/.test(text) || !/[A-Za-z]/.test(text)) return false;
    if (new Set(text).size < 8 || text.split('/').length > 3) return false;
    // Words joined by dashes or in camel case, with a number behind: names of classes, of files, of options.
    const digits = text.replace(/[^0-9]/g, '').length;
    return digits >= 3 && text.split(/[-_/]/).some((part) => part.length >= 12 && /[0-9]/.test(part));
  };
  // What is the value of a cookie or stands in a storage is not told, nor what is about to be.
  const stored = () => {
    try {
      return [document.cookie, ...Object.values(localStorage), ...Object.values(sessionStorage)].join('\n');
    } catch {
      return '';
    }
  };
  const isWritten = (before) => /(setItem\s*\([^)]*|cookie[^;]*)$/i.test(before);
  const literals = () => {
    const found = new Map();
    const known = stored();
    const add = (name, value) => {
      if (found.size >= LIMIT_LITERALS || found.has(value) || !isKey(value) || known.includes(value)) return;
      found.set(value, name);
    };
    for (const script of all('script:not([src])', LIMIT_SCRIPTS)) {
      const text = script.textContent.slice(0, LIMIT_TEXT);
      for (const match of text.matchAll(/(["'`])([A-Za-z0-9_+/=-]{16,128})\1/g)) {
        if (!isWritten(text.slice(Math.max(0, match.index - 100), match.index))) add('inline script', match[2]);
      }
    }
    for (const element of all('*', LIMIT_ELEMENTS)) {
      for (const { name, value } of element.attributes) {
        if (name.startsWith('data-') && !/csrf|xsrf|nonce|session/.test(name)) add(cut(name, 200), value);
      }
    }
    return Array.from(found, ([value, name]) => ({ name, value }));
  };
  return {
    literals: literals(),
    text: document.body ? document.body.innerText.trim().length : 0,
    fields: all('input:not([type=hidden]):not([type=submit]), textarea, select', 100).filter(shown).length,
    links: all('a[href]', 100).filter(shown).length,
    images: all('img', 100).filter(shown).length,
    generators: all('meta[name=generator i]', 5).map((meta) => cut(meta.content, 200)),
    inline: all('script:not([src])', LIMIT_SCRIPTS)
      .filter((script) => isScript(script.type))
      .map((script) => ({ name: cut(script.id || script.className, 200), hosts: hosts(script.textContent) }))
      .filter((script) => script.hosts.length > 0),
    scripts: all('script[src]', LIMIT_SCRIPTS).map((script) => ({ id: cut(script.id, 200), src: cut(script.src, 2048) })),
  };
})()
