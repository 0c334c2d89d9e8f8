document.addEventListener("DOMContentLoaded", () => {
  // The language switch leads to the same place of the other edition: to the last one that has scrolled under the header.
  const link = document.querySelector("a.switch");
  link.addEventListener("click", () => {
    const above = [...document.querySelectorAll(".place")].filter((m) => m.getBoundingClientRect().top < 100);
    link.search = location.search;
    link.hash = scrollY > 0 && above.length ? above.at(-1).id : "";
  });
  // A figure opens by itself, to be enlarged on a phone.
  for (const image of document.querySelectorAll(".cell_output img")) {
    const alone = document.createElement("a");
    alone.href = image.src;
    image.replaceWith(alone);
    alone.append(image);
  }
});
