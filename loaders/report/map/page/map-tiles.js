// Vector tiles out of packs, for MapLibre's addresses eopv://zoom/x/y. Layout of the packs: see tile_packs.py.
"use strict";

(() => {
  const eoPv = (window.eoPv = window.eoPv || {});
  const MAX_PACKS = 48; // packs kept in memory, of 256 KB each
  const packs = new Map(); // number of a pack → promise of its bytes, the last used last
  let index = null; // promise of the number of the first tile in each pack

  // The number of a tile: those of lower zooms first, then the bits of x and y in turn.
  function tileNumber(zoom, x, y) {
    let number = (4 ** zoom - 1) / 3;
    for (let bit = 0; bit < zoom; bit++) {
      number += (((x >> bit) & 1) + 2 * ((y >> bit) & 1)) * 4 ** bit;
    }
    return number;
  }

  // The last position whose value is `value` or lower; -1 if there is none.
  function lastAtMost(values, value) {
    let low = 0;
    let high = values.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[middle] <= value) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  function pack(number) {
    const promise = packs.get(number) || loadFile(`map/tiles/${number}`);
    packs.delete(number);
    packs.set(number, promise);
    promise.catch(() => packs.delete(number));
    if (packs.size > MAX_PACKS) {
      const [oldest] = packs.keys();
      packs.delete(oldest);
      forgetFile(`map/tiles/${oldest}`);
    }
    return promise;
  }

  // The bytes of a tile; empty where there is none.
  async function tile(zoom, x, y) {
    index = index || loadFile("map/tiles/index").then((bytes) => new Uint32Array(bytes.buffer));
    const number = tileNumber(zoom, x, y);
    const position = lastAtMost(await index, number);
    if (position < 0) return new ArrayBuffer(0);
    const bytes = await pack(position);
    const count = new Uint32Array(bytes.buffer, 0, 1)[0];
    const numbers = new Uint32Array(bytes.buffer, 4, count);
    const k = lastAtMost(numbers, number);
    if (k < 0 || numbers[k] !== number) return new ArrayBuffer(0);
    const offsets = new Uint32Array(bytes.buffer, 4 + 4 * count, count + 1);
    const start = 4 * (2 + 2 * count);
    return bytes.buffer.slice(start + offsets[k], start + offsets[k + 1]);
  }

  eoPv.tiles = {
    tile,
    address: "eopv://{z}/{x}/{y}",

    // Teach MapLibre the addresses.
    register() {
      maplibregl.addProtocol("eopv", async ({ url }) => {
        const [zoom, x, y] = url.slice("eopv://".length).split("/").map(Number);
        return { data: await tile(zoom, x, y) };
      });
    },
  };
})();
