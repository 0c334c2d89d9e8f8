// The fields for the answers to exercises: what is typed is compared by salted hashes with what lessons.py exports, so
// that the page tells the same as `notebook.check` and holds no value in clear.
const exercise = (() => {
  const WIDTH = -2 * Math.log(1 - 0.005), FACTORS = [100, 1e4, 1e6], ROOTS = [], START = [];
  for (let n = 2; ROOTS.length < 64; n++) {
    if ([...Array(n - 2).keys()].some((k) => n % (k + 2) === 0)) continue;
    if (START.length < 8) START.push((n ** (1 / 2) % 1) * 2 ** 32 | 0);
    ROOTS.push((n ** (1 / 3) % 1) * 2 ** 32 | 0);
  }
  // SHA-256; that of the browser is not there on pages that a teacher serves over plain HTTP.
  const sha256 = (text) => {
    const bytes = [...new TextEncoder().encode(text)], bits = bytes.length * 8, turn = (x, n) => (x >>> n) | (x << (32 - n));
    bytes.push(128);
    while (bytes.length % 64 !== 60) bytes.push(0);
    bytes.push(bits >>> 24, (bits >>> 16) & 255, (bits >>> 8) & 255, bits & 255);
    let state = START;
    for (let at = 0; at < bytes.length; at += 64) {
      const words = [];
      for (let i = 0; i < 64; i++) {
        const [a, b] = [words[i - 15], words[i - 2]], four = bytes.slice(at + 4 * i, at + 4 * i + 4);
        words.push(i < 16 ? four.reduce((word, byte) => (word << 8) | byte, 0)
          : words[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + words[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10)) | 0);
      }
      let [a, b, c, d, e, f, g, h] = state;
      for (let i = 0; i < 64; i++) {
        const one = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROOTS[i] + words[i];
        const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        [a, b, c, d, e, f, g, h] = [one + two | 0, a, b, c, d + one | 0, e, f, g];
      }
      state = [a, b, c, d, e, f, g, h].map((word, i) => word + state[i] | 0);
    }
    return state.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  };
  // A number as people type it: with a unit or a per cent sign after it, another minus, Chinese numerals.
  const numeral = (typed) => {
    let sum = 0, one = 0;
    for (const sign of typed.replaceAll("两", "二").replaceAll("零", "〇")) {
      const digit = "〇一二三四五六七八九".indexOf(sign);
      if (digit < 0) sum += (one || 1) * { 十: 10, 百: 100, 千: 1000 }[sign];
      one = Math.max(0, digit);
    }
    return sum + one;
  };
  const number = (typed) => {
    const found = typed.match(/^[约≈~=]?\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)[^\d.]*$/i);
    const han = typed.match(/^([-负]?)([〇零一二两三四五六七八九十百千]+)\D*$/);
    return found ? Number(found[1]) : han ? (han[1] ? -1 : 1) * numeral(han[2]) : NaN;
  };
  const split = (typed, listed) => {
    let bare = typed.normalize("NFKC").replace(/[−–]/g, "-").trim().replace(/^[[({【]\s*|\s*[\])}】]$/g, "");
    if (!listed && /^\D?\d{1,3}(,\d{3})+(\.\d+)?\D*$/.test(bare)) bare = bare.replaceAll(",", "");
    const parts = bare.split(/\s*[,、;\n]\s*/).filter((part) => part);
    const spaced = parts[0]?.split(/\s+/) ?? [];
    const blanks = listed && parts.length === 1 && spaced.every((part) => !isNaN(number(part)));
    return (blanks ? spaced : parts).map((part) => part.replace(/^["'“”‘’`]|["'“”‘’`]$/g, ""));
  };  const has = (sealed, form, marks = "marks") => sealed[marks].includes(sha256(`${sealed.salt}:${form}`).slice(0, 16));
  const digits = (x) => (x || 0).toExponential(8);
  const numeric = (sealed) => ["number", "whole"].includes(sealed.kind);
  const agrees = (x, sealed) => {
    if (!Number.isFinite(x)) return false;
    const step = Math.floor((Math.log(Math.abs(x)) - sealed.offset) / WIDTH);
    return has(sealed, digits(x)) || (x !== 0 && "offset" in sealed && has(sealed, `${x < 0 ? "-" : ""}${step}`));
  };
  const TRUTHS = { 是: "true", 对: "true", yes: "true", 否: "false", 错: "false", no: "false" };
  const form = (typed, kind) => {
    const plain = typed.replace(/\s+/g, "").toLowerCase();
    return (kind === "kind-truth" && TRUTHS[plain]) || plain;
  };
  const member = (part, sealed) => numeric(sealed) ? agrees(number(part), sealed) : sealed.kind !== "list" && has(sealed, form(part, sealed.kind));
  const same = (parts, sealed) => sealed.kind === "list"
    ? parts.length === sealed.parts.length && parts.every((part, i) => member(part, sealed.parts[i]))
    : parts.length === 1 && member(parts[0], sealed);
  // What may be wrong with a number, as `hints` of lessons.py tells it.
  const hint = (x, sealed) => {
    if (agrees(-x, sealed)) return "wrong-sign";
    const factor = FACTORS.find((by) => agrees(x * by, sealed) || agrees(x / by, sealed));
    if (factor) return `factor-${factor}`;
    const years = sealed.kind === "whole" ? [x - 1, x + 1].filter((year) => year >= 1900 && year <= 2100) : [];
    if (years.some((year) => agrees(year, sealed))) return "wrong-year";
    return sealed.rough && has(sealed, digits(x), "rough") ? "wrong-rounded" : "";
  };
  const reply = (typed, { right, wrong, said, between }) => {
    const parts = split(typed, right.kind === "list"), x = number(parts[0] ?? "");
    const no = (words) => said["check-wrong"].replace("{said}", () => words);
    if (!parts.length) return said["page-none"];
    if (same(parts, right)) return said["check-right"];
    const typical = wrong.find(([sealed]) => same(parts, sealed));
    if (typical) return no(typical[1]);
    if (right.kind !== "list") {
      if (!numeric(right)) return no(said[right.kind === "kind-truth" && !/^(true|false)$/.test(form(parts[0], right.kind)) ? "wrong-kind" : "wrong-else"]);
      if (parts.length > 1 && parts.every((part) => /^\d+$/.test(part))) return no(said["wrong-comma"]);
      return no(said[parts.length > 1 || isNaN(x) ? "wrong-kind" : hint(x, right) || "wrong-else"]);
    }
    const due = right.parts;
    if (parts.length !== due.length) return no(parts.length === 1 && !isNaN(x) ? said["wrong-alone"] : said["wrong-length"].replace("{given}", parts.length));
    if (same([...parts].reverse(), right)) return no(said["wrong-reversed"]);
    if (due.every((one, i) => parts.filter((part) => member(part, one)).length === right.like[i])) return no(said["wrong-order"]);
    const fits = parts.map((part, i) => member(part, due[i])), first = fits.indexOf(false);
    const more = numeric(due[first]) && hint(number(parts[first]), due[first]);
    const members = said["wrong-members"].replace("{right}", fits.filter((fit) => fit).length).replace("{first}", first + 1);
    return no(members + (more ? between + said[more] : ""));
  };
  return { reply };
})();
document.addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll("form.exercise")) {
    const held = JSON.parse(box.nextElementSibling.textContent), [field, told] = box.querySelectorAll("input, output");
    box.addEventListener("submit", (event) => {
      event.preventDefault();
      told.innerHTML = exercise.reply(field.value, held);
    });
  }
  for (const solution of document.querySelectorAll("details.solution")) {
    solution.addEventListener("toggle", () => {
      const bytes = Uint8Array.from(atob(solution.dataset.held), (sign) => sign.charCodeAt());
      solution.lastElementChild.outerHTML = `<div>${new TextDecoder().decode(bytes)}</div>`;
      globalThis.MathJax?.typesetPromise?.([solution]);
    }, { once: true });
  }
});
