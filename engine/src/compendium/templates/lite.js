// In every page of the site: keep what is loaded, for want of a network later; lead who opens a page from disk to the start
// page, which says what to do; show the cell that the address names.
{
    const root = new URL("..", document.currentScript.src), workers = navigator.serviceWorker

    if (location.protocol === "file:") {
        const start = new URL("index.html", root)
        if (location.pathname !== start.pathname) location.replace(start)
        document.documentElement.classList.add("disk")
    } else if (workers && !workers.controller) {
        workers.addEventListener("controllerchange", () => location.reload(), { once: true })  // to keep what came before
        workers.register(new URL("service-worker.js?enableCache=true", root)).catch(() => {})
    }

    const { hash } = location  // which JupyterLab takes away
    let times = hash.startsWith("#cell-id=") ? 20 : 0  // cells above it grow while they are drawn
    for (const kind of ["wheel", "keydown", "pointerdown"]) addEventListener(kind, () => { times = 0 }, { capture: true })
    const timer = setInterval(() => {
        const panel = window.jupyterapp?.shell.currentWidget
        if (times && panel?.content?.widgets?.length) panel.setFragment(hash, times--)
        if (!times) clearInterval(timer)
    }, 500)
}
