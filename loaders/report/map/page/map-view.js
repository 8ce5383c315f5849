// The map itself: MapLibre with our layers, and what the pointer does. Without WebGL a picture stands in its place.
"use strict";

(() => {
  const eoPv = (window.eoPv = window.eoPv || {});
  const { data, filters, hexagons, labels, layers, legend, palette, state, text } = eoPv;
  const NAMES = {
    "Map.Title": "Map of the installations. The table of installations in view holds the same for the keyboard.",
    "NavigationControl.ZoomIn": "Zoom in",
    "NavigationControl.ZoomOut": "Zoom out",
  };
  const NO_TILES = "The tile server does not answer; everything but its tiles is here.";
  const isEmbedded = window.self !== window.top; // then the wheel scrolls the page around the map
  let map = null; // null without WebGL
  let land = null;
  let mask = null; // promise of a byte for each installation, 1 where the filters show it
  let isPart = false; // whether only the hexagons around the view are drawn
  let drawnLevel = null;
  let drawing = Promise.resolve();

  async function createMap() {
    eoPv.tiles.register();
    land = await loadJson("map/land").catch(() => ({ type: "FeatureCollection", features: [] }));
    const style = layers.style(land);
    const still = { dragRotate: false, pitchWithRotate: false, fadeDuration: 0, attributionControl: false };
    const options = { style, locale: NAMES, maxZoom: 19, cooperativeGestures: isEmbedded, ...still };
    map = newMap({ container: "map", ...options, ...eoPv.camera.start() });
    if (!map) return;
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new maplibregl.ScaleControl({ maxWidth: 120 }), "bottom-right");
    labels.listen(map);
    map.on("error", ({ error, sourceId }) => eoPv.problem(sourceId === "server" ? NO_TILES : error.message));
    await new Promise((resolve) => map.once("style.load", resolve));
    listen();
  }

  // MapLibre's map; null where the browser has no WebGL.
  function newMap(options) {
    try {
      return new maplibregl.Map(options);
    } catch {
      return null;
    }
  }

  function listen() {
    map.on("moveend", onMove);
    map.on("zoom", () => drawnLevel !== hexagons.levelAt(map.getZoom()) && isFar() && view.drawHexagons());
    map.on("click", onClick);
    map.on("mousemove", onPointer);
    map.on("mouseout", () => tell(null));
    map.on("resize", () => tell(null));
    palette.onChange(() => {
      map.setStyle(layers.style(land), { diff: false });
      map.once("style.load", () => view.redraw().then(() => layers.showLabels(map)));
    });
  }

  const isFar = () => map.getZoom() < layers.firstZoom();

  function onMove() {
    const { lng, lat } = map.getCenter().wrap();
    state.moved({ zoom: map.getZoom(), lat, lon: lng });
    if (isFar() && isPart) view.drawHexagons();
    showLegend();
    eoPv.table.update();
  }

  function showLegend() {
    legend.show(isFar() ? hexagons.breaks() : null);
    legend.showSourcesHint(map.getZoom() < layers.sourceZoom());
  }

  function onClick({ point }) {
    tell(null);
    const found = layers.at(map, point);
    if (!found) return;
    if (found.kind === "installation") view.select(found.properties.i, { isFromMap: true });
    else map.easeTo({ center: middle(found.geometry), zoom: hexagons.zoomInto(map.getZoom()) });
  }

  function middle({ coordinates: [ring] }) {
    const sum = (k) => ring.slice(0, -1).reduce((total, corner) => total + corner[k], 0) / (ring.length - 1);
    return [sum(0), sum(1)];
  }

  // What lies under the pointer, in a few words.
  function onPointer({ point }) {
    if (map.isMoving()) return tell(null);
    const found = layers.at(map, point);
    map.getCanvas().style.cursor = found ? "pointer" : "";
    return tell(found, point);
  }

  function tell(found, point) {
    const tip = document.getElementById("tip");
    tip.hidden = !found;
    if (!found) return;
    tip.textContent = found.kind === "hexagon" ? hexagonWords(found.properties) : installationWords(found.properties);
    const isRight = point.x > map.getCanvas().clientWidth / 2;
    tip.style.left = `${point.x + (isRight ? -12 : 12)}px`;
    tip.style.top = `${point.y + 12}px`;
    tip.style.transform = isRight ? "translateX(-100%)" : "";
  }

  function hexagonWords({ count, megawatts }) {
    return `${text.plural(count, "installation")}, ${megawatts ? text.megawatt(megawatts) : "size unknown"}`;
  }

  function installationWords({ w, n, y }) {
    const size = w === undefined ? "size unknown" : text.megawatt(w);
    return [size, y ? `by ${y}` : null, text.plural(n, "dataset")].filter(Boolean).join(", ");
  }

  const view = {
    isEmbedded,
    map: () => map,
    hasMap: () => map !== null,

    async start() {
      await createMap();
      document.body.dataset.webgl = map ? "yes" : "no";
    },

    // The installations that the filters show: a promise of a byte for each.
    mask() {
      mask = mask || filters.mask();
      return mask;
    },

    // West, south, east, north of what is seen; null without a map.
    bounds() {
      return map ? map.getBounds().toArray().flat() : null;
    },

    // Sum and draw the hexagons; one drawing after the other.
    drawHexagons(newMask = null) {
      drawing = drawing.catch(() => {}).then(async () => {
        if (newMask === null && !isFar() && drawnLevel) return;
        const { colour } = state.get();
        const drawn = await hexagons.collection(map.getZoom(), colour, view.bounds(), newMask);
        ({ isPart, level: drawnLevel } = drawn);
        layers.drawHexagons(map, drawn.geojson, hexagons.breaks());
        showLegend();
      });
      return drawing;
    },

    // Everything that the state says, after a change of filters or colours.
    async redraw() {
      mask = null;
      const shown = await view.mask();
      await data.column("size_mw");
      filters.show(filters.totals(shown));
      filters.warnOfUnknown();
      if (!map) return;
      layers.restyle(map);
      layers.showSources(map, sourceNumbers());
      view.mark();
      await view.drawHexagons(shown);
    },

    showSources() {
      if (!map) return;
      layers.showSources(map, sourceNumbers());
      showLegend();
    },

    // Mark the installation that is open.
    mark() {
      const open = eoPv.details.current();
      if (map) layers.mark(map, open);
    },

    // On narrow screens the panel that opens may lie over its installation.
    uncover() {
      const open = eoPv.details.current();
      if (map && open) eoPv.camera.uncover(map, open.installation);
    },

    // Open installation i; from elsewhere than the map, move there and take the focus along.
    async select(i, { isFromMap = false } = {}) {
      const it = await data.installation(i);
      await eoPv.open(it.id, i, { focus: !isFromMap });
      if (!isFromMap) view.zoomTo(it);
    },

    // Show an installation as large as the map allows, at `least` at a zoom.
    zoomTo(it, least = 0) {
      if (!map) return;
      map.resize(); // a panel may just have opened
      const camera = eoPv.camera.around(map, it);
      map.flyTo(camera.zoom >= least ? camera : { center: [it.lon, it.lat], zoom: least });
    },

    // Everything that the filters show.
    async zoomToShown() {
      const [shown] = await Promise.all([view.mask(), data.needColumns(["lon", "lat"])]);
      const bounds = eoPv.camera.boundsOf(shown);
      if (map && bounds) map.fitBounds(bounds, { padding: eoPv.camera.freeRoom(map), maxZoom: 12 });
    },

    goTo(lat, lon, zoom = 12) {
      if (map) map.flyTo({ center: [lon, lat], zoom });
    },

    jumpTo: ({ zoom, lat, lon }) => map && map.jumpTo({ center: [lon, lat], zoom }),
  };

  function sourceNumbers() {
    const chosen = state.get().sources;
    return data.meta.datasets.flatMap(({ key }, number) => (chosen.includes(key) ? [number] : []));
  }

  eoPv.view = view;
})();
