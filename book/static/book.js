// The language switch leads to the same place of the other edition: to the last place that has scrolled under the header.
document.addEventListener("DOMContentLoaded", () => {
  const link = document.querySelector("a.switch");
  link.addEventListener("click", () => {
    const above = [...document.querySelectorAll(".place")].filter((m) => m.getBoundingClientRect().top < 100);
    link.search = location.search;
    link.hash = scrollY > 0 && above.length ? above.at(-1).id : "";
  });
});
