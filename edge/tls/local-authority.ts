import { X509Certificate } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { CacheNetError } from '../../core/wire/errors.ts'
import { makeAuthority, makeServerCertificate, type KeyedCertificate } from './certificates.ts'

export interface LocalTls extends KeyedCertificate {
  /** PEM of the authority's certificate, for phones to trust. */
  readonly authority: string
  /** SHA-256 of it, as phones show it: to be compared before it is trusted. */
  readonly fingerprint: string
  readonly authorityFile: string
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((thrown: unknown) => {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined
    throw thrown
  })
}

/** Whole or not at all, and a key for its owner alone. */
async function write(path: string, text: string, mode: number): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  await writeFile(temporary, text, { mode })
  await rename(temporary, path)
}

/**
 * The authority is made once and kept: a phone that trusts it trusts every certificate that it signs from
 * then on.
 */
async function openAuthority(certificateFile: string, keyFile: string): Promise<KeyedCertificate> {
  const [certificate, key] = [await readIfThere(certificateFile), await readIfThere(keyFile)]
  if (
    certificate !== undefined &&
    key !== undefined &&
    new Date(new X509Certificate(certificate).validTo) > new Date()
  )
    return { certificate, key }
  const made = await makeAuthority(`CacheNet authority of ${hostname()}`)
  await write(keyFile, made.key, 0o600)
  await write(certificateFile, made.certificate, 0o644)
  return made
}

/**
 * The certificate for this machine's addresses, signed by an authority that lives in `folder`. The server's
 * own certificate is made anew at every start: addresses change. Throws `config-invalid` where the folder
 * cannot be used.
 */
export async function openLocalTls(folder: string, hosts: readonly string[]): Promise<LocalTls> {
  const authorityFile = join(folder, 'cachenet-ca.crt')
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const authority = await openAuthority(authorityFile, join(folder, 'cachenet-ca.key'))
    const server = await makeServerCertificate(authority, hosts)
    const { fingerprint256 } = new X509Certificate(authority.certificate)
    return { ...server, authority: authority.certificate, fingerprint: fingerprint256, authorityFile }
  } catch (cause) {
    throw new CacheNetError(
      'config-invalid',
      `The authority for https cannot be kept in ${folder}. Name a folder that can be written with --tls-folder.`,
      { folder },
      { cause },
    )
  }
}
