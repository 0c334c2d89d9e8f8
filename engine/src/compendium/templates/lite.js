// In every page of the site: keep what is loaded, for want of a network later; lead who opens a page from disk to the start
// page, which says what to do; show the cell that the address names.
{
    const root = new URL("..", document.currentScript.src), workers = navigator.serviceWorker

    if (location.protocol === "file:") {
        const start = new URL("index.html", root)
        if (location.pathname !== start.pathname) location.replace(start)
        document.documentElement.classList.add("disk")
    } else if (workers && !workers.controller) {
        workers.addEventListener("controllerchange", () => location.reload(), { once: true })  // what came before is kept too
        workers.register(new URL("service-worker.js?enableCache=true", root)).catch(() => {})
    }

    function show() {
        const panel = window.jupyterapp?.shell.currentWidget
        if (panel?.content?.widgets?.length) panel.setFragment(location.hash)
    }

    if (location.hash.startsWith("#cell-id=")) {
        const again = setInterval(show, 500)  // cells above it grow while they are drawn
        const stop = () => clearInterval(again)
        for (const kind of ["wheel", "keydown", "pointerdown"]) addEventListener(kind, stop, { once: true, capture: true })
        setTimeout(stop, 15000)
    }
}
