import type { App } from '../app.ts'
import { streamLogCsv, streamLogJson, type StreamLogExport } from './export.ts'

/** The stream so far, as it leaves the app. */
export function collectStreamLog(app: App): StreamLogExport {
  const { thresholdNats, maxProbes } = app.gate.value
  // The token opens somebody's edge: it stays here.
  const { edgeToken: _edgeToken, ...own } = app.settings.values.value
  const settings = { ...own, thresholdNats, maxProbes, source: app.player.sourceKind.value ?? null }
  return {
    bundle: app.bundle.opened.value?.manifest.id ?? '',
    settings,
    frames: app.streamView.log.frames(),
    totals: { ...app.streamView.log.totals(), ...app.streamView.log.latencies() },
  }
}

function download(parts: string[], type: string, fileName: string): void {
  const url = URL.createObjectURL(new Blob(parts, { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  // The browser has begun to read it by then; kept for ever, it would fill the memory.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

/** Saves the log as a file. */
export async function exportStreamLog(app: App, format: 'json' | 'csv'): Promise<void> {
  const log = collectStreamLog(app)
  const name = `cachenet-${log.bundle}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.${format}`
  if (format === 'json') download(await streamLogJson(log), 'application/json', name)
  else download(await streamLogCsv(log.frames), 'text/csv', name)
}
