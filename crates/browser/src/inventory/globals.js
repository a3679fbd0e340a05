// Read in the page's own world, where its globals are: descriptors only, so that no getter of the page runs.
(() => {
  const describe = Object.getOwnPropertyDescriptor;
  const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';
  const own = (object, ...path) => path.reduce((at, key) => (isObject(at) ? describe(at, key)?.value : undefined), object);
  const text = (...values) => values.find((value) => typeof value === 'string' && value !== '') ?? '';
  const isNative = (value) => typeof value === 'function' && Function.prototype.toString.call(value).includes('[native code]');
  const containers = [];
  const add = (name, id) => containers.push({ name, id: id.slice(0, 200) });
  const manager = own(window, 'google_tag_manager');
  if (isObject(manager)) {
    for (const id of Object.keys(manager)) {
      if (/^(GTM|GT|G|AW|DC)-[A-Z0-9-]+$/.test(id)) add('google_tag_manager', id);
    }
  }
  const utag = own(window, 'utag');
  if (isObject(utag)) {
    const profile = [own(utag, 'data', 'ut.account'), own(utag, 'data', 'ut.profile')].filter((part) => typeof part === 'string');
    add('utag', text(profile.join('/'), own(utag, 'cfg', 'utid'), own(utag, 'cfg', 'path')));
  }
  const satellite = own(window, '_satellite');
  if (isObject(satellite)) {
    add('_satellite', text(own(satellite, 'property', 'id'), own(satellite, 'property', 'name'), own(satellite, 'buildInfo', 'buildDate')));
  }
  const names = [];
  for (const name of Object.keys(window)) {
    if (names.length >= LIMIT_NAMES) break;
    const described = /^[0-9]+$/.test(name) ? undefined : describe(window, name);
    if (described && !isNative('value' in described ? described.value : described.get)) names.push(name.slice(0, 200));
  }
  return { names, containers: containers.slice(0, 50) };
})()
