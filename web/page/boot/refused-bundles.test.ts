import { describe, expect, it, vi } from 'vitest'
import { sampleKey } from '../../../core/testing/sample-key.ts'
import { fingerprintOf } from '../../../core/trust/fingerprint.ts'
import { createDeviceTrust } from '../../../core/trust/manifest-trust.ts'
import { createMemoryPins } from '../../../core/trust/memory-pins.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import { createRefusedBundles } from './refused-bundles.ts'
import { createNotices } from '../state/notices.ts'

const [first = '', second = ''] = [1, 2].map((seed) => sampleKey(seed).publicKey)

describe('a bundle that was refused', () => {
  it('is said with both keys, and taken once a person does', async () => {
    const trust = createDeviceTrust(createMemoryPins(), () => 'https://a.test')
    await trust.admit('people', { publicKey: first, revision: 5 })
    const comes = () => trust.admit('people', { publicKey: second, revision: 1 })
    const error = CacheNetError.from(await comes().catch((thrown: unknown) => thrown))

    const notices = createNotices()
    const reopen = vi.fn(() => Promise.resolve())
    createRefusedBundles({ trust, notices, reopen }).tell(error)
    const [notice] = notices.list.value
    expect(notice).toMatchObject({ code: 'bundle-key-changed', action: { label: 'Trust the new key' } })
    for (const key of [first, second]) expect(notice?.message).toContain(fingerprintOf(key))

    notice?.action?.run()
    await vi.waitFor(() => expect(reopen).toHaveBeenCalledOnce())
    expect(notices.list.value).toEqual([])
    await expect(comes()).resolves.toBeUndefined()
  })

  it('cannot be taken where its signature fits nothing, and is said no more once all is well', () => {
    const notices = createNotices()
    const told = createRefusedBundles({
      trust: { accept: () => Promise.resolve() },
      notices,
      reopen: () => Promise.resolve(),
    })
    told.tell(new CacheNetError('bundle-signature-invalid', 'Altered.'))
    expect(notices.list.value).toMatchObject([{ code: 'bundle-signature-invalid', action: undefined }])
    told.tell(undefined)
    expect(notices.list.value).toEqual([])
  })
})
