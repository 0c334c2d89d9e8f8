
// Added to the worker of JupyterLite. Started anew, as after the browser itself, it would forget that it is to keep files;
// and it would not keep the lists of files, without which no notebook opens.
enableCache = new URL(location.href).searchParams.get("enableCache") === "true"
shouldDrop = request => request.method !== "GET" || !request.url.startsWith("http")
