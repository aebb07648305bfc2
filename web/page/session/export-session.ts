import type { App } from '../app.ts'
import { sessionCsv, sessionJson, type SessionExport } from './export.ts'

/** The session so far, as it leaves the app. */
export function collectSession(app: App): SessionExport {
  const { thresholdNats, maxProbes } = app.gate.value
  // The token opens somebody's edge: it stays here.
  const { edgeToken: _edgeToken, ...own } = app.settings.values.value
  const settings = { ...own, thresholdNats, maxProbes, source: app.player.sourceKind.value ?? null }
  return {
    bundle: app.bundle.opened.value?.manifest.id ?? '',
    settings,
    frames: app.session.log.frames(),
    totals: { ...app.session.log.totals(), ...app.session.log.latencies() },
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

/** Saves the session as a file. */
export async function exportSession(app: App, format: 'json' | 'csv'): Promise<void> {
  const session = collectSession(app)
  const name = `cachenet-${session.bundle}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.${format}`
  if (format === 'json') download(await sessionJson(session), 'application/json', name)
  else download(await sessionCsv(session.frames), 'text/csv', name)
}
