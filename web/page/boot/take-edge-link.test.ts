import { describe, expect, it, vi } from 'vitest'
import { createNotices } from '../state/notices.ts'
import type { Settings } from '../state/settings-schema.ts'
import { createSettings } from '../state/settings.ts'
import { takeEdgeLink } from './take-edge-link.ts'

function visit(address: string, before: { edgeUrl?: string; edgeToken?: string } = {}) {
  const storage = { getItem: () => JSON.stringify(before), setItem: () => undefined }
  const url = new URL(address, 'http://page.test')
  const settings = createSettings(storage, url.searchParams)
  const notices = createNotices()
  const edgeSession = { renew: vi.fn(), enter: vi.fn() }
  const reopen = vi.fn()
  let left = ''
  const app = {
    settings,
    notices,
    edgeSession,
    changeSettings: (changes: Partial<Settings>) => settings.change(changes),
  }
  const isTaken = takeEdgeLink({ app, reopen, address: url, replaceAddress: (next) => (left = next) })
  const now = (): string[] => [settings.values.value.edgeUrl, settings.values.value.edgeToken]
  return { isTaken, left, now, reopen, question: notices.list.value[0], notices }
}

describe('a link', () => {
  it('brings the first token for the edge of the page without a question, as its QR code does', () => {
    const { isTaken, left, now, question } = visit('/?seed=3#token=first')
    expect([isTaken, left, now(), question]).toEqual([true, '/?seed=3', ['', 'first'], undefined])
  })

  it.each([
    ['another token', '/#token=other', { edgeToken: 'own' }, ['', 'own'], ['', 'other']],
    ['an edge elsewhere', '/#edge=https://other.test', {}, ['', ''], ['https://other.test', '']],
    ['an edge elsewhere in the query', '/?edge=https://other.test', {}, ['', ''], ['https://other.test', '']],
    [
      'an edge elsewhere and its token',
      '/#token=b&edge=https://other.test',
      { edgeToken: 'own' },
      ['', 'own'],
      ['https://other.test', 'b'],
    ],
    [
      'another edge, which does not get the token of the one before',
      '/#edge=https://other.test',
      { edgeUrl: 'https://own.test', edgeToken: 'own' },
      ['https://own.test', 'own'],
      ['https://other.test', ''],
    ],
    [
      'a token for an edge elsewhere that is set already',
      '/#token=other',
      { edgeUrl: 'https://own.test' },
      ['https://own.test', ''],
      ['https://own.test', 'other'],
    ],
  ])('changes nothing for good without asking: %s', (_, address, before, unchanged, changed) => {
    const { isTaken, left, now, reopen, question, notices } = visit(address, before)
    expect([isTaken, left, now()]).toEqual([false, '/', unchanged])
    expect(question?.about).toBe('edge-link')
    question?.action?.run()
    expect([now(), reopen.mock.calls.length, notices.list.value]).toEqual([changed, 1, []])
  })

  it('that says what is in force already asks nothing', () => {
    const { isTaken, now, question } = visit('/#token=own', { edgeToken: 'own' })
    expect([isTaken, now(), question]).toEqual([true, ['', 'own'], undefined])
    expect(visit('/#cache').left).toBe('')
  })
})
