// Hexagons far out: sums of the installations that the filters show, for the level that suits the zoom.
"use strict";

(() => {
  const eoPv = (window.eoPv = window.eoPv || {});
  const { data, palette } = eoPv;
  const EDGE_M = [1281256, 483057, 182513, 68979, 26072, 9854, 3725, 1406]; // mean edge of H3's resolutions
  const PIXELS = 8; // an edge is at least that long when a finer level takes over
  const MANY = 3000; // above that, only hexagons in and around the view are drawn
  const SHRINK = 0.93;
  const levels = []; // {resolution, minZoom, cells, of}, coarse to fine
  let shown = new Uint8Array(0);
  let sums = null; // of the level last drawn
  let breaks = [];

  // Zoom from which hexagons of a resolution are large enough to be seen.
  function minZoom(resolution) {
    return Math.log2((PIXELS * 40075017 * 0.8) / (512 * EDGE_M[resolution]));
  }

  // The levels are in meta; corners and numbers are loaded when a level is first drawn.
  function start() {
    const resolutions = data.meta.hexagons.map((level) => level.resolution).sort((a, b) => a - b);
    resolutions.forEach((resolution, k) => {
      levels.push({ resolution, position: k, minZoom: k ? minZoom(resolution) : -Infinity, promise: null });
    });
  }

  function levelAt(zoom) {
    return levels.findLast((level) => zoom >= level.minZoom);
  }

  function load(level) {
    level.promise = level.promise || readLevel(level);
    return level.promise;
  }

  // Corners of a level's cells, and the cell of each of the finest ones.
  async function readLevel(level) {
    const [corners, , of] = await Promise.all([
      loadFile(`map/hexagons/${level.resolution}`),
      data.column("hex"),
      numbersIn(level.position),
    ]);
    level.cells = new Float32Array(corners.buffer);
    level.of = of;
    return level;
  }

  // For each cell of the finest level, the number of its cell in the level at a position; null for the finest itself.
  async function numbersIn(position) {
    let numbers = null;
    for (let finer = levels.length - 1; finer > position; finer--) {
      const bytes = await loadFile(`map/hexagons/${levels[finer].resolution}_parent`);
      const parents = new Uint32Array(bytes.buffer);
      numbers = numbers ? numbers.map((number) => parents[number]) : parents;
    }
    return numbers;
  }

  // Number and megawatts of each cell, and the sum that the colour needs.
  function sum(level, mode) {
    const cells = level.cells.length / 12;
    const totals = { level, occupied: [], count: new Uint32Array(cells), megawatts: new Float64Array(cells) };
    const addColour = COLOUR_SUMS[mode](totals, cells);
    const { hex, size_mw: sizes } = data.columns;
    for (let i = 0; i < hex.length; i++) {
      if (!shown[i]) continue;
      const cell = level.of ? level.of[hex[i]] : hex[i];
      if (!(cell < cells)) continue; // of no known place
      totals.count[cell]++;
      if (sizes[i] >= 0) totals.megawatts[cell] += sizes[i];
      if (addColour) addColour(cell, i);
    }
    totals.count.forEach((count, cell) => count && totals.occupied.push(cell));
    return totals;
  }

  // How each way of colouring adds up, and gives the value of a cell; null where it is unknown.
  const COLOUR_SUMS = {
    size(totals) {
      totals.value = (cell) => totals.megawatts[cell] || null;
    },
    dataset_count: (totals, cells) => share(totals, cells, (i) => data.columns.dataset_count[i] >= 2),
    confidence(totals, cells) {
      const high = data.meta.confidences.indexOf("high");
      return share(totals, cells, (i) => data.columns.confidence[i] === high);
    },
    year(totals, cells) {
      const years = new Float64Array(cells);
      const dated = new Uint32Array(cells);
      totals.value = (cell) => (dated[cell] ? years[cell] / dated[cell] : null);
      return (cell, i) => {
        if (!data.columns.year[i]) return;
        years[cell] += data.columns.year[i];
        dated[cell]++;
      };
    },
    status(totals, cells) {
      const kinds = data.meta.statuses.length;
      const counts = new Uint32Array(cells * kinds);
      totals.value = (cell) => mostFrequent(counts.subarray(cell * kinds, (cell + 1) * kinds));
      return (cell, i) => counts[cell * kinds + data.columns.status[i]]++;
    },
  };

  function share(totals, cells, isCounted) {
    const counted = new Uint32Array(cells);
    totals.value = (cell) => counted[cell] / totals.count[cell];
    return (cell, i) => {
      if (isCounted(i)) counted[cell]++;
    };
  }

  function mostFrequent(counts) {
    return counts.indexOf(Math.max(...counts));
  }

  // Six corners, a little nearer to their middle: the gap between hexagons costs less to draw than an edge.
  function shrunk(corners) {
    let [x, y] = [0, 0];
    for (let k = 0; k < 12; k += 2) {
      x += corners[k] / 6;
      y += corners[k + 1] / 6;
    }
    const ring = [];
    for (let k = 0; k < 12; k += 2) ring.push([x + (corners[k] - x) * SHRINK, y + (corners[k + 1] - y) * SHRINK]);
    return ring;
  }

  // A cell as GeoJSON; its values are what a click or a pointer over it tells.
  function feature(totals, cell) {
    const corners = totals.level.cells.subarray(cell * 12, cell * 12 + 12);
    const ring = shrunk(corners);
    ring.push(ring[0]);
    const properties = { v: totals.value(cell), count: totals.count[cell], megawatts: totals.megawatts[cell] };
    return { type: "Feature", id: cell, properties, geometry: { type: "Polygon", coordinates: [ring] } };
  }

  // The cells that have installations; of many only those in the bounds, with a margin of half a view.
  function cellsToDraw(totals, bounds) {
    const { occupied: cells } = totals;
    if (cells.length <= MANY || !bounds) return { cells, isPart: false };
    const [west, south, east, north] = widened(bounds);
    const { cells: corners } = totals.level;
    const isNear = (cell) => {
      const lat = corners[cell * 12 + 1];
      const lon = west + ((((corners[cell * 12] - west) % 360) + 360) % 360);
      return lat >= south && lat <= north && lon <= east;
    };
    return { cells: cells.filter(isNear), isPart: true };
  }

  function widened([west, south, east, north]) {
    const [wide, high] = [(east - west) / 2, (north - south) / 2];
    return [west - wide, south - high, east + wide, north + high];
  }

  eoPv.hexagons = {
    start,
    levelAt,

    // Zoom at which a click on a hexagon shows what is in it.
    zoomInto: (zoom) => Math.max(zoom + 1.6, (levels[levelAt(zoom).position + 1] || { minZoom: 0 }).minZoom + 0.2),

    breaks: () => breaks,

    // GeoJSON of the hexagons at a zoom. Without `mask`, what is summed already is drawn again for other bounds.
    async collection(zoom, mode, bounds, mask = null) {
      if (mask) shown = mask;
      const level = levelAt(zoom);
      await Promise.all([load(level), data.needColumns(["size_mw", ...palette.MODES[mode].columns])]);
      if (mask || !sums || sums.level !== level || sums.mode !== mode) {
        sums = Object.assign(sum(level, mode), { mode });
        breaks = palette.hexagonBreaks(mode, sums.occupied.map(sums.value));
      }
      const { cells, isPart } = cellsToDraw(sums, bounds);
      const features = cells.map((cell) => feature(sums, cell));
      return { isPart, level, geojson: { type: "FeatureCollection", features } };
    },
  };

})();
