import { afterEach, describe, expect, it } from 'vitest'
import {
  formatBytes,
  formatCertainty,
  formatCount,
  formatDoubt,
  formatMeasured,
  formatMs,
  formatNats,
  formatShare,
  numberStyle,
} from './format.ts'

afterEach(() => void (numberStyle.value = 'neutral'))

describe('what a person reads', () => {
  it('has the interval of a share of few images, and a decimal of one of many', () => {
    expect(formatMeasured(1, 20, 1)).toBe('100\u00a0%\u00a0(84–100)')
    expect(formatMeasured(0.8123, 5000, 1)).toBe('81.2\u00a0%')
    expect(formatMeasured(0.8123, undefined, 1)).toBe('81.2\u00a0%')
  })

  it('has units that fit, with spaces at which no line breaks', () => {
    const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ')
    expect(
      [0, 999, 1000, 56_240, 181_240, 999_700, 2_500_000, 3_210_000_000].map((bytes) =>
        plain(formatBytes(bytes)),
      ),
    ).toEqual(['0 B', '999 B', '1 kB', '56.2 kB', '181 kB', '1 MB', '2.5 MB', '3.21 GB'])
    expect([0.04, 1.25, 12.4, 999.4, 1500].map((ms) => plain(formatMs(ms)))).toEqual([
      '0.0 ms',
      '1.3 ms',
      '12 ms',
      '999 ms',
      '1.5 s',
    ])
    expect(
      [formatShare(0.873), formatShare(0.9214, 1), formatCount(12_345), formatNats(1.024)].map(plain),
    ).toEqual(['87 %', '92.1 %', '12 345', '1.02'])
    expect(formatCount(12_345)).toBe('12\u202f345')
  })

  it('never says of a network that it is quite sure, and of doubt how much of the most there is', () => {
    expect([0.2, 0.9949, 0.996, 1].map(formatCertainty)).toEqual([
      '20\u00a0%',
      '99\u00a0%',
      '>99\u00a0%',
      '>99\u00a0%',
    ])
    expect([0, Math.log(10) / 2, 9].map((nats) => formatDoubt(nats, 10))).toEqual([
      '0\u00a0%',
      '50\u00a0%',
      '100\u00a0%',
    ])
  })

  it('is written as the device writes it, for who wants that', () => {
    numberStyle.value = 'device'
    expect(formatCount(12_345)).toBe(new Intl.NumberFormat().format(12_345))
  })
})
