// The pages on which readers take part (participation.py): code blind, walk as a reviewer, check a paragraph.
// Nothing is sent anywhere; what is given stays in this browser until it is saved as a file.
document.addEventListener("DOMContentLoaded", () => {
  const place = document.querySelector("div.participation");
  if (!place || typeof GIVEN === "undefined") return;
  const page = place.dataset.page;
  const say = (key, values = {}) => GIVEN.said[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const percent = (share) => `${Math.round(100 * share)}%`;

  // Markup from a template: what is put into it is escaped, unless it is such markup itself.
  const escaped = (value) => {
    if (Array.isArray(value)) return value.map(escaped).join("");
    return value?.markup ?? String(value ?? "").replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt()};`);
  };
  const html = (parts, ...values) => ({ markup: String.raw({ raw: parts }, ...values.map(escaped)) });
  // Show a view; `actions` answer its form (submit, input) and its buttons, by what they do.
  const show = (view, actions) => {
    place.innerHTML = view.markup;
    place.onsubmit = (event) => {
      event.preventDefault();
      actions.submit(new FormData(event.target));
    };
    place.oninput = (event) => actions.input?.(new FormData(event.target.form));
    place.onclick = (event) => actions[event.target.closest("[data-do]")?.dataset.do]?.();
    place.querySelector("h2")?.focus();
  };
  const heading = (words) => html`<h2 tabindex="-1">${words}</h2>`;
  const button = (what, words = say(what)) => html`<button type="button" data-do="${what}">${words}</button>`;
  const claimLink = (id) => html`<a href="../claims/${id}.html" target="_blank">${id}</a>`;
  const facts = (pairs) => html`<dl>${pairs.filter(([, said]) => said).map(([name, said]) =>
    html`<dt>${name}</dt><dd>${said}</dd>`)}</dl>`;
  const choice = (legend, name, options, chosen) => html`<fieldset><legend>${legend}</legend>${options.map(
    ([value, words]) => html`<label><input type="radio" name="${name}" value="${value}" required
      ${value === chosen ? html`checked` : ""}> <span>${words}</span></label>`)}</fieldset>`;

  // Draws, the same as pages/participation.py: a seed gives the same items on every machine.
  const generate = (seed) => {
    let state = seed >>> 0;
    return () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
  };
  const draw = (items, number, next) => {
    const left = [...items], drawn = [];
    while (left.length && drawn.length < number) drawn.push(...left.splice(Math.floor(next() * left.length), 1));
    return drawn;
  };
  const chooseSeed = () => 1 + Math.floor(Math.random() * 9999);

  // What was given so far, kept in this browser; the file that comes out of it.
  const key = `participation-${page}-${GIVEN.version}-${GIVEN.pool}`;
  const kept = () => {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  };
  const keep = (state) => {
    try { localStorage.setItem(key, JSON.stringify(state)); } catch { /* a browser that keeps nothing */ }
  };
  const cell = (value) => {
    const text = String(value ?? "").replace(/[\s<>]+/g, " ").trim().replace(/^[=+@-]+\s*/, "");
    return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const save = (name, rows) => {
    const text = rows.map((row) => row.map(cell).join(",") + "\n").join("");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.download = `${page}-${name.replace(/\s+/g, "-")}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  const today = () => new Date().toISOString().slice(0, 10);
  const start = (begin, more = "") => {
    const before = kept();
    const name = html`<input name="name" required maxlength="20" autocomplete="off"
      pattern="[\\p{L}\\p{N}_][\\p{L}\\p{N}_ .\\-]*">`;
    show(html`${before ? button("go-on", say("go-on", { n: before.given.length })) : ""}
      <form><label><span>${say("name")}</span> ${name}</label><p class="why">${say("name-why")}</p>${more}
      <button>${say(before ? "begin-anew" : "begin")}</button></form>`,
    { submit: (given) => begin(given), "go-on": () => begin(null, before) });
  };
  const restart = (begin) => {
    keep(null);
    begin();
  };

  // Code it yourself.
  const SAME = "same"; // chosen for “in nothing”, saved as an empty cell
  const rules = html`<ul>${[1, 2, 3, 4].map((n) => html`<li>${say(`how-${n}`)}</li>`)}</ul>`;
  const coding = {
    begin: () => start(coding.open, rules),
    open: (given, before) => {
      const seed = Number(new URLSearchParams(location.search).get("seed")) || chooseSeed();
      const state = before ?? { name: given.get("name"), seed, given: [] };
      const next = generate(state.seed), ids = Object.keys(GIVEN.statements);
      const shown = draw(Object.keys(GIVEN.rows), 12, next);
      for (const asIs of [true, false]) {
        shown.push(...draw(ids.filter((id) => GIVEN.statements[id].as_is === asIs), 4, next));
      }
      coding.shown = draw(shown, shown.length, next);
      coding.ballots = draw(Object.keys(GIVEN.ballots), 5, next);
      coding.step(state);
    },
    step: (state) => {
      keep(state);
      const at = state.given.length, voted = at - coding.shown.length;
      if (voted < 0) coding.ask(state, coding.shown[at], at);
      else if (voted < coding.ballots.length) coding.vote(state, coding.ballots[voted], voted);
      else coding.end(state);
    },
    back: (state) => coding.step({ ...state, given: state.given.slice(0, -1), draft: state.given.at(-1) }),
    give: (state, answer) => coding.step({ ...state, given: [...state.given, answer], draft: null }),
    ask: (state, id, at) => {
      const asked = GIVEN.rows[id] ?? GIVEN.statements[id];
      const told = [[say("statement"), asked.statement], [say("part"), asked.part], [say("retold"), asked.says]];
      const differences = [[SAME, say("differs-none")], ...Object.entries(GIVEN.differences).map(([value, words]) =>
        [value, say("differs-in", { words })])].map(([value, words]) => html`<option value="${value}"
        ${state.draft && value === (state.draft.differs || SAME) ? html`selected` : ""}>${words}</option>`);
      const sides = ["holds", "fails"].map((side) => [side, say(side)]);
      show(html`${heading(say("left", { n: at + 1, all: coding.shown.length }))}${facts(told)}<form>
        ${choice(say("side"), "side", sides, state.draft?.side)}<label><span>${say("differs")}</span> <select name="differs" required>
        <option value=""></option>${differences}</select></label>
        <button>${say("next")}</button>${at ? button("back") : ""}</form>
        <details><summary>${say("how")}</summary>${rules}</details>`,
      { back: () => coding.back(state), submit: (given) => coding.give(state,
        { id, side: given.get("side"), differs: given.get("differs").replace(SAME, "") }) });
    },
    vote: (state, ballot, at) => {
      const { statement, readings } = GIVEN.ballots[ballot], names = Object.keys(readings);
      const before = Object.fromEntries((state.draft?.votes ?? []).map(([name, ...vote]) => [name, vote]));
      const marks = (name) => ["plain", "possible", "farfetched"].map((mark) => html`<option value="${mark}"
        ${mark === before[name]?.[1] ? html`selected` : ""}>${say(mark)}</option>`);
      const fields = names.map((name) => html`<fieldset class="reading">
        <legend>${readings[name].said || say("something-else")}</legend><label><span>${say("points")}</span>
        <input type="number" name="points-${name}" min="0" max="100" value="${before[name]?.[0] ?? 0}" required inputmode="numeric"
        onfocus="this.select()"></label>
        ${readings[name].said ? html`<label><span>${say("reading")}</span> <select name="mark-${name}" required>
        <option value=""></option>${marks(name)}</select></label>` : ""}</fieldset>`);
      const leftOf = (given) => 100 - names.reduce((sum, name) => sum + Number(given.get(`points-${name}`)), 0);
      const tell = (given) => {
        const last = place.querySelector("input[type=number]"), left = leftOf(given);
        const told = say(left < 0 ? "points-over" : "points-left", { n: Math.abs(left) });
        place.querySelector("output").textContent = told;
        last.setCustomValidity(left ? told : "");
      };
      const leads = at + 1 < coding.ballots.length ? "next" : "result";
      show(html`${heading(say("left-2", { n: at + 1, all: coding.ballots.length }))}<p>${say("vote")}</p>
        ${facts([[say("statement"), statement]])}<form>${fields}<output></output>
        <button>${say(leads)}</button>${button("back")}</form>`,
      {
        back: () => coding.back(state),
        input: tell,
        submit: (given) => coding.give(state, { id: ballot, votes: names.map((name) =>
          [name, Number(given.get(`points-${name}`)), given.get(`mark-${name}`) ?? ""]) }),
      });
      tell(new FormData(place.querySelector("form")));
    },
    kappa: (pairs) => { // Cohen's, on the side, of two coders each
      const share = (side, which) => pairs.filter((pair) => pair[which] === side).length / pairs.length;
      const alike = pairs.filter(([one, other]) => one === other).length / pairs.length;
      const chance = share("holds", 0) * share("holds", 1) + share("fails", 0) * share("fails", 1);
      return chance === 1 ? "–" : ((alike - chance) / (1 - chance)).toFixed(2);
    },
    end: (state) => {
      const given = Object.fromEntries(state.given.map((one) => [one.id, one]));
      const rows = coding.shown.filter((id) => id in GIVEN.rows);
      const twins = coding.shown.filter((id) => id in GIVEN.statements);
      const kind = (asIs) => twins.filter((id) => GIVEN.statements[id].as_is === asIs);
      const failed = (ids) => ids.filter((id) => given[id].side === "fails").length;
      const mine = (id) => [given[id].side, given[id].differs], most = (id) => GIVEN.rows[id].most;
      const pairsOf = (sides) => sides.flatMap((one, i) => sides.slice(i + 1).map((other) => [one, other]));
      const machines = rows.flatMap((id) => pairsOf(GIVEN.rows[id].codes.map(([side]) => side)));
      const both = rows.map((id) => [mine(id)[0], most(id)[0]]);
      const parted = rows.filter((id) => mine(id)[0] !== most(id)[0] || !mine(id)[1] !== !most(id)[1]);
      const words = ([side, differs]) => `${say(`${side}-short`)}, ${
        differs ? say("differs-in", { words: GIVEN.differences[differs] }) : say("just-this")}`;
      const counts = [["hits", false], ["alarms", true]].map(([name, asIs]) => {
        const ids = kind(asIs);
        return [say(name), say("of", { n: failed(ids), all: ids.length })];
      });
      const twin = (id) => html`<li>${say(GIVEN.statements[id].as_is ? "twin-alarm" : failed([id]) ? "twin-found" :
        "twin-missed")} (${claimLink(GIVEN.statements[id].claim)})${facts([[say("statement"),
        GIVEN.statements[id].statement], [say("as-printed"), !GIVEN.statements[id].as_is && GIVEN.statements[id].printed],
        [say("retold"), GIVEN.statements[id].says]])}</li>`;
      const wronged = kind(true).filter((id) => failed([id]));
      show(html`${heading(say("done"))}${facts([...counts, [say("kappa-you", { n: rows.length }), coding.kappa(both)],
        [say("kappa-machines"), coding.kappa(machines)]])}<p class="why">${say("kappa-why")}</p>
        ${button("save")}${button("again", say("begin-anew"))}
        <h3>${say("falsified")}</h3><ul>${[...kind(false), ...wronged].map(twin)}</ul>
        <h3>${say("difference", { n: parted.length, all: rows.length })}</h3>
        <ol>${parted.map((id) => html`<li>${facts([[say("statement"), GIVEN.rows[id].statement],
        [say("part"), GIVEN.rows[id].part], [say("retold"), GIVEN.rows[id].says], [say("you"), words(mine(id))],
        [say("machines"), html`${words(most(id))} (${claimLink(GIVEN.rows[id].claim)})`]])}</li>`)}</ol>
        <h3>${say("votes-told")}</h3>${coding.ballots.map((id) => coding.compareVotes(id, given[id].votes))}`,
      { save: () => save(state.name, coding.file(state)),
        again: () => restart(coding.begin) });
    },
    compareVotes: (ballot, votes) => {
      const { statement, readings } = GIVEN.ballots[ballot];
      const head = ["reading-of", "you", "machines-mean"].map((name) => html`<th scope="col">${say(name)}</th>`);
      const rows = votes.map(([name, points]) => html`<tr><th scope="row">${readings[name].said ||
        say("something-else")}</th><td>${String(points)}</td><td>${String(readings[name].points)}</td></tr>`);
      return html`<p>${statement}</p><table class="table"><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table>`;
    },
    file: (state) => {
      const common = [GIVEN.version, GIVEN.pool, state.seed, state.name, today()];
      const lines = state.given.flatMap(({ id, side, differs, votes }) => votes
        ? votes.map((vote) => [...common, id, "", "", ...vote])
        : [[...common, id, side, differs, "", "", ""]]);
      return [GIVEN.columns.coding, ...lines];
    },
  };

  // Walk as a reviewer: claims that rest on a sentence which retells a source.
  const upperBound = (wrong, n) => { // Clopper and Pearson, one-sided, 95 %
    if (wrong === n) return 1;
    const below = (p) => {
      let sum = 0, term = (1 - p) ** n;
      for (let k = 0; k <= wrong; k++) {
        sum += term;
        term *= (((n - k) / (k + 1)) * p) / (1 - p);
      }
      return sum;
    };
    let [low, high] = [0, 1];
    for (let i = 0; i < 60; i++) {
      const p = (low + high) / 2;
      if (below(p) > 0.05) low = p;
      else high = p;
    }
    return low;
  };
  const ANSWERS = ["so", "partly", "not_so", "unreached"].map((answer) => [answer, say(answer)]);
  const walk = {
    begin: () => start(walk.open, choice(say("time"), "minutes", ["10", "20", "40"].map((minutes) =>
      [minutes, say("minutes", { n: minutes })]), "20")),
    open: (given, before) => { // headline claims have two lots, others one
      const lots = Object.entries(GIVEN.claims).filter(([, one]) => one.retold)
        .flatMap(([id, one]) => Array(one.weight === "headline" ? 2 : 1).fill(id));
      const drawn = () => [...new Set(draw(lots, lots.length, generate(chooseSeed())))];
      walk.step(before ?? { name: given.get("name"), claims: drawn().slice(0, given.get("minutes") / 2), given: [] });
    },
    step: (state) => {
      keep(state);
      const next = state.claims[state.given.length];
      if (next) walk.ask(state, next);
      else walk.end(state);
    },
    ask: (state, id) => {
      const one = GIVEN.claims[id];
      const link = (url) => url && html`<a href="${url}" target="_blank" rel="noopener">${url}</a>`;
      const told = [[say("place"), `${one.place} · ${one.kind}`], [say("statement"), one.says[GIVEN.language]],
        [say("taken"), one.retold], [say("excerpt"), one.excerpt], [say("source"), one.source], ["URL", link(one.url)],
        [say("archived"), one.archived !== one.url && link(one.archived)]];
      let next = state;
      show(html`${heading(say("left", { n: state.given.length + 1, all: state.claims.length }))}${facts(told)}
        <form>${choice(say("says-so"), "answer", ANSWERS, state.draft?.answer)}<label><span>${say("remark")}</span>
        <input name="remark" maxlength="200" value="${state.draft?.remark}"></label><button>${say("answer-first")}</button></form>
        <div class="ours" aria-live="polite"></div>${button("end")}`,
      {
        next: () => walk.step(next),
        end: () => walk.end(next),
        input: (given) => next === state && keep({ ...state, draft: Object.fromEntries(given) }),
        submit: (given) => {
          next = { ...state, given: [...state.given, { id, ...Object.fromEntries(given) }], draft: null };
          keep(next);
          place.querySelectorAll("form :is(button, input)").forEach((field) => (field.disabled = true));
          const ours = say("ours", { answer: one.answer, why: one.why });
          place.querySelector(".ours").innerHTML = html`<p>${ours} ${claimLink(id)}</p>${button("next")}`.markup;
          place.querySelector(".ours button").focus();
        },
      });
    },
    end: (state) => {
      const count = ([answer]) => state.given.filter((one) => one.answer === answer).length;
      const [so, part, wrong, unreached] = ANSWERS.map(count);
      const n = so + part + wrong, [share, wide] = [wrong, wrong + part].map((k) => n && percent(upperBound(k, n)));
      const rows = state.given.map(({ id, answer, remark }) => html`<li>${claimLink(id)} ${facts([
        [say("statement"), GIVEN.claims[id].says[GIVEN.language]], [say("taken"), GIVEN.claims[id].retold],
        [say("excerpt"), GIVEN.claims[id].excerpt],
        [say("source"), `${GIVEN.claims[id].source} ${GIVEN.claims[id].url}`], [say("you"), say(answer)], [say("remark"), remark],
        [say("ledger"), GIVEN.claims[id].answer]])}</li>`);
      const who = say("record", { name: state.name, day: today(), version: GIVEN.version });
      show(html`${heading(say("done"))}<p>${n ? say("bound", { n, wrong, part, unreached, share, wide }) : say("bound-none")}</p>
        <p class="why">${who}</p>
        ${state.given.length ? button("save") : ""}${button("print")}${button("again", say("begin-anew"))}
        <ol>${rows}</ol>`,
      {
        save: () => save(state.name, [GIVEN.columns.walk, ...state.given.map(({ id, answer, remark }) =>
          [GIVEN.version, state.name, today(), id, answer, remark])]),
        print: () => print(),
        again: () => restart(walk.begin),
      });
    },
  };

  // Check your paragraph: a sentence leans on a claim if both share words, each weighed by how few claims have it
  // (cosine of TF-IDF), or if it gives the claim's number and the paragraph some of its words or more such numbers.
  const SCALES = { 万: 1e4, 亿: 1e8, 万亿: 1e12, thousand: 1e3, million: 1e6, billion: 1e9 };
  const NUMBER = /(\d[\d,]*(?:\.\d+)?)\s*(%|per ?cent\b|个百分点|万亿|亿|万|thousand|million|billion)?(年)?/gi;
  const ONES = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen " +
    "seventeen eighteen nineteen").split(" ");
  const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
  const [tens, units, ones] = [TENS, ONES.slice(1, 10), ONES].map((names) => `(${names.join("|")})`);
  const ENGLISH = new RegExp(`\\b(?:${tens}(?:[- ]${units})?|${ones})\\b`, "gi");
  const SIGNS = { 零: 0, 一: 1, 二: 2, 两: 2, 三: 3, 四: 4, 五: 5, 六: 6, 七: 7, 八: 8, 九: 9, 十: 10, 百: 100, 千: 1000 };
  const CHINESE = /百分之([零一二两三四五六七八九十百]+)|[零一二两三四五六七八九]*[十百千][零一二两三四五六七八九十百千]*|[一二两三四五六七八九](?=[万亿])/g;
  const readChinese = (signs) => {
    let [sum, digit] = [0, 0];
    for (const sign of signs) {
      if (SIGNS[sign] >= 10) sum += (digit || 1) * SIGNS[sign];
      digit = SIGNS[sign] < 10 ? SIGNS[sign] : 0;
    }
    return sum + digit;
  };
  const readEnglish = (word = "") => Math.max(ONES.indexOf(word.toLowerCase()), 0);
  const inDigits = (text) => text.normalize("NFKC")
    .replace(CHINESE, (signs, rate) => (rate ? `${readChinese(rate)}%` : readChinese(signs)))
    .replace(ENGLISH, (_, ten, unit, one) =>
      (ten ? 20 + 10 * TENS.indexOf(ten.toLowerCase()) : 0) + readEnglish(unit ?? one));
  const numbersIn = (text) => [...inDigits(text).matchAll(NUMBER)].flatMap(([, digits, unit = "", year]) => {
    const plain = Number(digits.replaceAll(",", "")), rate = /^(%|per)/i.test(unit);
    if (year || (!unit && digits.length === 4 && plain > 1948 && plain < 2061)) return [];
    return [{ value: plain * (SCALES[unit.toLowerCase()] ?? 1), rate }];
  });
  const common = new Set(("the and for that with are was were its has have had from this which their than more not but " +
    "one two our also into been between such year china chinese paper according research study by of in to at on as it " +
    "is an").split(" "));
  const wordsIn = (text) => {
    const runs = [...text.matchAll(/[\u4e00-\u9fff]+/g)].map(([run]) => [...run]);
    const pairs = runs.flatMap((run) => run.slice(1).map((sign, i) => run[i] + sign));
    const words = [...text.toLowerCase().replaceAll("&", "").matchAll(/[a-z]{2,}/g)].map(([word]) => word);
    return [...new Set([...pairs, ...words.filter((word) => !common.has(word)).map((word) =>
      word.replace(/(ies|es|s|ed|ing|al|y)$/, "").slice(0, 7))])];
  };
  const sameNumber = (one, other) => one.rate === other.rate && Math.abs(one.value - other.value) <= 1e-9 * one.value;
  const paragraph = {
    begin: () => show(html`<form><label><span>${say("paste")}</span> <textarea name="text" rows="8" required
      maxlength="5000"></textarea></label><button>${say("check")}</button></form>
      <div class="results" aria-live="polite"></div>`, { submit: (given) => paragraph.check(given.get("text")) }),
    index: (text) => {
      const chinese = text.match(/[\u4e00-\u9fff]/g)?.length ?? 0, have = new Map();
      const written = chinese > text.length / 5 ? "zh" : "en"; // an English text may quote a Chinese title
      const language = GIVEN.languages.includes(written) ? written : GIVEN.language;
      const claims = Object.entries(GIVEN.claims).map(([id, one]) => ({
        id, one, words: wordsIn(`${one.says[language]} ${one.printed[language]}`),
        numbers: Object.values(one.printed).flatMap(numbersIn),
      }));
      claims.forEach(({ words }) => words.forEach((word) => have.set(word, 1 + (have.get(word) ?? 0))));
      const weigh = (words) => words.filter((word) => have.has(word)).reduce((sum, word) =>
        sum + Math.log(1 + claims.length / have.get(word)) ** 2, 0);
      const printed = claims.flatMap(({ numbers }) => numbers).filter(({ value }) => value > 12);
      const told = numbersIn(text).filter((number) => printed.some((other) => sameNumber(number, other)));
      return { claims, weigh, around: new Set(wordsIn(text)), many: new Set(told.map(({ value }) => value)).size > 2 };
    },
    find: (sentence, { claims, weigh, around, many }) => {
      const words = wordsIn(sentence), mine = new Set(words), told = numbersIn(sentence);
      const found = claims.flatMap((claim) => {
        const shared = claim.words.filter((word) => mine.has(word)), whole = weigh(claim.words);
        const alike = weigh(shared) / Math.sqrt(whole * weigh(words) || 1);
        const near = (weigh(shared) + weigh(claim.words.filter((word) => around.has(word)))) / 2 / whole;
        const same = claim.numbers.some((number) => told.some((other) =>
          sameNumber(number, other) && (number.rate || number.value > 5)));
        const other = !same && claim.numbers.length > 0;
        const like = !other || told.some(({ rate }) => claim.numbers.some((number) => number.rate === rate));
        const enough = same ? many || near >= 0.12 : like && shared.length > 3 && alike >= 0.22;
        return enough ? [{ ...claim, same, other, score: same + alike }] : [];
      });
      const best = found.some((claim) => claim.same) ? found.filter((claim) => !claim.other) : found;
      return best.sort((one, other) => other.score - one.score).slice(0, 4);
    },
    check: (text) => {
      const sentences = text.split(/(?<=[。！？；;])|(?<=[.!?])\s+|\n+/).map((one) => one.trim()).filter(Boolean);
      const index = paragraph.index(text);
      const sections = sentences.map((sentence) => {
        const found = paragraph.find(sentence, index), missed = say(numbersIn(sentence).length ? "not-found" : "no-claim");
        return html`<section><blockquote>${sentence}</blockquote>
          ${found.length ? found.map(paragraph.card) : html`<p class="why">${missed}</p>`}</section>`;
      });
      place.querySelector(".results").innerHTML = html`${sections}`.markup;
    },
    card: ({ id, one, other }) => html`<div class="card"><p><span class="answer" style="--answer: ${one.colour}">
      ${one.answer}</span> ${claimLink(id)} ${one.says[GIVEN.language]}</p>
      ${other ? html`<p><strong>${say("number-other", { printed: one.printed[GIVEN.language] })}</strong></p>` : ""}
      <p class="why">${one.why}</p>${one.quote ? html`<p>${say("quote")} ${one.quote}</p>` : ""}
      <p>${say("cite")} <cite>${one.cite}</cite></p></div>`,
  };
  ({ code: coding, walk, paragraph })[page].begin();
});
