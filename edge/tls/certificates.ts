import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'

/** PEM of a certificate and of its private key (PKCS #8). */
export interface KeyedCertificate {
  readonly certificate: string
  readonly key: string
}

// ECDSA on P-256: every phone knows it, and a key is made in a millisecond.
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const dayMs = 24 * 3600 * 1000
/**
 * iOS refuses certificates of servers that are valid for longer than 825 days; Chrome's limit for public ones
 * is 398.
 */
const serverDays = 397
const authorityDays = 3650

const crypto = webcrypto as unknown as Crypto

const serialNumber = (): string =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(16)))
    .toString('hex')
    .replace(/^./, '4')

const pem = async (certificate: X509Certificate, key: CryptoKey): Promise<KeyedCertificate> => ({
  certificate: `${certificate.toString('pem')}\n`,
  key: `${PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), PemConverter.PrivateKeyTag)}\n`,
})

const validity = (days: number, now: Date): { notBefore: Date; notAfter: Date } => ({
  // Phones' clocks are not all right.
  notBefore: new Date(now.getTime() - dayMs),
  notAfter: new Date(now.getTime() + days * dayMs),
})

/** An authority that can vouch for the servers of one household, and for nothing that is not a server. */
export async function makeAuthority(name: string, now = new Date()): Promise<KeyedCertificate> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      name: `CN=${name}, O=CacheNet`,
      ...validity(authorityDays, now),
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
      ],
    },
    crypto,
  )
  return pem(certificate, keys.privateKey)
}

/** A certificate for a server under the given names and addresses, signed by the authority. */
export async function makeServerCertificate(
  authority: KeyedCertificate,
  hosts: readonly string[],
  now = new Date(),
): Promise<KeyedCertificate> {
  const issuer = new X509Certificate(authority.certificate)
  const signingKey = await crypto.subtle.importKey(
    'pkcs8',
    PemConverter.decodeFirst(authority.key),
    algorithm,
    false,
    ['sign'],
  )
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: serialNumber(),
      subject: 'CN=CacheNet edge',
      issuer: issuer.subject,
      ...validity(serverDays, now),
      publicKey: keys.publicKey,
      signingKey,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(
          hosts.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
        ),
        await AuthorityKeyIdentifierExtension.create(issuer, false, crypto),
      ],
    },
    crypto,
  )
  return pem(certificate, keys.privateKey)
}
