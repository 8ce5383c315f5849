// Data files of the report. A page from disk cannot fetch, so each file NAME is a script NAME.js that calls
// eoPvFile(NAME, base64 of gzip). loadFile(NAME) works the same from disk and from a web server.
"use strict";

(() => {
  const promises = new Map(); // name of a file → promise of its bytes
  const callbacks = new Map(); // name of a file → function that takes its base64 text

  // Called by the data files.
  window.eoPvFile = (name, base64) => {
    const callback = callbacks.get(name);
    if (callback) callback(base64);
  };

  // The bytes of a file as a Uint8Array; loaded once. Rejects if the file is missing.
  window.loadFile = (name) => {
    if (!promises.has(name)) {
      const promise = loadScript(name).then(unzip);
      promise.catch(() => promises.delete(name)); // the next call tries again
      promises.set(name, promise);
    }
    return promises.get(name);
  };

  // The content of a JSON file.
  window.loadJson = async (name) => JSON.parse(new TextDecoder().decode(await loadFile(name)));

  // Forget the bytes of a file, say of a tile that the map keeps by itself.
  window.forgetFile = (name) => promises.delete(name);

  function loadScript(name) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      const finish = (settle, value) => {
        callbacks.delete(name);
        script.remove();
        settle(value);
      };
      const missing = () => finish(reject, new Error(`${name}.js is missing from this folder`));
      callbacks.set(name, (base64) => finish(resolve, base64));
      script.onerror = missing;
      script.onload = () => callbacks.has(name) && missing(); // it is another file
      script.src = `${name}.js`;
      document.head.append(script);
    });
  }

  async function unzip(base64) {
    const binary = atob(base64);
    const zipped = new Uint8Array(binary.length);
    for (let k = 0; k < binary.length; k++) zipped[k] = binary.charCodeAt(k); // a callback takes 10 × as long
    const stream = new Blob([zipped]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }
})();
