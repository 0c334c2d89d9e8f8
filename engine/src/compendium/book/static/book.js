document.addEventListener("DOMContentLoaded", () => {
  // The language switch leads to the same place of the other edition: to the last one that has scrolled under the header.
  const link = document.querySelector("a.switch");
  link.addEventListener("click", () => {
    const above = [...document.querySelectorAll(".place")].filter((m) => m.getBoundingClientRect().top < 100);
    link.search = location.search;
    link.hash = scrollY > 0 && above.length ? above.at(-1).id : "";
  });
  // A search leads to the first place where its word, or its number as a whole, stands; Sphinx marks them after a moment.
  addEventListener("load", () => setTimeout(() => {
    for (const mark of document.querySelectorAll("article .highlighted")) {
      const [before, after] = [mark.previousSibling, mark.nextSibling].map((beside) => beside?.textContent ?? "");
      const part = /^\d.*\d$|^\d$/.test(mark.textContent) && (/\d[.,]?$/.test(before) || /^[.,]?\d/.test(after));
      if (part) mark.classList.remove("highlighted");
    }
    const marks = [...document.querySelectorAll("article .highlighted")];
    if (!location.hash) marks.find((mark) => mark.checkVisibility())?.scrollIntoView({ block: "center" });
  }, 100));
  // A figure opens by itself, to be enlarged on a phone.
  for (const image of document.querySelectorAll(".cell_output img")) {
    const alone = document.createElement("a");
    alone.href = image.src;
    image.replaceWith(alone);
    alone.append(image);
  }
  // A word tells what it means to who points at it, reaches it by key or taps it once; a second tap follows it.
  const means = Object.assign(document.createElement("div"), { id: "means", role: "tooltip", hidden: true });
  document.body.append(means);
  let told = null, tapped = false;
  const tell = (word) => {
    told?.removeAttribute("aria-describedby");
    told = word;
    means.hidden = !word;
    if (!word) return;
    means.textContent = word.dataset.means;
    word.setAttribute("aria-describedby", "means");
    const { left, top, bottom } = word.getClientRects()[0], { offsetWidth: width, offsetHeight: height } = means;
    const room = document.documentElement.clientWidth - width - 8;
    means.style.left = `${scrollX + Math.max(0, Math.min(left, room))}px`;
    means.style.top = `${scrollY + (bottom + height > innerHeight ? top - height : bottom)}px`;
  };
  const reached = (event) => event.target.closest?.("#means") || tell(event.target.closest?.("a.term") ?? null);
  document.addEventListener("pointerover", (event) => event.pointerType !== "touch" && reached(event));
  document.addEventListener("focusin", reached);
  document.addEventListener("keydown", (event) => event.key === "Escape" && tell(null));
  document.addEventListener("pointerdown", (event) => {
    const word = event.target.closest("a.term");
    tapped = event.pointerType === "touch" && word !== told;
    if (tapped && !word) tell(null);
  });
  document.addEventListener("click", (event) => {
    const word = event.target.closest("a.term");
    if (!word || !tapped) return;
    event.preventDefault();
    tell(word);
  });
  const zh = document.documentElement.lang.startsWith("zh");
  // What to quote and how to cite is copied at a click, from disk as well.
  for (const said of document.querySelectorAll(".copied")) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "copy" });
    button.textContent = zh ? "复制" : "Copy";
    button.addEventListener("click", () => {
      getSelection().selectAllChildren(said);
      if (document.execCommand("copy")) button.textContent = zh ? "已复制" : "Copied";
    });
    said.after(" ", button);
  }
  // The list of claims can be filtered by a word, by answer or verdict, by weight and by section, and shown as it is
  // under the kindest, the plainest or the strictest reading.
  for (const box of document.querySelectorAll(".wide.filter")) {
    const rows = [...box.querySelectorAll("tbody tr")];
    const bar = document.createElement("p");
    const word = Object.assign(document.createElement("input"), { type: "search" });
    const said = document.createElement("output");
    const choices = [...box.querySelectorAll("thead tr > *")].flatMap((head, i) => {
      const cells = rows.map((row) => row.cells[i]), menu = document.createElement("select");
      if (!cells[0]?.matches(".v, .f")) return [];
      const given = (cell) => cell.matches(".v")
        ? [...cell.querySelectorAll(":scope > .answer, :scope > .term")].map((part) => part.textContent)
        : [cell.textContent];
      menu.add(new Option(zh ? "全部" : "all", ""));
      const pairs = cells.map(given).sort(([one], [other]) => (cells[i].matches(".f") ? one.localeCompare(other, [], { numeric: true }) : 0));
      for (const first of new Set(pairs.map(([first]) => first))) {
        menu.add(new Option(first, first));
        const names = pairs.filter((pair) => pair[0] === first && pair[1]).map((pair) => pair[1]);
        for (const name of new Set(names)) menu.add(new Option(`– ${name}`, name));
      }
      return [{ head: head.textContent, menu, fits: (row) => !menu.value || given(row.cells[i]).includes(menu.value) }];
    });
    const read = rows.flatMap((row) => [...row.querySelectorAll("data.readings")]), dial = document.createElement("select");
    const kinds = zh
      ? { rule: "按规则", charitable: "最宽的", plainest: "最自然的", strictest: "最严的" }
      : { rule: "by the rule", charitable: "kindest", plainest: "plainest", strictest: "strictest" };
    for (const [kind, text] of Object.entries(kinds)) dial.add(new Option(text, kind));
    dial.addEventListener("input", () => {
      for (const one of read) {
        const answer = one.parentElement.querySelector(".answer"), [said, colour] = JSON.parse(one.value)[dial.value];
        answer.textContent = said;
        answer.style.setProperty("--answer", colour);
      }
    });
    const fields = [[zh ? "含有" : "with", word], ...choices.map(({ head, menu }) => [head, menu])];
    if (read.length) fields.push([zh ? "读法" : "reading", dial]);
    for (const [text, field] of fields) {
      const label = document.createElement("label");
      label.append(text, " ", field);
      bar.append(label, " ");
    }
    const show = () => {
      for (const row of rows) {
        const fits = choices.every((choice) => choice.fits(row));
        row.hidden = !fits || !row.textContent.toLowerCase().includes(word.value.toLowerCase());
      }
      said.textContent = rows.filter((row) => !row.hidden).length;
    };
    bar.addEventListener("input", show);
    bar.append(said);
    box.before(bar);
    show();
  }
  // An explorer is drawn by Vega-Lite, which only the pages that hold one load.
  const explorers = document.querySelectorAll("script.explorer");
  if (!explorers.length) return;
  let loaded = Promise.resolve();
  for (const name of ["vega", "vega-lite", "vega-embed"]) {
    const script = document.createElement("script");
    script.src = `${document.documentElement.dataset.content_root}_static/vega/${name}.min.js`;
    loaded = loaded.then(() => new Promise((done, failed) => {
      Object.assign(script, { onload: done, onerror: failed });
      document.head.append(script);
    }));
  }
  for (const explorer of explorers) {
    loaded.then(() => {
      const chart = JSON.parse(explorer.textContent), place = explorer.previousElementSibling;
      chart.width = Math.min(chart.width, place.clientWidth);
      return vegaEmbed(place, chart);
    });
  }
});
