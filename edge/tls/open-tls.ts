import { readFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { createSecureContext } from 'node:tls'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { EdgeSettings } from '../settings/settings-schema.ts'
import { lanHosts } from './lan-hosts.ts'
import { openLocalTls, type LocalTls } from './local-authority.ts'

export interface Tls {
  readonly cert: string
  readonly key: string
  /** Where the certificate is by an authority of our own. */
  readonly local?: LocalTls | undefined
}

async function readPem(path: string, flag: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new CacheNetError(
      'config-invalid',
      `The file ${path} of ${flag} cannot be read.`,
      { flag },
      { cause },
    )
  })
}

/** What https needs, as the settings ask for it; undefined for http. Throws `config-invalid`. */
export async function openTls(settings: EdgeSettings): Promise<Tls | undefined> {
  const { https, 'tls-cert': certFile, 'tls-key': keyFile, 'tls-folder': folder } = settings
  if (https) {
    const local = await openLocalTls(folder, lanHosts(networkInterfaces()))
    return { cert: local.certificate, key: local.key, local }
  }
  if (certFile === undefined || keyFile === undefined) return undefined
  const [cert, key] = [await readPem(certFile, '--tls-cert'), await readPem(keyFile, '--tls-key')]
  try {
    createSecureContext({ cert, key })
  } catch (cause) {
    throw new CacheNetError(
      'config-invalid',
      `The certificate ${certFile} and the key ${keyFile} do not belong together, or are no PEM.`,
      {},
      { cause },
    )
  }
  return { cert, key }
}
