// In every page of the site: keep what is loaded, for want of a network later; lead who opens a page from disk to the start
// page, which says what to do; show the cell that the address names; open the book that lies beside; start anew.
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

    const book = '.jp-RenderedMarkdown a[href^="#book/"]', anew = '.jp-RenderedMarkdown a[href="#start-again"]'
    fetch(new URL("../book/index.html", root), { method: "HEAD" }).then(answer => answer.ok, () => false)
        .then(there => document.documentElement.classList.toggle("bookless", !there))
    addEventListener("click", async event => {
        const link = event.target.closest?.(`${book}, ${anew}`)
        if (!link) return
        event.preventDefault()
        event.stopPropagation()
        if (link.matches(book)) open(new URL(`../${link.getAttribute("href").slice(1)}`, root))
        if (link.matches(book) || !confirm(link.title)) return
        const { shell, serviceManager } = window.jupyterapp, { context } = shell.currentWidget
        context.model.dirty = false  // else the browser asks once more
        await serviceManager.contents.delete(context.path)  // what the reader changed; the site still has the original
        location.reload()
    }, true)

    setInterval(() => {  // an edit is kept at once, not when JupyterLab comes to it, after two minutes
        const context = window.jupyterapp?.shell.currentWidget?.context
        if (context?.isReady && context.model.dirty && !context.model.readOnly) context.save()
    }, 1000)

    const { hash } = location  // which JupyterLab takes away
    let before, calm = 0  // cells above the one that is named grow while they are drawn
    const timer = setInterval(() => {
        const panel = window.jupyterapp?.shell.currentWidget
        const cell = panel?.content?.widgets?.find(one => `#cell-id=${one.model.id}` === hash)
        if (!cell) return
        const { top, height } = cell.node.getBoundingClientRect()
        calm = height && top === before ? calm + 1 : 0
        before = top
        if (calm < 6) panel.setFragment(hash)
        else stop()
    }, 500)
    const stop = () => clearInterval(timer)
    for (const kind of ["wheel", "keydown", "pointerdown"]) addEventListener(kind, stop, { capture: true, once: true })
    if (!hash.startsWith("#cell-id=")) stop()
}
