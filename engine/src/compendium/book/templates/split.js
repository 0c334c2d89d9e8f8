var splitQuery = (query) =>
  (query.normalize("NFKC").match(/WORD/gu) || []).flatMap((word) =>
    /^(?:NUMBER)$/.test(word) ? ["#" + word.replaceAll(",", "") + "#"]
      : /^HAN{2}/.test(word) ? Array.from({length: word.length - 1}, (_, i) => word.slice(i, i + 2)) : [word]);
