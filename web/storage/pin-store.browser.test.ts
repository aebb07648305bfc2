import { deleteDB, openDB } from 'idb'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { sampleKey } from '../../core/testing/sample-key.ts'
import { createDeviceTrust } from '../../core/trust/manifest-trust.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { createPinStore } from './pin-store.ts'

const name = 'test-pins'
const [first = '', second = ''] = [1, 2].map((seed) => sampleKey(seed).publicKey)
let opened: ReturnType<typeof createPinStore>[] = []

/** As page, service worker and the next start of either each have one. */
function open() {
  const pins = createPinStore(name)
  opened.push(pins)
  return createDeviceTrust(pins, () => 'https://a.test')
}
const code = (admitting: Promise<void>): Promise<string> =>
  admitting.then(
    () => 'taken',
    (thrown: unknown) => CacheNetError.from(thrown).code,
  )

afterEach(async () => {
  vi.unstubAllGlobals()
  await Promise.all(opened.map((pins) => pins.close()))
  opened = []
  await deleteDB(name)
})

describe('what a device holds to', () => {
  it('outlives the page, and holds in the service worker too', async () => {
    await open().admit('people', { publicKey: first, revision: 5 })
    expect(await code(open().admit('people', { publicKey: second, revision: 9 }))).toBe('bundle-key-changed')
    expect(await code(open().admit('people', undefined))).toBe('bundle-unsigned')
    expect(await code(open().admit('people', { publicKey: first, revision: 4 }))).toBe('bundle-rolled-back')
    expect(await code(open().admit('people', { publicKey: first, revision: 5 }))).toBe('taken')
  })

  it('is one key, also where two come at the same moment to page and service worker', async () => {
    const both = [first, second].map((publicKey) => code(open().admit('people', { publicKey, revision: 1 })))
    expect((await Promise.all(both)).sort()).toEqual(['bundle-key-changed', 'taken'])
  })

  it('counts as nothing where what is stored is no pin', async () => {
    await code(open().admit('other', undefined))
    const database = await openDB(name, 1)
    await database.put('pins', { publicKey: 7 }, 'https://a.test people')
    database.close()
    expect(await code(open().admit('people', { publicKey: first, revision: 5 }))).toBe('taken')
    expect(await code(open().admit('people', { publicKey: second, revision: 5 }))).toBe('bundle-key-changed')
  })

  it('lasts as long as the page where the browser stores nothing', async () => {
    vi.stubGlobal('indexedDB', {
      open: () => {
        throw new DOMException('No.', 'SecurityError')
      },
    })
    const trust = open()
    expect(await code(trust.admit('people', { publicKey: first, revision: 5 }))).toBe('taken')
    expect(await code(trust.admit('people', { publicKey: second, revision: 5 }))).toBe('bundle-key-changed')
    vi.unstubAllGlobals()
  })
})
