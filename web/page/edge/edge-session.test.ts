import { signal as createSignal } from '@preact/signals'
import { beforeEach, describe, expect, it } from 'vitest'
import { CacheNetError } from '../../../core/wire/errors.ts'
import { createEdgeSession, type EdgeSession } from './edge-session.ts'

const { signal } = new AbortController()
const refusal = new CacheNetError('unauthorized', 'Who is there?')

/** Tokens that the edge was shown, and the one that it knows; null is out of reach. */
let shown: (string | null)[]
let known: string | null
let hasCookie: boolean
const settings = createSignal({ edgeToken: '', edgeUrl: '' })

const open = (edgeToken: string, edgeUrl = ''): EdgeSession => {
  settings.value = { edgeToken, edgeUrl }
  return createEdgeSession({
    settings,
    fetch: (_url, init) => {
      if (known === null) return Promise.reject(new TypeError('Failed to fetch'))
      const bearer = new Headers(init?.headers).get('Authorization')
      shown.push(bearer)
      hasCookie = bearer === `Bearer ${known}`
      return Promise.resolve(
        hasCookie ? new Response(null, { status: 204 }) : Response.json(refusal.toBody(), { status: 401 }),
      )
    },
  })
}
const load = (): Promise<string> => (hasCookie ? Promise.resolve('loaded') : Promise.reject(refusal))

beforeEach(() => {
  shown = []
  known = 'secret'
  hasCookie = false
})

describe('EdgeSession', () => {
  it('is none where there is no token, and none with this edge where the token is for another', async () => {
    await expect(open('').enter(signal, load)).rejects.toMatchObject({ code: 'unauthorized' })
    await expect(open('secret', 'https://elsewhere.test').enter(signal, load)).rejects.toMatchObject({
      code: 'unauthorized',
    })
    expect(shown).toEqual([])
  })

  it('is open before anything is loaded where the token is new', async () => {
    const session = open('')
    settings.value = { edgeToken: 'secret', edgeUrl: '' }
    let loads = 0
    const first = await session.enter(signal, () => {
      loads++
      return load()
    })
    expect([first, loads]).toEqual(['loaded', 1])
    await session.enter(signal, load)
    expect(shown).toEqual(['Bearer secret'])
  })

  it('is opened anew where the same token is handed over once more', async () => {
    const session = open('secret')
    session.renew()
    expect(await session.enter(signal, load)).toBe('loaded')
    expect(shown).toHaveLength(1)
  })

  it('is prolonged once a visit, and opened again where the cookie is gone', async () => {
    hasCookie = true
    const session = open('secret')
    await session.enter(signal, load)
    await session.enter(signal, load)
    expect(shown).toHaveLength(1)
    hasCookie = false
    expect(await session.enter(signal, load)).toBe('loaded')
    expect(shown).toHaveLength(2)
  })

  it('says so where the edge does not know the token', async () => {
    const session = open('')
    settings.value = { edgeToken: 'wrong', edgeUrl: '' }
    await expect(session.enter(signal, load)).rejects.toMatchObject({ code: 'unauthorized' })
    settings.value = { edgeToken: 'secret', edgeUrl: '' }
    expect(await session.enter(signal, load)).toBe('loaded')
  })

  it('keeps nobody from what is stored while the edge is out of reach', async () => {
    known = null
    const session = open('')
    settings.value = { edgeToken: 'secret', edgeUrl: '' }
    expect(await session.enter(signal, () => Promise.resolve('stored'))).toBe('stored')
  })
})
