
// Added to the worker of JupyterLite. Started anew, as after the browser itself, it would forget that it is to keep files;
// it would not keep the lists of files, without which no notebook opens; and of a site that was published again it would
// mix old files with new ones. So what is kept serves only where there is no network.
enableCache = new URL(location.href).searchParams.get("enableCache") === "true"
shouldDrop = request => request.method !== "GET" || !request.url.startsWith("http")
maybeFromCache = async event => {
    const { request } = event
    try {
        const answer = await fetch(request)
        if (enableCache && answer.status === 200) event.waitUntil(updateCache(request, answer.clone()))
        return answer
    } catch {
        return await fromCache(request) ?? Response.error()
    }
}
