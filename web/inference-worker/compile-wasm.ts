/**
 * Hashes of the WebAssembly files by the beginning of their names, put in by the build; tests and the
 * development server have none.
 */
declare const kernelHashes: Readonly<Record<string, string>> | undefined

function hashOf(url: string): string {
  const name = url.split('/').at(-1) ?? ''
  const known = typeof kernelHashes === 'undefined' ? [] : Object.entries(kernelHashes)
  return known.find(([start]) => name.startsWith(`${start}-`))?.[1] ?? ''
}

/**
 * Compiled while it comes. Where that fails it is fetched past the HTTP cache, which may keep what came
 * wrong, and taken whatever its type says.
 */
export async function compileWasm(url: string): Promise<WebAssembly.Module> {
  const integrity = hashOf(url)
  try {
    return await WebAssembly.compileStreaming(fetch(url, { integrity }))
  } catch {
    const response = await fetch(url, { integrity, cache: 'reload' })
    return WebAssembly.compile(await response.arrayBuffer())
  }
}
