import { measuredShare } from '../../../core/measured-share.ts'

/** 0.9312 → "93.1 %", with a space that does not break. */
export const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)}\u00a0%`

/** A share that was measured on so many images, with its interval where they are few. */
export const measured =
  (images: number): ((share: number) => string) =>
  (share) =>
    measuredShare(share, images, '\u00a0')

/** A difference of shares in percentage points, with its sign: −0.004 → "−0.4". */
export function points(difference: number, digits = 1): string {
  const text = Math.abs(difference * 100).toFixed(digits)
  if (Number(text) === 0) return text
  return `${difference < 0 ? '−' : '+'}${text}`
}

export const nats = (value: number): string => value.toFixed(3)

/** 12345678 → "12,345,678", whatever the machine's language. */
export const whole = (value: number): string =>
  Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',')

/** 105_400 → "105.4 kB"; decimal, as downloads are counted. */
export function byteSize(sizeBytes: number): string {
  if (sizeBytes < 1000) return `${sizeBytes} B`
  if (sizeBytes < 1e6) return `${(sizeBytes / 1e3).toFixed(1)} kB`
  return `${(sizeBytes / 1e6).toFixed(2)} MB`
}
