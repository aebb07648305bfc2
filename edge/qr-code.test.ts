import { expect, it } from 'vitest'
import { tokenInFragment } from '../core/client/token-in-fragment.ts'
import { qrCode, qrContent } from './qr-code.ts'

it('carries the address, and the token where servers do not see it', () => {
  expect(qrContent('https://10.0.0.5:8787/', undefined)).toBe('https://10.0.0.5:8787/')
  const url = new URL(qrContent('https://10.0.0.5:8787/', 'secret-of-16-letters'))
  expect(url.origin + url.pathname + url.search).toBe('https://10.0.0.5:8787/')
  expect(tokenInFragment(url.hash)).toBe('secret-of-16-letters')
})

it('is drawn in blocks that fit a terminal', async () => {
  const lines = (await qrCode('https://10.0.0.5:8787/')).trimEnd().split('\n')
  expect(lines.length).toBeGreaterThan(10)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(60)
  expect(lines.join('')).toMatch(/^[█▀▄ ]+$/)
})
