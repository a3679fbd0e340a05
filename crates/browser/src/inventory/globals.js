// Asks our script in the page's own world, where its globals are, and makes sense of them here, where the page cannot have
// changed what is called.
(() => {
  let said;
  const hear = (event) => { said = event.detail; };
  addEventListener('ASKed', hear);
  dispatchEvent(new Event('ASK'));
  removeEventListener('ASKed', hear);
  if (typeof said !== 'string') return null;
  const { names, managed, utag, satellite } = JSON.parse(said);
  const containers = [];
  const add = (name, id) => { if (id) containers.push({ name, id: id.slice(0, 200) }); };
  for (const id of Object.values(managed)) {
    if (/^(GTM|GT|G|AW|DC)-[A-Z0-9-]+$/.test(id)) add('google_tag_manager', id);
  }
  const [account, profile, ...other] = Object.values(utag);
  add('utag', [[account, profile].filter(Boolean).join('/'), ...other].find(Boolean));
  add('_satellite', Object.values(satellite).find(Boolean));
  // Frames are properties with numbers for names.
  const own = Object.values(names).filter((name) => !/^[0-9]+$/.test(name));
  return { names: own.map((name) => name.slice(0, 200)), containers: containers.slice(0, 50) };
})()
