import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../testing/bundle-folder.ts'
import { readKeys } from './read-keys.ts'

const [first, second] = ['a1'.repeat(32), 'b2'.repeat(32)]

describe('readKeys', () => {
  let folder: string
  beforeEach(async () => {
    const temporary = await temporaryFolder()
    ;({ folder } = temporary)
    onTestFinished(temporary.remove)
  })
  const file = async (content: string): Promise<string> => {
    const path = join(folder, 'keys')
    await writeFile(path, content)
    return path
  }

  it('takes keys as they are, in either case, and files of them', async () => {
    expect([...(await readKeys(`${first}, ${second.toUpperCase()}`))]).toEqual([first, second])
    const path = await file(`# of the team\n${first}\n\n${second} # spare\n`)
    expect([...(await readKeys(path))]).toEqual([first, second])
  })

  it('takes the file of a key pair, and of it the public half', async () => {
    const x = Buffer.from(first, 'hex').toString('base64url')
    const path = await file(JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x, d: 'AAAA' }))
    expect([...(await readKeys(path))]).toEqual([first])
  })

  it.each([
    ['nothing', ''],
    ['a key that is cut short', first.slice(2)],
    ['a page', '<!doctype html>'],
    [
      'another kind of key',
      JSON.stringify({ kty: 'OKP', crv: 'X25519', x: Buffer.from(first, 'hex').toString('base64url') }),
    ],
    ['a short key in a pair', JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: 'AAAA' })],
  ])('says so where the file holds %s', async (_, content) => {
    await expect(readKeys(await file(content))).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('public key') as string,
    })
  })

  it('says so where there is neither key nor file', async () => {
    for (const setting of [
      join(folder, 'nowhere'),
      folder,
      first.slice(1),
      `${first},${join(folder, 'nowhere')}`,
      ',',
    ]) {
      await expect(readKeys(setting)).rejects.toMatchObject({ code: 'config-invalid' })
    }
  })
})
