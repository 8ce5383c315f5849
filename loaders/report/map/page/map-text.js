// Numbers, names and elements of the page. Text of publishers only ever becomes text: no HTML is parsed.
"use strict";

(() => {
  const eoPv = (window.eoPv = window.eoPv || {});
  const MANY = 30; // entries of a list shown at once
  const regions = typeof Intl.DisplayNames === "function" ? new Intl.DisplayNames(["en"], { type: "region" }) : null;

  // Controls, and characters that turn text around; those that join letters stay.
  const UNPRINTABLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

  const text = {
    // Text of a stranger on one line.
    line: (words) => String(words).replace(UNPRINTABLE, " "),

    // An element: attributes whose value is null are left out, children are texts or elements.
    element(tag, attributes = {}, ...children) {
      const node = document.createElement(tag);
      for (const [name, value] of Object.entries(attributes)) {
        if (name === "onclick") node.addEventListener("click", value);
        else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, String(value));
      }
      const present = children.filter((child) => child !== null && child !== undefined);
      node.append(...present.map((child) => (typeof child === "string" ? text.line(child) : child)));
      return node;
    },

    // What a value says, null where it is unknown.
    known: (value, format) => (value === undefined || value === null ? null : format(value)),

    // The first entries, and a button for the others.
    fillSlowly(parent, makers, noun) {
      parent.append(...makers.slice(0, MANY).map((make) => make()));
      if (makers.length <= MANY) return;
      const isTable = parent.tagName === "TBODY";
      const cell = isTable ? text.element("tr", {}, text.element("td", { colspan: 3 })) : text.element("li");
      const show = () => {
        cell.remove();
        parent.append(...makers.slice(MANY).map((make) => make()));
      };
      const button = text.element("button", { type: "button", onclick: show }, `Show all ${makers.length} ${noun}`);
      (cell.firstElementChild || cell).append(button);
      parent.append(cell);
    },

    // A link out of the folder; only https and http.
    link(address, label) {
      if (!/^https?:\/\//i.test(address || "")) return document.createTextNode(text.line(label));
      return text.element("a", { href: address, rel: "noopener noreferrer", target: "_blank" }, label);
    },

    doi: (doi) => text.link(`https://doi.org/${encodeURI(doi).replace(/[?#]/g, encodeURIComponent)}`, doi),

    count: (value) => value.toLocaleString("en"),

    // Three digits, and all those before the point, as the report page writes quantities.
    number(value, digits = 3) {
      if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
      return value.toLocaleString("en", { maximumSignificantDigits: digits });
    },

    // A capacity with the unit that suits it.
    megawatt(value) {
      if (!Number.isFinite(value)) return "unknown";
      if (value >= 999.5) return `${text.number(value / 1000)} GW`;
      if (value < 0.9995 && value > 0) return `${text.number(value * 1000)} kW`;
      return `${text.number(value)} MW`;
    },

    area(value) {
      if (!Number.isFinite(value)) return "unknown";
      return value >= 100000 ? `${text.number(value / 1e6)} km²` : `${Math.round(value).toLocaleString("en")} m²`;
    },

    metres: (value) => (value >= 1000 ? `${text.number(value / 1000)} km` : `${text.number(value)} m`),

    percent: (value) => `${text.number(value * 100)} %`,

    // "2019", "2017 to 2019", "until 2019", "since 2017"
    years(from, to) {
      const [first, last] = [from, to].map((day) => (day ? String(day).slice(0, 4) : ""));
      if (first && last) return first === last ? first : `${first} to ${last}`;
      if (last) return `until ${last}`;
      return first ? `since ${first}` : "";
    },

    // "Germany" for DE, in the browser's own list.
    country(code) {
      if (!code) return "no country";
      try {
        return (regions && regions.of(code)) || code;
      } catch {
        return code;
      }
    },

    plural: (count, noun) => `${text.count(count)} ${noun}${count === 1 ? "" : "s"}`,

    // Names from settings and flags as words: capacity_unknown → capacity unknown
    words: (name) => String(name).replaceAll("_", " "),
  };

  eoPv.text = text;
})();
