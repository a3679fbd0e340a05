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
  return {
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
