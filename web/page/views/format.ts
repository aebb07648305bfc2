import { signal } from '@preact/signals'
import { fewImages, wilsonInterval } from '../../../core/measured-share.ts'

/**
 * `neutral`: 12 345.6, as ISO 80000 has it, which nobody misreads. `device`: as the browser's language writes
 * numbers.
 */
export const numberStyles = ['neutral', 'device'] as const
export type NumberStyle = (typeof numberStyles)[number]

/** How numbers are written on the page; read while rendering, so that a change is seen at once. */
export const numberStyle = signal<NumberStyle>('neutral')

const narrowSpace = '\u202f'
const space = '\u00a0'

/** Making one takes longer than all that a frame's numbers are written with it. */
const formatters = new Map<string, Intl.NumberFormat>()

function formatterOf(style: NumberStyle, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${style} ${Object.values(options).join(' ')} ${Object.keys(options).join(' ')}`
  const formatter =
    formatters.get(key) ?? new Intl.NumberFormat(style === 'device' ? undefined : 'en', options)
  formatters.set(key, formatter)
  return formatter
}

function write(value: number, options: Intl.NumberFormatOptions): string {
  const written = formatterOf(numberStyle.value, options).format(value)
  return numberStyle.value === 'device' ? written : written.replaceAll(',', narrowSpace)
}

const fixed = (value: number, digits: number): string =>
  write(value, { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** 0.873 → `87 %`, with a space at which no line breaks. */
export const formatShare = (share: number, digits = 0): string => `${fixed(share * 100, digits)}${space}%`

/**
 * A share of so many images, with a decimal where they are many, and with its interval where they are few; an
 * older bundle does not say how many they were.
 */
export function formatMeasured(share: number, images = fewImages, digits = 0): string {
  if (images >= fewImages) return formatShare(share, digits)
  const [low, high] = wilsonInterval(share, images)
  return `${formatShare(share)}${space}(${fixed(low * 100, 0)}–${fixed(high * 100, 0)})`
}

/** How sure a network is. None is ever quite: what would be rounded to 100 % is more than 99. */
export const formatCertainty = (share: number): string =>
  share >= 0.995 ? `>${formatShare(0.99)}` : formatShare(share)

export const formatCount = (count: number): string => write(count, { maximumFractionDigits: 0 })

/** Decimal units, as storage settings and mobile contracts have them. */
export function formatBytes(bytes: number): string {
  const scaled = (value: number): string => write(value, { maximumSignificantDigits: 3 })
  if (bytes < 1000) return `${scaled(bytes)}${space}B`
  if (bytes < 999_500) return `${scaled(bytes / 1e3)}${space}kB`
  if (bytes < 999_500_000) return `${scaled(bytes / 1e6)}${space}MB`
  return `${scaled(bytes / 1e9)}${space}GB`
}

export function formatMs(ms: number): string {
  if (ms < 10) return `${fixed(ms, 1)}${space}ms`
  return ms < 1000 ? `${fixed(ms, 0)}${space}ms` : `${fixed(ms / 1000, 1)}${space}s`
}

/** Doubt: entropy as a share of the most that so many classes can have, ln C. */
export const formatDoubt = (nats: number, classes: number): string =>
  formatShare(Math.min(1, nats / Math.log(Math.max(2, classes))))

export const formatNats = (nats: number): string => fixed(nats, 2)

const spans = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

/** How long ago a time was, in the largest unit that fits: `3 min. ago`. */
export function formatAgo(timeMs: number, nowMs: number = Date.now()): string {
  const seconds = Math.max(0, (nowMs - timeMs) / 1000)
  const [unit, length] = spans.find(([, span]) => seconds >= span) ?? ['second', 1]
  if (unit === 'second' && seconds < 5) return 'just now'
  return new Intl.RelativeTimeFormat('en', { style: 'short' }).format(-Math.floor(seconds / length), unit)
}

/** When something was, to the minute: `30 Nov 2026, 08:00`. */
export const formatTime = (timeMs: number): string =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' }).format(timeMs)
