// MapLibre's style: land and borders, hexagons, points, outlines, what is open, each source's own outlines.
"use strict";

(() => {
  const eoPv = (window.eoPv = window.eoPv || {});
  const { data, filters, labels, palette, state, tiles } = eoPv;
  const NOTHING = { type: "FeatureCollection", features: [] };
  const SELECTABLE = ["outlines-fill", "outlines-points", "points"];
  const NONE = -1;
  const OPACITY = 0.7; // of our own outlines; they step back where those of datasets are shown
  const SOURCE_LAYER = "source-";
  const UNSMOOTHED = { "fill-antialias": false }; // lines are drawn over the edges
  const isPolygon = ["==", ["geometry-type"], "Polygon"];
  const isPoint = ["==", ["geometry-type"], "Point"];
  const growing = (least, most) => ["interpolate", ["linear"], ["zoom"], 5, least, 9, (least + most) / 2, 14, most];
  // Larger installations are larger points, and all of them grow as one zooms in.
  const scaled = (scale) => (value, k) => (k % 2 ? value : value * scale);
  const bySize = (scale) => ["step", ["get", "w"], ...[2.2, 1, 2.8, 5, 3.4, 20, 4.4, 100, 5.6].map(scaled(scale))];
  const orSmallest = (scale) => ["case", ["has", "w"], bySize(scale), 2.2 * scale];
  const radius = ["interpolate", ["linear"], ["zoom"], 6, orSmallest(1), 10, orSmallest(1.7), 14, orSmallest(2.2)];

  // The zoom from which installations are drawn one by one.
  const firstZoom = () => data.meta.tiles.layers.points.min_zoom;
  const outlineZoom = () => data.meta.tiles.layers.outlines.min_zoom;
  const sourceZoom = () => data.meta.tiles.layers.sources.min_zoom;

  function style(land) {
    const { min_zoom: minzoom, max_zoom: maxzoom } = data.meta.tiles;
    return {
      version: 8,
      sources: {
        land: { type: "geojson", data: land, tolerance: 0.2 },
        labels: { type: "geojson", data: labels.collection(land) },
        hexagons: { type: "geojson", data: NOTHING, tolerance: 0 },
        installations: { type: "vector", tiles: [tiles.address], minzoom, maxzoom },
        selected: { type: "geojson", data: NOTHING },
        ...backgroundSource(),
      },
      layers: [
        ...backgroundLayers(),
        ...hexagonLayers(),
        ...installationLayers(),
        ...selectedLayers(),
      ],
    };
  }

  const tileServer = () => document.getElementById("map").dataset.tileServer;

  // Tiles of a server: only where the settings name one.
  function backgroundSource() {
    const address = tileServer();
    return address ? { server: { type: "raster", tiles: [address], tileSize: 256, maxzoom: 19 } } : {};
  }

  function backgroundLayers() {
    const { sea, land, border, region } = palette.ground();
    const server = tileServer() ? [{ id: "server", type: "raster", source: "server" }] : [];
    const isRegion = ["==", ["get", "kind"], "region"];
    return [
      { id: "sea", type: "background", paint: { "background-color": sea } },
      { id: "land", type: "fill", source: "land", filter: isPolygon, paint: { ...UNSMOOTHED, "fill-color": land } },
      ...server,
      line("regions", "land", isRegion, { "line-color": region, "line-width": 0.8 }, { minzoom: 3.5 }),
      line("borders", "land", ["!", isRegion], { "line-color": border, "line-width": growing(0.8, 2) }),
    ];
  }

  function line(id, source, filter, paint, more = {}) {
    return { id, type: "line", source, filter, paint, layout: { "line-join": "round" }, ...more };
  }

  const tile = (layer) => ({ source: "installations", "source-layer": layer });

  function ring(colour, size, width) {
    return { "circle-radius": size, "circle-stroke-color": colour, "circle-stroke-width": width };
  }

  function hexagonLayers() {
    return [{ id: "hexagons", type: "fill", source: "hexagons", maxzoom: firstZoom(), paint: UNSMOOTHED }];
  }

  function installationLayers() {
    const circle = { ...ring(palette.halo(), radius, 0.8), "circle-opacity": 0.9 };
    const far = { ...tile("points"), minzoom: firstZoom(), maxzoom: outlineZoom() };
    const near = { ...tile("outlines"), minzoom: outlineZoom() };
    return [
      { id: "points", type: "circle", ...far, paint: circle },
      { id: "outlines-fill", type: "fill", ...near, paint: { "fill-opacity": OPACITY } },
      { id: "outlines-edge", type: "line", ...near, paint: { "line-width": growing(1, 2.5) } },
      { id: "outlines-points", type: "circle", ...near, paint: circle },
    ];
  }

  function selectedLayers() {
    const paint = { ...ring(palette.accent(), 13, 3), "circle-color": "transparent" };
    const edge = { "line-color": palette.accent(), "line-width": 7, "line-opacity": OPACITY };
    const near = { ...tile("outlines"), minzoom: outlineZoom() };
    const outline = line("selected-edge", "installations", ["==", ["get", "i"], NONE], edge, near);
    const isUseful = ["any", ["==", ["get", "kind"], "point"], ["<", ["zoom"], 12]];
    return [outline, { id: "selected-ring", type: "circle", source: "selected", filter: isUseful, paint }];
  }

  // The layers of one dataset's own outlines and points.
  function sourceLayers(dataset) {
    const { colour, dash } = palette.sourceStyle(dataset);
    const shared = { ...tile("sources"), minzoom: sourceZoom() };
    const only = (geometry) => ["all", ["==", ["get", "d"], dataset], geometry];
    const edge = { "line-color": colour, "line-width": 2.5, "line-dasharray": dash };
    const circle = { ...ring(colour, 5, 2), "circle-color": "transparent" };
    return [
      { id: `${SOURCE_LAYER}${dataset}-line`, type: "line", ...shared, filter: only(isPolygon), paint: edge },
      { id: `${SOURCE_LAYER}${dataset}-point`, type: "circle", ...shared, filter: only(isPoint), paint: circle },
    ];
  }

  // What depends on the state: colours and filters of the installations.
  function restyle(map) {
    const { colour } = state.get();
    const paint = palette.installationColour(colour, data.meta);
    map.setPaintProperty("points", "circle-color", paint);
    map.setPaintProperty("outlines-points", "circle-color", paint);
    map.setPaintProperty("outlines-fill", "fill-color", paint);
    map.setPaintProperty("outlines-edge", "line-color", paint);
    const filter = filters.expression();
    const only = (geometry) => (filter ? ["all", geometry, filter] : geometry);
    map.setFilter("points", filter);
    map.setFilter("outlines-points", only(isPoint));
    for (const id of ["outlines-fill", "outlines-edge"]) map.setFilter(id, only(isPolygon));
  }

  // Names of countries come once the first picture is complete: fonts take their time.
  function showLabels(map) {
    if (!map.getLayer("labels")) map.addLayer(labels.layer());
  }

  // The hexagons, with colours of their classes.
  function drawHexagons(map, geojson, breaks) {
    map.getSource("hexagons").setData(geojson);
    map.setPaintProperty("hexagons", "fill-color", palette.hexagonColour(state.get().colour, breaks, data.meta));
  }

  // Mark the installation that is open, or none: a ring far out, its outline near.
  function mark(map, open) {
    map.setFilter("selected-edge", ["==", ["get", "i"], open ? open.number : NONE]);
    if (!open) return map.getSource("selected").setData(NOTHING);
    const { lon, lat, geometry_kind: kind } = open.installation;
    const geometry = { type: "Point", coordinates: [lon, lat] };
    return map.getSource("selected").setData({ type: "Feature", properties: { kind }, geometry });
  }

  // Show the own outlines of these datasets, and of no other one.
  function showSources(map, numbers) {
    const old = map.getStyle().layers.filter(({ id }) => id.startsWith(SOURCE_LAYER));
    for (const { id } of old) map.removeLayer(id);
    for (const layer of numbers.flatMap(sourceLayers)) map.addLayer(layer, "selected-ring");
    map.setPaintProperty("outlines-fill", "fill-opacity", numbers.length ? 0.3 : OPACITY);
    map.setPaintProperty("selected-edge", "line-opacity", numbers.length ? 0.3 : OPACITY);
  }

  // What lies under a pixel: the smallest installation within reach of a finger, else a hexagon, else null.
  function at(map, { x, y }) {
    const box = [[x - 4, y - 4], [x + 4, y + 4]];
    const layers = [...SELECTABLE, "hexagons"].filter((id) => map.getLayer(id));
    const found = map.queryRenderedFeatures(box, { layers });
    const single = found.filter(({ layer }) => layer.id !== "hexagons");
    single.sort((a, b) => (a.properties.m ?? 0) - (b.properties.m ?? 0) || a.properties.i - b.properties.i);
    if (single.length) return { kind: "installation", properties: single[0].properties };
    const hexagon = map.queryRenderedFeatures([x, y], { layers: ["hexagons"] })[0];
    return hexagon ? { kind: "hexagon", properties: hexagon.properties, geometry: hexagon.geometry } : null;
  }

  eoPv.layers = { at, drawHexagons, firstZoom, mark, outlineZoom, restyle, showLabels, showSources, sourceZoom, style };
})();
