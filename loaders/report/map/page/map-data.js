// What the map knows: meta.js and the columns of the installations, loaded when they are first needed.
"use strict";

(() => {
  const eoPv = (window.eoPv = window.eoPv || {});
  const TYPES = { f32: Float32Array, u8: Uint8Array, u16: Uint16Array, u32: Uint32Array };
  const MAX_DETAILS = 40; // files of details kept in memory
  const columns = {}; // name → its array, once loaded
  const loads = new Map(); // name → promise of its array
  const details = new Map(); // number of a file → promise of its installations, the last used last
  let folded = null; // promise of the names, and the same in lower case without accents

  const data = {
    meta: null,
    columns,

    async loadMeta() {
      data.meta = await loadJson("map/meta");
      return data.meta;
    },

    // A column as a typed array; it is then in `columns` too.
    column(name) {
      if (!loads.has(name)) loads.set(name, readColumn(name));
      return loads.get(name);
    },

    needColumns(names) {
      return Promise.all(names.map(data.column));
    },

    // Everything about installation i: properties, records and pairs.
    async installation(i) {
      const file = Math.floor(i / data.meta.chunk);
      const promise = details.get(file) || loadJson(`map/details/${file}`);
      details.delete(file);
      details.set(file, promise);
      promise.catch(() => details.delete(file));
      if (details.size > MAX_DETAILS) forgetOldestDetails();
      return (await promise)[i - file * data.meta.chunk];
    },

    // The numbers of the installations with this id, or with a record of this id; several publishers may use the same.
    async numbersOf(id) {
      const bytes = new TextEncoder().encode(id);
      const bucket = fnv1a(bytes) % data.meta.ids_buckets;
      const numbers = await loadJson(`map/ids/${bucket}`).catch(() => ({}));
      return Object.hasOwn(numbers, id) ? [].concat(numbers[id]) : [];
    },

    // The names of all installations, and the same folded for searching.
    names() {
      folded = folded || readNames();
      return folded;
    },

    fold: (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase(),

    // Whether installation i has a record in the dataset of this number.
    isIn(i, dataset) {
      const words = data.meta.columns.datasets.width;
      return ((columns.datasets[i * words + (dataset >> 5)] >>> (dataset & 31)) & 1) === 1;
    },
  };

  async function readColumn(name) {
    const bytes = await loadFile(`map/columns/${name}`);
    columns[name] = new TYPES[data.meta.columns[name].type](bytes.buffer);
    return columns[name];
  }

  async function readNames() {
    const names = new TextDecoder().decode(await loadFile("map/names")).split("\n");
    return { names, folded: names.map((name) => (name ? data.fold(name) : "")) };
  }

  function forgetOldestDetails() {
    const [file] = details.keys();
    details.delete(file);
    forgetFile(`map/details/${file}`);
  }

  // FNV-1a with 32 bits, as the writer of map/ids/ computes it.
  function fnv1a(bytes) {
    let hash = 0x811c9dc5;
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    return hash;
  }

  eoPv.data = data;
})();
