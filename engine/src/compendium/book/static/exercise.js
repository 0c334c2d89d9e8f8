// The fields for the answers to exercises: what is typed is compared with what exercises.py exports, so that the page tells
// the same as `notebook.check`. Answers and solutions are encoded: nobody reads them by the way.
const unveil = (held) => new TextDecoder().decode(Uint8Array.from(atob(held), (sign) => sign.charCodeAt()));
const exercise = (() => {
  const FACTORS = [100, 1e4, 1e6], TOLERANCE = 0.005;
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
  };
  const near = (x, y, share = 1e-9, least = 0) => Math.abs(x - y) <= Math.max(share * Math.max(Math.abs(x), Math.abs(y)), least);
  const magnitude = (x) => x ? Math.floor(Math.log10(Math.abs(x))) : 0;
  const places = (right) => Math.max(1, 1 - magnitude(right));
  const rounded = (x, right, to) => {
    const scale = 10 ** to;
    return near(x, Math.round(x * scale) / scale) && Math.abs(x - right) <= 0.5 / scale * (1 + 1e-9);
  };
  const numeric = (one) => ["number", "whole"].includes(one.kind);
  const agrees = (x, { kind, value }) => Number.isFinite(x) && (kind === "whole"
    ? near(x, value, 1e-9, 1e-12) : near(x, value, TOLERANCE, 1e-12) || rounded(x, value, places(value)));
  const TRUTHS = { 是: "true", 对: "true", yes: "true", 否: "false", 错: "false", no: "false" };
  const form = (typed, kind) => {
    const plain = typed.normalize("NFKC").replace(/\s+/g, "").toLowerCase();
    return (kind === "kind-truth" && TRUTHS[plain]) || plain;
  };
  const member = (part, one) => numeric(one) ? agrees(number(part), one) : one.kind !== "list" && form(part, one.kind) === form(String(one.value), "");
  const same = (parts, one) => one.kind === "list"
    ? parts.length === one.parts.length && parts.every((part, i) => member(part, one.parts[i]))
    : parts.length === 1 && member(parts[0], one);
  // What may be wrong with a number, as `hints` of exercises.py tells it.
  const hint = (x, one) => {
    const { kind, value } = one;
    if (agrees(-x, one)) return "wrong-sign";
    const factor = FACTORS.find((by) => agrees(x * by, one) || agrees(x / by, one));
    if (factor) return `factor-${factor}`;
    if (kind === "whole") return value >= 1900 && value <= 2100 && Math.abs(x - value) === 1 ? "wrong-year" : "";
    for (let to = -magnitude(value); to < places(value); to++) if (rounded(x, value, to)) return "wrong-rounded";
    return "";
  };
  const reply = (typed, { right, wrong, said, between }) => {
    const parts = split(typed, right.kind === "list"), x = number(parts[0] ?? "");
    const no = (words) => said["check-wrong"].replace("{said}", () => words);
    if (!parts.length) return said["page-none"];
    if (same(parts, right)) return said["check-right"];
    const typical = wrong.find(([one]) => same(parts, one));
    if (typical) return no(typical[1]);
    if (right.kind !== "list") {
      if (!numeric(right)) return no(said[right.kind === "kind-truth" && !/^(true|false)$/.test(form(parts[0], right.kind)) ? "wrong-kind" : "wrong-else"]);
      if (parts.length > 1 && parts.every((part) => /^\d+$/.test(part))) return no(said["wrong-comma"]);
      return no(said[parts.length > 1 || isNaN(x) ? "wrong-kind" : hint(x, right) || "wrong-else"]);
    }
    const due = right.parts;
    if (parts.length !== due.length) return no(parts.length === 1 && !isNaN(x) ? said["wrong-alone"] : said["wrong-length"].replace("{given}", parts.length));
    if (same([...parts].reverse(), right)) return no(said["wrong-reversed"]);
    const like = (one) => due.filter((other) => member(String(other.value), one)).length;
    if (due.every((one) => parts.filter((part) => member(part, one)).length === like(one))) return no(said["wrong-order"]);
    const fits = parts.map((part, i) => member(part, due[i])), first = fits.indexOf(false);
    const more = numeric(due[first]) && hint(number(parts[first]), due[first]);
    const members = said["wrong-members"].replace("{right}", fits.filter((fit) => fit).length).replace("{first}", first + 1);
    return no(members + (more ? between + said[more] : ""));
  };
  return { reply };
})();
document.addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll("form.exercise")) {
    const held = JSON.parse(unveil(box.dataset.held)), [field, told] = box.querySelectorAll("input, output");
    box.addEventListener("submit", (event) => {
      event.preventDefault();
      told.innerHTML = exercise.reply(field.value, held);
    });
  }
  for (const solution of document.querySelectorAll("details.solution")) {
    solution.addEventListener("toggle", () => {
      solution.lastElementChild.outerHTML = `<div>${unveil(solution.dataset.held)}</div>`;
      globalThis.MathJax?.typesetPromise?.([solution]);
    }, { once: true });
  }
});
