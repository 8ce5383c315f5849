// Names of countries and regions, drawn as pictures: fonts for MapLibre's own labels would be another download.
"use strict";

(() => {
  const eoPv = (window.eoPv = window.eoPv || {});
  const { palette } = eoPv;
  const PREFIX = "label:";
  const SCALE = 2; // pixels of a picture in one of the page, for screens of high resolution
  const LETTER_PX = 7; // about the width of one
  const FONT = { country: "600 13px system-ui, sans-serif", region: "12px system-ui, sans-serif" };

  // Width, height and centroid of a ring, in degrees.
  function measure(ring) {
    let [area, lon, lat] = [0, 0, 0];
    for (let k = 0; k + 1 < ring.length; k++) {
      const [[x, y], [nextX, nextY]] = [ring[k], ring[k + 1]];
      const cross = x * nextY - nextX * y;
      area += cross / 2;
      lon += ((x + nextX) * cross) / 6;
      lat += ((y + nextY) * cross) / 6;
    }
    const xs = ring.map(([x]) => x);
    return { area: Math.abs(area), place: [lon / area, lat / area], width: Math.max(...xs) - Math.min(...xs) };
  }

  // A name in the middle of the largest part of its land, from the zoom at which it fits.
  function label({ properties, geometry }) {
    const parts = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    const largest = parts.map(([outer]) => measure(outer)).sort((a, b) => b.area - a.area)[0];
    if (!largest || !(largest.area > 0) || !properties.name) return [];
    const fits = Math.log2((properties.name.length * LETTER_PX * 360) / (512 * largest.width));
    const zoom = Math.max(fits - 0.4, properties.kind === "region" ? 4.5 : 0);
    const values = { image: `${PREFIX}${properties.kind}:${properties.name}`, zoom, area: largest.area };
    return [{ type: "Feature", properties: values, geometry: { type: "Point", coordinates: largest.place } }];
  }

  // The picture of a name: letters with a halo of the colour of land.
  function picture(kind, name) {
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d", { willReadFrequently: true }); // else each picture is read back from the GPU
    pen.font = FONT[kind] || FONT.country;
    canvas.width = Math.ceil((pen.measureText(name).width + 8) * SCALE);
    canvas.height = 20 * SCALE;
    Object.assign(pen, { font: FONT[kind] || FONT.country, textBaseline: "middle", lineJoin: "round", lineWidth: 3 });
    pen.scale(SCALE, SCALE);
    pen.strokeStyle = palette.ground().halo;
    pen.strokeText(name, 4, 10);
    pen.fillStyle = palette.ground().label;
    pen.fillText(name, 4, 10);
    return pen.getImageData(0, 0, canvas.width, canvas.height);
  }

  eoPv.labels = {
    collection: (land) => ({ type: "FeatureCollection", features: land.features.flatMap(label) }),

    layer: () => ({
      id: "labels",
      type: "symbol",
      source: "labels",
      filter: ["<=", ["get", "zoom"], ["zoom"]],
      layout: { "icon-image": ["get", "image"], "symbol-sort-key": ["-", 0, ["get", "area"]], "icon-padding": 4 },
    }),

    // Draw each picture when the map first asks for it.
    listen(map) {
      map.on("styleimagemissing", ({ id }) => {
        if (!id.startsWith(PREFIX) || map.hasImage(id)) return;
        const [kind, ...name] = id.slice(PREFIX.length).split(":");
        map.addImage(id, picture(kind, name.join(":")), { pixelRatio: SCALE });
      });
    },
  };
})();
