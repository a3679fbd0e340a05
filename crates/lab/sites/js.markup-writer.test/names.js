// Whoever shows one of these names as markup runs it.
const MARKUP = '"><img src=x onerror="document.documentElement.dataset.owned=1">';
const LONG = 'w'.repeat(3000);
document.cookie = '<svg/onload' + '=1';
document.cookie = '</td></tr></table><h1>' + '=' + encodeURIComponent(MARKUP);
for (const key of [MARKUP, "'-document.documentElement.dataset.owned--'", LONG, '\u202egnp.exe', '\u0000\u0007\u001b[31m']) {
  localStorage.setItem(key, MARKUP);
  sessionStorage.setItem(key, MARKUP);
}
history.replaceState(null, '', '/?q=' + encodeURIComponent(MARKUP) + '#' + MARKUP);
new Image().src = 'https://js.markup-writer.test/c.gif?' + encodeURIComponent(MARKUP) + '=' + LONG + "&'onmouseover='document.documentElement.dataset.owned=1";
console.error(MARKUP);
