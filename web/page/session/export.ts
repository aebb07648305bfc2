import type { FrameRecord } from './frame-record.ts'
import type { SessionLatencies, SessionTotals } from './session-log.ts'

/** A session as it leaves the app. `frames` are those that the log still holds; `totals` are over all. */
export interface SessionExport {
  readonly bundle: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly frames: readonly FrameRecord[]
  readonly totals: SessionTotals & SessionLatencies
}

export const sessionJson = (session: SessionExport): string => `${JSON.stringify(session, null, 1)}\n`

const columns = [
  'index',
  'name',
  'trueLabel',
  'label',
  'certainty',
  'entropyNats',
  'thresholdNats',
  'outcome',
  'network',
  'answeredBy',
  'edgeEntropyNats',
  'latencyMs',
  'localLatencyMs',
  'switchedTo',
  'bytesUp',
  'bytesDown',
] as const satisfies readonly (keyof FrameRecord)[]

/**
 * A cell as RFC 4180 has it. A text that a spreadsheet would take for a formula gets an apostrophe in front: file and class names
 * come from outside.
 */
function cell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The frames as a table, one line each, with a header (RFC 4180). */
export function sessionCsv(frames: readonly FrameRecord[]): string {
  const lines = frames.map((frame) => columns.map((column) => cell(frame[column])).join(','))
  return [columns.join(','), ...lines, ''].join('\r\n')
}
