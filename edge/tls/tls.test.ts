import { X509Certificate } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { Agent, get } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSampleBundle } from '../../core/testing/sample-bundle.ts'
import { resolveSettings } from '../settings/resolve-settings.ts'
import { startEdge } from '../start-edge.ts'
import { temporaryFolder, writeBundle } from '../testing/bundle-folder.ts'
import { lanHosts } from './lan-hosts.ts'
import { openLocalTls } from './local-authority.ts'
import { openTls } from './open-tls.ts'

async function folder(): Promise<string> {
  const temporary = await temporaryFolder()
  onTestFinished(temporary.remove)
  return temporary.folder
}

describe('openLocalTls', () => {
  it('makes a certificate for names and addresses that its authority vouches for, within what phones accept', async () => {
    const tls = await openLocalTls(join(await folder(), 'tls'), ['localhost', '192.168.1.20', '::1'])
    const [server, authority] = [new X509Certificate(tls.certificate), new X509Certificate(tls.authority)]
    expect(server.checkIssued(authority)).toBe(true)
    expect(server.verify(authority.publicKey)).toBe(true)
    expect([server.ca, authority.ca]).toEqual([false, true])
    expect(server.checkIP('192.168.1.20')).toBe('192.168.1.20')
    expect(server.checkIP('::1')).toBe('::1')
    expect(server.checkHost('localhost')).toBe('localhost')
    expect(server.checkHost('elsewhere.test')).toBeUndefined()
    const days = (Date.parse(server.validTo) - Date.parse(server.validFrom)) / 86_400_000
    expect(days).toBeLessThanOrEqual(398)
    expect(tls.fingerprint).toBe(authority.fingerprint256)
  })

  it('keeps its authority, whose key is its owner’s alone, and makes a new certificate each time', async () => {
    const place = await folder()
    const [first, second] = [
      await openLocalTls(place, ['localhost']),
      await openLocalTls(place, ['localhost', '10.0.0.5']),
    ]
    expect(second.authority).toBe(first.authority)
    expect(second.certificate).not.toBe(first.certificate)
    expect((await stat(join(place, 'cachenet-ca.key'))).mode & 0o077).toBe(0)
  })

  it('says so where it cannot keep it', async () => {
    const file = join(await folder(), 'file')
    await writeFile(file, '')
    await expect(openLocalTls(join(file, 'tls'), ['localhost'])).rejects.toMatchObject({
      code: 'config-invalid',
    })
  })
})

describe('openTls', () => {
  it('is off unless asked for, and reads what it is given', async () => {
    expect(await openTls(resolveSettings([], {}, {}))).toBeUndefined()
    const place = await folder()
    const [one, other] = [
      await openLocalTls(join(place, 'a'), ['localhost']),
      await openLocalTls(join(place, 'b'), ['localhost']),
    ]
    await writeFile(join(place, 'cert.pem'), one.certificate)
    await writeFile(join(place, 'key.pem'), one.key)
    await writeFile(join(place, 'other.pem'), other.key)
    const settings = (key: string): Parameters<typeof openTls>[0] =>
      resolveSettings([], { 'tls-cert': join(place, 'cert.pem'), 'tls-key': join(place, key) }, {})
    expect(await openTls(settings('key.pem'))).toEqual({ cert: one.certificate, key: one.key })
    await expect(openTls(settings('other.pem'))).rejects.toMatchObject({ code: 'config-invalid' })
    await expect(openTls(settings('none.pem'))).rejects.toMatchObject({ code: 'config-invalid' })
  })

  it('serves https that a client trusts who trusts the authority, and offers it to phones', async () => {
    const place = await folder()
    await writeBundle(place, await createSampleBundle())
    const tls = await openTls(resolveSettings([], { https: 'true', 'tls-folder': join(place, '.tls') }, {}))
    const edge = await startEdge({
      port: 0,
      host: '127.0.0.1',
      bundlesFolder: place,
      pageFolder: join(place, 'none'),
      engine: 'tfjs-wasm',
      threads: 1,
      tls,
    })
    onTestFinished(() => edge.close())
    expect(edge.origin).toMatch(/^https:/)
    const agent = new Agent({ ca: await readFile(join(place, '.tls', 'cachenet-ca.crt')) })
    const fetchText = async (path: string): Promise<string> => {
      const [response] = (await once(get(edge.origin + path, { agent }), 'response')) as [IncomingMessage]
      let body = ''
      for await (const chunk of response) body += String(chunk)
      return body
    }
    expect(JSON.parse(await fetchText('/readyz'))).toMatchObject({ status: 'ready' })
    expect(await fetchText('/cachenet-ca.crt')).toBe(tls?.local?.authority)
    await expect(once(get(`${edge.origin}/readyz`), 'response')).rejects.toThrow()
    agent.destroy()
  })
})

it('names this machine by every address of the network', () => {
  const interfaces = {
    eth0: [{ family: 'IPv4', address: '192.168.1.20', internal: false, netmask: '', mac: '', cidr: null }],
  } as const
  expect(lanHosts(interfaces)).toEqual(
    expect.arrayContaining(['localhost', '127.0.0.1', '::1', '192.168.1.20']),
  )
})
