const whole = new Intl.NumberFormat('en')
const threeDigits = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })

/** 0.873 → `87 %`, with a space at which no line breaks. */
export const formatShare = (share: number, digits = 0): string => `${(share * 100).toFixed(digits)}\u00a0%`

export const formatCount = (count: number): string => whole.format(count)

/** Decimal units, as storage settings and mobile contracts have them. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 999_500) return `${threeDigits.format(bytes / 1e3)} kB`
  return `${threeDigits.format(bytes / 1e6)} MB`
}

export function formatMs(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

export const formatNats = (nats: number): string => nats.toFixed(2)
