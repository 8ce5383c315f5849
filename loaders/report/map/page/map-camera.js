// Where the map looks: at the place of the address, at an installation beside the panels, at all that is shown.
"use strict";

(() => {
  const eoPv = (window.eoPv = window.eoPv || {});
  const { data, state } = eoPv;
  const SMALL_VIEW = 15; // zoom for an installation that has no extent
  const WIDE_DEG = 180; // an extent that is wider lies across the antimeridian

  // The start of the view: as the address says, else all installations.
  function start() {
    const { view: place } = state.get();
    if (place) return { zoom: place.zoom, center: [place.lon, place.lat] };
    const [west, south, east, north] = data.meta.bounds;
    const bounds = east - west > 270 ? [-170, -58, 190, 75] : [west, south, east, north];
    return { bounds, fitBoundsOptions: { padding: 40, maxZoom: 9 } };
  }

  // Height of the lower part of the map that the panel of an installation covers, on narrow screens [px].
  function coveredHeight(canvas) {
    const panel = document.getElementById("details").getBoundingClientRect();
    return panel.width && panel.left < canvas.right - 1 ? Math.max(canvas.bottom - panel.top, 0) : 0;
  }

  // Room around what is zoomed to, beside the legend and above a panel.
  function freeRoom(map) {
    const canvas = map.getContainer().getBoundingClientRect();
    const legendBox = document.getElementById("legend").getBoundingClientRect();
    const covered = coveredHeight(canvas);
    const room = Math.min(60, (canvas.height - covered) / 6);
    const beside = canvas.width > 3 * legendBox.width && !covered ? legendBox.right - canvas.left : 0;
    return { top: room, right: room, left: beside + room, bottom: covered + room };
  }

  // West, south, east, north of installations; null if there are none.
  function boundsOf(shown) {
    const { lon, lat } = data.columns;
    const bounds = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < shown.length; i++) {
      if (!shown[i]) continue;
      bounds[0] = Math.min(bounds[0], lon[i]);
      bounds[1] = Math.min(bounds[1], lat[i]);
      bounds[2] = Math.max(bounds[2], lon[i]);
      bounds[3] = Math.max(bounds[3], lat[i]);
    }
    return bounds[0] <= bounds[2] ? bounds : null;
  }

  // Centre and zoom that show an installation.
  function around(map, { lon, lat, bbox }) {
    const [west, south, east, north] = bbox || [lon, lat, lon, lat];
    const hasExtent = (east > west || north > south) && east - west <= WIDE_DEG;
    const options = { padding: freeRoom(map), maxZoom: 17 };
    const camera = hasExtent && map.cameraForBounds([west, south, east, north], options);
    return camera ? { center: camera.center, zoom: camera.zoom } : { center: [lon, lat], zoom: SMALL_VIEW };
  }

  // Move an installation out from under its own panel.
  function uncover(map, { lon, lat }) {
    const canvas = map.getContainer().getBoundingClientRect();
    const free = canvas.height - coveredHeight(canvas);
    const { y } = map.project([lon, lat]);
    if (y > free && y <= canvas.height) map.panBy([0, y - free / 2]);
  }

  eoPv.camera = { around, boundsOf, freeRoom, start, uncover };
})();
