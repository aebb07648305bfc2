import type { App } from '../app.ts'
import { saveFile } from '../platform/save-file.ts'
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

/** Saves the log as a file. */
export async function exportStreamLog(app: App, format: 'json' | 'csv'): Promise<void> {
  const log = collectStreamLog(app)
  const name = `cachenet-${log.bundle}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.${format}`
  if (format === 'json') saveFile(await streamLogJson(log), 'application/json', name)
  else saveFile(await streamLogCsv(log.frames), 'text/csv', name)
}
