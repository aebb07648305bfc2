import { openColdTab, type PreparedApp } from './prepared-app.ts'

// Each opens a tab of its own and gives milliseconds since its navigation began. All go through the service
// worker, which sleeps at first.

/** The app, opened for its demo, until the page shows the first answer. */
export async function startApp({ context, origin, manifest }: PreparedApp): Promise<number> {
  const page = await openColdTab(context)
  await page.addInitScript(() => {
    new MutationObserver((_changes, observer) => {
      if (document.querySelector('[data-testid="answer-label"]') === null) return
      observer.disconnect()
      Object.assign(globalThis, { firstAnswerMs: performance.now() })
    }).observe(document, { subtree: true, childList: true })
  })
  await page.goto(`${origin}/?bundle=${manifest.id}&play=demo&demo=1&hold=1&rate=max`)
  const handle = await page.waitForFunction(() => (globalThis as { firstAnswerMs?: number }).firstAnswerMs)
  const ms = Number(await handle.jsonValue())
  await page.close()
  return ms
}

/** A page with nothing on it that fetches the two files and compiles the one. Nothing is computed. */
export async function startFiles({ context, origin, files }: PreparedApp): Promise<number> {
  const page = await openColdTab(context)
  await page.goto(`${origin}/icons/icon.svg`, { waitUntil: 'commit' })
  const ms = await page.evaluate(async ({ wasm, blob }) => {
    const weights = fetch(blob).then((response) => response.arrayBuffer())
    await WebAssembly.compileStreaming(fetch(wasm))
    await weights
    return performance.now()
  }, files)
  await page.close()
  return ms
}

/**
 * A page with nothing on it that starts the inference worker and has it load the two files and answer one
 * frame.
 */
export async function startNetwork({ context, origin, manifest, files }: PreparedApp): Promise<number> {
  const page = await openColdTab(context)
  await page.goto(`${origin}/icons/icon.svg`, { waitUntil: 'commit' })
  const { input, networks, generalist } = manifest
  const ms = await page.evaluate(
    async ({ worker: script, blob, spec, input, temperature }) => {
      const worker = new Worker(script)
      const weights = new Uint8Array(await (await fetch(blob)).arrayBuffer())
      const image = {
        width: input.width,
        height: input.height,
        rgba: new Uint8ClampedArray(input.width * input.height * 4),
      }
      const gate = {
        thresholdNats: 1,
        generalistThresholdNats: 1,
        maxProbes: 1,
        order: 'recent-first',
        asksGeneralist: false,
      }
      const requests = [
        { kind: 'open', spec, input, generalist: { weights, temperature }, maxPartitions: 1 },
        { kind: 'classify', image, gate },
      ]
      for (const request of requests) {
        await new Promise<void>((resolve, reject) => {
          worker.onmessage = ({ data }: MessageEvent<{ rpc: string }>) => {
            if (data.rpc === 'answer') resolve()
            else reject(new Error(JSON.stringify(data)))
          }
          worker.postMessage({ rpc: 'request', id: request.kind, request })
        })
      }
      const doneMs = performance.now()
      worker.terminate()
      return doneMs
    },
    { ...files, spec: networks.partition, input, temperature: generalist.temperature },
  )
  await page.close()
  return ms
}
