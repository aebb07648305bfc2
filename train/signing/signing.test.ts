import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSampleBundle, type SampleBundle } from '../../core/testing/sample-bundle.ts'
import { checkSignature } from '../../core/trust/check-signature.ts'
import { fingerprintOf } from '../../core/trust/fingerprint.ts'
import { chooseKey } from './choose-key.ts'
import { createKeyFile, defaultKeyPath, readKeyFile } from './key-file.ts'
import { signBundle, signedForFolder } from './sign-bundle.ts'

let folder: string
let sample: SampleBundle
const nowMs = Date.parse('2026-05-01T00:00:00Z')

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cachenet-signing-'))
  sample = await createSampleBundle()
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const manifestPath = (): string => join(folder, 'sample', 'manifest.json')
const readManifest = async (): Promise<unknown> => JSON.parse(await readFile(manifestPath(), 'utf8'))
async function writeSample(): Promise<string> {
  await mkdir(join(folder, 'sample', 'blobs'), { recursive: true })
  for (const [sha256, bytes] of sample.blobs)
    await writeFile(join(folder, 'sample', 'blobs', `${sha256}.bin`), bytes)
  await writeFile(manifestPath(), JSON.stringify(sample.manifest))
  return join(folder, 'sample')
}

describe('a key', () => {
  it('is in a file of its owner alone, and is never written over', async () => {
    const path = join(folder, 'deep', 'key.json')
    const { publicKey } = await createKeyFile(path)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const before = await readFile(path, 'utf8')
    await expect(createKeyFile(path)).rejects.toMatchObject({ code: 'config-invalid' })
    expect(await readFile(path, 'utf8')).toBe(before)
    expect((await readKeyFile(path)).publicKey).toBe(publicKey)
    expect((await createKeyFile(join(folder, 'other.json'))).publicKey).not.toBe(publicKey)
  })

  it('is not used where others can read it, where it is none, and where there is none', async () => {
    const path = join(folder, 'key.json')
    await createKeyFile(path)
    await chmod(path, 0o644)
    await expect(readKeyFile(path)).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('chmod 600') as string,
    })
    await writeFile(path, '{"kty":"OKP"}')
    await chmod(path, 0o600)
    await expect(readKeyFile(path)).rejects.toMatchObject({ code: 'config-invalid' })
    await expect(readKeyFile(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'config-invalid' })
  })

  it('is taken from the usual place where nobody names one, and its absence is said in a line', async () => {
    const usual = defaultKeyPath({ XDG_CONFIG_HOME: folder })
    expect(await chooseKey(undefined, usual)).toMatchObject({
      key: undefined,
      says: expect.stringContaining('unsigned') as string,
    })
    const { publicKey } = await createKeyFile(usual)
    expect(await chooseKey(undefined, usual)).toMatchObject({
      key: { publicKey },
      says: expect.stringContaining(fingerprintOf(publicKey)) as string,
    })
    expect((await chooseKey('none', usual)).key).toBeUndefined()
    await expect(chooseKey(join(folder, 'nowhere'), usual)).rejects.toMatchObject({ code: 'config-invalid' })
  })
})

describe('signBundle', () => {
  it('signs what is there and changes nothing else; again, it is newer', async () => {
    const bundle = await writeSample()
    const key = await createKeyFile(join(folder, 'key.json'))
    expect(await signBundle(bundle, key, nowMs)).toEqual({ publicKey: key.publicKey, revision: nowMs / 1000 })
    const { signature: _, ...rest } = (await readManifest()) as Record<string, unknown>
    expect(rest).toEqual(JSON.parse(JSON.stringify(sample.manifest)))
    expect(await checkSignature(await readManifest())).toEqual({
      publicKey: key.publicKey,
      revision: nowMs / 1000,
    })
    await signBundle(bundle, key, nowMs)
    expect((await checkSignature(await readManifest()))?.revision).toBe(nowMs / 1000 + 1)
  })

  it('vouches for nothing that is altered or not whole', async () => {
    const bundle = await writeSample()
    const key = await createKeyFile(join(folder, 'key.json'))
    const before = await readFile(manifestPath(), 'utf8')
    const blob = join(bundle, 'blobs', `${sample.manifest.full.whole.sha256}.bin`)
    const bytes = await readFile(blob)
    await writeFile(blob, Buffer.concat([bytes.subarray(1), bytes.subarray(0, 1)]))
    await expect(signBundle(bundle, key, nowMs)).rejects.toMatchObject({ code: 'blob-altered' })
    await rm(blob)
    await expect(signBundle(bundle, key, nowMs)).rejects.toMatchObject({ code: 'blob-missing' })
    expect(await readFile(manifestPath(), 'utf8')).toBe(before)
    await writeFile(manifestPath(), 'x')
    await expect(signBundle(bundle, key, nowMs)).rejects.toMatchObject({ code: 'manifest-invalid' })
  })
})

describe('a manifest on its way into a folder', () => {
  it('is signed where there is a key, and newer than what lies there, whatever the clock says', async () => {
    const bundle = await writeSample()
    const key = await createKeyFile(join(folder, 'key.json'))
    const future = Date.now() + 1e9
    await signBundle(bundle, key, future)
    const written: unknown = JSON.parse(
      JSON.stringify(await signedForFolder({ ...sample.manifest }, bundle, key)),
    )
    expect((await checkSignature(written))?.revision).toBe(Math.floor(future / 1000) + 1)
    expect(
      await checkSignature(await signedForFolder({ ...sample.manifest }, bundle, undefined)),
    ).toBeUndefined()
    const fresh: unknown = JSON.parse(
      JSON.stringify(await signedForFolder({ ...sample.manifest }, join(folder, 'new'), key)),
    )
    expect((await checkSignature(fresh))?.publicKey).toBe(key.publicKey)
  })
})

describe('npm run keys', { timeout: 120_000 }, () => {
  const keys = (...args: string[]) =>
    promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', fileURLToPath(new URL('../keys.ts', import.meta.url)), ...args],
      {
        env: { ...process.env, XDG_CONFIG_HOME: folder, NO_COLOR: '1' },
      },
    ).then(({ stdout }) => stdout)

  it('teaches, makes a key, shows it and signs with it', async () => {
    expect(await keys('--help')).toContain('npm run keys -- sign public/bundles/people')
    const made = await keys()
    const key = await readKeyFile(defaultKeyPath({ XDG_CONFIG_HOME: folder }))
    for (const text of [made, await keys('show')]) {
      expect(text).toContain(key.publicKey)
      expect(text).toContain(fingerprintOf(key.publicKey))
    }
    await expect(keys()).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('config-invalid') as string,
    })
    expect(await keys('sign', await writeSample())).toContain(fingerprintOf(key.publicKey))
    expect((await checkSignature(await readManifest()))?.publicKey).toBe(key.publicKey)
  })
})
