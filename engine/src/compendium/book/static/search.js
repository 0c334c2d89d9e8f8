// The page of the search: hits in what search-index.js holds, by kind, the best first, each with a line of what it says.
document.addEventListener("DOMContentLoaded", () => {
  const field = document.querySelector("#search input");
  const FIRST = 4, AROUND = 60, HAN = /^\p{Script=Han}/u;
  const WORDS = /\p{Script=Han}+|\d+(?:[.,]\d+)*%?(?![a-z\d])|(?:(?!\p{Script=Han})[\p{L}\p{N}])+/giu;
  const pairs = (word) => (word.length < 3 ? [word] : [...word.slice(1)].map((letter, i) => word[i] + letter));
  // A number is found as a whole, however it is written; an English word by its beginning, Chinese anywhere.
  const form = (word) => {
    if (HAN.test(word)) return word;
    if (!/^\d[\d.,]*%?$/.test(word)) {
      const stem = word.replace(/(?:ies|y)$/i, "(?:y|ies)").replace(/(?<=...)s$/i, "");
      return `(?<![\\p{L}\\p{N}])${stem}${/\d/.test(word) ? "(?![\\p{L}\\p{N}])" : ""}`;
    }
    const digits = word.replaceAll(",", "").replace("%", "");
    const zeros = digits.includes(".") ? "0*" : "";
    const written = [...digits].join(",?").replaceAll(",?.,?", "\\.");
    return `(?<!\\d|\\d[.,])${written}${zeros}(?!\\d|[.,]\\d)${word.endsWith("%") ? "\\s?%" : ""}`;
  };
  const pattern = (forms, flags = "iu") => new RegExp(forms.join("|"), flags);
  const split = (words) => words.flatMap((word) => (HAN.test(word) ? pairs(word) : [word]));
  const has = (text, words) => words.every((word) => pattern([form(word)]).test(text));
  const titles = (entry) => [entry.title, entry.also, entry.printed].join(" ");
  // What an entry is worth for a query, 0 if a word lacks; a Chinese phrase may lie in pieces, which is worth least.
  const weigh = (entry, words, phrase) => {
    const whole = [titles(entry), entry.brief, entry.text].join(" ");
    if (!has(whole, words)) return has(whole, split(words)) ? 1 : 0;
    const often = [...whole.matchAll(pattern(words.map(form), "giu"))].length;
    return 2 + (entry.told ?? Math.min(often, 9))
      + 100 * entry.title.toLowerCase().startsWith(`${words.join(" ")} `.toLowerCase())
      + 60 * (/\d/.test(words) && has(entry.printed ?? "", words))
      + 50 * has(titles(entry), words) + 10 * phrase.test(titles(entry)) + 5 * phrase.test(whole);
  };
  const marked = (text, words) => text.split(pattern([`(${words.map(form).join("|")})`], "giu")).map((part, i) =>
    (i % 2 ? Object.assign(document.createElement("mark"), { textContent: part }) : part));
  // The line is what an entry says in brief, if that or its title has a word; else what stands around the first one.
  const excerpt = (entry, words) => {
    const any = pattern(words.map(form)), text = entry.text ?? "";
    if (entry.brief && any.test(`${titles(entry)} ${entry.brief}`)) return marked(entry.brief, words);
    const at = Math.max(0, text.search(any) - AROUND);
    const start = at && at + text.slice(at).search(/[\s，。；、]/) + 1, line = text.slice(start, start + 3 * AROUND);
    return marked(`${start ? "… " : ""}${line}${start + line.length < text.length ? " …" : ""}`, words);
  };
  const item = (entry, words) => {
    const place = document.createElement("li"), link = document.createElement("a"), line = document.createElement("p");
    const [page, hash] = entry.page.split("#");
    const seen = hash ? "" : `?${new URLSearchParams({ highlight: words.join(" ") })}`;
    Object.assign(link, { href: `${page}${seen}${hash ? `#${hash}` : ""}`, textContent: entry.title });
    place.append(link);
    if (entry.answer) {
      const answer = Object.assign(document.createElement("b"), { className: "answer", textContent: entry.answer });
      answer.style.setProperty("--answer", entry.colour);
      place.append(" ", answer);
    }
    line.append(...excerpt(entry, words));
    place.append(line);
    return place;
  };
  const show = () => {
    const words = field.value.normalize("NFKC").match(WORDS) ?? [];
    const phrase = pattern([words.map(form).join("\\p{L}*(?:\\P{L}\\p{L}+)?\\P{L}*")]);
    const worth = words.length ? ENTRIES.map((entry) => [weigh(entry, words, phrase), entry]) : [];
    const hits = worth.filter(([value]) => value).sort(([one], [other]) => other - one).map(([, entry]) => entry);
    const shown = worth.some(([value]) => value > 1) ? words : split(words);
    for (const part of document.querySelectorAll(".hits")) {
      const own = hits.filter((hit) => hit.kind === part.dataset.kind);
      const [first, rest] = part.querySelectorAll("ol"), more = part.querySelector("details");
      part.hidden = !own.length;
      part.querySelector("small").textContent = own.length;
      more.hidden = own.length <= FIRST;
      more.open = false;
      first.replaceChildren(...own.slice(0, FIRST).map((hit) => item(hit, shown)));
      rest.replaceChildren(...own.slice(FIRST).map((hit) => item(hit, shown)));
    }
    document.querySelector("#search [role=status] > span").hidden = !words.length || hits.length > 0;
    document.querySelector("#search").dataset.sought = field.value;
  };
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  field.addEventListener("input", () => {
    history.replaceState({}, "", `?${new URLSearchParams({ q: field.value })}`);
    show();
  });
  show();
  field.focus();
});
